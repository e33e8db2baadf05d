//! `cargo xtask test`: everything that CI runs, step by step.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::docker::{self, Engine};
use crate::shell::{cargo, command, has, root, run, target};
use crate::steps::Steps;
use crate::{guest, instructions, tidy, tools};

/// The tests that need an engine.
const IN_CONTAINERS: &str = "package(holm-docker) | (package(holm-cli) & test(/^docker::/))";

/// One thing that CI checks.
struct Step {
    name: &'static str,
    /// What holds when it passes.
    rule: &'static str,
    check: fn() -> Result<String>,
}

const fn step(name: &'static str, rule: &'static str, check: fn() -> Result<String>) -> Step {
    Step { name, rule, check }
}

/// The steps in their order: what fails fast comes first.
const STEPS: &[Step] = &[
    step("tools", "what the rest needs is installed", tools::for_tests),
    step("format", "rustfmt changes nothing", format),
    step("tidy", "floors, head comments, leftovers, licences", tidy::run),
    step("clippy", "no warnings, in any target", clippy),
    step(
        "docs",
        "every link in the crates' documentation leads somewhere",
        docs,
    ),
    step(
        "guest",
        "the checked-in guest is what its sources build, byte for byte",
        || guest::build(true),
    ),
    // After the comparison, since its tests bundle the built-ins anew.
    step(
        "built-ins",
        "the guest's TypeScript compiles, its own tests pass",
        builtins,
    ),
    step("tests", "cargo nextest, whole workspace", || {
        nextest(&format!("not ({IN_CONTAINERS})"))
    }),
    step(
        "docker",
        "programs in containers, on the engine that runs or on one that is started for it; skipped where neither can be",
        containers,
    ),
    step(
        "npm",
        "packages from npm print on holm what they print on node; `holm new` gives what type-checks",
        npm_packages,
    ),
    step(
        "client",
        "the client for Node gets what it asks of the real server; docs/migration.md keeps its word",
        client,
    ),
    step(
        "doc tests",
        "the examples in the crates' documentation run",
        doc_tests,
    ),
    step("deny", "cargo-deny agrees, where it is installed", deny),
    step(
        "instructions",
        "the hot path takes as many instructions as written down",
        || instructions::run_counts(false),
    ),
];

/// Prints the steps.
pub fn list() {
    for step in STEPS {
        println!("{:<14}{}", step.name, step.rule);
    }
}

/// Runs the steps of these names, or all; true when all passed.
///
/// # Errors
/// When there is no step of a name.
pub fn run_steps(only: &[String]) -> Result<bool> {
    if let Some(unknown) = only
        .iter()
        .find(|name| !STEPS.iter().any(|step| step.name == name.as_str()))
    {
        bail!("there is no step `{unknown}`; `cargo xtask test --list` prints them");
    }
    let mut steps = Steps::default();
    for step in STEPS {
        if only.is_empty() || only.iter().any(|wanted| wanted == step.name) {
            steps.run(step.name, step.check);
        }
    }
    Ok(steps.finish())
}

fn format() -> Result<String> {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    Ok(String::new())
}

fn clippy() -> Result<String> {
    run(&mut cargo(&[
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]))?;
    Ok(String::new())
}

fn docs() -> Result<String> {
    run(cargo(&[
        "doc",
        "--quiet",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--locked",
    ])
    .env("RUSTDOCFLAGS", "--deny warnings"))?;
    Ok(String::new())
}

fn builtins() -> Result<String> {
    let folder = guest::install_packages()?;
    run(command("npm", &["run", "--silent", "check"]).current_dir(&folder))?;
    npm_test(&folder)
}

/// Builds and tests the client with the compilers of the built-ins.
fn client() -> Result<String> {
    guest::install_packages()?;
    build_holm()?;
    npm_test(&root().join("deploy/clients/node"))
}

/// The tests of a package; the remark is how many there are. They find the binary in HOLM.
fn npm_test(folder: &Path) -> Result<String> {
    let mut test = command("npm", &["run", "--silent", "test"]);
    let output = run(test.current_dir(folder).env("HOLM", target().join("debug/holm")))
        .map_err(|error| anyhow::Error::msg(only_failures(&error.to_string())))?;
    // node:test ends with lines such as "# pass 12" (or "ℹ pass 12").
    let passed = output
        .lines()
        .rev()
        .find_map(|line| line.split_once("pass ").map(|(_, count)| count.trim()));
    Ok(passed.map_or_else(String::new, |count| format!("{count} tests")))
}

/// The report of node:test (TAP) without the tests that passed: of some hundred, one counts.
fn only_failures(report: &str) -> String {
    let mut passes = false;
    let lines = report.lines().filter(|line| {
        if line.starts_with(|first: char| !first.is_whitespace()) {
            passes = line.starts_with("ok ") || line.starts_with("# Subtest: ");
        }
        !passes
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn npm_packages() -> Result<String> {
    let folder = guest::install_packages_of("guest/npm-suite")?;
    build_holm()?;
    run(command("node", &["templates.mjs", "../../target/debug/holm"]).current_dir(&folder))?;
    let output = run(command("node", &["run.mjs", "../../target/debug/holm"]).current_dir(&folder))?;
    Ok(output.trim().to_owned())
}

fn build_holm() -> Result<()> {
    run(&mut cargo(&[
        "build",
        "--quiet",
        "--workspace",
        "--bin=holm",
        "--locked",
    ]))?;
    Ok(())
}

/// These tests skip what needs an engine where there is none; here it is said why there is none.
fn containers() -> Result<String> {
    match Engine::get() {
        Ok(engine) => {
            let counts = nextest_with(IN_CONTAINERS, |command| {
                command.env(docker::SOCKET, engine.socket());
            })?;
            Ok(format!("{counts}; {}", engine.remark))
        }
        Err(reason) => {
            let counts = nextest(IN_CONTAINERS)?;
            Ok(format!("{counts}; what needs Docker was SKIPPED: {reason:#}"))
        }
    }
}

fn nextest(filter: &str) -> Result<String> {
    nextest_with(filter, |_| ())
}

fn nextest_with(filter: &str, change: impl FnOnce(&mut Command)) -> Result<String> {
    let mut nextest = cargo(&[
        "nextest",
        "run",
        "--workspace",
        "--locked",
        "--no-fail-fast",
        "--status-level=fail",
        "--cargo-quiet",
        "--filterset",
        filter,
    ]);
    change(&mut nextest);
    let output = run(&mut nextest)?;
    let summary = output
        .lines()
        .rev()
        .find_map(|line| line.split_once("Summary").map(|(_, rest)| rest));
    let counts = summary
        .and_then(|line| line.split_once(']'))
        .map(|(_, counts)| counts.trim().to_owned());
    Ok(counts.unwrap_or_default())
}

fn doc_tests() -> Result<String> {
    run(&mut cargo(&[
        "test",
        "--quiet",
        "--doc",
        "--workspace",
        "--locked",
    ]))?;
    Ok(String::new())
}

fn deny() -> Result<String> {
    if !has("cargo-deny") {
        return Ok("not installed; `tidy` reads the same deny.toml".into());
    }
    run(&mut cargo(&[
        "deny",
        "--offline",
        "check",
        "bans",
        "licenses",
        "sources",
    ]))?;
    Ok(String::new())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_report_of_failures_has_no_passes() {
        let report = "`npm` failed\nTAP version 13\n# Subtest: one\nok 1 - one\n  ---\n  duration_ms: 1\n  ...\n\
            # Subtest: two\nnot ok 2 - two\n  ---\n  error: 'no'\n  ...\n1..2\n# pass 1";
        let expected =
            "`npm` failed\nTAP version 13\nnot ok 2 - two\n  ---\n  error: 'no'\n  ...\n1..2\n# pass 1";
        assert_eq!(super::only_failures(report), expected);
    }
}
