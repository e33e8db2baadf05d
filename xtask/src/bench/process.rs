//! A whole process: start, run one line of JavaScript, end. What `node file.js` is replaced by.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{peers, report};
use crate::shell::{command, root};

const SCRIPT: &str = "benches/hello.js";
const OUTPUT: &[u8] = b"hello\n";

/// Starts each program in turn, `processes` times, and writes down wall time.
///
/// # Errors
/// When one cannot be started or does not print what the script prints.
pub fn run(holm: &Path, processes: u32) -> Result<()> {
    let deno = peers::program("deno")?;
    let bun = peers::program("bun")?;
    let script = root().join(SCRIPT);
    let programs = [
        ("holm run", command(holm, &["run"])),
        ("node", command("node", &[])),
        ("deno run", command(&deno, &["run", "--quiet", "--no-prompt"])),
        ("bun run", command(&bun, &["run"])),
    ];
    let mut programs = programs.map(|(name, mut command)| {
        // With this variable set, node reads a file of certificates at start, which the others do not.
        command.arg(&script).env_remove("NODE_EXTRA_CA_CERTS");
        (name, command, Vec::new())
    });
    let load = report::load();
    // The first start of each fills its caches and is not counted.
    for round in 0..=processes {
        for (name, command, times) in &mut programs {
            let time = time(command).with_context(|| format!("{name} {SCRIPT}"))?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    let mut table = format!("`{SCRIPT}`, {processes} processes each, in turn; wall time in ms.\n\n");
    table += "| program | min | p50 | p90 |\n|---|---:|---:|---:|\n";
    for (name, _, times) in &mut programs {
        times.sort();
        let at =
            |share: f64| times[((times.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1000.0;
        table += &format!("| {name} | {:.1} | {:.1} | {:.1} |\n", at(0.0), at(0.5), at(0.9));
    }
    let versions = [
        ("node", report::first_line("node", &["--version"])),
        ("deno", report::first_line(&deno, &["--version"])),
        ("bun", report::first_line(&bun, &["--version"])),
    ];
    report::write(
        "run",
        "A whole process that prints hello",
        &versions,
        &load,
        &table,
    )
}

fn time(command: &mut Command) -> Result<Duration> {
    let started = Instant::now();
    let output = command
        .stdin(Stdio::null())
        .output()
        .context("cannot be started")?;
    let time = started.elapsed();
    if output.stdout != OUTPUT {
        bail!(
            "does not print hello: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(time)
}
