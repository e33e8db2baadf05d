//! Executions without HTTP: what `POST /v1/executions` does, called as a library. `cargo xtask bench peers` starts it, and
//! speaks with it by lines, as with the callers of `benches/peers/drive.mjs`: it says `ready`, is told what to execute, and
//! answers with times.

#![allow(clippy::print_stdout, reason = "a command for another program")]
#![allow(clippy::disallowed_methods, reason = "benches read the clock")]

use std::io::BufRead;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use holm_benches::world;
use holm_core::{Clock, Entropy, Level, Limits, Moment, Report};
use holm_egress::{Egress, EgressConfig, NetworkEntry, NetworkLog};
use holm_executor::{AdmissionConfig, EgressNetwork, Executor, LogSink, Origin, Parts};
use holm_server::{Ceilings, Collector, ExecutionRequest, Executions};
use holm_wasm::{MemoryKind, WasmBackend};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// What is asked for: executions of these jobs, or one of a program that wants out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default)]
    jobs: Vec<Job>,
    #[serde(default = "one")]
    at_once: usize,
    program: Option<String>,
    code: Option<String>,
    input: Option<Box<RawValue>>,
}

#[derive(Clone, Deserialize)]
struct Job {
    code: String,
    input: Box<RawValue>,
    want: Want,
}

#[derive(Clone, Deserialize)]
struct Want {
    result: Value,
    stdout: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    timeout_ms: u64,
    memory_mb: u64,
}

const fn one() -> usize {
    1
}

fn main() -> Result<()> {
    let settings = std::env::args().nth(1).context("no settings")?;
    let settings: Settings = serde_json::from_str(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let caller = Arc::new(Caller {
        executions: executions()?,
        limits: json!({
            "cpu_ms": settings.timeout_ms,
            "wall_ms": settings.timeout_ms,
            "memory_bytes": settings.memory_mb << 20,
        }),
        count: AtomicU64::new(0),
    });
    println!("{}", json!({ "ready": true }));
    for line in std::io::stdin().lock().lines() {
        let request: Request = serde_json::from_str(&line?)?;
        let answer = match (&request.program, &request.code) {
            (Some(_), Some(code)) => runtime.block_on(caller.attack(code, request.input.as_deref())),
            _ => measure(&runtime, &caller, request.jobs, request.at_once)
                .unwrap_or_else(|error| json!({ "failed": format!("{error:#}") })),
        };
        println!("{answer}");
    }
    Ok(())
}

/// Executes all jobs, so many of them at any time.
fn measure(runtime: &Runtime, caller: &Arc<Caller>, jobs: Vec<Job>, at_once: usize) -> Result<Value> {
    let left = Arc::new(Mutex::new(jobs));
    let started = Instant::now();
    let callers: Vec<_> = (0..at_once)
        .map(|_| runtime.spawn(one_after_another(caller.clone(), left.clone())))
        .collect();
    let mut times = Vec::new();
    for task in callers {
        let found = runtime
            .block_on(task)
            .map_err(|_| anyhow!("a caller panicked"))??;
        times.extend(found.iter().map(milliseconds));
    }
    Ok(json!({ "wallMs": milliseconds(&started.elapsed()), "times": times }))
}

async fn one_after_another(caller: Arc<Caller>, left: Arc<Mutex<Vec<Job>>>) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    let mut before = Instant::now();
    loop {
        let job = left.lock().map_err(|_| anyhow!("a caller panicked"))?.pop();
        let Some(job) = job else { return Ok(times) };
        caller.execute(&job).await?;
        let now = Instant::now();
        times.push(now - before);
        before = now;
    }
}

fn milliseconds(time: &Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

struct Caller {
    executions: Executions,
    limits: Value,
    count: AtomicU64,
}

impl Caller {
    async fn execute(&self, job: &Job) -> Result<()> {
        let answer = self.answer(&job.code, Some(&job.input)).await?;
        let text = answer.result.as_deref().map_or("null", RawValue::get);
        // By value: whoever passed the jobs on may have written their keys in another order.
        let found: Value = serde_json::from_str(text)?;
        if found != job.want.result || answer.stdout != job.want.stdout {
            bail!(
                "a wrong answer: {} {found} {:?} {:?} instead of {} {:?}",
                answer.outcome,
                answer.stdout,
                answer.error,
                job.want.result,
                job.want.stdout
            );
        }
        Ok(())
    }

    async fn attack(&self, code: &str, input: Option<&RawValue>) -> Value {
        let started = Instant::now();
        let seen = match self.answer(code, input).await {
            Ok(answer) => json!(answer),
            Err(error) => json!({ "error": format!("{error:#}") }),
        };
        json!({ "seen": seen, "ms": milliseconds(&started.elapsed()), "polluted": false })
    }

    async fn answer(&self, code: &str, input: Option<&RawValue>) -> Result<holm_server::ExecutionResult> {
        let id = format!("{:032x}", self.count.fetch_add(1, Ordering::Relaxed));
        let mut request: ExecutionRequest = serde_json::from_value(json!({ "mode": "wasm" }))?;
        request.code = Some(format!("export default {code};"));
        request.input = input.map(ToOwned::to_owned);
        request.limits = serde_json::from_value(self.limits.clone())?;
        let job = self.executions.job(&id, request).await?;
        Ok(self.executions.execute(&id, job, None).await?)
    }
}

/// As `holm serve --api` has them.
fn executions() -> Result<Executions> {
    let quiet = Arc::new(Quiet);
    let collector = Collector::new(quiet.clone(), quiet);
    let engine = world::engine(MemoryKind::default())?;
    let clock: Arc<dyn Clock> = Arc::new(RealClock(Instant::now()));
    let network = EgressNetwork {
        egress: Arc::new(Egress::new(EgressConfig::new(clock.clone()))?),
        log: collector.clone(),
    };
    let executor = Executor::new(Parts {
        engine: engine.id(),
        backend: Arc::new(WasmBackend::new(engine)),
        network: Arc::new(network),
        clock,
        entropy: Arc::new(RealEntropy),
        logs: collector.clone(),
        admission: AdmissionConfig::default(),
    });
    let most = Limits {
        memory_bytes: 1 << 30,
        ..Limits::for_scripts()
    };
    let ceilings = Ceilings {
        defaults: Limits::for_scripts(),
        untrusted: most,
        trusted: most,
        allow_private: false,
    };
    Ok(Executions::new(Arc::new(executor), collector, ceilings, None))
}

struct Quiet;

impl LogSink for Quiet {
    fn log(&self, _: Origin<'_>, _: Level, _: &str) {}
    fn ended(&self, _: Origin<'_>, _: &Report) {}
}

impl NetworkLog for Quiet {
    fn record(&self, _: NetworkEntry) {}
}

struct RealClock(Instant);

impl Clock for RealClock {
    fn now(&self) -> Moment {
        let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        Moment {
            wall_us: micros(
                std::time::SystemTime::now()
                    .duration_since(std::time::SystemTime::UNIX_EPOCH)
                    .unwrap_or_default(),
            ),
            mono_us: micros(self.0.elapsed()),
        }
    }
}

struct RealEntropy;

impl Entropy for RealEntropy {
    fn seed(&self) -> [u8; 32] {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).expect("Linux gives random numbers from early boot on");
        seed
    }
}
