//! What is wrong with the input is said clearly: what, where, and what to do. Never a panic.

use std::net::TcpListener;
use std::path::Path;

use crate::client::get;
use crate::holm::{Ran, command, folder, holm, ran, with_files, write};
use crate::server::Server;
use crate::story::Test;

/// Both commands say so.
#[track_caller]
fn both_fail(folder: &Path, source: &str, code: i32, says: &[&str]) {
    for command in ["run", "serve"] {
        let ran = holm(folder, [command, source]);
        for text in says {
            ran.fails(code, text);
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_named_with_one_that_is() {
    let sources = with_files(&[("hello.js", "")]);
    both_fail(
        sources.path(),
        "helo.js",
        1,
        &["there is no file helo.js", "did you mean hello.js?"],
    );
}

#[test]
fn a_file_that_is_not_utf8() {
    let sources = folder();
    std::fs::write(sources.path().join("a.js"), b"let a = '\xff'").expect("a file");
    both_fail(
        sources.path(),
        "a.js",
        1,
        &["a.js is not UTF-8: byte 9", "save the file as UTF-8"],
    );
}

#[test]
fn a_syntax_error_shows_its_line() {
    let sources = with_files(&[("a.js", "let a;\nlet b = (1 + ;\n")]);
    both_fail(
        sources.path(),
        "a.js",
        1,
        &["a.js:2:14", "2 | let b = (1 + ;", "^"],
    );
}

#[test]
fn an_import_that_leads_nowhere_shows_its_line() {
    let sources = with_files(&[("a.mjs", "import { x } from './util.mjs';\n"), ("utils.mjs", "")]);
    both_fail(
        sources.path(),
        "a.mjs",
        1,
        &["a.mjs:1:19: cannot find './util.mjs'", "utils.mjs"],
    );
}

#[test]
fn an_empty_file_runs_and_is_no_function() {
    let sources = with_files(&[("a.js", "")]);
    holm(sources.path(), ["run", "a.js"]).prints("");
    holm(sources.path(), ["serve", "a.js"])
        .fails(1, "a.js has no handler")
        .says("export default");
}

#[test]
fn a_module_without_a_handler_is_told_the_forms() {
    let sources = with_files(&[("a.mjs", "export const hello = 1")]);
    let ran = holm(sources.path(), ["serve", "a.mjs"]);
    ran.fails(1, "a.mjs has no handler, so nothing can call it")
        .says("async fetch(request, env, ctx)");
    assert!(!ran.stderr.contains("/bundle"), "{}", ran.stderr);
}

#[test]
fn an_empty_folder_is_served_and_says_what_to_do() {
    let sources = folder();
    let server = Server::start(sources.path(), &[], ".");
    assert!(server.ask(&get("/")).text().contains("No functions here yet"));
}

#[test]
fn a_handler_that_gives_no_response_is_told_so() {
    for value in [
        "undefined",
        "null",
        "'text'",
        "42",
        "{ status: 200 }",
        "Promise.resolve()",
    ] {
        let source = format!("export default () => ({value})");
        let [response] = Test::using(&source).with(&["--dev"]).against([get("/")]);
        assert_eq!(response.status, 500, "{}", response.text());
        assert!(
            response.text().contains("Response"),
            "{value}: {}",
            response.text()
        );
    }
}

#[test]
fn a_handler_may_throw_anything() {
    for value in [
        "null",
        "undefined",
        "'text'",
        "42",
        "{}",
        "Symbol('s')",
        "new Proxy({}, {})",
        "Object.create(null)",
    ] {
        let source = format!("export default () => {{ throw {value} }}");
        let [response] = Test::using(&source).against([get("/")]);
        response.refuses(500, "function_threw");
    }
}

#[test]
fn a_bad_status_or_header_is_an_error_of_the_function() {
    let bad = [
        "{ status: 99 }",
        "{ status: 600 }",
        "{ status: NaN }",
        "{ headers: { 'bad name': 'x' } }",
        "{ headers: { x: 'a\\r\\nb: c' } }",
    ];
    for init in bad {
        let [response] =
            Test::using(&format!("export default () => new Response('', {init})")).against([get("/")]);
        assert!(
            ["function_threw", "bad_response"].contains(&response.code().as_str()),
            "{init}: {}",
            response.text()
        );
        assert_eq!(response.header("b"), None);
    }
}

#[test]
fn a_port_in_use_is_blamed_on_who_has_it() {
    let sources = with_files(&[("a.mjs", "export default () => new Response('')")]);
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let ran = holm(sources.path(), ["serve", "--listen", &address, "a.mjs"]);
    ran.fails(125, &format!("{address} is taken"))
        .says(&format!("process {}", std::process::id()))
        .says("--listen");
    let ran = holm(
        sources.path(),
        ["serve", "--listen", "127.0.0.1:0", "--api", &address, "a.mjs"],
    );
    ran.fails(125, &format!("{address} is taken"))
        .says("choose another port: --api 127.0.0.1:0");
}

#[test]
fn an_address_that_is_none_is_a_usage_error() {
    let sources = with_files(&[("a.mjs", "export default () => new Response('')")]);
    for address in ["nonsense", "127.0.0.1", "127.0.0.1:99999", "example.com:80"] {
        holm(sources.path(), ["serve", "--listen", address, "a.mjs"])
            .fails(2, "is not an address to listen at");
    }
}

fn run_with_cache(cache: &Path) -> Ran {
    let sources = with_files(&[("a.js", "console.log('ran')")]);
    ran(command()
        .env("HOLM_CACHE_DIR", cache)
        .current_dir(sources.path())
        .args(["run", "a.js"]))
}

#[test]
fn a_damaged_cache_is_made_anew() {
    // A cache of its own: the one that the tests share has entries of other builds, and of the portable memories.
    let whole = folder();
    run_with_cache(whole.path()).prints("ran\n");
    let entries = std::fs::read_dir(whole.path()).expect("the cache is there");
    let files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(files.len(), 2, "code and image: {files:?}");
    for damaged in &files {
        let cache = folder();
        for file in &files {
            let mut bytes = std::fs::read(file).expect("a file");
            if file == damaged {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
            }
            std::fs::write(cache.path().join(file.file_name().expect("a name")), bytes).expect("a file");
        }
        run_with_cache(cache.path()).prints("ran\n");
        let repaired = cache.path().join(damaged.file_name().expect("a name"));
        let (repaired, whole) = (
            std::fs::read(repaired).expect("a file"),
            std::fs::read(damaged).expect("a file"),
        );
        assert!(repaired == whole, "{} was not repaired", damaged.display());
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_done_without_and_doctor_says_so() {
    let cache = folder();
    // Root may write into any folder; a file in its place stops everybody.
    let blocked = cache.path().join("file");
    std::fs::write(&blocked, "").expect("a file");
    run_with_cache(&blocked).prints("ran\n");
    let ran = ran(command().env("HOLM_CACHE_DIR", &blocked).args(["doctor"]));
    assert!(
        ran.stdout.contains("cannot be used") && ran.stdout.contains("HOLM_CACHE_DIR"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_full_cache_is_done_without() {
    let cache = folder();
    let sources = with_files(&[("a.js", "console.log('ran')")]);
    let small_disk = |then: &str| {
        std::process::Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c"])
            .arg(format!(r#"mount -t tmpfs -o size=1m none "$1" && {then}"#))
            .args(["sh".as_ref(), cache.path().as_os_str()])
            .env("HOLM_CACHE_DIR", cache.path())
            .current_dir(sources.path())
            .output()
    };
    if !small_disk("true").is_ok_and(|output| output.status.success()) {
        eprintln!("NOT TESTED: this user may not mount a small disk");
        return;
    }
    let holm = env!("CARGO_BIN_EXE_holm");
    let output =
        small_disk(&format!("'{holm}' run a.js && ls \"$1\" | wc -l")).expect("it was possible just now");
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(
        (stdout.trim(), stderr.trim()),
        ("ran\n0", ""),
        "it runs, and nothing half is left"
    );
}

#[test]
fn a_journal_that_cannot_be_used_says_why() {
    let sources = with_files(&[("a.mjs", "console.log('one'); console.log('two')")]);
    holm(sources.path(), ["run", "--record", "r.holm", "a.mjs"]).prints("one\ntwo\n");
    let whole = std::fs::read(sources.path().join("r.holm")).expect("a journal");
    let replay = |bytes: &[u8]| {
        std::fs::write(sources.path().join("bad.holm"), bytes).expect("a file");
        holm(sources.path(), ["replay", "bad.holm"])
    };
    // Every way to cut it off.
    for length in (0..whole.len()).step_by(whole.len() / 40) {
        let ran = replay(&whole[..length]);
        assert_eq!(ran.code, 126, "{length}: {ran:?}");
        assert!(
            ran.stderr.contains("bad.holm: the journal"),
            "{length}: {}",
            ran.stderr
        );
    }
    replay(&whole[..whole.len() - 3]).fails(126, "it was cut off");
    replay(b"").fails(126, "the journal is empty");
    replay(b"#!/bin/sh\n").fails(126, "this is not a journal");
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x40;
    replay(&damaged).fails(126, "damaged");
    let mut other = whole;
    other[8] = 99;
    replay(&other).fails(126, "format version 99");
    holm(sources.path(), ["replay", "missing.holm"]).fails(126, "the journal missing.holm cannot be read");
}

#[test]
fn a_record_that_cannot_be_written_is_said() {
    let sources = with_files(&[("a.mjs", "console.log('one')")]);
    holm(
        sources.path(),
        ["run", "--record", "no/such/folder/r.holm", "a.mjs"],
    )
    .fails(2, "cannot be written");
    if Path::new("/dev/full").exists() {
        holm(sources.path(), ["run", "--record", "/dev/full", "a.mjs"])
            .fails(125, "was not recorded in /dev/full");
    }
}

#[test]
fn a_journal_does_not_take_the_place_of_a_source() {
    let sources = with_files(&[("a.mjs", "console.log('one')")]);
    let record = || holm(sources.path(), ["run", "--record", "r.holm", "a.mjs"]);
    holm(sources.path(), ["run", "--record", "a.mjs", "a.mjs"])
        .fails(2, "there is a file that is no journal");
    assert!(
        std::fs::read_to_string(sources.path().join("a.mjs"))
            .expect("it is there")
            .contains("one")
    );
    record().prints("one\n");
    record().prints("one\n");
    holm(sources.path(), ["replay", "r.holm"]).prints("one\n");
}

#[test]
fn a_rule_that_is_none_is_refused_with_what_to_write() {
    let sources = with_files(&[("a.mjs", "")]);
    let run = |rule: &str| holm(sources.path(), ["run", "--allow", rule, "a.mjs"]);
    for rule in [
        "nonsense",
        "ftp://example.com",
        "https://",
        "https://user:pw@example.com",
        "http://127.0.0.1/",
        "",
        "https://exa mple.com",
    ] {
        let ran = run(rule);
        assert_eq!(ran.code, 2, "{rule}: {ran:?}");
        assert!(
            ran.stderr.starts_with("error: --allow "),
            "{rule}: {}",
            ran.stderr
        );
    }
    run("http://127.0.0.1/").says("private");
    holm(sources.path(), ["run", "--allow-private", "a.mjs"]).fails(2, "--allow");
}

#[test]
fn what_is_typed_wrong_comes_with_what_was_meant() {
    let sources = with_files(&[("a.mjs", "")]);
    let run = |options: &[&str]| holm(sources.path(), ["run"].iter().chain(options).chain(&["a.mjs"]));
    run(&["--limit", "cpu_msec=5"]).fails(2, "`cpu_msec` is no limit; did you mean `cpu_ms`?");
    run(&["--limit", "cpu_ms"]).fails(2, "has no value");
    run(&["--limit", "cpu_ms=fast"]).fails(2, "write 500, 500ms or 2s");
    run(&["--limit", "memory_bytes=64MB"]).fails(2, "2MiB");
    run(&["--cpu-ms", "0"]).fails(2, "limit `cpu_ms` is 0; it can be 1 to");
    run(&["--cpu-ms", "9999999999"]).fails(2, "limit `cpu_ms` is 9999999999");
    let memory = "limit `memory_bytes` is 1048576; it can be 8388608 to 1073741824 bytes";
    run(&["--memory-mib", "1"]).fails(2, memory);
    run(&["--memory-mib", "8"]).prints("");
    for workers in ["0", "257", "99999999999"] {
        holm(sources.path(), ["serve", "--workers", workers, "a.mjs"])
            .fails(2, &format!("`workers` is {workers}; it can be 1 to 256 threads"));
    }
    run(&["--dir", "/tmp"]).fails(2, "HOST:GUEST");
    run(&["--dir", "missing:/data"]).fails(2, "the folder missing cannot be used");
    run(&["--dir", "a.mjs:/data"]).fails(2, "a.mjs is not a folder");
    run(&["--dir", ".:data"]).fails(2, "absolute");
    run(&["--dir", ".:/a/../b"]).fails(2, "absolute");
    run(&["--dir", ".:/bundle"]).fails(2, "/bundle is where the program itself is");
    run(&["--dir", ".:/a", "--dir", ".:/a"]).fails(2, "two folders");
    run(&["--env", "HOLM_NO_SUCH_VARIABLE"]).fails(2, "there is no such variable here");
    run(&["--env", "=x"]).fails(2, "has no name");
    run(&["--recrod", "x"]).fails(2, "--record");
    holm(sources.path(), ["serv", "a.mjs"]).fails(2, "'serve'");
}

#[test]
fn an_unknown_key_of_the_configuration_comes_with_the_known_one() {
    let sources = with_files(&[("a.mjs", "export default () => new Response('')")]);
    let with = |text: &str| {
        write(sources.path(), "holm.toml", text);
        holm(sources.path(), ["serve", "--listen", "127.0.0.1:0", "a.mjs"])
    };
    with("[sever]\nlisten = '127.0.0.1:0'")
        .fails(2, "holm.toml")
        .says("did you mean `server`?")
        .says("1 | [sever]");
    with("[server]\nlistne = '127.0.0.1:0'").fails(2, "did you mean `listen`?");
    with("[limits]\ncpu_msec = 5").fails(2, "`cpu_msec` is no limit; did you mean `cpu_ms`?");
    with("[functions.a]\nlimit = { cpu_ms = 5 }").fails(2, "did you mean `limits`?");
    with("[functions.a.limits]\ncpu_ms = 0").fails(2, "limit `cpu_ms` is 0");
    with("[limits]\nmemory_bytes = '1MiB'").fails(2, "limit `memory_bytes` is 1048576; it can be 8388608 to");
    with("[server]\nworkers = 0").fails(2, "`workers` is 0");
    for value in ["-4", "true", "1.5", "[1]"] {
        let ran = with(&format!("[limits]\ncpu_ms = {value}"));
        ran.fails(2, "a whole number from 0 on").says("holm.toml");
        assert!(!ran.stderr.contains("untagged"), "{}", ran.stderr);
    }
    for wrong in ["allow = [5]", "[server]\nworkers = -4", "[env]\nA = 5"] {
        let ran = with(wrong);
        ran.fails(2, "holm.toml");
        assert!(!ran.stderr.contains("untagged"), "{}", ran.stderr);
    }
    with("allow = ['nonsense']").fails(2, "allow: network rule 1");
    with("allow = [{ urls = 'https://example.com' }]").fails(2, "unknown field `urls`");
    with("dirs = ['missing:/data']").fails(2, "dirs: ");
    with("[server]\nworkers = 'many'").fails(2, "holm.toml");
    with("memories = 'slow'")
        .fails(2, "holm.toml: memories: `slow` is not there")
        .says("portable");
    with("not toml").fails(2, "holm.toml");
    holm(sources.path(), ["serve", "--config", "missing.toml", "a.mjs"])
        .fails(2, "missing.toml cannot be read");
}

#[test]
fn other_files_than_javascript_are_told_what_runs() {
    let sources = with_files(&[
        ("a.d.ts", "export type A = 1"),
        ("a.json", "{}"),
        ("a.txt", "hello"),
    ]);
    for file in ["a.d.ts", "a.json", "a.txt"] {
        both_fail(sources.path(), file, 1, &[file]);
    }
    let empty = folder();
    holm(empty.path(), ["run", "."]).fails(1, "is a folder without an index.js");
}

#[test]
fn an_import_of_what_is_not_exported_names_its_line() {
    let sources = with_files(&[
        (
            "main.mjs",
            "import { one,\n  two as other } from './lib.mjs';\nimport './lib.mjs';",
        ),
        (
            "default.mjs",
            "import fs from 'node:fs';\nimport lib from './lib.mjs';",
        ),
        ("built_in.mjs", "import { nothing } from 'fs';"),
        ("lib.mjs", "export const one = 1;"),
    ]);
    let run = |file: &str| holm(sources.path(), ["run", file]);
    run("main.mjs")
        .fails(1, "main.mjs:2\n  two as other } from './lib.mjs';\n  ^\n")
        .says("SyntaxError: The module 'lib.mjs' has no export named 'two', which main.mjs imports\n    at main.mjs:2:3");
    run("default.mjs").fails(
        1,
        "no export named 'default', which default.mjs imports\n    at default.mjs:2:8",
    );
    run("built_in.mjs").fails(
        1,
        "The module 'node:fs' has no export named 'nothing', which built_in.mjs imports",
    );
    holm(sources.path(), ["serve", "--listen", "127.0.0.1:0", "main.mjs"]).fails(
        1,
        "no export named 'two', which main.mjs imports\nmain:     at main.mjs:2:3",
    );
}
