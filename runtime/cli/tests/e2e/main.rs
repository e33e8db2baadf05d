//! The whole product, as its user sees it: the binary `holm` on real files, sockets and signals.
//!
//! Every program that is run here is also recorded, and replayed in another folder with its sources away: all three
//! must say the same.

#![expect(
    clippy::disallowed_methods,
    reason = "the tests are the other side of the network, and wait for processes"
)]

mod bad_input;
mod bundle;
mod client;
mod commands;
mod docker;
mod examples;
mod exec;
mod executions;
mod fixtures;
mod holm;
mod host;
mod hostile;
mod http;
mod journals;
mod limits;
mod origin;
mod programs;
mod recursion;
mod reload;
mod server;
mod shutdown;
mod stdin;
mod story;
