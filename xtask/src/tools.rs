//! What the tests need on a machine that has only Rust: what is there is left alone, what is missing is
//! named, then installed.

use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{cargo, command, has, run};

/// A program and the Debian package that brings it.
struct Tool {
    package: &'static str,
    purpose: &'static str,
    is_there: fn() -> bool,
}

const TOOLS: &[Tool] = &[
    Tool {
        package: "build-essential",
        purpose: "a linker and C compiler for Rust's crates",
        is_there: || has("cc"),
    },
    Tool {
        package: "patch",
        purpose: "the guest's build",
        is_there: || has("patch"),
    },
    Tool {
        package: "python3-venv",
        purpose: "the guest's C compiler, a Python package",
        is_there: python_makes_venvs,
    },
    Tool {
        package: "nodejs",
        purpose: "the guest's built-ins and their tests",
        is_there: || has("node"),
    },
    Tool {
        package: "npm",
        purpose: "the guest's built-ins and their tests",
        is_there: || has("npm"),
    },
    Tool {
        package: "valgrind",
        purpose: "counting instructions",
        is_there: || has("valgrind"),
    },
];

/// What only the benches need.
const BENCH_TOOLS: &[Tool] = &[Tool {
    package: "wrk",
    purpose: "load over HTTP",
    is_there: || has("wrk"),
}];

/// What tests in containers need, where no engine runs.
const CONTAINER_TOOLS: &[Tool] = &[Tool {
    package: "docker.io",
    purpose: "tests in containers",
    is_there: || has("dockerd") && has("docker"),
}];

/// Node's major version from which on the built-ins' tooling works.
const NODE_MAJOR_MIN: u32 = 20;

/// Installs what is missing for `cargo xtask test`. The remark names it.
///
/// # Errors
/// When something is missing and cannot be installed; the message says what to install by hand.
pub fn for_tests() -> Result<String> {
    let mut installed = packages(TOOLS)?;
    let version = run(&mut command("node", &["--version"]))?;
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|text| text.parse().ok());
    if major.is_none_or(|major: u32| major < NODE_MAJOR_MIN) {
        bail!(
            "node is {}; the built-ins need {NODE_MAJOR_MIN} or newer: install it by hand",
            version.trim()
        );
    }
    for component in ["fmt", "clippy"] {
        if run(&mut cargo(&[component, "--version"])).is_err() {
            let name = if component == "fmt" { "rustfmt" } else { component };
            println!("installing {name} (rustup component)");
            run(&mut command("rustup", &["component", "add", name]))?;
            installed.push(name.into());
        }
    }
    if run(&mut cargo(&["nextest", "--version"])).is_err() {
        println!("installing cargo-nextest (the test runner; cargo install, a few minutes)");
        run(&mut cargo(&["install", "--locked", "cargo-nextest"]))?;
        installed.push("cargo-nextest".into());
    }
    Ok(if installed.is_empty() {
        "nothing to install".into()
    } else {
        format!("installed {}", installed.join(", "))
    })
}

/// Installs what is missing for `cargo xtask bench`.
///
/// # Errors
/// As [`for_tests`].
pub fn for_benches() -> Result<()> {
    packages(BENCH_TOOLS).map(drop)
}

/// Installs what is missing for an engine of our own.
///
/// # Errors
/// As [`for_tests`].
pub fn for_containers() -> Result<()> {
    packages(CONTAINER_TOOLS).map(drop)
}

fn packages(tools: &[Tool]) -> Result<Vec<String>> {
    let missing: Vec<&Tool> = tools.iter().filter(|tool| !(tool.is_there)()).collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    for tool in &missing {
        println!("installing {} ({})", tool.package, tool.purpose);
    }
    let (Some(mut update), Some(mut install)) = (apt(), apt()) else {
        bail!(
            "missing, and apt-get cannot be run as root: install {}",
            names.join(" ")
        );
    };
    // The package lists of a fresh container are empty, those of an old machine stale.
    run(update.arg("update"))?;
    run(install
        .args(["install", "--yes", "--no-install-recommends"])
        .args(&names))?;
    if let Some(tool) = missing.iter().find(|tool| !(tool.is_there)()) {
        bail!(
            "{} is installed and still does not do its part ({})",
            tool.package,
            tool.purpose
        );
    }
    Ok(names.into_iter().map(String::from).collect())
}

/// `apt-get` with the rights to install, or nothing.
fn apt() -> Option<Command> {
    if !has("apt-get") {
        return None;
    }
    let mut apt = if is_root() {
        command("apt-get", &[])
    } else if has("sudo") && run(&mut command("sudo", &["-n", "true"])).is_ok() {
        command("sudo", &["-n", "apt-get"])
    } else {
        return None;
    };
    apt.arg("-q").env("DEBIAN_FRONTEND", "noninteractive");
    Some(apt)
}

/// Whether this user may do everything.
pub fn is_root() -> bool {
    run(&mut command("id", &["-u"])).is_ok_and(|id| id.trim() == "0")
}

fn python_makes_venvs() -> bool {
    run(&mut command("python3", &["-c", "import venv, ensurepip"])).is_ok()
}
