//! `holm serve`: functions over HTTP, until a signal.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use holm_executor::{Drained, Executor};
use holm_server::App;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::ServeArguments;
use crate::config::{self, Config, Server};
use crate::exit;
use crate::functions::{self, Deployed, Source};
use crate::logs::ServerLogs;
use crate::output::{self, Problem};
use crate::{engine, world};

/// Where to listen when nobody says.
pub const LISTEN: &str = "127.0.0.1:8080";

/// Serves; the answer is the exit code.
pub fn serve(arguments: &ServeArguments) -> Result<u8, Problem> {
    let config = Config::read(&arguments.bounds, &arguments.source)?;
    let server = config.server();
    let listen = arguments.listen.clone().or_else(|| server.listen.clone()).unwrap_or_else(|| LISTEN.into());
    let address = address(&listen)?;
    let logs = Arc::new(ServerLogs);
    let engine = engine::engine(&config::cache())?;
    let executor = Arc::new(engine::executor(&engine, logs.clone(), logs)?);
    let source = Source::of(&arguments.source)?;
    let functions = load(&executor, &config, &source)?;

    engine::runtime()?.block_on(async {
        let listener = TcpListener::bind(address).await.map_err(|error| cannot_listen(address, &error))?;
        let local = listener.local_addr().map_err(|error| cannot_listen(address, &error))?;
        let app = App::new(executor.clone(), functions::routes(&source, &functions), seed());
        let app = Arc::new(app);
        announce(local, &functions, &source);
        let mut signals = Signals::new()?;
        let server_config = server_config(arguments, &server);
        let grace = server_config.grace;
        let (drain, draining) = tokio::sync::oneshot::channel();
        let serving = holm_server::serve(listener, app, async { drop(draining.await) }, server_config);
        let mut serving = std::pin::pin!(serving);
        let stopped = tokio::select! {
            stopped = &mut serving => stopped,
            () = signals.next() => {
                output::note(&format!(
                    "stopping: requests under way have {} s to finish; a second signal ends them now",
                    grace.as_secs()
                ));
                let _ = drain.send(());
                tokio::select! {
                    stopped = &mut serving => stopped,
                    () = signals.next() => {
                        let running = executor.running();
                        executor.cancel();
                        output::note(&format!("stopped: {running} requests were cut"));
                        return Ok(exit::CANCELLED);
                    }
                }
            }
        };
        let stopped = stopped.map_err(|error| Problem::fault(format!("serving ended: {error}")))?;
        match stopped.invocations {
            Drained::Clean => output::note("stopped: every request was finished"),
            Drained::Cut { invocations } => output::note(&format!("stopped: {invocations} requests were cut")),
        }
        Ok(0)
    })
}

fn seed() -> [u8; 32] {
    holm_core::Entropy::seed(&world::SystemEntropy)
}

fn address(listen: &str) -> Result<SocketAddr, Problem> {
    let with_host = match listen.strip_prefix(':') {
        Some(port) => format!("127.0.0.1:{port}"),
        None => listen.replace("localhost:", "127.0.0.1:"),
    };
    with_host.parse().map_err(|_| {
        Problem::usage(format!("`{listen}` is not an address to listen at; write address and port, such as {LISTEN}"))
    })
}

/// Loads everything. One function alone must be there; in a folder, the others are served without it.
fn load(executor: &Executor, config: &Config, source: &Source) -> Result<BTreeMap<String, Deployed>, Problem> {
    let mut functions = BTreeMap::new();
    match source {
        Source::One(path) => {
            let name = functions::name_of(path);
            let deployed = functions::deploy(executor, config, &name, path)?;
            if let Err(reason) = &deployed.entry.function {
                return Err(Problem::program(reason.clone()));
            }
            functions.insert(name, deployed);
        }
        Source::Folder(folder) => {
            let found = functions::discover(folder)?;
            for warning in &found.warnings {
                output::warning(warning);
            }
            for function in found.functions {
                let deployed = functions::deploy(executor, config, &function.name, &function.entry)?;
                if let Err(reason) = &deployed.entry.function {
                    output::error(reason);
                }
                functions.insert(function.name, deployed);
            }
        }
    }
    for warning in functions.values().flat_map(|deployed| &deployed.warnings) {
        output::warning(warning);
    }
    Ok(functions)
}

fn announce(local: SocketAddr, functions: &BTreeMap<String, Deployed>, source: &Source) {
    let mut text = format!("listening on http://{local}/\n");
    if let Source::Folder(_) = source {
        for (name, _) in functions::deployed(functions) {
            text.push_str(&format!("  http://{local}/{name}\n"));
        }
    }
    output::to_stdout(&text);
}

fn server_config(arguments: &ServeArguments, server: &Server) -> holm_server::Config {
    let mut config = holm_server::Config::default();
    let millis = |value: Option<u64>, default: Duration| value.map_or(default, Duration::from_millis);
    config.workers = arguments.workers.or(server.workers).unwrap_or(config.workers);
    config.connections_max = server.connections_max.unwrap_or(config.connections_max);
    config.grace = millis(server.grace_ms, config.grace);
    config.header_timeout = millis(server.header_timeout_ms, config.header_timeout);
    config.idle_timeout = millis(server.idle_timeout_ms, config.idle_timeout);
    config.dev = arguments.dev || server.dev;
    config
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Problem {
    let advice = match error.kind() {
        std::io::ErrorKind::AddrInUse => "another program listens there; stop it, or choose another port with --listen, such as --listen 127.0.0.1:0 for a free one",
        std::io::ErrorKind::PermissionDenied => "ports below 1024 are the system's; choose another one with --listen",
        std::io::ErrorKind::AddrNotAvailable => "this machine does not have that address; 0.0.0.0 stands for all that it has",
        _ => "choose another address with --listen",
    };
    Problem::fault(format!("cannot listen at {address}: {error}; {advice}"))
}

/// The signals that ask a server to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Self, Problem> {
        let open = |kind| signal(kind).map_err(|error| Problem::fault(format!("signals cannot be received: {error}")));
        Ok(Self { terminate: open(SignalKind::terminate())?, interrupt: open(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
