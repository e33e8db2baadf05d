//! `holm replay`: a journal once more, without network and files.

use std::sync::{Arc, Mutex, PoisonError};

use holm_core::{Effect, Event};
use holm_executor::ReplayError;
use holm_journal::{Journal, Replayed};
use serde_json::json;

use crate::answer::Answer;
use crate::args::ReplayArguments;
use crate::config;
use crate::engine;
use crate::exit;
use crate::output::{self, Problem};
use crate::transcript::{About, Transcript};

/// Replays it; the answer is the exit code.
pub fn replay(arguments: &ReplayArguments) -> Result<u8, Problem> {
    let shown = arguments.file.display();
    let unreadable =
        |error: std::io::Error| Problem::journal(format!("the journal {shown} cannot be read: {error}"));
    // A pipe or a device would block or never end.
    if !std::fs::metadata(&arguments.file).map_err(unreadable)?.is_file() {
        return Err(Problem::journal(format!(
            "the journal {shown} cannot be read: it is not a regular file"
        )));
    }
    let bytes = std::fs::read(&arguments.file).map_err(unreadable)?;
    let journal = Journal::parse(bytes).map_err(|error| Problem::journal(format!("{shown}: {error}")))?;

    let transcript = Arc::new(Transcript::new(arguments.json));
    let engine = engine::engine(&config::cache(), arguments.machine.memories.unwrap_or_default())?;
    let executor = engine::executor(&engine, transcript.clone(), transcript.clone())?;
    let observer = transcript.clone();
    let answer = matches!(journal.first().1, Event::Request { .. }).then(Arc::<Mutex<Answer>>::default);
    let answering = answer.clone();
    let replay = engine::runtime()?.block_on(executor.replay(journal, move |effect| {
        if let Effect::Log { level, text } = effect {
            observer.take(*level, text);
        } else if let Some(answer) = &answering {
            answer.lock().unwrap_or_else(PoisonError::into_inner).take(effect);
        }
    }));
    let replay = replay.map_err(|error| match error {
        error @ (ReplayError::Journal(_) | ReplayError::Container) => {
            Problem::journal(format!("{shown}: {error}"))
        }
        error @ ReplayError::Prepare(_) => Problem {
            code: exit::DIVERGED,
            text: error.to_string(),
        },
    })?;
    let (code, replayed, message) = match &replay.replayed {
        Replayed::Same => (replay.report.outcome.exit_code(), "same", None),
        Replayed::Diverged(divergence) => (exit::DIVERGED, "diverged", Some(divergence.to_string())),
        Replayed::Incomplete(ending) => (exit::JOURNAL, "incomplete", Some(ending.to_string())),
    };
    let answer =
        answer.map(|answer| std::mem::take(&mut *answer.lock().unwrap_or_else(PoisonError::into_inner)));
    let about = About {
        why: "journals are replayed in WebAssembly instances",
        journal: Some(arguments.file.display().to_string()),
        warnings: Vec::new(),
    };
    if arguments.json {
        transcript.end(&replay.report, about, |object| {
            object["replayed"] = json!(replayed);
            object["divergence"] = json!(message);
            object["exit_code"] = json!(code);
            if let Some(answer) = &answer {
                object["response"] = answer.to_json();
            }
        });
        return Ok(code);
    }
    match message {
        None => {
            if let Some(text) = answer.and_then(|answer| answer.to_text()) {
                output::to_stdout(&text);
            }
            transcript.end(&replay.report, about, |_| ());
        }
        Some(message) if code == exit::DIVERGED => {
            output::error(&format!(
                "the replay took another course than the journal: {message}"
            ));
        }
        Some(message) => output::error(&format!("{shown}: {message}")),
    }
    Ok(code)
}
