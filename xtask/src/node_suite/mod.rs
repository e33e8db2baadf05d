//! `cargo xtask node-suite`: how many of Node's own tests pass in holm, by module.
//!
//! The tests are Node's `test` folder, which lies outside the project. Which of them count is a written rule
//! ([`select`]); each is run by `holm run` in an instance of its own, within holm's limits, beside a `common`
//! module of ours (the folder `common`), which is what the tests need of Node's.

mod run;
mod select;
mod stage;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use run::Verdict;
use select::Decision;

/// What to run
#[derive(Args)]
pub struct Arguments {
    /// Node's folder `test`, with `parallel` and `fixtures` in it
    #[arg(long, value_name = "DIR")]
    suite: PathBuf,
    /// Only the tests of these modules, such as fs or `async_hooks` (all when none is given)
    modules: Vec<String>,
    /// Only tests whose name holds this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// The binary to run them with
    #[arg(long, value_name = "FILE", default_value = "target/debug/holm")]
    holm: PathBuf,
    /// How many run at once
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Name each test that failed, with the end of what it said
    #[arg(long)]
    verbose: bool,
    /// Name each test that is not selected, with the reason
    #[arg(long)]
    unselected: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    passed: usize,
    selected: usize,
    skipped: usize,
    unselected: usize,
}

/// Selects, runs and prints. Below a share that is asked for elsewhere nothing fails here: this measures.
///
/// # Errors
/// When the folder is no suite of Node's, a module's name is not known, or the tests cannot be laid out.
pub fn run(arguments: &Arguments) -> Result<()> {
    let parallel = arguments.suite.join("parallel");
    if !parallel.is_dir() {
        bail!(
            "{} has no folder `parallel`: --suite is the folder `test` of Node's sources",
            arguments.suite.display()
        );
    }
    for module in &arguments.modules {
        if !select::modules().any(|known| known == module) {
            let known: Vec<_> = select::modules().collect();
            bail!("no module `{module}` is measured; there are {}", known.join(", "));
        }
    }
    let holm = crate::shell::root().join(&arguments.holm);
    if !holm.is_file() {
        bail!(
            "{} is not there; build it: cargo build --workspace --bin holm",
            holm.display()
        );
    }

    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let mut chosen = Vec::new();
    for name in names(&parallel)? {
        let Some(module) = select::module_of(&name) else {
            continue;
        };
        let wanted = arguments.modules.is_empty() || arguments.modules.iter().any(|one| one == module);
        let named = arguments.only.as_ref().is_none_or(|text| name.contains(text));
        if !wanted || !named {
            continue;
        }
        let source = String::from_utf8_lossy(&std::fs::read(parallel.join(&name))?).into_owned();
        match select::decide(&name, &source) {
            Decision::Selected => chosen.push((module, name, source)),
            Decision::Not(reason) => {
                counts.entry(module).or_default().unselected += 1;
                if arguments.unselected {
                    println!("not selected  {module:<20} {name}: {reason}");
                }
            }
        }
    }

    let stage = stage::lay_out(
        &arguments.suite,
        chosen.iter().map(|(_, name, source)| (name, source)),
    )?;
    let names: Vec<&str> = chosen.iter().map(|(_, name, _)| name.as_str()).collect();
    let verdicts = run::all(&holm, &stage, &names, arguments.jobs.max(1));
    for ((module, name, _), verdict) in chosen.iter().zip(verdicts) {
        let count = counts.entry(module).or_default();
        match verdict {
            Verdict::Passed => {
                count.selected += 1;
                count.passed += 1;
            }
            Verdict::Skipped => count.skipped += 1,
            Verdict::Failed(said) => {
                count.selected += 1;
                if arguments.verbose {
                    println!("failed  {module:<20} {name}");
                    for line in said.lines() {
                        println!("        {line}");
                    }
                }
            }
        }
    }
    report(&counts);
    Ok(())
}

/// Names of the tests, sorted.
fn names(folder: &std::path::Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        if let Ok(name) = entry?.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn report(counts: &BTreeMap<&str, Count>) {
    println!(
        "{:<22}{:>8}{:>10}{:>8}{:>10}{:>14}",
        "module", "passed", "selected", "share", "skipped", "not selected"
    );
    let mut total = Count::default();
    for (module, count) in counts {
        line(module, count);
        total.passed += count.passed;
        total.selected += count.selected;
        total.skipped += count.skipped;
        total.unselected += count.unselected;
    }
    line("all", &total);
}

fn line(name: &str, count: &Count) {
    let share = (count.passed * 1000).checked_div(count.selected).map_or_else(
        || "–".to_owned(),
        |tenths| format!("{}.{} %", tenths / 10, tenths % 10),
    );
    println!(
        "{name:<22}{:>8}{:>10}{share:>8}{:>10}{:>14}",
        count.passed, count.selected, count.skipped, count.unselected
    );
}
