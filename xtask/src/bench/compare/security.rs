//! The security column: each program that wants out, run in each approach, and looked at from outside.
//!
//! What a program or its caller says is not believed. A connection counts when it arrives at a server of this process, a
//! read when the secret is in the answer, a loop when CPU time is still used after the answer, and so on.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::caller::{Caller, Setting};
use super::rows::PROGRAMS;

/// What an execution is given here: time enough for the balloon to be blown up, also by an interpreter.
const TIMEOUT_MS: u64 = 2_000;
/// How long a caller may take to answer: several times the limit that it was told.
const PATIENCE: Duration = Duration::from_secs(6);
/// After the answer, before it is looked at what goes on.
const SETTLE: Duration = Duration::from_millis(400);
/// For so long it is looked at then.
const WATCH: Duration = Duration::from_millis(300);
/// CPU time in this while that says that something still runs. Idle servers use a tenth of it.
const BUSY_MS: f64 = 100.0;
/// The balloon's aim, and the growth that says that nothing held it: the limit was 128 MB, and containers were given twice that.
const BALLOON_MB: u64 = 768;
const BALLOON_HELD_BYTES: u64 = 448 << 20;
/// The bomb's aim, and the growth that says that nothing held it: a container may have 64, and its engine needs some.
const BOMB_PROCESSES: u64 = 300;
const BOMB_HELD: u64 = 120;

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing happened outside, and it came to an end.
    Contained,
    /// It had an effect outside.
    Escaped,
    /// It went on, or took what it wanted.
    NotStopped,
}

/// A verdict with what else was seen.
#[derive(Clone, Debug)]
pub struct Finding {
    pub verdict: Verdict,
    /// Something about the caller that a reader wants to know.
    pub note: Option<&'static str>,
    /// What the caller was told, for the log.
    pub said: String,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Self::Contained => "contained",
            Self::Escaped => "escaped",
            Self::NotStopped => "not stopped",
        }
    }
}

/// Runs every program in one approach, each in a caller of its own.
///
/// # Errors
/// When a caller does not come up.
pub fn findings(setting: &Setting, approach: &str) -> Result<Vec<Finding>> {
    let canary = Canary::open(setting.folder.join("canary"))?;
    PROGRAMS
        .iter()
        .enumerate()
        .map(|(number, (program, _))| finding(setting, approach, program, &canary, number))
        .collect()
}

fn finding(
    setting: &Setting,
    approach: &str,
    program: &str,
    canary: &Canary,
    number: usize,
) -> Result<Finding> {
    let mut caller = Caller::start(setting, approach, TIMEOUT_MS)?;
    let token = format!("{approach}-{program}-{number}");
    let marker = canary.folder.join(format!("{token}.marker"));
    let request = json!({
        "program": program,
        "code": fs::read_to_string(crate::shell::root().join(format!("benches/peers/programs/{program}.js")))?.trim(),
        "input": {
            "port": canary.port,
            "token": token,
            "marker": marker,
            "secretFile": canary.secret_file,
            "megabytes": BALLOON_MB,
            "processes": BOMB_PROCESSES,
        },
    });
    let told = caller.tell(&request, PATIENCE)?;
    thread::sleep(SETTLE);
    let settled = caller.counts()?;
    thread::sleep(WATCH);
    let watched = caller.counts()?;

    let said = told
        .said
        .as_ref()
        .map_or_else(|| "nothing".to_owned(), ToString::to_string);
    let grown = told.peak.memory_bytes.saturating_sub(told.before.memory_bytes);
    let bred = told
        .peak
        .processes
        .max(settled.processes)
        .saturating_sub(told.before.processes);
    let left = settled.processes.saturating_sub(told.before.processes);
    let polluted = told.said.as_ref().is_some_and(|said| said["polluted"] == true);
    let silent = told.said.is_none();
    let alive = caller.is_alive();
    let goes_on = !silent && alive && caller.measure(0, 1, 1, 0).is_ok();
    let busy = watched.cpu_ms - settled.cpu_ms > BUSY_MS;

    let escaped = canary.was_reached(&token) || marker.exists() || polluted || said.contains(&canary.secret);
    let overran = match program {
        "balloon" => grown > BALLOON_HELD_BYTES,
        "forks" => bred > BOMB_HELD || left > BOMB_HELD / 4,
        _ => false,
    };
    let verdict = if escaped {
        Verdict::Escaped
    } else if overran || silent || busy || !goes_on {
        Verdict::NotStopped
    } else {
        Verdict::Contained
    };
    let note = if !alive {
        Some("the caller died")
    } else if silent {
        Some("the caller hangs")
    } else if busy {
        Some("still runs")
    } else if !goes_on {
        Some("later executions fail")
    } else {
        None
    };
    Ok(Finding { verdict, note, said })
}

/// What must not be reached: a server, a file's text, a folder to leave marks in.
struct Canary {
    folder: PathBuf,
    port: u16,
    secret: String,
    secret_file: PathBuf,
    reached: Arc<Mutex<String>>,
}

impl Canary {
    fn open(folder: PathBuf) -> Result<Self> {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        let secret = format!("a secret of process {}", std::process::id());
        let secret_file = folder.join("secret.txt");
        fs::write(&secret_file, &secret)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let reached = Arc::new(Mutex::new(String::new()));
        let heard = reached.clone();
        // It ends with the process; there is one for each approach.
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.set_read_timeout(Some(Duration::from_millis(500)));
                let mut bytes = [0; 2_048];
                let length = stream.read(&mut bytes).unwrap_or_default();
                if let Ok(mut heard) = heard.lock() {
                    *heard += &String::from_utf8_lossy(&bytes[..length]);
                }
                let _ =
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi");
            }
        });
        Ok(Self {
            folder,
            port,
            secret,
            secret_file,
            reached,
        })
    }

    fn was_reached(&self, token: &str) -> bool {
        self.reached
            .lock()
            .is_ok_and(|heard| heard.contains(&format!("/{token} ")))
    }
}
