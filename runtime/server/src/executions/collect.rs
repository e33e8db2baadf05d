//! What executions say and do, sorted by execution: the executor has one log for all of them.
//!
//! An execution is followed from its start to its end; what comes of anything else is handed on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use holm_core::{Level, Report};
use holm_executor::{LogSink, NetworkEntry, NetworkLog, Origin};
use tokio::sync::mpsc;

use super::result::{LogLine, NetworkRequest};

/// One thing that an execution said or did.
#[derive(Clone, Debug)]
pub enum Happened {
    /// It wrote or logged.
    Said(Level, String),
    /// A request has ended.
    Requested(NetworkRequest),
}

/// Takes what happens, as long as it is there. The bounds are those of the execution: `log_bytes`, `subrequests`.
type Follower = mpsc::UnboundedSender<Happened>;

/// Sorts what happens by execution.
pub struct Collector {
    // Held for a look-up; written at the start and the end of an execution.
    followed: Mutex<HashMap<String, Follower>>,
    logs: Arc<dyn LogSink>,
    network: Arc<dyn NetworkLog>,
}

/// Follows one execution. Dropping it ends that.
pub struct Following {
    id: String,
    collector: Arc<Collector>,
    /// In the order in which it happened.
    pub happened: mpsc::UnboundedReceiver<Happened>,
}

/// Everything that one execution said and did.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Each piece with where it comes from.
    pub logs: Vec<LogLine>,
    /// Each request.
    pub network: Vec<NetworkRequest>,
}

impl Collector {
    /// What is not of an execution goes on to these.
    pub fn new(logs: Arc<dyn LogSink>, network: Arc<dyn NetworkLog>) -> Arc<Self> {
        Arc::new(Self {
            followed: Mutex::default(),
            logs,
            network,
        })
    }

    /// Follows the execution of this id, which begins after this call.
    pub fn follow(self: &Arc<Self>, id: &str) -> Following {
        let (sender, happened) = mpsc::unbounded_channel();
        self.lock().insert(id.to_owned(), sender);
        Following {
            id: id.to_owned(),
            collector: self.clone(),
            happened,
        }
    }

    /// Says what went wrong on our side, where the execution itself cannot.
    pub(super) fn complain(&self, id: &str, text: &str) {
        let origin = Origin {
            tenant: "executions",
            function: "execution",
            version: "",
            id,
        };
        self.logs.log(origin, Level::Error, text);
    }

    fn tell(&self, id: &str, happened: Happened) -> Option<Happened> {
        match self.lock().get(id) {
            // Who follows may have gone while it ends.
            Some(follower) => {
                let _ = follower.send(happened);
                None
            }
            None => Some(happened),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Follower>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.collector.lock().remove(&self.id);
    }
}

impl LogSink for Collector {
    fn log(&self, origin: Origin<'_>, level: Level, text: &str) {
        if self
            .tell(origin.id, Happened::Said(level, text.to_owned()))
            .is_some()
        {
            self.logs.log(origin, level, text);
        }
    }

    fn ended(&self, origin: Origin<'_>, report: &Report) {
        self.logs.ended(origin, report);
    }
}

impl NetworkLog for Collector {
    fn record(&self, entry: NetworkEntry) {
        self.tell(&entry.invocation, Happened::Requested(NetworkRequest::of(&entry)));
        // The network log of the node has every request, whoever made it.
        self.network.record(entry);
    }
}

impl Collected {
    /// Adds one thing.
    pub fn add(&mut self, happened: Happened) {
        match happened {
            Happened::Requested(request) => self.network.push(request),
            Happened::Said(level, text) => {
                let (stream, is_line) = match level {
                    Level::Debug | Level::Info => (&mut self.stdout, true),
                    Level::Warn | Level::Error => (&mut self.stderr, true),
                    Level::Stdout => (&mut self.stdout, false),
                    Level::Stderr => (&mut self.stderr, false),
                };
                stream.push_str(&text);
                if is_line {
                    stream.push('\n');
                }
                let level = level.name();
                self.logs.push(LogLine { level, text });
            }
        }
    }
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Following {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Following")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
