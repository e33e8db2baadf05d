//! The binary `holm`: the only crate that wires everything.
//!
//! Reading order: [`args`] (what can be typed), [`config`] (what it means, with `holm.toml`), then one file for each
//! command ([`run`], [`replay`], [`exec`], [`explain`], [`serve`], [`new`], [`build`], [`doctor`]), and below them [`engine`] (the parts, put together),
//! [`functions`] (files to functions), [`apart`] (files of strangers to programs), [`journals`] (where records go), [`transcript`], [`answer`] and [`logs`] (what programs and functions print), [`output`]
//! (what we print), [`exit`] (codes), [`world`] (clock and randomness).

mod answer;
mod apart;
mod args;
mod build;
mod config;
mod containers;
mod doctor;
mod engine;
mod exec;
mod executions;
mod exit;
mod explain;
mod functions;
mod journals;
mod logs;
mod new;
mod output;
mod port;
mod replay;
mod run;
mod serve;
mod signals;
mod stdin;
mod transcript;
mod watch;
mod world;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command};

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    let json = match &command {
        Command::Run(arguments) => arguments.json,
        Command::Replay(arguments) => arguments.json,
        Command::Exec(arguments) => arguments.json,
        Command::Explain(arguments) => arguments.json,
        // The doctor's findings are its object; a server has none.
        Command::Doctor(_) | Command::Serve(_) | Command::Build(_) | Command::New(_) | Command::ReadApart => {
            false
        }
    };
    let done = match command {
        Command::Run(arguments) => run::run(arguments),
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Exec(arguments) => exec::exec(arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::New(arguments) => new::new(&arguments),
        Command::Build(arguments) => build::build(&arguments),
        Command::Doctor(arguments) => doctor::doctor(&arguments),
        Command::ReadApart => return apart::read_apart(),
    };
    ExitCode::from(done.unwrap_or_else(|problem| {
        if json {
            transcript::not_run(&problem);
        } else {
            problem.print();
        }
        problem.code
    }))
}
