//! The hot path for callgrind: `hot_path CASE REPETITIONS`. One thread, no clock, the same work each time.
//!
//! `hot_path --list` prints the cases, one a line. Counts are kept in `benches/instructions.txt`.

#![allow(clippy::print_stdout, reason = "a command for the terminal")]

use anyhow::{Context, Result, bail};
use holm_benches::world;
use holm_core::{Backend, Limits};

const CASES: &[&str] = &[
    "fresh-hello",
    "fresh-hello-100-functions",
    "one-off-hello",
    "image",
];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let case = arguments
        .next()
        .context("usage: hot_path CASE REPETITIONS, or hot_path --list")?;
    if case == "--list" {
        for case in CASES {
            println!("{case}");
        }
        return Ok(());
    }
    let repetitions: usize = arguments
        .next()
        .context("how many repetitions?")?
        .parse()
        .context("REPETITIONS")?;
    let backend = world::backend(holm_wasm::MemoryKind::default())?;
    let limits = Limits::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    match case.as_str() {
        "fresh-hello" | "fresh-hello-100-functions" => {
            let functions = if case == "fresh-hello" { 1 } else { 100 };
            let functions: Vec<_> = (0..functions)
                .map(|number| world::prepare(&backend, world::hello(number)))
                .collect::<Result<_>>()?;
            for repetition in 0..repetitions {
                // 37 and 100 have no common divisor: every function has its turn.
                let function = &functions[repetition * 37 % functions.len()];
                runtime.block_on(world::answer(&**function, false, &limits))?;
            }
        }
        "one-off-hello" => {
            for repetition in 0..repetitions {
                let function = backend.unprepared(world::hello(repetition));
                runtime.block_on(world::answer(&*function, true, &limits))?;
            }
        }
        "image" => {
            for repetition in 0..repetitions {
                world::prepare(&backend, world::hello(repetition))?;
            }
        }
        _ => bail!("there is no case `{case}`; --list prints them"),
    }
    Ok(())
}
