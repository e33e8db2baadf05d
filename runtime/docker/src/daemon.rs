//! The container engine: the few calls that are made of it, each with its failure in words.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bollard::Docker;
use bollard::container::AttachContainerResults;
use bollard::models::ContainerCreateBody;
use bollard::query_parameters as query;
use futures_util::StreamExt;
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::shape::NODE_LABEL;

/// Tries to remove a container, with a pause between them: what cannot be removed now is found at the next start.
const REMOVALS_MAX: u32 = 5;

/// What is wrong with the engine: the world's fault, never the program's. The text is for people; details go to the log.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DaemonError {
    /// It cannot be reached.
    #[error("Docker cannot be reached; start it, or configure its socket")]
    Unreachable,
    /// It broke off, or did not answer in time.
    #[error("Docker does not answer in time")]
    Slow,
    /// It has no such image.
    #[error("Docker has no image `{0}`; build it by `deploy/node-image/build.sh`")]
    NoImage(String),
    /// Another process uses the same name.
    #[error("another holm on this machine has the name `{0}`; give this one a name of its own")]
    NameTaken(String),
    /// What is configured makes no sense; the text says what.
    #[error("{0}")]
    Invalid(String),
    /// There is no room on its disk, or on ours.
    #[error("there is no room on the disk for a container")]
    DiskFull,
    /// Something else; the text is the engine's.
    #[error("Docker could not run a container")]
    Failed(String),
}

/// A connection to the engine.
#[derive(Debug)]
pub(crate) struct Daemon {
    /// Where containers are started, served and removed: an invocation's own runtime may end before they do.
    pub runtime: Handle,
    docker: Docker,
    patience: Duration,
    existing: Arc<Existing>,
}

/// Containers that may exist, from before they are created until they are removed.
#[derive(Debug, Default)]
struct Existing {
    count: AtomicUsize,
    none: Notify,
}

/// Counts one container as long as it is held.
#[derive(Debug)]
pub(crate) struct Exists(Arc<Existing>);

impl Drop for Exists {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.none.notify_waiters();
        }
    }
}

/// How a container is, or was at its end.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct End {
    pub exit_code: i64,
    pub oom_killed: bool,
}

impl Daemon {
    /// Within a runtime, which does the work from then on.
    pub fn connect(socket: &Path, patience: Duration) -> Result<Self, DaemonError> {
        let runtime = Handle::try_current().map_err(|error| DaemonError::Failed(error.to_string()))?;
        let path = socket.to_str().ok_or(DaemonError::Unreachable)?;
        let seconds = patience.as_secs().max(1);
        let docker =
            Docker::connect_with_socket(path, seconds, bollard::API_DEFAULT_VERSION).map_err(explain)?;
        Ok(Self {
            runtime,
            docker,
            patience,
            existing: Arc::default(),
        })
    }

    /// Whether it is there and has the image.
    pub async fn check(&self, image: &str) -> Result<(), DaemonError> {
        self.within(self.docker.ping()).await?;
        match self.within(self.docker.inspect_image(image)).await {
            Ok(_) => Ok(()),
            Err(DaemonError::Failed(message)) if message.contains("404") => {
                Err(DaemonError::NoImage(image.to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    /// Which engine it is, in words.
    pub async fn version(&self) -> Result<String, DaemonError> {
        let version = self.within(self.docker.version()).await?;
        let text = |part: Option<String>| part.unwrap_or_else(|| "unknown".into());
        Ok(format!(
            "version {}, API {}",
            text(version.version),
            text(version.api_version)
        ))
    }

    pub async fn create(&self, body: ContainerCreateBody) -> Result<String, DaemonError> {
        let image = body.image.clone().unwrap_or_default();
        match self
            .within(
                self.docker
                    .create_container(None::<query::CreateContainerOptions>, body),
            )
            .await
        {
            Ok(created) => Ok(created.id),
            Err(DaemonError::Failed(message)) if message.contains("404") => Err(DaemonError::NoImage(image)),
            Err(error) => Err(error),
        }
    }

    /// To be called before the start, so that nothing of the output is missed.
    pub async fn attach(&self, id: &str) -> Result<AttachContainerResults, DaemonError> {
        let options = query::AttachContainerOptionsBuilder::new()
            .stream(true)
            .stdout(true)
            .stderr(true)
            .build();
        self.within(self.docker.attach_container(id, Some(options))).await
    }

    pub async fn start(&self, id: &str) -> Result<(), DaemonError> {
        self.within(
            self.docker
                .start_container(id, None::<query::StartContainerOptions>),
        )
        .await
    }

    /// CPU time that everything in a container has used, nanoseconds.
    pub async fn cpu_ns(&self, id: &str) -> Result<u64, DaemonError> {
        let options = query::StatsOptionsBuilder::new()
            .stream(false)
            .one_shot(true)
            .build();
        let mut stats = std::pin::pin!(self.docker.stats(id, Some(options)));
        let stats = tokio::time::timeout(self.patience, stats.next())
            .await
            .map_err(|_| DaemonError::Slow)?;
        let stats = stats.ok_or(DaemonError::Slow)?.map_err(explain)?;
        let usage = stats.cpu_stats.and_then(|cpu| cpu.cpu_usage);
        Ok(usage.and_then(|usage| usage.total_usage).unwrap_or(0))
    }

    /// Ends a container and waits until the engine knows how it ended.
    pub async fn kill(&self, id: &str) -> Result<End, DaemonError> {
        // One that has ended already cannot be killed, which is fine.
        let _ = self
            .within(
                self.docker
                    .kill_container(id, None::<query::KillContainerOptions>),
            )
            .await;
        self.end(id).await
    }

    /// How a container that ends by itself has ended.
    pub async fn end(&self, id: &str) -> Result<End, DaemonError> {
        let mut wait = std::pin::pin!(
            self.docker
                .wait_container(id, None::<query::WaitContainerOptions>)
        );
        // The exit code comes as an error when it is not 0; the state has it in any case.
        let _ = tokio::time::timeout(self.patience, wait.next())
            .await
            .map_err(|_| DaemonError::Slow)?;
        let container = self
            .within(
                self.docker
                    .inspect_container(id, None::<query::InspectContainerOptions>),
            )
            .await?;
        let state = container.state.unwrap_or_default();
        Ok(End {
            exit_code: state.exit_code.unwrap_or(0),
            oom_killed: state.oom_killed.unwrap_or(false),
        })
    }

    /// Removes a container, running or not, and says whether it is gone.
    async fn remove(&self, id: &str) -> bool {
        let options = query::RemoveContainerOptionsBuilder::new()
            .force(true)
            .v(true)
            .build();
        for attempt in 0..REMOVALS_MAX {
            match self.docker.remove_container(id, Some(options.clone())).await {
                Ok(()) => return true,
                Err(bollard::errors::Error::DockerResponseServerError { status_code: 404, .. }) => {
                    return true;
                }
                // Under way already, or it ended in this moment.
                Err(error) => tracing::debug!(id, %error, "a container could not be removed"),
            }
            tokio::time::sleep(Duration::from_millis(200) * (attempt + 1)).await;
        }
        tracing::warn!(
            id,
            "a container could not be removed; it is looked for at the next start"
        );
        false
    }

    /// Removes a container in the background; `held` is dropped when it is gone.
    pub fn discard(self: &Arc<Self>, id: String, held: impl Send + 'static) {
        let daemon = self.clone();
        // When the runtime has ended nothing can be done; the next start finds it.
        self.runtime.spawn(async move {
            daemon.remove(&id).await;
            drop(held);
        });
    }

    /// Counts a container that is to be created.
    pub fn count(&self) -> Exists {
        self.existing.count.fetch_add(1, Ordering::SeqCst);
        Exists(self.existing.clone())
    }

    /// Waits until there is no container.
    pub async fn settled(&self) {
        loop {
            let none = self.existing.none.notified();
            if self.existing.count.load(Ordering::SeqCst) == 0 {
                return;
            }
            none.await;
        }
    }

    /// Removes what an earlier process of this node left behind, and says how many.
    pub async fn remove_leftovers(&self, node: &str) -> Result<usize, DaemonError> {
        let filters = HashMap::from([("label".to_owned(), vec![format!("{NODE_LABEL}={node}")])]);
        let options = query::ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&filters)
            .build();
        let found = self.within(self.docker.list_containers(Some(options))).await?;
        let ids: Vec<String> = found.into_iter().filter_map(|container| container.id).collect();
        let removed = futures_util::future::join_all(ids.iter().map(|id| self.remove(id))).await;
        Ok(removed.into_iter().filter(|gone| *gone).count())
    }

    async fn within<T>(
        &self,
        call: impl Future<Output = Result<T, bollard::errors::Error>>,
    ) -> Result<T, DaemonError> {
        match tokio::time::timeout(self.patience, call).await {
            Ok(result) => result.map_err(explain),
            Err(_) => Err(DaemonError::Slow),
        }
    }
}

fn explain(error: bollard::errors::Error) -> DaemonError {
    use bollard::errors::Error;
    tracing::debug!(%error, "Docker");
    match error {
        Error::SocketNotFoundError(_) | Error::HyperLegacyError { .. } | Error::IOError { .. } => {
            DaemonError::Unreachable
        }
        Error::RequestTimeoutError => DaemonError::Slow,
        Error::DockerResponseServerError { message, .. } if message.contains("no space left") => {
            DaemonError::DiskFull
        }
        other => DaemonError::Failed(other.to_string()),
    }
}
