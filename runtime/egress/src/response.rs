//! A response, and its body on the way in.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use holm_core::{Failure, FetchHead};
use holm_policy::Policy;
use http_body::Body;
use hyper::body::Incoming;
use tokio::time::Sleep;
use url::Url;

use crate::decode::Decoder;
use crate::failure;
use crate::network_log::OpenEntry;
use crate::request::Fault;
use crate::session::ByteBudget;

/// A response whose head has come.
#[derive(Debug)]
pub struct Response {
    /// The head; `has_body` says whether the body has anything.
    pub head: FetchHead,
    /// The body. Dropping it ends the request.
    pub body: ResponseBody,
}

/// The body of a response, decoded, piece by piece. What is not asked for stays at the other side.
pub struct ResponseBody {
    state: State,
    /// Everything that is counted, limited and told about it.
    terms: Terms,
    decoder: Option<Decoder>,
    /// Bytes as they came, and after decoding: the higher of the two is what counts.
    received: u64,
    decoded: u64,
    charged: u64,
    /// Runs while a piece is waited for.
    patience: Option<Pin<Box<Sleep>>>,
    /// `None` once it has ended.
    entry: Option<OpenEntry>,
}

enum State {
    Receiving(Incoming),
    /// All has come; the decoder may have some left.
    Draining,
    Ended,
}

/// Under what a body is received.
pub(crate) struct Terms {
    pub(crate) url: Url,
    pub(crate) policy: Arc<Policy>,
    pub(crate) rule: usize,
    pub(crate) budget: Arc<ByteBudget>,
    pub(crate) timeout: Duration,
    /// Where the request's body says why it broke off, if it did after the head had come.
    pub(crate) fault: Fault,
}

impl ResponseBody {
    pub(crate) fn new(
        incoming: Option<Incoming>,
        decoder: Option<Decoder>,
        terms: Terms,
        entry: OpenEntry,
    ) -> Self {
        let (state, entry) = match incoming {
            Some(incoming) => (State::Receiving(incoming), Some(entry)),
            None => {
                entry.complete();
                (State::Ended, None)
            }
        };
        Self {
            state,
            terms,
            decoder,
            received: 0,
            decoded: 0,
            charged: 0,
            patience: None,
            entry,
        }
    }

    /// The next piece, never empty; `None` at the end. May be dropped and asked again without loss.
    ///
    /// # Errors
    /// The response broke off, took too long, or is over the limit `egress_bytes`. Nothing follows.
    pub async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        poll_fn(|cx| self.poll_piece(cx)).await
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Failure>>> {
        let piece = match self.poll_decoded(cx) {
            Poll::Pending => return self.poll_patience(cx),
            Poll::Ready(piece) => piece,
        };
        self.patience = None;
        match piece {
            Ok(Some(bytes)) => Poll::Ready(Some(Ok(bytes))),
            Ok(None) => {
                self.state = State::Ended;
                if let Some(entry) = self.entry.take() {
                    entry.complete();
                }
                Poll::Ready(None)
            }
            Err(failure) => self.failed(failure),
        }
    }

    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Failure>>> {
        let allowed = self.terms.timeout;
        let patience = self
            .patience
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(allowed)));
        match patience.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                let failure = failure::timeout(
                    &self.terms.url,
                    "did not send the next piece of its response",
                    allowed,
                );
                self.failed(failure)
            }
        }
    }

    fn failed(&mut self, failure: Failure) -> Poll<Option<Result<Bytes, Failure>>> {
        // Dropping the rest closes the connection, or resets the stream.
        self.state = State::Ended;
        self.decoder = None;
        let failure = match self.entry.take() {
            Some(entry) => entry.fail(failure),
            None => failure,
        };
        Poll::Ready(Some(Err(failure)))
    }

    fn poll_decoded(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Failure>> {
        loop {
            if let Some(decoder) = &mut self.decoder
                && let Some(bytes) = decoder.step().map_err(|_| undecodable(&self.terms.url))?
            {
                self.decoded += bytes.len() as u64;
                self.charge()?;
                return Poll::Ready(Ok(Some(bytes)));
            }
            match &mut self.state {
                State::Ended => return Poll::Ready(Ok(None)),
                State::Draining => {
                    let decoder = self.decoder.take();
                    let rest = decoder.map(|mut decoder| decoder.finish()).transpose();
                    let rest = rest.map_err(|_| undecodable(&self.terms.url))?.flatten();
                    self.decoded += rest.as_ref().map_or(0, Bytes::len) as u64;
                    self.charge()?;
                    if rest.is_some() {
                        return Poll::Ready(Ok(rest));
                    }
                    self.state = State::Ended;
                }
                State::Receiving(incoming) => match Pin::new(incoming).poll_frame(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(None) => self.state = State::Draining,
                    Poll::Ready(Some(Err(error))) => {
                        let terms = &self.terms;
                        return Poll::Ready(Err(terms.fault.get().cloned().unwrap_or_else(|| {
                            failure::of_error(&error, &terms.url, &terms.policy, terms.rule)
                        })));
                    }
                    Poll::Ready(Some(Ok(frame))) => {
                        // Trailers are not handed out.
                        let Ok(bytes) = frame.into_data() else { continue };
                        if bytes.is_empty() {
                            continue;
                        }
                        self.received += bytes.len() as u64;
                        if let Some(entry) = &self.entry {
                            entry.moved.r#in.store(self.received, Ordering::Relaxed);
                        }
                        self.charge()?;
                        match &mut self.decoder {
                            Some(decoder) => decoder.feed(bytes),
                            None => return Poll::Ready(Ok(Some(bytes))),
                        }
                    }
                },
            }
        }
    }

    /// Counts what is new against the limit `egress_bytes`.
    fn charge(&mut self) -> Result<(), Failure> {
        let due = self.received.max(self.decoded);
        let new = due - self.charged;
        self.charged = due;
        self.terms.budget.charge(new)
    }
}

fn undecodable(url: &Url) -> Failure {
    failure::network(format!(
        "`{}` sent a body that is not what its `content-encoding` says",
        failure::host(url)
    ))
}

impl Stream for ResponseBody {
    type Item = Result<Bytes, Failure>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_piece(cx)
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody")
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}
