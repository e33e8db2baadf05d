//! `holm exec` and `holm explain`: code for its value, and in what it runs.

use serde_json::{Value, json};

use crate::holm::{Ran, command, holm, ran, with_files};
use crate::origin::Origin;

fn json_of(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

#[test]
fn the_value_comes_after_the_output() {
    let sources = with_files(&[
        (
            "twice.ts",
            "import { two } from './two.ts'; export default (n: number) => n * two;",
        ),
        ("two.ts", "export const two = 2;"),
    ]);
    let exec = |arguments: &[&str]| holm(sources.path(), [&["exec"], arguments].concat());
    exec(&["-e", "console.log('said'); ({ a: [1] })"]).prints("said\n{\"a\":[1]}\n");
    exec(&["-e", "process.stdout.write('said'); 1"]).prints("said\n1\n");
    exec(&["-e", "console.log('said')"]).prints("said\n");
    exec(&["-e", "export default ({ a }) => a + 1", "--input", "{\"a\":1}"]).prints("2\n");
    exec(&["twice.ts", "--input", "21"]).prints("42\n");
    exec(&[
        "-e",
        "[process.argv.slice(2), process.env.NAME]",
        "--env",
        "NAME=ada",
        "--",
        "-a",
        "b",
    ])
    .prints("[[\"-a\",\"b\"],\"ada\"]\n");
    let mut piped = command();
    let code = std::fs::File::open(sources.path().join("two.ts")).expect("it is there");
    ran(piped.arg("exec").stdin(code)).prints("");
    let origin = Origin::start();
    let code = format!(
        "export default async () => (await fetch('{}')).text()",
        origin.url("/bytes/3")
    );
    exec(&["-e", &code]).fails(1, "no network access is allowed");
    exec(&["-e", &code, "--allow-private", "--allow", &origin.rule()]).prints("\"xxx\"\n");
}

#[test]
fn it_ends_as_a_run_does() {
    let sources = with_files(&[("a.mjs", "import './missing.mjs'")]);
    let exec = |arguments: &[&str]| holm(sources.path(), [&["exec"], arguments].concat());
    exec(&["-e", "process.exit(3)"]).fails(3, "");
    exec(&["-e", "throw new RangeError('no')"])
        .fails(1, "RangeError: no")
        .says("snippet.js:1");
    exec(&["-e", "for (;;);", "--cpu-ms", "20"]).fails(124, "cpu_ms");
    exec(&["-e", "let x ="]).fails(1, "snippet.js:1:8");
    exec(&["a.mjs"]).fails(1, "missing.mjs");
    exec(&["-e", "1", "--input", "{"]).fails(2, "--input is no JSON");
    exec(&["-e", "1", "--mode", "docker"]).fails(120, "mode `docker` was asked for");
    exec(&["-e", "import 'node:net'"]).fails(120, "snippet.js imports node:net");
    exec(&["-e", "import 'node:net'; console.log('there')", "--mode", "wasm"]).prints("there\n");
    exec(&["-e", "1", "a.mjs"]).fails(2, "cannot be used with");
}

#[test]
fn limits_are_bounded_by_whose_code_it_is() {
    let sources = with_files(&[("holm.toml", "[limits]\ncpu_ms = 100\n")]);
    let exec = |arguments: &[&str]| holm(sources.path(), [&["exec", "-e", "1"], arguments].concat());
    exec(&["--cpu-ms", "400"]).prints("1\n");
    exec(&["--cpu-ms", "401"]).fails(
        2,
        "limits.cpu_ms is 401; 400 ms is the most for untrusted code here",
    );
    exec(&["--cpu-ms", "401", "--trust", "trusted"]).prints("1\n");
}

#[test]
fn its_object_is_that_of_the_api_and_its_journal_replays() {
    let sources = with_files(&[]);
    let code = "console.log('said'); Math.random()";
    let ran = holm(
        sources.path(),
        ["exec", "--json", "--record", "r.holm", "-e", code],
    );
    let object = json_of(&ran);
    assert_eq!((&object["outcome"], ran.code), (&json!("answered"), 0));
    assert_eq!(
        (&object["stdout"], &object["backend"]),
        (&json!("said\n"), &json!("wasm"))
    );
    assert_eq!(object["journal"], "r.holm");
    let replayed = json_of(&holm(sources.path(), ["replay", "--json", "r.holm"]));
    assert_eq!(
        (&replayed["replayed"], &replayed["result"]),
        (&json!("same"), &object["result"])
    );
    let refused = holm(sources.path(), ["exec", "--json", "-e", "import 'node:tls'"]);
    assert_eq!(
        (json_of(&refused)["outcome"].as_str(), refused.code),
        (Some("not_run"), 120)
    );
    holm(sources.path(), ["exec", "--record", "/dev/full", "-e", "1"])
        .fails(125, "the execution was not recorded in /dev/full");
}

/// Which programs run where: the table of `auto`.
#[test]
fn the_backend_is_explained() {
    let package = |name: &str| format!("{{ \"name\": \"{name}\", \"main\": \"index.js\" }}");
    // Files, the backend, and the import that decides.
    type Row<'a> = (&'a [(&'a str, &'a str)], &'a str, Option<(&'a str, &'a str)>);
    let table: &[Row<'_>] = &[
        (&[("main.mjs", "console.log(1)")], "wasm", None),
        (
            &[(
                "main.mjs",
                "import fs from 'node:fs'; import http from 'http'; import 'node:zlib'; import 'crypto'",
            )],
            "wasm",
            None,
        ),
        (
            &[("main.mjs", "import { exec } from 'child_process'")],
            "docker",
            Some(("main.mjs", "node:child_process")),
        ),
        (
            &[(
                "main.mjs",
                "const { Worker } = await import('node:worker_threads')",
            )],
            "docker",
            Some(("main.mjs", "node:worker_threads")),
        ),
        (
            &[("main.cjs", "function later() { return require('net') }")],
            "docker",
            Some(("main.cjs", "node:net")),
        ),
        (
            &[
                ("main.ts", "import './lib/a.ts'"),
                ("lib/a.ts", "import * as dns from 'dns/promises'; dns.lookup"),
            ],
            "docker",
            Some(("lib/a.ts", "node:dns/promises")),
        ),
        // A type is no import.
        (
            &[(
                "main.ts",
                "import type { Socket } from 'node:net'; export const s: Socket | null = null",
            )],
            "wasm",
            None,
        ),
        (
            &[
                ("main.cjs", "require('store')"),
                ("node_modules/store/package.json", &package("store")),
                ("node_modules/store/index.js", "require('tls')"),
            ],
            "docker",
            Some(("node_modules/store/index.js", "node:tls")),
        ),
        // Packages that are known to run without what they import.
        (
            &[
                ("main.cjs", "require('axios')"),
                ("node_modules/axios/package.json", &package("axios")),
                ("node_modules/axios/index.js", "require('http2')"),
            ],
            "wasm",
            None,
        ),
        (
            &[
                ("main.cjs", "require('axios'); require('node:dgram')"),
                ("node_modules/axios/package.json", &package("axios")),
                ("node_modules/axios/index.js", "require('http2')"),
            ],
            "docker",
            Some(("main.cjs", "node:dgram")),
        ),
        // What is on the disk but not imported does not count.
        (
            &[
                ("main.mjs", "export default 1"),
                ("other.mjs", "import 'node:cluster'"),
            ],
            "wasm",
            None,
        ),
    ];
    for (files, backend, import) in table {
        let sources = with_files(files);
        let main = files[0].0;
        let text = holm(sources.path(), ["explain", main]);
        let object = json_of(&holm(sources.path(), ["explain", "--json", main]));
        assert_eq!(object["backend"], *backend, "{files:?}: {object}");
        assert!(
            text.stdout.starts_with(&format!("{backend}: ")),
            "{files:?}: {text:?}"
        );
        match import {
            None => {
                assert_eq!(
                    (&object["import"], &object["available"], text.code),
                    (&Value::Null, &json!(true), 0)
                );
                assert!(text.stdout.contains("runs in a WebAssembly instance"), "{text:?}");
            }
            Some((file, module)) => {
                assert_eq!(object["import"], json!({ "file": file, "module": module }));
                assert!(
                    text.stdout.contains(&format!("{file} imports {module}")),
                    "{text:?}"
                );
                // Without Docker it is refused, and the exit code says so.
                assert_eq!(
                    (object["available"] == true, text.code),
                    (text.code == 0, text.code)
                );
                let wasm = json_of(&holm(
                    sources.path(),
                    ["explain", "--json", "--mode", "wasm", main],
                ));
                assert_eq!(
                    (&wasm["backend"], &wasm["available"]),
                    (&json!("wasm"), &json!(true))
                );
            }
        }
        // What is explained is what is done.
        let done = holm(sources.path(), ["exec", "--json", main]);
        match text.code {
            0 => assert_eq!(json_of(&done)["backend"], *backend, "{files:?}: {done:?}"),
            code => assert_eq!(done.code, code, "{files:?}: {done:?}"),
        }
    }
    holm(with_files(&[]).path(), ["explain", "missing.mjs"]).fails(1, "missing.mjs");
}
