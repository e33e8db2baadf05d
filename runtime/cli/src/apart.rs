//! Programs of strangers are read in a process of their own: to parse and transpile a hostile source may take time that grows by
//! the square of its size, memory, or a stack, and a process can be given a bound of each where a thread cannot.
//!
//! The parent sends one JSON object and gets one line of JSON, then the program as an archive.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use bytes::Bytes;
use holm_bundle::{Archive, LoadOptions, load};
use holm_core::BoxFuture;
use holm_server::{Loader, NotExecuted, Read};
use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

/// The hidden command.
pub const COMMAND: &str = "read-apart";

/// CPU time of one reading, seconds. 5 MB of ordinary TypeScript take less than one.
const CPU_SECONDS: u64 = 5;
/// The same by the clock, when the machine is busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// Address space of one reading, bytes; stacks that are reserved and not used count.
const ADDRESS_SPACE_BYTES: u64 = 4 << 30;

#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    folder: PathBuf,
    entry: PathBuf,
    source_bytes_max: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    /// The archive follows.
    Read { warnings: Vec<String> },
    /// The files are no program, and why.
    NoProgram { report: String },
}

/// Reads in processes of their own, as many at a time as there are processors.
#[derive(Debug)]
pub struct Apart {
    places: Semaphore,
}

impl Apart {
    pub fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            places: Semaphore::new(processors),
        }
    }

    async fn read(&self, asked: &Asked) -> Result<Read, NotExecuted> {
        let world = |error: std::io::Error| {
            NotExecuted::World(format!("the process that reads files could not be run: {error}"))
        };
        let _place = self.places.acquire().await;
        let mut reader = Reader::start().map_err(world)?;
        // Maps and names come on top of what is counted as source.
        let most = asked.source_bytes_max.saturating_mul(8).saturating_add(1 << 20);
        let asked = serde_json::to_vec(asked).map_err(|error| world(error.into()))?;
        let (stdin, stdout) = (reader.0.stdin.take(), reader.0.stdout.take());
        let talk = tokio::task::spawn_blocking(move || {
            // A pipe breaks when the other side has ended; how it did says why.
            if let Some(mut stdin) = stdin {
                _ = stdin.write_all(&asked);
            }
            let mut told = Vec::new();
            if let Some(stdout) = stdout {
                _ = stdout.take(most + 1).read_to_end(&mut told);
            }
            told
        });
        // When this future is dropped, or time is up, the process is killed, and its pipes close.
        let told = match tokio::time::timeout(PATIENCE, talk).await {
            Err(_) => return Err(too_much("time by the clock", PATIENCE.as_secs(), "seconds")),
            Ok(told) => told.map_err(|error| world(error.into()))?,
        };
        if told.len() as u64 > most {
            return Err(NotExecuted::Unreadable(format!(
                "error: the program is more than {most} bytes after it was transpiled"
            )));
        }
        // It has closed its output: this is its end.
        let status = reader.0.wait().map_err(world)?;
        if !status.success() {
            return Err(ended(status));
        }
        understood(told)
    }
}

impl Loader for Apart {
    fn load<'a>(
        &'a self,
        folder: &'a Path,
        entry: &'a str,
        source_bytes_max: u64,
    ) -> BoxFuture<'a, Result<Read, NotExecuted>> {
        let asked = Asked {
            folder: folder.to_path_buf(),
            entry: folder.join(entry),
            source_bytes_max,
        };
        Box::pin(async move { self.read(&asked).await })
    }
}

/// A process that reads; killed when nobody waits for it any more.
struct Reader(Child);

impl Reader {
    /// This program again, with nothing but two pipes.
    fn start() -> std::io::Result<Self> {
        let child = Command::new("/proc/self/exe")
            .arg(COMMAND)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self(child))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn too_much(what: &str, most: u64, unit: &str) -> NotExecuted {
    NotExecuted::Unreadable(format!(
        "error: reading the files took more than {most} {unit} of {what}; send less of it, nested less deep, or compile it to JavaScript first"
    ))
}

/// Why a reading ended before its end.
fn ended(status: ExitStatus) -> NotExecuted {
    use std::os::unix::process::ExitStatusExt as _;
    let signal = status.signal();
    if signal == Some(Signal::XCPU.as_raw()) {
        return too_much("CPU time", CPU_SECONDS, "seconds");
    }
    // No memory, or no stack, or killed for it by the system.
    if signal.is_some() {
        return too_much("memory", ADDRESS_SPACE_BYTES >> 20, "MiB");
    }
    NotExecuted::Fault(format!("the process that reads files ended with {status}"))
}

fn understood(told: Vec<u8>) -> Result<Read, NotExecuted> {
    let broken = || NotExecuted::Fault("the process that reads files was cut off".into());
    let end = told.iter().position(|byte| *byte == b'\n').ok_or_else(broken)?;
    match serde_json::from_slice(&told[..end]).map_err(|_| broken())? {
        Told::NoProgram { report } => Err(NotExecuted::Unreadable(report)),
        Told::Read { warnings } => {
            let archive = Archive::parse(Bytes::from(told).slice(end + 1..)).map_err(|_| broken())?;
            Ok(Read {
                program: archive.program,
                warnings,
            })
        }
    }
}

/// The other side: what the hidden command does. It takes nothing from a terminal, and says nothing there.
pub fn read_apart() -> ExitCode {
    let done = bound().and_then(|()| {
        let mut asked = Vec::new();
        std::io::stdin().read_to_end(&mut asked)?;
        let asked: Asked = serde_json::from_slice(&asked)?;
        let options = LoadOptions {
            source_bytes_max: asked.source_bytes_max,
            root: Some(asked.folder),
        };
        let (told, archive) = match load(&asked.entry, options) {
            Ok(loaded) => {
                let archive = Archive {
                    program: loaded.program,
                    packages: loaded.packages,
                };
                let warnings = loaded.warnings;
                (Told::Read { warnings }, archive.to_bytes())
            }
            Err(error) => {
                let report = error.report();
                (Told::NoProgram { report }, Vec::new())
            }
        };
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(&mut out, &told)?;
        out.write_all(b"\n")?;
        out.write_all(&archive)?;
        out.flush()
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(crate::exit::FAULT),
    }
}

/// What this process may use. At the first bound of time a signal says why it ends.
fn bound() -> std::io::Result<()> {
    let limit = |resource, soft, hard| {
        let new = Rlimit {
            current: Some(soft),
            maximum: Some(hard),
        };
        setrlimit(resource, new).map_err(std::io::Error::from)
    };
    limit(Resource::Cpu, CPU_SECONDS, CPU_SECONDS + 1)?;
    limit(Resource::As, ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES)?;
    limit(Resource::Core, 0, 0)?;
    // It reads, and writes to a pipe.
    limit(Resource::Fsize, 0, 0)
}
