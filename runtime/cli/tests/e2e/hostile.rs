//! Programs that mean harm end as outcomes, while the server goes on answering others.

use std::net::SocketAddr;

use crate::client::{Response, get};
use crate::holm::with_files;
use crate::server::Server;

/// What each does in its handler, and how it may end: codes of the server, or `answered`.
const PROGRAMS: &[(&str, &str, &[&str])] = &[
    ("loop", "for (;;);", &["limit_cpu_ms"]),
    (
        "microtasks",
        "const again = () => { Promise.resolve().then(again); }; again();",
        &["limit_cpu_ms"],
    ),
    (
        // Each waits for the next, so it needs more and more memory as well.
        "promise-chain",
        "const again = () => Promise.resolve().then(again); await again();",
        &["limit_cpu_ms", "limit_memory_bytes", "function_threw"],
    ),
    ("async-loop", "for (;;) await null;", &["limit_cpu_ms"]),
    (
        "timers",
        "await new Promise(() => setInterval(() => {}, 0));",
        &["limit_cpu_ms", "limit_wall_ms"],
    ),
    (
        "chain",
        "await new Promise(() => { const next = () => setTimeout(next, 0); next() });",
        &["limit_cpu_ms", "limit_wall_ms"],
    ),
    ("getter", "({ get a() { for (;;); } }).a", &["limit_cpu_ms"]),
    (
        "comparator",
        "[3, 2, 1].sort(() => { for (;;); })",
        &["limit_cpu_ms"],
    ),
    (
        "sort",
        "Array.from({ length: 2e6 }, (_, i) => i % 7).sort(() => 0.5 - Math.random())",
        &["limit_cpu_ms", "limit_memory_bytes"],
    ),
    ("regex", "/^(a+)+$/.test('a'.repeat(60) + 'b')", &["limit_cpu_ms"]),
    (
        "bigint",
        "let n = 3n; for (;;) n *= n;",
        &["limit_cpu_ms", "limit_memory_bytes", "function_threw"],
    ),
    (
        "bigint-text",
        "let n = 7n ** 200000n; for (;;) String(n);",
        &["limit_cpu_ms"],
    ),
    (
        "normalize",
        "const s = '\\ufdfa\\u0301'.repeat(50000); for (;;) s.normalize('NFKD');",
        &["limit_cpu_ms", "limit_memory_bytes"],
    ),
    (
        "sparse-search",
        "const a = []; a[4294967294] = 1; a.indexOf(2);",
        &["limit_cpu_ms"],
    ),
    (
        "sparse-join",
        "const a = []; a.length = 4294967295; a.join();",
        &["limit_cpu_ms", "limit_memory_bytes", "function_threw"],
    ),
    (
        "fill",
        "for (;;) new Uint8Array(1 << 24).fill(7);",
        &["limit_cpu_ms", "limit_memory_bytes"],
    ),
    (
        "search",
        "const s = 'a'.repeat(1 << 20); for (;;) s.lastIndexOf('b' + s.slice(2));",
        &["limit_cpu_ms", "limit_memory_bytes"],
    ),
    (
        "json",
        "const s = JSON.stringify(Array.from({ length: 1e4 }, () => ({ a: [1] }))); for (;;) JSON.parse(s);",
        &["limit_cpu_ms"],
    ),
    (
        "to-json",
        "JSON.stringify({ toJSON() { for (;;); } })",
        &["limit_cpu_ms"],
    ),
    (
        "proxy",
        "const p = new Proxy({}, { get() { for (;;); } }); p.x",
        &["limit_cpu_ms"],
    ),
    (
        "iterator",
        "for (const x of { *[Symbol.iterator]() { for (;;) yield 1; } });",
        &["limit_cpu_ms"],
    ),
    (
        "digest",
        "for (;;) await crypto.subtle.digest('SHA-256', new Uint8Array(1 << 20));",
        &["limit_cpu_ms"],
    ),
    (
        "compress",
        "const z = await import('node:zlib'); const b = crypto.getRandomValues(new Uint8Array(65536)); for (;;) z.deflateSync(b, { level: 9 });",
        &["limit_cpu_ms"],
    ),
    (
        "bomb",
        "const z = await import('node:zlib'); z.gunzipSync(Buffer.concat(Array(999).fill(z.gzipSync(Buffer.alloc(1 << 20)))));",
        &["limit_memory_bytes", "limit_cpu_ms"],
    ),
    (
        "urls",
        "for (;;) new URL('https://example.com/' + 'a/../'.repeat(1e4));",
        &["limit_cpu_ms", "limit_memory_bytes"],
    ),
    (
        "clone",
        "const o = Array.from({ length: 1e5 }, () => ({})); for (;;) structuredClone(o);",
        &["limit_cpu_ms", "limit_memory_bytes"],
    ),
    (
        "arrays",
        "const kept = []; for (;;) kept.push(new Array(1e4).fill({}));",
        &["limit_memory_bytes", "limit_cpu_ms"],
    ),
    (
        "strings",
        "let s = 'x'; for (;;) { s += s; s.charCodeAt(0) }",
        &["limit_memory_bytes", "function_threw", "limit_cpu_ms"],
    ),
    (
        "buffers",
        "const kept = []; for (;;) kept.push(new Uint8Array(1 << 20).fill(1));",
        &["limit_memory_bytes"],
    ),
    (
        "huge-buffer",
        "new ArrayBuffer(2 ** 40)",
        &["function_threw", "limit_memory_bytes"],
    ),
    (
        "maps",
        "const map = new Map(); for (let i = 0; ; i++) map.set(i, {});",
        &["limit_memory_bytes", "limit_cpu_ms"],
    ),
    (
        "closures",
        "const kept = []; for (let i = 0; ; i++) kept.push(() => i);",
        &["limit_memory_bytes", "limit_cpu_ms"],
    ),
    (
        "symbols",
        "const kept = []; for (;;) kept.push(Symbol('s'));",
        &["limit_memory_bytes", "limit_cpu_ms"],
    ),
    (
        "catching",
        "const kept = []; for (;;) try { for (;;) kept.push(new Uint8Array(1 << 20).fill(1)) } catch {}",
        &["limit_memory_bytes", "limit_cpu_ms"],
    ),
    (
        "promises",
        "const kept = []; for (let i = 0; i < 1e6; i++) kept.push(new Promise(() => {})); await Promise.all(kept);",
        &["limit_memory_bytes", "limit_cpu_ms", "function_threw"],
    ),
    (
        "queue",
        "for (let i = 0; i < 1e7; i++) queueMicrotask(() => {});",
        &["limit_memory_bytes", "limit_cpu_ms", "function_threw"],
    ),
    (
        "logs",
        "for (;;) console.log('x'.repeat(1000));",
        &["limit_cpu_ms"],
    ),
    (
        "log-nest",
        "const o = {}; let p = o; for (let i = 0; i < 1e5; i++) p = p.a = {}; console.log(o); return new Response('ok')",
        &["answered", "limit_cpu_ms"],
    ),
    (
        "fetches",
        "for (let i = 0; i < 1e5; i++) fetch('https://example.com/').catch(() => {}); return new Response('ok')",
        &["answered", "limit_cpu_ms", "limit_memory_bytes", "function_threw"],
    ),
    (
        "headers",
        "const h = new Headers(); for (let i = 0; i < 1e5; i++) h.append('x' + i, 'y'); return new Response('ok', { headers: h })",
        &[
            "bad_response",
            "limit_cpu_ms",
            "limit_memory_bytes",
            "function_threw",
        ],
    ),
    (
        "long-header",
        "return new Response('ok', { headers: { x: 'y'.repeat(5e6) } })",
        &[
            "bad_response",
            "limit_cpu_ms",
            "limit_memory_bytes",
            "function_threw",
        ],
    ),
    (
        "never",
        "await new Promise(() => {});",
        &["function_threw", "limit_wall_ms"],
    ),
    (
        "prototype",
        "Object.prototype.then = function () { for (;;); }; return new Response('ok')",
        &["limit_cpu_ms", "answered", "bad_response", "function_threw"],
    ),
    (
        "globals",
        "for (const name of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[name] } catch {} return new Response('ok')",
        &["answered", "function_threw", "bad_response"],
    ),
    ("throw-null", "throw null", &["function_threw"]),
    (
        "throw-proxy",
        "throw new Proxy({}, { get() { throw 1 } })",
        &["function_threw"],
    ),
    (
        "exit",
        "process.exit(0)",
        &["bad_response", "function_threw", "answered"],
    ),
];

#[test]
fn each_ends_as_an_outcome_and_the_others_are_answered() {
    let mut files: Vec<(String, String)> = PROGRAMS
        .iter()
        .map(|(name, body, _)| {
            (
                format!("f/{name}.mjs"),
                format!("export default async () => {{ {body} }}"),
            )
        })
        .collect();
    files.push((
        "f/hello.mjs".into(),
        "export default () => new Response('hello')".into(),
    ));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let sources = with_files(&files);
    let limits = [
        "--cpu-ms",
        "200",
        "--wall-ms",
        "3000",
        "--memory-mib",
        "32",
        "--workers",
        "2",
    ];
    let server = Server::start(sources.path(), &limits, "f");
    let address = server.address;
    // Each worker has one of them most of the time.
    let failures: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = PROGRAMS
            .chunks(PROGRAMS.len().div_ceil(2))
            .map(|programs| {
                scope.spawn(move || {
                    programs
                        .iter()
                        .filter_map(|program| attack(address, program))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("it does not panic"))
            .collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    server.ask(&get("/hello")).is(200, "hello");
    let (code, said) = server.stop();
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("panicked") && !said.contains(": fault"), "{said}");
}

fn attack(address: SocketAddr, (name, _, ends): &(&str, &str, &[&str])) -> Option<String> {
    let attacked = get(&format!("/{name}")).send(address);
    let hello = get("/hello").ask(address);
    let response = crate::client::read(attacked);
    let end = end_of(&response);
    let fine = ends.contains(&end.as_str()) && hello.status == 200;
    (!fine).then(|| {
        format!(
            "{name}: {end} instead of {ends:?}; the neighbour got {}: {}",
            hello.status,
            response.text()
        )
    })
}

fn end_of(response: &Response) -> String {
    if response.status == 200 {
        "answered".into()
    } else {
        response.code()
    }
}

#[test]
fn a_body_that_never_ends_is_cut_and_the_others_are_answered() {
    let sources = with_files(&[
        (
            "f/endless.mjs",
            "export default () => new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(1 << 14)) } }))",
        ),
        ("f/hello.mjs", "export default () => new Response('hello')"),
    ]);
    let server = Server::start(sources.path(), &["--cpu-ms", "2000"], "f");
    let endless = get("/endless").send(server.address);
    server.ask(&get("/hello")).is(200, "hello");
    let response = crate::client::read(endless);
    assert!(
        !response.whole && response.body.len() <= 10 << 20,
        "{}",
        response.body.len()
    );
    server.says("(limit `response_body_bytes`)");
}
