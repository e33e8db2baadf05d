//! The server over real sockets, with programs written in Rust behind it. One file per subject.

#![expect(clippy::disallowed_methods, reason = "the tests are the server's clients")]

#[path = "../../../executor/tests/scripted/mod.rs"]
mod scripted;

mod answers;
mod client;
mod disconnect;
mod errors;
mod load;
mod programs;
mod refused;
mod request_body;
mod routes;
mod server;
mod shutdown;
mod streaming;
mod timeouts;
