//! The operations of an invocation that are under way, as futures that only its own task polls.
//!
//! A body is read one piece at a time: its source moves into the future of the read and back, so that nothing
//! is read ahead of what the function asks for.

use std::collections::{HashMap, VecDeque};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::{AbortHandle, Abortable, BoxFuture};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use holm_core::{Answer, Failure, FailureKind};

use super::network::{Fetched, Fetching};
use crate::exchange::BodyStream;
use crate::pipe::Writer;

/// What is under way.
#[derive(Default)]
pub(crate) struct Operations {
    // Made with the first operation: most invocations have none.
    futures: Option<FuturesUnordered<Abortable<BoxFuture<'static, Ended>>>>,
    /// Operations whose completion somebody waits for.
    waited: HashMap<u32, Under>,
    /// Bodies that can be read, by stream.
    sources: HashMap<u32, Source>,
    /// Bodies that are written, by stream.
    uploads: HashMap<u32, Upload>,
    /// What can be told at once.
    ready: VecDeque<(u32, Answer)>,
}

struct Under {
    handle: AbortHandle,
    /// The stream, for a read.
    reads: Option<u32>,
}

enum Source {
    Idle(Body),
    ReadBy(u32),
}

struct Body {
    pieces: BodyStream,
    /// What a read brought that nobody waited for any more.
    kept: Option<Piece>,
}

/// What a read brings; `None` is the end.
type Piece = Option<Result<Bytes, Failure>>;

struct Upload {
    writer: Writer,
    waiting: Vec<u32>,
    /// Ends the moving of the body.
    moving: Option<AbortHandle>,
}

enum Ended {
    Upload,
    Fetch {
        op: u32,
        result: Result<Fetched, Failure>,
    },
    Read {
        op: u32,
        stream: u32,
        body: Body,
        piece: Piece,
    },
}

impl Operations {
    /// Nothing is under way that could bring an event.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
            && self.waited.is_empty()
            && self.uploads.values().all(|it| it.waiting.is_empty())
    }

    /// Tells an answer with the next event.
    pub fn answer(&mut self, op: u32, answer: Answer) {
        self.ready.push_back((op, answer));
    }

    /// Tells a failure with the next event.
    pub fn fail(&mut self, op: u32, kind: FailureKind, message: &str) {
        self.answer(
            op,
            Answer::Failed(Failure {
                kind,
                message: message.into(),
            }),
        );
    }

    /// A body that can be read as `stream`.
    pub fn add_source(&mut self, stream: u32, pieces: BodyStream) {
        self.sources
            .insert(stream, Source::Idle(Body { pieces, kept: None }));
    }

    /// Drops a body.
    pub fn remove_source(&mut self, stream: u32) {
        self.sources.remove(&stream);
    }

    /// Starts a fetch; `writer` is the other end of what its request's body is read from.
    pub fn fetch(&mut self, op: u32, fetching: Fetching, writer: Option<Writer>) {
        let Fetching { head, upload } = fetching;
        let moving = upload.map(|upload| self.push(upload.map(|()| Ended::Upload).boxed()));
        if let Some(writer) = writer {
            self.uploads.insert(
                op,
                Upload {
                    writer,
                    waiting: Vec::new(),
                    moving,
                },
            );
        }
        self.start(
            op,
            None,
            async move {
                Ended::Fetch {
                    op,
                    result: head.await,
                }
            }
            .boxed(),
        );
    }

    /// Reads a piece of a body.
    pub fn read(&mut self, op: u32, stream: u32) {
        let mut body = match self.sources.insert(stream, Source::ReadBy(op)) {
            Some(Source::Idle(body)) => body,
            Some(Source::ReadBy(other)) => {
                self.sources.insert(stream, Source::ReadBy(other));
                return self.fail(op, FailureKind::Invalid, "this body is being read already");
            }
            None => {
                self.sources.remove(&stream);
                return self.fail(
                    op,
                    FailureKind::Invalid,
                    "there is no such body to read, or it has ended",
                );
            }
        };
        let read = async move {
            let piece = match body.kept.take() {
                Some(piece) => piece,
                None => body.pieces.next().await,
            };
            Ended::Read {
                op,
                stream,
                body,
                piece,
            }
        };
        self.start(op, Some(stream), read.boxed());
    }

    /// Writes a piece of a fetch's body.
    pub fn write(&mut self, op: u32, stream: u32, chunk: Bytes) {
        let Some(upload) = self.uploads.get_mut(&stream) else {
            return self.fail(
                op,
                FailureKind::Invalid,
                "there is no such body to write, or it was closed",
            );
        };
        match upload.writer.write(chunk) {
            Ok(()) => upload.waiting.push(op),
            Err(_) => self.fail(
                op,
                FailureKind::Aborted,
                "the other side does not take this body any more",
            ),
        }
    }

    /// Ends a fetch's body.
    pub fn close(&mut self, stream: u32, end: Result<(), String>) {
        let Some(upload) = self.uploads.remove(&stream) else {
            return;
        };
        upload.writer.close(end);
        self.ready
            .extend(upload.waiting.into_iter().map(|op| (op, Answer::Written)));
    }

    /// Breaks a fetch's body off, and fails what was to be written.
    pub fn break_off(&mut self, stream: u32, failure: &Failure) {
        let Some(upload) = self.uploads.remove(&stream) else {
            return;
        };
        upload.writer.close(Err(failure.message.clone()));
        if failure.kind == FailureKind::Aborted
            && let Some(moving) = upload.moving
        {
            // The fetch is gone as well: nobody is to be told why its body broke off.
            moving.abort();
        }
        self.ready.extend(
            upload
                .waiting
                .into_iter()
                .map(|op| (op, Answer::Failed(failure.clone()))),
        );
    }

    /// Nobody waits for `op` any more; of a fetch, both bodies are dropped.
    pub fn abort(&mut self, op: u32) {
        self.ready.retain(|(ready, _)| *ready != op);
        // A read goes on, and what it brings is kept for the next: the body itself was not given up.
        if let Some(under) = self.waited.remove(&op)
            && under.reads.is_none()
        {
            under.handle.abort();
        }
        for upload in self.uploads.values_mut() {
            upload.waiting.retain(|waiting| *waiting != op);
        }
        let aborted = Failure {
            kind: FailureKind::Aborted,
            message: "the fetch was aborted".into(),
        };
        self.break_off(op, &aborted);
        if op != 0
            && let Some(Source::ReadBy(read)) = self.sources.remove(&op)
            && let Some(under) = self.waited.remove(&read)
        {
            under.handle.abort();
            self.answer(read, Answer::Failed(aborted));
        }
    }

    /// The next completion: the operation, the stream it read from, and the answer. Pending when there is none
    /// yet or none at all.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<(u32, Option<u32>, Answer)> {
        for upload in self
            .uploads
            .values_mut()
            .filter(|upload| !upload.waiting.is_empty())
        {
            if let Poll::Ready(room) = upload.writer.poll_room(cx) {
                let answer = match room {
                    Ok(()) => Answer::Written,
                    Err(_) => Answer::Failed(Failure {
                        kind: FailureKind::Aborted,
                        message: "the other side does not take this body any more".into(),
                    }),
                };
                self.ready
                    .extend(upload.waiting.drain(..).map(|op| (op, answer.clone())));
            }
        }
        if let Some((op, answer)) = self.ready.pop_front() {
            return Poll::Ready((op, None, answer));
        }
        let Some(futures) = &mut self.futures else {
            return Poll::Pending;
        };
        while let Poll::Ready(Some(ended)) = futures.poll_next_unpin(cx) {
            // An aborted future has nothing to tell.
            let Ok(ended) = ended else { continue };
            if let Some(completion) = settle(&mut self.waited, &mut self.sources, ended) {
                return Poll::Ready(completion);
            }
        }
        Poll::Pending
    }

    fn start(&mut self, op: u32, reads: Option<u32>, future: BoxFuture<'static, Ended>) {
        let handle = self.push(future);
        self.waited.insert(op, Under { handle, reads });
    }

    fn push(&mut self, future: BoxFuture<'static, Ended>) -> AbortHandle {
        let (handle, registration) = AbortHandle::new_pair();
        self.futures
            .get_or_insert_default()
            .push(Abortable::new(future, registration));
        handle
    }
}

fn settle(
    waited: &mut HashMap<u32, Under>,
    sources: &mut HashMap<u32, Source>,
    ended: Ended,
) -> Option<(u32, Option<u32>, Answer)> {
    match ended {
        Ended::Upload => None,
        Ended::Fetch { op, result } => {
            waited.remove(&op)?;
            let answer = match result {
                Ok(Fetched { mut head, body }) => {
                    head.has_body = body.is_some();
                    if let Some(pieces) = body {
                        sources.insert(op, Source::Idle(Body { pieces, kept: None }));
                    }
                    Answer::Head(head)
                }
                Err(failure) => Answer::Failed(failure),
            };
            Some((op, None, answer))
        }
        Ended::Read {
            op,
            stream,
            mut body,
            piece,
        } => {
            if waited.remove(&op).is_none() {
                body.kept = Some(piece);
                sources.insert(stream, Source::Idle(body));
                return None;
            }
            let answer = match piece {
                Some(Ok(chunk)) => {
                    sources.insert(stream, Source::Idle(body));
                    Answer::Chunk(chunk)
                }
                Some(Err(failure)) => {
                    sources.remove(&stream);
                    Answer::Failed(failure)
                }
                None => {
                    sources.remove(&stream);
                    Answer::End
                }
            };
            Some((op, Some(stream), answer))
        }
    }
}
