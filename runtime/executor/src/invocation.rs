//! One invocation as a future: with the function that it belongs to, the host that it speaks to, and what it
//! occupies. Whoever polls it runs it.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use holm_core::{Event, Host, Limits, Moment, Prepared, Report};
use holm_journal::{JournalHeader, JournalSink, Kind, RecordError, Recording};

use crate::exchange::{NoResponse, Response};
use crate::executor::fault;
use crate::function::Function;
use crate::live::{AnswerReceiver, Live, poll_answer};

/// An invocation. Dropping it ends it without a report.
pub(crate) type Run = BoxFuture<'static, Report>;

/// Where the journal of an invocation goes.
pub struct Record {
    /// Takes its bytes.
    pub sink: Box<dyn JournalSink>,
    /// Told once, at the end, whether the journal is complete. Not called for an invocation that was dropped.
    pub done: Box<dyn FnOnce(Result<(), RecordError>) + Send>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record").finish_non_exhaustive()
    }
}

/// Runs an invocation; `held` is dropped at its end.
pub(crate) fn run(
    function: Arc<Function>,
    mut live: Live,
    first: Event,
    record: Option<Record>,
    held: impl Send + 'static,
) -> Run {
    let moment = live.first_moment();
    Box::pin(async move {
        let _held = held;
        let (prepared, limits) = (function.prepared.as_ref(), &function.limits);
        let Some(Record { sink, done }) = record else {
            return to_the_end(prepared, moment, first, limits, &mut live).await;
        };
        let header = JournalHeader {
            engine: function.engine,
            kind: Kind::of(&first).expect("an invocation begins with a script, a request or a schedule"),
            created_wall_us: moment.wall_us,
            limits: *limits,
            program: function.program.clone(),
        };
        let mut recording = Recording::new(live, header, sink);
        let report = match recording.start(moment, &first) {
            Ok(()) => to_the_end(prepared, moment, first, limits, &mut recording).await,
            Err(error) => {
                let report = fault(&error.to_string());
                recording.host_mut().finish(&report);
                report
            }
        };
        done(recording.into_parts().1.map(drop));
        report
    })
}

/// An impossible state in the backend must end this invocation only, not the connection and whoever else is on it.
pub(crate) async fn to_the_end(
    prepared: &dyn Prepared,
    moment: Moment,
    first: Event,
    limits: &Limits,
    host: &mut dyn Host,
) -> Report {
    let report = AssertUnwindSafe(prepared.invoke(moment, first, limits, host))
        .catch_unwind()
        .await;
    let report = report.unwrap_or_else(|_| fault("the backend panicked"));
    // For a backend that did not come to it; it counts once.
    host.finish(&report);
    report
}

/// A request that is being answered: runs the invocation until there is an answer, and gives it to a task of its own
/// when there is work left, or when nobody waits for the answer any more.
pub(crate) struct Handling {
    run: Option<Run>,
    answer: Option<AnswerReceiver>,
}

impl Handling {
    pub(crate) fn new(run: Run, answer: AnswerReceiver) -> Self {
        Self {
            run: Some(run),
            answer: Some(answer),
        }
    }
}

impl Future for Handling {
    type Output = Result<Response, NoResponse>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(run) = &mut self.run
            && run.as_mut().poll(cx).is_ready()
        {
            self.run = None;
        }
        let Some(answer) = &mut self.answer else {
            return Poll::Pending;
        };
        let Poll::Ready(answer) = poll_answer(answer, cx) else {
            return Poll::Pending;
        };
        self.answer = None;
        if let Some(run) = self.run.take() {
            go_on(run);
        }
        Poll::Ready(answer.unwrap_or_else(|| Err(NoResponse::Ended(fault("the invocation was dropped")))))
    }
}

impl Drop for Handling {
    fn drop(&mut self) {
        // First, so that the invocation sees that nobody waits.
        self.answer = None;
        if let Some(run) = self.run.take() {
            go_on(run);
        }
    }
}

/// The task is on the thread where the invocation began. It is counted and cancelled by the executor's
/// `World`, which is its owner.
fn go_on(run: Run) {
    // Outside of a runtime there is nothing left that could run it: it ends here.
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(run);
    }
}
