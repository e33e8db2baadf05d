//! The backend `docker`: full Node in a container, for programs that need all of it (native addons, child processes,
//! worker threads, a JIT).
//!
//! A container has no network, no capabilities, a read-only root, and one Unix socket of its own. What a program in it
//! fetches comes over that socket as absolute-form HTTP and becomes an [`Effect::Fetch`](holm_core::Effect::Fetch) to the
//! [`Host`](holm_core::Host): rules, network log, byte limits and recording are those of every backend, and this crate never
//! opens a connection for a program. The patches of Node's modules (`agent/patch.cjs`) are for compatibility; the socket is
//! the boundary. Everything that comes from a container is hostile input.
//!
//! A container runs one program and is destroyed. A pool keeps some that were started ahead.
//!
//! Runs cannot be replayed: a container has clocks, threads and randomness of its own. A journal of one holds its network
//! traffic, its output and its end.
//!
//! Reading order: [`config`], [`backend`], `driver` (one invocation), `container` and `shape` (what it runs in), `socket`,
//! `control` and `egress` (what comes from it), `output`, `tally`, `ending`, `daemon`.

#![deny(missing_docs)]

mod account;
mod ask;
pub mod backend;
pub mod config;
mod container;
mod control;
mod daemon;
mod driver;
mod egress;
mod ending;
mod folder;
mod job;
mod output;
mod pool;
mod shape;
mod socket;
mod tally;

pub use backend::DockerBackend;
pub use config::{DockerConfig, PoolConfig};
pub use daemon::DaemonError;
