//! The side of an invocation that somebody waits at: the response, and whether anybody is still there.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use holm_core::{Answer, Failure, FailureKind, Limit, ResponseBody as GuestBody, ResponseHead, Stop};
use http::{StatusCode, header};
use tokio::sync::oneshot;

use crate::exchange::{NoResponse, Response, ResponseBody};
use crate::pipe::{Writer, pipe};
use crate::{headers, live::operations::Operations};

/// Where the response goes.
pub(crate) struct Client {
    state: State,
    limit_bytes: u64,
    sent_bytes: u64,
    /// Writes that were taken over and not yet answered, because there is no room for more.
    waiting: Vec<u32>,
}

enum State {
    /// Nobody waits for a response: a script, a schedule.
    None,
    /// The response's head is awaited.
    Waiting(oneshot::Sender<Result<Response, NoResponse>>),
    /// The body is being written.
    Streaming(Writer),
    /// All of the response is given.
    Complete,
    /// The response could not be sent.
    Refused,
    /// The client went away before all of the response was given.
    Gone,
}

impl Client {
    /// Nobody waits.
    pub fn none() -> Self {
        Self {
            state: State::None,
            limit_bytes: 0,
            sent_bytes: 0,
            waiting: Vec::new(),
        }
    }

    /// Somebody waits at the other end of `answer`; `limit_bytes` bounds the body.
    pub fn new(answer: oneshot::Sender<Result<Response, NoResponse>>, limit_bytes: u64) -> Self {
        Self {
            state: State::Waiting(answer),
            limit_bytes,
            sent_bytes: 0,
            waiting: Vec::new(),
        }
    }

    /// The response's body is open, and somebody takes it: they may go away, which is an event.
    pub fn may_leave(&self) -> bool {
        matches!(self.state, State::Streaming(_))
    }

    /// Writes wait for room.
    pub fn is_writing(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Takes the response. The text is what is wrong with it, for the function's log.
    ///
    /// # Errors
    /// The body is over its limit: the invocation ends.
    pub fn respond(&mut self, head: ResponseHead) -> Result<Option<String>, Stop> {
        let State::Waiting(_) = self.state else {
            return Ok(None);
        };
        if let GuestBody::Whole(bytes) = &head.body {
            self.count(bytes.len())?;
        }
        let (response, state) = match translate(head) {
            Ok((response, Some(writer))) => (Ok(response), State::Streaming(writer)),
            Ok((response, None)) => (Ok(response), State::Complete),
            Err(message) => (Err(message), State::Refused),
        };
        let State::Waiting(answer) = std::mem::replace(&mut self.state, state) else {
            return Ok(None);
        };
        let complaint = response.as_ref().err().cloned();
        if answer
            .send(response.map_err(|message| NoResponse::BadResponse { message }))
            .is_err()
        {
            // Gone in this moment: the next look at the client tells the function.
            self.state = State::Gone;
        }
        Ok(complaint)
    }

    /// Takes a piece of the body; `op` is answered when more is welcome.
    ///
    /// # Errors
    /// The body is over its limit: it is cut so that the client notices, and the invocation ends.
    pub fn write(&mut self, op: u32, chunk: Bytes, operations: &mut Operations) -> Result<(), Stop> {
        if let State::Streaming(_) = self.state
            && let Err(stop) = self.count(chunk.len())
        {
            self.cut("the response body is over its limit");
            return Err(stop);
        }
        match &self.state {
            State::Streaming(writer) => match writer.write(chunk) {
                Ok(()) => self.waiting.push(op),
                Err(_) => operations.fail(op, FailureKind::Aborted, "the client disconnected"),
            },
            State::Gone => operations.fail(op, FailureKind::Aborted, "the client disconnected"),
            State::Refused => operations.fail(op, FailureKind::Invalid, "the response could not be sent"),
            State::None | State::Waiting(_) | State::Complete => {
                operations.fail(
                    op,
                    FailureKind::Invalid,
                    "there is no response body to write, or it was closed",
                );
            }
        }
        Ok(())
    }

    /// The body is complete, or broken.
    pub fn close(&mut self, end: Result<(), String>, operations: &mut Operations) {
        let State::Streaming(writer) = &self.state else {
            return;
        };
        writer.close(end);
        self.state = State::Complete;
        for op in self.waiting.drain(..) {
            operations.answer(op, Answer::Written);
        }
    }

    /// Nobody waits for this write any more.
    pub fn abort(&mut self, op: u32) {
        self.waiting.retain(|waiting| *waiting != op);
    }

    /// Answers writes when there is room.
    pub fn poll_room(&mut self, cx: &mut Context<'_>, operations: &mut Operations) {
        if self.waiting.is_empty() {
            return;
        }
        let State::Streaming(writer) = &self.state else {
            return;
        };
        let Poll::Ready(room) = writer.poll_room(cx) else {
            return;
        };
        for op in self.waiting.drain(..) {
            operations.answer(
                op,
                match room {
                    Ok(()) => Answer::Written,
                    Err(_) => Answer::Failed(Failure {
                        kind: FailureKind::Aborted,
                        message: "the client disconnected".into(),
                    }),
                },
            );
        }
    }

    /// Ready, once, when the client went away before all of the response was given.
    pub fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let gone = match &mut self.state {
            State::Waiting(answer) => answer.poll_closed(cx).is_ready(),
            State::Streaming(writer) => writer.poll_gone(cx).is_ready(),
            State::None | State::Complete | State::Refused | State::Gone => false,
        };
        if gone {
            self.state = State::Gone;
            return Poll::Ready(());
        }
        Poll::Pending
    }

    /// The invocation is over: who still waits is told why there is no response, or that the body is broken.
    pub fn finish(&mut self, reason: impl FnOnce() -> NoResponse) {
        match std::mem::replace(&mut self.state, State::Complete) {
            // A client that went away meanwhile needs no reason.
            State::Waiting(answer) => drop(answer.send(Err(reason()))),
            State::Streaming(writer) => {
                writer.close(Err("the function ended before its body was complete".into()));
            }
            other => self.state = other,
        }
    }

    fn cut(&mut self, reason: &str) {
        if let State::Streaming(writer) = &self.state {
            writer.close(Err(reason.into()));
            self.state = State::Complete;
        }
    }

    fn count(&mut self, bytes: usize) -> Result<(), Stop> {
        self.sent_bytes = self.sent_bytes.saturating_add(bytes as u64);
        if self.sent_bytes > self.limit_bytes {
            return Err(Stop::Limit {
                limit: Limit::ResponseBody,
                value: self.limit_bytes,
                used: self.sent_bytes,
            });
        }
        Ok(())
    }
}

/// Checks what the function gave: its own checks are JavaScript, and JavaScript can be changed.
fn translate(head: ResponseHead) -> Result<(Response, Option<Writer>), String> {
    let status = StatusCode::from_u16(head.status)
        .ok()
        .filter(|status| (200..=599).contains(&status.as_u16()))
        .ok_or_else(|| {
            format!(
                "{} is not a status that a response can have; it can be 200 to 599",
                head.status
            )
        })?;
    let mut headers = headers::from_list(&head.headers)?;
    let without_body = matches!(status.as_u16(), 204 | 205 | 304);
    let (body, writer) = match head.body {
        GuestBody::Whole(bytes) if !bytes.is_empty() && !without_body => {
            // Its length is known better than the function knows it.
            headers.remove(header::CONTENT_LENGTH);
            (ResponseBody::Whole(bytes), None)
        }
        GuestBody::Stream if !without_body => {
            let (writer, reader) = pipe();
            (ResponseBody::Stream(reader), Some(writer))
        }
        _ => (ResponseBody::None, None),
    };
    if let Some(length) = headers.get(header::CONTENT_LENGTH)
        && length
            .to_str()
            .ok()
            .and_then(|length| length.parse::<u64>().ok())
            .is_none()
    {
        return Err("the value of the header `content-length` is not a number of bytes".into());
    }
    Ok((
        Response {
            status,
            headers,
            body,
        },
        writer,
    ))
}

/// The future of the answer, for who waits for it.
pub(crate) type AnswerReceiver = oneshot::Receiver<Result<Response, NoResponse>>;

/// Looks for the answer without waiting for it twice.
pub(crate) fn poll_answer(
    answer: &mut AnswerReceiver,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Response, NoResponse>>> {
    Pin::new(answer).poll(cx).map(Result::ok)
}
