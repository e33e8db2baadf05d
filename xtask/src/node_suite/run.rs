//! Running the tests: several at once, each by `holm run` within limits.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::stage::Stage;

/// How one test ended.
#[derive(Clone, Debug)]
pub enum Verdict {
    Passed,
    /// It said itself that it does not apply here.
    Skipped,
    /// The end of what it said.
    Failed(String),
}

/// What a test may use: Node's tests are larger than requests.
const LIMITS: &[&str] = &[
    "--cpu-ms=20000",
    "--wall-ms=40000",
    "--memory-mib=512",
    "--limit=fs_bytes=256MiB",
    // A variable that every environment has.
    "--env=PATH=/usr/bin",
];
/// What a test that does not apply says in its first line.
const SKIPPED: &str = "1..0 # Skipped";
/// Lines of a failure that are shown.
const LINES_SHOWN: usize = 14;

/// Runs tests of `stage` by name; the verdicts in the same order.
pub fn all(holm: &Path, stage: &Stage, names: &[&str], jobs: usize) -> Vec<Verdict> {
    let next = AtomicUsize::new(0);
    let verdicts = Mutex::new(vec![Verdict::Failed("it was not run".to_owned()); names.len()]);
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(name) = names.get(at) else { break };
                    let verdict = one(holm, stage, name);
                    verdicts.lock().unwrap_or_else(PoisonError::into_inner)[at] = verdict;
                }
            });
        }
    });
    verdicts.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn one(holm: &Path, stage: &Stage, name: &str) -> Verdict {
    let output = Command::new(holm)
        .arg("run")
        .args(LIMITS)
        .arg("--dir")
        .arg(format!("{}:/test/fixtures:ro", stage.fixtures.display()))
        .arg(stage.parallel.join(name))
        .stdin(Stdio::null())
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => return Verdict::Failed(format!("holm cannot be started: {error}")),
    };
    let stdout = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        return if stdout.contains(SKIPPED) {
            Verdict::Skipped
        } else {
            Verdict::Passed
        };
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let said = if stderr.trim().is_empty() { stdout } else { stderr };
    let lines: Vec<&str> = said.lines().take(LINES_SHOWN).collect();
    Verdict::Failed(format!("{}\n{}", output.status, lines.join("\n")))
}
