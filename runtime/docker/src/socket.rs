//! A container's socket: who speaks HTTP/1.1 to us over it, within bounds.
//!
//! Origin-form requests are the agent's (`control`), absolute-form requests are the program's fetches (`egress`). A program
//! can send both, and anything else: nothing here trusts the agent more than the program.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::{Method, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::UnixListener;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;

use crate::ask::{Ask, Asker, Place};
use crate::{control, egress};

/// Connections at the same time; more wait to be accepted.
const CONNECTIONS_MAX: usize = 256;

/// A request's head, bytes; also what is read ahead of a body.
const HEAD_BYTES_MAX: usize = 128 * 1024;

const HEADERS_MAX: usize = 1_000;

/// How long a connection may take for a request's head, idle time included.
const HEAD_TIMEOUT: Duration = Duration::from_secs(300);

/// The header of an answer that is holm's and not the origin's; its value is the failure's class.
pub(crate) const FAILURE_HEADER: &str = "x-holm-failure";

/// The body of an answer.
pub(crate) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// What the requests of one container share.
#[derive(Debug)]
pub(crate) struct Shared {
    asks: mpsc::UnboundedSender<(Ask, Place)>,
    ops: AtomicU32,
    /// The job, once; a short section without `.await`.
    job: Mutex<Option<oneshot::Receiver<Bytes>>>,
    /// Why nobody waits for the program's answer any more, once.
    cancelled: Mutex<Option<oneshot::Receiver<String>>>,
    /// The agent waits for its job.
    pub ready: Notify,
    /// The process that connected first, which is the agent: nothing else has run by then. 0 where it cannot be seen.
    agent: AtomicU32,
}

impl Shared {
    pub fn new(
        asks: mpsc::UnboundedSender<(Ask, Place)>,
        job: oneshot::Receiver<Bytes>,
        cancelled: oneshot::Receiver<String>,
    ) -> Self {
        Self {
            asks,
            ops: AtomicU32::new(1),
            job: Mutex::new(Some(job)),
            cancelled: Mutex::new(Some(cancelled)),
            ready: Notify::new(),
            agent: AtomicU32::new(0),
        }
    }

    /// The agent's process; 0 where it cannot be seen.
    pub fn agent(&self) -> u32 {
        self.agent.load(Ordering::Relaxed)
    }

    /// The number of the next operation.
    pub fn next_op(&self) -> u32 {
        self.ops.fetch_add(1, Ordering::Relaxed)
    }

    /// The job, for who asks first.
    pub fn take_job(&self) -> Option<oneshot::Receiver<Bytes>> {
        self.job
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
    }

    /// The reason of a cancellation, for who asks first.
    pub fn take_cancelled(&self) -> Option<oneshot::Receiver<String>> {
        self.cancelled
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
    }
}

/// Serves a container for as long as this future is polled; dropping it drops every connection.
pub(crate) async fn serve(listener: UnixListener, shared: Arc<Shared>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Descriptors may be short for a moment.
                tracing::debug!(%error, "a container's connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        if shared.agent() == 0
            && let Some(pid) = stream.peer_cred().ok().and_then(|peer| peer.pid())
        {
            shared
                .agent
                .store(u32::try_from(pid).unwrap_or(0), Ordering::Relaxed);
        }
        let (shared, place) = (shared.clone(), Arc::new(place));
        connections.spawn(async move {
            let asker = Asker::new(shared.asks.clone(), place);
            let service = service_fn(|request| answer(request, shared.clone(), asker.clone()));
            let mut http = hyper::server::conn::http1::Builder::new();
            http.timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .max_buf_size(HEAD_BYTES_MAX)
                .max_headers(HEADERS_MAX)
                .auto_date_header(false)
                .half_close(true);
            // What is wrong with a container's HTTP is the container's; hyper has answered it where it could.
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    shared: Arc<Shared>,
    asker: Asker,
) -> Result<Response<Body>, Infallible> {
    let uri = request.uri();
    let answer = if request.method() == Method::CONNECT {
        refusal(
            StatusCode::METHOD_NOT_ALLOWED,
            "invalid",
            "CONNECT is not supported: send `GET https://host/path`, and TLS is made outside of the container",
        )
    } else if uri.scheme().is_some() && uri.authority().is_some() {
        egress::answer(request, shared, asker).await
    } else if uri.authority().is_none() && uri.path().starts_with('/') {
        control::answer(request, shared, asker).await
    } else {
        refusal(
            StatusCode::BAD_REQUEST,
            "invalid",
            "the request's target is neither a path nor an absolute URL",
        )
    };
    Ok(answer)
}

/// An answer of holm's own.
pub(crate) fn refusal(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Response<Body> {
    let mut answer = Response::new(whole(Bytes::from(message.into())));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(FAILURE_HEADER, http::HeaderValue::from_static(kind));
    answer
}

/// A body that is known as a whole.
pub(crate) fn whole(bytes: Bytes) -> Body {
    Full::new(bytes)
        .map_err(|never: Infallible| match never {})
        .boxed_unsync()
}

/// Hands the pieces of a request's body to a stream of the invocation, then says how it ended.
pub(crate) async fn upload(mut body: Incoming, stream: u32, shared: Arc<Shared>, asker: Asker) {
    let mut pieces = std::pin::pin!(futures_util::stream::poll_fn(move |cx| {
        hyper::body::Body::poll_frame(std::pin::Pin::new(&mut body), cx)
    }));
    while let Some(piece) = pieces.next().await {
        let chunk = match piece.map(|frame| frame.into_data()) {
            Ok(Ok(chunk)) if chunk.is_empty() => continue,
            Ok(Ok(chunk)) => chunk,
            // Trailers.
            Ok(Err(_)) => continue,
            Err(_) => {
                let error = Some("the program broke off".to_owned());
                return asker.tell(Ask::Close { stream, error });
            }
        };
        let op = shared.next_op();
        let answer = |answer| Ask::Write {
            op,
            stream,
            chunk,
            answer,
        };
        match asker.ask(answer).await {
            Some(holm_core::Answer::Written) => {}
            _ => return,
        }
    }
    asker.tell(Ask::Close { stream, error: None });
}

/// A body that is read from a stream of the invocation, one piece at a time and as it is asked for.
pub(crate) fn download(
    stream: u32,
    shared: Arc<Shared>,
    asker: Asker,
    held: impl UntilEnd + Send + 'static,
) -> Body {
    let state = Some((shared, asker, held));
    let pieces = futures_util::stream::unfold(state, move |state| async move {
        let (shared, asker, mut held) = state?;
        let op = shared.next_op();
        let piece = asker.ask(|answer| Ask::Read { op, stream, answer }).await;
        match piece {
            Some(holm_core::Answer::Chunk(chunk)) => {
                held.delivered(chunk.len() as u64);
                Some((Ok(hyper::body::Frame::data(chunk)), Some((shared, asker, held))))
            }
            Some(holm_core::Answer::End) => {
                held.disarm();
                None
            }
            Some(holm_core::Answer::Failed(failure)) => {
                Some((Err(std::io::Error::other(failure.message)), None))
            }
            _ => Some((Err(std::io::Error::other("the invocation is over")), None)),
        }
    });
    http_body_util::StreamBody::new(pieces).boxed_unsync()
}

/// What is kept while a body is read, and is told when it was read to its end.
pub(crate) trait UntilEnd {
    /// So many more bytes were handed over.
    fn delivered(&mut self, bytes: u64);

    /// The body has ended as it should.
    fn disarm(&mut self);
}

impl UntilEnd for () {
    fn delivered(&mut self, _: u64) {}

    fn disarm(&mut self) {}
}
