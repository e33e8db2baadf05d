//! A backend and a host for tests: programs from text, effects as a list.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::{BTreeMap, VecDeque};
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use holm_core::event::Moment;
use holm_core::{
    Answer, Backend, BoxFuture, Effect, Event, FileCall, FileReply, Host, Level, Limits, Module,
    ModuleFormat, Next, Outcome, Preopen, Prepared, Program, Report, RequestHead, ResponseBody, Stop,
};
use holm_wasm::{Cache, Engine, EngineConfig, MemoryKind, WasmBackend};

/// The default, but in `portable.rs`, which has the suites once more.
fn memories() -> MemoryKind {
    if module_path!().starts_with("portable::") {
        MemoryKind::Portable
    } else {
        MemoryKind::default()
    }
}

/// One engine for all tests of a binary; compiled once for all binaries.
pub fn backend() -> WasmBackend {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    let engine = ENGINE.get_or_init(|| {
        let config = EngineConfig {
            memories: memories(),
            ..EngineConfig::default()
        };
        let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/engines");
        Engine::new(&Cache::at(folder), config).expect("the engine can be made")
    });
    WasmBackend::new(engine.clone())
}

pub fn module(source: &str, format: ModuleFormat) -> Module {
    let source = Bytes::copy_from_slice(source.as_bytes());
    Module {
        format,
        source,
        links: BTreeMap::new(),
        exports: Vec::new(),
    }
}

pub fn program(source: &str) -> Arc<Program> {
    let format = if source.contains("export ") || source.contains("import ") || source.contains("await ") {
        ModuleFormat::Esm
    } else {
        ModuleFormat::CommonJs
    };
    let mut module = module(source, format);
    for name in ["node:fs", "node:path", "fs", "path"] {
        module.links.insert(
            name.into(),
            if name.starts_with("node:") {
                name.into()
            } else {
                format!("node:{name}")
            },
        );
    }
    Arc::new(Program {
        entry: "/bundle/main.mjs".into(),
        modules: BTreeMap::from([("/bundle/main.mjs".into(), module)]),
        ..Program::default()
    })
}

pub fn with_tmp(program: &Program) -> Arc<Program> {
    let mut program = program.clone();
    program.preopens.push(Preopen {
        host: None,
        guest: "/tmp".into(),
        read_only: false,
    });
    Arc::new(program)
}

/// Gives the event that an effect is answered by.
pub type Answering = Box<dyn FnMut(&Effect) -> Option<Event> + Send>;

/// A host that answers from a script and keeps every effect.
#[derive(Default)]
pub struct TestHost {
    pub effects: Vec<Effect>,
    pub events: VecDeque<Event>,
    /// Answers operations at once: called with each effect.
    pub answer: Option<Answering>,
    pub mono_us: u64,
    pub wake: Option<u64>,
    /// Stops a turn at its so manieth slice.
    pub interrupt_after: Option<u64>,
    pub slices: u64,
    pub report: Option<Report>,
}

impl Host for TestHost {
    fn effect(&mut self, effect: Effect) -> Result<(), Stop> {
        if let Effect::WakeAt { mono_us } = &effect {
            self.wake = *mono_us;
        }
        if let Some(answer) = &mut self.answer
            && let Some(event) = answer(&effect)
        {
            self.events.push_back(event);
        }
        self.effects.push(effect);
        Ok(())
    }

    fn file_call(&mut self, _: FileCall<'_>, live: &mut dyn FnMut() -> FileReply) -> Result<FileReply, Stop> {
        Ok(live())
    }

    fn next(&mut self) -> BoxFuture<'_, Next> {
        let next = if let Some(event) = self.events.pop_front() {
            self.mono_us += 10;
            Next::Event(self.moment(), event)
        } else if let Some(wake) = self.wake.take() {
            self.mono_us = self.mono_us.max(wake);
            Next::Event(self.moment(), Event::Wake)
        } else {
            Next::Stop(Stop::Stalled)
        };
        Box::pin(async { next })
    }

    fn interrupt(&mut self, _fuel: u64) -> Option<Stop> {
        self.slices += 1;
        let after = self.interrupt_after?;
        (self.slices >= after).then(|| Stop::Cancelled {
            by: "the test".into(),
        })
    }

    fn finish(&mut self, report: &Report) {
        self.report = Some(report.clone());
    }
}

impl TestHost {
    fn moment(&self) -> Moment {
        Moment {
            wall_us: 1_800_000_000_000_000 + self.mono_us,
            mono_us: self.mono_us,
        }
    }

    /// Everything that was written and logged, a line each.
    pub fn output(&self) -> String {
        let mut text = String::new();
        for effect in &self.effects {
            if let Effect::Log { level, text: piece } = effect {
                text.push_str(piece);
                if !matches!(level, Level::Stdout | Level::Stderr) {
                    text.push('\n');
                }
            }
        }
        text
    }

    /// Status and body of a response that was given whole.
    pub fn response(&self) -> Option<(u16, String)> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Respond(head) => match &head.body {
                ResponseBody::Whole(bytes) => {
                    Some((head.status, String::from_utf8_lossy(bytes).into_owned()))
                }
                ResponseBody::None => Some((head.status, String::new())),
                ResponseBody::Stream => None,
            },
            _ => None,
        })
    }
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

pub const START: Moment = Moment {
    wall_us: 1_800_000_000_000_000,
    mono_us: 0,
};

pub fn request(path: &str) -> Event {
    Event::Request {
        seed: [7; 32],
        inline: false,
        head: RequestHead {
            id: "test-1".into(),
            method: "GET".into(),
            url: format!("http://localhost{path}"),
            headers: "host\nlocalhost\nuser-agent\ntest".into(),
            has_body: false,
        },
    }
}

/// Runs a script to its end.
pub fn run_with(program: &Arc<Program>, limits: &Limits, host: &mut TestHost) -> Report {
    let prepared = backend().unprepared(program.clone());
    block_on(prepared.invoke(START, Event::Script { seed: [7; 32] }, limits, host))
}

pub fn run(source: &str) -> (Report, TestHost) {
    let mut host = TestHost::default();
    let report = run_with(&program(source), &Limits::for_scripts(), &mut host);
    (report, host)
}

/// Deploys a handler module.
pub fn deploy(source: &str) -> Arc<dyn Prepared> {
    backend()
        .prepare(program(source), &Limits::default())
        .expect("the program can be deployed")
}

pub fn get(prepared: &Arc<dyn Prepared>, path: &str) -> (Report, TestHost) {
    let mut host = TestHost::default();
    let report = block_on(prepared.invoke(START, request(path), &Limits::default(), &mut host));
    (report, host)
}

pub fn answered() -> Outcome {
    Outcome::Answered {
        exit_code: 0,
        value: None,
    }
}

pub fn chunk(op: u32, text: &str) -> Event {
    Event::Done {
        op,
        answer: Answer::Chunk(Bytes::copy_from_slice(text.as_bytes())),
    }
}
