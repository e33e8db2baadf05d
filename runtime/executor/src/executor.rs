//! Deploys functions and starts their invocations: the one door to a backend.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use holm_core::{Backend, Clock, Entropy, Event, Outcome, Report, RequestHead, Scheduled, Stop, Usage};
use holm_host_api::codes::Handler;
use tokio::sync::futures::OwnedNotified;
use tokio::sync::{Notify, oneshot};

use crate::admission::{Admission, AdmissionConfig, Permit};
use crate::choose::{BackendKind, Containers};
use crate::exchange::{BodyStream, Exchange, NoResponse, RequestBody, RequestFault, Response};
use crate::function::{DeployError, Function, Spec, no_handler};
use crate::headers;
use crate::invocation::{Handling, Record, Run, run};
use crate::live::{Client, Live, Network};
use crate::logs::LogSink;

/// What an executor stands on.
pub struct Parts {
    /// Runs invocations.
    pub backend: Arc<dyn Backend>,
    /// Names the backend's engine in journals, so that only the same engine replays them.
    pub engine: [u8; 32],
    /// Carries fetches out.
    pub network: Arc<dyn Network>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The seeds.
    pub entropy: Arc<dyn Entropy>,
    /// Takes logs.
    pub logs: Arc<dyn LogSink>,
    /// The bounds of the node.
    pub admission: AdmissionConfig,
}

/// Names containers in journals, where engines have a hash: what ran there has clocks, threads and randomness of its own.
pub(crate) const CONTAINER: [u8; 32] = *b"holm container: not replayable\0\0";

/// Deploys functions and starts their invocations.
pub struct Executor {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) engine: [u8; 32],
    /// The backend for containers, or why there is none, as a clause. It may come and go while others run.
    containers: RwLock<Result<Arc<dyn Backend>, String>>,
    entropy: Arc<dyn Entropy>,
    pub(crate) world: Arc<World>,
    admission: Admission,
}

/// What all invocations share.
/// Who cancels when a server drains.
const SERVER: &str = "the server, which is shutting down";

pub(crate) struct World {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) network: Arc<dyn Network>,
    pub(crate) logs: Arc<dyn LogSink>,
    stopping: AtomicBool,
    /// Who stops it, in words; [`SERVER`] where nobody says.
    stopped_by: OnceLock<&'static str>,
    stop: Arc<Notify>,
    running: AtomicUsize,
    idle: Notify,
}

/// How a drain ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Every invocation came to its own end.
    Clean,
    /// So many were cancelled.
    Cut {
        /// Invocations that were under way when the grace was over.
        invocations: usize,
    },
}

impl Executor {
    /// An executor without functions.
    pub fn new(parts: Parts) -> Self {
        let Parts {
            backend,
            engine,
            network,
            clock,
            entropy,
            logs,
            admission,
        } = parts;
        let world = World {
            clock,
            network,
            logs,
            stopping: AtomicBool::new(false),
            stopped_by: OnceLock::new(),
            stop: Arc::default(),
            running: AtomicUsize::new(0),
            idle: Notify::new(),
        };
        Self {
            backend,
            engine,
            containers: RwLock::new(Err("this holm was started without containers".into())),
            entropy,
            world: Arc::new(world),
            admission: Admission::new(admission),
        }
    }

    /// Sets the backend for containers, or says why there is none, as a clause: "Docker cannot be reached".
    pub fn set_containers(&self, containers: Result<Arc<dyn Backend>, String>) {
        *self.containers.write().unwrap_or_else(PoisonError::into_inner) = containers;
    }

    /// Whether containers can be run.
    pub fn containers(&self) -> Containers {
        match &*self.containers.read().unwrap_or_else(PoisonError::into_inner) {
            Ok(_) => Containers::Ready,
            Err(reason) => Containers::Absent(reason.clone()),
        }
    }

    /// A backend, with its name in journals.
    fn backend_of(&self, kind: BackendKind) -> Result<(Arc<dyn Backend>, [u8; 32]), DeployError> {
        match kind {
            BackendKind::Wasm => Ok((self.backend.clone(), self.engine)),
            BackendKind::Docker => match &*self.containers.read().unwrap_or_else(PoisonError::into_inner) {
                Ok(backend) => Ok((backend.clone(), CONTAINER)),
                Err(reason) => Err(DeployError::NoContainers(reason.clone())),
            },
        }
    }

    /// Evaluates a program and keeps its image, so that requests start from there. Takes CPU time up to `boot_ms`
    /// on the calling thread. The caller holds the function; dropping it is all that undeploying takes.
    ///
    /// # Errors
    /// The program cannot be deployed; nothing is kept then.
    pub fn deploy(&self, spec: Spec) -> Result<Arc<Function>, DeployError> {
        self.deploy_in(BackendKind::Wasm, spec)
    }

    /// As [`Executor::deploy`], in that backend. In a container a program is evaluated in each invocation: whether it has a
    /// handler is seen then.
    ///
    /// # Errors
    /// As there, or there are no containers.
    pub fn deploy_in(&self, backend: BackendKind, spec: Spec) -> Result<Arc<Function>, DeployError> {
        spec.limits.check().map_err(DeployError::Limits)?;
        let (backend, engine) = self.backend_of(backend)?;
        let prepared = backend.prepare(spec.program.clone(), &spec.limits)?;
        if prepared.handlers() == 0 {
            return Err(DeployError::NoHandler(no_handler(&spec.program.entry)));
        }
        let tenant = self.admission.tenant(&spec.tenant);
        Ok(Arc::new(Function::new(spec, (prepared, engine), false, tenant)))
    }

    /// A program that is evaluated in each of its invocations: a script, or a one-off execution. It is not
    /// looked at before it runs.
    ///
    /// # Errors
    /// A limit makes no sense.
    pub fn one_off(&self, spec: Spec) -> Result<Arc<Function>, DeployError> {
        self.one_off_in(BackendKind::Wasm, spec)
    }

    /// As [`Executor::one_off`], in that backend.
    ///
    /// # Errors
    /// As there, or there are no containers.
    pub fn one_off_in(&self, backend: BackendKind, spec: Spec) -> Result<Arc<Function>, DeployError> {
        spec.limits.check().map_err(DeployError::Limits)?;
        let (backend, engine) = self.backend_of(backend)?;
        let prepared = backend.unprepared(spec.program.clone());
        let tenant = self.admission.tenant(&spec.tenant);
        Ok(Arc::new(Function::new(spec, (prepared, engine), true, tenant)))
    }

    /// Answers a request. The invocation runs within this future as long as it is polled; it goes on in a task of
    /// its own when the response's head is there, and when this future is dropped: the function is told then that
    /// its client has gone ([`Event::Cancel`]), and may finish its work within its limits.
    ///
    /// # Errors
    /// Why there is no response of the function.
    pub async fn request(
        &self,
        function: &Arc<Function>,
        exchange: Exchange,
        record: Option<Record>,
    ) -> Result<Response, NoResponse> {
        let Exchange {
            id,
            method,
            url,
            headers,
            body,
        } = exchange;
        if !function.has(Handler::Fetch) {
            return Err(NoResponse::NoHandler { handler: "fetch" });
        }
        let limit = function.limits.request_body_bytes;
        if let RequestBody::Stream {
            declared_bytes: Some(declared),
            ..
        } = body
            && declared > limit
        {
            return Err(NoResponse::RequestBody(RequestFault::TooLarge { limit }));
        }
        let permit = self.admit(function).await?;

        let (sender, answer) = oneshot::channel();
        let client = Client::new(sender, function.limits.response_body_bytes);
        let mut live = Live::new(self.world.clone(), function.clone(), id.clone(), client);
        let has_body = matches!(body, RequestBody::Stream { .. });
        if let RequestBody::Stream { pieces, .. } = body {
            live.request_body(pieces);
        }
        let head = RequestHead {
            id,
            method: method.as_str().into(),
            url,
            headers: headers::to_list(&headers),
            has_body,
        };
        let first = Event::Request {
            seed: self.entropy.seed(),
            inline: function.inline,
            head,
        };
        Handling::new(self.start(function.clone(), live, first, permit, record), answer).await
    }

    /// Runs what is due.
    ///
    /// # Errors
    /// It was not started.
    pub async fn scheduled(
        &self,
        function: &Arc<Function>,
        scheduled: Scheduled,
        record: Option<Record>,
    ) -> Result<Report, NoResponse> {
        if !function.has(Handler::Scheduled) {
            return Err(NoResponse::NoHandler { handler: "scheduled" });
        }
        let permit = self.admit(function).await?;
        let live = Live::new(
            self.world.clone(),
            function.clone(),
            scheduled.id.clone(),
            Client::none(),
        );
        let first = Event::Scheduled {
            seed: self.entropy.seed(),
            scheduled,
        };
        Ok(self.start(function.clone(), live, first, permit, record).await)
    }

    /// Runs a program of [`Executor::one_off`] as a script, to completion. `input` is its standard input: read as far
    /// as the script asks for it, up to `request_body_bytes`.
    ///
    /// # Errors
    /// It was not started.
    pub async fn script(
        &self,
        function: &Arc<Function>,
        id: String,
        input: Option<BodyStream>,
        record: Option<Record>,
    ) -> Result<Report, NoResponse> {
        let permit = self.admit(function).await?;
        let mut live = Live::new(self.world.clone(), function.clone(), id, Client::none());
        if let Some(pieces) = input {
            live.request_body(pieces);
        }
        let first = Event::Script {
            seed: self.entropy.seed(),
        };
        Ok(self.start(function.clone(), live, first, permit, record).await)
    }

    /// Runs a program of [`Executor::one_off`] as a script that has a value: its default export, called with `input`
    /// (JSON) where that is a function, or its last expression. The value is in the report's outcome.
    ///
    /// # Errors
    /// It was not started.
    pub async fn execution(
        &self,
        function: &Arc<Function>,
        id: String,
        input: Option<String>,
        record: Option<Record>,
    ) -> Result<Report, NoResponse> {
        let permit = self.admit(function).await?;
        let live = Live::new(self.world.clone(), function.clone(), id, Client::none());
        let first = Event::Execution {
            seed: self.entropy.seed(),
            input,
        };
        Ok(self.start(function.clone(), live, first, permit, record).await)
    }

    /// Waits until no invocation is under way; those that still are after the grace are cancelled. What starts
    /// meanwhile is waited for as well, so stop accepting first.
    pub async fn drain(&self, grace: Duration) -> Drained {
        if tokio::time::timeout(grace, self.world.idle()).await.is_ok() {
            return Drained::Clean;
        }
        let invocations = self.world.running.load(Ordering::SeqCst);
        self.cancel();
        // They end between two fuel slices, or at once where they wait; one that does not must not keep the
        // node from stopping.
        let _ = tokio::time::timeout(Duration::from_secs(5), self.world.idle()).await;
        Drained::Cut { invocations }
    }

    /// Cancels every invocation, for good: what starts later is cancelled too.
    pub fn cancel(&self) {
        self.cancel_by(SERVER);
    }

    /// As [`Executor::cancel`], and says in the outcomes who did it. The first one counts.
    pub fn cancel_by(&self, by: &'static str) {
        let _ = self.world.stopped_by.set(by);
        self.world.stopping.store(true, Ordering::SeqCst);
        self.world.stop.notify_waiters();
    }

    /// Invocations under way.
    pub fn running(&self) -> usize {
        self.world.running.load(Ordering::SeqCst)
    }

    async fn admit(&self, function: &Function) -> Result<Permit, NoResponse> {
        self.admission
            .admit(function.running(), function.tenant_running())
            .await
            .map_err(NoResponse::Busy)
    }

    fn start(
        &self,
        function: Arc<Function>,
        live: Live,
        first: Event,
        permit: Permit,
        record: Option<Record>,
    ) -> Run {
        let under_way = UnderWay::new(self.world.clone());
        run(function, live, first, record, (permit, under_way))
    }
}

impl World {
    /// The end of everything, if it has come.
    pub(crate) fn stopping(&self) -> Option<Stop> {
        self.stopping.load(Ordering::SeqCst).then(|| Stop::Cancelled {
            by: (*self.stopped_by.get().unwrap_or(&SERVER)).into(),
        })
    }

    /// Ready when [`World::stopping`] is to be looked at again.
    pub(crate) fn stop_signal(&self) -> OwnedNotified {
        self.stop.clone().notified_owned()
    }

    async fn idle(&self) {
        loop {
            let idle = self.idle.notified();
            if self.running.load(Ordering::SeqCst) == 0 {
                return;
            }
            idle.await;
        }
    }
}

/// Counts an invocation from its start to its end.
pub(crate) struct UnderWay(Arc<World>);

impl UnderWay {
    fn new(world: Arc<World>) -> Self {
        world.running.fetch_add(1, Ordering::SeqCst);
        Self(world)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.0.running.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}

/// What is left to say of an invocation that did not even report.
pub(crate) fn fault(message: &str) -> Report {
    Report {
        outcome: Outcome::Fault {
            message: message.into(),
        },
        usage: Usage::default(),
    }
}

impl std::fmt::Debug for Executor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executor")
            .field("backend", &self.backend.name())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts")
            .field("backend", &self.backend.name())
            .finish_non_exhaustive()
    }
}
