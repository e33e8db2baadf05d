//! The network log: what every request through egress was, who sent it, and how it ended.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use holm_core::{Clock, Failure, FailureKind, Moment};

/// Takes the entries of the network log.
pub trait NetworkLog: Send + Sync {
    /// Takes one entry; called once for each request that was asked for, when it has ended, and for each
    /// redirect that was followed. Must not block.
    fn record(&self, entry: NetworkEntry);
}

/// One request, or one hop of a request that was redirected.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkEntry {
    /// When it was asked for.
    pub at: Moment,
    /// Whose function.
    pub tenant: String,
    /// Which invocation.
    pub invocation: String,
    /// The rule that decided, an index into [`holm_policy::Policy::rules`]; `None` when none allows it.
    pub rule: Option<usize>,
    /// The method.
    pub method: String,
    /// The URL, without a fragment, user name and password.
    pub url: String,
    /// To which address it went, once there was an answer.
    pub address: Option<IpAddr>,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// Bytes of the request's body that were sent.
    pub bytes_out: u64,
    /// Bytes of the response's body as they came over the network.
    pub bytes_in: u64,
    /// From the start to the end of the response's body, or to the failure.
    pub duration: Duration,
    /// How it ended.
    pub outcome: NetworkOutcome,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworkOutcome {
    /// The response came whole, or was a redirect that was followed.
    Completed,
    /// It was never sent, or not to this address, and why.
    Denied(String),
    /// It failed.
    Failed(Failure),
    /// The function took no more of it.
    Abandoned,
}

/// Bytes of bodies that one request has moved.
#[derive(Debug, Default)]
pub(crate) struct Moved {
    pub(crate) out: AtomicU64,
    pub(crate) r#in: AtomicU64,
}

/// An entry that is being written; it goes to the log when it is dropped, however that comes about.
pub(crate) struct OpenEntry {
    log: Arc<dyn NetworkLog>,
    clock: Arc<dyn Clock>,
    pub(crate) moved: Arc<Moved>,
    /// `None` after it went to the log.
    entry: Option<NetworkEntry>,
}

impl OpenEntry {
    pub(crate) fn new(log: Arc<dyn NetworkLog>, clock: Arc<dyn Clock>, entry: NetworkEntry) -> Self {
        Self {
            log,
            clock,
            moved: Arc::default(),
            entry: Some(entry),
        }
    }

    pub(crate) fn edit(&mut self, change: impl FnOnce(&mut NetworkEntry)) {
        if let Some(entry) = &mut self.entry {
            change(entry);
        }
    }

    /// Ends it with a failure, which is handed on.
    pub(crate) fn fail(mut self, failure: Failure) -> Failure {
        self.end(match failure.kind {
            FailureKind::Denied => NetworkOutcome::Denied(failure.message.clone()),
            _ => NetworkOutcome::Failed(failure.clone()),
        });
        failure
    }

    pub(crate) fn complete(mut self) {
        self.end(NetworkOutcome::Completed);
    }

    fn end(&mut self, outcome: NetworkOutcome) {
        if let Some(mut entry) = self.entry.take() {
            let now = self.clock.now();
            entry.duration = Duration::from_micros(now.mono_us.saturating_sub(entry.at.mono_us));
            entry.bytes_out = self.moved.out.load(Ordering::Relaxed);
            entry.bytes_in = self.moved.r#in.load(Ordering::Relaxed);
            entry.outcome = outcome;
            self.log.record(entry);
        }
    }
}

impl Drop for OpenEntry {
    fn drop(&mut self) {
        self.end(NetworkOutcome::Abandoned);
    }
}
