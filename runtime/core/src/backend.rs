//! A way to run an invocation.

use std::sync::Arc;

use crate::host::{BoxFuture, Host};
use crate::{Event, Limits, Moment, Outcome, Program, Report};

/// A way to run invocations: `wasm`, later `docker`.
pub trait Backend: Send + Sync {
    /// As users choose it.
    fn name(&self) -> &'static str;

    /// Makes a function image: evaluates the program without I/O, under `source_bytes`, `boot_ms` and the
    /// memory limit.
    ///
    /// # Errors
    /// The program cannot be deployed, and why.
    fn prepare(&self, program: Arc<Program>, limits: &Limits) -> Result<Arc<dyn Prepared>, PrepareError>;

    /// Gets a program ready to be evaluated in the invocation itself: a script, or a one-off execution.
    fn unprepared(&self, program: Arc<Program>) -> Arc<dyn Prepared>;
}

/// A program that is ready to run.
pub trait Prepared: Send + Sync {
    /// `holm_host_api::codes::Handler` bits; 0 for one that is not evaluated yet.
    fn handlers(&self) -> u32;

    /// Bytes of memory it holds while it waits for work.
    fn idle_bytes(&self) -> u64;

    /// What it logged while it was prepared.
    fn logs(&self) -> &[(crate::Level, String)];

    /// Runs one invocation from its first event to its end, in an instance of its own. Dropping the future
    /// ends it without a report.
    fn invoke<'a>(
        &'a self,
        moment: Moment,
        first: Event,
        limits: &'a Limits,
        host: &'a mut dyn Host,
    ) -> BoxFuture<'a, Report>;
}

/// Why a program cannot be deployed.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// It threw, or is over a limit: its author's to change.
    #[error("{}", .0.explain())]
    Program(Outcome),
    /// The host could not do its part.
    #[error("the host failed: {0}")]
    Host(String),
}
