//! A control group of the kernel around everything that is compared: it counts CPU time, memory and processes of all of
//! it, whoever started them, and it keeps a bomb from taking the machine with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::shell::{command, run};

/// What everything together may hold, and how many processes and threads it may have: more than any approach needs.
const MEMORY_MAX_BYTES: u64 = 6 << 30;
const PROCESSES_MAX: u64 = 1_500;

const V1: &str = "/sys/fs/cgroup/memory";

/// A group. It is emptied and removed with this value.
pub struct Group {
    name: String,
    /// The folders of the group: one for each controller, or one for all of them.
    folders: Vec<PathBuf>,
    v1: bool,
}

/// What a group holds or has used at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// CPU time so far.
    pub cpu_ms: f64,
    /// Memory, as the kernel charges it: caches of files that it was the first to read are in it.
    pub memory_bytes: u64,
    /// Processes and threads.
    pub processes: u64,
}

impl Group {
    /// Makes a group with bounds.
    ///
    /// # Errors
    /// When this process may not, which takes root; then nothing must be compared, since nothing bounds it.
    pub fn new() -> Result<Self> {
        let name = format!("holm-bench-{}", std::process::id());
        let v1 = Path::new(V1).is_dir();
        let folders: Vec<PathBuf> = if v1 {
            ["memory", "pids", "cpuacct"]
                .iter()
                .map(|controller| Path::new("/sys/fs/cgroup").join(controller).join(&name))
                .collect()
        } else {
            vec![Path::new("/sys/fs/cgroup").join(&name)]
        };
        let group = Self { name, folders, v1 };
        group.make().context(
            "the bench runs programs that try to exhaust the machine, so it needs a control group around them: run it as \
             root, where /sys/fs/cgroup can be written",
        )?;
        Ok(group)
    }

    fn make(&self) -> Result<()> {
        for folder in &self.folders {
            fs::create_dir(folder).with_context(|| format!("{}", folder.display()))?;
        }
        let (memory, processes) = (MEMORY_MAX_BYTES.to_string(), PROCESSES_MAX.to_string());
        if self.v1 {
            fs::write(self.folders[0].join("memory.limit_in_bytes"), memory)?;
            fs::write(self.folders[1].join("pids.max"), processes)?;
        } else {
            let root = Path::new("/sys/fs/cgroup/cgroup.subtree_control");
            fs::write(root, "+cpu +memory +pids")?;
            fs::write(self.folders[0].join("memory.max"), memory)?;
            fs::write(self.folders[0].join("pids.max"), processes)?;
            // So that inner groups are counted apart.
            let inner = self.folders[0].join("cgroup.subtree_control");
            fs::write(inner, "+cpu +memory +pids")?;
        }
        Ok(())
    }

    /// As an engine of containers is told where its containers belong.
    pub fn containers(&self) -> String {
        format!("/{}/containers", self.name)
    }

    /// The command, as a member of a group inside of this one from its first instruction on.
    pub fn member(&self, of: &str, inner: &Command) -> Result<Command> {
        let mut script = String::new();
        for folder in &self.folders {
            let inside = folder.join(of);
            fs::create_dir_all(&inside)?;
            script += &format!("echo $$ > {}/cgroup.procs && ", inside.display());
        }
        script += "exec \"$@\"";
        let mut outer = command("sh", &["-c", &script, "member"]);
        outer.arg(inner.get_program()).args(inner.get_args());
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => outer.env(name, value),
                None => outer.env_remove(name),
            };
        }
        Ok(outer)
    }

    /// Now, of everything, or of one inner group.
    ///
    /// # Errors
    /// When the kernel's files do not say.
    pub fn counts(&self, of: Option<&str>) -> Result<Counts> {
        let read = |index: usize, file: &str| {
            let folder = &self.folders[index.min(self.folders.len() - 1)];
            let path = of.map_or_else(|| folder.clone(), |of| folder.join(of)).join(file);
            fs::read_to_string(&path).with_context(|| path.display().to_string())
        };
        let field = |text: &str, name: &str| -> u64 {
            let value = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok();
            text.lines().find_map(value).unwrap_or_default()
        };
        let cpu_ms = if self.v1 {
            read(2, "cpuacct.usage")?.trim().parse::<f64>()? / 1e6
        } else {
            field(&read(2, "cpu.stat")?, "usage_usec") as f64 / 1e3
        };
        // Not from memory.stat: what stands there may be seconds old.
        let file = if self.v1 {
            "memory.usage_in_bytes"
        } else {
            "memory.current"
        };
        let memory_bytes = read(0, file)?.trim().parse()?;
        Ok(Counts {
            cpu_ms,
            memory_bytes,
            processes: read(1, "pids.current")?.trim().parse()?,
        })
    }

    /// Ends every process of an inner group, however many there are.
    ///
    /// # Errors
    /// When some of them stay.
    pub fn end(&self, of: &str) -> Result<()> {
        let started = Instant::now();
        loop {
            let list = self.folders[0].join(of).join("cgroup.procs");
            let members = fs::read_to_string(list).unwrap_or_default();
            if members.trim().is_empty() {
                return Ok(());
            }
            if started.elapsed() > Duration::from_secs(20) {
                bail!(
                    "processes of {of} cannot be ended: {}",
                    members.replace('\n', " ")
                );
            }
            // Some are gone by the time that they are named.
            let mut kill = command("kill", &["-KILL"]);
            let _ = run(kill.args(members.split_whitespace()));
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for folder in &self.folders {
            let Ok(inner) = fs::read_dir(folder) else { continue };
            for entry in inner.flatten().filter(|entry| entry.path().is_dir()) {
                let _ = self.end(&entry.file_name().to_string_lossy());
                let _ = fs::remove_dir(entry.path());
            }
            // What is still in use stays, and is empty.
            let _ = fs::remove_dir(folder);
        }
    }
}
