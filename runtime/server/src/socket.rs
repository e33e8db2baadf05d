//! The socket of a connection, as hyper sees it: it tells the watch what happens, notices a client that leaves while hyper
//! does not listen, and gives what hyper refuses by itself the form of all other answers.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::connection::Service;
use crate::refusal;
use crate::watch::Watch;

/// A socket that reports.
#[derive(Debug)]
pub struct Socket {
    read: OwnedReadHalf,
    /// None after the end was sent. Shared with who waits for the client to leave: whoever drops it last closes it.
    write: Option<Arc<OwnedWriteHalf>>,
    watch: Arc<Watch>,
    service: Arc<Service>,
    /// What is sent in place of hyper's own refusal.
    refusal: Option<Refusal>,
}

#[derive(Debug)]
struct Refusal {
    bytes: Vec<u8>,
    sent: usize,
}

impl Socket {
    /// Reports to `watch`. The future is ready when the client has closed its side, or all of the connection.
    pub fn new(
        stream: TcpStream,
        watch: Arc<Watch>,
        service: Arc<Service>,
    ) -> (Self, impl Future<Output = ()> + use<>) {
        let (read, write) = stream.into_split();
        let write = Arc::new(write);
        let left = left(write.clone());
        let socket = Self {
            read,
            write: Some(write),
            watch,
            service,
            refusal: None,
        };
        (socket, left)
    }

    /// Sends what takes the place of this refusal of hyper's, and says that the refusal was taken.
    fn poll_refuse(&mut self, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        let service = &self.service;
        let refusal = self.refusal.get_or_insert_with(|| Refusal {
            bytes: refusal::instead_of(from, service),
            sent: 0,
        });
        while refusal.sent < refusal.bytes.len() {
            let rest = &refusal.bytes[refusal.sent..];
            let taken = ready!(poll_write(self.write.as_deref(), cx, |to| to.try_write(rest)))?;
            refusal.sent += taken;
        }
        self.refusal = None;
        Poll::Ready(Ok(from.len()))
    }

    fn is_refusal(&self, from: &[u8]) -> bool {
        self.refusal.is_some() || (refusal::is_one(from) && self.watch.is_refusing())
    }
}

/// The kernel says when the other side was closed, also while there are bytes that nobody has read: those of a request's
/// body that the function does not ask for, or of a next request. hyper reads neither, and would not come to the end. Only a
/// client that leaves behind more than the kernel takes is not noticed: its closing waits behind those bytes.
#[cfg(target_os = "linux")]
async fn left(write: Arc<OwnedWriteHalf>) {
    // What belongs to this interest is bytes out of band, which HTTP has not, and the closing.
    let interest = tokio::io::Interest::PRIORITY;
    let closed = write
        .ready(interest)
        .await
        .is_ok_and(|ready| ready.is_read_closed());
    if !closed {
        // Bytes out of band after all, which nothing takes back, or the end of the runtime and all its connections.
        std::future::pending::<()>().await;
    }
}

/// There it is noticed when hyper reads or writes next.
#[cfg(not(target_os = "linux"))]
async fn left(_write: Arc<OwnedWriteHalf>) {
    std::future::pending().await
}

fn poll_write(
    write: Option<&OwnedWriteHalf>,
    cx: &mut Context<'_>,
    mut attempt: impl FnMut(&OwnedWriteHalf) -> io::Result<usize>,
) -> Poll<io::Result<usize>> {
    let Some(write) = write else {
        return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
    };
    loop {
        ready!(write.as_ref().poll_write_ready(cx))?;
        match attempt(write) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            done => return Poll::Ready(done),
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.watch.must_say_timeout()
            && let Some(write) = &self.write
        {
            // As much as a kind word: who does not read it has gone anyway.
            let _ = write.try_write(&refusal::timeout(&self.service));
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let polled = Pin::new(&mut self.read).poll_read(cx, into);
        if into.filled().len() > before {
            self.watch.read();
        }
        polled
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        if self.is_refusal(from) {
            return self.poll_refuse(cx, from);
        }
        poll_write(self.write.as_deref(), cx, |to| to.try_write(from))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        // A refusal has no body, so it is one piece.
        if let Some(first) = from.first()
            && self.is_refusal(first)
        {
            return self.poll_refuse(cx, first);
        }
        poll_write(self.write.as_deref(), cx, |to| to.try_write_vectored(from))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Sockets keep nothing back.
        self.watch.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.write = None;
        Poll::Ready(Ok(()))
    }
}
