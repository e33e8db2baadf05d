//! What the benches share: a world that answers at once, programs to run in it, and figures.
//!
//! The binaries are `instance` (a table for people), `hot_path` (for callgrind) and `fuel` (what metering costs);
//! `cargo xtask bench` and `cargo xtask instructions` start them.

#![allow(clippy::disallowed_methods, reason = "benches read the clock")]

pub mod figures;
pub mod world;
