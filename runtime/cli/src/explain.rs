//! `holm explain`: in what a program would run, and why. It is not run.

use holm_bundle::LoadOptions;
use holm_core::Limits;
use holm_executor::{Mode, choose};
use serde_json::json;

use crate::args::{Bounds, ExplainArguments};
use crate::config::Config;
use crate::containers;
use crate::exit;
use crate::output::{self, Problem};

/// Explains it; the answer is the exit code.
///
/// # Errors
/// The program cannot be loaded.
pub fn explain(arguments: &ExplainArguments) -> Result<u8, Problem> {
    let bounds = Bounds {
        limit: arguments.limit.clone(),
        ..Bounds::default()
    };
    let config = Config::read(&bounds, &arguments.file)?;
    let settings = config.settings(None, Limits::for_scripts())?;
    let options = LoadOptions {
        source_bytes_max: settings.limits.source_bytes,
        root: None,
    };
    let loaded =
        holm_bundle::load(&arguments.file, options).map_err(|error| Problem::program(error.report()))?;
    let choice = choose(&loaded.program, arguments.mode, &containers::seen(&config)?);
    let (backend, is_available, why, import) = match &choice {
        Ok(choice) => (choice.backend.name(), true, choice.why.clone(), &choice.import),
        Err(refusal) => ("docker", false, refusal.to_string(), &refusal.import),
    };
    if arguments.json {
        let mode = match arguments.mode {
            Mode::Auto => "auto",
            Mode::Wasm => "wasm",
            Mode::Docker => "docker",
        };
        let import = import
            .as_ref()
            .map(|import| json!({ "file": import.file, "module": import.module }));
        let object = json!({
            "mode": mode,
            "backend": backend,
            "available": is_available,
            "why": why,
            "import": import,
            "warnings": loaded.warnings,
        });
        output::to_stdout(&format!("{object}\n"));
    } else {
        output::to_stdout(&format!("{}\n", output::visible(&format!("{backend}: {why}"))));
    }
    Ok(if is_available { 0 } else { exit::UNAVAILABLE })
}
