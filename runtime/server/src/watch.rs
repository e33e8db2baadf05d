//! What a connection is doing, and when it has done that for too long.
//!
//! hyper bounds the reading of a head on HTTP/1 only, and nothing bounds a client that takes no more of its response, or
//! that stalls before hyper knows which protocol it speaks. So the connection's socket and bodies report here, and one
//! timer per connection asks for a verdict. The timer is not moved by each request: it looks when it fires.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::config::Config;

/// What a connection is doing.
#[derive(Debug)]
pub struct Watch {
    // Held for a few instructions; only the connection's own task and its bodies take it.
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Requests that a function works at, responses included that wait for more from it.
    working: u32,
    /// Responses that wait for the client to take more.
    sending: u32,
    /// When that began: quiet, or no progress in sending.
    since: Instant,
    /// When the first byte of a head came, while it is not whole.
    head_since: Option<Instant>,
    /// There was a request on this connection.
    used: bool,
    /// HTTP/2: bytes between requests need not be a head.
    framed: bool,
    /// Tell the client that it was too slow.
    say_timeout: bool,
    /// How often all that hyper had was handed to the kernel.
    flushes: u64,
    /// Who waits for the next time.
    flush_waits: Option<Waker>,
}

/// What is to be done with a connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing before this time.
    Look(Instant),
    /// Close it politely: nothing is under way.
    Close,
    /// End it now.
    Cut,
}

impl Watch {
    /// A connection that begins now.
    pub fn new() -> Arc<Self> {
        let state = State {
            working: 0,
            sending: 0,
            since: Instant::now(),
            head_since: None,
            used: false,
            framed: false,
            say_timeout: false,
            flushes: 0,
            flush_waits: None,
        };
        Arc::new(Self {
            state: Mutex::new(state),
        })
    }

    /// A request's head is there. It is worked at until the guard is dropped.
    pub fn working(self: &Arc<Self>, framed: bool) -> Working {
        let mut state = self.lock();
        state.working += 1;
        state.head_since = None;
        state.used = true;
        state.framed = framed;
        drop(state);
        Working(self.clone())
    }

    /// A response is to be taken by the client until the guard is dropped.
    pub fn sending(self: &Arc<Self>) -> Sending {
        let mut state = self.lock();
        state.sending += 1;
        state.since = Instant::now();
        drop(state);
        Sending {
            watch: self.clone(),
            working: None,
        }
    }

    /// What is to be done with the connection.
    pub fn verdict(&self, config: &Config, now: Instant) -> Verdict {
        let mut state = self.lock();
        if state.working > 0 {
            // Bounded by the function's own limits; looked at again when there may be something to bound here.
            return Verdict::Look(now + config.header_timeout.min(config.send_timeout));
        }
        let (deadline, verdict) = if state.sending > 0 {
            (state.since + config.send_timeout, Verdict::Cut)
        } else if let Some(since) = state.head_since {
            (since + config.header_timeout, Verdict::Cut)
        } else if state.used {
            (state.since + config.idle_timeout, Verdict::Close)
        } else {
            (state.since + config.header_timeout, Verdict::Cut)
        };
        if now < deadline {
            // Not the whole idle time: a head that begins meanwhile has less.
            return Verdict::Look(deadline.min(now + config.header_timeout.min(config.send_timeout)));
        }
        state.say_timeout = verdict == Verdict::Cut && state.sending == 0 && state.head_since.is_some();
        verdict
    }

    fn read(&self) {
        let mut state = self.lock();
        if state.working == 0 && state.sending == 0 && !state.framed && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    fn flushed(&self) {
        let mut state = self.lock();
        state.flushes += 1;
        let waits = state.flush_waits.take();
        drop(state);
        if let Some(waker) = waits {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is worked at.
#[derive(Debug)]
pub struct Working(Arc<Watch>);

impl Drop for Working {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.working -= 1;
        state.since = Instant::now();
    }
}

/// A response that is being sent.
#[derive(Debug)]
pub struct Sending {
    watch: Arc<Watch>,
    /// It waits for the function.
    working: Option<Working>,
}

impl Sending {
    /// The client took what there was, and wants more.
    pub fn progress(&mut self) {
        self.working = None;
        self.watch.lock().since = Instant::now();
    }

    /// The function has to give more first.
    pub fn waits_for_function(&mut self) {
        if self.working.is_none() {
            self.watch.lock().working += 1;
            self.working = Some(Working(self.watch.clone()));
        }
    }
}

impl Sending {
    /// What to wait for until all that was given to hyper so far is out. `None` on HTTP/2, where streams share the
    /// connection and a broken one is told by a frame of its own.
    pub fn next_flush(&self) -> Option<u64> {
        let state = self.watch.lock();
        (!state.framed).then_some(state.flushes + 1)
    }

    /// Ready when that flush was done.
    pub fn poll_flushed(&self, flush: u64, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.watch.lock();
        if state.flushes >= flush {
            return Poll::Ready(());
        }
        // HTTP/1 has one response at a time: nobody else waits.
        state.flush_waits = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        let mut state = self.watch.lock();
        state.sending -= 1;
        state.since = Instant::now();
    }
}

/// A socket that reports what comes in, and when what goes out is out.
#[derive(Debug)]
pub struct Watched {
    /// The socket.
    pub stream: TcpStream,
    /// Who is told.
    pub watch: Arc<Watch>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        if self.watch.lock().say_timeout {
            // As much as a kind word: who does not read it has gone anyway.
            let _ = self
                .stream
                .try_write(b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, into);
        if into.filled().len() > before {
            self.watch.read();
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, from)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, from)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        if let Poll::Ready(Ok(())) = polled {
            self.watch.flushed();
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
