//! The backend: programs as they are, and a container for each invocation.

use std::sync::Arc;

use holm_core::{
    Backend, BoxFuture, Entropy, Event, Host, Level, Limit, Limits, Moment, Outcome, PrepareError, Prepared,
    Program, Report,
};
use tokio::task::spawn_blocking;

use crate::config::DockerConfig;
use crate::container::{Maker, on_disk};
use crate::daemon::{Daemon, DaemonError};
use crate::driver;
use crate::folder;
use crate::pool::Pool;
use crate::shape::Shape;

/// `export default { fetch }` and `{ scheduled }`, `holm_host_api::codes::Handler`: what a program has is known when it
/// runs, and one that lacks the handler throws then.
const HANDLERS: u32 = 0b11;

/// Runs full Node in containers.
#[derive(Clone, Debug)]
pub struct DockerBackend {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub maker: Arc<Maker>,
    pub pool: Option<Arc<Pool>>,
    pub entropy: EntropySource,
    /// Locked for as long as this process has the name.
    _name: std::fs::File,
}

pub(crate) struct EntropySource(pub Arc<dyn Entropy>);

impl std::fmt::Debug for EntropySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EntropySource")
    }
}

impl DockerBackend {
    /// Connects to the engine, removes what an earlier process of this node left behind, and begins to fill the pool.
    /// Within a tokio runtime, whose tasks do the work.
    ///
    /// # Errors
    /// The engine, or the image, is not there; or the state folder cannot be written.
    pub async fn start(config: DockerConfig, entropy: Arc<dyn Entropy>) -> Result<Self, DaemonError> {
        let daemon = Arc::new(Daemon::connect(&config.socket, config.patience)?);
        daemon.check(&config.image).await?;
        // Before anything is removed: another process of this name would lose the containers that it uses.
        let (state, node) = (config.state.clone(), config.node.clone());
        let name = spawn_blocking(move || folder::take_name(&state, &node)).await;
        let name = name.map_err(|error| DaemonError::Failed(error.to_string()))?;
        let name = name
            .map_err(|error| on_disk(&error))?
            .ok_or_else(|| DaemonError::NameTaken(config.node.clone()))?;
        let leftovers = daemon.remove_leftovers(&config.node).await?;
        if leftovers > 0 {
            tracing::info!(leftovers, "containers of an earlier process were removed");
        }
        let state = config.state.clone();
        let agent = spawn_blocking(move || folder::prepare_state(&state)).await;
        let agent = agent
            .map_err(|error| DaemonError::Failed(error.to_string()))?
            .map_err(|error| on_disk(&error))?;
        let maker = Arc::new(Maker {
            config,
            daemon,
            agent,
        });
        let pool = maker
            .config
            .pool
            .as_ref()
            .map(|pool| Pool::start(pool, maker.clone()).map_err(DaemonError::Invalid))
            .transpose()?;
        let entropy = EntropySource(entropy);
        Ok(Self {
            inner: Arc::new(Inner {
                maker,
                pool,
                entropy,
                _name: name,
            }),
        })
    }

    /// Whether the engine and the image are there, and which engine it is: for who asks before anything is started.
    ///
    /// # Errors
    /// What is missing.
    pub async fn look(config: &DockerConfig) -> Result<String, DaemonError> {
        let daemon = Daemon::connect(&config.socket, config.patience)?;
        daemon.check(&config.image).await?;
        daemon.version().await
    }

    /// Waits until the pool is full; at once where there is none.
    pub async fn filled(&self) {
        if let Some(pool) = &self.inner.pool {
            pool.filled().await;
        }
    }

    /// Destroys the waiting containers, and waits until every container is gone. Those of invocations that are under way go
    /// when these end.
    pub async fn shut_down(self) {
        if let Some(pool) = &self.inner.pool {
            pool.close();
        }
        self.inner.maker.daemon.settled().await;
    }
}

impl Backend for DockerBackend {
    fn name(&self) -> &'static str {
        "docker"
    }

    fn prepare(&self, program: Arc<Program>, limits: &Limits) -> Result<Arc<dyn Prepared>, PrepareError> {
        let source: u64 = program
            .modules
            .values()
            .map(|module| module.source.len() as u64)
            .sum();
        if source > limits.source_bytes {
            return Err(PrepareError::Program(Outcome::Exceeded {
                limit: Limit::Source,
                value: limits.source_bytes,
                used: source,
            }));
        }
        Shape::of(limits, &program).map_err(|reason| PrepareError::Program(Outcome::Denied { reason }))?;
        Ok(Arc::new(Runnable {
            inner: self.inner.clone(),
            program,
            handlers: HANDLERS,
        }))
    }

    fn unprepared(&self, program: Arc<Program>) -> Arc<dyn Prepared> {
        Arc::new(Runnable {
            inner: self.inner.clone(),
            program,
            handlers: 0,
        })
    }
}

#[derive(Debug)]
struct Runnable {
    inner: Arc<Inner>,
    program: Arc<Program>,
    handlers: u32,
}

impl Prepared for Runnable {
    fn handlers(&self) -> u32 {
        self.handlers
    }

    fn idle_bytes(&self) -> u64 {
        self.program
            .modules
            .values()
            .map(|module| module.source.len() as u64)
            .sum()
    }

    fn logs(&self) -> &[(Level, String)] {
        &[]
    }

    fn invoke<'a>(
        &'a self,
        _moment: Moment,
        first: Event,
        limits: &'a Limits,
        host: &'a mut dyn Host,
    ) -> BoxFuture<'a, Report> {
        Box::pin(driver::invoke(&self.inner, &self.program, first, limits, host))
    }
}
