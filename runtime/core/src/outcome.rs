//! How an invocation ended.

use crate::Limit;

/// How an invocation ended. Never an error of ours, and always with a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it was asked for: a response was given and its work is done, or the script ran to its end.
    Answered {
        /// Exit code of a script (`process.exit(3)` answers with 3); 0 for functions.
        exit_code: u32,
        /// The value of a one-off execution, as JSON.
        value: Option<String>,
    },
    /// The program threw and did not catch.
    Threw(ThrownError),
    /// It went over a limit.
    Exceeded {
        /// Which.
        limit: Limit,
        /// Its value, in the limit's unit.
        value: u64,
        /// What was used or asked for, in the same unit.
        used: u64,
    },
    /// The policy forbids something without which it cannot run.
    Denied {
        /// What and why.
        reason: String,
    },
    /// It was ended from outside.
    Cancelled {
        /// By whom.
        by: String,
    },
    /// A replay does not match its journal.
    Diverged {
        /// Both sides, in words.
        message: String,
    },
    /// Our fault: the engine trapped where it must not.
    Fault {
        /// For our log; tenants get a request id only.
        message: String,
    },
}

impl Outcome {
    /// One word, stable: for JSON, metrics and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Answered { .. } => "answered",
            Self::Threw(_) => "threw",
            Self::Exceeded { .. } => "exceeded",
            Self::Denied { .. } => "denied",
            Self::Cancelled { .. } => "cancelled",
            Self::Diverged { .. } => "diverged",
            Self::Fault { .. } => "fault",
        }
    }

    /// What happened, for the author of the program.
    pub fn explain(&self) -> String {
        match self {
            Self::Answered { exit_code: 0, .. } => "answered".into(),
            Self::Answered { exit_code, .. } => format!("ended with exit code {exit_code}"),
            Self::Threw(error) => error.report.clone(),
            Self::Exceeded { limit, value, used } => limit.exceeded(*value, *used),
            Self::Denied { reason } => format!("denied: {reason}"),
            Self::Cancelled { by } => format!("cancelled by {by}"),
            Self::Diverged { message } => format!("the replay does not match the journal: {message}"),
            Self::Fault { .. } => {
                "holm failed, not the program; the request id names the entry in its log".into()
            }
        }
    }
}

/// An exception that a program did not catch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThrownError {
    /// `TypeError` and the like; `Error` for what is not an error.
    pub name: String,
    /// Its message, or the thrown value in words.
    pub message: String,
    /// Message, stack with file, line and column, and causes, as people read them.
    pub report: String,
}

/// What an invocation used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Exact and repeatable.
    pub fuel: u64,
    /// The most that linear memory and what the host held for it came to, bytes.
    pub memory_peak_bytes: u64,
    /// Turns taken.
    pub turns: u32,
    /// Fetches started.
    pub subrequests: u32,
    /// Bytes of log.
    pub log_bytes: u64,
}

/// The end of an invocation: outcome and usage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// What it used.
    pub usage: Usage,
}
