//! What a connection is doing, and when it has done that for too long.
//!
//! hyper bounds the reading of a head on HTTP/1 only, and nothing bounds a client that takes no more of its response, or
//! that stalls before hyper knows which protocol it speaks. So the connection's socket and bodies report here, and one
//! timer per connection asks for a verdict. The timer is not moved by each request: it looks when it fires.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

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
    /// Not all that answers the requests so far is out.
    answering: bool,
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
            answering: false,
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
        state.answering = true;
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

    /// A function works for a client that speaks HTTP/1, which hyper does not always listen to meanwhile.
    pub fn must_notice_leaving(&self) -> bool {
        let state = self.lock();
        state.working > 0 && !state.framed
    }

    /// What is written now answers no request that there was: hyper itself refuses what it cannot read.
    pub fn is_refusing(&self) -> bool {
        !self.lock().answering
    }

    /// The connection is cut because a head was sent too slowly.
    pub fn must_say_timeout(&self) -> bool {
        self.lock().say_timeout
    }

    /// Bytes came in.
    pub fn read(&self) {
        let mut state = self.lock();
        if state.working == 0 && state.sending == 0 && !state.framed && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    /// All that hyper had was handed to the kernel.
    pub fn flushed(&self) {
        let mut state = self.lock();
        state.flushes += 1;
        state.answering &= state.working > 0 || state.sending > 0;
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
