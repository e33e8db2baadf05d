//! What functions log while they are served, and how their requests end: lines on standard error.

use holm_core::{Level, Outcome, Report};
use holm_egress::{NetworkEntry, NetworkLog, NetworkOutcome};
use holm_executor::{Function, LogSink, Origin};

use crate::output;
use crate::transcript;

/// Prints them.
#[derive(Clone, Copy, Debug)]
pub struct ServerLogs;

impl LogSink for ServerLogs {
    fn log(&self, origin: Origin<'_>, _level: Level, text: &str) {
        print(&format!("{} {}:", origin.function, short(origin.id)), text);
    }

    fn ended(&self, origin: Origin<'_>, report: &Report) {
        if let Outcome::Answered { .. } = report.outcome {
            return;
        }
        let text = transcript::complaint(&report.outcome).unwrap_or_default();
        let (name, id) = (report.outcome.name(), origin.id);
        let text = format!("{name} (request {id}): {text}");
        print(&format!("{} {}:", origin.function, short(id)), &text);
    }
}

impl NetworkLog for ServerLogs {
    fn record(&self, entry: NetworkEntry) {
        // What went well is no news; what was refused is for whoever writes the rules.
        if let NetworkOutcome::Denied(reason) = &entry.outcome {
            print(
                &format!("network {}:", short(&entry.invocation)),
                &format!("denied: {reason}"),
            );
        }
    }
}

/// What a function logged while it was loaded.
pub fn loaded(function: &Function) {
    for (_, text) in function.load_logs() {
        print(&format!("{}:", function.name), text);
    }
}

/// Every line says whose it is, so that no text can pass for the line of another; and none of them can steer the terminal.
fn print(of: &str, text: &str) {
    let mut lines = String::with_capacity(of.len() + text.len() + 2);
    for line in text.lines() {
        lines.push_str(of);
        lines.push(' ');
        lines.push_str(&output::visible(line));
        lines.push('\n');
    }
    output::to_stderr(&lines);
}

fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}
