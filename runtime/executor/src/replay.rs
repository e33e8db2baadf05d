//! Runs an invocation again from its journal: the recorded program, under the recorded limits, given the recorded
//! events. No network, no file, no clock of this machine, and no admission: it touches nothing that it could
//! disturb.

use holm_core::{Effect, PrepareError, Report};
use holm_journal::{Journal, JournalError, Kind, Replayed, Replaying};

use crate::executor::{CONTAINER, Executor};
use crate::invocation::to_the_end;

/// A replay that took place.
#[derive(Debug)]
pub struct Replay {
    /// Whether it took the same course.
    pub replayed: Replayed,
    /// How it ended.
    pub report: Report,
}

/// Why a journal cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// It is of a run in a container.
    #[error(
        "it was written by a run in a container (mode `docker`); such a journal holds network traffic, output and end, \
         and cannot be replayed"
    )]
    Container,
    /// It is of another engine.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Its program cannot be prepared any more.
    #[error("the recorded program cannot be prepared: {0}")]
    Prepare(#[from] PrepareError),
}

impl Executor {
    /// Replays a journal. `observer` is told of each effect that is as recorded, in order: its log lines are what
    /// the invocation printed.
    ///
    /// # Errors
    /// The journal cannot be replayed here. A replay that takes another course is no error: see
    /// [`Replay::replayed`].
    pub async fn replay(
        &self,
        journal: Journal,
        observer: impl FnMut(&Effect) + Send + 'static,
    ) -> Result<Replay, ReplayError> {
        if journal.header().engine == CONTAINER {
            return Err(ReplayError::Container);
        }
        journal.check_engine(&self.engine)?;
        let (program, limits) = (journal.header().program.clone(), journal.header().limits);
        let (moment, first) = journal.first().clone();
        let prepared = match journal.header().kind {
            Kind::Function => self.backend.prepare(program, &limits)?,
            Kind::Script | Kind::OneOff | Kind::Execution => self.backend.unprepared(program),
        };
        let mut replaying = Replaying::new(journal).observed_by(observer);
        let report = to_the_end(prepared.as_ref(), moment, first, &limits, &mut replaying).await;
        Ok(Replay {
            replayed: replaying.into_result(),
            report,
        })
    }
}
