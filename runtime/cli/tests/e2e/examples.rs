//! The examples answer what `tests/examples.json` says.

use std::path::Path;

use serde_json::Value;

use crate::client::{Request, get};
use crate::server::Server;

#[test]
fn each_example_answers_what_is_written_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cases = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples.json"))
        .expect("cases");
    let cases: Vec<Value> = serde_json::from_str(&cases).expect("a list of cases");
    let server = Server::start(&root, &[], "examples/");
    let mut failures = Vec::new();
    for case in &cases {
        let response = server.ask(&request(&case["request"]));
        let expect = &case["expect"];
        let text = response.text();
        let mut wrong = Vec::new();
        if expect["status"] != response.status {
            wrong.push(format!("status {}", response.status));
        }
        for (name, value) in expect["headers"].as_object().into_iter().flatten() {
            if response.header(name) != value.as_str() {
                wrong.push(format!("{name}: {:?}", response.header(name)));
            }
        }
        if expect["body"].as_str().is_some_and(|body| body != text) {
            wrong.push(format!("body {text:?}"));
        }
        if expect["body_includes"]
            .as_str()
            .is_some_and(|part| !text.contains(part))
        {
            wrong.push(format!("body {text:?}"));
        }
        if !wrong.is_empty() {
            failures.push(format!("{case}\n  got {}", wrong.join(", ")));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
    // No example is there that nobody tried.
    let page = server.ask(&get("/")).text();
    let links = page
        .split("href=\"/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    for name in links {
        assert!(
            cases.iter().any(|case| case["example"] == name),
            "nothing asks the example {name}"
        );
    }
    assert!(!page.contains("not deployed"), "{page}");
}

fn request(case: &Value) -> Request {
    let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
    let mut request = get(&text("path"));
    if case["method"].is_string() {
        request.method = text("method");
    }
    request.body = text("body").into_bytes();
    for (name, value) in case["headers"].as_object().into_iter().flatten() {
        request = request.header(name, value.as_str().expect("a header is text"));
    }
    request
}
