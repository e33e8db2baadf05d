//! A backend on a real engine, and a host that answers fetches from a table.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use holm_core::{
    Answer, Backend, BoxFuture, Effect, Entropy, Event, Failure, FailureKind, FetchBody, FetchHead, FileCall,
    FileReply, Host, Level, Limit, Limits, Module, ModuleFormat, Moment, Next, Outcome, Program, Report,
    RequestHead, ResponseHead, Stop,
};
use holm_docker::{DockerBackend, DockerConfig, PoolConfig};
use tokio::time::Sleep;

pub struct Fixed;

impl Entropy for Fixed {
    fn seed(&self) -> [u8; 32] {
        *b"the marker of this test, 32 byte"
    }
}

/// An engine, with a state folder that goes with it.
pub struct Docker {
    pub backend: DockerBackend,
    pub config: DockerConfig,
    _state: tempfile::TempDir,
}

/// The engine of this machine; `None` when there is none, which is said.
pub async fn docker(node: &str, pool: Option<PoolConfig>) -> Option<Docker> {
    docker_with(node, pool, |_| {}).await
}

pub async fn docker_with(
    node: &str,
    pool: Option<PoolConfig>,
    change: impl FnOnce(&mut DockerConfig),
) -> Option<Docker> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the test command says which engine to use"
    )]
    let socket = std::env::var("HOLM_TEST_DOCKER").unwrap_or_else(|_| "/var/run/docker.sock".into());
    let state = tempfile::tempdir().expect("the folder for temporary files can be written");
    let mut config = DockerConfig {
        socket: PathBuf::from(socket),
        node: format!("test-{node}-{}", std::process::id()),
        state: state.path().to_path_buf(),
        pool,
        ..DockerConfig::default()
    };
    change(&mut config);
    match DockerBackend::start(config.clone(), Arc::new(Fixed)).await {
        Ok(backend) => Some(Docker {
            backend,
            config,
            _state: state,
        }),
        Err(error) => {
            #[expect(clippy::print_stdout, reason = "a test that did nothing must say so")]
            {
                println!("skipped: {error} ({})", config.socket.display());
            }
            None
        }
    }
}

/// A run, from outside.
#[derive(Debug)]
pub struct Ran {
    pub report: Report,
    pub stdout: String,
    pub stderr: String,
    pub fetched: Vec<String>,
    pub response: Option<ResponseHead>,
    pub body: Vec<u8>,
}

impl Ran {
    pub fn exit_code(&self) -> u32 {
        match &self.report.outcome {
            Outcome::Answered { exit_code, .. } => *exit_code,
            other => panic!("{other:?}\nstdout: {}\nstderr: {}", self.stdout, self.stderr),
        }
    }

    pub fn value(&self) -> Option<&str> {
        match &self.report.outcome {
            Outcome::Answered { value, .. } => value.as_deref(),
            other => panic!("{other:?}\nstdout: {}\nstderr: {}", self.stdout, self.stderr),
        }
    }

    pub fn limit(&self) -> Limit {
        match &self.report.outcome {
            Outcome::Exceeded { limit, .. } => *limit,
            other => panic!("{other:?}\nstdout: {}\nstderr: {}", self.stdout, self.stderr),
        }
    }
}

pub fn limits() -> Limits {
    Limits {
        memory_bytes: 128 * 1024 * 1024,
        ..Limits::for_scripts()
    }
}

pub fn module(format: ModuleFormat, source: &str) -> Module {
    Module {
        format,
        source: Bytes::from(source.to_owned()),
        links: BTreeMap::new(),
        exports: Vec::new(),
    }
}

/// A program of one ES module.
pub fn esm(source: &str) -> Program {
    Program {
        entry: "/bundle/main.mjs".into(),
        modules: BTreeMap::from([("/bundle/main.mjs".into(), module(ModuleFormat::Esm, source))]),
        ..Program::default()
    }
}

pub fn commonjs(source: &str) -> Program {
    Program {
        entry: "/bundle/main.cjs".into(),
        modules: BTreeMap::from([("/bundle/main.cjs".into(), module(ModuleFormat::CommonJs, source))]),
        ..Program::default()
    }
}

impl Docker {
    pub async fn script(&self, program: Program) -> Ran {
        self.run(program, Event::Script { seed: [0; 32] }, &limits())
            .await
    }

    pub async fn script_within(&self, program: Program, limits: &Limits) -> Ran {
        self.run(program, Event::Script { seed: [0; 32] }, limits).await
    }

    pub async fn execution(&self, program: Program, input: Option<&str>) -> Ran {
        let first = Event::Execution {
            seed: [0; 32],
            input: input.map(str::to_owned),
        };
        self.run(program, first, &limits()).await
    }

    pub async fn request(&self, program: Program, head: RequestHead) -> Ran {
        let first = Event::Request {
            seed: [0; 32],
            inline: true,
            head,
        };
        self.run(program, first, &limits()).await
    }

    /// Calls `printed` with each piece of output.
    pub async fn script_watched(&self, program: Program, printed: impl FnMut() + Send + 'static) -> Ran {
        let mut host = TestHost::new(&limits());
        host.printed = Some(Box::new(printed));
        self.run_with(program, Event::Script { seed: [0; 32] }, &limits(), host)
            .await
    }

    async fn run(&self, program: Program, first: Event, limits: &Limits) -> Ran {
        self.run_with(program, first, limits, TestHost::new(limits)).await
    }

    async fn run_with(&self, program: Program, first: Event, limits: &Limits, mut host: TestHost) -> Ran {
        let prepared = self.backend.unprepared(Arc::new(program));
        let report = prepared.invoke(Moment::default(), first, limits, &mut host).await;
        assert!(host.finished, "the host is told of the end");
        Ran {
            report,
            stdout: host.stdout,
            stderr: host.stderr,
            fetched: host.fetched,
            response: host.response,
            body: host.body,
        }
    }
}

struct TestHost {
    limits: Limits,
    stdout: String,
    stderr: String,
    fetched: Vec<String>,
    response: Option<ResponseHead>,
    body: Vec<u8>,
    ready: VecDeque<Next>,
    /// Bodies that the program can read, by stream.
    sources: HashMap<u32, VecDeque<Bytes>>,
    /// Fetches whose body is being written.
    uploads: HashMap<u32, (String, Vec<u8>)>,
    wall: Pin<Box<Sleep>>,
    outside: bool,
    finished: bool,
    printed: Option<Box<dyn FnMut() + Send>>,
}

impl TestHost {
    fn new(limits: &Limits) -> Self {
        Self {
            limits: *limits,
            stdout: String::new(),
            stderr: String::new(),
            fetched: Vec::new(),
            response: None,
            body: Vec::new(),
            ready: VecDeque::new(),
            sources: HashMap::from([(
                0,
                VecDeque::from([Bytes::from_static(b"{\"in\":"), Bytes::from_static(b"41}")]),
            )]),
            uploads: HashMap::new(),
            wall: Box::pin(tokio::time::sleep(Duration::from_millis(limits.wall_ms))),
            outside: false,
            finished: false,
            printed: None,
        }
    }

    fn done(&mut self, op: u32, answer: Answer) {
        self.ready
            .push_back(Next::Event(Moment::default(), Event::Done { op, answer }));
    }

    fn fail(&mut self, op: u32, kind: FailureKind, message: &str) {
        let message = message.to_owned();
        self.done(op, Answer::Failed(Failure { kind, message }));
    }

    /// Answers by the path of the URL; every other host than `allowed.test` is denied.
    fn answer(&mut self, op: u32, line: &str, body: &[u8]) {
        let url = line.split(' ').nth(1).unwrap_or_default();
        let Some((_, path)) = url
            .split_once("://allowed.test")
            .filter(|(_, rest)| rest.starts_with(['/', ':']))
        else {
            return self.fail(op, FailureKind::Denied, &format!("no rule allows {url}"));
        };
        let mut head = FetchHead {
            status: 200,
            url: url.to_owned(),
            headers: "content-type\ntext/plain\nset-cookie\na=1\nset-cookie\nb=2".into(),
            has_body: true,
            ..FetchHead::default()
        };
        let mut text = format!("{line}\n").into_bytes();
        text.extend_from_slice(body);
        match path {
            "/moved" => {
                head.status = 302;
                head.headers = "location\n/there".into();
                head.has_body = false;
            }
            "/never" => return,
            "/broken" => return self.fail(op, FailureKind::Network, "the other side broke off"),
            _ => {
                self.sources
                    .insert(op, text.chunks(7).map(Bytes::copy_from_slice).collect());
            }
        }
        self.done(op, Answer::Head(head));
    }
}

impl Host for TestHost {
    fn effect(&mut self, effect: Effect) -> Result<(), Stop> {
        assert!(
            self.outside,
            "the backend says first that its program runs outside of turns"
        );
        match effect {
            Effect::Log { level, text } => {
                match level {
                    Level::Stdout => self.stdout.push_str(&text),
                    _ => self.stderr.push_str(&text),
                }
                if let Some(printed) = &mut self.printed {
                    printed();
                }
            }
            Effect::Fetch { op, request } => {
                let line = format!("{} {}", request.method, request.url);
                self.fetched.push(format!("{line}\n{}", request.headers));
                match request.body {
                    FetchBody::None => self.answer(op, &line, b""),
                    FetchBody::Whole(body) => self.answer(op, &line, &body),
                    FetchBody::Stream => drop(self.uploads.insert(op, (line, Vec::new()))),
                }
            }
            Effect::Write { op, stream, chunk } => {
                if stream == 0 {
                    self.body.extend_from_slice(&chunk);
                } else if let Some((_, body)) = self.uploads.get_mut(&stream) {
                    body.extend_from_slice(&chunk);
                }
                self.done(op, Answer::Written);
            }
            Effect::Close { stream, .. } => {
                if let Some((line, body)) = self.uploads.remove(&stream) {
                    self.answer(stream, &line, &body);
                }
            }
            Effect::Read { op, stream } => {
                let piece = self.sources.get_mut(&stream).and_then(VecDeque::pop_front);
                self.done(op, piece.map_or(Answer::End, Answer::Chunk));
            }
            Effect::Respond(head) => self.response = Some(head),
            Effect::Abort { .. } | Effect::WakeAt { .. } | Effect::Loaded { .. } => {}
            Effect::Threw(_) | Effect::Finish { .. } => {}
        }
        Ok(())
    }

    fn file_call(&mut self, _: FileCall<'_>, live: &mut dyn FnMut() -> FileReply) -> Result<FileReply, Stop> {
        Ok(live())
    }

    fn next(&mut self) -> BoxFuture<'_, Next> {
        Box::pin(async move {
            if let Some(next) = self.ready.pop_front() {
                return next;
            }
            // Nothing is made ready while this waits: effects come from the one who waits.
            poll_fn(|cx| self.wall.as_mut().poll(cx)).await;
            Next::Stop(Stop::Limit {
                limit: Limit::Wall,
                value: self.limits.wall_ms,
                used: self.limits.wall_ms,
            })
        })
    }

    fn runs_outside_of_turns(&mut self) {
        self.outside = true;
    }

    fn interrupt(&mut self, _: u64) -> Option<Stop> {
        None
    }

    fn finish(&mut self, _: &Report) {
        self.finished = true;
    }
}
