//! A Docker engine for the tests: the one that runs here, or one of our own, which ends with what needed it.
//!
//! Its network is off, and its data lies in the build folder. It leaves nothing behind, also when tests fail. When this process is
//! killed, or by Ctrl-C, the engine is told and ends; only its folder stays then, `docker-ID` in the build folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::shell::{command, has, root, run, target};
use crate::tools;

/// Names the engine's socket, for the tests and for whoever brings an engine of their own.
pub const SOCKET: &str = "HOLM_TEST_DOCKER";

/// Where engines usually listen.
const USUAL: &str = "/var/run/docker.sock";

/// What `deploy/node-image/build.sh` makes.
const IMAGE: &str = "holm-node:local";

/// How long an engine may take to start on a machine that does other things, too.
const START_MAX: Duration = Duration::from_secs(60);

/// How long it may take to end its containers.
const STOP_MAX: Duration = Duration::from_secs(30);

/// Longer paths of Unix sockets are not possible; the engine's own have up to so many bytes after their folder.
const SOCKET_PATH_MAX: usize = 107 - "/exec/containerd/containerd.sock.ttrpc".len();

/// An engine that answers, with the Node image.
pub struct Engine {
    socket: PathBuf,
    /// What it is, in words.
    pub remark: &'static str,
    _own: Option<Own>,
}

/// One that was started here.
struct Own {
    daemon: Child,
    folder: PathBuf,
}

impl Engine {
    /// The engine to test with.
    ///
    /// # Errors
    /// Why there is none, in a sentence: the tests that need it are skipped then.
    pub fn get() -> Result<Self> {
        let named = std::env::var_os(SOCKET).map(PathBuf::from);
        if let Some(socket) = &named
            && let Err(error) = ping(socket)
        {
            bail!("no engine answers at {} ({error:#})", socket.display());
        }
        let running = named.or_else(|| Some(PathBuf::from(USUAL)).filter(|socket| ping(socket).is_ok()));
        let engine = match running {
            Some(socket) => Self {
                socket,
                remark: "an engine that runs",
                _own: None,
            },
            None => Self::start()?,
        };
        engine.build_image()?;
        Ok(engine)
    }

    /// Where it listens.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    fn start() -> Result<Self> {
        if !tools::is_root() {
            bail!("no engine runs, and only root can start one");
        }
        tools::for_containers()?;
        let folder = target().join(format!("docker-{}", std::process::id()));
        if folder.as_os_str().len() > SOCKET_PATH_MAX {
            bail!(
                "the path of {} is too long for an engine's sockets",
                folder.display()
            );
        }
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        let log = folder.join("log");
        let socket = folder.join("d.sock");
        let daemon = daemon(&folder, &socket, &log)?;
        let mut own = Own { daemon, folder };
        let started = Instant::now();
        loop {
            if ping(&socket).is_ok() {
                return Ok(Self {
                    socket,
                    remark: "an engine of its own",
                    _own: Some(own),
                });
            }
            if own.daemon.try_wait()?.is_some() {
                bail!("dockerd does not run here: {}", last_words(&log));
            }
            if started.elapsed() > START_MAX {
                bail!(
                    "dockerd did not answer in {} s: {}",
                    START_MAX.as_secs(),
                    last_words(&log)
                );
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn build_image(&self) -> Result<()> {
        if !has("docker") {
            bail!("an engine runs, and there is no `docker` to build the Node image with");
        }
        if run(&mut self.docker(&["image", "inspect", IMAGE])).is_ok() {
            return Ok(());
        }
        let script = root().join("deploy/node-image/build.sh");
        run(command(script, &[IMAGE]).env("DOCKER_HOST", self.host()))
            .context("the Node image cannot be built")?;
        Ok(())
    }

    fn docker(&self, arguments: &[&str]) -> Command {
        let mut docker = command("docker", arguments);
        docker.env("DOCKER_HOST", self.host());
        docker
    }

    fn host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }
}

/// An engine without a network, which ends when this thread does: on Ctrl-C, and when this process is killed.
fn daemon(folder: &Path, socket: &Path, log: &Path) -> Result<Child> {
    let log = File::create(log)?;
    let place = |name: &str| folder.join(name).into_os_string();
    command("setpriv", &["--pdeathsig", "TERM", "dockerd"])
        .args(["--bridge", "none", "--userland-proxy=false"])
        .args([
            "--iptables=false",
            "--ip6tables=false",
            "--ip-forward=false",
            "--ip-masq=false",
        ])
        .arg("--data-root")
        .arg(place("data"))
        .arg("--exec-root")
        .arg(place("exec"))
        .arg("--pidfile")
        .arg(place("d.pid"))
        .arg("--host")
        .arg(format!("unix://{}", socket.display()))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .context("dockerd cannot be started")
}

/// Whether an engine answers there.
fn ping(socket: &Path) -> Result<()> {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(b"GET /_ping HTTP/1.0\r\nhost: docker\r\n\r\n")?;
    let mut head = [0; 15];
    stream.read_exact(&mut head)?;
    if head.windows(5).any(|part| part == b" 200 ") {
        return Ok(());
    }
    bail!("it answers otherwise than an engine does")
}

/// What the engine said last: most often why it ended.
fn last_words(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    last.unwrap_or("it said nothing").to_owned()
}

impl Drop for Own {
    fn drop(&mut self) {
        // An engine that is asked to end takes its containers and its containerd with it.
        let _ = run(&mut command("kill", &["-TERM", &self.daemon.id().to_string()]));
        let asked = Instant::now();
        while matches!(self.daemon.try_wait(), Ok(None)) {
            if asked.elapsed() > STOP_MAX {
                let _ = self.daemon.kill();
                let _ = self.daemon.wait();
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        // Best effort: what is mounted still is named by the next start's error.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
