//! Containers for code that needs full Node: what is typed and configured, and the backend, which may come and go while
//! everything else runs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use holm_core::{Backend, Limits};
use holm_docker::{DockerBackend, DockerConfig, PoolConfig};
use holm_executor::{Containers as Seen, Executor};
use tokio::task::JoinHandle;

use crate::args::ContainerArguments;
use crate::config::Config;
use crate::engine;
use crate::output::{self, Problem};
use crate::world::SystemEntropy;

/// Containers that are started ahead when nobody says how many.
const POOL: usize = 2;
/// More take more memory than most machines have.
const POOL_MAX: usize = 1_000;
/// How long code waits for one of them when nobody says.
const WAIT: Duration = Duration::from_secs(2);
/// Before the engine is looked for again.
const PAUSE: Duration = Duration::from_secs(5);
/// How long removing every container may take at the end.
const REMOVAL: Duration = Duration::from_secs(20);
/// Of the name of a holm: a part of a file's name, and a label's value.
const NODE_BYTES_MAX: usize = 64;
/// Of the folder: what comes below it must fit the path of a socket.
const STATE_BYTES_MAX: usize = 70;

/// What is typed, on top of what is configured; `None` where nobody asks for containers. Those that are started ahead have
/// these limits.
///
/// # Errors
/// A value that makes no sense.
pub fn settings(
    typed: &ContainerArguments,
    config: Option<&Config>,
    limits: Limits,
) -> Result<Option<DockerConfig>, Problem> {
    let file = config.map(|config| config.docker().clone()).unwrap_or_default();
    let Some(socket) = typed.docker.clone().or(file.socket) else {
        let is_asked_for = typed.docker_image.is_some()
            || typed.docker_runtime.is_some()
            || typed.docker_pool.is_some()
            || typed.docker_wait_ms.is_some()
            || typed.docker_node.is_some()
            || typed.docker_state.is_some();
        if is_asked_for {
            return Err(Problem::usage(
                "there are options for containers, but no engine; name its socket by --docker SOCKET",
            ));
        }
        return Ok(None);
    };
    let given = DockerConfig::default();
    let pool = typed.docker_pool.or(file.pool).unwrap_or(POOL);
    if pool > POOL_MAX {
        return Err(Problem::usage(format!(
            "--docker-pool is {pool}; it can be 0 to {POOL_MAX}"
        )));
    }
    let wait = typed.docker_wait_ms.or(file.wait_ms);
    let settings = DockerConfig {
        socket,
        image: typed.docker_image.clone().or(file.image).unwrap_or(given.image),
        runtime: typed.docker_runtime.clone().or(file.runtime),
        node: typed.docker_node.clone().or(file.node).unwrap_or(given.node),
        state: typed.docker_state.clone().or(file.state).unwrap_or(given.state),
        pids: file.pids.unwrap_or(given.pids),
        milli_cpus: file.milli_cpus.unwrap_or(given.milli_cpus),
        patience: file.patience_ms.map_or(given.patience, Duration::from_millis),
        pool: (pool > 0).then(|| PoolConfig {
            size: pool,
            wait: wait.map_or(WAIT, Duration::from_millis),
            limits,
        }),
    };
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if settings.node.is_empty()
        || settings.node.len() > NODE_BYTES_MAX
        || !settings.node.chars().all(is_plain)
    {
        return Err(Problem::usage(format!(
            "--docker-node `{}` is no name; it has 1 to {NODE_BYTES_MAX} of a-z, A-Z, 0-9, -, _ and .",
            settings.node
        )));
    }
    if settings.pids < 16 {
        return Err(Problem::usage(format!(
            "`pids` of [docker] is {}; Node itself has about 11 threads, so it is 16 at least",
            settings.pids
        )));
    }
    if settings.milli_cpus < 10 {
        return Err(Problem::usage(format!(
            "`milli_cpus` of [docker] is {}; it is 10 at least, a hundredth of a CPU",
            settings.milli_cpus
        )));
    }
    let state: PathBuf = std::path::absolute(&settings.state)
        .map_err(|error| Problem::usage(format!("--docker-state cannot be used: {error}")))?;
    if state.as_os_str().len() > STATE_BYTES_MAX || state.to_str().is_none_or(|path| path.contains(':')) {
        return Err(Problem::usage(format!(
            "--docker-state {}: the path has {STATE_BYTES_MAX} bytes at the most, in Unicode and without a colon",
            state.display()
        )));
    }
    settings.check().map_err(Problem::usage)?;
    Ok(Some(DockerConfig { state, ..settings }))
}

/// Whether a server with this configuration could run containers now.
///
/// # Errors
/// A value that makes no sense.
pub fn seen(config: &Config) -> Result<Seen, Problem> {
    let Some(settings) = settings(
        &ContainerArguments::default(),
        Some(config),
        Limits::for_scripts(),
    )?
    else {
        let reason =
            "none are configured; `holm serve --docker`, or `[docker] socket` in holm.toml, names an engine";
        return Ok(Seen::Absent(reason.into()));
    };
    let looked = engine::runtime()?.block_on(DockerBackend::look(&settings));
    Ok(match looked {
        Ok(_) => Seen::Ready,
        Err(error) => Seen::Absent(error.to_string()),
    })
}

/// Containers of a server. Dropping it stops looking for an engine.
#[derive(Debug)]
pub struct Containers {
    looking: JoinHandle<Option<DockerBackend>>,
}

impl Containers {
    /// Starts them, so that they are there when this is ready; where the engine is not, the server goes on without, says so,
    /// and looks for it again.
    pub async fn start(config: DockerConfig, executor: &Arc<Executor>) -> Self {
        let executor = executor.clone();
        let mut first = Some(begin(&config, &executor).await);
        let looking = tokio::spawn(async move {
            let mut said = String::new();
            loop {
                let result = match first.take() {
                    Some(result) => result,
                    None => begin(&config, &executor).await,
                };
                match result {
                    Ok(backend) => {
                        if !said.is_empty() {
                            output::note("containers can be run now");
                        }
                        return Some(backend);
                    }
                    Err(reason) if said != reason => {
                        output::warning(&format!("code that needs a container is refused: {reason}"));
                        said = reason;
                    }
                    Err(_) => {}
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self { looking }
    }

    /// Destroys every container, and waits until they are gone.
    pub async fn shut_down(self, executor: &Executor) {
        executor.set_containers(Err("this holm is stopping".into()));
        if !self.looking.is_finished() {
            return;
        }
        if let Ok(Some(backend)) = self.looking.await
            && tokio::time::timeout(REMOVAL, backend.shut_down()).await.is_err()
        {
            output::warning("containers are left behind; they are removed at the next start");
        }
    }
}

async fn begin(config: &DockerConfig, executor: &Executor) -> Result<DockerBackend, String> {
    match DockerBackend::start(config.clone(), Arc::new(SystemEntropy)).await {
        Ok(backend) => {
            executor.set_containers(Ok(Arc::new(backend.clone()) as Arc<dyn Backend>));
            Ok(backend)
        }
        Err(error) => {
            let reason = error.to_string();
            executor.set_containers(Err(reason.clone()));
            Err(reason)
        }
    }
}
