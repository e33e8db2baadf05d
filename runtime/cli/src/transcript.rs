//! What a program prints, and how it ended: as it goes, or as one JSON object at the end. A run and its replay say
//! the same here.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use holm_core::{Level, Outcome, Report};
use holm_egress::{NetworkEntry, NetworkLog, NetworkOutcome};
use holm_executor::{LogSink, Origin};
use serde_json::{Value, json};

use crate::exit;
use crate::output::{self, Problem};

/// Takes what one program prints.
#[derive(Debug)]
pub struct Transcript {
    kept: Option<Mutex<Kept>>,
    /// Nobody reads standard output any more.
    broken: AtomicBool,
    /// Something was printed.
    said: AtomicBool,
}

/// What is kept for the JSON object.
#[derive(Debug, Default)]
struct Kept {
    stdout: String,
    stderr: String,
    logs: Vec<(Level, String)>,
}

impl Transcript {
    /// Prints as it goes, or keeps everything for one JSON object.
    pub fn new(json: bool) -> Self {
        Self {
            kept: json.then(Mutex::default),
            broken: AtomicBool::new(false),
            said: AtomicBool::new(false),
        }
    }

    /// Takes one piece.
    pub fn take(&self, level: Level, text: &str) {
        self.said.store(true, Ordering::Relaxed);
        let (to_stdout, line) = match level {
            Level::Debug | Level::Info => (true, true),
            Level::Warn | Level::Error => (false, true),
            Level::Stdout => (true, false),
            Level::Stderr => (false, false),
        };
        let whole = if line {
            format!("{text}\n")
        } else {
            text.to_owned()
        };
        if let Some(kept) = &self.kept {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            let stream = if to_stdout {
                &mut kept.stdout
            } else {
                &mut kept.stderr
            };
            stream.push_str(&whole);
            kept.logs.push((level, text.to_owned()));
        } else if !to_stdout {
            output::to_stderr(&whole);
        } else if !self.broken.load(Ordering::Relaxed) && !output::to_stdout(&whole) {
            self.broken.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the program printed anything.
    pub fn has_said(&self) -> bool {
        self.said.load(Ordering::Relaxed)
    }

    /// Says how it ended, where that is not said by its output; `more` adds to the JSON object.
    pub fn end(&self, report: &Report, more: impl FnOnce(&mut Value)) {
        let Some(kept) = &self.kept else {
            if let Some(text) = complaint(&report.outcome) {
                output::to_stderr(&format!("{text}\n"));
            }
            return;
        };
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut object = outcome(report);
        object["stdout"] = json!(kept.stdout);
        object["stderr"] = json!(kept.stderr);
        let logs = kept
            .logs
            .iter()
            .map(|(level, text)| json!({ "level": level.name(), "text": text }));
        object["logs"] = logs.collect();
        more(&mut object);
        output::to_stdout(&format!("{object}\n"));
    }
}

impl LogSink for Transcript {
    fn log(&self, _: Origin<'_>, level: Level, text: &str) {
        self.take(level, text);
    }
}

/// What is to be said of an end on standard error; nothing where the program came to its own.
pub fn complaint(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Answered { .. } => None,
        Outcome::Threw(error) => Some(shown(&error.report)),
        // The one who runs it here is the one who can do something about it.
        Outcome::Fault { message } => Some(format!("holm failed, not the program: {message}")),
        other => Some(other.explain()),
    }
}

/// A report for people: places in files as they are called in the program's folder, wherever that lies. What the
/// program itself says is left as it is.
pub fn shown(report: &str) -> String {
    let lines = report.lines().enumerate().map(|(index, line)| {
        let is_place = line.trim_start().starts_with("at ") || (index == 0 && is_heading(line));
        if is_place {
            line.replacen("/bundle/", "", 1)
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `/bundle/FILE:LINE`, above the line of source.
fn is_heading(line: &str) -> bool {
    let number = line
        .strip_prefix("/bundle/")
        .and_then(|rest| rest.rsplit_once(':'));
    number.is_some_and(|(_, number)| number.parse::<u32>().is_ok())
}

/// An end as JSON: `outcome`, `exit_code`, `error`, `usage`.
pub fn outcome(report: &Report) -> Value {
    let error = match &report.outcome {
        Outcome::Answered { .. } => Value::Null,
        Outcome::Threw(error) => {
            json!({ "name": error.name, "message": error.message, "report": shown(&error.report) })
        }
        Outcome::Exceeded { limit, value, used } => {
            json!({ "message": report.outcome.explain(), "limit": limit.name(), "value": value, "used": used })
        }
        other => json!({ "message": complaint(other) }),
    };
    let value = match &report.outcome {
        Outcome::Answered {
            value: Some(json), ..
        } => serde_json::from_str(json).unwrap_or_default(),
        _ => Value::Null,
    };
    let usage = &report.usage;
    json!({
        "result": value,
        "outcome": report.outcome.name(),
        "exit_code": exit::code(&report.outcome),
        "error": error,
        "usage": {
            "fuel": usage.fuel,
            "memory_peak_bytes": usage.memory_peak_bytes,
            "turns": usage.turns,
            "subrequests": usage.subrequests,
            "log_bytes": usage.log_bytes,
        },
    })
}

/// Says in JSON why there was no run, or none that can be relied on.
pub fn not_run(problem: &Problem) {
    let error = json!({ "message": problem.text });
    let object = json!({ "outcome": "not_run", "exit_code": problem.code, "error": error });
    output::to_stdout(&format!("{object}\n"));
}

/// Keeps the network log of one run.
#[derive(Debug, Default)]
pub struct Network(Mutex<Vec<Value>>);

impl Network {
    /// The entries so far, as JSON.
    pub fn entries(&self) -> Vec<Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl NetworkLog for Network {
    fn record(&self, entry: NetworkEntry) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(network_entry(&entry));
    }
}

/// A request of the network log as JSON.
pub fn network_entry(entry: &NetworkEntry) -> Value {
    let (outcome, reason) = match &entry.outcome {
        NetworkOutcome::Completed => ("completed", None),
        NetworkOutcome::Denied(reason) => ("denied", Some(reason)),
        NetworkOutcome::Failed(failure) => ("failed", Some(&failure.message)),
        NetworkOutcome::Abandoned => ("abandoned", None),
    };
    json!({
        "at_us": entry.at.wall_us,
        "method": entry.method,
        "url": entry.url,
        "rule": entry.rule.map(|index| index + 1),
        "address": entry.address.map(|address| address.to_string()),
        "status": entry.status,
        "bytes_out": entry.bytes_out,
        "bytes_in": entry.bytes_in,
        "duration_us": u64::try_from(entry.duration.as_micros()).unwrap_or(u64::MAX),
        "outcome": outcome,
        "reason": reason,
    })
}
