//! What an operator can set. Every wait has an end, and every amount a bound.

use std::time::Duration;

/// The bounds of the server. What is about one function is in its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Threads that serve connections, each with a runtime of its own; 0 serves on the caller's runtime.
    pub workers: usize,
    /// Connections at the same time; more wait in the listener's backlog.
    pub connections_max: usize,
    /// From the first byte of a request's head to its last, and from the start of a connection to its first request.
    pub header_timeout: Duration,
    /// How long a connection without a request stays open.
    pub idle_timeout: Duration,
    /// How long a function waits for the next piece of its request's body.
    pub body_timeout: Duration,
    /// How long a response waits for its client to take more.
    pub send_timeout: Duration,
    /// Size of a request's head, bytes.
    pub header_bytes_max: u32,
    /// Headers of a request.
    pub header_count_max: usize,
    /// Length of a request's path and query, bytes.
    pub uri_bytes_max: usize,
    /// How long requests and background work may go on when the server is asked to stop.
    pub grace: Duration,
    /// Answers say what went wrong in the function, stacks included. For its author's machine only.
    pub dev: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            workers: std::thread::available_parallelism().map_or(1, usize::from),
            // A connection holds some 20 KB; functions are admitted apart from this.
            connections_max: 10_000,
            header_timeout: Duration::from_secs(10),
            // Longer than the 60 s after which load balancers commonly close theirs: the one that closes first must
            // be the one that sends requests, or some get lost.
            idle_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(30),
            send_timeout: Duration::from_secs(30),
            header_bytes_max: 64 * 1024,
            header_count_max: 100,
            uri_bytes_max: 16 * 1024,
            // As long as the default wall limit of an invocation.
            grace: Duration::from_secs(30),
            dev: false,
        }
    }
}
