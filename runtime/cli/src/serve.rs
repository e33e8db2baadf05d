//! `holm serve`: functions over HTTP, until a signal.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use holm_core::Limits;
use holm_executor::{Drained, Executor, Record};
use holm_journal::RecordError;
use holm_server::{App, Collector, Recorder};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;

use crate::args::ServeArguments;
use crate::config::{self, Config, Server};
use crate::exit;
use crate::functions::{self, Deployed, Source};
use crate::journals::LazyJournalFile;
use crate::logs::ServerLogs;
use crate::output::{self, Problem};
use crate::signals::Signals;
use crate::watch::Watcher;
use crate::{containers, engine, executions, port, world};

/// Where to listen when nobody says.
pub const LISTEN: &str = "127.0.0.1:8080";

/// More threads than this serve nothing faster on any machine, and each takes memory.
const WORKERS_MAX: usize = 256;

/// Serves; the answer is the exit code.
pub fn serve(arguments: &ServeArguments) -> Result<u8, Problem> {
    raise_descriptors();
    let config = Config::read(&arguments.bounds, &arguments.source)?;
    let server = config.server();
    let memories = config.memories(arguments.machine.memories)?;
    let listen = arguments
        .listen
        .clone()
        .or_else(|| server.listen.clone())
        .unwrap_or_else(|| LISTEN.into());
    let address = port::address(&listen)?;
    let server_config = server_config(arguments, &server)?;
    let source = Source::of(&arguments.source);
    let api = arguments.api.clone().or_else(|| server.api.clone());
    let api = api.map(|address| port::address(&address)).transpose()?;
    let logs = Arc::new(ServerLogs);
    let collector = Collector::new(logs.clone(), logs);
    let engine = engine::engine_for_server(&config::cache(), memories)?;
    let executor = Arc::new(engine::executor(&engine, collector.clone(), collector.clone())?);
    let record_dir = arguments.record_dir.clone().or_else(|| server.record_dir.clone());
    if let Some(folder) = &record_dir {
        std::fs::create_dir_all(folder).map_err(|error| {
            Problem::usage(format!(
                "the folder {} for journals cannot be made: {error}",
                folder.display()
            ))
        })?;
    }
    let scripts = config.settings(None, Limits::for_scripts())?.limits;
    let docker = containers::settings(&arguments.containers, Some(&config), scripts)?;
    let runtime = engine::runtime()?;
    // Before functions are loaded, which may need them.
    let containers = docker.map(|docker| runtime.block_on(containers::Containers::start(docker, &executor)));
    let functions = load(&executor, &config, &source)?;

    let ended = runtime.block_on(async {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| cannot_listen(address, "--listen", &error))?;
        let local = listener
            .local_addr()
            .map_err(|error| cannot_listen(address, "--listen", &error))?;
        let mut app = App::new(executor.clone(), functions::routes(&source, &functions), seed());
        if let Some(folder) = &record_dir {
            app = app.recorded_by(recorder(folder.clone()));
        }
        let api = match api {
            Some(address) => Some(executions::listen(
                address,
                &executor,
                &collector,
                record_dir,
                ceilings(arguments, &config)?,
            )?),
            None => None,
        };
        let app = Arc::new(app);
        let mut signals = Signals::new()?;
        // Before anybody is told that it listens: who changes a file then is to see the change. Dropping it ends
        // the thread.
        let _watching = (arguments.watch || server.watch).then(|| {
            let watcher = Watcher {
                executor: executor.clone(),
                app: app.clone(),
                bounds: arguments.bounds.clone(),
                typed: arguments.source.clone(),
                source: source.clone(),
                functions: functions.clone(),
            };
            watcher.start()
        });
        announce(local, &functions, &source);
        if let Some(api) = &api {
            output::to_stdout(&format!("executions on http://{}/v1/executions\n", api.local));
        }
        let grace = server_config.grace;
        let (drain, draining) = tokio::sync::watch::channel(false);
        let drained = |mut draining: tokio::sync::watch::Receiver<bool>| async move {
            let _ = draining.wait_for(|drain| *drain).await;
        };
        let serving = holm_server::serve(listener, app, drained(draining.clone()), server_config);
        let executing = async {
            match api {
                Some(api) => holm_server::serve(api.listener, api.app, drained(draining), server_config)
                    .await
                    .map(Some),
                None => Ok(None),
            }
        };
        let serving = async {
            let (stopped, _) = tokio::try_join!(serving, executing)?;
            Ok::<_, io::Error>(stopped)
        };
        let mut serving = std::pin::pin!(serving);
        let stopped = tokio::select! {
            stopped = &mut serving => stopped,
            _ = signals.next() => {
                output::note(&format!(
                    "stopping: requests under way have {} s to finish; a second signal ends them now",
                    grace.as_secs()
                ));
                drain.send_replace(true);
                tokio::select! {
                    stopped = &mut serving => stopped,
                    _ = signals.next() => {
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
            Drained::Cut { invocations } => {
                output::note(&format!("stopped: {invocations} requests were cut"));
            }
        }
        Ok(0)
    });
    if let Some(containers) = containers {
        runtime.block_on(containers.shut_down(&executor));
    }
    ended
}

/// What code that is sent may ask for.
fn ceilings(arguments: &ServeArguments, config: &Config) -> Result<holm_server::Ceilings, Problem> {
    let defaults = config.settings(None, Limits::for_scripts())?.limits;
    let allow_private = arguments.api_allow_private || config.server().api_allow_private;
    executions::ceilings(config, defaults, allow_private)
}

/// Each connection is a descriptor. The soft limit is 1024 on many systems, for programs of old; the hard one is what this
/// process may have. Where it is refused, less is served at once.
fn raise_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            ..limit
        },
    );
}

pub(crate) fn seed() -> [u8; 32] {
    holm_core::Entropy::seed(&world::SystemEntropy)
}

/// Loads everything. One function alone must be there; in a folder, the others are served without it.
fn load(
    executor: &Executor,
    config: &Config,
    source: &Source,
) -> Result<BTreeMap<String, Deployed>, Problem> {
    let found = source.functions()?;
    for warning in &found.warnings {
        output::warning(warning);
    }
    let mut functions = BTreeMap::new();
    for (name, path) in found.functions {
        let deployed = functions::deploy(executor, config, &name, &path)?;
        match (&deployed.entry.function, source) {
            (Err(reason), Source::One(_)) => return Err(Problem::program(reason.clone())),
            (Err(reason), Source::Folder(_)) => output::error(reason),
            (Ok(_), _) => {}
        }
        functions.insert(name, deployed);
    }
    if let Source::Folder(_) = source {
        for warning in config.unused(functions.keys().map(String::as_str)) {
            output::warning(&warning);
        }
    }
    for warning in functions.values().flat_map(|deployed| &deployed.warnings) {
        output::warning(warning);
    }
    Ok(functions)
}

/// A journal for each request that reaches its function.
fn recorder(folder: PathBuf) -> Recorder {
    Box::new(move |_, id| {
        let sink = LazyJournalFile::new(&folder, id);
        let path = folder.join(id);
        let done = move |result: Result<(), RecordError>| {
            if let Err(error) = result {
                output::error(&format!(
                    "request not recorded in {}.holm: {error}",
                    path.display()
                ));
            }
        };
        Some(Record {
            sink: Box::new(sink),
            done: Box::new(done),
        })
    })
}

fn announce(local: SocketAddr, functions: &BTreeMap<String, Deployed>, source: &Source) {
    let mut text = format!("listening on http://{local}/\n");
    for (name, deployed) in functions {
        let path = match source {
            Source::One(_) => "",
            Source::Folder(_) => name,
        };
        if deployed.entry.function.is_ok() {
            text.push_str(&format!("  http://{local}/{path}  {}\n", deployed.entry.source));
        }
    }
    output::to_stdout(&text);
}

fn server_config(arguments: &ServeArguments, server: &Server) -> Result<holm_server::Config, Problem> {
    let mut config = holm_server::Config::default();
    let millis = |value: Option<u64>, default: Duration| value.map_or(default, Duration::from_millis);
    config.workers = arguments.workers.or(server.workers).unwrap_or(config.workers);
    if !(1..=WORKERS_MAX).contains(&config.workers) {
        return Err(Problem::usage(format!(
            "`workers` is {}; it can be 1 to {WORKERS_MAX} threads",
            config.workers
        )));
    }
    config.connections_max = server.connections_max.unwrap_or(config.connections_max);
    config.grace = millis(server.grace_ms, config.grace);
    config.header_timeout = millis(server.header_timeout_ms, config.header_timeout);
    config.idle_timeout = millis(server.idle_timeout_ms, config.idle_timeout);
    config.dev = arguments.dev || server.dev;
    Ok(config)
}

pub(crate) fn cannot_listen(address: SocketAddr, flag: &str, error: &io::Error) -> Problem {
    let (what, advice) = port::refusal(address, flag, error);
    Problem::fault(format!("{what}; {advice}"))
}
