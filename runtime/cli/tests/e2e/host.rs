//! What a server or a run costs the machine that it is on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::client::get;
use crate::holm::{CACHE, command, with_files};
use crate::origin::Origin;
use crate::server::Server;

/// Each connection is a descriptor, and the soft limit is low on many systems.
#[test]
fn a_server_takes_more_connections_than_the_soft_limit_of_descriptors() {
    const SOFT: usize = 64;
    let sources = with_files(&[("main.mjs", "export default () => new Response('hello')")]);
    let mut shell = Command::new("sh");
    shell
        .current_dir(sources.path())
        .env("HOLM_CACHE_DIR", CACHE)
        .stdin(Stdio::null())
        .args(["-c", &format!("ulimit -S -n {SOFT} && exec \"$@\"")])
        .args(["sh", env!("CARGO_BIN_EXE_holm"), "serve"])
        .args(["--listen", "127.0.0.1:0", "main.mjs"]);
    let server = Server::of(&mut shell);
    let open: Vec<TcpStream> = (0..3 * SOFT)
        .map(|number| {
            let mut stream = TcpStream::connect(server.address).expect("it listens");
            stream
                .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
                .expect("taken");
            let mut seen = Vec::new();
            while !seen.ends_with(b"hello") {
                let mut byte = [0];
                let read = stream.read(&mut byte).expect("an answer");
                assert!(read > 0, "connection {number} was closed");
                seen.push(byte[0]);
            }
            stream
        })
        .collect();
    assert_eq!(open.len(), 3 * SOFT);
    server.ask(&get("/")).is(200, "hello");
}

/// A program that starts fetches with a body and aborts them at once once took gigabytes, because what was aborted was dropped
/// only when the program waited.
#[test]
fn what_is_aborted_costs_no_memory() {
    const MIB: u64 = 1 << 20;
    let origin = Origin::start();
    let program = "
        const body = new Uint8Array(1 << 20);
        for (let i = 0; i < 1000; i++) {
            const stop = new AbortController();
            const fetched = fetch('ORIGIN/never', { method: 'POST', body, signal: stop.signal });
            fetched.catch(() => {});
            stop.abort();
        }
        await fetch('ORIGIN/held');
        console.log('done');"
        .replace("ORIGIN", &origin.url(""));
    let sources = with_files(&[("main.mjs", &program)]);
    let mut child = command()
        .current_dir(sources.path())
        .args(["run", "--json", "--limit", "subrequests=2000"])
        .args(["--limit", "egress_bytes=4GiB", "--memory-mib", "64"])
        .args(["--allow-private", "--allow", &origin.rule(), "main.mjs"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it can be started");
    origin.wait_for(1);
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
    let most_kib: u64 = status
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .trim()
                .strip_suffix(" kB")?
                .parse()
                .ok()
        })
        .expect("the most that was resident");
    origin.release();
    let mut said = String::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_to_string(&mut said).expect("text");
    assert!(child.wait().expect("it ends").success(), "{said}");
    let said: serde_json::Value = serde_json::from_str(&said).expect("an object");
    assert_eq!(said["stdout"], "done\n");
    let peak = said["usage"]["memory_peak_bytes"].as_u64().expect("a number");
    assert!(peak <= 64 * MIB, "{peak} bytes were counted");
    // The binary itself, its engine and the threads of a debug build are resident, too.
    assert!(most_kib * 1024 < 300 * MIB, "{most_kib} KiB were resident");
}
