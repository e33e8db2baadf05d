//! Opens a connection: resolves the name once, checks every address it stands for, connects to one of
//! those that were checked, and speaks TLS where the URL says so.
//!
//! One connector belongs to one pool, and a pool to one tenant and one kind of rule: those that open private
//! addresses or those that do not.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use holm_core::BoxFuture;
use holm_policy::{AddressClass, address};
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::tls::{TlsClient, TlsError};

/// Answers which addresses a name stands for.
pub trait Resolver: Send + Sync {
    /// All addresses of a name, in the order in which they are to be tried.
    ///
    /// # Errors
    /// When there is no answer.
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// Opens a TCP connection to an address that was checked.
pub trait Dialer: Send + Sync {
    /// Connects.
    ///
    /// # Errors
    /// As the system tells.
    fn dial(&self, address: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>>;
}

/// The resolver of the system. It blocks a thread for each name, so only so many are asked for at once.
#[derive(Debug)]
pub struct SystemResolver {
    at_once: Semaphore,
}

/// Threads that wait for the system's resolver at most; the rest of the runtime's pool stays free for files.
const LOOKUPS_AT_ONCE: usize = 64;

impl Default for SystemResolver {
    fn default() -> Self {
        Self {
            at_once: Semaphore::new(LOOKUPS_AT_ONCE),
        }
    }
}

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let _permit = self.at_once.acquire().await.map_err(io::Error::other)?;
            #[expect(clippy::disallowed_methods, reason = "this is where names are resolved")]
            let found = tokio::net::lookup_host((name, 0)).await?;
            // A zone index that the system may have put in is dropped here.
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Opens connections from this machine.
#[derive(Debug, Default)]
pub struct TcpDialer;

impl Dialer for TcpDialer {
    fn dial(&self, address: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        Box::pin(async move {
            #[expect(clippy::disallowed_methods, reason = "this is where connections are opened")]
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(stream)
        })
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("the URI has no host")]
    NoHost,
    #[error("the name could not be resolved")]
    Resolve(#[source] io::Error),
    #[error("the name stands for no address")]
    NoAddress,
    #[error("the name stands for {0}")]
    Forbidden(AddressClass),
    #[error("no address could be reached")]
    Unreachable(#[source] io::Error),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("too many connections are open")]
    Busy,
    #[error("it took longer than {} ms", .0.as_millis())]
    Timeout(Duration),
}

/// Opens the connections of one pool.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) resolver: Arc<dyn Resolver>,
    pub(crate) dialer: Arc<dyn Dialer>,
    pub(crate) tls: TlsClient,
    pub(crate) allow_private: bool,
    /// For name, connection and handshake together: a connection may outlive the fetch that asked for it.
    pub(crate) timeout: Duration,
    /// One permit for each open connection of the tenant.
    pub(crate) connections: Arc<Semaphore>,
}

impl Connector {
    async fn connect(self, uri: Uri) -> Result<Link, ConnectError> {
        match tokio::time::timeout(self.timeout, self.connections.clone().acquire_owned()).await {
            Ok(Ok(permit)) => match tokio::time::timeout(self.timeout, self.open(&uri, permit)).await {
                Ok(result) => result,
                Err(_) => Err(ConnectError::Timeout(self.timeout)),
            },
            // The semaphore is never closed, so this is the wait.
            Ok(Err(_)) | Err(_) => Err(ConnectError::Busy),
        }
    }

    async fn open(&self, uri: &Uri, permit: OwnedSemaphorePermit) -> Result<Link, ConnectError> {
        let is_tls = uri.scheme() == Some(&http::uri::Scheme::HTTPS);
        let host = uri.host().ok_or(ConnectError::NoHost)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });

        let addresses = match host.parse::<IpAddr>() {
            Ok(address) => vec![address],
            Err(_) => self.resolver.resolve(host).await.map_err(ConnectError::Resolve)?,
        };
        // One forbidden address is enough: who owns the name put it there, and would only have to try again
        // until the others fail.
        let forbidden = addresses
            .iter()
            .filter_map(|address| address::check(*address, self.allow_private).err());
        if let Some(class) = forbidden.max() {
            return Err(ConnectError::Forbidden(class));
        }
        let addresses: Vec<SocketAddr> = addresses
            .into_iter()
            .take(ADDRESSES_TRIED)
            .map(|address| SocketAddr::new(address, port))
            .collect();
        let stream = self.dial_first(&addresses).await?;
        let remote = RemoteAddress(stream.1.ip());
        if !is_tls {
            return Ok(Link {
                io: TokioIo::new(Box::new(stream.0)),
                is_h2: false,
                remote,
                answered: Answered::default(),
                _permit: permit,
            });
        }
        let stream = self.tls.handshake(host, stream.0).await?;
        let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok(Link {
            io: TokioIo::new(Box::new(stream)),
            is_h2,
            remote,
            answered: Answered::default(),
            _permit: permit,
        })
    }

    /// The first of the addresses that answers. Each gets a head start over the next, so that a dead one
    /// costs a moment and not the whole time.
    async fn dial_first(&self, addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), ConnectError> {
        let mut waiting = addresses.iter().copied();
        let mut attempts = FuturesUnordered::new();
        let dial = |address: SocketAddr| async move { (self.dialer.dial(address).await, address) };
        attempts.push(dial(waiting.next().ok_or(ConnectError::NoAddress)?));
        loop {
            let head_start = async {
                if waiting.len() == 0 {
                    std::future::pending::<()>().await;
                }
                tokio::time::sleep(HEAD_START).await;
            };
            tokio::select! {
                biased;
                ended = attempts.next() => match ended {
                    Some((Ok(stream), address)) => return Ok((stream, address)),
                    Some((Err(error), _)) => match waiting.next() {
                        Some(next) => attempts.push(dial(next)),
                        None if attempts.is_empty() => return Err(ConnectError::Unreachable(error)),
                        None => {}
                    },
                    None => return Err(ConnectError::NoAddress),
                },
                () = head_start => attempts.extend(waiting.next().map(dial)),
            }
        }
    }
}

/// Addresses of one name that are tried at most; all are checked.
const ADDRESSES_TRIED: usize = 16;
/// What RFC 8305 recommends.
const HEAD_START: Duration = Duration::from_millis(250);

impl tower::Service<Uri> for Connector {
    type Response = Link;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Link, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}

/// To which address a connection goes; found in the extensions of its responses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RemoteAddress(pub(crate) IpAddr);

/// Whether a connection has answered before; found as [`RemoteAddress`] is, and in what is told of its errors.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answered(Arc<AtomicBool>);

impl Answered {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// An open connection, plain or encrypted.
pub(crate) struct Link {
    io: TokioIo<Box<dyn Io>>,
    is_h2: bool,
    remote: RemoteAddress,
    answered: Answered,
    _permit: OwnedSemaphorePermit,
}

impl Connection for Link {
    fn connected(&self) -> Connected {
        let connected = Connected::new().extra(self.remote).extra(self.answered.clone());
        if self.is_h2 {
            connected.negotiated_h2()
        } else {
            connected
        }
    }
}

impl Read for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl Write for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }
}
