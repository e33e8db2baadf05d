//! The operations of an invocation that are under way, as futures that only its own task polls.
//!
//! A body is read one piece at a time: its source moves into the future of the read and back, so that nothing
//! is read ahead of what the function asks for.
//!
//! What is aborted is dropped in that moment and not when the function next waits: a function may start and abort
//! operations for as long as its turn lasts, and each of them may own a body of megabytes.

use std::collections::{HashMap, VecDeque};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use holm_core::{Answer, Failure, FailureKind};

use super::network::{Fetched, Fetching};
use super::running::{Running, Task, run};
use crate::exchange::BodyStream;
use crate::pipe::Writer;

/// What is under way.
#[derive(Default)]
pub(crate) struct Operations {
    // Made with the first operation: most invocations have none.
    futures: Option<FuturesUnordered<Task<Ended>>>,
    /// Operations whose completion somebody waits for.
    waited: HashMap<u32, Waited>,
    /// Bodies that can be read, by stream.
    sources: HashMap<u32, Source>,
    /// Bodies that are written, by stream.
    uploads: HashMap<u32, Upload>,
    /// What moves a fetch's body to the network, by fetch; it may outlast the writing.
    moving: HashMap<u32, Running<Ended>>,
    /// What can be told at once.
    ready: VecDeque<(u32, Answer)>,
}

enum Waited {
    /// Dropping it drops the fetch.
    Fetch { _running: Running<Ended> },
    /// It runs as long as its source is there.
    Read,
}

enum Source {
    Idle(Body),
    ReadBy { op: u32, _running: Running<Ended> },
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
}

enum Ended {
    Upload {
        op: u32,
    },
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
        if let Some(upload) = upload {
            let running = self.push(upload.map(move |()| Ended::Upload { op }));
            self.moving.insert(op, running);
        }
        if let Some(writer) = writer {
            let waiting = Vec::new();
            self.uploads.insert(op, Upload { writer, waiting });
        }
        let running = self.push(head.map(move |result| Ended::Fetch { op, result }));
        self.waited.insert(op, Waited::Fetch { _running: running });
    }

    /// Reads a piece of a body.
    pub fn read(&mut self, op: u32, stream: u32) {
        let mut body = match self.sources.remove(&stream) {
            Some(Source::Idle(body)) => body,
            Some(reading @ Source::ReadBy { .. }) => {
                self.sources.insert(stream, reading);
                return self.fail(op, FailureKind::Invalid, "this body is being read already");
            }
            None => {
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
        let _running = self.push(read);
        self.sources.insert(stream, Source::ReadBy { op, _running });
        self.waited.insert(op, Waited::Read);
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
        if failure.kind == FailureKind::Aborted {
            // The fetch is gone as well: nobody is to be told why its body broke off.
            self.moving.remove(&stream);
        }
        self.ready.extend(
            upload
                .waiting
                .into_iter()
                .map(|op| (op, Answer::Failed(failure.clone()))),
        );
    }

    /// Nobody waits for `op` any more; of a fetch, both bodies are dropped, now.
    pub fn abort(&mut self, op: u32) {
        self.ready.retain(|(ready, _)| *ready != op);
        // A read goes on, and what it brings is kept for the next: the body itself was not given up.
        self.waited.remove(&op);
        for upload in self.uploads.values_mut() {
            upload.waiting.retain(|waiting| *waiting != op);
        }
        let aborted = Failure {
            kind: FailureKind::Aborted,
            message: "the fetch was aborted".into(),
        };
        self.break_off(op, &aborted);
        // A body that is written to its end can still be on its way.
        self.moving.remove(&op);
        if op != 0
            && let Some(Source::ReadBy { op: read, .. }) = self.sources.remove(&op)
            && self.waited.remove(&read).is_some()
        {
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
            let Some(ended) = ended else { continue };
            if let Ended::Upload { op } = ended {
                self.moving.remove(&op);
            } else if let Some(completion) = settle(&mut self.waited, &mut self.sources, ended) {
                return Poll::Ready(completion);
            }
        }
        Poll::Pending
    }

    fn push(&mut self, future: impl Future<Output = Ended> + Send + 'static) -> Running<Ended> {
        let (running, task) = run(future.boxed());
        self.futures.get_or_insert_default().push(task);
        running
    }
}

fn settle(
    waited: &mut HashMap<u32, Waited>,
    sources: &mut HashMap<u32, Source>,
    ended: Ended,
) -> Option<(u32, Option<u32>, Answer)> {
    match ended {
        Ended::Upload { .. } => None,
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
