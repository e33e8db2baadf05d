//! Functions over HTTP: connections, paths, and answers when there is no response of a function.
//!
//! [`serve()`] takes a listener and a signal from its caller; what is served is an [`App`]. Invocations are the executor's:
//! nothing here knows how one runs.
//!
//! Reading order: [`serve`](serve()) (threads, connections, shutdown), `connection` (one of them), `watch` (how long what may
//! take), `socket`, `handle` (one request), `routes`, `problem` (answers of our own), `refusal` (those in place of hyper's),
//! `body`, `index` (the page at `/`), `request_id`, `app`, `config`.

#![deny(missing_docs)]

mod app;
mod body;
mod config;
mod connection;
mod executions;
mod handle;
mod index;
mod problem;
mod refusal;
mod request_id;
mod routes;
mod serve;
mod socket;
mod watch;

pub use app::{App, Recorder};
pub use config::Config;
pub use executions::{
    Api, Ceilings, Collected, Collector, Ended, ExecutionError, ExecutionRequest, ExecutionResult,
    ExecutionUsage, Executions, Given, Happened, InProcess, Job, Journals, Loader, LogLine, Network,
    NetworkRequest, NotExecuted, Read, Trust, WireMode, document,
};
pub use routes::{Entry, Routes};
pub use serve::{Stopped, serve};
