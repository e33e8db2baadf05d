//! `POST /v1/executions`: code that is sent is executed once.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Request, Response, get, post};
use crate::commands::golden;
use crate::holm::{command, with_files};
use crate::journals::{TOO_MUCH, with_small_files};
use crate::origin::Origin;
use crate::server::Server;

fn server(options: &[&str]) -> (tempfile::TempDir, Server) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("hello.js"),
        "export default () => new Response('hello')",
    )
    .expect("written");
    let options = [&["--api", "127.0.0.1:0"], options].concat();
    let server = Server::start(folder.path(), &options, "hello.js");
    (folder, server)
}

fn ask(server: &Server, request: &Request) -> Response {
    let request = request.clone().header("content-type", "application/json");
    request.ask(server.api.expect("it takes code"))
}

fn send(server: &Server, body: &Value) -> Response {
    ask(server, &post("/v1/executions", body.to_string()))
}

fn execute(server: &Server, body: &Value) -> Value {
    let response = send(server, body);
    assert_eq!(
        response.status,
        200,
        "{body}: {}",
        String::from_utf8_lossy(&response.body)
    );
    response.json()
}

/// Status, code and message of an answer that is none of an execution.
fn refused(server: &Server, body: &Value) -> (u16, String, String) {
    let response = send(server, body);
    let error = response.json()["error"].clone();
    let text = |name: &str| error[name].as_str().expect("a text").to_owned();
    (response.status, text("code"), text("message"))
}

#[test]
fn the_result_the_output_and_the_usage_are_answered() {
    let (_folder, server) = server(&[]);
    let code = "console.log('one'); console.error('two'); process.stdout.write('three'); ({ a: [1, null] })";
    let result = execute(&server, &json!({ "code": code }));
    assert_eq!(result["outcome"], "answered");
    assert_eq!(result["result"], json!({ "a": [1, null] }));
    assert_eq!(result["exit_code"], 0);
    assert_eq!(result["error"], Value::Null);
    assert_eq!(result["stdout"], "one\nthree");
    assert_eq!(result["stderr"], "two\n");
    assert_eq!(result["logs"][0], json!({ "level": "info", "text": "one" }));
    assert_eq!(result["backend"], "wasm");
    assert_eq!(result["warnings"], json!([]));
    assert!(result["usage"]["fuel"].as_u64().expect("a number") > 0);
    assert!(result["usage"]["memory_peak_bytes"].as_u64().expect("a number") > 1 << 20);

    let code = "export default (input) => [input, process.argv.slice(2), process.env.NAME]";
    let body = json!({ "code": code, "input": { "x": 1.5 }, "args": ["a", "b"], "env": { "NAME": "ada" } });
    assert_eq!(
        execute(&server, &body)["result"],
        json!([{ "x": 1.5 }, ["a", "b"], "ada"])
    );

    let files = json!({
        "main.ts": "import { twice } from './lib/twice.ts'; export default (n: number) => twice(n)",
        "lib/twice.ts": "export const twice = (n: number): number => n * 2",
    });
    let body = json!({ "files": files, "entry": "main.ts", "input": 21 });
    assert_eq!(execute(&server, &body)["result"], 42);
}

#[test]
fn what_goes_wrong_in_the_code_is_its_outcome() {
    let (_folder, server) = server(&[]);
    let result = execute(
        &server,
        &json!({ "code": "const a = 1;\nthrow new RangeError('no')" }),
    );
    assert_eq!(result["outcome"], "threw");
    assert_eq!(result["exit_code"], 1);
    assert_eq!(result["error"]["name"], "RangeError");
    assert_eq!(result["error"]["message"], "no");
    let report = result["error"]["report"].as_str().expect("a text");
    assert!(report.contains("snippet.js:2"), "{report}");
    let result = execute(
        &server,
        &json!({ "code": "for (;;) {}", "limits": { "cpu_ms": 20 } }),
    );
    assert_eq!(result["outcome"], "exceeded");
    assert_eq!(result["error"]["limit"], "cpu_ms");
    assert_eq!(
        (&result["exit_code"], &result["error"]["value"]),
        (&json!(124), &json!(20))
    );
    let result = execute(
        &server,
        &json!({ "code": "await new Promise((r) => setTimeout(r, 60_000))", "limits": { "wall_ms": 50 } }),
    );
    assert_eq!(result["error"]["limit"], "wall_ms");
    assert_eq!(
        execute(&server, &json!({ "code": "process.exit(3)" }))["exit_code"],
        3
    );
}

#[test]
fn the_network_is_closed_but_for_the_rules_and_logged() {
    let origin = Origin::start();
    let url = origin.url("/bytes/15");
    let (_folder, server) = server(&["--api-allow-private"]);
    let code = format!("export default async () => (await fetch('{url}')).text()");
    let denied = execute(&server, &json!({ "code": code }));
    assert_eq!(denied["outcome"], "threw");
    assert_eq!(denied["network"][0]["rule"], Value::Null);
    assert_eq!(denied["network"][0]["outcome"], "denied");
    let reason = denied["network"][0]["error"].as_str().expect("a reason");
    assert!(reason.contains("no network access is allowed"), "{reason}");
    let allow = json!({ "allow": [format!("private {}", origin.rule())] });
    let allowed = execute(&server, &json!({ "code": code, "network": allow }));
    assert_eq!(allowed["result"], "x".repeat(15), "{allowed}");
    let request = &allowed["network"][0];
    assert_eq!((&request["rule"], &request["status"]), (&json!(1), &json!(200)));
    assert_eq!(request["bytes"], 15);
    assert_eq!(allowed["usage"]["egress_bytes"], 15);
}

#[test]
fn a_request_that_makes_no_sense_is_refused_with_what_is_wrong() {
    let (_folder, server) = server(&[]);
    let table = [
        (json!({}), 400, "there is nothing to execute"),
        (
            json!({ "code": "1", "files": {}, "entry": "a.js" }),
            400,
            "send one of them",
        ),
        (
            json!({ "files": { "a.js": "1" } }),
            400,
            "with which of the files to start",
        ),
        (
            json!({ "files": { "a.js": "1" }, "entry": "b.js" }),
            400,
            "there is no file `b.js`",
        ),
        (
            json!({ "files": { "../a.js": "1" }, "entry": "../a.js" }),
            400,
            "no path inside of a folder",
        ),
        (
            json!({ "files": { "/etc/a.js": "1" }, "entry": "/etc/a.js" }),
            400,
            "no path inside of a folder",
        ),
        (json!({ "cod": "1" }), 400, "unknown field `cod`"),
        (
            json!({ "code": "1", "limits": { "cpu": 1 } }),
            400,
            "there is no such limit",
        ),
        (
            json!({ "code": "1", "limits": { "cpu_ms": 600_000 } }),
            400,
            "for untrusted code",
        ),
        (
            json!({ "code": "1", "limits": { "cpu_ms": 0 } }),
            400,
            "it can be 1 to",
        ),
        (
            json!({ "code": "1", "network": { "allow": ["ftp://x"] } }),
            400,
            "network.allow: network rule 1",
        ),
        (
            json!({ "code": "1", "network": { "allow": ["private http://10.0.0.1"] } }),
            400,
            "not allowed here",
        ),
        (json!({ "code": "1", "record": true }), 400, "keeps no journals"),
        (json!({ "code": "let x =" }), 422, "snippet.js:1:8"),
        (json!({ "code": "import 'lodash'" }), 422, "built-in modules only"),
        (
            json!({ "files": { "a.js": "import './b.js'" }, "entry": "a.js" }),
            422,
            "a.js:1:8",
        ),
        (
            json!({ "files": { "a.js": "1", "../b.js": "2" }, "entry": "a.js" }),
            400,
            "files: `../b.js` is no path inside of a folder",
        ),
        (
            json!({ "files": { "a": "1", "a/b.js": "2" }, "entry": "a/b.js" }),
            400,
            "files: `a` cannot be a file and the folder of `a/b.js`",
        ),
        (
            json!({ "files": { "a".repeat(256): "1" }, "entry": "a".repeat(256) }),
            400,
            "is too long; a path has at most 1024 bytes, each part of it 255",
        ),
        (
            json!({ "files": (0..=10_000).map(|n| (format!("{n}.js"), json!(""))).collect::<serde_json::Map<_, _>>(), "entry": "0.js" }),
            400,
            "files: there are 10001 of them; 10000 can be sent",
        ),
        (
            json!({ "code": "import 'node:child_process'" }),
            422,
            "snippet.js imports node:child_process",
        ),
        (
            json!({ "code": "1", "mode": "docker" }),
            422,
            "mode `docker` was asked for",
        ),
        (
            json!({ "code": "1", "mode": "jvm" }),
            400,
            "unknown variant `jvm`",
        ),
    ];
    for (body, status, text) in table {
        let (got, code, message) = refused(&server, &body);
        assert_eq!(got, status, "{body}: {code}: {message}");
        assert!(message.contains(text), "{body}: {message}");
    }
    // What is allowed beside it.
    execute(
        &server,
        &json!({ "code": "1", "limits": { "cpu_ms": 600_000 }, "trust": "trusted" }),
    );
    execute(
        &server,
        &json!({ "code": "import 'node:child_process'", "mode": "wasm" }),
    );
    assert_eq!(ask(&server, &get("/v1/executions")).status, 405);
    assert_eq!(ask(&server, &get("/v1/nothing")).status, 404);
    // What a page in a browser could send without asking.
    let plain = post("/v1/executions", r#"{"code":"1"}"#).header("content-type", "text/plain");
    plain
        .ask(server.api.expect("it takes code"))
        .refuses(415, "unsupported_media_type");
    // The functions' side knows nothing of it.
    let elsewhere = post("/v1/executions", r#"{"code":"1"}"#).ask(server.address);
    assert_eq!(elsewhere.body, b"hello");
}

#[test]
fn the_operator_sets_how_high_limits_may_be() {
    const CONFIG: &str =
        "[executions.untrusted]\ncpu_ms = 100\n[executions.trusted]\ncpu_ms = \"1s\"\nsubrequests = 7\n";
    let sources = with_files(&[
        ("hello.js", "export default () => new Response('')"),
        ("holm.toml", CONFIG),
    ]);
    let server = Server::start(sources.path(), &["--api", "127.0.0.1:0"], "hello.js");
    let with =
        |cpu_ms: u64, trust: &str| json!({ "code": "1", "limits": { "cpu_ms": cpu_ms }, "trust": trust });
    for (most, trust) in [(100, "untrusted"), (1_000, "trusted")] {
        assert_eq!(execute(&server, &with(most, trust))["result"], 1);
        let (status, _, message) = refused(&server, &with(most + 1, trust));
        assert_eq!(status, 400);
        assert!(
            message.contains(&format!("{most} ms is the most for {trust} code here")),
            "{message}"
        );
    }
    // Who asks for nothing has no more than that either.
    let endless = execute(&server, &json!({ "code": "for (;;) {}" }));
    assert_eq!(
        (&endless["error"]["limit"], &endless["error"]["value"]),
        (&json!("cpu_ms"), &json!(100))
    );
    let (_, _, message) = refused(
        &server,
        &json!({ "code": "1", "limits": { "subrequests": 8 }, "trust": "trusted" }),
    );
    assert!(message.contains("7 "), "{message}");
    execute(&server, &json!({ "code": "1", "limits": { "subrequests": 8 } }));
    let exec = |cpu_ms: &str| crate::holm::holm(sources.path(), ["exec", "-e", "1", "--cpu-ms", cpu_ms]);
    exec("100").prints("1\n");
    exec("101").fails(2, "100 ms is the most for untrusted code here");
    for (config, says) in [
        (
            "[executions.untrusted]\ncpu = 1\n",
            "executions.untrusted: `cpu` is no limit",
        ),
        ("[executions.strangers]\ncpu_ms = 1\n", "strangers"),
        ("[executions.trusted]\ncpu_ms = 99999999999999\n", "cpu_ms"),
    ] {
        std::fs::write(sources.path().join("holm.toml"), config).expect("written");
        exec("1").fails(2, says);
    }
}

#[test]
fn a_key_gives_one_outcome_executed_once() {
    let (_folder, server) = server(&[]);
    let with_key = |key: &str, code: &str| {
        let request = post("/v1/executions", json!({ "code": code }).to_string());
        ask(&server, &request.header("idempotency-key", key))
    };
    let first = with_key("a", "Math.random()");
    assert_eq!(first.status, 200);
    assert_eq!(with_key("a", "Math.random()").body, first.body);
    assert_ne!(with_key("b", "Math.random()").body, first.body);
    let other = with_key("a", "1");
    assert_eq!(
        (other.status, other.json()["error"]["code"].as_str()),
        (422, Some("idempotency_key_reused"))
    );
    assert_eq!(with_key("", "1").status, 400);
    // What is no execution takes no key.
    assert_eq!(with_key("c", "let x =").status, 422);
    assert_eq!(with_key("c", "1").status, 200);
}

#[test]
fn output_comes_as_events_and_the_result_last() {
    let (_folder, server) = server(&[]);
    let code = "console.log('first'); setTimeout(() => console.log('second'), 5); 'value'";
    let request =
        post("/v1/executions", json!({ "code": code }).to_string()).header("accept", "text/event-stream");
    let response = ask(&server, &request);
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    let text = String::from_utf8(response.body).expect("text");
    let names: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("event: "))
        .collect();
    assert_eq!(names, ["started", "output", "output", "result"], "{text}");
    let last = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .next_back()
        .expect("data");
    let result: Value = serde_json::from_str(last).expect("JSON");
    assert_eq!(
        (&result["result"], &result["stdout"]),
        (&json!("value"), &json!("first\nsecond\n"))
    );
}

#[test]
fn who_wants_events_is_refused_in_json() {
    let (_folder, server) = server(&[]);
    let request = post("/v1/executions", r#"{"code":"let x ="}"#).header("accept", "text/event-stream");
    let response = ask(&server, &request);
    assert_eq!(response.header("content-type"), Some("application/json"));
    response.refuses(422, "no_program");
}

#[test]
fn an_execution_can_be_cancelled_by_its_id() {
    let origin = Origin::start();
    let (_folder, server) = server(&["--api-allow-private"]);
    let code = format!("await fetch('{}')", origin.url("/held"));
    let body = json!({ "code": code, "network": { "allow": [format!("private {}", origin.rule())] } });
    let request = post("/v1/executions", body.to_string())
        .header("x-request-id", "one")
        .header("content-type", "application/json");
    let waiting = request.send(server.api.expect("it takes code"));
    origin.wait_for(1);
    let mut delete = get("/v1/executions/one");
    delete.method = "DELETE".into();
    assert_eq!(ask(&server, &delete).status, 204);
    let result = crate::client::read(waiting).json();
    assert_eq!(result["outcome"], "cancelled");
    assert_eq!(ask(&server, &delete).status, 404);
}

#[test]
fn a_recorded_execution_replays_with_its_value() {
    let folder = tempfile::tempdir().expect("a folder");
    let journals = folder.path().join("journals");
    let (_folder, server) = server(&["--record-dir", journals.to_str().expect("text")]);
    let body = json!({ "code": "console.log('said'); Math.random()", "record": true });
    let result = execute(&server, &body);
    let journal = journals.join(result["journal"].as_str().expect("a name"));
    let replayed = command()
        .arg("replay")
        .arg("--json")
        .arg(&journal)
        .output()
        .expect("it runs");
    let replayed: Value = serde_json::from_slice(&replayed.stdout).expect("JSON");
    assert_eq!(replayed["outcome"], "answered", "{replayed}");
    assert_eq!(replayed["stdout"], "said\n");
    assert_eq!(replayed["result"], result["result"], "{replayed}");
    assert_eq!(replayed["usage"]["fuel"], result["usage"]["fuel"]);
    // Who does not ask for it has none.
    assert_eq!(execute(&server, &json!({ "code": "1" }))["journal"], Value::Null);
    assert_eq!(std::fs::read_dir(&journals).expect("the folder").count(), 1);
}

#[test]
fn what_the_disk_does_not_take_is_the_fault_of_the_world() {
    let sources = with_files(&[("hello.js", "export default () => new Response('')")]);
    let options = ["--api", "127.0.0.1:0"];
    let files = json!({ "files": { "a.js": "export default 1" }, "entry": "a.js" });
    let mut serve = command();
    serve
        .current_dir(sources.path())
        .env("TMPDIR", sources.path().join("nothing"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(options)
        .arg("hello.js");
    let server = Server::of(&mut serve);
    let response = send(&server, &files);
    response.refuses(503, "unavailable");
    assert!(response.header("retry-after").is_some());
    server.says("the files could not be laid down");
    assert_eq!(
        execute(&server, &json!({ "code": "1" }))["result"],
        1,
        "the rest goes on"
    );

    // Files of more than 32 MiB are refused, as by a disk that is full.
    let journals = sources.path().join("journals");
    let server = Server::of(&mut with_small_files(
        sources.path(),
        &[
            &["serve", "--listen", "127.0.0.1:0", "--record-dir", "journals"],
            &options[..],
            &["hello.js"],
        ]
        .concat(),
    ));
    let mut large =
        json!({ "code": TOO_MUCH, "limits": { "log_bytes": 64 << 20 }, "trust": "trusted", "record": true });
    let response = send(&server, &large);
    response.refuses(503, "unavailable");
    server.says("execution not recorded");
    assert_eq!(std::fs::read_dir(&journals).expect("the folder").count(), 0);
    large["record"] = json!(false);
    assert_eq!(execute(&server, &large)["outcome"], "answered");
    assert_eq!(execute(&server, &files)["result"], 1);
}

#[test]
fn a_request_that_is_too_large_is_refused_before_it_is_sent() {
    let (_folder, server) = server(&[]);
    let api = server.api.expect("it takes code");
    let mut stream = std::net::TcpStream::connect(api).expect("the server listens");
    let head = format!(
        "POST /v1/executions HTTP/1.1\r\nhost: {api}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        (64 << 20) + 1
    );
    stream.write_all(head.as_bytes()).expect("a head is taken");
    let response = crate::client::read(stream);
    response.refuses(413, "request_body_too_large");
    assert!(
        response
            .text()
            .contains("larger than the 67108864 bytes that this server takes"),
        "{}",
        response.text()
    );
}

#[test]
fn the_description_is_as_it_was() {
    let (_folder, server) = server(&[]);
    let response = ask(&server, &get("/v1/openapi.json"));
    golden("openapi.json", &String::from_utf8(response.body).expect("text"));
    assert!(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden/openapi.json")
            .is_file()
    );
}

#[test]
fn a_source_that_takes_long_to_read_is_given_up_and_the_server_goes_on() {
    let (_folder, server) = server(&[]);
    // Each arrow function may as well be the type of what a condition gives.
    let hostile = format!("export default {}1", "a?(b):c=>".repeat(20_000));
    let (status, code, message) = refused(
        &server,
        &json!({ "files": { "main.ts": hostile }, "entry": "main.ts" }),
    );
    assert_eq!((status, code.as_str()), (422, "no_program"), "{message}");
    assert_eq!(
        message,
        "error: reading the files took more than 5 seconds of CPU time; send less of it, nested less deep, or compile it to \
         JavaScript first"
    );
    let files = json!({ "files": { "main.ts": "export default (): number => 7" }, "entry": "main.ts" });
    assert_eq!(execute(&server, &files)["result"], 7);
}
