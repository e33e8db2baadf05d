//! The binary `holm`: the only crate that wires everything.
//!
//! Reading order: [`args`] (what can be typed), [`config`] (what it means, with `holm.toml`), then one file for each
//! command ([`run`], [`replay`], [`serve`], [`doctor`]), and below them [`engine`] (the parts, put together),
//! [`functions`] (files to functions), [`transcript`] and [`logs`] (what programs and functions print), [`output`]
//! (what we print), [`exit`] (codes), [`world`] (clock and randomness).

mod args;
mod config;
mod doctor;
mod engine;
mod exit;
mod functions;
mod logs;
mod output;
mod port;
mod replay;
mod run;
mod serve;
mod transcript;
mod watch;
mod world;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command};

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run(arguments) => run::run(arguments),
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::Doctor(arguments) => doctor::doctor(&arguments),
    };
    ExitCode::from(done.unwrap_or_else(|problem| {
        problem.print();
        problem.code
    }))
}
