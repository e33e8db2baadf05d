//! `holm build`: a program as one file, and what is in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use holm_bundle::{Archive, LoadOptions, Loaded};
use holm_core::Limits;

use crate::args::{Bounds, BuildArguments};
use crate::config::Config;
use crate::engine;
use crate::output::{self, Problem};

/// How many of the largest parts are shown.
const LARGEST: usize = 10;

/// Builds it; the answer is the exit code.
///
/// # Errors
/// The program cannot be loaded, or the archive not be written.
pub fn build(arguments: &BuildArguments) -> Result<u8, Problem> {
    let bounds = Bounds {
        limit: arguments.limit.clone(),
        ..Bounds::default()
    };
    let config = Config::read(&bounds, &arguments.source)?;
    let settings = config.settings(None, Limits::default())?;
    let options = LoadOptions {
        source_bytes_max: settings.limits.source_bytes,
        root: None,
    };
    let loaded =
        holm_bundle::load(&arguments.source, options).map_err(|error| Problem::program(error.report()))?;
    for warning in &loaded.warnings {
        output::warning(warning);
    }
    let archive = Archive {
        program: loaded.program.clone(),
        packages: loaded.packages.clone(),
    };
    let bytes = archive.to_bytes();
    let out = arguments
        .output
        .clone()
        .unwrap_or_else(|| default_output(&arguments.source));
    write(&out, &bytes)?;
    report(&out, &bytes, &loaded);
    Ok(0)
}

/// Beside nothing but what it is built from: in the current folder, under the program's name.
fn default_output(source: &Path) -> PathBuf {
    let absolute = source.canonicalize().unwrap_or_else(|_| source.to_owned());
    let name = absolute
        .file_stem()
        .map_or_else(|| "program".into(), |name| name.to_string_lossy().into_owned());
    PathBuf::from(format!("{name}.archive"))
}

/// An archive that is there is replaced as a whole or not at all; any other file stays.
fn write(out: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let failed = |error: std::io::Error| {
        Problem::usage(format!(
            "the archive {} cannot be written: {error}",
            out.display()
        ))
    };
    if out.exists() && !holm_bundle::is_archive(out) {
        return Err(Problem::usage(format!(
            "-o {}: there is a file that is no archive, which would be lost; name another one, or remove it",
            out.display()
        )));
    }
    let mut name = out.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    std::fs::write(&new, bytes).map_err(failed)?;
    std::fs::rename(&new, out).map_err(failed)
}

#[expect(clippy::print_stdout, reason = "it is what the command is asked for")]
fn report(out: &Path, bytes: &[u8], loaded: &Loaded) {
    let modules = &loaded.program.modules;
    println!(
        "{}  {} bytes, {} modules",
        out.display(),
        bytes.len(),
        modules.len()
    );
    println!("sha256:{}", engine::hex(holm_bundle::archive::checksum(bytes)));
    let mut largest: Vec<(usize, &str)> = modules
        .iter()
        .map(|(path, module)| (module.source.len(), path.strip_prefix("/bundle/").unwrap_or(path)))
        .collect();
    largest.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    println!("\nlargest parts:");
    for (size, path) in largest.iter().take(LARGEST) {
        println!("{size:>10} bytes  {path}");
    }
    let builtins: BTreeSet<&str> = modules
        .values()
        .flat_map(|module| module.links.values())
        .map(String::as_str)
        .filter(|target| !target.starts_with('/'))
        .collect();
    let builtins: Vec<&str> = builtins.into_iter().collect();
    if !builtins.is_empty() {
        println!("\nbuilt-ins: {}", builtins.join(", "));
    }
    let packages: Vec<String> = loaded
        .packages
        .iter()
        .map(|package| match package.version.as_str() {
            "" => package.name.clone(),
            version => format!("{}@{version}", package.name),
        })
        .collect();
    if !packages.is_empty() {
        println!("\npackages: {}", packages.join(", "));
    }
}
