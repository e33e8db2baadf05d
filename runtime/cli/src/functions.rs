//! Files on disk to functions that can be called: found, loaded, deployed. One that cannot be deployed keeps the
//! others from nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use holm_bundle::{BundleError, LoadOptions};
use holm_core::{Limits, PrepareError};
use holm_executor::{Containers, DeployError, Executor, Mode, Spec, choose};
use holm_server::{Entry, Routes};

use crate::config::Config;
use crate::engine;
use crate::logs;
use crate::output::{self, Problem};
use crate::transcript;

/// What is to be served.
#[derive(Clone, Debug)]
pub enum Source {
    /// One function.
    One(PathBuf),
    /// Each function of a folder.
    Folder(PathBuf),
}

/// What there is to be served.
#[derive(Debug, Default)]
pub struct Found {
    /// Names and entries.
    pub functions: Vec<(String, PathBuf)>,
    /// What was passed over, and why.
    pub warnings: Vec<String>,
}

/// A function with what it was made of, or why it is not there.
#[derive(Clone, Debug)]
pub struct Deployed {
    /// For the server.
    pub entry: Entry,
    /// The files whose change makes it another one.
    pub watched: Vec<PathBuf>,
    /// What its author should hear of.
    pub warnings: Vec<String>,
}

impl Source {
    /// A folder is a function of its own where a package.json says where that starts, else a folder of functions.
    /// What is wrong with the path is said when it is loaded.
    pub fn of(path: &Path) -> Self {
        if !path.is_dir() {
            return Self::One(path.to_owned());
        }
        let package = std::fs::read(path.join("package.json")).ok();
        let package: Option<serde_json::Value> = package.and_then(|text| serde_json::from_slice(&text).ok());
        let is_package =
            package.is_some_and(|package| package.get("main").is_some() || package.get("module").is_some());
        if is_package {
            Self::One(path.to_owned())
        } else {
            Self::Folder(path.to_owned())
        }
    }

    /// The functions, not loaded yet.
    ///
    /// # Errors
    /// The folder cannot be read, or two functions have the same name.
    pub fn functions(&self) -> Result<Found, Problem> {
        match self {
            Self::One(path) => Ok(Found {
                functions: vec![(name_of(path), path.clone())],
                warnings: Vec::new(),
            }),
            Self::Folder(folder) => {
                let found =
                    holm_bundle::discover(folder).map_err(|error| Problem::program(error.report()))?;
                let functions = found
                    .functions
                    .into_iter()
                    .map(|function| (function.name, function.entry));
                Ok(Found {
                    functions: functions.collect(),
                    warnings: found.warnings,
                })
            }
        }
    }
}

/// Loads and deploys the function of that entry. Blocks; takes CPU time.
///
/// # Errors
/// The configuration makes no sense. What is wrong with the function is in its entry.
pub fn deploy(executor: &Executor, config: &Config, name: &str, path: &Path) -> Result<Deployed, Problem> {
    let settings = config.settings(Some(name), Limits::default())?;
    let source = path.display().to_string();
    let refused = |text: String, watched| Deployed {
        entry: Entry {
            source: source.clone(),
            function: Err(text),
        },
        watched,
        warnings: Vec::new(),
    };
    let options = LoadOptions {
        source_bytes_max: settings.limits.source_bytes,
        root: None,
    };
    let mut loaded = match holm_bundle::load(path, options) {
        Ok(loaded) => loaded,
        Err(error) => return Ok(refused(error.report(), suspects(&error, path))),
    };
    let warnings: Vec<String> = settings
        .policy
        .warnings()
        .into_iter()
        .chain(loaded.warnings)
        .collect();
    let containers = executor.containers();
    // Where there are no containers, what needs one throws when it is used, and not before: packages import more than they use.
    let unasked = match containers {
        Containers::Ready => Mode::Auto,
        Containers::Absent(_) => Mode::Wasm,
    };
    let choice = match choose(&loaded.program, settings.mode.unwrap_or(unasked), &containers) {
        Ok(choice) => choice,
        Err(error) => return Ok(refused(format!("{source}: {error}"), loaded.watched)),
    };
    loaded.program.env = settings.env;
    loaded.program.preopens = settings.preopens;
    let spec = Spec {
        tenant: "local".into(),
        name: name.to_owned(),
        version: engine::hex(&holm_bundle::digest(&loaded.program)),
        program: Arc::new(loaded.program),
        limits: settings.limits,
        policy: Arc::new(settings.policy),
    };
    Ok(match executor.deploy_in(choice.backend, spec) {
        Ok(function) => {
            logs::loaded(&function);
            Deployed {
                entry: Entry {
                    source,
                    function: Ok(function),
                },
                watched: loaded.watched,
                warnings,
            }
        }
        Err(error) => {
            // What was left out is often why.
            let warnings = warnings.iter().map(|warning| format!("\nwarning: {warning}"));
            let text = explain(&error, name, path) + &warnings.collect::<String>();
            refused(text, loaded.watched)
        }
    })
}

/// The files whose change may mend a program that could not even be loaded: its entry, and the one with the mistake, whose
/// path is relative to a folder above the entry.
fn suspects(error: &BundleError, entry: &Path) -> Vec<PathBuf> {
    let file = error.place().map(|place| Path::new(&place.file));
    let folders = entry.ancestors().skip(1);
    let near = file
        .into_iter()
        .flat_map(|file| folders.clone().map(move |folder| folder.join(file)));
    std::iter::once(entry.to_owned())
        .chain(near.filter(|path| path.is_file()))
        .collect()
}

fn explain(error: &DeployError, name: &str, path: &Path) -> String {
    match error {
        DeployError::Prepare(PrepareError::Program(outcome)) => {
            let text = transcript::complaint(outcome).unwrap_or_else(|| outcome.explain());
            // Its own words: marked as such, line by line.
            let lines = text
                .lines()
                .map(|line| format!("\n{name}: {}", output::visible(line)));
            format!(
                "{} cannot be loaded:{}",
                path.display(),
                lines.collect::<String>()
            )
        }
        other => other.to_string().replace("/bundle/", ""),
    }
}

/// What a function alone is called.
fn name_of(path: &Path) -> String {
    path.file_stem()
        .map_or_else(|| "function".into(), |stem| stem.to_string_lossy().into_owned())
}

/// The functions for the server.
pub fn routes(source: &Source, functions: &BTreeMap<String, Deployed>) -> Routes {
    let mut entries = functions
        .iter()
        .map(|(name, deployed)| (name.clone(), deployed.entry.clone()));
    match (source, entries.next()) {
        (Source::One(_), Some((_, entry))) => Routes::One(entry),
        (_, first) => Routes::Folder(first.into_iter().chain(entries).collect()),
    }
}
