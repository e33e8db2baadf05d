//! The signals that ask for an end: SIGTERM, and SIGINT, which is Ctrl-C.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::output::Problem;

/// Receives them from now on: they end the process no more.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// To be called within a runtime.
    ///
    /// # Errors
    /// The system refuses.
    pub fn new() -> Result<Self, Problem> {
        let open = |kind| {
            signal(kind).map_err(|error| Problem::fault(format!("signals cannot be received: {error}")))
        };
        Ok(Self {
            terminate: open(SignalKind::terminate())?,
            interrupt: open(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next one; the answer is who sent it, in words.
    pub async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "the user",
        }
    }
}
