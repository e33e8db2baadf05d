//! Standard input of `holm run`: what is piped in reaches the program, and a replay needs no pipe.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Stdio};

use crate::holm::{Ran, command, folder, holm, ran, with_files};

const COUNT: &str =
    "let bytes = 0;\nfor await (const chunk of process.stdin) bytes += chunk.length;\nconsole.log(bytes);\n";

/// Runs a program on this input live, recorded, and replayed without it; all must say the same.
fn thrice(program: &str, input: &[u8]) -> Ran {
    let sources = with_files(&[("main.mjs", program)]);
    std::fs::write(sources.path().join("input"), input).expect("a file");
    let run = |arguments: &[&str]| {
        let input = File::open(sources.path().join("input")).expect("it was written");
        ran(command().current_dir(sources.path()).args(arguments).stdin(input))
    };
    let live = run(&["run", "main.mjs"]);
    let recorded = run(&["run", "--record", "r.holm", "main.mjs"]);
    let elsewhere = folder();
    std::fs::copy(sources.path().join("r.holm"), elsewhere.path().join("r.holm")).expect("a journal");
    drop(sources);
    let replayed = holm(elsewhere.path(), ["replay", "r.holm"]);
    assert_eq!(
        (live.stdout.as_str(), live.code),
        (recorded.stdout.as_str(), recorded.code)
    );
    assert_eq!(
        (live.stdout.as_str(), live.code),
        (replayed.stdout.as_str(), replayed.code)
    );
    live
}

/// Starts a program whose input stays open.
fn started(program: &str) -> (tempfile::TempDir, Child) {
    let sources = with_files(&[("main.mjs", program)]);
    let child = command()
        .current_dir(sources.path())
        .args(["run", "main.mjs"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it can be started");
    (sources, child)
}

#[test]
fn all_of_it_is_read() {
    thrice(COUNT, &[b'x'; 300_000]).prints("300000\n");
}

#[test]
fn an_empty_one_ends_at_once() {
    thrice(COUNT, b"").prints("0\n");
}

#[test]
fn text_is_decoded_across_pieces() {
    let program = "process.stdin.setEncoding('utf8');\nlet text = '';\nprocess.stdin.on('data', (piece) => (text += piece));\n\
        process.stdin.on('end', () => console.log(text.length, new Set(text).size, process.stdin.fd));\n";
    thrice(program, "\u{20ac}".repeat(50_000).as_bytes()).prints("50000 1 0\n");
}

#[test]
fn lines_are_read_one_by_one() {
    let program = "import { createInterface } from 'node:readline';\n\
        for await (const line of createInterface({ input: process.stdin })) console.log(`<${line}>`);\n";
    thrice(program, b"one\ntwo\r\nthree").prints("<one>\n<two>\n<three>\n");
}

#[test]
fn nothing_is_lost_by_pauses() {
    let program = "let bytes = 0;\nprocess.stdin.on('data', (chunk) => {\n  bytes += chunk.length;\n  process.stdin.pause();\n  \
        setTimeout(() => process.stdin.resume());\n}).on('end', () => console.log(bytes));\n";
    thrice(program, &[b'x'; 300_000]).prints("300000\n");
}

#[test]
fn a_piece_is_there_as_soon_as_it_is_written() {
    let (_sources, mut child) = started("process.stdin.on('data', (chunk) => process.stdout.write(chunk));");
    let (mut input, mut output) = (
        child.stdin.take().expect("a pipe"),
        child.stdout.take().expect("a pipe"),
    );
    let mut answer = [0; 4];
    for word in [b"one\n", b"two\n"] {
        input.write_all(word).expect("it reads");
        output
            .read_exact(&mut answer)
            .expect("it answers before its input ends");
        assert_eq!(&answer, word);
    }
    drop(input);
    assert!(child.wait().expect("an end").success());
}

#[test]
fn a_program_that_does_not_read_does_not_wait() {
    let (_sources, mut child) = started("console.log('ran')");
    let _open = child.stdin.take();
    assert_eq!(child.wait_with_output().expect("an end").stdout, b"ran\n");
}

#[test]
fn a_program_that_has_read_enough_does_not_wait() {
    for enough in [
        "process.stdin.pause()",
        "process.stdin.destroy()",
        "process.exit()",
    ] {
        let (_sources, mut child) = started(&format!(
            "process.stdin.on('data', (chunk) => {{ console.log(String(chunk)); {enough}; }});"
        ));
        let mut open = child.stdin.take().expect("a pipe");
        open.write_all(b"enough").expect("it reads");
        let output = child.wait_with_output().expect("an end");
        assert_eq!(output.stdout, b"enough\n", "{enough}");
        // Not by its wall time.
        assert!(output.status.success(), "{enough}");
    }
}

#[test]
fn more_than_the_limit_fails_and_names_it() {
    let sources = with_files(&[("main.mjs", COUNT), ("input", &"x".repeat(5000))]);
    let input = || File::open(sources.path().join("input")).expect("it was written");
    let mut limited = command();
    limited.current_dir(sources.path());
    ran(limited
        .args(["run", "--limit", "request_body_bytes=5000", "main.mjs"])
        .stdin(input()))
    .prints("5000\n");
    let mut limited = command();
    limited.current_dir(sources.path());
    ran(limited
        .args(["run", "--limit", "request_body_bytes=4999", "main.mjs"])
        .stdin(input()))
    .fails(1, "request_body_bytes");
}
