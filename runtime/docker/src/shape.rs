//! What a container is made of: its bounds and its hardening. Two executions of equal shape can use the same container.

use std::collections::HashMap;
use std::path::Path;

use bollard::models::{ContainerCreateBody, HostConfig, HostConfigLogConfig, ResourcesUlimits};
use holm_core::{Limits, Program};

use crate::config::DockerConfig;

/// The label whose value is the holm that a container belongs to.
pub(crate) const NODE_LABEL: &str = "dev.holm.node";

const MIB: u64 = 1024 * 1024;

/// What a container at least needs to start Node.
const MEMORY_BYTES_MIN: u64 = 40 * MIB;

/// What differs between containers of one configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub memory_bytes: u64,
    pub fs_bytes: u64,
    pub fs_files: u64,
    /// Folders of the host, read-only, and their place in the container.
    pub folders: Vec<(String, String)>,
}

impl Shape {
    /// The container that limits and a program ask for.
    ///
    /// # Errors
    /// A sentence: a container cannot give what the program needs.
    pub fn of(limits: &Limits, program: &Program) -> Result<Self, String> {
        let mut folders = Vec::new();
        for preopen in &program.preopens {
            // A folder of its own is `/tmp`, which every container has.
            let Some(host) = &preopen.host else { continue };
            if !preopen.read_only {
                return Err(format!(
                    "the folder `{}` is to be writable; in a container, folders of the host are read-only",
                    preopen.guest
                ));
            }
            let host = host.to_str().filter(|path| !path.contains(':'));
            let (Some(host), false) = (host, preopen.guest.contains(':')) else {
                return Err(format!(
                    "the folder `{}` cannot be named to Docker",
                    preopen.guest
                ));
            };
            folders.push((host.to_owned(), preopen.guest.clone()));
        }
        Ok(Self {
            folders,
            ..Self::of_limits(limits)?
        })
    }

    /// The container that limits alone ask for.
    ///
    /// # Errors
    /// A sentence: there is too little memory for Node.
    pub fn of_limits(limits: &Limits) -> Result<Self, String> {
        if limits.memory_bytes < MEMORY_BYTES_MIN {
            return Err(format!(
                "limit `memory_bytes` is {}; a container needs {MEMORY_BYTES_MIN} bytes at least, most of which Node takes itself",
                limits.memory_bytes
            ));
        }
        Ok(Self {
            memory_bytes: limits.memory_bytes,
            fs_bytes: limits.fs_bytes,
            fs_files: limits.fs_files,
            folders: Vec::new(),
        })
    }

    /// V8's own bounds, below the container's: at its own bound V8 says what is wrong and ends; at the container's the kernel
    /// kills it without a word. What is between the two is for Node itself, buffers and code.
    fn heap_options(&self) -> String {
        let semi_mib = (self.memory_bytes / 64 / MIB).clamp(1, 16);
        let old_mib = self.memory_bytes.saturating_sub(MEMORY_BYTES_MIN / 2) * 3 / 4 / MIB - 3 * semi_mib;
        format!("--max-old-space-size={old_mib} --max-semi-space-size={semi_mib}")
    }

    /// What the engine is told. `agent` and `folder` are folders of the host.
    pub fn body(&self, config: &DockerConfig, agent: &Path, folder: &Path) -> ContainerCreateBody {
        let mut binds = vec![
            format!("{}:/holm/agent:ro", agent.display()),
            format!("{}:/holm/run:ro", folder.join("run").display()),
            format!("{}:/bundle:ro", folder.join("bundle").display()),
        ];
        binds.extend(
            self.folders
                .iter()
                .map(|(host, guest)| format!("{host}:{guest}:ro")),
        );
        // Children have the patches, too, as long as they keep this variable; without it they reach nothing.
        let options = format!("{} --require /holm/agent/patch.cjs", self.heap_options());
        let command = [
            "node",
            "--experimental-vm-modules",
            "--disable-warning=ExperimentalWarning",
            "/holm/agent/main.cjs",
        ];
        let none = Some(Vec::new());
        ContainerCreateBody {
            image: Some(config.image.clone()),
            entrypoint: none,
            cmd: Some(command.map(String::from).to_vec()),
            env: Some(vec![format!("NODE_OPTIONS={options}"), "HOME=/tmp".into()]),
            user: Some("65534:65534".into()),
            working_dir: Some("/".into()),
            hostname: Some("holm".into()),
            network_disabled: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            labels: Some(HashMap::from([(NODE_LABEL.to_owned(), config.node.clone())])),
            host_config: Some(self.host_config(config, binds)),
            ..ContainerCreateBody::default()
        }
    }

    fn host_config(&self, config: &DockerConfig, binds: Vec<String>) -> HostConfig {
        // The engine's period is 100 ms; a container may use its share of each.
        let quota = i64::from(config.milli_cpus) * 100;
        let memory = i64::try_from(self.memory_bytes).unwrap_or(i64::MAX);
        // Inodes are counted with the root of the file system.
        let inodes = self.fs_files.saturating_add(1);
        let tmp = format!(
            "rw,size={},nr_inodes={inodes},mode=1777,noexec,nosuid,nodev",
            self.fs_bytes.max(4096)
        );
        HostConfig {
            network_mode: Some("none".into()),
            binds: Some(binds),
            readonly_rootfs: Some(true),
            cap_drop: Some(vec!["ALL".into()]),
            security_opt: Some(vec!["no-new-privileges".into()]),
            ipc_mode: Some("private".into()),
            pids_limit: Some(i64::from(config.pids)),
            memory: Some(memory),
            // Memory and swap together: no swap.
            memory_swap: Some(memory),
            cpu_period: Some(100_000),
            cpu_quota: Some(quota),
            tmpfs: Some(HashMap::from([("/tmp".to_owned(), tmp)])),
            shm_size: Some(1024 * 1024),
            ulimits: Some(vec![
                ulimit("nofile", 1_024),
                ulimit("core", 0),
                ulimit("memlock", 64 * 1024),
                ulimit("nproc", i64::from(config.pids).max(1) * 64),
            ]),
            // Output is taken by attaching; nothing is to be kept on the host's disk.
            log_config: Some(HostConfigLogConfig {
                typ: Some("none".into()),
                config: None,
            }),
            runtime: config.runtime.clone(),
            ..HostConfig::default()
        }
    }
}

fn ulimit(name: &str, value: i64) -> ResourcesUlimits {
    ResourcesUlimits {
        name: Some(name.to_owned()),
        soft: Some(value),
        hard: Some(value),
    }
}
