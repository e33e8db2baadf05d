//! Code that needs full Node runs in containers. Without an engine, or without the image, each test says that it was
//! skipped, and why: `HOLM_TEST_DOCKER` names the engine's socket (else `/var/run/docker.sock`).

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Response, get, post, read};
use crate::holm::{command, folder, ran, with_files};
use crate::origin::Origin;
use crate::server::Server;

/// The engine's socket, where there is one with the image.
fn engine() -> Option<String> {
    let socket = std::env::var("HOLM_TEST_DOCKER").unwrap_or_else(|_| "/var/run/docker.sock".into());
    let doctor = ran(command().args(["doctor", "--json", "--listen", "127.0.0.1:0", "--docker", &socket]));
    let doctor: Value = serde_json::from_str(&doctor.stdout).expect("JSON");
    let findings = doctor["findings"].as_array().expect("a list");
    let finding = findings.iter().find(|finding| finding["name"] == "containers");
    let finding = finding.expect("it was asked for");
    if finding["state"] == "ok" {
        return Some(socket);
    }
    #[expect(clippy::print_stdout, reason = "a test that did nothing must say so")]
    {
        println!("skipped: {}", finding["value"]);
    }
    None
}

/// A server that takes code, with containers.
struct Holm {
    server: Server,
    socket: String,
    node: String,
    _folders: [TempDir; 2],
}

impl Holm {
    fn start(test: &str, options: &[&str]) -> Option<Self> {
        engine().map(|socket| Self::on(&socket, &socket, test, options))
    }

    /// `engine` is the real one's socket, which is asked about what is left.
    fn on(socket: &str, engine: &str, test: &str, options: &[&str]) -> Self {
        let folders = [
            with_files(&[("hello.js", "export default () => new Response('hello')")]),
            folder(),
        ];
        let node = format!("e2e-{test}-{}", std::process::id());
        let state = folders[1].path().to_str().expect("a path in Unicode").to_owned();
        let given = [
            "--api",
            "127.0.0.1:0",
            "--docker",
            socket,
            "--docker-node",
            &node,
            "--docker-state",
            &state,
        ];
        let mut all = given.to_vec();
        if !options.contains(&"--docker-pool") {
            all.extend(["--docker-pool", "0"]);
        }
        all.extend(options);
        let server = Server::start(folders[0].path(), &all, "hello.js");
        Self {
            server,
            socket: engine.to_owned(),
            node,
            _folders: folders,
        }
    }

    fn send(&self, body: &Value) -> Response {
        let request = post("/v1/executions", body.to_string()).header("content-type", "application/json");
        request.ask(self.server.api.expect("it takes code"))
    }

    #[track_caller]
    fn execute(&self, body: &Value) -> Value {
        let response = self.send(body);
        let text = String::from_utf8_lossy(&response.body).into_owned();
        assert_eq!(response.status, 200, "{body}: {text}");
        response.json()
    }

    #[track_caller]
    fn refuses(&self, body: &Value, status: u16, code: &str) -> String {
        let response = self.send(body);
        let text = String::from_utf8_lossy(&response.body).into_owned();
        assert_eq!(response.status, status, "{body}: {text}");
        let error = response.json()["error"].clone();
        assert_eq!(error["code"], code, "{text}");
        error["message"].as_str().expect("a text").to_owned()
    }

    /// Stops it in good order; no container of it is left.
    fn stop(self) {
        let (code, said) = self.server.stop();
        assert_eq!(code, 0, "{said}");
        assert_eq!(
            containers(&self.socket, &self.node),
            Vec::<String>::new(),
            "{said}"
        );
    }
}

/// The ids of a holm's containers, as the engine knows them.
fn containers(socket: &str, node: &str) -> Vec<String> {
    let filters = format!("%7B%22label%22%3A%5B%22dev.holm.node%3D{node}%22%5D%7D");
    let mut stream = UnixStream::connect(socket).expect("the engine listens");
    let request = format!("GET /containers/json?all=1&filters={filters} HTTP/1.0\r\nhost: docker\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
    let list: Vec<Value> = serde_json::from_str(body).expect("a list");
    list.iter()
        .map(|container| container["Id"].as_str().expect("a text").to_owned())
        .collect()
}

#[test]
fn full_node_runs_where_it_is_asked_for_or_needed_and_nowhere_else() {
    let Some(holm) = Holm::start("choice", &[]) else {
        return;
    };
    let code = "import { execFileSync } from 'node:child_process';\n\
                console.log('out'); console.error('err');\n\
                export default ({ n }) => [n, execFileSync(process.execPath, ['-p', '6 * 7'], { encoding: 'utf8' }).trim(), process.argv.slice(2), process.env.NAME]";
    let result =
        holm.execute(&json!({ "code": code, "input": { "n": 1 }, "args": ["a"], "env": { "NAME": "ada" } }));
    assert_eq!(result["result"], json!([1, "42", ["a"], "ada"]), "{result}");
    assert_eq!(
        (&result["stdout"], &result["stderr"]),
        (&json!("out\n"), &json!("err\n"))
    );
    assert_eq!(result["backend"], "docker");
    assert_eq!(
        result["why"],
        "snippet.js imports node:child_process, which only full Node has"
    );
    assert_eq!(result["usage"]["fuel"], 0);
    assert!(
        result["usage"]["cpu_ms"].as_f64().expect("a number") > 1.0,
        "{result}"
    );
    assert!(
        result["usage"]["memory_peak_bytes"].as_u64().expect("a number") > 1 << 20,
        "{result}"
    );

    let result = holm.execute(
        &json!({ "code": "[1, input.n, typeof WebAssembly.compile]", "input": { "n": 2 }, "mode": "docker" }),
    );
    assert_eq!(result["result"], json!([1, 2, "function"]));
    assert_eq!(result["why"], "mode `docker` was asked for");
    let result = holm.execute(&json!({
        "files": { "lib/n.ts": "export const n: number = 5", "main.ts": "import { n } from './lib/n'; export default n" },
        "entry": "main.ts", "mode": "docker"
    }));
    assert_eq!(
        (&result["result"], &result["backend"]),
        (&json!(5), &json!("docker"))
    );

    let result = holm.execute(&json!({ "code": "1 + 1" }));
    assert_eq!(
        (&result["result"], &result["backend"]),
        (&json!(2), &json!("wasm"))
    );
    holm.stop();
}

#[test]
fn what_a_program_threw_or_ended_with_is_said() {
    let Some(holm) = Holm::start("ends", &[]) else {
        return;
    };
    let result = holm.execute(&json!({ "code": "throw new RangeError('mine')", "mode": "docker" }));
    assert_eq!(
        (&result["outcome"], &result["error"]["name"]),
        (&json!("threw"), &json!("RangeError"))
    );
    assert!(
        result["error"]["report"]
            .as_str()
            .expect("a text")
            .contains("snippet.js:1"),
        "{result}"
    );
    let result = holm.execute(&json!({ "code": "process.exit(3)", "mode": "docker" }));
    assert_eq!(
        (&result["outcome"], &result["exit_code"]),
        (&json!("answered"), &json!(3))
    );
    holm.stop();
}

#[test]
fn what_rules_allow_is_reached_and_what_they_deny_is_not() {
    let Some(holm) = Holm::start("network", &["--api-allow-private"]) else {
        return;
    };
    let origin = Origin::start();
    let code = format!(
        "const http = require('http'), net = require('net');\n\
         const told = async (work) => {{ try {{ return await work() }} catch (error) {{ return `${{error.message}}; ${{error.cause?.message}}` }} }};\n\
         const got = (url) => new Promise((done, failed) => http.get(url, async (response) => {{ let text = ''; for await (const piece of response) text += piece; done(text) }}).on('error', failed));\n\
         (async () => [\n\
           await told(async () => (await fetch('{0}', {{ method: 'POST', body: 'sent' }})).text()),\n\
           await told(() => got('{0}')),\n\
           await told(() => fetch('http://denied.test/')),\n\
           await told(() => new Promise((done, failed) => net.connect({1}, '127.0.0.1').on('connect', () => done('connected')).on('error', failed))),\n\
         ])()",
        origin.url("/path"),
        origin.address.port()
    );
    let rules = json!({ "allow": [format!("private {}", origin.rule())] });
    let result = holm.execute(&json!({ "code": code, "mode": "docker", "network": rules }));
    assert_eq!(result["result"][0], "POST /path sent", "{result}");
    assert_eq!(result["result"][1], "GET /path ");
    let denied = result["result"][2].as_str().expect("a text");
    assert!(
        denied.contains("denied.test") && denied.contains("rule"),
        "{denied}"
    );
    let around = result["result"][3].as_str().expect("a text");
    assert!(around.contains("ECONNREFUSED"), "{around}");
    let network = result["network"].as_array().expect("a list");
    assert_eq!(network.len(), 3, "{result}");
    assert_eq!(
        (
            &network[0]["outcome"],
            &network[0]["rule"],
            &network[0]["status"],
            &network[0]["method"]
        ),
        (&json!("completed"), &json!(1), &json!(200), &json!("POST"))
    );
    assert_eq!(
        (&network[2]["outcome"], &network[2]["rule"]),
        (&json!("denied"), &Value::Null)
    );
    assert!(
        network[2]["error"]
            .as_str()
            .expect("a text")
            .contains("denied.test"),
        "{result}"
    );
    assert!(result["usage"]["egress_bytes"].as_u64().expect("a number") > 0);
    assert_eq!(result["usage"]["subrequests"], 3);
    holm.stop();
}

#[test]
fn every_limit_of_a_container_says_which_it_is() {
    let Some(holm) = Holm::start("limits", &[]) else {
        return;
    };
    let memory = 128 << 20;
    let table = [
        (
            "wall_ms",
            json!({ "wall_ms": 1500 }),
            "setTimeout(() => {}, 60000); 0",
            "took too long",
        ),
        (
            "cpu_ms",
            json!({ "cpu_ms": 300 }),
            "for (;;) {}",
            "used up its CPU time",
        ),
        (
            "memory_bytes",
            json!({ "memory_bytes": memory }),
            "const kept = []; for (;;) kept.push(Buffer.alloc(8 << 20, 1))",
            "ran out of memory",
        ),
        (
            "memory_bytes",
            json!({ "memory_bytes": memory }),
            "const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length))",
            "ran out of memory",
        ),
    ];
    for (limit, limits, code, says) in table {
        let result = holm.execute(&json!({ "code": code, "mode": "docker", "limits": limits }));
        assert_eq!(
            (&result["outcome"], &result["error"]["limit"]),
            (&json!("exceeded"), &json!(limit)),
            "{result}"
        );
        let message = result["error"]["message"].as_str().expect("a text");
        assert!(message.contains(says) && message.contains(limit), "{message}");
    }
    let result = holm.execute(&json!({
        "code": "console.log('x'.repeat(100)); console.log('more')", "mode": "docker", "limits": { "log_bytes": 50 }
    }));
    assert_eq!(result["stdout"], "x".repeat(50), "{result}");
    assert!(
        result["stderr"]
            .as_str()
            .expect("a text")
            .contains("limit `log_bytes`"),
        "{result}"
    );
    let result = holm.execute(&json!({
        "code": "require('fs').writeFileSync('/tmp/x', Buffer.alloc(2 << 20))", "mode": "docker", "limits": { "fs_bytes": 1 << 20 }
    }));
    assert!(
        result["error"]["report"]
            .as_str()
            .expect("a text")
            .contains("limits `fs_bytes`"),
        "{result}"
    );
    let result = holm.execute(&json!({
        "code": "(async () => { for (let n = 0; n < 3; n += 1) await fetch('http://denied.test/').catch((error) => { globalThis.last = error.cause?.message ?? error.message }); return last })()",
        "mode": "docker", "limits": { "subrequests": 2 }
    }));
    assert!(
        result["result"]
            .as_str()
            .expect("a text")
            .contains("limit `subrequests`"),
        "{result}"
    );
    // Node itself needs some.
    let result =
        holm.execute(&json!({ "code": "1", "mode": "docker", "limits": { "memory_bytes": 16 << 20 } }));
    assert_eq!(result["outcome"], "denied", "{result}");
    assert!(
        result["error"]["message"]
            .as_str()
            .expect("a text")
            .contains("limit `memory_bytes`"),
        "{result}"
    );
    holm.stop();
}

#[test]
fn a_cancelled_execution_leaves_no_container() {
    let Some(holm) = Holm::start("cancel", &["--api-allow-private"]) else {
        return;
    };
    let origin = Origin::start();
    let body = json!({
        "code": format!("fetch('{}')", origin.url("/held")), "mode": "docker",
        "network": { "allow": [format!("private {}", origin.rule())] }
    });
    let request = post("/v1/executions", body.to_string())
        .header("x-request-id", "one")
        .header("content-type", "application/json");
    let api = holm.server.api.expect("it takes code");
    let waiting = request.send(api);
    origin.wait_for(1);
    let mut delete = get("/v1/executions/one");
    delete.method = "DELETE".into();
    assert_eq!(delete.ask(api).status, 204);
    assert_eq!(read(waiting).json()["outcome"], "cancelled");
    // One whose caller goes away.
    let leaving = request.send(api);
    origin.wait_for(2);
    leaving.shutdown(Shutdown::Both).expect("it is open");
    holm.stop();
}

#[test]
fn who_finds_the_pool_empty_is_told_to_come_again() {
    let Some(holm) = Holm::start("busy", &["--docker-pool", "1", "--docker-wait-ms", "0"]) else {
        return;
    };
    let body = json!({ "code": "1", "mode": "docker" });
    let api = holm.server.api.expect("it takes code");
    let request = post("/v1/executions", body.to_string()).header("content-type", "application/json");
    // Of several at once, one at the most finds the one container.
    let answers: Vec<_> = (0..4).map(|_| request.send(api)).collect();
    let answers: Vec<_> = answers.into_iter().map(read).collect();
    let busy = answers
        .iter()
        .find(|answer| answer.status == 429)
        .expect("one is refused");
    assert_eq!(busy.header("retry-after"), Some("1"));
    assert_eq!(busy.json()["error"]["code"], "busy");
    let message = busy.json()["error"]["message"].clone();
    assert!(
        message
            .as_str()
            .expect("a text")
            .contains("every container is in use"),
        "{message}"
    );
    assert!(answers.iter().all(|answer| [200, 429].contains(&answer.status)));
    holm.stop();
}

#[test]
fn without_an_engine_or_its_image_everything_else_goes_on() {
    let folder = folder();
    let nowhere = folder.path().join("none");
    let nowhere = nowhere.to_str().expect("a path in Unicode");
    let refused = |holm: &Holm, says: &str| {
        holm.server.says("code that needs a container is refused");
        let message = holm.refuses(&json!({ "code": "require('child_process')" }), 422, "no_backend");
        assert!(
            message.contains("snippet.js imports node:child_process") && message.contains(says),
            "{message}"
        );
        assert_eq!(holm.execute(&json!({ "code": "1 + 1" }))["result"], 2);
    };
    let holm = Holm::on(nowhere, nowhere, "absent", &[]);
    refused(&holm, "Docker cannot be reached");
    assert_eq!(holm.server.stop().0, 0);
    let Some(holm) = Holm::start("image", &["--docker-image", "holm-no-such-image:none"]) else {
        return;
    };
    refused(
        &holm,
        "no image `holm-no-such-image:none`; build it by `deploy/node-image/build.sh`",
    );
    holm.stop();
}

/// Hands connections on to an engine until it is cut.
struct Between {
    open: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<UnixStream>>>,
}

impl Between {
    fn start(path: &std::path::Path, engine: &str) -> Self {
        let listener = UnixListener::bind(path).expect("the folder is ours");
        let (open, streams) = (
            Arc::new(AtomicBool::new(true)),
            Arc::<Mutex<Vec<UnixStream>>>::default(),
        );
        let (still_open, kept, engine) = (open.clone(), streams.clone(), engine.to_owned());
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = UnixStream::connect(&engine) else {
                    return;
                };
                if !still_open.load(Ordering::SeqCst) {
                    continue;
                }
                let copy = |from: &UnixStream, to: &UnixStream| {
                    let (mut from, mut to) = (
                        from.try_clone().expect("it is open"),
                        to.try_clone().expect("it is open"),
                    );
                    std::thread::spawn(move || {
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Write);
                    });
                };
                copy(&near, &far);
                copy(&far, &near);
                kept.lock().expect("no thread panicked").extend([near, far]);
            }
        });
        Self { open, streams }
    }

    fn cut(&self) {
        self.open.store(false, Ordering::SeqCst);
        for stream in self.streams.lock().expect("no thread panicked").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

#[test]
fn an_engine_that_dies_in_the_middle_is_not_available_and_instances_go_on() {
    let Some(engine) = engine() else { return };
    let folder = folder();
    let path = folder.path().join("engine");
    let between = Between::start(&path, &engine);
    let holm = Holm::on(
        path.to_str().expect("a path in Unicode"),
        &engine,
        "dies",
        &["--api-allow-private"],
    );
    let origin = Origin::start();
    let body = json!({
        "code": format!("fetch('{}')", origin.url("/held")), "mode": "docker",
        "network": { "allow": [format!("private {}", origin.rule())] }
    });
    let request = post("/v1/executions", body.to_string()).header("content-type", "application/json");
    let waiting = request.send(holm.server.api.expect("it takes code"));
    origin.wait_for(1);
    between.cut();
    let answer = read(waiting);
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")));
    assert_eq!(answer.json()["error"]["code"], "backend_unavailable");
    assert_eq!(holm.execute(&json!({ "code": "1 + 1" }))["result"], 2);
    // What could not be removed is found by who comes next with this name.
    let (node, folders) = (holm.node.clone(), holm._folders);
    let _ = holm.server.stop();
    drop(folders);
    let next = Holm::on(&engine, &engine, "dies", &[]);
    assert_eq!(next.node, node);
    next.stop();
}

#[test]
fn what_a_killed_holm_left_behind_is_removed_at_the_next_start() {
    let Some(engine) = engine() else { return };
    let first = Holm::on(
        &engine,
        &engine,
        "killed",
        &["--docker-pool", "1", "--docker-wait-ms", "60000"],
    );
    // The pool is filled by then, as this one waits for it.
    first.execute(&json!({ "code": "1", "mode": "docker" }));
    let (node, folders) = (first.node.clone(), first._folders);
    first.server.signal("KILL");
    drop(first.server);
    let next = Holm::on(&engine, &engine, "killed", &[]);
    assert_eq!(containers(&engine, &node), Vec::<String>::new());
    next.stop();
    drop(folders);
}

#[test]
fn a_journal_of_a_container_is_kept_and_says_why_it_is_not_replayed() {
    let journals = folder();
    let path = journals.path().to_str().expect("a path in Unicode");
    let Some(holm) = Holm::start("journal", &["--record-dir", path]) else {
        return;
    };
    let result = holm.execute(&json!({ "code": "console.log('said'); 1", "mode": "docker", "record": true }));
    let journal = journals.path().join(result["journal"].as_str().expect("a name"));
    assert!(journal.is_file(), "{result}");
    let replayed = ran(command().arg("replay").arg(&journal));
    replayed.fails(
        126,
        "such a journal holds network traffic, output and end, and cannot be replayed",
    );
    holm.stop();
}

#[test]
fn options_for_containers_are_checked() {
    let sources = with_files(&[("hello.js", "export default () => new Response('hello')")]);
    for (options, says) in [
        (vec!["--docker-pool", "1"], "name its socket by --docker SOCKET"),
        (
            vec!["--docker", "s", "--docker-pool", "1001"],
            "it can be 0 to 1000",
        ),
        (vec!["--docker", "s", "--docker-node", "a/b"], "is no name"),
        (
            vec!["--docker", "s", "--memory-mib", "16"],
            "a container needs 41943040 bytes at least",
        ),
    ] {
        let mut command = command();
        command
            .current_dir(sources.path())
            .args(["serve", "--listen", "127.0.0.1:0"]);
        ran(command.args(options).arg("hello.js")).fails(2, says);
    }
}

#[test]
fn functions_run_in_containers_where_they_ask_for_it_or_need_it() {
    let Some(engine) = engine() else { return };
    let folders = [
        with_files(&[
            (
                "plain.js",
                "export default () => new Response(typeof WebAssembly)",
            ),
            (
                "asked.js",
                "export default async (request) => new Response(`${typeof WebAssembly} ${await request.text()}`, { status: 201 })",
            ),
            (
                "needs.js",
                "import { execFileSync } from 'node:child_process'; export default () => new Response(execFileSync(process.execPath, ['-p', '6 * 7']))",
            ),
            (
                "heard.js",
                "import 'node:worker_threads'; addEventListener('fetch', (event) => event.respondWith(new Response(new URL(event.request.url).pathname)))",
            ),
            (
                "server.js",
                "import http from 'node:http'; import 'node:net'; http.createServer((request, response) => response.end(`${request.method} ${request.url}`)).listen(3000)",
            ),
            (
                "waits.js",
                "import 'node:net'; export default (request) => { console.log('here'); return new Promise(() => { setTimeout(() => {}, 60000); request.signal.addEventListener('abort', () => { console.log('left'); process.exit(0) }) }) }",
            ),
            ("holm.toml", "[functions.asked]\nmode = \"docker\"\n"),
        ]),
        folder(),
    ];
    let (node, state) = (
        format!("e2e-functions-{}", std::process::id()),
        folders[1].path().to_str().expect("a path"),
    );
    let options = [
        "--docker",
        &engine,
        "--docker-node",
        &node,
        "--docker-state",
        state,
        "--docker-pool",
        "0",
        "--limit",
        "cpu_ms=5000",
    ];
    let server = Server::start(folders[0].path(), &options, ".");
    let text = |path: &str| String::from_utf8(server.ask(&get(path)).body).expect("text");
    assert_eq!(text("/plain"), "undefined");
    let asked = server.ask(&post("/asked", "sent"));
    assert_eq!((asked.status, asked.body.as_slice()), (201, &b"object sent"[..]));
    assert_eq!(text("/needs").trim(), "42");
    assert!(text("/heard/x").ends_with("/x"));
    assert!(text("/server/y?z").starts_with("GET /"));
    let leaving = get("/waits").send(server.address);
    server.says("here");
    leaving.shutdown(Shutdown::Both).expect("it is open");
    server.says("left");
    let (code, said) = server.stop();
    assert_eq!(code, 0, "{said}");
    assert_eq!(containers(&engine, &node), Vec::<String>::new(), "{said}");
}
