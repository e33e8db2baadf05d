//! Every limit is hit, end to end: what the program or its caller is told.

use holm_core::Limit;

use crate::client::{get, post, read};
use crate::holm::{holm, run_thrice, with_files};
use crate::origin::Origin;
use crate::server::Server;
use crate::story::Test;

macro_rules! limits {
    ($($(#[$meta:meta])* fn $name:ident() $body:block)*) => {
        $($(#[$meta])* #[test] fn $name() $body)*

        #[test]
        fn every_limit_has_a_test() {
            let tested = [$(stringify!($name)),*];
            for limit in Limit::ALL {
                assert!(tested.contains(&limit.name()), "nothing here hits `{limit}`");
            }
        }
    };
}

/// Runs a program that fetches from an origin of ours.
fn run_fetching(origin: &Origin, options: &[&str], program: &str) -> crate::holm::Ran {
    let program = program.replace("ORIGIN", &origin.url(""));
    let rule = origin.rule();
    let mut all = vec!["--allow-private", "--allow", &rule];
    all.extend(options);
    run_thrice(&program, &all)
}

limits! {
    fn cpu_ms() {
        run_thrice("for (;;);", &["--cpu-ms", "20"])
            .fails(124, "the program used up its CPU time: 20 of 20 ms allowed (limit `cpu_ms`)");
        let [response] = Test::using("export default () => { for (;;); }").with(&["--cpu-ms", "20"]).against([get("/")]);
        response.refuses(504, "limit_cpu_ms");
    }

    fn wall_ms() {
        let program = "console.log('waiting'); await new Promise((done) => setTimeout(done, 1e6));";
        let ran = run_thrice(program, &["--wall-ms", "50"]);
        ran.fails(124, "the program took too long:").says("(limit `wall_ms`)");
        let [response] = Test::using("export default () => new Promise((done) => setTimeout(done, 1e6))")
            .with(&["--wall-ms", "50"])
            .against([get("/")]);
        response.refuses(504, "limit_wall_ms");
        // Within a turn, too: the replay stops at the same place.
        run_thrice("console.log('busy'); for (;;);", &["--wall-ms", "50", "--cpu-ms", "600000"])
            .fails(124, "(limit `wall_ms`)");
    }

    fn memory_bytes() {
        let program = "const kept = []; for (;;) kept.push(new Uint8Array(1 << 20).fill(1));";
        run_thrice(program, &["--memory-mib", "16"]).fails(124, "(limit `memory_bytes`)");
        let source = format!("export default () => {{ {program} }}");
        let [response] = Test::using(&source).with(&["--memory-mib", "16"]).against([get("/")]);
        response.refuses(500, "limit_memory_bytes");
        // 66 KiB that stand for 64 MiB: read piece by piece they fit, all at once they do not.
        let bomb = "import zlib from 'node:zlib';
            const bomb = Buffer.concat(Array(64).fill(zlib.gzipSync(Buffer.alloc(1 << 20))));
            let length = 0;
            const read = async (chunks) => { for await (const chunk of chunks) length += chunk.length; };";
        let pieces = format!("{bomb} await read(zlib.createGunzip().end(bomb)); console.log(length);");
        run_thrice(&pieces, &["--memory-mib", "16"]).prints("67108864\n");
        let whole = format!("{bomb} zlib.gunzipSync(bomb);");
        run_thrice(&whole, &["--memory-mib", "16"]).fails(124, "(limit `memory_bytes`)");
        let web = format!("{bomb} const all = zlib.deflateSync(zlib.gunzipSync(bomb.subarray(0, bomb.length / 8)));
            await read(new Blob([all]).stream().pipeThrough(new DecompressionStream('deflate'))); console.log(length);");
        run_thrice(&web, &["--memory-mib", "32"]).prints("8388608\n");
    }

    fn request_body_bytes() {
        let source = "export default async (request) => new Response(String((await request.arrayBuffer()).byteLength))";
        let [fits, declared, streamed] = Test::using(source)
            .with(&["--limit", "request_body_bytes=64KiB"])
            .against([post("/", vec![b'x'; 65_536]), post("/", vec![b'x'; 65_537]), post("/", vec![b'x'; 70_000]).chunked()]);
        fits.is(200, "65536");
        declared.refuses(413, "request_body_too_large");
        streamed.refuses(413, "request_body_too_large");
    }

    fn response_body_bytes() {
        let source = "export default (request) => {
            const piece = new Uint8Array(1024);
            if (new URL(request.url).pathname === '/whole') return new Response(new Uint8Array(65_537));
            return new Response(new ReadableStream({ pull(controller) { controller.enqueue(piece) } }));
        }";
        let [whole, endless] = Test::using(source)
            .with(&["--limit", "response_body_bytes=64KiB"])
            .against([get("/whole"), get("/endless")]);
        whole.refuses(500, "limit_response_body_bytes");
        assert_eq!((endless.status, endless.whole), (200, false), "a body that is cut does not look whole");
        assert!(endless.body.len() <= 65_536);
    }

    fn subrequests() {
        let origin = Origin::start();
        let ran = run_fetching(&origin, &["--limit", "subrequests=2"], "
            for (let i = 0; i < 2; i++) console.log(await (await fetch('ORIGIN/a')).text());
            await fetch('ORIGIN/b').catch((error) => console.log(error.message));");
        assert!(ran.stdout.contains("GET /a \nGET /a \n"), "{ran:?}");
        assert!(ran.stdout.contains("(limit `subrequests`)"), "{ran:?}");
    }

    fn subrequests_at_once() {
        let origin = Origin::start();
        let ran = run_fetching(&origin, &["--limit", "subrequests_at_once=1"], "
            const all = await Promise.all([1, 2, 3].map(async (n) => (await fetch('ORIGIN/' + n)).text()));
            console.log(all.join());");
        ran.prints("GET /1 ,GET /2 ,GET /3 \n");
        assert_eq!(origin.most(), 1, "the others wait");
    }

    fn egress_bytes() {
        let origin = Origin::start();
        let ran = run_fetching(&origin, &["--limit", "egress_bytes=10000"], "
            console.log((await (await fetch('ORIGIN/bytes/9000')).text()).length);
            await fetch('ORIGIN/bytes/9000').then((r) => r.text()).catch((error) => console.log(String(error)));");
        assert!(ran.stdout.starts_with("9000\n") && ran.stdout.contains("(limit `egress_bytes`)"), "{ran:?}");
    }

    fn fetch_timeout_ms() {
        let origin = Origin::start();
        let ran = run_fetching(&origin, &["--limit", "fetch_timeout_ms=50"], "
            await fetch('ORIGIN/never').catch((error) => console.log(String(error)));");
        assert!(ran.stdout.contains("did not answer"), "{ran:?}");
    }

    fn log_bytes() {
        let ran = run_thrice("for (let i = 0; i < 1000; i++) console.log('x'.repeat(99)); console.error('end')",
            &["--limit", "log_bytes=10000"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stdout.len() < 11_000, "{}", ran.stdout.len());
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains("log_bytes"), "a line says that it was cut: {ran:?}");
    }

    fn timers() {
        run_thrice("
            let count = 0;
            try { for (;;) { setTimeout(() => {}, 1); count++ } } catch (error) { console.log(count, error.message) }",
            &["--limit", "timers=10"])
            .prints(&format!("10 {}; clear some before setting more\n", Limit::Timers.exceeded(10, 11)));
    }

    fn operations_pending() {
        let origin = Origin::start();
        let ran = run_fetching(&origin, &["--limit", "operations_pending=3", "--limit", "subrequests=10"], "
            const all = await Promise.allSettled([1, 2, 3, 4].map((n) => fetch('ORIGIN/' + n)));
            console.log(all.map((it) => it.reason?.message ?? it.value.status).join());");
        assert!(ran.stdout.starts_with("200,200,200,") && ran.stdout.contains(&Limit::Operations.exceeded(3, 4)), "{ran:?}");
    }

    fn concurrency() {
        busy("concurrency=1", "busy_function");
    }

    fn tenant_concurrency() {
        busy("tenant_concurrency=1", "busy_tenant");
    }

    fn source_bytes() {
        let sources = with_files(&[("a.mjs", &format!("//{}", "x".repeat(2000)))]);
        for command in ["run", "serve"] {
            holm(sources.path(), [command, "--limit", "source_bytes=1000", "a.mjs"])
                .fails(1, "the program has too much source: more than 1000 bytes (limit `source_bytes`)");
        }
    }

    fn boot_ms() {
        let sources = with_files(&[("a.mjs", "for (;;); export default () => {}")]);
        holm(sources.path(), ["serve", "--limit", "boot_ms=20", "a.mjs"])
            .fails(1, "takes too long to start: 20 of 20 ms allowed (limit `boot_ms`)");
    }

    fn fs_bytes() {
        run_thrice("
            import fs from 'node:fs';
            try { fs.writeFileSync('/tmp/a', new Uint8Array(70_000)); console.log('written') } catch (error) { console.log(error.code) }",
            &["--limit", "fs_bytes=64KiB"])
            .prints("ENOSPC\n");
    }

    fn fs_files() {
        run_thrice("
            import fs from 'node:fs';
            let count = 0;
            try { for (;;) { fs.writeFileSync('/tmp/' + count, ''); count++ } } catch (error) { console.log(count, error.code) }",
            &["--limit", "fs_files=10"])
            .prints("10 EMFILE\n");
    }
}

fn busy(limit: &str, code: &str) {
    let origin = Origin::start();
    let source = format!(
        "export default async (request) => {{
            if (new URL(request.url).pathname === '/wait') await fetch('{}');
            return new Response('done');
        }}",
        origin.url("/held")
    );
    let sources = with_files(&[("main.mjs", &source)]);
    let rule = origin.rule();
    let server = Server::start(
        sources.path(),
        &["--limit", limit, "--allow-private", "--allow", &rule],
        "main.mjs",
    );
    let waiting = get("/wait").send(server.address);
    origin.wait_for(1);
    let refused = server.ask(&get("/"));
    refused.refuses(429, code);
    assert_eq!(refused.header("retry-after"), Some("1"));
    origin.release();
    read(waiting).is(200, "done");
    server.ask(&get("/")).is(200, "done");
}
