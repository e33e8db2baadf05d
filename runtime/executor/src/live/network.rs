//! What a fetch goes through, as a seam: `egress` in production, a script in tests.

use futures_util::future::BoxFuture;
use holm_core::{Failure, FetchHead, FetchRequest};

use crate::exchange::BodyStream;
use crate::function::Function;
use crate::pipe;

/// Opens connections for functions.
pub trait Network: Send + Sync {
    /// What one invocation's fetches share: its policy, its budgets. Made at its first fetch.
    fn session(&self, function: &Function, id: &str) -> Box<dyn NetworkSession>;
}

/// The fetches of one invocation.
pub trait NetworkSession: Send {
    /// Starts a fetch; `upload` is the request's body where it is streamed.
    fn fetch(&mut self, request: FetchRequest, upload: Option<pipe::Reader>) -> Fetching;
}

/// A fetch that has begun. Both futures are polled by the invocation's task; dropping them aborts the fetch.
pub struct Fetching {
    /// Waits for the response's head.
    pub head: BoxFuture<'static, Result<Fetched, Failure>>,
    /// Moves the request's body, which may take longer than the head does.
    pub upload: Option<BoxFuture<'static, ()>>,
}

/// A response to a fetch.
pub struct Fetched {
    /// Its head.
    pub head: FetchHead,
    /// Its body, where there is one. Dropping it ends the transfer.
    pub body: Option<BodyStream>,
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetched")
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Fetching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetching").finish_non_exhaustive()
    }
}
