//! A future whose owner can drop it at any time, though something else polls it.
//!
//! A set of futures gives nothing back before it is polled again. Here the set holds a [`Task`], which is small, and
//! what the future owns goes when its [`Running`] is dropped. It is not a way to run futures on other threads: both
//! halves belong to the one task that polls an invocation.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_util::future::BoxFuture;

/// Makes the two halves.
pub(crate) fn run<T>(future: BoxFuture<'static, T>) -> (Running<T>, Task<T>) {
    let slot = Arc::new(Slot {
        state: Mutex::new(State {
            future: Some(future),
            waker: None,
        }),
    });
    (Running(slot.clone()), Task(slot))
}

/// The owner's half: dropping it drops the future.
pub(crate) struct Running<T>(Arc<Slot<T>>);

/// The half that is polled. `None` when the future was dropped before its end.
pub(crate) struct Task<T>(Arc<Slot<T>>);

struct Slot<T> {
    // Never contended: one task has both halves.
    state: Mutex<State<T>>,
}

struct State<T> {
    future: Option<BoxFuture<'static, T>>,
    waker: Option<Waker>,
}

impl<T> Slot<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        let (future, waker) = (state.future.take(), state.waker.take());
        drop(state);
        drop(future);
        if let Some(waker) = waker {
            // The set lets go of the task then.
            waker.wake();
        }
    }
}

impl<T> Future for Task<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = self.0.lock();
        let Some(future) = &mut state.future else {
            return Poll::Ready(None);
        };
        let polled = future.as_mut().poll(cx);
        if polled.is_ready() {
            state.future = None;
            state.waker = None;
        } else {
            state.waker = Some(cx.waker().clone());
        }
        polled.map(Some)
    }
}
