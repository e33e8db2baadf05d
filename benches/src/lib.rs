//! What the benches share: a world that answers at once, programs to run in it, and figures.
//!
//! [`world`] and [`figures`] are used by the binaries, `instance` (tables for people) and `hot_path` (for callgrind);
//! [`fuel`] is what metering costs. `cargo xtask bench` and `cargo xtask instructions` start them.

#![allow(clippy::disallowed_methods, reason = "benches read the clock")]

pub mod figures;
pub mod fuel;
pub mod world;
