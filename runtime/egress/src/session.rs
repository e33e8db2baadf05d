//! What one invocation may still use of the network.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use holm_core::{Failure, FailureKind, Limit, Limits};
use holm_policy::Policy;
use tokio::sync::Semaphore;

use crate::NetworkLog;

/// One invocation, as egress sees it: cheap to make, shared by its fetches, gone with it.
pub struct Session {
    pub(crate) tenant: String,
    pub(crate) invocation: String,
    pub(crate) policy: Arc<Policy>,
    pub(crate) log: Arc<dyn NetworkLog>,
    pub(crate) fetch_timeout: Duration,
    pub(crate) at_once: Semaphore,
    pub(crate) bytes: Arc<ByteBudget>,
    subrequests: AtomicU64,
    subrequests_limit: u64,
}

/// What a [`Session`] is made of.
pub struct SessionConfig {
    /// Whose function: connections are shared within a tenant only.
    pub tenant: String,
    /// For the log.
    pub invocation: String,
    /// What the function may reach.
    pub policy: Arc<Policy>,
    /// Of these, `subrequests`, `subrequests_at_once`, `egress_bytes` and `fetch_timeout_ms` count here.
    pub limits: Limits,
    /// Where each request is told to.
    pub log: Arc<dyn NetworkLog>,
}

impl Session {
    /// A session that has used nothing yet.
    pub fn new(config: SessionConfig) -> Self {
        let SessionConfig {
            tenant,
            invocation,
            policy,
            limits,
            log,
        } = config;
        let at_once = usize::try_from(limits.subrequests_at_once).unwrap_or(usize::MAX);
        Self {
            tenant,
            invocation,
            policy,
            log,
            fetch_timeout: Duration::from_millis(limits.fetch_timeout_ms),
            at_once: Semaphore::new(at_once.min(Semaphore::MAX_PERMITS)),
            bytes: Arc::new(ByteBudget {
                limit: limits.egress_bytes,
                used: AtomicU64::new(0),
            }),
            subrequests: AtomicU64::new(0),
            subrequests_limit: limits.subrequests,
        }
    }

    /// Fetches that were asked for so far, those over the limit included.
    pub fn subrequests(&self) -> u64 {
        self.subrequests.load(Ordering::Relaxed)
    }

    /// Bytes of bodies that were moved so far, both ways.
    pub fn bytes_moved(&self) -> u64 {
        self.bytes.used.load(Ordering::Relaxed)
    }

    /// Counts a fetch. `Err` with how many there are now, when that is too many.
    pub(crate) fn count(&self) -> Result<(), (u64, Failure)> {
        let count = self.subrequests.fetch_add(1, Ordering::Relaxed) + 1;
        if count <= self.subrequests_limit {
            return Ok(());
        }
        let message = Limit::Subrequests.exceeded(self.subrequests_limit, count);
        Err((
            count - self.subrequests_limit,
            Failure {
                kind: FailureKind::Limit,
                message,
            },
        ))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("tenant", &self.tenant)
            .field("invocation", &self.invocation)
            .field("subrequests", &self.subrequests())
            .field("bytes_moved", &self.bytes_moved())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SessionConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionConfig")
            .field("tenant", &self.tenant)
            .field("invocation", &self.invocation)
            .field("policy", &self.policy)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The limit `egress_bytes`, and what is used of it.
#[derive(Debug)]
pub(crate) struct ByteBudget {
    limit: u64,
    used: AtomicU64,
}

impl ByteBudget {
    /// Counts bytes that are about to be sent, or have come.
    pub(crate) fn charge(&self, bytes: u64) -> Result<(), Failure> {
        let before = self.used.fetch_add(bytes, Ordering::Relaxed);
        let used = before.saturating_add(bytes);
        if used <= self.limit {
            return Ok(());
        }
        Err(Failure {
            kind: FailureKind::Limit,
            message: Limit::Egress.exceeded(self.limit, used),
        })
    }
}
