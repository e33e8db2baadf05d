//! Files of journals: who may read them, what they are called, what is left of one that cannot be finished, and what a replay
//! of a request shows.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::client::get;
use crate::commands::of_the_program;
use crate::holm::{Ran, command, folder, holm, ran, with_files};
use crate::server::Server;
use crate::story::replays_the_same;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// More than files may have there; the engine's own image fits.
pub const TOO_MUCH: &str = "for (let i = 0; i < 100; i++) console.log('x'.repeat(1 << 20));";

/// The binary, with files bounded to 16 or 32 MiB (shells count in different blocks): as on a disk that is full.
pub fn with_small_files(folder: &Path, arguments: &[&str]) -> Command {
    let mut shell = Command::new("sh");
    for (name, value) in command().get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
        .args(["-c", r#"trap "" XFSZ; ulimit -f 32768; exec "$@""#, "sh"])
        .arg(env!("CARGO_BIN_EXE_holm"))
        .args(arguments)
        .current_dir(folder);
    shell
}

fn journals_in(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn journals_are_for_their_owner_only() {
    let sources = with_files(&[
        ("a.mjs", "console.log('one')"),
        ("f.mjs", "export default () => new Response('')"),
    ]);
    let journal = sources.path().join("r.holm");
    let record = || holm(sources.path(), ["run", "--record", "r.holm", "a.mjs"]).prints("one\n");
    record();
    assert_eq!(mode(&journal), 0o600);
    std::fs::set_permissions(&journal, std::fs::Permissions::from_mode(0o644)).expect("it is ours");
    record();
    assert_eq!(mode(&journal), 0o600, "one that is written over, too");
    let journals = folder();
    let path = journals.path().to_str().expect("Unicode");
    let server = Server::start(sources.path(), &["--record-dir", path], "f.mjs");
    server.ask(&get("/").header("x-request-id", "mine")).is(200, "");
    server.stop();
    assert_eq!(mode(&journals.path().join("mine.holm")), 0o600);
}

#[test]
fn the_same_id_any_number_of_times_overwrites_none() {
    let sources = with_files(&[("a.mjs", "export default () => new Response('')")]);
    let journals = folder();
    let path = journals.path().to_str().expect("Unicode");
    let server = Server::start(sources.path(), &["--record-dir", path], "a.mjs");
    for _ in 0..4 {
        server.ask(&get("/").header("x-request-id", "mine")).is(200, "");
    }
    server.stop();
    let found = journals_in(journals.path());
    assert_eq!(found.len(), 4);
    assert!(journals.path().join("mine.holm").exists());
    assert!(!journals.path().join("mine-1.holm").exists());
    for journal in found {
        replays_the_same(&journal);
    }
}

#[test]
fn a_journal_that_cannot_be_finished_is_removed() {
    let function = format!("export default () => {{ {TOO_MUCH} return new Response('hello') }}");
    let sources = with_files(&[("a.mjs", TOO_MUCH), ("f.mjs", &function)]);
    let limit = ["--limit", "log_bytes=64MiB"];
    let run = ran(&mut with_small_files(
        sources.path(),
        &[&["run", "--record", "r.holm"], &limit[..], &["a.mjs"]].concat(),
    ));
    run.fails(125, "was not recorded in r.holm");
    assert!(!sources.path().join("r.holm").exists());

    let journals = folder();
    let path = journals.path().to_str().expect("Unicode");
    let server = Server::of(&mut with_small_files(
        sources.path(),
        &[
            &["serve", "--listen", "127.0.0.1:0", "--record-dir", path],
            &limit[..],
            &["f.mjs"],
        ]
        .concat(),
    ));
    assert_eq!(server.ask(&get("/")).status, 500);
    server.says("request not recorded");
    assert!(journals_in(journals.path()).is_empty());
}

#[test]
fn a_replay_of_a_request_shows_its_response() {
    let source = "export default (request) => request.url.endsWith('/binary')
        ? new Response(new Uint8Array([255, 254, 0]))
        : new Response(new ReadableStream({ start(c) {
            for (const part of ['one ', 'two']) c.enqueue(new TextEncoder().encode(part));
            c.close();
        } }), { status: 201, headers: { 'x-own': 'value' } })";
    let sources = with_files(&[("a.mjs", source)]);
    let journals = folder();
    let path = journals.path().to_str().expect("Unicode");
    let server = Server::start(sources.path(), &["--record-dir", path], "a.mjs");
    for name in ["text", "binary"] {
        server.ask(&get(&format!("/{name}")).header("x-request-id", name));
    }
    server.stop();
    let replayed = holm(journals.path(), ["replay", "text.holm"]);
    assert_eq!(
        (replayed.stdout.as_str(), replayed.code),
        ("HTTP 201\nx-own: value\n\none two", 0),
        "{}",
        replayed.stderr
    );
    let replayed = holm(journals.path(), ["replay", "binary.holm"]);
    assert!(
        replayed.stdout.starts_with("HTTP 200\n")
            && replayed.stdout.ends_with("\n(3 bytes that are not text)\n"),
        "{replayed:?}"
    );
    let json = |name: &str| -> Value {
        let replayed = holm(journals.path(), ["replay", "--json", name]);
        serde_json::from_str(&replayed.stdout).expect("JSON")
    };
    assert_eq!(
        json("text.holm")["response"],
        serde_json::json!({ "status": 201, "headers": [["x-own", "value"]], "body": "one two" })
    );
    assert_eq!(json("binary.holm")["response"]["body_bytes"], 3);
}

#[test]
fn what_is_no_regular_file_is_not_replayed() {
    for path in ["/dev/zero", "/"] {
        holm(folder().path(), ["replay", path]).fails(126, "it is not a regular file");
    }
}

/// In which memories a program runs is no part of what a journal means.
#[test]
fn a_journal_that_one_kind_of_memories_recorded_replays_in_the_other() {
    const PROGRAM: &str = "import fs from 'node:fs'; const kept = [];
        for (let i = 0; i < 40; i++) kept.push(new Uint8Array(1e5).fill(i));
        fs.writeFileSync('/tmp/a', kept[7]); console.log(fs.statSync('/tmp/a').size, Math.random(), Date.now());
        setTimeout(() => { console.log('later'); process.exit(3) }, 1)";
    let sources = with_files(&[("main.mjs", PROGRAM)]);
    let seen = |ran: &Ran| {
        let object: Value = serde_json::from_str(&ran.stdout).expect("an object");
        (
            of_the_program(&object),
            object["stdout"].clone(),
            object["outcome"].clone(),
        )
    };
    for (one, other) in [("slots", "portable"), ("portable", "slots")] {
        let recorded = holm(
            sources.path(),
            [
                "run",
                "--json",
                "--memories",
                one,
                "--record",
                "r.holm",
                "main.mjs",
            ],
        );
        assert_eq!(recorded.code, 3, "{}", recorded.stderr);
        let replayed = holm(
            sources.path(),
            ["replay", "--json", "--memories", other, "r.holm"],
        );
        assert_eq!(replayed.code, 3, "{}", replayed.stderr);
        assert!(
            replayed.stdout.contains(r#""replayed":"same""#),
            "{}",
            replayed.stdout
        );
        assert_eq!(seen(&recorded), seen(&replayed));
    }
}
