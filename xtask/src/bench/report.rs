//! A result's page: the figures, and everything one needs to know about the run to compare them.

use std::fs;

use anyhow::{Context, Result};

use crate::shell::{command, root, run};

/// Writes `benches/results/NAME.md` and prints the figures.
///
/// `versions` are those of the programs that were compared; `load_before` is [`load`] at the start.
pub fn write(
    name: &str,
    title: &str,
    versions: &[(&str, String)],
    load_before: &str,
    figures: &str,
) -> Result<()> {
    let mut page = format!(
        "# {title}\n\nWritten by `cargo xtask bench {name}`.\n\n{}\n\n",
        figures.trim_end()
    );
    page += "| the run | |\n|---|---|\n";
    page += &format!(
        "| date | {} |\n",
        first_line("date", &["--utc", "--iso-8601=minutes"])
    );
    page += &format!("| machine | {} |\n", machine()?);
    page += &format!("| kernel | {} |\n", first_line("uname", &["--kernel-release"]));
    page += &format!("| load, 1 minute | {load_before} before, {} after |\n", load());
    page += &format!("| rustc | {} |\n", first_line("rustc", &["--version"]));
    page += &format!(
        "| commit | {} |\n",
        first_line("git", &["describe", "--always", "--dirty"])
    );
    for (program, version) in versions {
        page += &format!("| {program} | {version} |\n");
    }
    let folder = root().join("benches/results");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("{name}.md")), &page)?;
    println!("{page}");
    Ok(())
}

/// The load of the last minute.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}

/// What a program says about its version, in one line.
pub fn first_line(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> String {
    let output = run(&mut command(program, arguments)).unwrap_or_default();
    output.lines().next().unwrap_or("unknown").trim().to_owned()
}

fn machine() -> Result<String> {
    let info = fs::read_to_string("/proc/cpuinfo").context("/proc/cpuinfo: benches run on Linux")?;
    let cores = info.lines().filter(|line| line.starts_with("processor")).count();
    let field = |name| {
        info.lines()
            .find_map(|line| line.strip_prefix(name)?.split_once(':'))
            .map(|(_, value)| value.trim())
    };
    // A virtual machine often hides the name; family and model are always there.
    let name = field("model name").unwrap_or("unknown");
    Ok(format!(
        "{cores} cores, {name} (model {})",
        field("model\t").unwrap_or("unknown")
    ))
}
