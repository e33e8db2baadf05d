//! A host that gives an invocation what a journal says, and compares what the invocation does with it. It
//! touches nothing outside: no clock, no network, no file.
//!
//! It never guesses and never skips: at the first difference it stops the invocation and keeps both sides.

use std::fmt;

use holm_core::{BoxFuture, Effect, Event, FileCall, FileReply, Host, Moment, Next, Report, Stop};

use crate::diff::{Divergence, Side};
use crate::entry::{Arguments, Entry, Place};
use crate::journal::{Ending, Journal, number_of};

/// What came of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// Everything was as recorded: effects, file calls, outcome, and what was used.
    Same,
    /// Something was not.
    Diverged(Divergence),
    /// Everything was as recorded as far as the journal goes; it does not go to the end.
    Incomplete(Ending),
}

/// Replays a journal.
///
/// Hand [`first`](Self::first) and this host to the backend, prepared as the header's kind says, with the header's limits
/// and program, and then take [`into_result`](Self::into_result). Check the engine before, by
/// [`Journal::check_engine`].
pub struct Replaying {
    journal: Journal,
    /// Index of the next entry.
    cursor: usize,
    /// The turn that is being replayed, from 1.
    turn: u32,
    /// Set once, at the end of the replay or the first difference.
    result: Option<Replayed>,
    observer: Option<Observer>,
}

type Observer = Box<dyn FnMut(&Effect) + Send>;

impl fmt::Debug for Replaying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replaying")
            .field("cursor", &self.cursor)
            .field("turn", &self.turn)
            .field("result", &self.result)
            .finish_non_exhaustive()
    }
}

impl Replaying {
    /// Begins before the first event.
    pub fn new(journal: Journal) -> Self {
        Self {
            journal,
            cursor: 0,
            turn: 1,
            result: None,
            observer: None,
        }
    }

    /// Tells `observer` of each effect that is as recorded, in order: what a caller prints while the replay goes
    /// on. A difference is not told.
    #[must_use]
    pub fn observed_by(mut self, observer: impl FnMut(&Effect) + Send + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// What is replayed.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The event that the invocation is begun with, and its clocks: for the backend, as it does not come
    /// through the host.
    pub fn first(&self) -> (Moment, Event) {
        self.journal.first().clone()
    }

    /// What came of it. A replay whose invocation was dropped before its end has diverged.
    pub fn into_result(mut self) -> Replayed {
        if self.result.is_none() {
            self.differ(Side::Dropped);
        }
        self.result.expect("a difference is a result")
    }

    fn entry(&self) -> Option<&Entry> {
        self.journal.entries().get(self.cursor)
    }

    /// The next entry is not what the invocation does: a difference, or the end of an incomplete journal.
    fn differ(&mut self, replayed: Side<'_>) -> Stop {
        let result = match self.entry() {
            Some(entry) => {
                let recorded = Side::of(entry);
                Replayed::Diverged(Divergence::between(
                    number_of(self.cursor),
                    self.turn,
                    &recorded,
                    &replayed,
                ))
            }
            None if self.journal.ending() == Ending::Complete => {
                let recorded = Side::Nothing;
                Replayed::Diverged(Divergence::between(
                    number_of(self.cursor),
                    self.turn,
                    &recorded,
                    &replayed,
                ))
            }
            None => Replayed::Incomplete(self.journal.ending()),
        };
        let stop = stop_for(&result);
        self.result = Some(result);
        stop
    }

    /// A backend that goes on after the replay is decided gets the same stop again.
    fn check(&self) -> Result<(), Stop> {
        self.result
            .as_ref()
            .map_or(Ok(()), |result| Err(stop_for(result)))
    }

    /// Takes the stop that stands right here for the answer of a call, if it does.
    fn stop_of_call(&mut self) -> Result<(), Stop> {
        if let Some(Entry::Stop {
            place: Place::Call,
            stop,
        }) = self.entry()
        {
            let stop = stop.clone();
            self.cursor += 1;
            return Err(stop);
        }
        Ok(())
    }
}

fn stop_for(result: &Replayed) -> Stop {
    match result {
        Replayed::Diverged(divergence) => Stop::Diverged {
            message: divergence.to_string(),
        },
        Replayed::Same => Stop::Cancelled {
            by: "the replay, which is over".into(),
        },
        Replayed::Incomplete(_) => Stop::Cancelled {
            by: "the replay, as the journal goes no further".into(),
        },
    }
}

impl Host for Replaying {
    fn effect(&mut self, effect: Effect) -> Result<(), Stop> {
        self.check()?;
        if !matches!(self.entry(), Some(Entry::Effect(recorded)) if *recorded == effect) {
            return Err(self.differ(Side::Effect(&effect)));
        }
        self.cursor += 1;
        if let Some(observer) = &mut self.observer {
            observer(&effect);
        }
        self.stop_of_call()
    }

    fn file_call(
        &mut self,
        call: FileCall<'_>,
        _live: &mut dyn FnMut() -> FileReply,
    ) -> Result<FileReply, Stop> {
        self.check()?;
        let called = Arguments::of(call.arguments);
        match self.entry() {
            Some(Entry::File {
                name,
                arguments,
                reply,
            }) if name == call.name && *arguments == called => {
                let reply = reply.clone();
                self.cursor += 1;
                self.stop_of_call()?;
                // Without a reply and without a stop: the journal was cut off between the two.
                reply.ok_or_else(|| {
                    self.differ(Side::File {
                        name: call.name,
                        arguments: &called,
                    })
                })
            }
            _ => Err(self.differ(Side::File {
                name: call.name,
                arguments: &called,
            })),
        }
    }

    fn next(&mut self) -> BoxFuture<'_, Next> {
        let next = match (self.check(), self.entry()) {
            (Err(stop), _) => Next::Stop(stop),
            (Ok(()), Some(Entry::Event { moment, event })) => {
                let next = Next::Event(*moment, event.clone());
                self.cursor += 1;
                self.turn += 1;
                next
            }
            (
                Ok(()),
                Some(Entry::Stop {
                    place: Place::Between,
                    stop,
                }),
            ) => {
                let next = Next::Stop(stop.clone());
                self.cursor += 1;
                next
            }
            (Ok(()), _) => Next::Stop(self.differ(Side::Waits)),
        };
        Box::pin(std::future::ready(next))
    }

    fn interrupt(&mut self, _fuel: u64) -> Option<Stop> {
        self.check().err()
    }

    fn stop_at(&mut self) -> Option<(u64, Stop)> {
        let ends_turn = |entry: &&Entry| !matches!(entry, Entry::Effect(_) | Entry::File { .. });
        match self.journal.entries().get(self.cursor..)?.iter().find(ends_turn) {
            Some(Entry::Stop {
                place: Place::At { fuel },
                stop,
            }) => Some((*fuel, stop.clone())),
            _ => None,
        }
    }

    fn finish(&mut self, report: &Report) {
        if self.result.is_some() {
            return;
        }
        // The backend knew of it from `stop_at`. Whether it stopped there is told by the report.
        if let Some(Entry::Stop {
            place: Place::At { .. },
            ..
        }) = self.entry()
        {
            self.cursor += 1;
        }
        match self.entry() {
            Some(Entry::End(recorded)) if Side::End(recorded).same(&Side::End(report)) => {
                self.cursor += 1;
                self.result = Some(Replayed::Same);
            }
            _ => drop(self.differ(Side::End(report))),
        }
    }
}
