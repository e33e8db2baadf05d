//! What a program prints, and how it ended: as it goes, or as one JSON object at the end. A run, an execution and a replay
//! say the same here.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use holm_core::{Level, Outcome, Report};
use holm_egress::{NetworkEntry, NetworkLog};
use holm_executor::{LogSink, Origin};
use holm_server::{Collected, Ended, ExecutionResult, Happened, NetworkRequest};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::engine;
use crate::output::{self, Problem};

/// Takes what one program prints and does.
#[derive(Debug)]
pub struct Transcript {
    /// For the JSON object.
    kept: Option<Mutex<Collected>>,
    started: Instant,
    /// Nobody reads standard output any more.
    broken: AtomicBool,
    /// Something was printed.
    said: AtomicBool,
}

/// What the JSON object has beside what the program said and did.
#[derive(Debug)]
pub struct About {
    /// Why it ran in the backend that it ran in.
    pub why: &'static str,
    /// Where its journal is.
    pub journal: Option<String>,
    /// What works in another way than its author may think.
    pub warnings: Vec<String>,
}

impl Transcript {
    /// Prints as it goes, or keeps everything for one JSON object.
    pub fn new(json: bool) -> Self {
        Self {
            kept: json.then(Mutex::default),
            started: Instant::now(),
            broken: AtomicBool::new(false),
            said: AtomicBool::new(false),
        }
    }

    /// Takes one piece.
    pub fn take(&self, level: Level, text: &str) {
        self.said.store(true, Ordering::Relaxed);
        if let Some(kept) = &self.kept {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.add(Happened::Said(level, text.to_owned()));
            return;
        }
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
        if !to_stdout {
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
    pub fn end(&self, report: &Report, about: About, more: impl FnOnce(&mut Value)) {
        let Some(kept) = &self.kept else {
            if let Some(text) = complaint(&report.outcome) {
                output::to_stderr(&format!("{text}\n"));
            }
            return;
        };
        let collected = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
        let mut result = ExecutionResult::of(Ended {
            id: engine::fresh_id(),
            report,
            collected,
            wall: self.started.elapsed(),
            backend: "wasm",
            why: about.why.into(),
            journal: about.journal,
            warnings: about.warnings,
        });
        // The one who runs it here is the one who can do something about a fault.
        if let (Some(error), Outcome::Fault { .. }) = (&mut result.error, &report.outcome) {
            error.message = complaint(&report.outcome).unwrap_or_default();
        }
        let mut object = json!(result);
        more(&mut object);
        output::to_stdout(&format!("{object}\n"));
    }
}

impl LogSink for Transcript {
    fn log(&self, _: Origin<'_>, level: Level, text: &str) {
        self.take(level, text);
    }
}

impl NetworkLog for Transcript {
    fn record(&self, entry: NetworkEntry) {
        if let Some(kept) = &self.kept {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.add(Happened::Requested(NetworkRequest::of(&entry)));
        }
    }
}

/// What is to be said of an end on standard error; nothing where the program came to its own.
pub fn complaint(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Answered { .. } => None,
        Outcome::Threw(error) => Some(error.shown()),
        // The one who runs it here is the one who can do something about it.
        Outcome::Fault { message } => Some(format!("holm failed, not the program: {message}")),
        other => Some(other.explain()),
    }
}

/// Says in JSON why there was no run, or none that can be relied on.
pub fn not_run(problem: &Problem) {
    let error = json!({ "message": problem.text });
    let object = json!({ "outcome": "not_run", "exit_code": problem.code, "error": error });
    output::to_stdout(&format!("{object}\n"));
}
