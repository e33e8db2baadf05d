//! `holm run`: a script or module to its end.

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use holm_bundle::LoadOptions;
use holm_core::{Limits, ModuleFormat, Program, Report};
use holm_executor::{NoResponse, Record, Spec};
use holm_journal::{Journal, JournalError, RecordError};

use crate::args::RunArguments;
use crate::config::{self, Config};
use crate::engine;
use crate::exit;
use crate::journals::JournalFile;
use crate::output::{self, Problem};
use crate::signals::Signals;
use crate::stdin;
use crate::transcript::{About, Transcript};

/// Runs it; the answer is the exit code.
pub fn run(arguments: RunArguments) -> Result<u8, Problem> {
    let config = Config::read(&arguments.bounds, &arguments.file)?;
    let memories = config.memories(arguments.machine.memories)?;
    let settings = config.settings(None, Limits::for_scripts())?;
    let options = LoadOptions {
        source_bytes_max: settings.limits.source_bytes,
        root: None,
    };
    let loaded =
        holm_bundle::load(&arguments.file, options).map_err(|error| Problem::program(error.report()))?;
    let warnings: Vec<String> = settings
        .policy
        .warnings()
        .into_iter()
        .chain(loaded.warnings)
        .collect();
    // Where nobody looks, standard error is the program's alone.
    if std::io::stderr().is_terminal() {
        for warning in &warnings {
            output::warning(warning);
        }
    }
    let mut program = loaded.program;
    program.arguments = arguments.arguments;
    program.env = settings.env;
    program.preopens = settings.preopens;
    let is_function = exports_default(&program);

    let transcript = Arc::new(Transcript::new(arguments.json));
    let engine = engine::engine(&config::cache(), memories)?;
    let executor = engine::executor(&engine, transcript.clone(), transcript.clone())?;
    let spec = Spec {
        tenant: "local".into(),
        name: arguments.file.display().to_string(),
        version: engine::hex(&holm_bundle::digest(&program)),
        program: Arc::new(program),
        limits: settings.limits,
        policy: Arc::new(settings.policy),
    };
    let function = executor
        .one_off(spec)
        .map_err(|error| Problem::usage(error.to_string()))?;
    let recorded = Arc::new(Recorded::default());
    let record = arguments
        .record
        .as_deref()
        .map(|path| record_to(path, &recorded))
        .transpose()?;

    let report = engine::runtime()?.block_on(async {
        let mut signals = Signals::new()?;
        let script = executor.script(&function, engine::fresh_id(), Some(stdin::pieces()), record);
        let mut script = std::pin::pin!(script);
        tokio::select! {
            report = &mut script => Ok(report),
            by = signals.next() => {
                // It ends between two slices of fuel, with its journal.
                executor.cancel_by(by);
                Ok(script.await)
            }
        }
    })?;
    let report = report.map_err(|refusal| Problem::fault(refused(&refusal)))?;
    // A journal that is not there is worse than what the program did: whoever asked for it relies on it.
    if let (Some(path), Some(error)) = (&arguments.record, recorded.error()) {
        let text = format!("the run was not recorded in {}: {error}", path.display());
        return Err(Problem {
            code: exit::FAULT,
            text,
        });
    }
    if is_function && !arguments.json && std::io::stderr().is_terminal() && !transcript.has_said() {
        output::note("note: this module exports a handler, which a run does not call; `holm serve` does");
    }
    let about = About {
        why: "`holm run` runs programs in WebAssembly instances",
        journal: arguments.record.map(|path| path.display().to_string()),
        warnings,
    };
    transcript.end(&report, about, |_| ());
    Ok(report.outcome.exit_code())
}

/// Whether it looks like a function: a guess from its text, good enough for a hint.
fn exports_default(program: &Program) -> bool {
    const EXPORT: &[u8] = b"export default";
    program.modules.get(&program.entry).is_some_and(|entry| {
        entry.format == ModuleFormat::Esm && entry.source.windows(EXPORT.len()).any(|window| window == EXPORT)
    })
}

/// What became of a journal.
#[derive(Default)]
pub struct Recorded(Mutex<Option<RecordError>>);

impl Recorded {
    /// Why there is none.
    pub fn error(&self) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(ToString::to_string)
    }
}

/// A slip of the hand must not cost a source: only journals are written over.
fn is_something_else(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(12).read_to_end(&mut start));
    read.is_ok() && path.is_file() && matches!(Journal::parse(start), Err(JournalError::NotAJournal))
}

/// A journal in that file, and what becomes of it.
///
/// # Errors
/// There is something else, or it cannot be written.
pub fn record_to(path: &Path, recorded: &Arc<Recorded>) -> Result<Record, Problem> {
    if is_something_else(path) {
        return Err(Problem::usage(format!(
            "--record {}: there is a file that is no journal, which would be lost; name another one, or remove it",
            path.display()
        )));
    }
    let file = JournalFile::replace(path).map_err(|error| {
        Problem::usage(format!(
            "the journal {} cannot be written: {error}",
            path.display()
        ))
    })?;
    let recorded = recorded.clone();
    Ok(Record {
        sink: Box::new(file),
        done: Box::new(move |result| {
            *recorded.0.lock().unwrap_or_else(PoisonError::into_inner) = result.err();
        }),
    })
}

/// Why there was no run, in words.
pub fn refused(refusal: &NoResponse) -> String {
    let why = match refusal {
        NoResponse::Ended(Report { outcome, .. }) => return outcome.explain(),
        NoResponse::Busy(_) => "too many are running",
        NoResponse::NoHandler { .. } => "it has no handler",
        NoResponse::RequestBody(_) => "its request could not be read",
        NoResponse::BadResponse { message } => message,
    };
    format!("the program was not started: {why}")
}
