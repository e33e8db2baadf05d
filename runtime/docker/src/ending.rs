//! How an invocation ended, from all that a container leaves: what the agent said, exit code, OOM flag, standard error.

use holm_core::{Limit, Limits, Outcome, ThrownError};

use crate::config::DockerConfig;
use crate::daemon::End;
use crate::job::Ended;

/// What V8 writes before it gives up.
const HEAP_EXHAUSTED: &str = "heap out of memory";

/// The outcome of a program whose agent came to its end. `oom_killed`: something in the container was killed for memory.
pub(crate) fn of_agent(ended: Ended, oom_killed: bool, limits: &Limits, config: &DockerConfig) -> Outcome {
    // The program may have gone on without its child; what it gave is not what it would have given.
    if oom_killed {
        return memory(limits);
    }
    let Some(thrown) = ended.threw else {
        return Outcome::Answered {
            exit_code: ended.exit_code,
            value: ended.value,
        };
    };
    let mut error = ThrownError::from(thrown);
    let what = &error.message;
    // These are exceptions that the program could have caught; the limit is named where one ended it.
    let limit = if what.contains("ENOSPC") {
        Some(format!(
            "`/tmp` holds {} bytes and {} files (limits `fs_bytes`, `fs_files`)",
            limits.fs_bytes, limits.fs_files
        ))
    } else if (what.contains("spawn") && what.contains("EAGAIN")) || what.contains("ERR_WORKER_INIT_FAILED") {
        Some(format!(
            "{} processes and threads are allowed at a time (limit `pids`)",
            config.pids
        ))
    } else {
        None
    };
    if let Some(limit) = limit {
        error.report.push_str("\n    holm: ");
        error.report.push_str(&limit);
    }
    Outcome::Threw(error)
}

/// The outcome of a container that ended before the agent could say how.
pub(crate) fn of_container(end: End, stderr_tail: &str, limits: &Limits) -> Outcome {
    if end.oom_killed || stderr_tail.contains(HEAP_EXHAUSTED) {
        return memory(limits);
    }
    match end.exit_code {
        code @ 0..=128 => Outcome::Answered {
            exit_code: u32::try_from(code).unwrap_or(1),
            value: None,
        },
        code => {
            let message = format!("the process was ended by signal {}", code - 128);
            Outcome::Threw(ThrownError {
                name: "Error".into(),
                report: format!("Error: {message}"),
                message,
            })
        }
    }
}

fn memory(limits: &Limits) -> Outcome {
    Outcome::Exceeded {
        limit: Limit::Memory,
        value: limits.memory_bytes,
        used: limits.memory_bytes,
    }
}
