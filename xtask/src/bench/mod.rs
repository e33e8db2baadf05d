//! `cargo xtask bench`: what it costs, next to what people would use instead, in the same run.
//!
//! Results are Markdown in `benches/results/`, one file a bench, with the machine, its load and all versions:
//! a number without them says nothing. [`compare`], [`http`], [`process`] and [`surface`] compare with other programs, which
//! [`peers`] installs; what needs holm's crates is a binary of `benches/` and only started from here.

mod compare;
mod http;
pub mod peers;
mod process;
mod report;
mod server;
mod surface;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::shell::{cargo, command, run as execute, target};
use crate::tools;

/// What to measure, and for how long
#[derive(Args)]
pub struct Arguments {
    /// One bench (all when none is given)
    name: Option<Bench>,
    /// Seconds of load for each figure of peers-http
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// Repetitions of peers-http; the middle one is reported
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Processes of each kind that `run` starts
    #[arg(long, default_value_t = 40)]
    processes: u32,
    /// Only these rows of `peers`, by name, and print the page instead of writing it
    #[arg(long, value_name = "ROW")]
    row: Vec<String>,
    /// Divide the executions of `peers` by this, to see that it works
    #[arg(long, default_value_t = 1)]
    divide: u32,
    /// Take holm for `peers` from this folder of binaries, in place of building it
    #[arg(long, value_name = "FOLDER")]
    binaries: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Bench {
    /// Functions that the host computes: what a call takes, and what it is charged
    Pure,
    /// Fresh instances, images, memory, fuel: without sockets, through the crates
    Instance,
    /// A whole process: `holm run hello.js` next to node, deno and bun
    Run,
    /// One snippet in everything that executes code, next to holm, and programs that want out. Needs root, for a control group
    Peers,
    /// HTTP hello under wrk at 1, 16 and 64 connections, next to workerd
    PeersHttp,
    /// URL, Headers, text, base64, hashes, gzip, streams, hono: next to node and workerd
    Surface,
}

/// Runs one bench or all of them.
///
/// # Errors
/// When something cannot be built, installed or started.
pub fn run(arguments: &Arguments) -> Result<()> {
    tools::for_benches()?;
    let wanted = |bench| arguments.name.is_none_or(|name| name == bench);
    if wanted(Bench::Pure) {
        crates("pure", "Functions that the host computes")?;
    }
    if wanted(Bench::Instance) {
        crates("instance", "Instances, without a socket")?;
    }
    if wanted(Bench::Run) {
        process::run(&holm()?, arguments.processes)?;
    }
    if wanted(Bench::Peers) {
        let (holm, executions) = match &arguments.binaries {
            Some(folder) => (folder.join("holm"), folder.join("executions")),
            None => (holm()?, built("executions")?),
        };
        compare::run(&holm, &executions, &arguments.row, arguments.divide)?;
    }
    if wanted(Bench::PeersHttp) {
        http::run(&holm()?, arguments.seconds, arguments.rounds)?;
    }
    if wanted(Bench::Surface) {
        surface::run(&holm()?)?;
    }
    Ok(())
}

/// The binary, in its release build.
fn holm() -> Result<PathBuf> {
    execute(&mut cargo(&[
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--workspace",
        "--bin",
        "holm",
    ]))?;
    Ok(target().join("release/holm"))
}

/// A bench that is a binary of `benches/`.
fn crates(name: &str, title: &str) -> Result<()> {
    let program = built(name)?;
    let load = report::load();
    let figures = execute(&mut command(program, &[]))?;
    report::write(name, title, &[], &load, &figures)
}

/// A binary of `benches/`, in its release build.
fn built(name: &str) -> Result<PathBuf> {
    let build = [
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--workspace",
        "--bin",
        name,
    ];
    execute(&mut cargo(&build))?;
    Ok(target().join("release").join(name))
}
