//! Fresh instances without a socket: time, memory, images. Prints Markdown for `cargo xtask bench instance`.
//! An argument names other memories than the default: `instance portable`.

#![allow(clippy::print_stdout, reason = "a command for the terminal")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use holm_benches::figures::{Times, held_bytes, timed};
use holm_benches::world;
use holm_core::{Backend, Limits, Prepared};
use holm_wasm::{MemoryKind, WasmBackend};
use tokio::runtime::{Builder, Runtime};

/// Invocations of each figure and thread; the first tenth warms up and is not counted.
const INVOCATIONS: usize = 20_000;
const ONE_OFFS: usize = 1_000;
const IMAGES: usize = 200;
const WAITING: usize = 1_000;

fn main() -> Result<()> {
    let kind = match std::env::args().nth(1) {
        Some(name) => {
            MemoryKind::from_name(&name).with_context(|| format!("`{name}` is no kind of memories"))?
        }
        None => MemoryKind::default(),
    };
    let (compile, backend) = timed(|| world::backend_without_cache(kind));
    backend?;
    let backend = world::backend(kind)?;
    let (start, backend) = (timed(|| world::backend(kind)).0, Arc::new(backend));

    println!(
        "Fresh instance, hello handler and its end, µs, in {}. Functions are taken at random.\n",
        kind.name()
    );
    println!(
        "| functions | threads | p50 | p90 | p99 | a second | fuel |\n|---:|---:|---:|---:|---:|---:|---:|"
    );
    let (mut idle, mut pages) = (0, 0);
    for count in [1, 100, 1_000] {
        let before = held_bytes();
        let functions: Vec<_> = (0..count)
            .map(|number| world::prepare(&backend, world::hello(number)))
            .collect::<Result<_>>()?;
        if count == 1_000 {
            idle = held_bytes().saturating_sub(before) / 1_000;
        }
        let functions = Arc::new(functions);
        for threads in [1, 2] {
            println!("{}", fresh(&functions, threads)?);
        }
        pages = functions
            .iter()
            .map(|function| function.idle_bytes())
            .sum::<u64>()
            / count as u64;
    }

    println!("\n| | p50 | p90 | p99 |\n|---|---:|---:|---:|");
    println!(
        "| one-off execution of a hello handler, µs | {} |",
        one_offs(&backend)?.cells()
    );
    println!(
        "| image of a hello function, µs | {} |",
        images(&backend)?.cells()
    );

    println!("\n| | |\n|---|---:|");
    println!("| engine compiled | {:.0} ms |", compile.as_secs_f64() * 1e3);
    println!("| engine from its cache | {:.1} ms |", start.as_secs_f64() * 1e3);
    println!(
        "| the engine's image, shared by all functions | {} KB |",
        backend.engine().image_bytes() / 1_000
    );
    println!(
        "| an idle function, of 1,000: growth of the process | {} KB |",
        idle / 1_000
    );
    println!(
        "| a function's image, by its own account | {} KB |",
        pages / 1_000
    );
    println!(
        "| a waiting invocation, of {WAITING}: growth of the process | {} KB |",
        waiting(&backend)? / 1_000
    );
    println!(
        "\n{}",
        holm_benches::fuel::table().map_err(|error| anyhow!("{error:#}"))?
    );
    Ok(())
}

/// One row: every thread takes functions at random, with slots and a runtime of its own.
fn fresh(functions: &Arc<Vec<Arc<dyn Prepared>>>, threads: usize) -> Result<String> {
    let (wall, results) = timed(|| {
        let threads: Vec<_> = (0..threads)
            .map(|thread| {
                let functions = functions.clone();
                thread::spawn(move || invocations(&functions, thread as u64))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow!("a thread panicked"))?)
            .collect::<Result<Vec<(Vec<Duration>, u64)>>>()
    });
    let results = results?;
    let fuel = results.first().context("there is at least one thread")?.1;
    if results.iter().any(|(_, other)| *other != fuel) {
        bail!("threads used different amounts of fuel for the same request");
    }
    let times: Times = results
        .iter()
        .flat_map(|(times, _)| times.iter().copied().skip(INVOCATIONS / 10))
        .collect();
    let rate = (INVOCATIONS * threads) as f64 / wall.as_secs_f64();
    Ok(format!(
        "| {} | {threads} | {} | {rate:.0} | {fuel} |",
        functions.len(),
        times.cells()
    ))
}

/// Times of this thread's invocations, and the fuel of each, which must not vary.
fn invocations(functions: &[Arc<dyn Prepared>], seed: u64) -> Result<(Vec<Duration>, u64)> {
    let runtime = runtime()?;
    let limits = Limits::default();
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut fuel = None;
    let mut times = Vec::with_capacity(INVOCATIONS);
    for _ in 0..INVOCATIONS {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let function = &functions[random as usize % functions.len()];
        let (time, report) = timed(|| runtime.block_on(world::answer(&**function, false, &limits)));
        times.push(time);
        let used = report?.usage.fuel;
        if *fuel.get_or_insert(used) != used {
            bail!("the same request used {used} units of fuel after {fuel:?}");
        }
    }
    Ok((times, fuel.context("there was at least one invocation")?))
}

fn one_offs(backend: &WasmBackend) -> Result<Times> {
    let (runtime, limits) = (runtime()?, Limits::default());
    (0..ONE_OFFS)
        .map(|number| {
            let program = world::hello(number);
            let (time, report) =
                timed(|| runtime.block_on(world::answer(&*backend.unprepared(program), true, &limits)));
            report.map(|_| time)
        })
        .collect()
}

fn images(backend: &WasmBackend) -> Result<Times> {
    (0..IMAGES)
        .map(|number| {
            let program = world::hello(number);
            let (time, prepared) = timed(|| world::prepare(backend, program));
            prepared.map(|_| time)
        })
        .collect()
}

/// Bytes that the process grows by for each invocation that waits for a fetch.
fn waiting(backend: &WasmBackend) -> Result<u64> {
    let function = world::prepare(backend, world::waiting())?;
    let runtime = runtime()?;
    let started = Arc::new(AtomicUsize::new(0));
    // One first, so that what all share is not counted.
    let mut tasks = vec![runtime.spawn(world::wait(function.clone(), started.clone()))];
    settle(&runtime, &started, 1)?;
    let before = held_bytes();
    tasks.extend((0..WAITING).map(|_| runtime.spawn(world::wait(function.clone(), started.clone()))));
    settle(&runtime, &started, 1 + WAITING)?;
    let grown = held_bytes().saturating_sub(before);
    for task in &tasks {
        task.abort();
    }
    Ok(grown / WAITING as u64)
}

/// Runs the tasks until so many wait.
fn settle(runtime: &Runtime, started: &AtomicUsize, wanted: usize) -> Result<()> {
    // Each turn of the runtime polls every task that is ready; a bound, so that a task that ended is no endless loop.
    for _ in 0..100 * WAITING {
        if started.load(Ordering::SeqCst) >= wanted {
            return Ok(());
        }
        runtime.block_on(tokio::task::yield_now());
    }
    bail!("{} of {wanted} invocations wait", started.load(Ordering::SeqCst))
}

fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().build()?)
}
