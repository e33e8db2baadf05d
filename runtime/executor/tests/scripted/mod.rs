//! A backend whose programs are written in Rust: what a guest would do with its host, without an engine.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, Weak};

use bytes::Bytes;
use futures_util::future::BoxFuture as Future;
use futures_util::{FutureExt, StreamExt};
use holm_core::{
    Answer, Backend, BoxFuture, Clock, Effect, Entropy, Event, Failure, FailureKind, FetchBody, FetchHead,
    FetchRequest, Host, Level, Limits, Moment, Next, Outcome, PrepareError, Prepared, Program, Report,
    RequestHead, ResponseBody, ResponseHead, Stop, ThrownError, Usage,
};
use holm_executor::{
    AdmissionConfig, Executor, Fetched, Fetching, Function, LogSink, Network, NetworkSession, Origin, Parts,
    Spec, pipe,
};
use holm_host_api::codes::Handler;
use holm_policy::Policy;
use tokio::sync::Semaphore;

/// What runs: the end is an outcome, or the stop that the host gave.
pub type Code = Arc<dyn for<'a> Fn(Guest<'a>) -> Future<'a, Result<Outcome, Stop>> + Send + Sync>;

/// Makes code of an async block.
#[macro_export]
macro_rules! code {
    (|$guest:ident| $body:block) => {
        $crate::scripted::coded(
            #[allow(
                unused_mut,
                unused_variables,
                unreachable_code,
                reason = "not every program acts, or ends"
            )]
            move |mut $guest: $crate::scripted::Guest<'_>| {
                futures_util::FutureExt::boxed(async move {
                    let end: Result<holm_core::Outcome, holm_core::Stop> = $body;
                    end
                })
            },
        )
    };
}

/// Tells the compiler what the closure is.
pub fn coded<F>(code: F) -> Code
where
    F: for<'a> Fn(Guest<'a>) -> Future<'a, Result<Outcome, Stop>> + Send + Sync + 'static,
{
    Arc::new(code)
}

/// A program's hands.
pub struct Guest<'a> {
    pub host: &'a mut dyn Host,
    pub first: Event,
    pub moment: Moment,
}

impl Guest<'_> {
    pub fn effect(&mut self, effect: Effect) -> Result<(), Stop> {
        self.host.effect(effect)
    }

    pub async fn next(&mut self) -> Result<Event, Stop> {
        match self.host.next().await {
            Next::Event(moment, event) => {
                assert!(moment.mono_us >= self.moment.mono_us, "time went back");
                self.moment = moment;
                Ok(event)
            }
            Next::Stop(stop) => Err(stop),
        }
    }

    pub async fn answer(&mut self) -> Result<Answer, Stop> {
        match self.next().await? {
            Event::Done { answer, .. } => Ok(answer),
            other => panic!("an answer was expected, not {other:?}"),
        }
    }

    pub fn request(&self) -> &RequestHead {
        match &self.first {
            Event::Request { head, .. } => head,
            other => panic!("this is no request: {other:?}"),
        }
    }

    pub fn log(&mut self, text: impl Into<String>) -> Result<(), Stop> {
        self.effect(Effect::Log {
            level: Level::Info,
            text: text.into(),
        })
    }

    pub fn respond(&mut self, status: u16, headers: &str, body: ResponseBody) -> Result<(), Stop> {
        self.effect(Effect::Respond(ResponseHead {
            status,
            headers: headers.into(),
            body,
        }))
    }

    pub fn text(&mut self, text: impl Into<Bytes>) -> Result<(), Stop> {
        self.respond(200, "content-type\ntext/plain", ResponseBody::Whole(text.into()))
    }

    pub fn fetch(&mut self, op: u32, url: &str, body: FetchBody) -> Result<(), Stop> {
        let request = FetchRequest {
            method: "GET".into(),
            url: url.into(),
            body,
            ..FetchRequest::default()
        };
        self.effect(Effect::Fetch { op, request })
    }

    pub fn read(&mut self, op: u32, stream: u32) -> Result<(), Stop> {
        self.effect(Effect::Read { op, stream })
    }

    pub fn write(&mut self, op: u32, stream: u32, chunk: impl Into<Bytes>) -> Result<(), Stop> {
        self.effect(Effect::Write {
            op,
            stream,
            chunk: chunk.into(),
        })
    }

    pub fn close(&mut self, stream: u32) -> Result<(), Stop> {
        self.effect(Effect::Close { stream, error: None })
    }
}

pub fn answered() -> Result<Outcome, Stop> {
    Ok(Outcome::Answered {
        exit_code: 0,
        value: None,
    })
}

/// A program that must not be run.
pub fn panics(why: &str) -> Result<Outcome, Stop> {
    panic!("{why}")
}

pub fn threw(message: &str) -> Result<Outcome, Stop> {
    let report = format!("Error: {message}\n    at secret.js:1:1");
    Ok(Outcome::Threw(ThrownError {
        name: "Error".into(),
        message: message.into(),
        report,
    }))
}

struct Scripted {
    code: Code,
    handlers: u32,
}

impl Prepared for Scripted {
    fn handlers(&self) -> u32 {
        self.handlers
    }

    fn idle_bytes(&self) -> u64 {
        0
    }

    fn logs(&self) -> &[(Level, String)] {
        &[]
    }

    fn invoke<'a>(
        &'a self,
        moment: Moment,
        first: Event,
        _limits: &'a Limits,
        host: &'a mut dyn Host,
    ) -> BoxFuture<'a, Report> {
        Box::pin(async move {
            let ended = (self.code)(Guest { host, first, moment }).await;
            let report = Report {
                outcome: ended.unwrap_or_else(Stop::into_outcome),
                usage: Usage::default(),
            };
            host.finish(&report);
            report
        })
    }
}

/// Programs by the name of their entry.
#[derive(Default)]
pub struct ScriptedBackend {
    programs: Mutex<BTreeMap<String, (Code, u32)>>,
}

impl Backend for ScriptedBackend {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn prepare(&self, program: Arc<Program>, _: &Limits) -> Result<Arc<dyn Prepared>, PrepareError> {
        Ok(self.unprepared(program))
    }

    fn unprepared(&self, program: Arc<Program>) -> Arc<dyn Prepared> {
        let (code, handlers) = self.programs.lock().expect("no panic")[&program.entry].clone();
        Arc::new(Scripted { code, handlers })
    }
}

/// Tokio's clock, which tests can pause.
struct TestClock(tokio::time::Instant);

impl Clock for TestClock {
    fn now(&self) -> Moment {
        let mono_us = u64::try_from(self.0.elapsed().as_micros()).expect("a short test");
        Moment {
            wall_us: 1_000_000_000 + mono_us,
            mono_us,
        }
    }
}

#[derive(Default)]
struct TestEntropy(AtomicU8);

impl Entropy for TestEntropy {
    fn seed(&self) -> [u8; 32] {
        [self.0.fetch_add(1, Ordering::Relaxed); 32]
    }
}

/// Keeps what was logged, and how invocations ended.
#[derive(Default)]
pub struct Kept {
    pub lines: Mutex<Vec<String>>,
    pub ended: Mutex<Vec<Report>>,
    pub ends: Arc<tokio::sync::Notify>,
}

impl LogSink for Kept {
    fn log(&self, _: Origin<'_>, _: Level, text: &str) {
        self.lines.lock().expect("no panic").push(text.into());
    }

    fn ended(&self, _: Origin<'_>, report: &Report) {
        self.ended.lock().expect("no panic").push(report.clone());
        self.ends.notify_waiters();
    }
}

impl Kept {
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("no panic").clone()
    }

    /// Waits until so many invocations have ended.
    pub async fn outcomes(&self, count: usize) -> Vec<Outcome> {
        loop {
            let notified = self.ends.notified();
            let ended: Vec<Outcome> = self
                .ended
                .lock()
                .expect("no panic")
                .iter()
                .map(|report| report.outcome.clone())
                .collect();
            if ended.len() >= count {
                return ended;
            }
            notified.await;
        }
    }
}

/// Answers `slow:` when a permit is given, `echo:` with what is uploaded, and `numbers:` with three pieces. What
/// goes to `stuck:` never ends; while it is there, it owns what it was given, and its part of `held`. The body of
/// `stuck-body:` is of that kind.
pub struct FakeNetwork {
    pub release: Arc<Semaphore>,
    pub waiting: Arc<std::sync::atomic::AtomicUsize>,
    pub held: Weak<()>,
}

struct FakeSession(Arc<Semaphore>, Arc<std::sync::atomic::AtomicUsize>, Weak<()>);

impl Network for FakeNetwork {
    fn session(&self, _: &Function, _: &str) -> Box<dyn NetworkSession> {
        Box::new(FakeSession(
            self.release.clone(),
            self.waiting.clone(),
            self.held.clone(),
        ))
    }
}

impl NetworkSession for FakeSession {
    fn fetch(&mut self, request: FetchRequest, upload: Option<pipe::Reader>) -> Fetching {
        let held = self.2.upgrade().expect("the world outlives its functions");
        if request.url.starts_with("stuck:") {
            let reading = held.clone();
            return Fetching {
                head: stuck((request, held)).boxed(),
                upload: upload.map(|upload| stuck::<(), ()>((upload, reading)).map(drop).boxed()),
            };
        }
        if request.url.starts_with("stuck-body:") {
            let fetched = Fetched {
                head: FetchHead::default(),
                body: Some(stuck(held).into_stream().boxed()),
            };
            return Fetching {
                head: std::future::ready(Ok(fetched)).boxed(),
                upload: None,
            };
        }
        Fetching {
            head: self.head(request, upload),
            upload: None,
        }
    }
}

/// Owns something and never ends.
async fn stuck<T, E>(owned: impl Send) -> Result<T, E> {
    let end = std::future::pending().await;
    drop(owned);
    end
}

impl FakeSession {
    fn head(
        &self,
        request: FetchRequest,
        upload: Option<pipe::Reader>,
    ) -> Future<'static, Result<Fetched, Failure>> {
        let (release, waiting) = (self.0.clone(), self.1.clone());
        let head = |status| FetchHead {
            status,
            url: request.url.clone(),
            ..FetchHead::default()
        };
        let broken = |message| Failure {
            kind: FailureKind::Network,
            message,
        };
        match request.url.split(':').next() {
            Some("slow") => {
                let head = head(200);
                async move {
                    waiting.fetch_add(1, Ordering::SeqCst);
                    release.acquire().await.expect("never closed").forget();
                    Ok(Fetched { head, body: None })
                }
                .boxed()
            }
            Some("echo") => {
                let body = upload
                    .expect("an upload")
                    .map(move |item| item.map_err(broken))
                    .boxed();
                std::future::ready(Ok(Fetched {
                    head: head(200),
                    body: Some(body),
                }))
                .boxed()
            }
            Some("numbers") => {
                let pieces = ["one", "two", "three"].map(|text| Ok(Bytes::from_static(text.as_bytes())));
                let body = futures_util::stream::iter(pieces).boxed();
                std::future::ready(Ok(Fetched {
                    head: head(200),
                    body: Some(body),
                }))
                .boxed()
            }
            _ => std::future::ready(Err(broken("no such origin".into()))).boxed(),
        }
    }
}

/// An executor, what it logs, and the hand on its network.
pub struct World {
    pub executor: Arc<Executor>,
    pub kept: Arc<Kept>,
    pub release: Arc<Semaphore>,
    pub waiting: Arc<std::sync::atomic::AtomicUsize>,
    /// What goes to `stuck:` owns a part of it.
    pub held: Arc<()>,
    backend: Arc<ScriptedBackend>,
}

impl World {
    pub fn new() -> Self {
        Self::with(AdmissionConfig::default())
    }

    pub fn with(admission: AdmissionConfig) -> Self {
        let (backend, kept) = (Arc::<ScriptedBackend>::default(), Arc::<Kept>::default());
        let (release, waiting) = (Arc::new(Semaphore::new(0)), Arc::default());
        let held = Arc::new(());
        let executor = Executor::new(Parts {
            backend: backend.clone(),
            engine: [9; 32],
            network: Arc::new(FakeNetwork {
                release: release.clone(),
                waiting: Arc::clone(&waiting),
                held: Arc::downgrade(&held),
            }),
            clock: Arc::new(TestClock(tokio::time::Instant::now())),
            entropy: Arc::new(TestEntropy::default()),
            logs: kept.clone(),
            admission,
        });
        Self {
            executor: Arc::new(executor),
            kept,
            release,
            waiting,
            held,
            backend,
        }
    }

    pub fn spec(&self, name: &str, code: Code, limits: Limits, handlers: u32) -> Spec {
        self.backend
            .programs
            .lock()
            .expect("no panic")
            .insert(name.into(), (code, handlers));
        Spec {
            tenant: "tenant".into(),
            name: name.into(),
            version: format!("version-of-{name}"),
            program: Arc::new(Program {
                entry: name.into(),
                ..Program::default()
            }),
            limits,
            policy: Arc::new(Policy::default()),
        }
    }

    pub fn deploy(&self, code: Code) -> Arc<Function> {
        self.deploy_with(Limits::default(), code)
    }

    pub fn deploy_with(&self, limits: Limits, code: Code) -> Arc<Function> {
        self.executor
            .deploy(self.spec("f", code, limits, Handler::Fetch.code()))
            .expect("it deploys")
    }
}
