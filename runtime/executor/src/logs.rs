//! Where what a function logs goes, and the news of its end.

use holm_core::{Level, Report};

/// Which invocation a line is of.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Who owns the function.
    pub tenant: &'a str,
    /// The function's name.
    pub function: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The invocation's id: what `x-request-id` says.
    pub id: &'a str,
}

/// Takes lines in the order in which the function wrote them, at once: called in the middle of a turn, so it
/// must not block for long.
pub trait LogSink: Send + Sync {
    /// A piece of log or output. A line without its end; for the standard streams text as it is.
    fn log(&self, origin: Origin<'_>, level: Level, text: &str);

    /// The invocation has ended; what it did not say in a response is here.
    fn ended(&self, origin: Origin<'_>, report: &Report) {
        let _ = (origin, report);
    }
}

/// Drops everything.
#[derive(Clone, Copy, Debug)]
pub struct NoLogs;

impl LogSink for NoLogs {
    fn log(&self, _: Origin<'_>, _: Level, _: &str) {}
}
