//! What functions log while they are served, and how their requests end: lines on standard error.

use holm_core::{Level, Outcome, Report};
use holm_egress::{NetworkEntry, NetworkLog, NetworkOutcome};
use holm_executor::{LogSink, Origin};

use crate::output;
use crate::transcript;

/// Prints them.
#[derive(Clone, Copy, Debug)]
pub struct ServerLogs;

impl LogSink for ServerLogs {
    fn log(&self, origin: Origin<'_>, _level: Level, text: &str) {
        let mut lines = String::new();
        for line in text.lines() {
            lines.push_str(&format!("{} {}: {line}\n", origin.function, short(origin.id)));
        }
        output::to_stderr(&lines);
    }

    fn ended(&self, origin: Origin<'_>, report: &Report) {
        if let Outcome::Answered { .. } = report.outcome {
            return;
        }
        let text = transcript::complaint(&report.outcome).unwrap_or_default();
        let (name, id) = (report.outcome.name(), origin.id);
        output::to_stderr(&format!(
            "{} {}: {name} (request {id}): {text}\n",
            origin.function,
            short(id)
        ));
    }
}

impl NetworkLog for ServerLogs {
    fn record(&self, entry: NetworkEntry) {
        // What went well is no news; what was refused is for whoever writes the rules.
        if let NetworkOutcome::Denied(reason) = &entry.outcome {
            output::to_stderr(&format!(
                "network {}: denied: {reason}\n",
                short(&entry.invocation)
            ));
        }
    }
}

fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}
