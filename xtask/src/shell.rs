//! Running other programs: from the root of the project, without input, with their output kept.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The root of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in a folder of the project")
}

/// The build folder, where downloaded tools live too.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |path| root().join(path))
}

/// A command that starts in the root of the project.
pub fn command(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// `cargo`, the one that runs this.
pub fn cargo(arguments: &[&str]) -> Command {
    command(
        std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        arguments,
    )
}

/// Runs a command to its end; its output and error output as they came, together.
///
/// # Errors
/// When it cannot be started or fails; the message then holds the whole output.
pub fn run(command: &mut Command) -> Result<String> {
    let (mut reader, writer) = std::io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = command
        .spawn()
        .with_context(|| format!("{} cannot be started", words(command)))?;
    // The command keeps its ends of the pipe; without this the read below would never end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut output = Vec::new();
    reader.read_to_end(&mut output)?;
    let status = child.wait()?;
    let output = String::from_utf8_lossy(&output).into_owned();
    if !status.success() {
        bail!("{} failed ({status})\n{}", words(command), output.trim_end());
    }
    Ok(output)
}

/// Runs a command and gives its standard output alone.
///
/// # Errors
/// When it cannot be started or fails; the message then holds its error output.
pub fn output(command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} cannot be started", words(command)))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{} failed ({})\n{}",
            words(command),
            output.status,
            text.trim_end()
        );
    }
    Ok(output.stdout)
}

/// True when a program can be found.
pub fn has(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// `cargo metadata`, every package with its resolved dependencies.
///
/// # Errors
/// When the manifests or the lock file do not hold together.
pub fn metadata(manifest: Option<&Path>) -> Result<serde_json::Value> {
    let mut command = cargo(&["metadata", "--format-version", "1", "--locked"]);
    if let Some(manifest) = manifest {
        command.arg("--manifest-path").arg(manifest);
    }
    serde_json::from_slice(&output(&mut command)?).context("cargo metadata gives no JSON")
}

fn words(command: &Command) -> String {
    let mut text = String::from("`");
    text += &Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    for argument in command.get_args() {
        text.push(' ');
        text += &argument.to_string_lossy();
    }
    text + "`"
}
