//! A host that writes down what another one does. It decides nothing: every event and effect passes
//! through unchanged, in the order of the journal.
//!
//! What is written when, and what a sink that refuses causes, is in `docs/journal-format.md`, "When entries are
//! written". In short: nothing that the journal lacks reaches the invocation or the world, and after the first
//! refusal the invocation is stopped and the caller gets the error.

use std::fmt;
use std::io;

use holm_core::{BoxFuture, Effect, Event, FileCall, FileReply, Host, Moment, Next, Outcome, Report, Stop};

use crate::codec::Encoder;
use crate::entry::{self, Arguments, Place};
use crate::journal::{FORMAT_VERSION, MAGIC};
use crate::{JournalHeader, Kind, frame, header};

/// Where a journal's bytes go.
pub trait JournalSink: Send {
    /// Takes over whole entries. When it returns `Ok`, they are as safe as the sink promises: a sink that
    /// buffers in its own process promises nothing against a kill of that process.
    ///
    /// # Errors
    /// They could not be taken over, or only a part was. It is not called again then.
    fn append(&mut self, entries: &[u8]) -> io::Result<()>;

    /// The journal is complete; called once, after the end was appended. A sink that promises durability makes
    /// everything durable here.
    ///
    /// # Errors
    /// The journal cannot be relied upon.
    fn complete(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// In memory: the caller keeps the bytes, or gives the promise, afterwards.
impl JournalSink for Vec<u8> {
    fn append(&mut self, entries: &[u8]) -> io::Result<()> {
        self.extend_from_slice(entries);
        Ok(())
    }
}

impl<S: JournalSink + ?Sized> JournalSink for Box<S> {
    fn append(&mut self, entries: &[u8]) -> io::Result<()> {
        (**self).append(entries)
    }

    fn complete(&mut self) -> io::Result<()> {
        (**self).complete()
    }
}

/// Makes a sink of a writer, which is flushed after every entry.
#[derive(Debug)]
pub struct WriteSink<W>(pub W);

impl<W: io::Write + Send> JournalSink for WriteSink<W> {
    fn append(&mut self, entries: &[u8]) -> io::Result<()> {
        self.0.write_all(entries)?;
        self.0.flush()
    }
}

/// Why a recording is not complete.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The sink refused.
    #[error("the journal could not be written: {0}")]
    Sink(#[source] io::Error),
    /// An entry has 4 GiB or more, which the limits rule out.
    #[error("the journal could not be written: an entry is too large")]
    TooLarge,
    /// The first event is none with which an invocation of the header's kind begins.
    #[error(
        "the journal could not be written: its header says {kind}, and the first event is of another kind"
    )]
    Kind {
        /// What the header says.
        kind: Kind,
    },
    /// The invocation never ended, or never began.
    #[error("the journal is incomplete: the invocation was dropped before its end")]
    Unfinished,
}

/// Records what `host` does into a sink.
///
/// Call [`start`](Self::start) with the first event, hand the recording to the backend as its host, and then
/// take [`into_parts`](Self::into_parts): only its answer says whether the invocation was recorded.
pub struct Recording<H, S> {
    host: H,
    sink: S,
    header: JournalHeader,
    /// The number of the next entry.
    number: u64,
    /// One entry, kept for its memory.
    buffer: Vec<u8>,
    state: State,
    /// What the host announced for this turn: a replay that is being recorded.
    announced: Option<(u64, Stop)>,
    /// The host was told of the end.
    finished: bool,
}

#[derive(Debug)]
enum State {
    New,
    Running,
    /// A stop is in the journal; nothing but the end may follow.
    Stopped(Stop),
    Complete,
    Failed(RecordError),
}

impl<H, S> fmt::Debug for Recording<H, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("number", &self.number)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl<H: Host, S: JournalSink> Recording<H, S> {
    /// Writes nothing yet.
    pub fn new(host: H, header: JournalHeader, sink: S) -> Self {
        Self {
            host,
            sink,
            header,
            number: 0,
            buffer: Vec::new(),
            state: State::New,
            announced: None,
            finished: false,
        }
    }

    /// Begins the journal: header, program, and the first event, which the caller hands to the backend itself.
    /// To be called once, before anything else.
    ///
    /// # Errors
    /// The sink refused, or the event does not agree with the header. The invocation must not be run then;
    /// were it run all the same, it would be stopped at its first call.
    pub fn start(&mut self, moment: Moment, first: &Event) -> Result<(), &RecordError> {
        debug_assert!(matches!(self.state, State::New), "a recording is started once");
        self.state = State::Running;
        if Kind::of(first) == Some(self.header.kind) {
            self.buffer.extend_from_slice(&MAGIC);
            self.buffer.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
            let program = self.header.program.clone();
            let header = &self.header;
            let framed = frame::write(&mut self.buffer, 0, |e| header::write_head(e, header))
                .and_then(|()| frame::write(&mut self.buffer, 1, |e| header::write_program(e, &program)));
            self.number = 2;
            match framed {
                // The stop for the backend is not needed: the error itself is the answer here.
                Some(()) => drop(self.append(|e| entry::write_event(e, moment, first))),
                None => self.state = State::Failed(RecordError::TooLarge),
            }
        } else {
            self.state = State::Failed(RecordError::Kind {
                kind: self.header.kind,
            });
        }
        match &self.state {
            State::Failed(error) => Err(error),
            _ => Ok(()),
        }
    }

    /// The host that is recorded.
    pub fn host(&self) -> &H {
        &self.host
    }

    /// The host that is recorded.
    pub fn host_mut(&mut self) -> &mut H {
        &mut self.host
    }

    /// Why the recording has failed, if it has. An invocation must not be reported as recorded then, whatever
    /// its outcome.
    pub fn error(&self) -> Option<&RecordError> {
        match &self.state {
            State::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// The host, and the sink if the journal is complete.
    ///
    /// # Errors
    /// It is not complete. What the sink accepted stays what it is: an incomplete journal.
    pub fn into_parts(self) -> (H, Result<S, RecordError>) {
        let sink = match self.state {
            State::Complete => Ok(self.sink),
            State::Failed(error) => Err(error),
            State::New | State::Running | State::Stopped(_) => Err(RecordError::Unfinished),
        };
        (self.host, sink)
    }

    /// Appends one entry; the stop is for the backend.
    fn append(&mut self, payload: impl FnOnce(&mut Encoder)) -> Result<(), Stop> {
        let framed = frame::write(&mut self.buffer, self.number, payload);
        let appended = match framed {
            Some(()) => self.sink.append(&self.buffer).map_err(RecordError::Sink),
            None => Err(RecordError::TooLarge),
        };
        self.buffer.clear();
        match appended {
            Ok(()) => {
                self.number += 1;
                Ok(())
            }
            Err(error) => {
                self.state = State::Failed(error);
                Err(failed())
            }
        }
    }

    /// Appends a stop, unless the journal cannot be written: then that is the stop.
    fn stop(&mut self, place: Place, stop: Stop) -> Stop {
        match self.append(|e| entry::write_stop(e, place, &stop)) {
            Ok(()) => {
                self.state = State::Stopped(stop.clone());
                stop
            }
            Err(failed) => failed,
        }
    }

    /// A backend that goes on after a stop gets it again: nothing may happen that is not recorded.
    fn check(&self) -> Result<(), Stop> {
        match &self.state {
            State::Running => Ok(()),
            State::Stopped(stop) => Err(stop.clone()),
            State::New | State::Complete | State::Failed(_) => Err(failed()),
        }
    }
}

/// Who cancels. Without the cause: that is in the error, for whoever runs the server.
const RECORDER: &str = "the recorder, which could not write the journal";

fn failed() -> Stop {
    Stop::Cancelled { by: RECORDER.into() }
}

impl<H: Host, S: JournalSink> Host for Recording<H, S> {
    fn effect(&mut self, effect: Effect) -> Result<(), Stop> {
        self.check()?;
        self.append(|e| entry::write_effect(e, &effect))?;
        self.host
            .effect(effect)
            .map_err(|stop| self.stop(Place::Call, stop))
    }

    fn file_call(
        &mut self,
        call: FileCall<'_>,
        live: &mut dyn FnMut() -> FileReply,
    ) -> Result<FileReply, Stop> {
        self.check()?;
        let answer = self.host.file_call(call, live);
        let arguments = Arguments::of(call.arguments);
        self.append(|e| entry::write_file(e, call.name, &arguments, answer.as_ref().ok()))?;
        answer.map_err(|stop| self.stop(Place::Call, stop))
    }

    fn next(&mut self) -> BoxFuture<'_, Next> {
        Box::pin(async move {
            if let Err(stop) = self.check() {
                return Next::Stop(stop);
            }
            self.announced = None;
            match self.host.next().await {
                Next::Event(moment, event) => match self.append(|e| entry::write_event(e, moment, &event)) {
                    Ok(()) => Next::Event(moment, event),
                    Err(stop) => Next::Stop(stop),
                },
                Next::Stop(stop) => Next::Stop(self.stop(Place::Between, stop)),
            }
        })
    }

    fn runs_outside_of_turns(&mut self) {
        self.host.runs_outside_of_turns();
    }

    fn interrupt(&mut self, fuel: u64) -> Option<Stop> {
        if let Err(stop) = self.check() {
            return Some(stop);
        }
        let stop = self.host.interrupt(fuel)?;
        Some(self.stop(Place::At { fuel }, stop))
    }

    fn stop_at(&mut self) -> Option<(u64, Stop)> {
        self.announced = self.host.stop_at();
        self.announced.clone()
    }

    fn finish(&mut self, report: &Report) {
        // A caller may repeat it to be sure that it was said; the first one counts.
        if std::mem::replace(&mut self.finished, true) {
            return;
        }
        // A stop that was announced falls without a call: whether it has is told by the fuel.
        if let (Some((fuel, stop)), Ok(())) = (self.announced.take(), self.check())
            && report.usage.fuel >= fuel
        {
            self.stop(Place::At { fuel }, stop);
        }
        if matches!(self.state, State::Running | State::Stopped(_))
            && self.append(|e| entry::write_end(e, report)).is_ok()
        {
            self.state = match self.sink.complete() {
                Ok(()) => State::Complete,
                Err(error) => State::Failed(RecordError::Sink(error)),
            };
        }
        match self.state {
            State::Complete => self.host.finish(report),
            // What has no whole journal must not end as if it had one.
            _ => self.host.finish(&Report {
                // Our failure, not its caller's: it must look like one.
                outcome: Outcome::Fault {
                    message: format!("cancelled by {RECORDER}"),
                },
                ..report.clone()
            }),
        }
    }
}
