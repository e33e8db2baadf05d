//! An engine of containers of the bench's own, inside the control group, so that its work is counted too: Debian's
//! `dockerd` with everything in a folder of the bench, and the image of `deploy/node-image`.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::group::Group;
use crate::shell::{command, has, root, run};

pub const IMAGE: &str = "holm-node:local";
/// The inner group of the engine.
const MEMBERS: &str = "engine";
const READY_MAX: Duration = Duration::from_secs(60);

/// A running engine. It ends with this value, and its containers with it.
pub struct Engine {
    pub socket: PathBuf,
    child: Child,
    folder: PathBuf,
}

/// Starts an engine and builds the image, where there is `dockerd`; nothing where there is none.
///
/// # Errors
/// When it does not come up, or the image cannot be built.
pub fn start(group: &Group, folder: &Path) -> Result<Option<Engine>> {
    if !has("dockerd") || !has("docker") {
        return Ok(None);
    }
    let folder = folder.join("docker");
    // What an earlier one has left: its socket and its id.
    let _ = fs::remove_dir_all(folder.join("run"));
    fs::create_dir_all(folder.join("run"))?;
    let socket = folder.join("run/docker.sock");
    let path = |name: &str| folder.join(name).display().to_string();
    let mut inner = Command::new("dockerd");
    inner.args([
        "--data-root",
        &path("data"),
        "--exec-root",
        &path("run/exec"),
        "--pidfile",
        &path("run/docker.pid"),
        "--host",
        &format!("unix://{}", socket.display()),
        "--cgroup-parent",
        &group.containers(),
        "--bridge=none",
        "--iptables=false",
        "--ip6tables=false",
        "--ip-forward=false",
        "--ip-masq=false",
        "--userland-proxy=false",
    ]);
    let log = fs::File::create(folder.join("dockerd.log"))?;
    let child = group
        .member(MEMBERS, &inner)?
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .context("dockerd cannot be started")?;
    let mut engine = Engine {
        socket,
        child,
        folder,
    };
    let started = Instant::now();
    while UnixStream::connect(&engine.socket).is_err() {
        if engine.child.try_wait()?.is_some() || started.elapsed() > READY_MAX {
            bail!(
                "dockerd does not come up; see {}",
                engine.folder.join("dockerd.log").display()
            );
        }
        thread::sleep(Duration::from_millis(50));
    }
    let host = format!("unix://{}", engine.socket.display());
    let script = root().join("deploy/node-image/build.sh");
    run(command("sh", &[]).arg(script).arg(IMAGE).env("DOCKER_HOST", host))?;
    Ok(Some(engine))
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Asked politely, it ends what it started, and takes its mounts away.
        let _ = run(&mut command("kill", &["-TERM", &self.child.id().to_string()]));
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && asked.elapsed() < Duration::from_secs(15) {
            thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
