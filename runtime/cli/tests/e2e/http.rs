//! Functions over HTTP: what they are given, what they do while they answer, and that their journals replay.

use std::io::Read;

use crate::client::{get, post};
use crate::holm::{folder, holm, with_files};
use crate::origin::Origin;
use crate::server::Server;
use crate::story::{Test, replays_the_same};

#[test]
fn every_form_of_handler_answers() {
    let forms = [
        "export default { async fetch(request, env, ctx) { return new Response('hello') } }",
        "export default function (request) { return new Response('hello') }",
        "addEventListener('fetch', (event) => event.respondWith(new Response('hello')))",
    ];
    for form in forms {
        let [response] = Test::using(form).against([get("/")]);
        response.is(200, "hello");
    }
}

#[test]
fn a_request_is_given_whole() {
    let source = "export default { async fetch(request, env) {
        const { pathname, search } = new URL(request.url);
        return new Response([request.method, pathname, search, request.headers.get('x-one'), env.NAME, await request.text()].join(' '),
            { status: 201, headers: { 'x-two': 'zwei' } });
    } }";
    let [response] = Test::using(source)
        .with(&["--env", "NAME=holm"])
        .against([post("/a/b?c=d", "the body").header("x-one", "eins")]);
    response.is(201, "POST /a/b ?c=d eins holm the body");
    assert_eq!(response.header("x-two"), Some("zwei"));
}

#[test]
fn each_request_has_an_instance_of_its_own() {
    let source = "let count = 0; export default { fetch() { return new Response(String(++count)) } }";
    for response in Test::using(source).against([get("/"), get("/"), get("/")]) {
        response.is(200, "1");
    }
}

#[test]
fn fetches_go_out_together_and_replay_without_them() {
    let origin = Origin::start();
    let source = format!(
        "export default {{ async fetch() {{
            const texts = await Promise.all([1, 2, 3, 4].map(async () => (await fetch('{}')).text()));
            const echo = await fetch('{}', {{ method: 'POST', body: 'sent' }});
            return new Response(texts.join() + ' ' + await echo.text());
        }} }}",
        origin.url("/together/4"),
        origin.url("/echo")
    );
    let [response] = Test::using(&source)
        .with(&["--allow-private", "--allow", &origin.rule()])
        .against([get("/")]);
    response.is(200, "together,together,together,together POST /echo sent");
}

#[test]
fn time_random_and_timers_replay_as_they_were() {
    let source = "export default { async fetch() {
        const began = Date.now();
        const order = [];
        await Promise.all([30, 10, 20].map((ms) => new Promise((done) => setTimeout(() => { order.push(ms); done() }, ms))));
        const numbers = crypto.getRandomValues(new Uint8Array(4));
        return Response.json({ order, waited: Date.now() - began >= 30, random: Math.random() < 1, uuid: crypto.randomUUID(),
            numbers: [...numbers], at: performance.now() > 0 });
    } }";
    let responses = Test::using(source).against([get("/"), get("/")]);
    assert_ne!(
        responses[0].text(),
        responses[1].text(),
        "random numbers differ between requests"
    );
    for response in responses {
        assert!(
            response
                .text()
                .starts_with(r#"{"order":[10,20,30],"waited":true,"random":true,"#),
            "{}",
            response.text()
        );
    }
}

#[test]
fn files_replay_without_their_folder() {
    let data = with_files(&[("in.txt", "from the host")]);
    let source = "import fs from 'node:fs';
        export default { fetch() {
            fs.writeFileSync('/tmp/a.txt', 'own');
            const own = fs.readFileSync('/tmp/a.txt', 'utf8');
            return new Response(own + ', ' + fs.readFileSync('/data/in.txt', 'utf8') + ', ' + fs.readdirSync('/tmp'));
        } }";
    let option = format!("{}:/data:ro", data.path().display());
    let responses = Test::using(source)
        .with(&["--dir", &option])
        .against([get("/"), get("/")]);
    for response in responses {
        response.is(200, "own, from the host, a.txt");
    }
}

#[test]
fn bodies_stream_in_both_directions() {
    let origin = Origin::start();
    let source = format!(
        "export default {{ async fetch(request) {{
            if (request.method === 'POST') {{
                const upper = new TransformStream({{ transform: (piece, out) => out.enqueue(piece.map((byte) => byte & ~32)) }});
                return new Response(request.body.pipeThrough(upper));
            }}
            return new Response((await fetch('{}')).body);
        }} }}",
        origin.url("/pieces/3")
    );
    let big = "abcdefgh".repeat(32 * 1024);
    let [up, down] = Test::using(&source)
        .with(&["--allow-private", "--allow", &origin.rule()])
        .against([post("/", big.as_str()).chunked(), get("/")]);
    up.is(200, &big.to_uppercase());
    down.is(200, "piece 0\npiece 1\npiece 2\n");
}

#[test]
fn work_goes_on_after_the_answer() {
    let source = "export default { fetch(request, env, ctx) {
        ctx.waitUntil(new Promise((done) => setTimeout(done, 20)).then(() => console.log('after the answer')));
        return new Response('answered');
    } }";
    let sources = with_files(&[("main.mjs", source)]);
    let server = Server::start(sources.path(), &[], "main.mjs");
    server.ask(&get("/")).is(200, "answered");
    server.says("after the answer");
}

#[test]
fn a_client_that_leaves_aborts_the_request() {
    let origin = Origin::start();
    let source = format!(
        "export default {{ async fetch(request) {{
            request.signal.addEventListener('abort', () => console.log('it left'));
            await fetch('{}');
            return new Response('late');
        }} }}",
        origin.url("/held")
    );
    let sources = with_files(&[("main.mjs", &source)]);
    let server = Server::start(
        sources.path(),
        &["--allow-private", "--allow", &origin.rule()],
        "main.mjs",
    );
    let stream = get("/").send(server.address);
    origin.wait_for(1);
    drop(stream);
    server.says("it left");
}

/// The invocation ends in good order and its place is free, also where the function never asked for the body of the request.
#[test]
fn a_client_that_leaves_a_silent_response_frees_its_place() {
    let source = "export default { fetch(request, env, ctx) {
        if (request.url.endsWith('/next')) return new Response('free');
        const left = new Promise((done) => request.signal.addEventListener('abort', done));
        ctx.waitUntil(left.then(() => console.log('finished')));
        return new Response(new ReadableStream({
            start(controller) { controller.enqueue(new TextEncoder().encode('first')) },
            cancel(reason) { console.log('cancelled', reason.name) },
        }));
    } }";
    let sources = with_files(&[("main.mjs", source)]);
    let server = Server::start(sources.path(), &["--limit", "concurrency=1"], "main.mjs");
    for (turn, request) in [get("/"), post("/", "unread").chunked()].iter().enumerate() {
        let mut stream = request.send(server.address);
        let mut seen = Vec::new();
        while !seen.ends_with(b"first\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("more comes");
            seen.push(byte[0]);
        }
        server.ask(&get("/next")).refuses(429, "busy_function");
        drop(stream);
        server.says_often("cancelled AbortError", turn + 1);
        server.says_often("finished", turn + 1);
        while server.ask(&get("/next")).status == 429 {
            std::thread::yield_now();
        }
        server.ask(&get("/next")).is(200, "free");
    }
}

#[test]
fn what_is_not_allowed_is_denied_and_named() {
    let source = "export default { async fetch() {
        try { await fetch('https://example.com/secret'); return new Response('it went out') }
        catch (error) { return new Response(error.message, { status: 403 }) }
    } }";
    let [closed] = Test::using(source).against([get("/")]);
    assert_eq!(closed.status, 403);
    assert!(
        closed.text().contains("no network access is allowed"),
        "{}",
        closed.text()
    );
    assert!(
        closed.text().contains("`https://example.com`"),
        "{}",
        closed.text()
    );
}

#[test]
fn a_private_address_needs_more_than_a_redirect() {
    let (open, closed) = (Origin::start(), Origin::start());
    let source = format!(
        "export default {{ async fetch() {{
            try {{ return await fetch('{}') }} catch (error) {{ return new Response(error.message, {{ status: 403 }}) }}
        }} }}",
        open.url(&format!("/to/{}", closed.url("/secret")))
    );
    let [response] = Test::using(&source)
        .with(&["--allow-private", "--allow", &open.rule()])
        .against([get("/")]);
    assert_eq!(response.status, 403);
    assert!(
        response.text().contains("no network rule allows"),
        "{}",
        response.text()
    );
}

#[test]
fn a_folder_serves_each_module_and_lists_them() {
    let function = |text: &str| format!("export default () => new Response('{text}')");
    let sources = with_files(&[
        ("functions/one.js", &function("1")),
        ("functions/two/index.js", &function("2")),
        ("functions/broken.js", "export default ("),
        ("functions/_shared.js", "export const shared = 1"),
        ("functions/notes.txt", "no function"),
    ]);
    let server = Server::start(sources.path(), &["--dev"], "functions");
    server.ask(&get("/one")).is(200, "1");
    server.ask(&get("/two/deeper?x")).is(200, "2");
    server.ask(&get("/broken")).refuses(503, "not_deployed");
    server.ask(&get("/nothing")).refuses(404, "not_found");
    let page = server.ask(&get("/")).text();
    assert!(
        page.contains("href=\"/one\"") && page.contains("href=\"/two\"") && page.contains("broken.js:1:17"),
        "{page}"
    );
    assert!(!page.contains("_shared") && !page.contains("notes"), "{page}");
    server.says("broken.js:1:17");
}

#[test]
fn a_journal_is_of_its_request_and_the_same_id_overwrites_none() {
    let sources = with_files(&[(
        "main.mjs",
        "export default (request) => new Response(request.url)",
    )]);
    let journals = folder();
    let path = journals.path().to_str().expect("Unicode");
    let server = Server::start(sources.path(), &["--record-dir", path], "main.mjs");
    for _ in 0..2 {
        let response = server.ask(&get("/").header("x-request-id", "mine"));
        assert_eq!(response.header("x-request-id"), Some("mine"));
    }
    server.stop();
    let found = std::fs::read_dir(journals.path()).expect("a folder");
    let found: Vec<_> = found.map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(found.len(), 2);
    for journal in found {
        assert_eq!(replays_the_same(&journal)["outcome"], "answered");
    }
}

#[test]
fn a_request_that_cannot_be_recorded_is_not_answered_as_if_it_were() {
    let sources = with_files(&[("main.mjs", "export default () => new Response('hello')")]);
    let journals = folder();
    let path = journals.path().to_str().expect("Unicode").to_owned();
    let server = Server::start(sources.path(), &["--record-dir", &path], "main.mjs");
    drop(journals);
    assert_eq!(server.ask(&get("/")).status, 500);
    server.says("request not recorded");
}

#[test]
fn output_of_a_function_is_in_its_journal() {
    let source = "console.log('at load'); export default () => { console.log('in the request'); return new Response('') }";
    let sources = with_files(&[("main.mjs", source)]);
    let journals = folder();
    let path = journals.path().to_str().expect("Unicode");
    let server = Server::start(sources.path(), &["--record-dir", path], "main.mjs");
    server.ask(&get("/").header("x-request-id", "a"));
    let (_, said) = server.stop();
    assert!(
        said.contains("main: at load\n") && said.contains("main a: in the request\n"),
        "{said}"
    );
    let replayed = holm(journals.path(), ["replay", "a.holm"]);
    replayed.prints("in the request\nHTTP 200\ncontent-type: text/plain;charset=UTF-8\n\n");
}

#[test]
fn a_thousand_requests_that_wait_hold_no_threads() {
    const REQUESTS: usize = 1000;
    let origin = Origin::start();
    let source = format!(
        "export default {{ async fetch() {{
            console.log('it waits');
            await fetch('{}');
            return new Response('done');
        }} }}",
        origin.url("/held")
    );
    let sources = with_files(&[("main.mjs", &source)]);
    let rule = origin.rule();
    let options = [
        "--workers",
        "2",
        "--limit",
        "concurrency=2000",
        "--limit",
        "tenant_concurrency=2000",
    ];
    let network = ["--allow-private", "--allow", &rule];
    let server = Server::start(sources.path(), &[&options[..], &network[..]].concat(), "main.mjs");
    let waiting: Vec<_> = (0..REQUESTS).map(|_| get("/").send(server.address)).collect();
    server.says_often("it waits", REQUESTS);
    // The workers, the one that accepts, and those that look up names.
    assert!(server.threads() < 16, "{} threads", server.threads());
    origin.release();
    for stream in waiting {
        crate::client::read(stream).is(200, "done");
    }
}

#[test]
fn a_log_line_cannot_pass_for_another_or_steer_the_terminal() {
    let source = "export default () => { console.log('one\\nother 12345678: forged\\x1b[2J\\rtwo'); return new Response('') }";
    let sources = with_files(&[("main.mjs", source)]);
    let server = Server::start(sources.path(), &[], "main.mjs");
    server.ask(&get("/").header("x-request-id", "mine"));
    let (_, said) = server.stop();
    assert!(
        said.contains("main mine: one\nmain mine: other 12345678: forged\\x1b[2J\\x0dtwo\n"),
        "{said:?}"
    );
}

#[test]
fn what_a_function_throws_is_logged_as_its_own_and_cannot_steer_the_terminal() {
    let source = "export default () => { throw new Error('one\\nother 12345678: forged\\x1b[2J\\x9b') }";
    let sources = with_files(&[("main.mjs", source)]);
    let server = Server::start(sources.path(), &[], "main.mjs");
    server
        .ask(&get("/").header("x-request-id", "mine"))
        .refuses(500, "function_threw");
    let (_, said) = server.stop();
    assert!(
        said.contains("\nmain mine: other 12345678: forged\\x1b[2J\\x9b\n"),
        "{said:?}"
    );
    for line in said.lines().filter(|line| !line.starts_with("stopp")) {
        assert!(line.starts_with("main mine: "), "{line}");
    }
}

#[test]
fn a_source_that_cannot_be_loaded_cannot_steer_the_terminal() {
    let bad = "export default ( // \x1b[2J\u{9b}31m";
    let sources = with_files(&[("f/main.mjs", bad), ("f/import.mjs", "import './\x1b[2J.mjs'")]);
    let server = Server::start(sources.path(), &[], "f");
    server.says("main.mjs:1:");
    let (_, said) = server.stop();
    assert!(said.contains("\\x1b[2J"), "{said:?}");
    assert!(!said.contains(['\x1b', '\u{9b}']), "{said:?}");
    let ran = holm(sources.path(), ["run", "f/main.mjs"]);
    assert!(
        !ran.fails(1, "main.mjs:1:").stderr.contains(['\x1b', '\u{9b}']),
        "{ran:?}"
    );
}

#[test]
fn what_a_function_throws_at_its_start_is_marked_as_its_own() {
    let sources = with_files(&[("f/main.mjs", "throw new Error('one\\nerror: forged\\x1b[2J')")]);
    let server = Server::start(sources.path(), &[], "f");
    let (_, said) = server.stop();
    assert!(said.contains("\nmain: error: forged\\x1b[2J\n"), "{said:?}");
}
