//! Running tests under an engine: a process each, several at once, and what each of them printed.
//!
//! holm ends a test that takes too long by its own limits; the peers have none and get `timeout`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};
use serde_json::Value;

use super::{program, suite::Test};
use crate::bench::peers;
use crate::shell::target;

/// What runs a test.
pub enum Engine {
    /// holm, by the path of its binary.
    Holm(PathBuf),
    /// Another runtime: its name, its program, the arguments before the file.
    Peer(&'static str, PathBuf, &'static [&'static str]),
}

/// Seconds that a test may take, and one that says that it takes long.
const SECONDS: (u32, u32) = (20, 60);

/// What came of one test file.
#[derive(Debug, Default)]
pub struct Report {
    /// Subtests by name, in order; a name that comes again gets a number.
    pub results: Vec<(String, bool, String)>,
    /// How it ended, in words.
    pub end: String,
}

impl Report {
    /// What the harness said about a subtest.
    pub fn message(&self, name: &str) -> &str {
        self.results
            .iter()
            .find(|(found, ..)| found == name)
            .map_or(&self.end, |(.., message)| message)
    }
}

impl Engine {
    /// The three runtimes whose results make the reference.
    ///
    /// # Errors
    /// When npm cannot install them.
    pub fn peers() -> Result<[Engine; 3]> {
        Ok([
            Engine::Peer("node", peers::program("node")?, &["--no-warnings"]),
            Engine::Peer(
                "deno",
                peers::program("deno")?,
                &["run", "--quiet", "--allow-all"],
            ),
            Engine::Peer("bun", peers::program("bun")?, &["run"]),
        ])
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Engine::Holm(_) => "holm",
            Engine::Peer(name, ..) => name,
        }
    }

    fn command(&self, file: &Path, seconds: u32) -> Command {
        match self {
            Engine::Holm(binary) => {
                let mut command = Command::new(binary);
                command
                    .args(["run", "--memory-mib", "512", "--limit", "log_bytes=256MiB"])
                    .args(["--limit", "source_bytes=64MiB", "--limit", "timers=10000"])
                    .arg(format!("--wall-ms={}", u64::from(seconds) * 1000))
                    .arg(format!("--cpu-ms={}", u64::from(seconds) * 1000))
                    .arg(file);
                command
            }
            Engine::Peer(_, binary, arguments) => {
                let mut command = Command::new("timeout");
                command
                    .arg(seconds.to_string())
                    .arg(binary)
                    .args(*arguments)
                    .arg(file);
                command
            }
        }
    }
}

/// Runs all tests, as many at once as there are cores.
///
/// # Errors
/// When a program cannot be written or a process not be started.
pub fn run_all(engine: &Engine, tests: &[Test]) -> Result<BTreeMap<String, Report>> {
    let folder = target().join("wpt").join(engine.name());
    fs::create_dir_all(&folder)?;
    let next = AtomicUsize::new(0);
    let reports = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let work = || -> Result<()> {
            while let Some(test) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
                let report =
                    run(engine, test, &folder).with_context(|| format!("{} cannot be run", test.id))?;
                reports
                    .lock()
                    .expect("no thread panics while it holds the map")
                    .insert(test.id.clone(), report);
            }
            Ok(())
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().expect("a worker ends with a result"))
    })?;
    Ok(reports.into_inner().expect("all threads are joined"))
}

fn run(engine: &Engine, test: &Test, folder: &Path) -> Result<Report> {
    let file = folder.join(format!("{}.mjs", test.id.replace(['/', '?', '&', '='], "_")));
    fs::write(&file, program::source(test)?)?;
    let seconds = if test.long { SECONDS.1 } else { SECONDS.0 };
    let output = engine
        .command(&file, seconds)
        .stdin(Stdio::null())
        .current_dir(folder)
        .output()?;
    let mut report = Report::default();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut ended = false;
    let printed = String::from_utf8_lossy(&output.stdout);
    for line in printed.lines().filter_map(|line| line.strip_prefix("wpt:")) {
        let Ok(value) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        if let Some(name) = value["name"].as_str() {
            let again = seen.entry(name.to_owned()).or_default();
            *again += 1;
            let name = if *again == 1 {
                name.to_owned()
            } else {
                format!("{name} #{again}")
            };
            let message = value["message"].as_str().unwrap_or_default().to_owned();
            report.results.push((name, value["status"] == 0, message));
        } else if let Some(error) = value["error"].as_str() {
            report.end.push_str(error);
            report.end.push(' ');
        } else if value["end"].is_number() {
            ended = true;
            report.end.push_str(value["message"].as_str().unwrap_or_default());
        }
    }
    if !ended {
        let errors = String::from_utf8_lossy(&output.stderr);
        report.end = format!("did not end: {}{}", report.end, errors.trim_end());
    }
    Ok(report)
}
