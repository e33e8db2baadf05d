//! The host that acts: operations are carried out, the clock is the machine's, the client is real.
//!
//! Everything is polled by the one task that runs the invocation, so a waiting invocation holds no thread. Counts
//! that follow from what the program does (log bytes, operations, timers, fetches) are the backend's, so that a
//! replay has them too; what depends on the world (wall time, sizes of bodies, disconnects) is here, and reaches the
//! program as events.

mod client;
mod egress;
mod network;
mod operations;
mod running;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

pub(crate) use client::{AnswerReceiver, Client, poll_answer};
pub use egress::EgressNetwork;
use holm_core::{
    Answer, BoxFuture, Effect, Event, Failure, FailureKind, FetchBody, FileCall, FileReply, Host, Level,
    Limit, Moment, Next, Outcome, Report, Stop,
};
pub use network::{Fetched, Fetching, Network, NetworkSession};
use operations::Operations;
use tokio::sync::futures::OwnedNotified;
use tokio::time::{Instant, Sleep};

use crate::exchange::{BodyStream, NoResponse, RequestFault};
use crate::executor::World;
use crate::function::Function;
use crate::pipe;

/// The request's body, for a read.
const REQUEST_BODY: u32 = 0;

/// The acting host of one invocation.
pub(crate) struct Live {
    world: Arc<World>,
    function: Arc<Function>,
    id: String,
    began: Moment,
    /// Told moments never go back.
    last: Moment,
    client: Client,
    operations: Operations,
    network: Option<Box<dyn NetworkSession>>,
    received_bytes: u64,
    uploaded_bytes: u64,
    request_fault: Option<RequestFault>,
    /// Monotonic, as `WakeAt` said.
    wake_at: Option<u64>,
    /// The last event was a wake: what else is ready goes first, so that timers and operations take turns.
    woke: bool,
    /// The program may act while nothing is pending here.
    outside: bool,
    sleep: Option<Pin<Box<Sleep>>>,
    stopping: Option<Pin<Box<OwnedNotified>>>,
    finished: bool,
}

impl Live {
    /// The host of an invocation that begins now.
    pub fn new(world: Arc<World>, function: Arc<Function>, id: String, client: Client) -> Self {
        let began = world.clock.now();
        Self {
            world,
            function,
            id,
            began,
            last: Moment {
                wall_us: began.wall_us,
                mono_us: 0,
            },
            client,
            operations: Operations::default(),
            network: None,
            received_bytes: 0,
            uploaded_bytes: 0,
            request_fault: None,
            wake_at: None,
            woke: false,
            outside: false,
            sleep: None,
            stopping: None,
            finished: false,
        }
    }

    /// The moment of the first event.
    pub fn first_moment(&self) -> Moment {
        self.last
    }

    /// Gives it the body of its request.
    pub fn request_body(&mut self, pieces: BodyStream) {
        self.operations.add_source(REQUEST_BODY, pieces);
    }

    fn now(&mut self) -> Moment {
        let now = self.world.clock.now();
        let mono_us = now
            .mono_us
            .saturating_sub(self.began.mono_us)
            .max(self.last.mono_us);
        self.last = Moment {
            wall_us: now.wall_us,
            mono_us,
        };
        self.last
    }

    fn over_wall(&self, now: Moment) -> Option<Stop> {
        let (value, used) = (self.function.limits.wall_ms, now.mono_us / 1_000);
        (used >= value).then_some(Stop::Limit {
            limit: Limit::Wall,
            value,
            used,
        })
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Next> {
        loop {
            if let Some(stop) = self.world.stopping() {
                return Poll::Ready(Next::Stop(stop));
            }
            let now = self.now();
            if let Some(stop) = self.over_wall(now) {
                return Poll::Ready(Next::Stop(stop));
            }
            if self.client.poll_gone(cx).is_ready() {
                let reason = "client disconnected".into();
                return Poll::Ready(Next::Event(now, Event::Cancel { reason }));
            }
            let due = self.wake_at.is_some_and(|at| at <= now.mono_us);
            if due && !self.woke {
                return self.wake(now);
            }
            self.client.poll_room(cx, &mut self.operations);
            if let Poll::Ready((op, stream, answer)) = self.operations.poll(cx) {
                let answer = if stream == Some(REQUEST_BODY) {
                    self.received(answer)
                } else {
                    answer
                };
                self.woke = false;
                return Poll::Ready(Next::Event(now, Event::Done { op, answer }));
            }
            if due {
                return self.wake(now);
            }
            let nothing_pending = self.wake_at.is_none() && self.operations.is_empty();
            if nothing_pending && !self.outside && !self.client.may_leave() && !self.client.is_writing() {
                return Poll::Ready(Next::Stop(Stop::Stalled));
            }
            if self.poll_time(cx, now).is_pending() {
                return Poll::Pending;
            }
        }
    }

    fn wake(&mut self, now: Moment) -> Poll<Next> {
        self.wake_at = None;
        self.woke = true;
        Poll::Ready(Next::Event(now, Event::Wake))
    }

    /// Ready when time has passed or the node stops: look again.
    fn poll_time(&mut self, cx: &mut Context<'_>, now: Moment) -> Poll<()> {
        if self.stopping.is_none() {
            // Made first and looked at again by the caller, so that a stop in between is not missed.
            self.stopping = Some(Box::pin(self.world.stop_signal()));
            return Poll::Ready(());
        }
        if let Some(stopping) = &mut self.stopping
            && stopping.as_mut().poll(cx).is_ready()
        {
            self.stopping = None;
            return Poll::Ready(());
        }
        let wall_us = self.function.limits.wall_ms.saturating_mul(1_000);
        let due_us = self.wake_at.map_or(wall_us, |at| at.min(wall_us));
        let deadline = Instant::now() + Duration::from_micros(due_us.saturating_sub(now.mono_us));
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        sleep.as_mut().reset(deadline);
        sleep.as_mut().poll(cx)
    }

    /// Counts a piece of the request's body, and keeps in mind why there is no more.
    fn received(&mut self, answer: Answer) -> Answer {
        let limit = self.function.limits.request_body_bytes;
        let failure = match answer {
            Answer::Chunk(chunk) => {
                self.received_bytes = self.received_bytes.saturating_add(chunk.len() as u64);
                if self.received_bytes <= limit {
                    return Answer::Chunk(chunk);
                }
                self.operations.remove_source(REQUEST_BODY);
                let message = Limit::RequestBody.exceeded(limit, self.received_bytes);
                Failure {
                    kind: FailureKind::Limit,
                    message,
                }
            }
            Answer::Failed(failure) => failure,
            other => return other,
        };
        self.request_fault = Some(match failure.kind {
            FailureKind::Limit => RequestFault::TooLarge { limit },
            FailureKind::Timeout => RequestFault::Slow,
            _ => RequestFault::Broken,
        });
        Answer::Failed(failure)
    }

    fn fetch(&mut self, op: u32, request: holm_core::FetchRequest) {
        let (writer, reader) = match request.body {
            FetchBody::Stream => {
                let (writer, reader) = pipe::pipe();
                (Some(writer), Some(reader))
            }
            FetchBody::None | FetchBody::Whole(_) => (None, None),
        };
        let network = self
            .network
            .get_or_insert_with(|| self.world.network.session(&self.function, &self.id));
        let fetch = network.fetch(request, reader);
        self.operations.fetch(op, fetch, writer);
    }

    fn upload(&mut self, op: u32, stream: u32, chunk: bytes::Bytes) {
        // What goes over the wire is counted by egress; here it is about what may queue up before it does.
        let limit = self.function.limits.egress_bytes;
        self.uploaded_bytes = self.uploaded_bytes.saturating_add(chunk.len() as u64);
        if self.uploaded_bytes > limit {
            let message = Limit::Egress.exceeded(limit, self.uploaded_bytes);
            let failure = Failure {
                kind: FailureKind::Limit,
                message,
            };
            self.operations.break_off(stream, &failure);
            self.operations.answer(op, Answer::Failed(failure));
            return;
        }
        self.operations.write(op, stream, chunk);
    }

    fn log(&self, level: Level, text: &str) {
        self.world.logs.log(self.function.origin(&self.id), level, text);
    }
}

impl Host for Live {
    fn effect(&mut self, effect: Effect) -> Result<(), Stop> {
        match effect {
            Effect::Log { level, text } => self.log(level, &text),
            Effect::Respond(head) => {
                if let Some(complaint) = self.client.respond(head)? {
                    self.log(Level::Error, &format!("the response cannot be sent: {complaint}"));
                }
            }
            Effect::Fetch { op, request } => self.fetch(op, request),
            Effect::Read { op, stream } => self.operations.read(op, stream),
            Effect::Write { op, stream: 0, chunk } => self.client.write(op, chunk, &mut self.operations)?,
            Effect::Write { op, stream, chunk } => self.upload(op, stream, chunk),
            Effect::Close { stream, error } => {
                let end = error.map_or(Ok(()), Err);
                if stream == 0 {
                    self.client.close(end, &mut self.operations);
                } else {
                    self.operations.close(stream, end);
                }
            }
            Effect::Abort { op } => {
                self.client.abort(op);
                self.operations.abort(op);
            }
            Effect::WakeAt { mono_us } => self.wake_at = mono_us,
            // These end up in the report.
            Effect::Loaded { .. } | Effect::Threw(_) | Effect::Finish { .. } => {}
        }
        Ok(())
    }

    fn file_call(&mut self, _: FileCall<'_>, live: &mut dyn FnMut() -> FileReply) -> Result<FileReply, Stop> {
        Ok(live())
    }

    fn next(&mut self) -> BoxFuture<'_, Next> {
        Box::pin(async move {
            // A program that always has something ready must not keep its neighbours on this thread waiting.
            tokio::task::coop::consume_budget().await;
            poll_fn(|cx| self.poll_event(cx)).await
        })
    }

    fn runs_outside_of_turns(&mut self) {
        self.outside = true;
    }

    fn interrupt(&mut self, _fuel: u64) -> Option<Stop> {
        if let Some(stop) = self.world.stopping() {
            return Some(stop);
        }
        let now = self.world.clock.now();
        let mono_us = now.mono_us.saturating_sub(self.began.mono_us);
        self.over_wall(Moment { mono_us, ..now })
    }

    fn finish(&mut self, report: &Report) {
        if std::mem::replace(&mut self.finished, true) {
            return;
        }
        let fault = self.request_fault;
        self.client.finish(|| match (fault, &report.outcome) {
            // It did not make anything of a body that its caller did not send properly.
            (Some(fault), Outcome::Threw(_)) => NoResponse::RequestBody(fault),
            _ => NoResponse::Ended(report.clone()),
        });
        self.world.logs.ended(self.function.origin(&self.id), report);
    }
}
