//! What a caller is told of an execution.

use holm_core::{Outcome, Report};
use holm_executor::{NetworkEntry, NetworkOutcome};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// How an execution ended, and all that it said and did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExecutionResult {
    /// Names it: what the header `x-request-id` says.
    pub id: String,
    /// `answered`, `threw`, `exceeded`, `denied`, `cancelled` or `fault`.
    #[schema(example = "answered")]
    pub outcome: &'static str,
    /// The default export's return value, or the last value; null where there is none.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Box<RawValue>>,
    /// Of the process: 0, what `process.exit` was called with, or 1 after an exception.
    pub exit_code: u32,
    /// Why there is no result.
    pub error: Option<ExecutionError>,
    /// What it wrote to standard output, `console.log` included.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// The same, line by line, each with where it comes from.
    pub logs: Vec<LogLine>,
    /// Each request that it made or tried to make.
    pub network: Vec<NetworkRequest>,
    /// What it used.
    pub usage: ExecutionUsage,
    /// `wasm` or `docker`.
    pub backend: &'static str,
    /// Why it ran there.
    pub why: String,
    /// Where its journal is, if it was recorded.
    pub journal: Option<String>,
}

/// Why there is no result.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExecutionError {
    /// Of an exception: its class.
    pub name: Option<String>,
    /// What happened.
    pub message: String,
    /// Of an exception: message, stack and causes, as people read them.
    pub report: Option<String>,
    /// The limit that it went over.
    pub limit: Option<&'static str>,
}

/// A piece of output.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LogLine {
    /// `debug`, `info`, `warn`, `error`, `stdout` or `stderr`.
    pub level: &'static str,
    /// The text; of the streams as it was written.
    pub text: String,
}

/// A request over the network.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NetworkRequest {
    /// The rule that decided, counted from 1; null when none allowed it.
    pub rule: Option<usize>,
    /// The method.
    pub method: String,
    /// Where it went.
    pub url: String,
    /// The status of the answer.
    pub status: Option<u16>,
    /// Bytes of bodies, both ways.
    pub bytes: u64,
    /// From its start to its end.
    pub ms: f64,
    /// Why it was refused, or failed.
    pub error: Option<String>,
}

/// What an execution used.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct ExecutionUsage {
    /// From its start to its end.
    pub wall_ms: f64,
    /// CPU time.
    pub cpu_ms: f64,
    /// Instructions, of the wasm backend: exact and repeatable. 0 of the other.
    pub fuel: u64,
    /// The most memory that it held.
    pub memory_peak_bytes: u64,
    /// Bytes of bodies that passed the network, both ways.
    pub egress_bytes: u64,
}

impl ExecutionError {
    /// Of an outcome that has no result.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let plain = |limit| Self {
            name: None,
            message: outcome.explain(),
            report: None,
            limit,
        };
        match outcome {
            Outcome::Answered { .. } => None,
            Outcome::Threw(error) => Some(Self {
                name: Some(error.name.clone()),
                message: error.message.clone(),
                report: Some(error.report.clone()),
                limit: None,
            }),
            Outcome::Exceeded { limit, .. } => Some(plain(Some(limit.name()))),
            _ => Some(plain(None)),
        }
    }
}

impl NetworkRequest {
    /// Of an entry of the network log.
    pub fn of(entry: &NetworkEntry) -> Self {
        let error = match &entry.outcome {
            NetworkOutcome::Completed => None,
            NetworkOutcome::Denied(reason) => Some(reason.clone()),
            NetworkOutcome::Failed(failure) => Some(failure.message.clone()),
            NetworkOutcome::Abandoned => Some("it was broken off by the program".into()),
        };
        Self {
            rule: entry.rule.map(|index| index + 1),
            method: entry.method.clone(),
            url: entry.url.clone(),
            status: entry.status,
            bytes: entry.bytes_in.saturating_add(entry.bytes_out),
            ms: entry.duration.as_secs_f64() * 1e3,
            error,
        }
    }
}

/// The value of an outcome, as JSON, and the exit code.
pub fn value_of(report: &Report) -> (Option<Box<RawValue>>, u32) {
    match &report.outcome {
        Outcome::Answered { exit_code, value } => {
            let value = value.clone().and_then(|json| RawValue::from_string(json).ok());
            (value, *exit_code)
        }
        _ => (None, 1),
    }
}
