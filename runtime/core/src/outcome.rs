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
    /// There is no room for it at the moment; the same call may succeed later.
    Busy {
        /// What there is none of.
        message: String,
    },
    /// The world's fault: something that the backend needs is not there (Docker, its image, room on the disk).
    Unavailable {
        /// What, and what to do about it: for the operator.
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
            Self::Busy { .. } => "busy",
            Self::Unavailable { .. } => "unavailable",
            Self::Fault { .. } => "fault",
        }
    }

    /// What a shell, a test or a scheduler tells apart. A program's own code has eight bits, as systems hand it on.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Answered { exit_code, .. } => exit_code.to_le_bytes()[0],
            Self::Threw(_) => 1,
            Self::Busy { .. } | Self::Unavailable { .. } => 120,
            Self::Denied { .. } => 121,
            Self::Cancelled { .. } => 122,
            Self::Diverged { .. } => 123,
            // The code that `timeout` has as well.
            Self::Exceeded { .. } => 124,
            Self::Fault { .. } => 125,
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
            Self::Busy { message } => format!("busy: {message}"),
            Self::Unavailable { message } => format!("not available: {message}"),
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

impl ThrownError {
    /// The report for people: places in files as they are called in the program's folder, wherever that lies. What the
    /// program itself says is left as it is.
    pub fn shown(&self) -> String {
        let lines = self.report.lines().enumerate().map(|(index, line)| {
            let is_place = line.trim_start().starts_with("at ") || (index == 0 && is_heading(line));
            if is_place {
                line.replacen("/bundle/", "", 1)
            } else {
                line.to_owned()
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// `/bundle/FILE:LINE`, above the line of source.
fn is_heading(line: &str) -> bool {
    let number = line
        .strip_prefix("/bundle/")
        .and_then(|rest| rest.rsplit_once(':'));
    number.is_some_and(|(_, number)| number.parse::<u32>().is_ok())
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
    /// CPU time that was measured, microseconds, by a backend that has no fuel; 0 where fuel stands for it. It cannot be
    /// repeated, so it is in no journal.
    pub cpu_us: u64,
}

/// The end of an invocation: outcome and usage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// What it used.
    pub usage: Usage,
}
