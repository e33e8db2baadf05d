//! A server under measurement: started, asked, looked at, ended.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::shell::{command, root, run as execute, target};

/// How long a server may take until it answers, the first time and every time.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// A running server. It ends with this value.
pub struct Server {
    /// What the tables call it.
    pub name: &'static str,
    /// Its port on the loopback address.
    pub port: u16,
    child: Child,
}

impl Server {
    /// Starts one; its output goes to `target/bench-NAME.log`.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(name: &'static str, mut command: Command, port: u16) -> Result<Self> {
        let log = target().join(format!("bench-{name}.log"));
        let output = fs::File::create(&log)?;
        // With this variable set, node reads a file of certificates at start, which the others do not.
        command
            .env_remove("NODE_EXTRA_CA_CERTS")
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        let child = command
            .spawn()
            .with_context(|| format!("{name} cannot be started"))?;
        Ok(Self { name, port, child })
    }

    /// Asks until there is this answer.
    ///
    /// # Errors
    /// When there is none, or it has another status than 200 or another body.
    pub fn wait_until_it_answers(&self, body: &str) -> Result<()> {
        let answer = self.first_answer()?;
        if answer != body {
            bail!("{} answers something else: {answer}", self.name);
        }
        Ok(())
    }

    /// Asks until there is an answer.
    ///
    /// # Errors
    /// When there is none.
    pub fn first_answer(&self) -> Result<String> {
        let started = Instant::now();
        loop {
            match self.get("/") {
                Ok(answer) => return Ok(answer),
                Err(_) if started.elapsed() < ANSWER_MAX => std::thread::sleep(Duration::from_millis(20)),
                Err(error) => bail!(
                    "{} does not answer ({error:#}); see target/bench-{}.log",
                    self.name,
                    self.name
                ),
            }
        }
    }

    /// The body of an answer with status 200.
    ///
    /// # Errors
    /// When there is no answer, or another status.
    pub fn get(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        let request = format!("GET {path} HTTP/1.0\r\nhost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .context("an answer without a head")?;
        let status = head.lines().next().unwrap_or_default();
        if status.split(' ').nth(1) != Some("200") {
            bail!("{status}: {body}");
        }
        Ok(body.to_owned())
    }

    /// User and system time of the server's process so far.
    ///
    /// # Errors
    /// When the kernel's files do not say.
    pub fn cpu_us(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The second field is the program's name in parentheses and may hold spaces; 14 and 15 are the times.
        let fields: Vec<&str> = stat
            .rsplit_once(") ")
            .context("the form of /proc/PID/stat")?
            .1
            .split(' ')
            .collect();
        let ticks = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
        let per_second: f64 = execute(&mut command("getconf", &["CLK_TCK"]))?.trim().parse()?;
        Ok(ticks / per_second * 1e6)
    }

    /// Its memory, as the kernel counts it.
    pub fn resident_mb(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap_or("0 kB");
        line.trim()
            .trim_end_matches(" kB")
            .parse::<f64>()
            .unwrap_or_default()
            / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Measured and done with: nothing of it is to be kept.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that is free now.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Starts workerd with one module, embedded from `file`. `folder` holds its configuration.
///
/// # Errors
/// When it cannot be written or started.
pub fn start_workerd(program: &Path, folder: &Path, file: &Path) -> Result<Server> {
    let port = free_port()?;
    fs::create_dir_all(folder)?;
    fs::copy(root().join(file), folder.join("function.js"))?;
    let config = folder.join("config.capnp");
    fs::write(
        &config,
        format!(
            "using Workerd = import \"/workerd/workerd.capnp\";\n\
             const config :Workerd.Config = (\n  services = [(name = \"main\", worker = .function)],\n  \
             sockets = [(name = \"http\", address = \"127.0.0.1:{port}\", http = (), service = \"main\")]\n);\n\
             const function :Workerd.Worker = (\n  modules = [(name = \"function.js\", esModule = embed \"function.js\")],\n  \
             compatibilityDate = \"2025-11-01\"\n);\n"
        ),
    )?;
    let mut command = command(program, &["serve"]);
    command.arg(config);
    Server::start("workerd", command, port)
}
