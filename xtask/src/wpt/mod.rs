//! `cargo xtask wpt`: how much of the web's own test suite passes, counted against what others pass.
//!
//! The suite (web-platform-tests) lies outside of the repository. Each `*.any.js` runs in a process of its own:
//! [`suite`] finds it and what it reads, [`program`] makes one file of both, [`runner`] runs that under holm or a
//! peer, and [`mod@reference`] keeps which subtests count: those that at least two of Node, Deno and Bun pass.
//! It is a command for people; CI has no suite, and tests what holm promises by the tests of the crates.

mod program;
mod reference;
mod runner;
mod suite;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use self::reference::Reference;
use self::runner::{Engine, Report};
use crate::shell::{cargo, root, run as execute, target};

/// What the project promises to pass; other areas of the suite can be named.
const AREAS: &[&str] = &[
    "FileAPI",
    "WebCryptoAPI",
    "compression",
    "console",
    "dom/abort",
    "dom/events",
    "encoding",
    "fetch/api",
    "fetch/data-urls",
    "hr-time",
    "html/webappapis",
    "mimesniff",
    "streams",
    "url",
    "urlpattern",
    "user-timing",
    "webidl/ecmascript-binding",
    "webmessaging",
    "xhr/formdata",
];

/// The kept reference, from the root of the project.
const REFERENCE: &str = "guest/wpt/reference.json";

/// Which tests to run, and what to do with the results
#[derive(Args)]
pub struct Arguments {
    /// The folder of web-platform-tests
    #[arg(long, value_name = "DIR")]
    suite: PathBuf,
    /// Only these areas: folders or files of the suite (the promised ones when none is given)
    areas: Vec<String>,
    /// Run Node, Deno and Bun and write down which subtests at least two of them pass
    #[arg(long)]
    peers: bool,
    /// Write down what fails in holm as expected
    #[arg(long)]
    update: bool,
    /// Print each subtest that counts and fails, with its message
    #[arg(long)]
    list: bool,
    /// The binary to test (the debug build when none is given)
    #[arg(long, value_name = "FILE")]
    holm: Option<PathBuf>,
}

/// Runs the tests and prints what passes; false when something fails that was not expected to.
///
/// # Errors
/// When the suite is not there, something cannot be built, or the reference cannot be read or written.
pub fn run(arguments: &Arguments) -> Result<bool> {
    if !arguments.suite.join("resources/testharness.js").is_file() {
        bail!(
            "{} is not a copy of web-platform-tests: it has no resources/testharness.js",
            arguments.suite.display()
        );
    }
    let areas: Vec<String> = match &arguments.areas[..] {
        [] => AREAS.iter().map(|&area| area.to_owned()).collect(),
        given => given.to_vec(),
    };
    let tests = suite::find(&arguments.suite, &areas)?;
    if tests.is_empty() {
        bail!("the suite has no *.any.js in {}", areas.join(", "));
    }
    let path = root().join(REFERENCE);
    let mut reference = Reference::read(&path)?;
    if arguments.peers {
        let peers = Engine::peers()?;
        let mut reports = Vec::new();
        for peer in &peers {
            println!("running {} tests under {}", tests.len(), peer.name());
            reports.push(runner::run_all(peer, &tests)?);
        }
        reference.replace(&tests, &reports);
        reference.write(&path)?;
    }
    let engine = Engine::Holm(match &arguments.holm {
        Some(file) => file.canonicalize()?,
        None => {
            execute(&mut cargo(&[
                "build",
                "--quiet",
                "--workspace",
                "--bin",
                "holm",
                "--locked",
            ]))?;
            target().join("debug/holm")
        }
    });
    let reports = runner::run_all(&engine, &tests)?;
    let unexpected = print(&areas, &reports, &reference, arguments.list);
    if arguments.update {
        reference.expect(&reports);
        reference.write(&path)?;
    }
    Ok(unexpected == 0 || arguments.update)
}

/// Prints the figures by area; the number of subtests that fail and were not expected to.
fn print(areas: &[String], reports: &BTreeMap<String, Report>, reference: &Reference, list: bool) -> usize {
    let mut unexpected = 0;
    println!("{:<28} {:>7} {:>7} {:>7}", "area", "passed", "of", "");
    let (mut all_passed, mut all_total) = (0, 0);
    for area in areas {
        let (mut passed, mut total) = (0, 0);
        for (id, report) in reports.iter().filter(|(id, _)| suite::lies_in(id, area)) {
            let count = reference.count(id, report);
            passed += count.passed;
            total += count.total;
            for name in &count.failed {
                let expected = reference.is_expected(id, name);
                unexpected += usize::from(!expected);
                if list {
                    let message = report.message(name).replace('\n', " ");
                    println!("{} {id} | {name} | {message}", if expected { " " } else { "!" });
                }
            }
            if list && count.failed.is_empty() && count.passed < count.total {
                println!("! {id} | {} of {}: {}", count.passed, count.total, report.end);
            }
        }
        if total > 0 {
            println!(
                "{area:<28} {passed:>7} {total:>7} {:>6.1}%",
                percent(passed, total)
            );
        }
        all_passed += passed;
        all_total += total;
    }
    println!(
        "{:<28} {all_passed:>7} {all_total:>7} {:>6.1}%",
        "all",
        percent(all_passed, all_total)
    );
    if unexpected > 0 {
        println!("{unexpected} fail that were not expected to; --list names them, --update accepts them");
    }
    unexpected
}

#[allow(clippy::cast_precision_loss, reason = "a percentage to one digit")]
fn percent(passed: usize, total: usize) -> f64 {
    if total == 0 {
        100.0
    } else {
        100.0 * passed as f64 / total as f64
    }
}
