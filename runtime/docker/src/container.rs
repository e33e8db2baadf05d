//! One container, from its creation to its removal.

use std::path::PathBuf;
use std::sync::Arc;

use bollard::container::{AttachContainerResults, LogOutput};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::account::Account;
use crate::ask::{Ask, Place};
use crate::config::DockerConfig;
use crate::daemon::{Daemon, DaemonError, Exists};
use crate::folder::Folder;
use crate::shape::Shape;
use crate::socket::{self, Shared};

/// Makes containers.
#[derive(Debug)]
pub(crate) struct Maker {
    pub config: DockerConfig,
    pub daemon: Arc<Daemon>,
    /// The agent's folder.
    pub agent: PathBuf,
}

/// A container whose agent waits for its job, or works at it. Dropping it destroys it in the background.
pub(crate) struct Container {
    owned: Owned,
    output: AttachContainerResults,
    /// What comes over its socket.
    pub asks: mpsc::UnboundedReceiver<(Ask, Place)>,
    job: Option<oneshot::Sender<Bytes>>,
    cancelled: Option<oneshot::Sender<String>>,
    /// What it has used, where that can be seen.
    account: Option<Account>,
}

/// What has to be given back whatever happens.
struct Owned {
    id: String,
    daemon: Arc<Daemon>,
    folder: Option<Folder>,
    exists: Option<Exists>,
    server: JoinHandle<()>,
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.server.abort();
        let held = (self.folder.take(), self.exists.take());
        self.daemon.discard(std::mem::take(&mut self.id), held);
    }
}

/// Aborts a task that nothing owns yet.
struct Server(Option<JoinHandle<()>>);

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

impl Maker {
    /// Starts a container and waits until its agent waits for a job. Runs in a task of its own, so that a caller who goes
    /// away in the middle leaves nothing behind.
    pub async fn make(self: &Arc<Self>, shape: Shape) -> Result<Container, DaemonError> {
        let (maker, exists) = (self.clone(), self.daemon.count());
        let made = self
            .daemon
            .runtime
            .spawn(async move { maker.make_here(&shape, exists).await });
        made.await
            .map_err(|error| DaemonError::Failed(error.to_string()))?
    }

    async fn make_here(&self, shape: &Shape, exists: Exists) -> Result<Container, DaemonError> {
        let (folder, listener) =
            Folder::new(&self.config.state, &shape.folders).map_err(|error| on_disk(&error))?;
        let (asks_sender, asks) = mpsc::unbounded_channel();
        let (job, job_receiver) = oneshot::channel();
        let (cancelled, cancelled_receiver) = oneshot::channel();
        let shared = Arc::new(Shared::new(asks_sender, job_receiver, cancelled_receiver));
        let mut server = Server(Some(tokio::spawn(socket::serve(listener, shared.clone()))));
        let id = self
            .daemon
            .create(shape.body(&self.config, &self.agent, folder.path()))
            .await?;
        let owned = Owned {
            id,
            daemon: self.daemon.clone(),
            folder: Some(folder),
            exists: Some(exists),
            server: server.0.take().expect("it was put there above"),
        };
        let mut output = self.daemon.attach(&owned.id).await?;
        self.daemon.start(&owned.id).await?;
        // Until it is ready it writes nothing, unless it fails.
        let mut complaint = String::new();
        let ready = async {
            loop {
                tokio::select! {
                    () = shared.ready.notified() => return true,
                    piece = output.output.next() => match piece {
                        Some(Ok(piece)) if complaint.len() < 4096 => complaint.push_str(&String::from_utf8_lossy(piece.as_ref())),
                        Some(Ok(_)) => {}
                        Some(Err(_)) | None => return false,
                    },
                }
            }
        };
        match tokio::time::timeout(self.config.patience, ready).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(complaint, "a container ended before it was ready");
                return Err(DaemonError::Failed(format!(
                    "the container ended before it was ready: {complaint}"
                )));
            }
            Err(_) => return Err(DaemonError::Slow),
        }
        Ok(Container {
            owned,
            output,
            asks,
            job: Some(job),
            cancelled: Some(cancelled),
            account: match shared.agent() {
                0 => None,
                pid => Account::of_process(pid),
            },
        })
    }
}

impl Container {
    pub fn id(&self) -> &str {
        &self.owned.id
    }

    pub fn folder(&self) -> Option<&std::path::Path> {
        self.owned.folder.as_ref().map(Folder::path)
    }

    /// Its agent still waits.
    pub fn is_waiting(&self) -> bool {
        self.job.as_ref().is_some_and(|job| !job.is_closed())
    }

    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// Says that nobody waits for the program's answer any more.
    pub fn cancel(&mut self, reason: String) {
        // Nobody may listen, which is fine: the program goes on within its bounds.
        let _ = self.cancelled.take().map(|waiting| waiting.send(reason));
    }

    /// Hands the job over; false when the agent is gone.
    pub fn assign(&mut self, job: Bytes) -> bool {
        self.job.take().is_some_and(|waiting| waiting.send(job).is_ok())
    }

    /// What comes first: an ask, or a piece of output.
    pub async fn happening(&mut self, output_open: bool) -> Happening {
        tokio::select! {
            piece = self.output.output.next(), if output_open => {
                piece.and_then(Result::ok).map_or(Happening::OutputEnded, Happening::Output)
            }
            Some((ask, place)) = self.asks.recv() => Happening::Ask(ask, place),
        }
    }
}

/// What a container does.
pub(crate) enum Happening {
    Ask(Ask, Place),
    Output(LogOutput),
    OutputEnded,
}

pub(crate) fn on_disk(error: &std::io::Error) -> DaemonError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => DaemonError::DiskFull,
        _ => DaemonError::Failed(format!("a container's folder could not be written: {error}")),
    }
}

impl std::fmt::Debug for Container {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Container")
            .field("id", &self.owned.id)
            .finish_non_exhaustive()
    }
}
