//! A program cannot tell in which memories it runs: everything that it says, does and uses is the same.

mod common;

use std::sync::Arc;

use common::{START, TestHost, block_on, program, request, with_tmp};
use holm_core::{Backend, Event, Limits, Report};
use holm_wasm::{Cache, Engine, EngineConfig, MemoryKind, WasmBackend};

fn backends() -> Vec<WasmBackend> {
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/engines");
    let engine = |memories: &MemoryKind| {
        let config = EngineConfig {
            memories: *memories,
            ..EngineConfig::default()
        };
        Engine::new(&Cache::at(folder), config).expect("an engine")
    };
    MemoryKind::ALL
        .iter()
        .map(|kind| WasmBackend::new(engine(kind)))
        .collect()
}

#[track_caller]
fn same(mut run: impl FnMut(&WasmBackend) -> (Report, TestHost)) {
    let mut seen: Option<(Report, TestHost)> = None;
    for backend in &backends() {
        let (report, host) = run(backend);
        if let Some((first, other)) = &seen {
            assert_eq!((first, &other.effects), (&report, &host.effects));
        }
        seen = Some((report, host));
    }
}

#[test]
fn scripts_end_the_same() {
    for source in [
        "console.log('hello', Math.random(), new Date().toISOString())",
        "const kept = []; for (;;) kept.push(new Uint8Array(1 << 20))",
        "const kept = []; try { for (;;) kept.push(new Uint8Array(1 << 20)) } catch (e) { kept.length = 0; console.log('caught') }",
        "for (;;) try { new ArrayBuffer(1 << 30) } catch {}",
        "(function f() { f() })()",
        "for (;;);",
        "const fs = require('node:fs'); fs.writeFileSync('/tmp/a', 'x'); console.log(fs.readdirSync('/tmp'))",
        "crypto.subtle.digest('SHA-256', new Uint8Array(1e6)).then((d) => console.log(new Uint8Array(d).toHex()))",
        "await new Promise(() => {})",
    ] {
        let program = with_tmp(&program(source));
        let limits = Limits {
            cpu_ms: 300,
            ..Limits::for_scripts()
        };
        same(|backend| {
            let mut host = TestHost::default();
            let script = backend.unprepared(program.clone());
            let report = block_on(script.invoke(START, Event::Script { seed: [7; 32] }, &limits, &mut host));
            (report, host)
        });
    }
}

#[test]
fn functions_answer_the_same() {
    let program = program(
        "const table = new Map(); for (let i = 0; i < 1e5; i++) table.set(i, { i });
         export default (request) => Response.json([table.size, request.url, Math.random()])",
    );
    same(|backend| {
        let function: Arc<_> = backend
            .prepare(program.clone(), &Limits::default())
            .expect("deployed");
        let mut host = TestHost::default();
        let report = block_on(function.invoke(START, request("/x"), &Limits::default(), &mut host));
        assert!(host.response().is_some_and(|(status, _)| status == 200));
        (report, host)
    });
}

/// A memory that is over the limit from the start is refused by neither: only growth is.
#[test]
fn an_image_that_is_larger_than_the_limit_runs_the_same() {
    let limits = Limits {
        memory_bytes: 1 << 20,
        ..Limits::default()
    };
    let program = program(
        "const kept = []; for (let i = 0; i < 4e5; i++) kept.push(i * 1.5); export default () => new Response(kept.length)",
    );
    same(|backend| {
        let function = backend
            .prepare(program.clone(), &Limits::default())
            .expect("deployed");
        let mut host = TestHost::default();
        let report = block_on(function.invoke(START, request("/"), &limits, &mut host));
        (report, host)
    });
}
