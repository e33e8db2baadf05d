//! An HTTP exchange as the executor sees it: the request that goes in, the response that comes out, and why
//! there is none. No sockets and no status codes of errors: those are the server's.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use holm_core::{Failure, Report};
use http::{HeaderMap, Method, StatusCode};

use crate::pipe;

/// A body that is read. A [`Failure`] is its last item; of kind `Timeout` when the sender was too slow.
pub type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, Failure>> + Send>>;

/// A request for a function.
pub struct Exchange {
    /// The invocation's id.
    pub id: String,
    /// As received.
    pub method: Method,
    /// Absolute.
    pub url: String,
    /// As received.
    pub headers: HeaderMap,
    /// The body.
    pub body: RequestBody,
}

/// The body of a request for a function.
pub enum RequestBody {
    /// None.
    None,
    /// To be read.
    Stream {
        /// The pieces.
        pieces: BodyStream,
        /// What `content-length` says.
        declared_bytes: Option<u64>,
    },
}

/// A function's response: checked, ready to be sent.
#[derive(Debug)]
pub struct Response {
    /// 200 to 599.
    pub status: StatusCode,
    /// Without those of the connection.
    pub headers: HeaderMap,
    /// The body.
    pub body: ResponseBody,
}

/// The body of a function's response. Dropping it says that the client has gone.
#[derive(Debug)]
pub enum ResponseBody {
    /// None.
    None,
    /// All of it.
    Whole(Bytes),
    /// Still being written.
    Stream(pipe::Reader),
}

/// Why there is no response of the function.
#[derive(Debug)]
pub enum NoResponse {
    /// It was not started: too many are running.
    Busy(Busy),
    /// It has no handler for this.
    NoHandler {
        /// `fetch` or `scheduled`.
        handler: &'static str,
    },
    /// The request's body could not be taken: the caller's to change.
    RequestBody(RequestFault),
    /// It gave a response that cannot be sent.
    BadResponse {
        /// What is wrong with it.
        message: String,
    },
    /// It ended without one, or while it was given.
    Ended(Report),
}

/// What is wrong with the body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestFault {
    /// More than `request_body_bytes`.
    TooLarge {
        /// The limit, bytes.
        limit: u64,
    },
    /// The sender was too slow.
    Slow,
    /// The sender broke off.
    Broken,
}

/// What is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// Whose bound was reached.
    pub bound: Bound,
    /// When to try again.
    pub retry_after: Duration,
}

/// Whose bound was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Limit `concurrency` of the function.
    Function,
    /// Limit `tenant_concurrency` of its tenant.
    Tenant,
    /// The node and its queue.
    Node,
}

impl std::fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Stream { declared_bytes, .. } => f
                .debug_struct("Stream")
                .field("declared_bytes", declared_bytes)
                .finish_non_exhaustive(),
        }
    }
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchange")
            .field("id", &self.id)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
