//! What a container has used, from its control group: read from outside of it, so that a program cannot falsify it, and
//! without a call to the engine.
//!
//! The group is that of the process at the other end of the container's socket. Where it cannot be found (holm is in a
//! container itself, and does not see the process), CPU time is asked of the engine, and memory is not known.

use std::fs;
use std::path::{Path, PathBuf};

const GROUPS: &str = "/sys/fs/cgroup";

/// Where a container's use is counted.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    cpu: PathBuf,
    /// What is used, and the most that was.
    memory: PathBuf,
    memory_peak: PathBuf,
    version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// What was used, from the container's start on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Used {
    pub cpu_ns: u64,
    pub memory_bytes: u64,
    pub memory_peak_bytes: u64,
}

impl Account {
    /// The account of the container in which this process is; `None` where it cannot be seen.
    pub fn of_process(pid: u32) -> Option<Self> {
        let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
        Self::of_groups(&groups, Path::new(GROUPS))
    }

    /// `groups` as in `/proc/PID/cgroup`: `number:controllers:path` for each.
    fn of_groups(groups: &str, root: &Path) -> Option<Self> {
        let group = |wanted: &str| {
            groups.lines().find_map(|line| {
                let mut parts = line.splitn(3, ':').skip(1);
                let (controllers, path) = (parts.next()?, parts.next()?);
                let found = controllers.split(',').any(|name| name == wanted);
                found.then(|| (controllers, path.trim_start_matches('/')))
            })
        };
        let account = match (group("cpuacct"), group("memory"), group("")) {
            (Some((controllers, cpu)), Some((_, memory)), _) => {
                // Controllers that are mounted together have a folder by both names, or by each.
                let base = [root.join(controllers), root.join("cpuacct")];
                let base = base.into_iter().find(|base| base.is_dir())?;
                let memory = root.join("memory").join(memory);
                Self {
                    cpu: base.join(cpu).join("cpuacct.usage"),
                    memory_peak: memory.join("memory.max_usage_in_bytes"),
                    memory: memory.join("memory.usage_in_bytes"),
                    version: Version::One,
                }
            }
            (_, _, Some((_, path))) => {
                let group = root.join(path);
                Self {
                    cpu: group.join("cpu.stat"),
                    memory_peak: group.join("memory.peak"),
                    memory: group.join("memory.current"),
                    version: Version::Two,
                }
            }
            _ => return None,
        };
        // The root's own group is everybody's.
        (account.cpu.parent() != Some(root) && account.cpu.is_file()).then_some(account)
    }

    /// What was used; `None` when the container has gone.
    pub fn used(&self) -> Option<Used> {
        let cpu = fs::read_to_string(&self.cpu).ok()?;
        let cpu_ns = match self.version {
            Version::One => cpu.trim().parse().ok()?,
            Version::Two => {
                let usec = cpu.lines().find_map(|line| line.strip_prefix("usage_usec "))?;
                usec.trim().parse::<u64>().ok()?.saturating_mul(1_000)
            }
        };
        let number = |path: &Path| {
            let text = fs::read_to_string(path).ok()?;
            text.trim().parse::<u64>().ok()
        };
        let memory_bytes = number(&self.memory).unwrap_or(0);
        Some(Used {
            cpu_ns,
            memory_bytes,
            // Older kernels do not keep the most that was.
            memory_peak_bytes: number(&self.memory_peak).unwrap_or(memory_bytes),
        })
    }

    /// Forgets the most memory that was used, where the kernel can: what Node took to start is not the program's.
    pub fn reset_peak(&self) {
        if self.version == Version::One {
            // Without the right to do it, the peak is that of the whole life.
            let _ = fs::write(&self.memory_peak, "0");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    #[test]
    fn both_versions_of_control_groups_are_read() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        write(root, "cpu,cpuacct/docker/a/cpuacct.usage", "1500\n");
        write(root, "memory/docker/a/memory.usage_in_bytes", "10\n");
        write(root, "memory/docker/a/memory.max_usage_in_bytes", "20\n");
        let one = Account::of_groups("4:memory:/docker/a\n3:cpu,cpuacct:/docker/a\n0::/\n", root);
        let used = |cpu_ns| {
            Some(Used {
                cpu_ns,
                memory_bytes: 10,
                memory_peak_bytes: 20,
            })
        };
        assert_eq!(one.expect("it is there").used(), used(1_500));

        write(root, "slice/b/cpu.stat", "usage_usec 7\nuser_usec 3\n");
        write(root, "slice/b/memory.current", "10\n");
        write(root, "slice/b/memory.peak", "20\n");
        let two = Account::of_groups("0::/slice/b\n", root);
        assert_eq!(two.expect("it is there").used(), used(7_000));
    }

    #[test]
    fn a_group_that_cannot_be_seen_is_no_account() {
        let root = tempfile::tempdir().expect("a folder");
        write(root.path(), "cpu.stat", "usage_usec 7\n");
        for groups in ["", "0::/\n", "0::/elsewhere\n", "nonsense"] {
            assert!(Account::of_groups(groups, root.path()).is_none(), "{groups}");
        }
    }
}
