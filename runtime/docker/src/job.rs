//! What the agent is told, and what it tells at the end: the two JSON forms that it shares with this crate.

use std::collections::BTreeMap;

use bytes::Bytes;
use holm_core::{Event, ModuleFormat, Program, ThrownError};
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Job<'a> {
    /// Written to both streams at the end.
    marker: &'a str,
    kind: &'a str,
    entry: &'a str,
    arguments: &'a [String],
    env: &'a BTreeMap<String, String>,
    modules: BTreeMap<&'a str, JobModule<'a>>,
    /// What an execution's default export is called with: JSON as text, which is parsed where it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<JobRequest<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled: Option<JobScheduled<'a>>,
}

/// Its source is the file at its path.
#[derive(Serialize)]
struct JobModule<'a> {
    format: &'a str,
    links: &'a BTreeMap<String, String>,
    exports: &'a [String],
}

#[derive(Serialize)]
struct JobRequest<'a> {
    method: &'a str,
    url: &'a str,
    headers: &'a str,
    has_body: bool,
}

#[derive(Serialize)]
struct JobScheduled<'a> {
    cron: &'a str,
    time_ms: f64,
}

/// How the agent says that the program has ended.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Ended {
    pub exit_code: u32,
    /// JSON.
    pub value: Option<String>,
    pub threw: Option<Thrown>,
    /// It started processes: one of them may have run out of memory.
    pub children: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Thrown {
    name: String,
    message: String,
    report: String,
}

impl From<Thrown> for ThrownError {
    fn from(
        Thrown {
            name,
            message,
            report,
        }: Thrown,
    ) -> Self {
        Self {
            name,
            message,
            report,
        }
    }
}

/// The job for an invocation's first event; `None` for an event with which none begins.
pub(crate) fn job(program: &Program, first: &Event, marker: &str) -> Option<Bytes> {
    let mut given = None;
    let (kind, request, scheduled) = match first {
        Event::Script { .. } => ("script", None, None),
        Event::Execution { input, .. } => {
            given = input.as_deref();
            ("execution", None, None)
        }
        Event::Request { head, .. } => {
            let request = JobRequest {
                method: &head.method,
                url: &head.url,
                headers: &head.headers,
                has_body: head.has_body,
            };
            ("request", Some(request), None)
        }
        Event::Scheduled { scheduled, .. } => {
            let scheduled = JobScheduled {
                cron: &scheduled.cron,
                time_ms: scheduled.time_ms,
            };
            ("scheduled", None, Some(scheduled))
        }
        Event::Done { .. } | Event::Wake | Event::Cancel { .. } => return None,
    };
    let modules = program.modules.iter().map(|(path, module)| {
        let format = match module.format {
            ModuleFormat::Esm => "esm",
            ModuleFormat::CommonJs => "commonjs",
            ModuleFormat::Json => "json",
            ModuleFormat::Text => "text",
            ModuleFormat::Bytes => "bytes",
            ModuleFormat::Script => "script",
        };
        let module = JobModule {
            format,
            links: &module.links,
            exports: &module.exports,
        };
        (path.as_str(), module)
    });
    let job = Job {
        marker,
        kind,
        entry: &program.entry,
        arguments: &program.arguments,
        env: &program.env,
        modules: modules.collect(),
        input: given,
        request,
        scheduled,
    };
    serde_json::to_vec(&job).ok().map(Bytes::from)
}
