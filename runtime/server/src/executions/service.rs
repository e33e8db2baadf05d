//! Executes code once: from a request to a result, under the operator's bounds.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use holm_bundle::BundleError;
use holm_core::{Limits, Outcome, Preopen, Program, Report, Usage};
use holm_executor::{Choice, DeployError, Executor, Mode, NoResponse, Record, Spec, choose};
use holm_policy::Policy;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use super::collect::{Collected, Collector, Following, Happened};
use super::loader::{self, InProcess, Loader, Read};
use super::request::{Ceilings, ExecutionRequest, Invalid, SourceForm};
use super::result::{Ended, ExecutionResult};

/// Sources up to this size are parsed where the request is answered: it takes less time than handing them over.
const PARSED_AT_ONCE_BYTES: usize = 32 * 1024;

/// Keeps journals of executions.
pub trait Journals: Send + Sync {
    /// Where the journal of this execution goes, and how a caller gets at it.
    fn record(&self, id: &str) -> (Record, String);
}

/// Executes code.
pub struct Executions {
    executor: Arc<Executor>,
    collector: Arc<Collector>,
    ceilings: Ceilings,
    journals: Option<Arc<dyn Journals>>,
    loader: Arc<dyn Loader>,
    running: Mutex<HashMap<String, Arc<Notify>>>,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum NotExecuted {
    /// The request makes no sense.
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// The code is no program.
    #[error("{}", .0.report())]
    Program(BundleError),
    /// The code is no program, in the words of who read it.
    #[error("{0}")]
    Unreadable(String),
    /// What it needs is not here.
    #[error("{0}")]
    NoBackend(#[from] holm_executor::NoBackend),
    /// It was not started.
    #[error("it was not started")]
    Refused(NoResponse),
    /// There is an execution of this id.
    #[error("there is an execution with this id already, which has not ended")]
    Running,
    /// There is no container for it at the moment.
    #[error("{0}")]
    Busy(String),
    /// What it runs in is not available: Docker has gone, for instance. It was not executed, or not to its end.
    #[error("{0}")]
    Unavailable(String),
    /// The machine's fault: a disk that is full, for instance. What there is was not executed, or ended.
    #[error("{0}")]
    World(String),
    /// Our fault.
    #[error("{0}")]
    Fault(String),
}

/// A request that was checked: ready to run.
#[derive(Debug)]
pub struct Job {
    spec: Spec,
    input: Option<String>,
    choice: Choice,
    record: bool,
    warnings: Vec<String>,
}

/// What is executed, and under what: a request that was understood.
#[derive(Debug)]
pub struct Given {
    /// With its arguments and environment. An empty `/tmp` is added where it names no folders.
    pub program: Program,
    /// Its bounds.
    pub limits: Limits,
    /// What it may reach.
    pub policy: Policy,
    /// JSON.
    pub input: Option<String>,
    /// In what it is to run.
    pub mode: Mode,
    /// A journal is kept.
    pub record: bool,
    /// What its author should hear of.
    pub warnings: Vec<String>,
}

impl Executions {
    /// Executes by this executor, whose logs go to `collector`.
    pub fn new(
        executor: Arc<Executor>,
        collector: Arc<Collector>,
        ceilings: Ceilings,
        journals: Option<Arc<dyn Journals>>,
    ) -> Self {
        Self {
            executor,
            collector,
            ceilings,
            journals,
            loader: Arc::new(InProcess),
            running: Mutex::default(),
        }
    }

    /// Files are read into programs by this loader instead of in this process.
    #[must_use]
    pub fn with_loader(mut self, loader: Arc<dyn Loader>) -> Self {
        self.loader = loader;
        self
    }

    /// Checks a request, and makes its program.
    ///
    /// # Errors
    /// Everything that can be wrong with it. What is our fault is in the log, with the id.
    pub async fn job(&self, id: &str, request: ExecutionRequest) -> Result<Job, NotExecuted> {
        let job = self.checked(request).await;
        if let Err(NotExecuted::Fault(message) | NotExecuted::World(message)) = &job {
            self.collector.complain(id, message);
        }
        job
    }

    async fn checked(&self, request: ExecutionRequest) -> Result<Job, NotExecuted> {
        let limits = request.limits(&self.ceilings)?;
        let policy = request.policy(&self.ceilings)?;
        let Read {
            mut program,
            warnings,
        } = self.read(&request, limits.source_bytes).await?;
        program.arguments = request.args;
        program.env = request.env;
        self.job_of(Given {
            program,
            limits,
            policy,
            input: request.input.map(|input| input.get().to_owned()),
            mode: request.mode.into(),
            record: request.record,
            warnings,
        })
    }

    async fn read(&self, request: &ExecutionRequest, source_bytes_max: u64) -> Result<Read, NotExecuted> {
        match request.source()? {
            SourceForm::Code(code) if code.len() <= PARSED_AT_ONCE_BYTES => from_code(code, source_bytes_max),
            SourceForm::Code(code) => {
                let code = code.to_owned();
                blocking(move || from_code(&code, source_bytes_max)).await
            }
            SourceForm::Files { files, entry } => {
                loader::from_files(self.loader.as_ref(), files.clone(), entry, source_bytes_max).await
            }
        }
    }

    /// As [`Executions::job`], of what was understood elsewhere.
    ///
    /// # Errors
    /// What it needs is not here.
    pub fn job_of(&self, given: Given) -> Result<Job, NotExecuted> {
        let Given {
            mut program,
            limits,
            policy,
            input,
            mode,
            record,
            warnings,
        } = given;
        if record && self.journals.is_none() {
            return Err(Invalid(
                "record: this server keeps no journals; it was started without a folder for them".into(),
            )
            .into());
        }
        let choice = choose(&program, mode, &self.executor.containers())?;
        if program.preopens.is_empty() {
            program.preopens.push(Preopen {
                host: None,
                guest: "/tmp".into(),
                read_only: false,
            });
        }
        let spec = Spec {
            tenant: "executions".into(),
            name: "execution".into(),
            version: String::new(),
            program: Arc::new(program),
            limits,
            policy: Arc::new(policy),
        };
        Ok(Job {
            spec,
            input,
            choice,
            record,
            warnings,
        })
    }

    /// Executes. What it says and does is told to `follower` as it goes, too. Dropping the future ends it.
    ///
    /// # Errors
    /// It was not started, or was ended because its journal could not be kept.
    pub async fn execute(
        &self,
        id: &str,
        job: Job,
        follower: Option<mpsc::UnboundedSender<Happened>>,
    ) -> Result<ExecutionResult, NotExecuted> {
        let cancelled = Arc::<Notify>::default();
        let _running = Running::enter(self, id, cancelled.clone())?;
        let mut following = self.collector.follow(id);
        let unrecorded = Arc::<AtomicBool>::default();
        let (record, journal) = match (&self.journals, job.record) {
            (Some(journals), true) => {
                let (record, place) = journals.record(id);
                (Some(watched(record, unrecorded.clone())), Some(place))
            }
            _ => (None, None),
        };
        let function =
            self.executor
                .one_off_in(job.choice.backend, job.spec)
                .map_err(|error| match error {
                    // It has gone since it was chosen.
                    DeployError::NoContainers(reason) => NotExecuted::Unavailable(reason),
                    error => Invalid(error.to_string()).into(),
                })?;
        let started = Instant::now();
        let mut collected = Collected::default();
        let report = {
            let run = self
                .executor
                .execution(&function, id.to_owned(), job.input, record);
            let mut run = std::pin::pin!(run);
            loop {
                tokio::select! {
                    biased;
                    report = &mut run => break report.map_err(NotExecuted::Refused)?,
                    () = cancelled.notified() => break cancelled_by_caller(),
                    Some(happened) = following.happened.recv() => pass(happened, &mut collected, follower.as_ref()),
                }
            }
        };
        rest(&mut following, &mut collected, follower.as_ref());
        match report.outcome {
            Outcome::Busy { message } => return Err(NotExecuted::Busy(message)),
            Outcome::Unavailable { message } => return Err(NotExecuted::Unavailable(message)),
            _ => {}
        }
        // Who asked for a journal relies on it: a result without it would pass for one with it.
        if unrecorded.load(Ordering::Relaxed) {
            return Err(NotExecuted::World("its journal could not be kept".into()));
        }
        Ok(ExecutionResult::of(Ended {
            id: id.to_owned(),
            report: &report,
            collected,
            wall: started.elapsed(),
            backend: job.choice.backend.name(),
            why: job.choice.why,
            journal,
            warnings: job.warnings,
        }))
    }

    /// Ends an execution; false when there is none of this id.
    pub fn cancel(&self, id: &str) -> bool {
        let found = self.lock().get(id).cloned();
        found.is_some_and(|cancelled| {
            cancelled.notify_one();
            true
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Notify>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An execution that can be cancelled, until it is dropped.
struct Running<'a> {
    executions: &'a Executions,
    id: String,
}

impl<'a> Running<'a> {
    fn enter(executions: &'a Executions, id: &str, cancelled: Arc<Notify>) -> Result<Self, NotExecuted> {
        let mut running = executions.lock();
        if running.contains_key(id) {
            return Err(NotExecuted::Running);
        }
        running.insert(id.to_owned(), cancelled);
        drop(running);
        Ok(Self {
            executions,
            id: id.to_owned(),
        })
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.executions.lock().remove(&self.id);
    }
}

fn pass(happened: Happened, collected: &mut Collected, follower: Option<&mpsc::UnboundedSender<Happened>>) {
    if let Some(follower) = follower {
        // A follower that has gone misses it; the result has it all.
        let _ = follower.send(happened.clone());
    }
    collected.add(happened);
}

/// What was said in its last turn.
fn rest(
    following: &mut Following,
    collected: &mut Collected,
    follower: Option<&mpsc::UnboundedSender<Happened>>,
) {
    while let Ok(happened) = following.happened.try_recv() {
        pass(happened, collected, follower);
    }
}

/// As before, and notes when the journal is not complete.
fn watched(record: Record, unrecorded: Arc<AtomicBool>) -> Record {
    let Record { sink, done } = record;
    Record {
        sink,
        done: Box::new(move |result| {
            unrecorded.store(result.is_err(), Ordering::Relaxed);
            done(result);
        }),
    }
}

fn cancelled_by_caller() -> Report {
    Report {
        outcome: Outcome::Cancelled {
            by: "its caller".into(),
        },
        usage: Usage::default(),
    }
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, NotExecuted> + Send + 'static,
) -> Result<T, NotExecuted> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(NotExecuted::Fault("the program could not be read".into())))
}

fn from_code(code: &str, source_bytes_max: u64) -> Result<Read, NotExecuted> {
    let program = holm_bundle::snippet(code, source_bytes_max).map_err(NotExecuted::Program)?;
    Ok(Read {
        program,
        warnings: Vec::new(),
    })
}

impl std::fmt::Debug for Executions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executions")
            .field("executor", &self.executor)
            .finish_non_exhaustive()
    }
}
