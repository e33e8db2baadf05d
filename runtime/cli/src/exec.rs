//! `holm exec`: code that is executed once, for its value. It goes the way of `POST /v1/executions`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use holm_bundle::LoadOptions;
use holm_core::{Level, Limits, Outcome, Program, Report};
use holm_executor::{LogSink, NetworkEntry, NetworkLog, Origin, Record};
use holm_server::{Collector, ExecutionResult, Executions, Given, Happened, Journals, NotExecuted};
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use crate::args::{Bounds, ExecArguments};
use crate::config::{self, Config};
use crate::engine;
use crate::executions;
use crate::exit;
use crate::output::{self, Problem};
use crate::run::{Recorded, record_to};
use crate::signals::Signals;
use crate::transcript::Transcript;

/// Executes it; the answer is the exit code.
pub fn exec(arguments: ExecArguments) -> Result<u8, Problem> {
    // A holm.toml of the current folder holds where the code has none.
    let beside = arguments.file.clone().unwrap_or_else(|| PathBuf::from("."));
    let config = Config::read(&arguments.bounds, &beside)?;
    let memories = config.memories(arguments.machine.memories)?;
    let settings = config.settings(None, Limits::for_scripts())?;
    let ceilings = ceilings(&arguments.bounds, &beside)?;
    let limits = ceilings
        .limits(arguments.trust, config.typed_limits())
        .map_err(|invalid| Problem::usage(invalid.to_string()))?;
    let input = arguments.input.map(checked_input).transpose()?;
    let (mut program, loaded_with) = program(arguments.file.as_deref(), arguments.eval, limits.source_bytes)?;
    program.arguments = arguments.arguments;
    program.env = settings.env;
    program.preopens = settings.preopens;
    let given = Given {
        program,
        limits,
        input,
        mode: arguments.mode,
        record: arguments.record.is_some(),
        warnings: settings
            .policy
            .warnings()
            .into_iter()
            .chain(loaded_with)
            .collect(),
        policy: settings.policy,
    };

    let collector = Collector::new(Arc::new(Faults), Arc::new(Faults));
    let engine = engine::engine(&config::cache(), memories)?;
    let executor = Arc::new(engine::executor(&engine, collector.clone(), collector.clone())?);
    executor.set_containers(Err(
        "`holm exec` runs none; send the code to `holm serve --docker`".into(),
    ));
    let recorded = Arc::new(Recorded::default());
    let journals = arguments
        .record
        .as_deref()
        .map(|path| OneFile::at(path, &recorded))
        .transpose()?;
    let executions = Executions::new(
        executor.clone(),
        collector,
        ceilings,
        journals.map(|one| Arc::new(one) as Arc<dyn Journals>),
    );
    let job = executions.job_of(given).map_err(problem)?;
    let transcript = Transcript::new(false);
    let ended = engine::runtime()?.block_on(async {
        let mut signals = Signals::new()?;
        let (sender, mut happened) = mpsc::unbounded_channel();
        let id = engine::fresh_id();
        let run = executions.execute(&id, job, Some(sender));
        let mut run = std::pin::pin!(run);
        let ended = loop {
            tokio::select! {
                biased;
                Some(happened) = happened.recv() => say(&transcript, arguments.json, happened),
                ended = &mut run => break ended,
                // It ends between two slices of fuel, with its journal.
                by = signals.next() => executor.cancel_by(by),
            }
        };
        while let Ok(happened) = happened.try_recv() {
            say(&transcript, arguments.json, happened);
        }
        Ok(ended)
    })?;
    // A journal that is not there is worse than what the program did: whoever asked for it relies on it.
    if let (Some(path), Some(error)) = (&arguments.record, recorded.error()) {
        return Err(Problem::fault(format!(
            "the execution was not recorded in {}: {error}",
            path.display()
        )));
    }
    let result = ended.map_err(problem)?;
    if arguments.json {
        output::to_stdout(&format!("{}\n", serde_json::json!(result)));
    } else {
        show(&result);
    }
    Ok(result.exit_code)
}

/// What the one who typed it may ask for: what is typed does not move its own bounds.
fn ceilings(bounds: &Bounds, beside: &Path) -> Result<holm_server::Ceilings, Problem> {
    let of_the_file = Bounds {
        config: bounds.config.clone(),
        ..Bounds::default()
    };
    let config = Config::read(&of_the_file, beside)?;
    let defaults = config.settings(None, Limits::for_scripts())?.limits;
    executions::ceilings(&config, defaults, true)
}

fn checked_input(text: String) -> Result<String, Problem> {
    match RawValue::from_string(text) {
        Ok(value) => Ok(value.get().to_owned()),
        Err(error) => Err(Problem::usage(format!("--input is no JSON: {error}"))),
    }
}

fn program(
    file: Option<&Path>,
    code: Option<String>,
    source_bytes_max: u64,
) -> Result<(Program, Vec<String>), Problem> {
    let is_stdin = |path: &Path| path == Path::new("-");
    if let Some(file) = file.filter(|file| !is_stdin(file)) {
        let options = LoadOptions {
            source_bytes_max,
            root: None,
        };
        let loaded = holm_bundle::load(file, options).map_err(|error| Problem::program(error.report()))?;
        return Ok((loaded.program, loaded.warnings));
    }
    let code = match code {
        Some(code) => code,
        None => from_stdin(source_bytes_max)?,
    };
    let program =
        holm_bundle::snippet(&code, source_bytes_max).map_err(|error| Problem::program(error.report()))?;
    Ok((program, Vec::new()))
}

/// One byte more than may be, so that what is too large is refused as such.
fn from_stdin(source_bytes_max: u64) -> Result<String, Problem> {
    let mut code = String::new();
    std::io::stdin()
        .lock()
        .take(source_bytes_max.saturating_add(1))
        .read_to_string(&mut code)
        .map_err(|error| Problem::usage(format!("no code can be read from standard input: {error}")))?;
    Ok(code)
}

fn say(transcript: &Transcript, json: bool, happened: Happened) {
    if let (Happened::Said(level, text), false) = (happened, json) {
        transcript.take(level, &text);
    }
}

/// What its output does not say.
fn show(result: &ExecutionResult) {
    if let Some(error) = &result.error {
        let text = error.report.as_ref().unwrap_or(&error.message);
        output::to_stderr(&format!("{text}\n"));
    }
    if let Some(value) = &result.result {
        let begins_a_line = result.stdout.is_empty() || result.stdout.ends_with('\n');
        let separator = if begins_a_line { "" } else { "\n" };
        output::to_stdout(&format!("{separator}{value}\n"));
    }
}

fn problem(error: NotExecuted) -> Problem {
    let text = error.to_string();
    match error {
        NotExecuted::Invalid(_) => Problem::usage(text),
        NotExecuted::Program(_) => Problem::program(text),
        NotExecuted::NoBackend(_) => Problem {
            code: exit::UNAVAILABLE,
            text,
        },
        NotExecuted::Refused(refusal) => Problem::fault(crate::run::refused(&refusal)),
        _ => Problem::fault(text),
    }
}

/// The journal of the one execution there is.
struct OneFile {
    path: PathBuf,
    record: Mutex<Option<Record>>,
}

impl OneFile {
    fn at(path: &Path, recorded: &Arc<Recorded>) -> Result<Self, Problem> {
        Ok(Self {
            path: path.to_owned(),
            record: Mutex::new(Some(record_to(path, recorded)?)),
        })
    }
}

impl Journals for OneFile {
    fn record(&self, _: &str) -> (Record, String) {
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner).take();
        (
            record.expect("one execution asks once"),
            self.path.display().to_string(),
        )
    }
}

/// The one who executes it here is the one who can do something about a fault; the result does not say what it was.
struct Faults;

impl LogSink for Faults {
    fn log(&self, _: Origin<'_>, _: Level, text: &str) {
        output::error(text);
    }

    fn ended(&self, _: Origin<'_>, report: &Report) {
        if let Outcome::Fault { message } = &report.outcome {
            output::error(message);
        }
    }
}

impl NetworkLog for Faults {
    fn record(&self, _: NetworkEntry) {}
}
