//! What an operator chooses. Plain values: files and the environment are read elsewhere.

use std::path::PathBuf;
use std::time::Duration;

use holm_core::Limits;

use crate::shape::Shape;

/// How containers are run.
#[derive(Clone, Debug)]
pub struct DockerConfig {
    /// The engine's Unix socket.
    pub socket: PathBuf,
    /// The image, as the engine knows it; it is never pulled. `deploy/node-image` builds one.
    pub image: String,
    /// A runtime that the engine knows: `runc`, `crun`, `runsc`; `None` for the engine's default.
    pub runtime: Option<String>,
    /// Names this holm among those that use the same engine: containers that it left behind are found by it.
    pub node: String,
    /// A folder of the host for sockets and programs; made if it is missing, readable by its owner alone. Short: the path of a
    /// socket has 107 bytes at the most, about 30 of which come below this folder.
    pub state: PathBuf,
    /// Processes and threads at the same time, in one container. Node itself has about 11.
    pub pids: u32,
    /// CPUs that a container may use, in thousandths.
    pub milli_cpus: u32,
    /// How long the engine may take for one call, and a container to start.
    pub patience: Duration,
    /// Containers that are started ahead; `None` starts one for each execution.
    pub pool: Option<PoolConfig>,
}

/// Containers that are started ahead.
#[derive(Clone, Debug)]
pub struct PoolConfig {
    /// How many wait.
    pub size: usize,
    /// How long an execution waits for one when there is none, before it is refused as busy.
    pub wait: Duration,
    /// Of which limits: an execution with another `memory_bytes`, `fs_bytes` or `fs_files` gets a container of its own.
    pub limits: Limits,
}

impl DockerConfig {
    /// Whether containers that are started ahead can be of their limits.
    ///
    /// # Errors
    /// A sentence that names the limit.
    pub fn check(&self) -> Result<(), String> {
        self.pool
            .as_ref()
            .map_or(Ok(()), |pool| Shape::of_limits(&pool.limits).map(drop))
    }
}

impl Default for DockerConfig {
    fn default() -> Self {
        Self {
            socket: "/var/run/docker.sock".into(),
            image: "holm-node:local".into(),
            runtime: None,
            node: "holm".into(),
            state: "/run/holm".into(),
            pids: 64,
            milli_cpus: 1_000,
            patience: Duration::from_secs(30),
            pool: None,
        }
    }
}
