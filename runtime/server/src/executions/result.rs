//! What is told of one run: by the answer to `POST /v1/executions`, by `holm run --json` and by `holm exec --json`.

use std::time::Duration;

use holm_core::limits::FUEL_PER_CPU_MS;
use holm_core::{Outcome, Report};
use holm_executor::{NetworkEntry, NetworkOutcome};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::collect::Collected;

/// How an execution ended, and all that it said and did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExecutionResult {
    /// Names it: what the header `x-request-id` says.
    pub id: String,
    /// `answered`, `threw`, `exceeded`, `denied`, `cancelled` or `fault`; of a replay also `diverged`.
    #[schema(example = "answered")]
    pub outcome: &'static str,
    /// The default export's return value, or the last value; null where there is none.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Box<RawValue>>,
    /// What a process would end with: 0, what `process.exit` was called with, 1 after an exception, 124 over a limit; the rest
    /// is in the documentation of the command line.
    pub exit_code: u8,
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
    /// What works in another way than its author may think.
    pub warnings: Vec<String>,
}

/// What a result is made of.
#[derive(Debug)]
pub struct Ended<'a> {
    /// Names the run.
    pub id: String,
    /// How it ended.
    pub report: &'a Report,
    /// What it said and did.
    pub collected: Collected,
    /// From its start to its end.
    pub wall: Duration,
    /// In what it ran.
    pub backend: &'static str,
    /// Why there.
    pub why: String,
    /// Where its journal is.
    pub journal: Option<String>,
    /// What works in another way than its author may think.
    pub warnings: Vec<String>,
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
    /// The value of that limit, in its unit.
    pub value: Option<u64>,
    /// What was used or asked for, in the same unit.
    pub used: Option<u64>,
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
    /// `completed`, `denied`, `failed` or `abandoned`: the program broke it off.
    #[schema(example = "completed")]
    pub outcome: &'static str,
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
    /// Requests that it made or tried to make.
    pub subrequests: u32,
    /// Bytes of output.
    pub log_bytes: u64,
    /// How often it was given the CPU to go on.
    pub turns: u32,
}

impl ExecutionResult {
    /// Of a run that has ended.
    pub fn of(ended: Ended<'_>) -> Self {
        let Ended {
            id,
            report,
            collected,
            wall,
            backend,
            why,
            journal,
            warnings,
        } = ended;
        let result = match &report.outcome {
            Outcome::Answered { value, .. } => {
                value.clone().and_then(|json| RawValue::from_string(json).ok())
            }
            _ => None,
        };
        Self {
            id,
            outcome: report.outcome.name(),
            result,
            exit_code: report.outcome.exit_code(),
            error: ExecutionError::of(&report.outcome),
            usage: ExecutionUsage::of(report, &collected, wall),
            stdout: collected.stdout,
            stderr: collected.stderr,
            logs: collected.logs,
            network: collected.network,
            backend,
            why,
            journal,
            warnings,
        }
    }
}

impl ExecutionUsage {
    fn of(report: &Report, collected: &Collected, wall: Duration) -> Self {
        let usage = &report.usage;
        #[expect(
            clippy::cast_precision_loss,
            reason = "fuel and microseconds of an execution are far below 2^53"
        )]
        let cpu_ms = usage.fuel as f64 / FUEL_PER_CPU_MS as f64 + usage.cpu_us as f64 / 1e3;
        Self {
            wall_ms: wall.as_secs_f64() * 1e3,
            cpu_ms,
            fuel: usage.fuel,
            memory_peak_bytes: usage.memory_peak_bytes,
            egress_bytes: collected.network.iter().map(|request| request.bytes).sum(),
            subrequests: usage.subrequests,
            log_bytes: usage.log_bytes,
            turns: usage.turns,
        }
    }
}

impl ExecutionError {
    /// Of an outcome that has no result.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let plain = Self {
            name: None,
            message: outcome.explain(),
            report: None,
            limit: None,
            value: None,
            used: None,
        };
        match outcome {
            Outcome::Answered { .. } => None,
            Outcome::Threw(error) => Some(Self {
                name: Some(error.name.clone()),
                message: error.message.clone(),
                report: Some(error.shown()),
                ..plain
            }),
            Outcome::Exceeded { limit, value, used } => Some(Self {
                limit: Some(limit.name()),
                value: Some(*value),
                used: Some(*used),
                ..plain
            }),
            _ => Some(plain),
        }
    }
}

impl NetworkRequest {
    /// Of an entry of the network log.
    pub fn of(entry: &NetworkEntry) -> Self {
        let (outcome, error) = match &entry.outcome {
            NetworkOutcome::Completed => ("completed", None),
            NetworkOutcome::Denied(reason) => ("denied", Some(reason.clone())),
            NetworkOutcome::Failed(failure) => ("failed", Some(failure.message.clone())),
            NetworkOutcome::Abandoned => ("abandoned", Some("it was broken off by the program".into())),
        };
        Self {
            outcome,
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
