//! `holm doctor`: what this machine has and lacks for running functions, and what to do about it.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use holm_core::{Clock, Limits, Module, ModuleFormat, Outcome, Program};
use holm_docker::{DockerBackend, DockerConfig};
use holm_executor::{Executor, NoLogs, Spec};
use holm_policy::Policy;
use holm_wasm::{CacheState, Engine, MemoryKind};
use serde_json::json;

use crate::args::DoctorArguments;
use crate::config;
use crate::containers;
use crate::engine;
use crate::exit;
use crate::output::{self, Problem, Style};
use crate::port;
use crate::transcript::{self, Transcript};
use crate::world::SystemClock;

/// How well a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// As it should be.
    Well,
    /// It works, though not as well as it could.
    Doubtful,
    /// Functions cannot run.
    Broken,
}

/// One thing that was looked at.
#[derive(Debug)]
struct Finding {
    name: &'static str,
    state: State,
    value: String,
    /// What to do.
    advice: Option<String>,
}

impl Finding {
    fn well(name: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            state: State::Well,
            value: value.into(),
            advice: None,
        }
    }

    fn doubtful(name: &'static str, value: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            name,
            state: State::Doubtful,
            value: value.into(),
            advice: Some(advice.into()),
        }
    }

    fn broken(name: &'static str, value: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            name,
            state: State::Broken,
            value: value.into(),
            advice: Some(advice.into()),
        }
    }
}

/// Looks; the answer is the exit code.
pub fn doctor(arguments: &DoctorArguments) -> Result<u8, Problem> {
    let mut findings = vec![kernel(), processors()];
    findings.extend(memory());
    findings.extend([
        address_space(),
        mappings(),
        descriptors(),
        roots(),
        listen(&arguments.listen)?,
    ]);
    if let Some(config) = containers::settings(&arguments.containers, None, Limits::for_scripts())? {
        findings.push(container_engine(&config));
    }
    let clock = SystemClock::new();
    let memories = arguments.machine.memories.unwrap_or_default();
    findings.push(instance_memories(memories));
    let engine = engine::engine_quietly(&config::cache(), memories);
    match engine {
        Ok(engine) => {
            findings.push(cache(&engine, &clock));
            findings.extend(self_test(&engine, &clock));
        }
        Err(problem) => findings.push(Finding::broken(
            "engine",
            problem.text,
            "see what is broken above",
        )),
    }
    let worst = findings
        .iter()
        .map(|finding| finding.state)
        .max()
        .unwrap_or(State::Well);
    if arguments.json {
        print_json(&findings, worst);
    } else {
        print(&findings);
    }
    Ok(if worst == State::Broken { exit::FAULT } else { 0 })
}

#[cfg(target_os = "linux")]
fn kernel() -> Finding {
    let release = read("/proc/sys/kernel/osrelease").unwrap_or_else(|| "unknown".into());
    if holm_wasm::slots::pagemap::is_supported() {
        return Finding::well("kernel", format!("Linux {release}, with PAGEMAP_SCAN"));
    }
    Finding::doubtful(
        "kernel",
        format!("Linux {release}, without PAGEMAP_SCAN"),
        "functions run, but a fresh instance takes several times as long; Linux 6.7 or later has it (and /proc must be \
         mounted)",
    )
}

#[cfg(not(target_os = "linux"))]
fn kernel() -> Finding {
    Finding::well("kernel", std::env::consts::OS)
}

fn instance_memories(kind: MemoryKind) -> Finding {
    const NAME: &str = "memories";
    if kind == MemoryKind::default() {
        return Finding::well(NAME, format!("{}, as is usual on this system", kind.name()));
    }
    Finding::doubtful(
        NAME,
        format!("{}, as was asked for", kind.name()),
        format!(
            "a fresh instance is made faster in {}, the default here",
            MemoryKind::default().name()
        ),
    )
}

fn processors() -> Finding {
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    Finding::well("processors", count.to_string())
}

fn memory() -> Vec<Finding> {
    let text = read("/proc/meminfo").unwrap_or_default();
    let field = |name: &str| -> Option<u64> {
        let rest = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        rest.split_whitespace()
            .next()?
            .parse::<u64>()
            .ok()?
            .checked_mul(1024)
    };
    let mut findings = Vec::new();
    if let (Some(total), Some(available)) = (field("MemTotal"), field("MemAvailable")) {
        let bound = read("/sys/fs/cgroup/memory.max").and_then(|text| text.parse::<u64>().ok());
        let usable = available.min(bound.unwrap_or(u64::MAX));
        let mut value = format!("{} free of {}", mib(available), mib(total));
        if let Some(bound) = bound {
            value.push_str(&format!(", at most {} for this control group", mib(bound)));
        }
        // A few dozen invocations at the default limit.
        findings.push(if usable < 256 << 20 {
            Finding::doubtful(
                "memory",
                value,
                "some functions at once fill it; lower `memory_bytes` or add memory",
            )
        } else {
            Finding::well("memory", value)
        });
    }
    match field("SwapTotal") {
        Some(0) | None => findings.push(Finding::well("swap", "none")),
        Some(total) => findings.push(Finding::well("swap", mib(total))),
    }
    findings
}

fn address_space() -> Finding {
    const NAME: &str = "address space";
    if read("/proc/sys/vm/overcommit_memory").as_deref() == Some("2") {
        return Finding::broken(
            NAME,
            "the system reserves no more than it has (vm.overcommit_memory = 2)",
            "each instance reserves 4 GiB of addresses, not of memory; set vm.overcommit_memory to 0 or 1",
        );
    }
    match limit("Max address space") {
        None => Finding::well(NAME, "unlimited"),
        Some(bytes) if bytes >= 1 << 40 => Finding::well(NAME, mib(bytes)),
        Some(bytes) if bytes >= 64 << 30 => Finding::doubtful(
            NAME,
            mib(bytes),
            "each instance reserves 4 GiB of addresses; `ulimit -v unlimited` lets more run at once",
        ),
        Some(bytes) => Finding::broken(
            NAME,
            mib(bytes),
            "each instance reserves 4 GiB of addresses, not of memory; start holm after `ulimit -v unlimited`",
        ),
    }
}

fn mappings() -> Finding {
    let most = read("/proc/sys/vm/max_map_count").and_then(|text| text.parse::<u64>().ok());
    match most {
        Some(most) if most < 65_530 => Finding::doubtful(
            "mappings",
            format!("{most} for each process"),
            "each instance needs a few; set vm.max_map_count to 262144 if thousands are to wait at once",
        ),
        Some(most) => Finding::well("mappings", format!("{most} for each process")),
        None => Finding::doubtful("mappings", "unknown", "mount /proc"),
    }
}

fn descriptors() -> Finding {
    match limit("Max open files") {
        Some(most) if most < 4_096 => Finding::doubtful(
            "open files",
            format!("{most} for each process"),
            "each connection is one; `ulimit -n 65536` before holm, or LimitNOFILE in its systemd unit",
        ),
        Some(most) => Finding::well("open files", format!("{most} for each process")),
        None => Finding::well("open files", "unlimited"),
    }
}

fn roots() -> Finding {
    let found = holm_egress::tls::system_roots();
    match found {
        0 => Finding::doubtful(
            "TLS roots",
            "the system trusts nobody",
            "fetches of https URLs fail; install the package `ca-certificates`, or name a file in SSL_CERT_FILE",
        ),
        count => Finding::well("TLS roots", format!("{count} certificates of the system")),
    }
}

fn listen(listen: &str) -> Result<Finding, Problem> {
    let address = port::address(listen)?;
    Ok(match TcpListener::bind(address) {
        Ok(_) => Finding::well("port", format!("{address} is free")),
        Err(error) => {
            let (value, advice) = port::refusal(address, "--listen", &error);
            Finding::doubtful("port", value, advice)
        }
    })
}

/// The engine for containers and its image; only where somebody asks.
fn container_engine(config: &DockerConfig) -> Finding {
    const NAME: &str = "containers";
    let socket = config.socket.display();
    let looked = engine::runtime()
        .map_err(|problem| problem.text)
        .map(|runtime| runtime.block_on(DockerBackend::look(config)));
    match looked {
        Ok(Ok(version)) => Finding::well(
            NAME,
            format!("{socket}: {version}, with the image {}", config.image),
        ),
        Ok(Err(error)) => {
            let (value, advice) = error.to_string().split_once("; ").map_or_else(
                || (error.to_string(), "see the log of the engine".to_owned()),
                |(value, advice)| (value.to_owned(), advice.to_owned()),
            );
            Finding::doubtful(
                NAME,
                format!("{socket}: {value}"),
                format!("code that needs full Node is refused until then; {advice}"),
            )
        }
        Err(text) => Finding::doubtful(NAME, text, "code that needs full Node is refused until then"),
    }
}

fn cache(engine: &Engine, clock: &SystemClock) -> Finding {
    let took = Duration::from_micros(clock.now().mono_us);
    let folder = config::cache()
        .folder()
        .map_or_else(String::new, |folder| folder.display().to_string());
    let name = "cache";
    match engine.cache() {
        CacheState::Hit => Finding::well(
            name,
            format!("{folder}: the engine came from it in {}", short(took)),
        ),
        CacheState::Filled => Finding::well(
            name,
            format!(
                "{folder}: the engine was compiled in {}, and is kept",
                short(took)
            ),
        ),
        CacheState::Repaired => Finding::well(
            name,
            format!(
                "{folder}: the entry was damaged; the engine was compiled in {} and is kept",
                short(took)
            ),
        ),
        CacheState::Unavailable(reason) => Finding::doubtful(
            name,
            format!("{folder} cannot be used: {reason}"),
            "each start takes a second longer; make it writable, or name another folder in HOLM_CACHE_DIR",
        ),
        CacheState::Off => Finding::doubtful(
            name,
            "none",
            "each start takes a second longer; set HOME or HOLM_CACHE_DIR to keep the compiled engine",
        ),
    }
}

/// A script in a fresh instance: the first, and then the middle one of several, as the first one is always slower.
fn self_test(engine: &Arc<Engine>, clock: &SystemClock) -> Option<Finding> {
    const NAME: &str = "self-test";
    const RUNS: usize = 9;
    let broken =
        |text: String| Finding::broken(NAME, text, "report this, with the output of `holm doctor --json`");
    let executor = match engine::executor(engine, Arc::new(NoLogs), Arc::new(Transcript::new(true))) {
        Ok(executor) => executor,
        Err(problem) => return Some(broken(problem.text)),
    };
    let runtime = engine::runtime().ok()?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let before = clock.now().mono_us;
        if let Err(text) = runtime.block_on(hello(&executor)) {
            return Some(broken(text));
        }
        times.push(clock.now().mono_us.saturating_sub(before));
    }
    let first = Duration::from_micros(times[0]);
    times.sort_unstable();
    let middle = Duration::from_micros(times[RUNS / 2]);
    Some(Finding::well(
        NAME,
        format!(
            "a program in a fresh instance took {} ({} the first time)",
            short(middle),
            short(first)
        ),
    ))
}

async fn hello(executor: &Executor) -> Result<(), String> {
    let module = Module {
        format: ModuleFormat::Esm,
        source: "process.exitCode = [1, 2, 3].map((n) => n * n).reduce((a, b) => a + b)".into(),
        links: BTreeMap::new(),
        exports: Vec::new(),
    };
    let entry = "/bundle/hello.mjs".to_owned();
    let program = Program {
        modules: [(entry.clone(), module)].into(),
        entry,
        ..Program::default()
    };
    let spec = Spec {
        tenant: "local".into(),
        name: "self-test".into(),
        version: String::new(),
        program: Arc::new(program),
        limits: Limits::for_scripts(),
        policy: Arc::new(Policy::default()),
    };
    let function = executor.one_off(spec).map_err(|error| error.to_string())?;
    let report = executor.script(&function, "self-test".into(), None, None).await;
    match report.map(|report| report.outcome) {
        Ok(Outcome::Answered { exit_code: 14, .. }) => Ok(()),
        Ok(other) => Err(transcript::complaint(&other).unwrap_or_else(|| other.explain())),
        Err(refusal) => Err(crate::run::refused(&refusal)),
    }
}

fn print(findings: &[Finding]) {
    let style = Style::stdout();
    let width = findings
        .iter()
        .map(|finding| finding.name.len())
        .max()
        .unwrap_or(0);
    let mut text = format!("holm {}\n\n", env!("CARGO_PKG_VERSION"));
    for Finding {
        name,
        state,
        value,
        advice,
    } in findings
    {
        let mark = match state {
            State::Well => style.green("ok  "),
            State::Doubtful => style.yellow("note"),
            State::Broken => style.red("bad "),
        };
        text.push_str(&format!("  {mark}  {name:<width$}  {value}\n"));
        if let Some(advice) = advice {
            text.push_str(&format!("        {:<width$}  → {advice}\n", ""));
        }
    }
    output::to_stdout(&text);
}

fn print_json(findings: &[Finding], worst: State) {
    let word = |state: State| match state {
        State::Well => "ok",
        State::Doubtful => "note",
        State::Broken => "bad",
    };
    let list: Vec<_> = findings
        .iter()
        .map(|it| json!({ "name": it.name, "state": word(it.state), "value": it.value, "advice": it.advice }))
        .collect();
    let object = json!({ "version": env!("CARGO_PKG_VERSION"), "state": word(worst), "findings": list });
    output::to_stdout(&format!("{object}\n"));
}

fn read(path: &str) -> Option<String> {
    Some(std::fs::read_to_string(path).ok()?.trim().to_owned())
}

/// The soft limit of this process; `None` where it has none.
fn limit(name: &str) -> Option<u64> {
    let text = read("/proc/self/limits")?;
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

fn mib(bytes: u64) -> String {
    match bytes >> 20 {
        mib if mib >= 10 << 10 => format!("{} GiB", mib >> 10),
        mib => format!("{mib} MiB"),
    }
}

fn short(time: Duration) -> String {
    let micros = time.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..100_000 => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}
