//! A request, and its body on the way out.

use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use holm_core::{Failure, FailureKind, FetchBody, FetchRequest, RedirectMode};
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

use crate::network_log::Moved;
use crate::session::ByteBudget;

/// What to fetch.
#[derive(Debug)]
pub struct Request {
    /// Upper case for the standard methods.
    pub method: String,
    /// Absolute.
    pub url: String,
    /// `name \n value \n name \n value`; see `holm_host_api::codes`. Headers that belong to the connection are
    /// left out, as the Fetch standard says.
    pub headers: String,
    /// What to do with a redirect.
    pub redirect: RedirectMode,
    /// The body.
    pub body: RequestBody,
}

/// The body of a request.
#[derive(Debug)]
pub enum RequestBody {
    /// None.
    None,
    /// All of it.
    Whole(Bytes),
    /// Piece by piece, from [`body_channel`].
    Stream(BodyReader),
}

impl Request {
    /// The request of an effect. `stream` is asked for the body when it comes piece by piece.
    pub fn new(request: FetchRequest, stream: impl FnOnce() -> BodyReader) -> Self {
        let FetchRequest {
            method,
            url,
            headers,
            redirect,
            body,
        } = request;
        let body = match body {
            FetchBody::None => RequestBody::None,
            FetchBody::Whole(bytes) => RequestBody::Whole(bytes),
            FetchBody::Stream => RequestBody::Stream(stream()),
        };
        Self {
            method,
            url,
            headers,
            redirect,
            body,
        }
    }
}

enum Piece {
    Chunk(Bytes),
    End,
    Failed(String),
}

/// A body that is written piece by piece: one end for who writes it, the other for the [`Request`].
pub fn body_channel() -> (BodyWriter, BodyReader) {
    let (sender, receiver) = mpsc::channel(1);
    (BodyWriter { pieces: sender }, BodyReader { pieces: receiver })
}

/// Writes a body. Dropped before [`BodyWriter::finish`], it breaks the request off: half a body never
/// passes for a whole one.
#[derive(Debug)]
pub struct BodyWriter {
    pieces: mpsc::Sender<Piece>,
}

impl BodyWriter {
    /// Hands over a piece; waits until the one before it was taken.
    ///
    /// # Errors
    /// When the request has ended, so that nothing more is sent.
    pub async fn write(&self, chunk: Bytes) -> Result<(), Failure> {
        self.send(Piece::Chunk(chunk)).await
    }

    /// The body is complete.
    ///
    /// # Errors
    /// As [`BodyWriter::write`].
    pub async fn finish(self) -> Result<(), Failure> {
        self.send(Piece::End).await
    }

    /// The body cannot be completed: the fetch fails with this message.
    ///
    /// # Errors
    /// As [`BodyWriter::write`].
    pub async fn fail(self, message: String) -> Result<(), Failure> {
        self.send(Piece::Failed(message)).await
    }

    async fn send(&self, piece: Piece) -> Result<(), Failure> {
        self.pieces.send(piece).await.map_err(|_| Failure {
            kind: FailureKind::Aborted,
            message: "the request has ended, and takes no more of its body".to_owned(),
        })
    }
}

/// The reading end of [`body_channel`], for [`RequestBody::Stream`].
#[derive(Debug)]
pub struct BodyReader {
    pieces: mpsc::Receiver<Piece>,
}

/// Why a body broke off, for whoever waits for the answer to the request.
pub(crate) type Fault = Arc<OnceLock<Failure>>;

/// Stands for the failure that is found in the [`Fault`].
#[derive(Debug, thiserror::Error)]
#[error("the request's body broke off")]
pub(crate) struct BrokenBody;

/// A body as hyper sends it, counted on the way.
pub(crate) struct OutgoingBody {
    kind: Kind,
    budget: Arc<ByteBudget>,
    moved: Arc<Moved>,
    fault: Fault,
}

enum Kind {
    Empty,
    /// Taken when it is sent; its bytes are already counted.
    Whole(Bytes),
    Stream(BodyReader),
}

impl OutgoingBody {
    /// # Errors
    /// A whole body over the limit `egress_bytes` fails before anything is sent.
    pub(crate) fn new(
        body: RequestBody,
        budget: Arc<ByteBudget>,
        moved: Arc<Moved>,
        fault: Fault,
    ) -> Result<Self, Failure> {
        let kind = match body {
            RequestBody::None => Kind::Empty,
            RequestBody::Whole(bytes) => {
                budget.charge(bytes.len() as u64)?;
                Kind::Whole(bytes)
            }
            RequestBody::Stream(reader) => Kind::Stream(reader),
        };
        Ok(Self {
            kind,
            budget,
            moved,
            fault,
        })
    }

    fn broken(&mut self, failure: Failure) -> Poll<Option<Result<Frame<Bytes>, BrokenBody>>> {
        self.kind = Kind::Empty;
        // Only the first reason counts, and only one body has this slot.
        let _ = self.fault.set(failure);
        Poll::Ready(Some(Err(BrokenBody)))
    }

    fn sent(&self, bytes: Bytes) -> Poll<Option<Result<Frame<Bytes>, BrokenBody>>> {
        self.moved.out.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}

impl Body for OutgoingBody {
    type Data = Bytes;
    type Error = BrokenBody;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenBody>>> {
        let reader = match &mut self.kind {
            Kind::Empty => return Poll::Ready(None),
            Kind::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                self.kind = Kind::Empty;
                return if bytes.is_empty() {
                    Poll::Ready(None)
                } else {
                    self.sent(bytes)
                };
            }
            Kind::Stream(reader) => reader,
        };
        match ready!(reader.pieces.poll_recv(cx)) {
            Some(Piece::Chunk(bytes)) => match self.budget.charge(bytes.len() as u64) {
                Ok(()) => self.sent(bytes),
                Err(failure) => self.broken(failure),
            },
            Some(Piece::End) => {
                self.kind = Kind::Empty;
                Poll::Ready(None)
            }
            Some(Piece::Failed(message)) => self.broken(Failure {
                kind: FailureKind::Aborted,
                message: format!("the request's body failed: {message}"),
            }),
            None => self.broken(Failure {
                kind: FailureKind::Aborted,
                message: "the request's body ended before it was complete".to_owned(),
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Empty => true,
            Kind::Whole(bytes) => bytes.is_empty(),
            Kind::Stream(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Stream(_) => SizeHint::default(),
        }
    }
}
