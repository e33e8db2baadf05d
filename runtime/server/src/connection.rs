//! One connection: HTTP/1 or HTTP/2 as the client begins it, with an end to every wait.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::app::App;
use crate::config::Config;
use crate::handle::handle;
use crate::socket::Socket;
use crate::watch::{Verdict, Watch};

/// Requests of one HTTP/2 connection at the same time.
const STREAMS_MAX: u32 = 128;

/// How often a quiet HTTP/2 client is asked whether it is there: a peer that vanished would else hold its requests.
const PING_INTERVAL: Duration = Duration::from_secs(30);

/// What all connections share.
#[derive(Debug)]
pub struct Service {
    /// What is served.
    pub app: Arc<App>,
    /// The bounds.
    pub config: Config,
    /// Where the server listens.
    pub local: SocketAddr,
    /// How connections speak.
    pub protocol: auto::Builder<TokioExecutor>,
}

/// How far the server has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It serves.
    Serving,
    /// It ends what is under way and takes nothing new.
    Draining,
    /// It is over.
    Over,
}

impl Service {
    /// The protocols, bounded as configured.
    pub fn new(app: Arc<App>, config: Config, local: SocketAddr) -> Self {
        let mut protocol = auto::Builder::new(TokioExecutor::new());
        // hyper refuses a buffer below 8 KiB; the head's bound is the buffer's.
        let head_bytes = usize::try_from(config.header_bytes_max)
            .unwrap_or(usize::MAX)
            .max(8 * 1024);
        // The watch bounds the reading of heads, on both protocols and before either is known.
        protocol
            .http1()
            .header_read_timeout(None)
            .max_buf_size(head_bytes);
        if config.header_count_max > 100 {
            // Up to 100, which is hyper's own bound, it parses without allocating.
            protocol.http1().max_headers(config.header_count_max);
        }
        protocol
            .http2()
            .timer(TokioTimer::new())
            .max_header_list_size(config.header_bytes_max)
            .max_concurrent_streams(STREAMS_MAX)
            .keep_alive_interval(PING_INTERVAL);
        Self {
            app,
            config,
            local,
            protocol,
        }
    }
}

/// Serves a connection to its end.
pub async fn connection(service: Arc<Service>, stream: TcpStream, mut phase: watch::Receiver<Phase>) {
    // Answers are written whole: waiting for more would only delay them. Where it cannot be set, it is slower.
    let _ = stream.set_nodelay(true);
    let watch = Watch::new();
    let (socket, left) = Socket::new(stream, watch.clone(), service.clone());
    let io = TokioIo::new(socket);
    let mut left = std::pin::pin!(left);
    // Told only while it matters: a client that closes its side after its request is still answered what is ready.
    let left_working = std::future::poll_fn(|cx| {
        if watch.must_notice_leaving() {
            left.as_mut().poll(cx)
        } else {
            Poll::Pending
        }
    });
    let mut left_working = std::pin::pin!(left_working);
    let answer = |request| {
        let (service, watch) = (service.clone(), watch.clone());
        async move {
            let Service {
                app, config, local, ..
            } = &*service;
            Ok::<_, Infallible>(handle(app, config, *local, &watch, request).await)
        }
    };
    let mut connection = std::pin::pin!(service.protocol.serve_connection(io, service_fn(answer)));
    let first = service.config.header_timeout.min(service.config.send_timeout);
    let mut look = std::pin::pin!(tokio::time::sleep(first));
    // When a connection that was asked to close is cut.
    let mut closing: Option<Instant> = None;
    loop {
        tokio::select! {
            // hyper goes first: what it can answer now is answered.
            biased;
            // How it ended is for its client to know: everything worth a line was logged by the invocation.
            _ = connection.as_mut() => return,
            // With the connection go its requests, and with them what functions do for nobody.
            () = left_working.as_mut() => return,
            changed = phase.changed() => match (changed, *phase.borrow_and_update()) {
                (Ok(()), Phase::Serving) => {}
                (Ok(()), Phase::Draining) => connection.as_mut().graceful_shutdown(),
                (Ok(()), Phase::Over) | (Err(_), _) => return,
            },
            () = look.as_mut() => {
                let now = Instant::now();
                if closing.is_some_and(|deadline| deadline <= now) {
                    return;
                }
                match watch.verdict(&service.config, now) {
                    Verdict::Look(then) => look.as_mut().reset(then),
                    Verdict::Close => {
                        connection.as_mut().graceful_shutdown();
                        let deadline = *closing.get_or_insert(now + service.config.send_timeout);
                        look.as_mut().reset(deadline);
                    }
                    Verdict::Cut => return,
                }
            }
        }
    }
}
