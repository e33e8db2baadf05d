//! Every limit that is counted here, hit by a program, with its outcome and its message. Beside each, the same
//! program within the limit.

mod common;

use std::sync::Arc;

use common::{START, TestHost, answered, backend, block_on, program, request, run, run_with, with_tmp};
use holm_core::{Backend, Effect, Limit, Limits, Outcome, PrepareError, Report, ResponseBody, Stop};

fn run_limited(source: &str, limits: &Limits) -> (Report, TestHost) {
    let mut host = TestHost::default();
    let report = run_with(&with_tmp(&program(source)), limits, &mut host);
    (report, host)
}

fn limits(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::for_scripts();
    change(&mut limits);
    limits
}

#[track_caller]
fn exceeds(report: &Report, limit: Limit, message: &str) {
    let Outcome::Exceeded { limit: found, .. } = &report.outcome else {
        panic!("{:?}", report.outcome)
    };
    assert_eq!(*found, limit);
    let explained = report.outcome.explain();
    assert!(explained.contains(message), "{explained}");
}

#[test]
fn cpu_time_ends_a_loop() {
    let (report, _) = run_limited("for (;;);", &limits(|limits| limits.cpu_ms = 50));
    exceeds(
        &report,
        Limit::Cpu,
        "used up its CPU time: 50 of 50 ms allowed (limit `cpu_ms`)",
    );
    let (report, _) = run_limited(
        "for (let i = 0; i < 1000; i++);",
        &limits(|limits| limits.cpu_ms = 50),
    );
    assert_eq!(report.outcome, answered());
}

#[test]
fn a_stop_between_slices_falls_on_the_same_fuel_each_time() {
    let stopped = || {
        let mut host = TestHost {
            interrupt_after: Some(3),
            ..TestHost::default()
        };
        run_with(&program("for (;;);"), &Limits::for_scripts(), &mut host)
    };
    let report = stopped();
    assert_eq!(
        report.outcome,
        Outcome::Cancelled {
            by: "the test".into()
        }
    );
    assert!(report.usage.fuel > 0);
    assert_eq!(stopped(), report);
}

#[test]
fn memory_is_an_exception_first() {
    let source = "const kept = []; try { for (;;) kept.push(new Uint8Array(1 << 20)) } catch (e) { kept.length = 0; console.log('caught') }";
    let (report, host) = run_limited(source, &Limits::for_scripts());
    assert_eq!(
        (report.outcome, host.output()),
        (answered(), "caught\n".to_owned())
    );
}

#[test]
fn memory_ends_a_program_that_does_not_catch() {
    let limits = limits(|limits| limits.memory_bytes = 32 << 20);
    let (report, _) = run_limited(
        "const kept = []; for (;;) kept.push(new Uint8Array(1 << 20))",
        &limits,
    );
    exceeds(
        &report,
        Limit::Memory,
        "of 33554432 bytes allowed (limit `memory_bytes`)",
    );
    assert!(report.usage.memory_peak_bytes <= 32 << 20);
}

#[test]
fn memory_ends_a_program_that_insists() {
    let source = "const kept = []; for (;;) try { kept.push(new Uint8Array(1 << 20)) } catch {}";
    let (report, _) = run_limited(source, &Limits::for_scripts());
    exceeds(&report, Limit::Memory, "ran out of memory");
}

#[test]
fn what_the_host_holds_counts_as_memory() {
    let source = "for (let i = 0; i < 9; i++) fetch('http://x/', { method: 'POST', body: new Uint8Array(8 << 20) }).catch(() => {})";
    let (report, _) = run_limited(source, &limits(|limits| limits.cpu_ms = 60_000));
    exceeds(&report, Limit::Memory, "ran out of memory");
}

#[test]
fn deep_recursion_is_a_range_error() {
    for source in [
        "(function f() { f() })()",
        "const o = {}; o.toJSON = () => JSON.stringify(o); JSON.stringify(o)",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.flat(Infinity)",
        "JSON.parse('['.repeat(1e6))",
        "eval('('.repeat(1e5))",
        "eval('[' .repeat(1e5))",
        "eval('a=>'.repeat(1e5))",
        "new RegExp('('.repeat(1e5))",
        "class A { get x() { return this.x } } new A().x",
        "const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.x",
        "let f = () => 1; for (let i = 0; i < 1e5; i++) f = ((g) => () => g())(f); f()",
        "const a = []; a[0] = a; String(a.toString = () => a + '')",
        "[1, 2].sort(function c(a, b) { return [1, 2].sort(c) })",
        "'x'.replace(/x/, function r() { return 'x'.replace(/x/, r) })",
        "structuredClone((() => { let a = {}; for (let i = 0; i < 1e5; i++) a = { a }; return a })())",
        "structuredClone((() => { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a })())",
    ] {
        let caught = format!("try {{ {source}; console.log('ended') }} catch (e) {{ console.log(e?.name) }}");
        let (report, host) = run_limited(&caught, &Limits::for_scripts());
        assert_eq!(report.outcome, answered(), "{source}");
        let output = host.output();
        assert!(
            ["RangeError\n", "SyntaxError\n", "InternalError\n", "ended\n"].contains(&&*output),
            "{source}: {output}"
        );
        let (report, _) = run_limited(source, &Limits::for_scripts());
        assert!(
            matches!(report.outcome, Outcome::Threw(_) | Outcome::Answered { .. }),
            "{source}: {:?}",
            report.outcome
        );
    }
}

#[test]
fn log_bytes_cut_the_output_with_a_line_that_says_so() {
    let limits = limits(|limits| limits.log_bytes = 100);
    let (report, host) = run_limited(
        "for (let i = 0; i < 1000; i++) console.log('0123456789')",
        &limits,
    );
    assert_eq!(report.outcome, answered());
    assert_eq!(report.usage.log_bytes, 100);
    let output = host.output();
    assert!(
        output.ends_with("[holm] output is cut here: 100 bytes are allowed (limit `log_bytes`)\n"),
        "{output}"
    );
    let (_, host) = run_limited("for (let i = 0; i < 9; i++) console.log('0123456789')", &limits);
    assert_eq!(host.output(), "0123456789\n".repeat(9));
}

#[test]
fn one_timer_too_many_is_an_exception() {
    let source = |count: usize| {
        format!("for (let i = 0; i < {count}; i++) setTimeout(() => {{}}, 1); console.log('set')")
    };
    let limits = limits(|limits| limits.timers = 600);
    let (report, host) = run_limited(&source(600), &limits);
    assert_eq!((report.outcome, host.output()), (answered(), "set\n".to_owned()));
    let (report, _) = run_limited(&source(700), &limits);
    let Outcome::Threw(error) = &report.outcome else {
        panic!("{:?}", report.outcome)
    };
    assert!(error.message.contains("timers"), "{}", error.message);
}

#[test]
fn one_operation_too_many_is_an_exception() {
    let source = |count: usize| {
        format!(
            "for (let i = 0; i < {count}; i++) fetch('http://x/').catch((e) => console.log(e.message)); process.exit(0)"
        )
    };
    let limits = limits(|limits| limits.operations_pending = 10);
    assert_eq!(run_limited(&source(10), &limits).1.output(), "");
    let source = "for (let i = 0; i < 11; i++) fetch('http://x/').catch((e) => { console.log(e.message); process.exit(0) })";
    let output = run_limited(source, &limits).1.output();
    assert!(output.contains("operations_pending"), "{output}");
}

#[test]
fn a_response_that_is_too_large_is_not_given() {
    let prepared = |bytes: usize| {
        let source = format!("export default {{ fetch: () => new Response('x'.repeat({bytes})) }}");
        backend()
            .prepare(program(&source), &Limits::default())
            .expect("it can be deployed")
    };
    let limits = Limits {
        response_body_bytes: 1000,
        ..Limits::default()
    };
    let mut host = TestHost::default();
    let report = block_on(prepared(1001).invoke(START, request("/"), &limits, &mut host));
    exceeds(
        &report,
        Limit::ResponseBody,
        "1001 of 1000 bytes allowed (limit `response_body_bytes`)",
    );
    assert_eq!(host.response(), None);
    let mut host = TestHost::default();
    let report = block_on(prepared(1000).invoke(START, request("/"), &limits, &mut host));
    assert_eq!(report.outcome, answered());
    assert!(host.effects.iter().any(|effect| matches!(effect, Effect::Respond(head) if matches!(&head.body, ResponseBody::Whole(bytes) if bytes.len() == 1000))));
}

fn refused(source: &str, limits: &Limits) -> String {
    match backend().prepare(program(source), limits) {
        Err(PrepareError::Program(outcome)) => outcome.explain(),
        other => panic!("{:?}", other.err()),
    }
}

#[test]
fn too_much_source_is_refused() {
    let limits = Limits {
        source_bytes: 100,
        ..Limits::default()
    };
    let source = format!("export default () => new Response('{}')", "x".repeat(100));
    assert!(refused(&source, &limits).contains("of 100 bytes allowed (limit `source_bytes`)"));
    assert!(
        backend()
            .prepare(program("export default () => 1"), &limits)
            .is_ok()
    );
}

#[test]
fn evaluation_that_takes_too_long_is_refused() {
    let limits = Limits {
        boot_ms: 20,
        ..Limits::default()
    };
    let message = refused("for (;;); export default () => 1", &limits);
    assert!(
        message.contains("takes too long to start: 20 of 20 ms allowed (limit `boot_ms`)"),
        "{message}"
    );
}

#[test]
fn the_own_folder_is_bounded_in_bytes() {
    let limits = limits(|limits| limits.fs_bytes = 1 << 20);
    let source = "const fs = require('node:fs');
        try { for (let i = 0; ; i++) fs.writeFileSync('/tmp/' + i, new Uint8Array(300000)) } catch (e) { console.log(e.code) }
        fs.unlinkSync('/tmp/0'); fs.writeFileSync('/tmp/again', new Uint8Array(300000)); console.log('room again')";
    let (report, host) = run_limited(source, &limits);
    assert_eq!(
        (report.outcome, host.output()),
        (answered(), "ENOSPC\nroom again\n".to_owned())
    );
}

#[test]
fn removing_an_open_file_gives_no_room() {
    let limits = limits(|limits| limits.fs_bytes = 1 << 20);
    let source = "const fs = require('node:fs'); const open = [];
        try { for (let i = 0; i < 40; i++) { const fd = fs.openSync('/tmp/a', 'w'); open.push(fd); fs.unlinkSync('/tmp/a'); fs.writeSync(fd, new Uint8Array(300000)) } console.log('bypassed') }
        catch (e) { console.log(open.length, e.code) }
        for (const fd of open) fs.closeSync(fd); fs.writeFileSync('/tmp/b', new Uint8Array(300000)); console.log('room again')";
    let (report, host) = run_limited(source, &limits);
    assert_eq!(
        (report.outcome, host.output()),
        (answered(), "4 ENOSPC\nroom again\n".to_owned())
    );
}

#[test]
fn open_files_are_few() {
    let source = "const fs = require('node:fs'); let n = 0; try { for (;; n++) fs.openSync('/tmp/a', 'w') } catch (e) { console.log(n, e.code) }";
    let (report, host) = run_limited(source, &Limits::for_scripts());
    assert_eq!(
        (report.outcome, host.output()),
        (answered(), "64 EMFILE\n".to_owned())
    );
}

/// Every call of the host starts wasmtime's slice of fuel anew; a program that keeps calling it was never looked at.
#[test]
fn a_loop_of_host_calls_is_looked_at() {
    for source in [
        "for (;;) new URL('http://a/b')",
        "const b = new Uint8Array(1e5); for (;;) crypto.subtle.digest('SHA-256', b)",
    ] {
        let stopped = || {
            let mut host = TestHost {
                interrupt_after: Some(3),
                ..TestHost::default()
            };
            run_with(&program(source), &Limits::for_scripts(), &mut host)
        };
        let report = stopped();
        assert_eq!(
            report.outcome,
            Outcome::Cancelled {
                by: "the test".into()
            },
            "{source}"
        );
        assert!(
            report.usage.fuel < 10 * holm_core::limits::FUEL_PER_CPU_MS,
            "{source}: {}",
            report.usage.fuel
        );
        assert_eq!(stopped(), report, "{source}");
    }
}

#[test]
fn the_own_folder_is_bounded_in_files() {
    let limits = limits(|limits| limits.fs_files = 20);
    let source = "const fs = require('node:fs');
        let n = 0; try { for (; ; n++) fs.writeFileSync('/tmp/' + n, '') } catch (e) { console.log(n, e.code) }";
    let (report, host) = run_limited(source, &limits);
    assert_eq!(
        (report.outcome, host.output()),
        (answered(), "20 EMFILE\n".to_owned())
    );
}

#[test]
fn hostile_programs_end_as_outcomes() {
    let limits = limits(|limits| limits.cpu_ms = 100);
    for source in [
        "for (;;) try { for (;;); } finally { continue }",
        "(function loop() { Promise.resolve().then(loop) })()",
        "process.nextTick(function again() { process.nextTick(again) })",
        "setTimeout(function again() { setTimeout(again, 0) }, 0)",
        "setInterval(() => {}, 0)",
        "({ get x() { for (;;); } }).x",
        "[3, 1, 2].sort(() => { for (;;); })",
        "/(a+)+$/.test('a'.repeat(40) + 'b')",
        "let n = 3n; for (;;) n **= 3n",
        "let s = '\\u1e9b\\u0323'.repeat(1e6); for (;;) s.normalize('NFKC')",
        "const a = []; a.length = 4e9; for (;;) a.indexOf(1)",
        "const a = new Array(1e6).fill(0); for (;;) JSON.stringify(a)",
        "const s = '[' + '0,'.repeat(1e6) + '0]'; for (;;) JSON.parse(s)",
        "const a = new Uint8Array(1e7), b = new Uint8Array(1e7); for (;;) a.set(b)",
        "const s = 'a'.repeat(1e7); for (;;) s.indexOf('b')",
        "const all = []; for (let i = 0; i < 1e6; i++) all.push(new Promise(() => {})); for (;;);",
        "const m = new Map(); for (let i = 0; ; i++) m.set(i, i)",
        "let s = 'x'; for (;;) s += s",
        "const kept = []; for (;;) kept.push({})",
        "for (;;) new URL('http://' + 'é.'.repeat(100))",
        "const bytes = new Uint8Array(65536); for (;;) crypto.getRandomValues(bytes)",
        "const bytes = new Uint8Array(1e6); for (;;) crypto.subtle.digest('SHA-512', bytes)",
        "const s = crypto.subtle, k = await s.importKey('raw', new Uint8Array(9), 'PBKDF2', false, ['deriveBits']);
            await s.deriveBits({ name: 'PBKDF2', hash: 'SHA-512', salt: new Uint8Array(9), iterations: 4294967295 }, k, 1 << 20)",
        "for (;;) await crypto.subtle.generateKey({ name: 'RSA-OAEP', modulusLength: 16384, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-1' }, true, ['decrypt'])",
        "for (;;) await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-521' }, true, ['sign'])",
        "const s = crypto.subtle, { privateKey: k } = await s.generateKey('Ed25519', true, ['sign']); for (;;) await s.sign('Ed25519', k, new Uint8Array(1e6))",
        "const s = crypto.subtle, k = await s.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt']);
            for (;;) await s.encrypt({ name: 'AES-GCM', iv: new Uint8Array(1) }, k, new Uint8Array(1e6))",
        "const b = new Uint8Array(1e6).fill(0x81); for (;;) new TextDecoder('gb18030').decode(b, { stream: true })",
        "for (;;) console.log('flood')",
        "for (;;) structuredClone(new Array(1000).fill({}))",
        "await new Promise(() => { for (;;); })",
    ] {
        let (report, _) = run_limited(source, &limits);
        let ended = matches!(
            &report.outcome,
            Outcome::Exceeded {
                limit: Limit::Cpu | Limit::Memory,
                ..
            }
        ) || matches!(&report.outcome, Outcome::Threw(error) if error.name == "RangeError" || error.name == "InternalError");
        assert!(ended, "{source}: {:?}", report.outcome);
    }
}

#[test]
fn a_handler_that_never_settles_is_an_error() {
    let prepared = backend().prepare(
        program("export default () => new Promise(() => {})"),
        &Limits::default(),
    );
    let prepared: Arc<_> = prepared.expect("it can be deployed");
    let report = block_on(prepared.invoke(START, request("/"), &Limits::default(), &mut TestHost::default()));
    let Outcome::Threw(error) = &report.outcome else {
        panic!("{:?}", report.outcome)
    };
    assert!(error.message.contains("can never settle"), "{}", error.message);
    let _ = (Stop::Stalled, run);
}

fn engine_with_open_files(open_files_max: usize) -> holm_wasm::WasmBackend {
    let config = holm_wasm::EngineConfig {
        open_files_max,
        ..holm_wasm::EngineConfig::default()
    };
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/engines");
    let engine = holm_wasm::Engine::new(&holm_wasm::Cache::at(folder), config);
    holm_wasm::WasmBackend::new(engine.expect("an engine"))
}

/// A host in whose fetches another program runs to its end, and which keeps what that one printed.
fn meanwhile(
    backend: holm_wasm::WasmBackend,
    source: &'static str,
) -> (TestHost, Arc<std::sync::Mutex<String>>) {
    let printed = Arc::new(std::sync::Mutex::new(String::new()));
    let into = printed.clone();
    let host = TestHost {
        answer: Some(Box::new(move |effect| {
            let Effect::Fetch { .. } = effect else { return None };
            let mut other = TestHost::default();
            let script = backend.unprepared(with_tmp(&program(source)));
            let start = holm_core::Event::Script { seed: [7; 32] };
            block_on(script.invoke(START, start, &Limits::for_scripts(), &mut other));
            *into.lock().expect("nobody panics") = other.output();
            None
        })),
        ..TestHost::default()
    };
    (host, printed)
}

#[test]
fn all_invocations_together_have_so_many_open_files() {
    const OPEN: &str = "const fs = require('node:fs'); let n = 0; const open = [];
        try { for (;; n++) open.push(fs.openSync('/tmp/a', 'w')) } catch (e) { console.log(n, e.code) }";
    // Two descriptors are the folder's of each.
    let backend = engine_with_open_files(24);
    let source = format!(
        "{OPEN} fetch('http://x/'); process.nextTick(() => {{ for (const fd of open.slice(4)) fs.closeSync(fd); fetch('http://x/'); }})"
    );
    let (mut host, printed) = meanwhile(backend.clone(), OPEN);
    let script = backend.unprepared(with_tmp(&program(&source)));
    let start = holm_core::Event::Script { seed: [7; 32] };
    block_on(script.invoke(START, start, &Limits::for_scripts(), &mut host));
    assert_eq!(host.output(), "22 ENFILE\n");
    // The first one still has its folder and four files.
    assert_eq!(*printed.lock().expect("nobody panics"), "16 ENFILE\n");
    // And when it has ended, everything is there again.
    let mut host = TestHost::default();
    let script = backend.unprepared(with_tmp(&program(OPEN)));
    let start = holm_core::Event::Script { seed: [7; 32] };
    block_on(script.invoke(START, start, &Limits::for_scripts(), &mut host));
    assert_eq!(host.output(), "22 ENFILE\n");
}

/// Fuel of a program that does something to files so many times.
fn fuel_of(work: &str, times: usize) -> u64 {
    let source = format!("const fs = require('node:fs'); for (let i = 0; i < {times}; i++) {{ {work} }}");
    let (report, host) = run_limited(&source, &limits(|limits| limits.cpu_ms = 60_000));
    assert_eq!(report.outcome, answered(), "{}", host.output());
    report.usage.fuel
}

#[test]
fn calls_of_the_file_system_are_charged_for_what_the_host_does() {
    let each = |work: &str| (fuel_of(work, 30) - fuel_of(work, 10)) / 20;
    let look = each("fs.existsSync('/tmp/a')");
    let long = each(&format!("fs.existsSync('/tmp/{}')", "a/".repeat(500)));
    assert!(long > look + 1_000 * 300, "{look}, {long}: a path by its names");
    let one = each("fs.mkdirSync('/tmp/d' + i)");
    assert!(one > look, "{look}, {one}: a change costs more than a look");
    let small = each("fs.writeFileSync('/tmp/a', new Uint8Array(10))");
    let large = each("fs.writeFileSync('/tmp/a', new Uint8Array(100_000))");
    assert!(large > small + 400_000, "{small}, {large}: by the byte");
    let synced = each("const fd = fs.openSync('/tmp/a', 'w'); fs.fsyncSync(fd); fs.closeSync(fd)");
    assert!(synced > 8_000_000, "{synced}: the disk is slow");
}

#[test]
fn a_large_folder_is_read_in_pieces_and_charged_by_its_entries() {
    let fill = |count: usize| {
        format!(
            "fs.mkdirSync('/tmp/d'); for (let i = 0; i < {count}; i++) fs.writeFileSync('/tmp/d/file-' + i, '');"
        )
    };
    let limits = limits(|limits| {
        limits.fs_files = 5_000;
        limits.cpu_ms = 60_000;
    });
    let list = |count: usize| {
        let source = format!("const fs = require('node:fs'); {}", fill(count));
        let filled = run_limited(&source, &limits).0.usage.fuel;
        let read = "const names = fs.readdirSync('/tmp/d'); console.log(names.length, new Set(names).size, names.includes('file-0'))";
        let (report, host) = run_limited(&format!("{source}{read}"), &limits);
        assert_eq!(host.output(), format!("{count} {count} true\n"));
        report.usage.fuel - filled
    };
    let (few, many) = (list(10), list(3_000));
    // Each entry has 24 bytes and its name.
    assert!(many - few > 2_990 * 30 * 320, "{few}, {many}");
}

#[test]
fn what_is_no_folder_is_not_listed() {
    let source = "const fs = require('node:fs'); fs.mkdirSync('/tmp/d'); fs.rmdirSync('/tmp/d');
        try { fs.readdirSync('/tmp/d') } catch (e) { console.log(e.code) }
        fs.writeFileSync('/tmp/f', ''); try { fs.readdirSync('/tmp/f') } catch (e) { console.log(e.code) }";
    assert_eq!(
        run_limited(source, &Limits::for_scripts()).1.output(),
        "ENOENT\nENOTDIR\n"
    );
}

/// A tree that is deeper than a path may be long cannot be measured; it must not count as nothing then.
#[test]
fn a_tree_that_is_too_deep_to_measure_still_counts() {
    let limits = limits(|limits| limits.fs_bytes = 1 << 20);
    let source = "const fs = require('node:fs');
        const name = 'd'.repeat(200); const deep = Array(15).fill(name).join('/');
        fs.mkdirSync('/tmp/a/' + deep, { recursive: true }); fs.mkdirSync('/tmp/b/' + deep, { recursive: true });
        fs.writeFileSync('/tmp/b/' + deep + '/file', new Uint8Array(600_000));
        fs.renameSync('/tmp/b', '/tmp/a/' + deep + '/b');
        for (let i = 0; i < 20; i++) { fs.writeFileSync('/tmp/x', ''); fs.unlinkSync('/tmp/x') }
        try { fs.writeFileSync('/tmp/more', new Uint8Array(600_000)); console.log('bypassed') } catch (e) { console.log(e.code) }
        fs.writeFileSync('/tmp/less', new Uint8Array(300_000)); console.log('room for less')";
    let (report, host) = run_limited(source, &limits);
    assert_eq!(
        (report.outcome, host.output()),
        (answered(), "ENOSPC\nroom for less\n".to_owned())
    );
}

/// A call of scrypt cannot be stopped once it has begun. These parameters would keep a core busy for minutes.
#[test]
fn a_call_that_the_fuel_left_cannot_pay_is_not_begun() {
    let source = "const crypto = require('crypto');
        crypto.scryptSync('password', 'salt', 32, { N: 1024, r: 8, p: 1 });
        crypto.scryptSync('password', 'salt', 32, { N: 16384, r: 8, p: 5000 });";
    let (report, _) = run_limited(source, &limits(|limits| limits.cpu_ms = 200));
    exceeds(
        &report,
        Limit::Cpu,
        "used up its CPU time: 200 of 200 ms allowed (limit `cpu_ms`)",
    );
}

/// Iterations are made some thousands at a time, so the count that a program writes down is no time that it takes.
#[test]
fn iterations_end_with_the_fuel() {
    let source = "require('crypto').pbkdf2Sync('password', 'salt', 2 ** 31 - 1, 32, 'sha512')";
    let (report, _) = run_limited(source, &limits(|limits| limits.cpu_ms = 100));
    exceeds(
        &report,
        Limit::Cpu,
        "used up its CPU time: 100 of 100 ms allowed (limit `cpu_ms`)",
    );
}

/// How long the search for primes takes is chance. Each step of it is paid for before it is made.
#[test]
fn a_search_for_large_primes_ends_with_the_fuel() {
    let source = "require('crypto').generateKeyPairSync('rsa', { modulusLength: 16384 })";
    let (report, _) = run_limited(source, &limits(|limits| limits.cpu_ms = 100));
    exceeds(
        &report,
        Limit::Cpu,
        "used up its CPU time: 100 of 100 ms allowed (limit `cpu_ms`)",
    );
}
