//! A caller under measurement: a process that executes what it is told to, and says how long it took.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::super::peers;
use super::group::{Counts, Group};
use crate::shell::{output, root};

/// The inner group of callers, and of the servers that they start.
const MEMBERS: &str = "callers";
/// How long an approach may take to be ready.
const READY_MAX: Duration = Duration::from_secs(60);
/// How often memory is looked at.
const SAMPLE: Duration = Duration::from_millis(5);

/// What an execution may use, in every approach that has such a limit.
pub const TIMEOUT_MS: u64 = 10_000;
pub const MEMORY_MB: u64 = 128;

/// What all callers are told.
pub struct Setting {
    pub group: Group,
    pub folder: PathBuf,
    pub holm: PathBuf,
    pub executions: PathBuf,
    pub workerd: PathBuf,
    /// The engine of containers, if there is one: its socket and the image.
    pub docker: Option<(PathBuf, String)>,
}

/// A running caller. It ends with this value, and all that it started.
pub struct Caller<'a> {
    setting: &'a Setting,
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    is_node: bool,
    has_containers: bool,
}

/// What came of a request, with what it took.
pub struct Told {
    /// What the caller said; nothing when it did not in time, or ended.
    pub said: Option<Value>,
    /// Before and after.
    pub before: Counts,
    pub after: Counts,
    /// The most at any time.
    pub peak: Counts,
}

impl<'a> Caller<'a> {
    /// Starts one and waits until it is ready.
    ///
    /// # Errors
    /// When it does not come up; its own words are above then.
    pub fn start(setting: &'a Setting, approach: &str, timeout_ms: u64) -> Result<Self> {
        setting.group.end(MEMBERS)?;
        let scratch = setting.folder.join("scratch");
        let _ = std::fs::remove_dir_all(&scratch);
        std::fs::create_dir_all(&scratch)?;
        let is_node = approach != "holm-library";
        let mut inner = if is_node {
            let mut node = Command::new("node");
            node.arg(root().join("benches/peers/drive.mjs"));
            node
        } else {
            Command::new(&setting.executions)
        };
        let docker = setting
            .docker
            .as_ref()
            .map(|(socket, image)| json!({ "socket": socket, "image": image }));
        let settings = json!({
            "name": approach,
            "scratch": scratch,
            "timeoutMs": timeout_ms,
            "memoryMb": MEMORY_MB,
            "peers": peers::install()?,
            "workerd": setting.workerd,
            "holm": setting.holm,
            "docker": docker,
        });
        inner.arg(settings.to_string());
        // With this variable set, node reads a file of certificates at each start, which the others do not.
        inner.env_remove("NODE_EXTRA_CA_CERTS");
        let mut outer = setting.group.member(MEMBERS, &inner)?;
        let mut child = outer
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("the caller of {approach} cannot be started"))?;
        let input = child.stdin.take().context("it was piped")?;
        let reader = BufReader::new(child.stdout.take().context("it was piped")?);
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in reader.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let caller = Self {
            setting,
            child,
            input,
            lines,
            is_node,
            has_containers: approach.contains("docker"),
        };
        match caller.lines.recv_timeout(READY_MAX) {
            Ok(line) if line.contains("\"ready\":true") => Ok(caller),
            Ok(line) => bail!("{approach} says {line}"),
            Err(_) => bail!("{approach} does not come up"),
        }
    }

    /// Has it execute so many jobs, from number `first` on. Gives times in ms and what it took.
    ///
    /// # Errors
    /// When an answer is wrong, or it ends.
    pub fn measure(
        &mut self,
        first: u32,
        count: u32,
        at_once: u32,
        pause_ms: u32,
    ) -> Result<(Vec<f64>, f64, Told)> {
        let mut request = json!({ "first": first, "count": count, "atOnce": at_once, "pauseMs": pause_ms });
        if !self.is_node {
            request["jobs"] = jobs(first, count)?;
        }
        let told = self.tell(&request, Duration::from_secs(600))?;
        let said = told.said.as_ref().context("it ended, or takes too long")?;
        if let Some(reason) = said.get("failed") {
            bail!("{reason}");
        }
        let times: Vec<f64> = serde_json::from_value(said["times"].clone())?;
        let wall_ms = said["wallMs"].as_f64().context("no time")?;
        Ok((times, wall_ms, told))
    }

    /// Tells it something, and waits for its answer for so long.
    ///
    /// # Errors
    /// When the kernel does not say what it takes.
    pub fn tell(&mut self, request: &Value, patience: Duration) -> Result<Told> {
        let before = self.counts()?;
        let mut peak = before;
        // Who is gone does not read it; then there is no answer either.
        let _ = writeln!(self.input, "{request}");
        let started = Instant::now();
        let said = loop {
            match self.lines.recv_timeout(SAMPLE) {
                Ok(line) => break serde_json::from_str(&line).ok(),
                Err(RecvTimeoutError::Disconnected) => break None,
                Err(RecvTimeoutError::Timeout) if started.elapsed() > patience => break None,
                Err(RecvTimeoutError::Timeout) => {}
            }
            peak = peak.most(self.counts()?);
        };
        let after = self.counts()?;
        Ok(Told {
            said,
            before,
            after,
            peak: peak.most(after),
        })
    }

    /// What it uses now with all that works for it: the engine of containers is in it only where it does.
    ///
    /// # Errors
    /// When the kernel does not say.
    pub fn counts(&self) -> Result<Counts> {
        self.setting
            .group
            .counts((!self.has_containers).then_some(MEMBERS))
    }

    /// Whether it is still there.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Counts {
    fn most(self, other: Self) -> Self {
        Self {
            cpu_ms: self.cpu_ms.max(other.cpu_ms),
            memory_bytes: self.memory_bytes.max(other.memory_bytes),
            processes: self.processes.max(other.processes),
        }
    }
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        // Measured and done with: nothing of it is to be kept, nor of what it started.
        let _ = self.setting.group.end(MEMBERS);
        let _ = self.child.wait();
    }
}

/// Jobs for a caller that is not written in node.
fn jobs(first: u32, count: u32) -> Result<Value> {
    let mut node = Command::new("node");
    node.current_dir(root())
        .env_remove("NODE_EXTRA_CA_CERTS")
        .arg(Path::new("benches/peers/jobs.mjs"))
        .args([first.to_string(), count.to_string()]);
    Ok(serde_json::from_slice(&output(&mut node)?)?)
}
