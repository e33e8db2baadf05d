//! `cargo xtask`: the project's own commands, so that people and CI do the same thing.
//!
//! It builds, checks and measures; nothing of it is part of the product. Reading order: [`shell`] and
//! [`steps`] (how commands are run and reported), [`mod@test`] (what CI runs), then one module per command.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for the terminal"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "it measures, and runs other programs in their environment"
)]

mod bench;
mod docker;
mod guest;
mod instructions;
mod node_suite;
mod shell;
mod steps;
mod test;
mod tidy;
mod tools;
mod wpt;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what the tests need, say what, and run everything that CI runs
    Test {
        /// Only these steps, by name (all when none is given)
        steps: Vec<String>,
        /// Print the names of the steps and end
        #[arg(long)]
        list: bool,
    },
    /// Check the tree itself: floors, head comments, leftovers, licences, who depends on whom
    Tidy,
    /// Build the guest: generated constants, engine, built-ins, and their hashes in guest/prebuilt
    Guest {
        /// Build into a temporary folder and compare with the checked-in files instead
        #[arg(long)]
        check: bool,
    },
    /// Count the instructions of the hot path under callgrind and compare with benches/instructions.txt
    Instructions {
        /// Write the counts down as the new expectation
        #[arg(long)]
        update: bool,
    },
    /// Run web-platform-tests from a folder outside of the project, and say how much passes
    Wpt(wpt::Arguments),
    /// Run Node's own tests in holm and count by module how many pass
    NodeSuite(node_suite::Arguments),
    /// Measure, and write the results to benches/results
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Test { list: true, .. } => {
            test::list();
            Ok(true)
        }
        Command::Test { steps, .. } => test::run_steps(&steps),
        Command::Tidy => tidy::run().map(|note| {
            println!("{note}");
            true
        }),
        Command::Guest { check } => guest::build(check).map(|note| {
            println!("{note}");
            true
        }),
        Command::Instructions { update } => instructions::run_counts(update).map(|note| {
            println!("{note}");
            true
        }),
        Command::Wpt(arguments) => wpt::run(&arguments),
        Command::NodeSuite(arguments) => node_suite::run(&arguments).map(|()| true),
        Command::Bench(arguments) => bench::run(&arguments).map(|()| true),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
