//! Bodies between hyper and the executor: a request's as a stream that does not wait forever, a response's as what
//! hyper sends.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use holm_core::{Failure, FailureKind};
use holm_executor::{BodyStream, RequestBody, pipe};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use crate::watch::Sending;

/// The body of a request, as a function reads it. `timeout` bounds the wait for each piece.
pub fn request_body(incoming: Incoming, timeout: Duration) -> RequestBody {
    if incoming.is_end_stream() {
        return RequestBody::None;
    }
    let declared_bytes = incoming.size_hint().exact();
    let pieces: BodyStream = Box::pin(Pieces {
        incoming,
        timeout,
        sleep: None,
        ended: false,
    });
    RequestBody::Stream {
        pieces,
        declared_bytes,
    }
}

struct Pieces {
    incoming: Incoming,
    timeout: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    ended: bool,
}

impl Stream for Pieces {
    type Item = Result<Bytes, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        let failure = loop {
            match Pin::new(&mut this.incoming).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    // Trailers have no place in a function's request.
                    let Ok(chunk) = frame.into_data() else { continue };
                    this.sleep = None;
                    return Poll::Ready(Some(Ok(chunk)));
                }
                Poll::Ready(None) => {
                    this.ended = true;
                    return Poll::Ready(None);
                }
                Poll::Ready(Some(Err(_))) => {
                    let message = "the client broke the request's body off".into();
                    break Failure {
                        kind: FailureKind::Network,
                        message,
                    };
                }
                Poll::Pending => {}
            }
            let deadline = || tokio::time::sleep_until(Instant::now() + this.timeout);
            let sleep = this.sleep.get_or_insert_with(|| Box::pin(deadline()));
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            let message = "the client was too slow in sending the request's body".into();
            break Failure {
                kind: FailureKind::Timeout,
                message,
            };
        };
        this.ended = true;
        Poll::Ready(Some(Err(failure)))
    }
}

/// The body of a response.
#[derive(Debug)]
pub struct Body {
    from: From,
    /// `None` where nothing is sent.
    sending: Option<Sending>,
}

#[derive(Debug)]
enum From {
    Nothing,
    Whole(Bytes),
    Stream(pipe::Reader),
    /// It is broken, which is told after this flush: hyper drops the connection then, and with it the head and the
    /// pieces that it has not written yet.
    Broken {
        reason: String,
        flush: u64,
    },
}

impl Body {
    /// None.
    pub fn none() -> Self {
        Self {
            from: From::Nothing,
            sending: None,
        }
    }

    /// All of it.
    pub fn whole(bytes: Bytes, sending: Sending) -> Self {
        Self {
            from: From::Whole(bytes),
            sending: Some(sending),
        }
    }

    /// As the function writes it.
    pub fn stream(reader: pipe::Reader, sending: Sending) -> Self {
        Self {
            from: From::Stream(reader),
            sending: Some(sending),
        }
    }
}

/// The body is broken: the client must not take what it has for all of it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let this = &mut *self;
        match &mut this.from {
            From::Nothing => Poll::Ready(None),
            From::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                this.from = From::Nothing;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            From::Stream(reader) => {
                let polled = Pin::new(reader).poll_next(cx);
                if let Some(sending) = &mut this.sending {
                    match polled {
                        Poll::Ready(_) => sending.progress(),
                        Poll::Pending => sending.waits_for_function(),
                    }
                }
                if let Poll::Ready(Some(Err(reason))) = polled {
                    let flush = this.sending.as_ref().and_then(Sending::next_flush);
                    let Some(flush) = flush else {
                        return Poll::Ready(Some(Err(Broken(reason))));
                    };
                    this.from = From::Broken { reason, flush };
                    return self.poll_frame(cx);
                }
                polled.map(|item| item.map(|item| item.map(Frame::data).map_err(Broken)))
            }
            From::Broken { reason, flush } => {
                if let Some(sending) = &this.sending
                    && sending.poll_flushed(*flush, cx).is_pending()
                {
                    return Poll::Pending;
                }
                let reason = std::mem::take(reason);
                this.from = From::Nothing;
                Poll::Ready(Some(Err(Broken(reason))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.from, From::Nothing)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.from {
            From::Nothing => SizeHint::with_exact(0),
            From::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            From::Stream(_) | From::Broken { .. } => SizeHint::default(),
        }
    }
}
