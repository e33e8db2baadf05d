//! The seam between an invocation and everything outside of it.
//!
//! All that is not determined by the program passes here: events come in by [`Host::next`], effects go out
//! by [`Host::effect`], and calls of the file system, whose answers JavaScript needs at once, by
//! [`Host::file_call`]. There are three kinds of host: one that acts (in `executor`), one that records
//! what another does, and one that replays (both in `journal`).

use std::future::Future;
use std::pin::Pin;

use crate::{Effect, Event, Limit, Moment, Outcome, Report, ThrownError};

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Everything outside of one invocation.
pub trait Host: Send {
    /// Takes an effect, at once; what takes time is answered by a later event.
    ///
    /// # Errors
    /// A [`Stop`] ends the invocation then and there: a replay that diverged, a client that is gone.
    fn effect(&mut self, effect: Effect) -> Result<(), Stop>;

    /// Answers a call of the file system: by running `live`, or from a record of an earlier run.
    ///
    /// # Errors
    /// As [`Host::effect`].
    fn file_call(
        &mut self,
        call: FileCall<'_>,
        live: &mut dyn FnMut() -> FileReply,
    ) -> Result<FileReply, Stop>;

    /// Waits for what happens next. Called between turns, when no wasm frame is on any stack. A future that is dropped
    /// before it is ready has taken nothing: a backend may wait for its own world beside it
    /// ([`Host::runs_outside_of_turns`]).
    fn next(&mut self) -> BoxFuture<'_, Next>;

    /// The program runs in a world of its own (a container) and not in turns: it may act while nothing is pending here, so
    /// from now on [`Host::next`] waits where it would say [`Stop::Stalled`]. A journal of such a run has its network
    /// traffic, output and end, and cannot be replayed: hosts that replay need not implement this.
    fn runs_outside_of_turns(&mut self) {}

    /// Asked about once a millisecond of a long turn: must the invocation stop? `fuel` is the place of this look: the
    /// fuel at the start of the turn and a slice for each look since. The looks follow from the program alone, so a
    /// recording host can write the place down and a replay stops at it.
    fn interrupt(&mut self, fuel: u64) -> Option<Stop>;

    /// The place ([`Host::interrupt`]) at which this turn is to be stopped, when it is known beforehand: a replay of a run that
    /// was stopped within a turn. Asked at the start of each turn.
    fn stop_at(&mut self) -> Option<(u64, Stop)> {
        None
    }

    /// The invocation has ended. The last call.
    fn finish(&mut self, report: &Report);
}

/// What happens next to an invocation.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// A turn.
    Event(Moment, Event),
    /// The end.
    Stop(Stop),
}

/// Why an invocation is ended from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A limit that the host watches: wall time, or the size of a body.
    Limit {
        /// Which.
        limit: Limit,
        /// Its value, in the limit's unit.
        value: u64,
        /// What was used.
        used: u64,
    },
    /// The caller cancelled it, or the server is shutting down.
    Cancelled {
        /// By whom, in words.
        by: String,
    },
    /// A replay does not match its journal.
    Diverged {
        /// Both sides, in words.
        message: String,
    },
    /// Nothing is under way that could ever bring another event, and the invocation has not finished.
    Stalled,
}

impl Stop {
    /// The outcome of an invocation that is ended so.
    pub fn into_outcome(self) -> Outcome {
        match self {
            Self::Limit { limit, value, used } => Outcome::Exceeded { limit, value, used },
            Self::Cancelled { by } => Outcome::Cancelled { by },
            Self::Diverged { message } => Outcome::Diverged { message },
            Self::Stalled => {
                let message =
                    "the handler's promise can never settle: nothing is pending that could settle it";
                Outcome::Threw(ThrownError {
                    name: "Error".into(),
                    message: message.into(),
                    report: format!("Error: {message}"),
                })
            }
        }
    }
}

/// A call of the file system, as far as a journal needs to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileCall<'a> {
    /// The WASI preview 1 name.
    pub name: &'a str,
    /// The arguments, encoded by the caller: equal calls are equal bytes.
    pub arguments: &'a [u8],
}

/// The answer to a [`FileCall`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileReply {
    /// WASI errno; 0 for success.
    pub errno: u16,
    /// What is written into the guest's memory: address and bytes.
    pub writes: Vec<(u32, Vec<u8>)>,
}
