//! `holm serve` as a process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};

use crate::client::{Request, Response};
use crate::holm::command;

/// A server that is killed when it is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// Where it takes code to be executed.
    pub api: Option<SocketAddr>,
    said: Arc<Said>,
}

/// What it says on standard error.
#[derive(Default)]
struct Said {
    text: Mutex<(String, bool)>,
    more: Condvar,
}

impl Server {
    /// Serves a file or folder of `folder`, at a free port.
    pub fn start(folder: &Path, options: &[&str], source: &str) -> Self {
        let mut command = command();
        command
            .current_dir(folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(options)
            .arg(source);
        Self::of(&mut command)
    }

    /// Waits until it listens.
    pub fn of(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it can be started");
        let said = Arc::<Said>::default();
        let (stderr, told) = (child.stderr.take().expect("a pipe"), said.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines() {
                told.add(&line.expect("messages are UTF-8"));
            }
            told.end();
        });
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut first = String::new();
        stdout.read_line(&mut first).expect("a line");
        let address = first
            .trim()
            .strip_prefix("listening on http://")
            .and_then(|rest| rest.strip_suffix('/')?.parse().ok())
            .unwrap_or_else(|| panic!("`{first}` is no address; it said:\n{}", said.all(&mut child)));
        let has_api = command.get_args().any(|argument| argument == "--api");
        let api = has_api.then(|| {
            stdout
                .lines()
                .map(|line| line.expect("messages are UTF-8"))
                .find_map(|line| {
                    line.strip_prefix("executions on http://")?
                        .strip_suffix("/v1/executions")?
                        .parse()
                        .ok()
                })
                .expect("it says where")
        });
        Self {
            child,
            address,
            api,
            said,
        }
    }

    pub fn ask(&self, request: &Request) -> Response {
        request.ask(self.address)
    }

    /// Waits until it has said this.
    #[track_caller]
    pub fn says(&self, text: &str) -> String {
        let said = self.said.text.lock().expect("no thread panicked");
        let waited = self
            .said
            .more
            .wait_while(said, |(said, ended)| !said.contains(text) && !*ended);
        let (said, _) = &*waited.expect("no thread panicked");
        assert!(said.contains(text), "it ended without `{text}`:\n{said}");
        said.clone()
    }

    /// Waits until it has said this so many times.
    pub fn says_often(&self, text: &str, times: usize) {
        let said = self.said.text.lock().expect("no thread panicked");
        let rarely = |(said, ended): &mut (String, bool)| said.matches(text).count() < times && !*ended;
        let waited = self
            .said
            .more
            .wait_while(said, rarely)
            .expect("no thread panicked");
        assert!(!waited.1, "it ended:\n{}", waited.0);
    }

    /// How many threads it has.
    pub fn threads(&self) -> usize {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id()));
        tasks.expect("it runs").count()
    }

    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args(["-s", signal, &self.child.id().to_string()])
            .status();
        assert!(sent.expect("kill can be started").success());
    }

    /// Asks it to stop in good order; its exit code, and all that it said.
    pub fn stop(mut self) -> (i32, String) {
        self.signal("TERM");
        let said = self.said.all(&mut self.child);
        (self.code(), said)
    }

    /// Waits for its end.
    pub fn code(&mut self) -> i32 {
        self.child
            .wait()
            .expect("it can be waited for")
            .code()
            .expect("it is not killed by a signal")
    }
}

impl Said {
    fn add(&self, line: &str) {
        let mut text = self.text.lock().expect("no thread panicked");
        text.0.push_str(line);
        text.0.push('\n');
        self.more.notify_all();
    }

    fn end(&self) {
        self.text.lock().expect("no thread panicked").1 = true;
        self.more.notify_all();
    }

    fn all(&self, child: &mut Child) -> String {
        let _ = child.wait();
        let text = self.text.lock().expect("no thread panicked");
        self.more
            .wait_while(text, |(_, ended)| !*ended)
            .expect("no thread panicked")
            .0
            .clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
