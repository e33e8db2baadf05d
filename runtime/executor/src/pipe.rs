//! A body on its way from a function to whoever takes it: a queue of pieces, bounded in bytes.
//!
//! One writer, one reader, both polled by tasks, no task and no thread of its own. The bound is what gives
//! back-pressure: a piece is always taken over, and the writer is told to wait until the reader has caught up.
//! It is not a general channel: it carries the end of the body, and each side notices when the other is gone.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::Stream;

/// More is welcome while fewer bytes than this are queued: a few of the pieces that sockets take at once, so
/// that a slow reader holds the function back and a fast one never waits for it.
pub const ROOM_BYTES: usize = 64 * 1024;

/// Makes a pipe.
pub fn pipe() -> (Writer, Reader) {
    let shared = Arc::new(Shared {
        state: Mutex::default(),
    });
    (
        Writer {
            shared: shared.clone(),
        },
        Reader { shared },
    )
}

/// The reader was dropped: nobody takes the body any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// The end that a function writes to. Dropped without [`Writer::close`], the body is broken.
#[derive(Debug)]
pub struct Writer {
    shared: Arc<Shared>,
}

/// The end that is read, as a stream; an error is the last item of a body that is broken.
#[derive(Debug)]
pub struct Reader {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    // Held for a few instructions, never across an await.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Bytes>,
    queued_bytes: usize,
    end: Option<Result<(), String>>,
    reader_gone: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    /// Takes over a piece, whether there is room or not; who writes on without [`Writer::poll_room`] is to be
    /// bounded by the caller.
    ///
    /// # Errors
    /// [`Gone`] when nobody reads any more.
    pub fn write(&self, chunk: Bytes) -> Result<(), Gone> {
        let mut state = self.shared.lock();
        if state.reader_gone {
            return Err(Gone);
        }
        if chunk.is_empty() || state.end.is_some() {
            return Ok(());
        }
        state.queued_bytes += chunk.len();
        state.queue.push_back(chunk);
        let waker = state.reader.take();
        drop(state);
        wake(waker);
        Ok(())
    }

    /// Ready when more is welcome, or when nobody reads any more.
    pub fn poll_room(&self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let mut state = self.shared.lock();
        if state.reader_gone {
            return Poll::Ready(Err(Gone));
        }
        if state.queued_bytes < ROOM_BYTES {
            return Poll::Ready(Ok(()));
        }
        remember(&mut state.writer, cx);
        Poll::Pending
    }

    /// Ready when nobody reads any more.
    pub fn poll_gone(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.shared.lock();
        if state.reader_gone {
            return Poll::Ready(());
        }
        remember(&mut state.writer, cx);
        Poll::Pending
    }

    /// The body is complete, or broken with a reason. The first end counts.
    pub fn close(&self, end: Result<(), String>) {
        let mut state = self.shared.lock();
        state.end.get_or_insert(end);
        let waker = state.reader.take();
        drop(state);
        wake(waker);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close(Err("the body was not completed".into()));
    }
}

impl Stream for Reader {
    type Item = Result<Bytes, String>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = self.shared.lock();
        if let Some(chunk) = state.queue.pop_front() {
            let was_full = state.queued_bytes >= ROOM_BYTES;
            state.queued_bytes -= chunk.len();
            let waker = if was_full && state.queued_bytes < ROOM_BYTES {
                state.writer.take()
            } else {
                None
            };
            drop(state);
            wake(waker);
            return Poll::Ready(Some(Ok(chunk)));
        }
        match &mut state.end {
            Some(Ok(())) => Poll::Ready(None),
            // The error is told once; a stream ends after it.
            Some(end) => Poll::Ready(std::mem::replace(end, Ok(())).err().map(Err)),
            None => {
                remember(&mut state.reader, cx);
                Poll::Pending
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.reader_gone = true;
        state.queue.clear();
        state.queued_bytes = 0;
        let waker = state.writer.take();
        drop(state);
        wake(waker);
    }
}

fn remember(slot: &mut Option<Waker>, cx: &Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use futures_util::{FutureExt, StreamExt};

    use super::*;

    #[tokio::test]
    async fn a_full_pipe_makes_the_writer_wait_until_it_is_read() {
        let (writer, mut reader) = pipe();
        writer.write(Bytes::from(vec![1; ROOM_BYTES])).expect("read");
        assert_eq!(poll_fn(|cx| writer.poll_room(cx)).now_or_never(), None);
        let waiting = tokio::spawn(async move { (poll_fn(|cx| writer.poll_room(cx)).await, writer) });
        tokio::task::yield_now().await;
        assert_eq!(
            reader.next().await.expect("a chunk").expect("whole").len(),
            ROOM_BYTES
        );
        assert_eq!(waiting.await.expect("no panic").0, Ok(()));
    }

    #[tokio::test]
    async fn the_end_comes_after_what_is_queued() {
        let (writer, mut reader) = pipe();
        writer.write(Bytes::from_static(b"a")).expect("read");
        writer.close(Ok(()));
        assert_eq!(reader.next().await, Some(Ok(Bytes::from_static(b"a"))));
        assert_eq!(reader.next().await, None);
    }

    #[tokio::test]
    async fn a_writer_dropped_before_the_end_breaks_the_body() {
        let (writer, mut reader) = pipe();
        drop(writer);
        assert_eq!(
            reader.next().await,
            Some(Err("the body was not completed".into()))
        );
        assert_eq!(reader.next().await, None);
    }

    #[tokio::test]
    async fn a_reader_dropped_is_noticed() {
        let (writer, reader) = pipe();
        assert_eq!(poll_fn(|cx| writer.poll_gone(cx)).now_or_never(), None);
        drop(reader);
        poll_fn(|cx| writer.poll_gone(cx)).await;
        assert_eq!(writer.write(Bytes::from_static(b"a")), Err(Gone));
    }
}
