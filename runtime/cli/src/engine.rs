//! The engine and the executor of this process: everything that the commands share, wired together.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use holm_core::{Clock, Entropy};
use holm_egress::{Egress, EgressConfig, NetworkLog};
use holm_executor::{AdmissionConfig, EgressNetwork, Executor, LogSink, Parts};
use holm_wasm::{Cache, CacheState, Engine, EngineConfig, MemoryKind, WasmBackend};

use rustix::process::{Resource, getrlimit};

use crate::output::{self, Problem};
use crate::world::{SystemClock, SystemEntropy};

/// After so long, people look for what hangs.
const LONG: Duration = Duration::from_millis(300);

/// The engine, from the cache where it can be. Where somebody looks, it is said what takes long.
pub fn engine(cache: &Cache, memories: MemoryKind) -> Result<Arc<Engine>, Problem> {
    if !io::stderr().is_terminal() {
        return engine_quietly(cache, memories);
    }
    let engine = with_progress(cache, memories)?;
    complain(&engine, cache);
    Ok(engine)
}

/// As [`engine`], and says in any case when the cache cannot be used. A program that runs once must not find lines of ours
/// in its output for that; `holm doctor` has them.
pub fn engine_for_server(cache: &Cache, memories: MemoryKind) -> Result<Arc<Engine>, Problem> {
    let engine = engine(cache, memories)?;
    if !io::stderr().is_terminal() {
        complain(&engine, cache);
    }
    Ok(engine)
}

fn complain(engine: &Engine, cache: &Cache) {
    if let CacheState::Unavailable(reason) = engine.cache() {
        let folder = cache
            .folder()
            .map_or_else(String::new, |folder| format!(" {}", folder.display()));
        output::warning(&format!(
            "the compiled engine could not be kept in the cache folder{folder} ({reason}), so that each start takes a \
             second longer; make it writable, or name another one in HOLM_CACHE_DIR"
        ));
    }
}

/// As [`engine`], and says nothing.
pub fn engine_quietly(cache: &Cache, memories: MemoryKind) -> Result<Arc<Engine>, Problem> {
    let config = EngineConfig {
        memories,
        open_files_max: open_files_max(),
    };
    Engine::new(cache, config).map_err(|error| {
        Problem::fault(format!(
            "the JavaScript engine cannot be started: {error}; `holm doctor` says more"
        ))
    })
}

/// Half of what this process may open; the rest is for connections.
fn open_files_max() -> usize {
    let soft = getrlimit(Resource::Nofile).current;
    usize::try_from(soft.unwrap_or(u64::MAX) / 2).unwrap_or(usize::MAX)
}

/// Says what takes so long, on a line that is gone afterwards.
fn with_progress(cache: &Cache, memories: MemoryKind) -> Result<Arc<Engine>, Problem> {
    let (done, waiting) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if waiting.recv_timeout(LONG) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            output::to_stderr("compiling the JavaScript engine, once …");
            let _ = waiting.recv();
            output::to_stderr("\r\x1b[K");
        });
        let engine = engine_quietly(cache, memories);
        drop(done);
        engine
    })
}

/// The executor on that engine.
pub fn executor(
    engine: &Arc<Engine>,
    logs: Arc<dyn LogSink>,
    network_log: Arc<dyn NetworkLog>,
) -> Result<Executor, Problem> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let egress =
        Egress::new(EgressConfig::new(clock.clone())).map_err(|error| Problem::usage(error.to_string()))?;
    Ok(Executor::new(Parts {
        backend: Arc::new(WasmBackend::new(engine.clone())),
        engine: engine.id(),
        network: Arc::new(EgressNetwork {
            egress: Arc::new(egress),
            log: network_log,
        }),
        clock,
        entropy: Arc::new(SystemEntropy),
        logs,
        admission: AdmissionConfig::default(),
    }))
}

/// A runtime on this thread alone: starting others takes longer than a short program runs.
pub fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Problem::fault(format!("the system refuses what an event loop needs: {error}")))
}

/// Thirty-two hexadecimal digits that are not guessed.
pub fn fresh_id() -> String {
    hex(&SystemEntropy.seed()[..16])
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
