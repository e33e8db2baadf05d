//! The commands and their options.

use std::io::Read;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::client::get;
use crate::holm::{command, folder, holm, ran, run_thrice, with_files, write};
use crate::origin::Origin;
use crate::server::Server;

/// Compared with a file; HOLM_UPDATE_GOLDEN=1 writes it.
#[track_caller]
pub fn golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("HOLM_UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == text,
        "{name} differs; HOLM_UPDATE_GOLDEN=1 writes it anew:\n{text}"
    );
}

#[test]
fn help_is_as_written_down() {
    let here = folder();
    for words in [
        &["--help"][..],
        &["run", "--help"],
        &["replay", "--help"],
        &["exec", "--help"],
        &["explain", "--help"],
        &["serve", "--help"],
        &["new", "--help"],
        &["build", "--help"],
        &["doctor", "--help"],
    ] {
        let ran = ran(command()
            .env("COLUMNS", "100")
            .current_dir(here.path())
            .args(words));
        assert_eq!(ran.code, 0, "{ran:?}");
        golden(
            &format!("help-{}.txt", words[0].trim_start_matches('-')),
            &ran.stdout,
        );
    }
    holm(here.path(), [""; 0]).fails(2, "Usage: holm <COMMAND>");
}

/// A block of docs/command-line.md.
fn documented(language: &str) -> String {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/command-line.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    let (_, rest) = page.split_once(&format!("\n```{language}\n")).expect("a block");
    rest.split_once("```").expect("its end").0.to_owned()
}

#[test]
fn the_documented_exit_codes_are_those_of_help() {
    let help = holm(folder().path(), ["run", "--help"]).stdout;
    assert!(
        help.ends_with(&format!("Exit codes:\n{}", documented(""))),
        "{help}"
    );
}

#[test]
fn the_documented_configuration_is_one() {
    let sources = with_files(&[
        (
            "f/report.mjs",
            "export default (request, env) => new Response(env.GREETING)",
        ),
        ("f/data/in.txt", ""),
        ("f/reports/in.txt", ""),
        ("f/holm.toml", &documented("toml")),
    ]);
    let server = Server::start(sources.path(), &[], "f");
    server.ask(&get("/report")).is(200, "good evening");
    assert_eq!(server.stop().0, 0);
    assert_eq!(
        std::fs::read_dir(sources.path().join("f/journals"))
            .expect("journals")
            .count(),
        1
    );
}

#[test]
fn the_version_is_said() {
    holm(folder().path(), ["--version"]).prints(concat!("holm ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_program_has_arguments_environment_and_an_exit_code() {
    let sources = with_files(&[(
        "a.mjs",
        "console.log(process.argv.slice(2).join('|'), process.env.A, process.env.B, Object.keys(process.env).length); process.exit(7)",
    )]);
    let ran = ran(command()
        .env("B", "two")
        .current_dir(sources.path())
        .args(["run", "--env", "A=1=1", "--env", "B", "a.mjs", "--", "-x", "y z"]));
    assert_eq!(
        (ran.stdout.as_str(), ran.code),
        ("-x|y z 1=1 two 2\n", 7),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_uncaught_error_names_files_as_they_are_called_in_the_folder() {
    let sources = with_files(&[
        (
            "lib/deep.mjs",
            "export function fail() {\n  throw new TypeError('it broke', { cause: new Error('the reason') })\n}",
        ),
        ("main.mjs", "import { fail } from './lib/deep.mjs';\nfail();\n"),
    ]);
    let ran = holm(sources.path(), ["run", "main.mjs"]);
    ran.fails(1, "TypeError: it broke")
        .says("lib/deep.mjs:2:")
        .says("main.mjs:2:1")
        .says("Error: the reason");
    assert!(!ran.stderr.contains("/bundle"), "{}", ran.stderr);
}

#[test]
fn json_has_everything() {
    let origin = Origin::start();
    let program = format!(
        "console.log('out'); console.error('err'); process.stdout.write('raw'); await (await fetch('{}')).text(); await fetch('https://example.com/').catch(() => {{}}); null.x",
        origin.url("/a")
    );
    let sources = with_files(&[("a.mjs", &program)]);
    let ran = holm(
        sources.path(),
        [
            "run",
            "--json",
            "--record",
            "r.holm",
            "--allow-private",
            "--allow",
            &origin.rule(),
            "a.mjs",
        ],
    );
    let object: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    assert_eq!(object["outcome"], "threw");
    assert_eq!(object["exit_code"], 1);
    assert_eq!(object["error"]["name"], "TypeError");
    assert!(
        object["error"]["report"]
            .as_str()
            .expect("text")
            .contains("a.mjs:1:"),
        "{object:#}"
    );
    assert_eq!(
        (&object["stdout"], &object["stderr"]),
        (&"out\nraw".into(), &"err\n".into())
    );
    assert_eq!(
        object["logs"][1],
        serde_json::json!({ "level": "error", "text": "err" })
    );
    assert!(object["usage"]["fuel"].as_u64().expect("a number") > 0);
    assert_eq!(object["usage"]["subrequests"], 2);
    assert_eq!(
        (&object["network"][0]["outcome"], &object["network"][0]["status"]),
        (&"completed".into(), &200.into())
    );
    assert_eq!(object["network"][1]["outcome"], "denied");
    let replayed = holm(sources.path(), ["replay", "--json", "r.holm"]);
    let again: Value = serde_json::from_str(&replayed.stdout).expect("JSON");
    assert_eq!((&again["replayed"], replayed.code), (&"same".into(), 1));
    for field in ["outcome", "error", "stdout", "stderr", "logs"] {
        assert_eq!(object[field], again[field], "{field}");
    }
    assert_eq!(of_the_program(&object), of_the_program(&again));
    // What a run, its replay and an execution say has the same fields.
    let mut fields: Vec<_> = again.as_object().expect("an object").keys().collect();
    fields.retain(|field| !["replayed", "divergence"].contains(&field.as_str()));
    assert_eq!(
        object.as_object().expect("an object").keys().collect::<Vec<_>>(),
        fields
    );
}

/// What was used, without what the world has a part in.
pub fn of_the_program(object: &Value) -> Value {
    let mut usage = object["usage"].clone();
    let fields = usage.as_object_mut().expect("an object");
    fields.retain(|name, _| !["wall_ms", "egress_bytes"].contains(&name.as_str()));
    usage
}

#[test]
fn json_says_as_well_why_nothing_was_run() {
    let sources = with_files(&[("a.mjs", "let = (")]);
    for (words, code) in [
        (&["run", "--json", "a.mjs"][..], 1),
        (&["run", "--json", "--allow", "nonsense", "a.mjs"], 2),
        (&["replay", "--json", "a.mjs"], 126),
    ] {
        let ran = holm(sources.path(), words);
        let object: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        assert_eq!(
            (&object["outcome"], &object["exit_code"], ran.code),
            (&"not_run".into(), &code.into(), code)
        );
        assert!(
            object["error"]["message"].is_string() && ran.stderr.is_empty(),
            "{ran:?}"
        );
    }
}

#[test]
fn the_same_journal_uses_the_same_fuel() {
    let sources = with_files(&[(
        "a.mjs",
        "const a = []; for (let i = 0; i < 1e4; i++) a.push(Math.random()); a.sort(); console.log(a[0], new Date())",
    )]);
    let ran = holm(sources.path(), ["run", "--json", "--record", "r.holm", "a.mjs"]);
    let fuel = |text: &str| serde_json::from_str::<Value>(text).expect("JSON")["usage"]["fuel"].clone();
    for _ in 0..5 {
        assert_eq!(
            fuel(&ran.stdout),
            fuel(&holm(sources.path(), ["replay", "--json", "r.holm"]).stdout)
        );
    }
}

#[test]
fn a_module_that_waits_for_ever_has_the_documented_code() {
    let sources = with_files(&[("a.mjs", "await new Promise(() => {})")]);
    let ran = holm(sources.path(), ["run", "a.mjs"]);
    assert_eq!(ran.code, 13, "{ran:?}");
}

#[test]
fn a_folder_is_seen_as_it_is_named_and_nothing_else_is() {
    let data = with_files(&[("in.txt", "text"), ("sub/deep.txt", "deep")]);
    std::os::unix::fs::symlink("/etc/passwd", data.path().join("link")).expect("a link");
    let program = "
        import fs from 'node:fs';
        const attempt = (name, run) => { try { console.log(name, run()) } catch (error) { console.log(name, error.code) } };
        attempt('read', () => fs.readFileSync('/data/in.txt', 'utf8'));
        attempt('deep', () => fs.readFileSync('/data/sub/deep.txt', 'utf8'));
        attempt('write', () => fs.writeFileSync('/data/out.txt', 'x') ?? 'written');
        attempt('tmp', () => fs.readdirSync('/tmp').length);
        for (const path of ['/etc/passwd', '/data/../etc/passwd', '/data/link', '/proc/self/environ', '/data/sub/../../in.txt', '/'])
            attempt(path, () => fs.readFileSync(path, 'utf8') && 'READ');
    ";
    let host = data.path().display();
    let read_only = run_thrice(program, &["--dir", &format!("{host}:/data:ro")]);
    assert!(
        read_only.stdout.starts_with("read text\ndeep deep\nwrite "),
        "{}",
        read_only.stdout
    );
    assert!(
        !read_only.stdout.contains("write written") && !read_only.stdout.contains("READ"),
        "{}",
        read_only.stdout
    );
    assert!(!data.path().join("out.txt").exists());
    let writable = run_thrice(program, &["--dir", &format!("{host}:/data")]);
    assert!(
        writable.stdout.contains("write written") && !writable.stdout.contains("READ"),
        "{}",
        writable.stdout
    );
    assert!(data.path().join("out.txt").exists());
}

#[test]
fn a_network_rule_opens_what_it_names_and_no_more() {
    let origin = Origin::start();
    let program = format!(
        "for (const path of ['/v1/a', '/v2/a']) await fetch('{}' + path).then(async (r) => console.log(await r.text()), (e) => console.log(e.message.slice(0, 24)));",
        origin.url("")
    );
    let rule = origin.url("/v1/*");
    run_thrice(&program, &["--allow-private", "--allow", &rule])
        .prints("GET /v1/a \nno network rule allows `\n");
    run_thrice(&program, &["--allow", &format!("private {rule}")])
        .prints("GET /v1/a \nno network rule allows `\n");
}

#[test]
fn a_replay_that_takes_another_course_shows_both_sides() {
    let sources = with_files(&[(
        "a.mjs",
        "console.log('first'); console.log('one'); process.exit(3)",
    )]);
    let record = |sources: &std::path::Path| holm(sources, ["run", "--record", "r.holm", "a.mjs"]);
    assert_eq!(record(sources.path()).code, 3);
    let path = sources.path().join("r.holm");
    // As if the engine had printed something else then.
    let mut bytes = std::fs::read(&path).expect("a journal");
    let at = bytes.windows(3).rposition(|window| window == b"one");
    bytes[at.expect("the line is in the journal")] = b'O';
    std::fs::write(&path, &bytes).expect("a file");
    holm(sources.path(), ["replay", "r.holm"]).fails(126, "damaged");
    seal(&mut bytes);
    std::fs::write(&path, &bytes).expect("a file");
    let ran = holm(sources.path(), ["replay", "r.holm"]);
    ran.fails(
        123,
        "the replay took another course than the journal: entry 4, in turn 1",
    )
    .says("recorded: ")
    .says("One")
    .says("replayed: ")
    .says("one");
    assert_eq!(ran.stdout, "first\n", "what was the same is printed");
    let json = holm(sources.path(), ["replay", "--json", "r.holm"]);
    let object: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(
        (&object["replayed"], &object["exit_code"], json.code),
        (&"diverged".into(), &123.into(), 123)
    );
}

/// Makes the checksums of a journal right, as `docs/journal-format.md` describes them.
fn seal(journal: &mut [u8]) {
    const PREAMBLE: usize = 12;
    const HEAD: usize = 12;
    let (mut at, mut number) = (PREAMBLE, 0_u64);
    while at < journal.len() {
        let length = u32::from_le_bytes(journal[at..at + 4].try_into().expect("four bytes")) as usize;
        let payload = crc32fast::hash(&journal[at + HEAD..at + HEAD + length]);
        journal[at + 4..at + 8].copy_from_slice(&payload.to_le_bytes());
        let mut head = crc32fast::Hasher::new();
        head.update(&number.to_le_bytes());
        head.update(&journal[at..at + 8]);
        journal[at + 8..at + HEAD].copy_from_slice(&head.finalize().to_le_bytes());
        at += HEAD + length;
        number += 1;
    }
}

#[test]
fn nobody_reading_is_no_error() {
    let sources = with_files(&[(
        "a.mjs",
        "for (let i = 0; i < 1000; i++) console.log('line', i); process.exit(5)",
    )]);
    let mut child = command()
        .current_dir(sources.path())
        .args(["run", "a.mjs"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be started");
    drop(child.stdout.take());
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .expect("a pipe")
        .read_to_string(&mut stderr)
        .expect("text");
    assert_eq!(
        (child.wait().expect("an end").code(), stderr.as_str()),
        (Some(5), "")
    );
}

#[test]
fn a_signal_ends_a_run_with_its_journal_whole() {
    for (signal, by) in [("INT", "the user"), ("TERM", "SIGTERM")] {
        ended_by(signal, by);
    }
}

fn ended_by(signal: &str, by: &str) {
    let origin = Origin::start();
    let sources = with_files(&[(
        "a.mjs",
        &format!("console.log('waiting'); await fetch('{}');", origin.url("/held")),
    )]);
    let mut child = command()
        .current_dir(sources.path())
        .args([
            "run",
            "--record",
            "r.holm",
            "--allow-private",
            "--allow",
            &origin.rule(),
            "a.mjs",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be started");
    origin.wait_for(1);
    assert!(
        Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status()
            .expect("kill")
            .success()
    );
    assert_eq!(child.wait().expect("an end").code(), Some(122));
    let replayed = holm(sources.path(), ["replay", "r.holm"]);
    assert_eq!(
        (replayed.stdout.as_str(), replayed.code),
        ("waiting\n", 122),
        "{}",
        replayed.stderr
    );
    assert_eq!(replayed.stderr, format!("cancelled by {by}\n"));
}

#[test]
fn the_configuration_beside_a_program_holds_and_what_is_typed_wins() {
    let sources = with_files(&[
        ("a.mjs", "console.log(process.env.A, process.env.B); for (;;);"),
        (
            "holm.toml",
            "[limits]\ncpu_ms = '20ms'\n[env]\nA = 'file'\nB = 'file'\n",
        ),
    ]);
    let ran = holm(sources.path(), ["run", "--env", "B=typed", "a.mjs"]);
    ran.fails(124, "20 of 20 ms allowed");
    assert_eq!(ran.stdout, "file typed\n");
    holm(sources.path(), ["run", "--cpu-ms", "30", "a.mjs"]).fails(124, "30 of 30 ms allowed");
    write(sources.path(), "other/holm.toml", "[limits]\ncpu_ms = 10\n");
    holm(sources.path(), ["run", "--config", "other/holm.toml", "a.mjs"]).fails(124, "10 of 10 ms allowed");
}

#[test]
fn doctor_says_what_there_is() {
    let here = folder();
    let table = holm(here.path(), ["doctor", "--listen", "127.0.0.1:0"]);
    assert_eq!(table.code, 0, "{table:?}");
    let json = holm(here.path(), ["doctor", "--json", "--listen", "127.0.0.1:0"]);
    let object: Value = serde_json::from_str(&json.stdout).expect("JSON");
    let names: Vec<&str> = object["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["name"].as_str())
        .collect();
    for name in [
        "kernel",
        "processors",
        "memory",
        "swap",
        "address space",
        "mappings",
        "open files",
        "TLS roots",
        "port",
        "memories",
        "cache",
        "self-test",
    ] {
        assert!(
            names.contains(&name) && table.stdout.contains(name),
            "{name}: {}",
            table.stdout
        );
    }
}

#[test]
fn doctor_and_the_configuration_know_the_memories() {
    let here = with_files(&[
        ("holm.toml", "memories = 'portable'"),
        ("a.mjs", "console.log(1 + 1)"),
    ]);
    let portable = holm(
        here.path(),
        ["doctor", "--memories", "portable", "--listen", "127.0.0.1:0"],
    );
    assert_eq!(portable.code, 0, "{portable:?}");
    assert!(
        portable.stdout.contains("portable, as was asked for"),
        "{}",
        portable.stdout
    );
    holm(here.path(), ["run", "a.mjs"]).prints("2\n");
    holm(here.path(), ["run", "--memories", "slow", "a.mjs"]).fails(2, "[possible values: slots, portable]");
}

#[test]
fn colours_are_for_terminals() {
    let sources = with_files(&[("a.mjs", "let = (")]);
    let ran = holm(sources.path(), ["run", "a.mjs"]);
    assert!(!ran.stderr.contains('\x1b'), "{:?}", ran.stderr);
}
