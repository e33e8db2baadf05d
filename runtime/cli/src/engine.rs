//! The engine and the executor of this process: everything that the commands share, wired together.

use std::sync::Arc;

use holm_core::{Clock, Entropy};
use holm_egress::{Egress, EgressConfig, NetworkLog};
use holm_executor::{AdmissionConfig, EgressNetwork, Executor, LogSink, Parts};
use holm_wasm::{Cache, CacheState, Engine, WasmBackend};

use crate::output::Problem;
use crate::world::{SystemClock, SystemEntropy};

/// The engine, from the cache where it can be.
pub fn engine(cache: &Cache) -> Result<Arc<Engine>, Problem> {
    let engine = Engine::new(cache).map_err(|error| {
        Problem::fault(format!("the JavaScript engine cannot be started: {error}; `holm doctor` says more"))
    })?;
    if let CacheState::Unavailable(reason) = engine.cache() {
        let folder = cache.folder().map_or_else(String::new, |folder| format!(" {}", folder.display()));
        crate::output::warning(&format!(
            "the compiled engine could not be kept in the cache folder{folder} ({reason}), so that each start takes a \
             second longer; make it writable, or name another one in HOLM_CACHE_DIR"
        ));
    }
    Ok(engine)
}

/// The executor on that engine.
pub fn executor(
    engine: &Arc<Engine>,
    logs: Arc<dyn LogSink>,
    network_log: Arc<dyn NetworkLog>,
) -> Result<Executor, Problem> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let egress = Egress::new(EgressConfig::new(clock.clone())).map_err(|error| Problem::usage(error.to_string()))?;
    Ok(Executor::new(Parts {
        backend: Arc::new(WasmBackend::new(engine.clone())),
        engine: engine.id(),
        network: Arc::new(EgressNetwork { egress: Arc::new(egress), log: network_log }),
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
