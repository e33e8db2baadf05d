//! Everything outside of an invocation, as small as it can be: effects are looked at and dropped, waiting never ends.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use holm_core::{
    Backend, BoxFuture, Effect, Event, FileCall, FileReply, Host, Limits, Module, ModuleFormat, Moment, Next,
    Outcome, Prepared, Program, Report, RequestHead, ResponseBody, Stop,
};
use holm_wasm::{Cache, Engine, EngineConfig, MemoryKind, WasmBackend};

/// A moment like any other: 2026-01-01 00:00 UTC.
const MOMENT: Moment = Moment {
    wall_us: 1_767_225_600_000_000,
    mono_us: 0,
};

/// What the benches' handlers answer.
pub const BODY: &[u8] = b"hello\n";

/// The backend, its engine cached beside the running binary.
///
/// # Errors
/// When the engine cannot be made on this machine.
pub fn backend(kind: MemoryKind) -> Result<WasmBackend> {
    engine(kind).map(WasmBackend::new)
}

/// The engine, cached beside the running binary.
///
/// # Errors
/// As [`backend`].
pub fn engine(kind: MemoryKind) -> Result<Arc<Engine>> {
    Ok(Engine::new(&Cache::at(cache_folder()?), config(kind))?)
}

/// The backend, its engine compiled anew.
///
/// # Errors
/// As [`backend`].
pub fn backend_without_cache(kind: MemoryKind) -> Result<WasmBackend> {
    Ok(WasmBackend::new(Engine::new(&Cache::off(), config(kind))?))
}

fn config(memories: MemoryKind) -> EngineConfig {
    EngineConfig {
        memories,
        ..EngineConfig::default()
    }
}

fn cache_folder() -> Result<PathBuf> {
    let binary = std::env::current_exe()?;
    Ok(binary
        .parent()
        .context("a binary lies in a folder")?
        .join("bench-cache"))
}

/// A program of one module.
pub fn program(source: &str) -> Arc<Program> {
    let entry = "/bundle/index.js".to_owned();
    let module = Module {
        format: ModuleFormat::Esm,
        source: Bytes::copy_from_slice(source.as_bytes()),
        links: BTreeMap::new(),
        exports: Vec::new(),
    };
    Arc::new(Program {
        entry: entry.clone(),
        modules: BTreeMap::from([(entry, module)]),
        ..Program::default()
    })
}

/// A handler that answers [`BODY`]; each number is another program.
pub fn hello(number: usize) -> Arc<Program> {
    program(&format!(
        "const id = {number};\nexport default {{ fetch() {{ return new Response('hello\\n'); }}, id }};\n"
    ))
}

/// A handler that waits for a fetch.
pub fn waiting() -> Arc<Program> {
    program("export default { async fetch() { return await fetch('https://example.com/'); } };\n")
}

/// A request as browsers send it.
pub fn request(inline: bool) -> Event {
    Event::Request {
        seed: [7; 32],
        inline,
        head: RequestHead {
            id: "0123456789abcdef".into(),
            method: "GET".into(),
            url: "http://localhost:8080/hello?name=world".into(),
            headers: "host\nlocalhost:8080\nuser-agent\nbench/1\naccept\n*/*\naccept-encoding\ngzip".into(),
            has_body: false,
        },
    }
}

/// Makes a function image.
///
/// # Errors
/// When the program cannot be deployed.
pub fn prepare(backend: &WasmBackend, program: Arc<Program>) -> Result<Arc<dyn Prepared>> {
    Ok(backend.prepare(program, &Limits::default())?)
}

/// Runs one request to its end and checks that it was answered with [`BODY`].
///
/// # Errors
/// When it ended otherwise.
pub async fn answer(prepared: &dyn Prepared, inline: bool, limits: &Limits) -> Result<Report> {
    let mut world = World::default();
    let report = prepared.invoke(MOMENT, request(inline), limits, &mut world).await;
    if !matches!(report.outcome, Outcome::Answered { .. }) || world.body.as_deref() != Some(BODY) {
        bail!(
            "the handler did not answer: {:?}, body {:?}",
            report.outcome,
            world.body
        );
    }
    Ok(report)
}

/// Runs one request that never ends. `started` counts it when it waits.
pub async fn wait(prepared: Arc<dyn Prepared>, started: Arc<AtomicUsize>) -> Report {
    let mut world = World {
        waiting: Some(started),
        ..World::default()
    };
    prepared
        .invoke(MOMENT, request(false), &Limits::default(), &mut world)
        .await
}

/// Runs a program as a script, to its end.
///
/// # Errors
/// When it does not come to its end.
pub async fn script(prepared: &dyn Prepared, limits: &Limits) -> Result<Report> {
    let mut world = World::default();
    let report = prepared
        .invoke(MOMENT, Event::Script { seed: [7; 32] }, limits, &mut world)
        .await;
    if !matches!(report.outcome, Outcome::Answered { exit_code: 0, .. }) {
        bail!("the script did not end: {:?}", report.outcome);
    }
    Ok(report)
}

/// The [`Host`] of one invocation.
#[derive(Debug, Default)]
struct World {
    body: Option<Bytes>,
    waiting: Option<Arc<AtomicUsize>>,
}

impl Host for World {
    fn effect(&mut self, effect: Effect) -> Result<(), Stop> {
        if let Effect::Respond(head) = effect
            && let ResponseBody::Whole(bytes) = head.body
        {
            self.body = Some(bytes);
        }
        Ok(())
    }

    fn file_call(&mut self, _: FileCall<'_>, live: &mut dyn FnMut() -> FileReply) -> Result<FileReply, Stop> {
        Ok(live())
    }

    fn next(&mut self) -> BoxFuture<'_, Next> {
        if let Some(waiting) = &self.waiting {
            waiting.fetch_add(1, Ordering::SeqCst);
        }
        Box::pin(std::future::pending())
    }

    fn interrupt(&mut self, _: u64) -> Option<Stop> {
        None
    }

    fn finish(&mut self, _: &Report) {}
}
