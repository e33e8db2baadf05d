//! Instruction counts of the hot path: what does not vary with the load of the machine.
//!
//! `benches/src/bin/hot_path.rs` runs each case a given number of times. Run under callgrind for few and for
//! many repetitions, the difference is what the repetitions cost, without process start, engine and image.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::shell::{cargo, command, root, run, target};

const EXPECTED: &str = "benches/instructions.txt";
/// More than this is a slowdown, less is a gain that is to be written down.
const TOLERANCE_PERCENT: u64 = 2;
/// Repetitions of the two runs that are compared. The first is not 1, so that lazy work is behind it.
const FEW: u64 = 20;
const MANY: u64 = 120;

/// glibc picks its memcpy and memcmp by the processor, and its `rep movsb` counts as one instruction a byte on
/// those that prefer it: the plain ones, everywhere, or an image costs 8 % more on another machine.
const PLAIN_GLIBC: &str = "glibc.cpu.hwcaps=-AVX2,-AVX,-AVX_Fast_Unaligned_Load,-ERMS,-FSRM\
    :glibc.cpu.x86_non_temporal_threshold=0xc0000";

/// Counts, and compares with the file or writes it.
///
/// # Errors
/// When a count is off by more than the tolerance, or cannot be taken.
pub fn run_counts(update: bool) -> Result<String> {
    run(&mut cargo(&[
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "holm-benches",
        "--bin",
        "hot_path",
    ]))?;
    let binary = target().join("release/hot_path");
    let cases = run(&mut command(&binary, &["--list"]))?;
    // The engine's code is cached on disk for the processor that valgrind shows: a run that is not counted fills it.
    if let Some(case) = cases.lines().next() {
        count(&binary, case, 1)?;
    }
    let mut counts = BTreeMap::new();
    for case in cases.lines() {
        let few = count(&binary, case, FEW)?;
        let many = count(&binary, case, MANY)?;
        let more = many
            .checked_sub(few)
            .with_context(|| format!("{case}: {MANY} repetitions cost less than {FEW}"))?;
        counts.insert(case.to_owned(), more / (MANY - FEW));
    }
    if update {
        let mut text = String::from(
            "# Instructions of one repetition of each case of benches/src/bin/hot_path.rs, by callgrind.\n\
             # Written by `cargo xtask instructions --update`, compared by `cargo xtask test`.\n",
        );
        for (case, count) in &counts {
            text += &format!("{case} {count}\n");
        }
        fs::write(root().join(EXPECTED), text)?;
        return Ok(format!("{EXPECTED} written: {} cases", counts.len()));
    }
    compare(
        &fs::read_to_string(root().join(EXPECTED)).context(EXPECTED)?,
        &counts,
    )
}

/// A line per case, or an error when one is off.
fn compare(expected: &str, counts: &BTreeMap<String, u64>) -> Result<String> {
    let mut remarks = Vec::new();
    let mut off = false;
    let mut known = 0;
    for line in expected.lines().filter(|line| !line.starts_with('#')) {
        let (case, expected) = line
            .split_once(' ')
            .with_context(|| format!("{EXPECTED}: `{line}`"))?;
        let expected: u64 = expected
            .parse()
            .with_context(|| format!("{EXPECTED}: `{line}`"))?;
        let Some(&count) = counts.get(case) else {
            bail!("{EXPECTED} names `{case}`, which hot_path does not have")
        };
        known += 1;
        let change = count as f64 / expected as f64 - 1.0;
        off |= count.abs_diff(expected) * 100 > expected * TOLERANCE_PERCENT;
        remarks.push(format!("{case} {count} ({:+.1} %)", change * 100.0));
    }
    if known != counts.len() {
        bail!("{EXPECTED} does not name every case: run `cargo xtask instructions --update`");
    }
    let remarks = remarks.join(", ");
    if off {
        bail!(
            "{remarks}: off by more than {TOLERANCE_PERCENT} %; find out why, or run \
             `cargo xtask instructions --update`"
        );
    }
    Ok(remarks)
}

fn count(binary: &PathBuf, case: &str, repetitions: u64) -> Result<u64> {
    let out = target().join("hot_path.callgrind");
    run(command("valgrind", &["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(binary)
        .env("GLIBC_TUNABLES", PLAIN_GLIBC)
        .args([case, &repetitions.to_string()]))?;
    let profile = fs::read_to_string(&out).with_context(|| out.display().to_string())?;
    let totals = profile.lines().rev().find_map(|line| {
        line.strip_prefix("totals: ")
            .or_else(|| line.strip_prefix("summary: "))?
            .split_whitespace()
            .next()?
            .parse()
            .ok()
    });
    totals.with_context(|| format!("{} has no total", out.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    fn compare(expected: &str, count: u64) -> Result<String, String> {
        super::compare(expected, &BTreeMap::from([("hello".to_owned(), count)]))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn two_percent_either_way_is_fine() {
        assert_eq!(
            compare("# x\nhello 1000\n", 1020).as_deref(),
            Ok("hello 1020 (+2.0 %)")
        );
        assert_eq!(compare("hello 1000\n", 980).as_deref(), Ok("hello 980 (-2.0 %)"));
    }

    #[test]
    fn more_than_that_fails_either_way() {
        for count in [1021, 979] {
            let message = compare("hello 1000\n", count).expect_err("it is off");
            assert!(message.contains("off by more than 2 %"), "{message}");
        }
    }

    #[test]
    fn a_case_without_a_number_fails() {
        let message = compare("", 1).expect_err("nothing is expected");
        assert!(message.contains("does not name every case"), "{message}");
    }
}
