//! One snippet, executed by everything that people would use, next to holm, in one run; and programs that want out.
//!
//! [`rows`] is what is compared, [`caller`] one process that executes, [`group`] what counts and bounds it, [`security`]
//! the programs and what is seen of them, [`engine`] where containers come from, [`chart`] the picture. What each approach does is in `benches/peers`.

mod caller;
mod chart;
mod engine;
mod group;
mod rows;
mod security;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use self::caller::{Caller, MEMORY_MB, Setting, TIMEOUT_MS};
use self::chart::{Bar, milliseconds};
use self::group::Group;
use self::rows::{PROGRAMS, ROWS, Row};
use self::security::{Finding, Verdict};
use super::{peers, report};
use crate::shell::{command, root, run as execute};

/// Executions at once, in the second half.
const AT_ONCE: u32 = 8;
/// Each row is measured in so many parts, in turn with the others, so that what else the machine does meets all of them.
const ROUNDS: u32 = 4;

/// What was measured of a row, one after another or at once.
#[derive(Clone, Debug, Default)]
struct Figure {
    times_ms: Vec<f64>,
    wall_ms: f64,
    cpu_ms: f64,
    memory_bytes: u64,
}

/// Everything of a row.
struct Found {
    row: &'static Row,
    alone: Figure,
    together: Figure,
    findings: Vec<Finding>,
}

/// Compares, and writes the table and the chart.
///
/// `only` names rows; all when it is empty. Then the page is written.
///
/// # Errors
/// When an approach does not come up or gives a wrong answer, or holm misses what it is held to.
pub fn run(holm: &Path, executions: &Path, only: &[String], share: u32) -> Result<()> {
    let is_wanted = |row: &Row| only.is_empty() || only.iter().any(|name| name == row.name);
    let mut setting = setting(holm, executions)?;
    let wants_containers = ROWS.iter().any(|row| row.docker && is_wanted(row));
    let engine = if wants_containers {
        engine::start(&setting.group, &setting.folder)?
    } else {
        None
    };
    setting.docker = engine
        .as_ref()
        .map(|engine| (engine.socket.clone(), engine::IMAGE.to_owned()));
    let help = execute(&mut command(holm, &["serve", "--help"]))?;
    let holm_has_containers = help.contains("--docker-pool");
    let load = report::load();
    let rows: Vec<&'static Row> = ROWS
        .iter()
        .filter(|row| is_wanted(row))
        .filter(|row| !row.docker || setting.docker.is_some())
        .filter(|row| !(row.docker && row.holm) || holm_has_containers)
        .collect();
    let mut found: Vec<Found> = rows
        .iter()
        .map(|row| Found {
            row,
            alone: Figure::default(),
            together: Figure::default(),
            findings: Vec::new(),
        })
        .collect();
    for round in 0..ROUNDS {
        for found in &mut found {
            println!("round {} of {ROUNDS}: {}", round + 1, found.row.title);
            let count = (found.row.count / ROUNDS / share.max(1)).max(2);
            let mut caller = Caller::start(&setting, found.row.name, TIMEOUT_MS)?;
            let first = round * 2 * count;
            for (figure, first, at_once) in [
                (&mut found.alone, first, 1),
                (&mut found.together, first + count, AT_ONCE),
            ] {
                measure(&mut caller, figure, (first, count, at_once), found.row.pause_ms)
                    .with_context(|| found.row.title.to_owned())?;
            }
        }
    }
    for found in &mut found {
        println!("programs that want out: {}", found.row.title);
        found.findings = security::findings(&setting, found.row.name)?;
        for ((program, _), finding) in PROGRAMS.iter().zip(&found.findings) {
            let said: String = finding.said.chars().take(300).collect();
            println!(
                "  {program}: {}; the caller was told {said}",
                finding.verdict.name()
            );
        }
    }
    drop(engine);
    let bars = bars(&found);
    let text = page(&found, &bars);
    if !only.is_empty() {
        println!("{text}");
        return Ok(());
    }
    fs::write(root().join("benches/results/peers.svg"), picture(&found))?;
    report::write(
        "peers",
        "Executions, next to what people use instead",
        &versions(&setting),
        &load,
        &text,
    )?;
    let missed: Vec<&str> = bars
        .iter()
        .filter(|bar| !bar.met)
        .map(|bar| bar.rule.as_str())
        .collect();
    if !missed.is_empty() {
        bail!("missed: {}", missed.join("; "));
    }
    Ok(())
}

fn setting(holm: &Path, executions: &Path) -> Result<Setting> {
    let workerd = peers::program("workerd")?;
    peers::build("isolated-vm", "out/isolated_vm.node")?;
    let folder = root().join(".peers/compare");
    fs::create_dir_all(&folder)?;
    Ok(Setting {
        group: Group::new()?,
        folder,
        holm: holm.to_owned(),
        executions: executions.to_owned(),
        workerd,
        docker: None,
    })
}

fn measure(
    caller: &mut Caller<'_>,
    figure: &mut Figure,
    (first, count, at_once): (u32, u32, u32),
    pause_ms: u32,
) -> Result<()> {
    let (times, wall_ms, told) = caller.measure(first, count, at_once, pause_ms)?;
    figure.times_ms.extend(times);
    figure.times_ms.sort_by(f64::total_cmp);
    figure.wall_ms += wall_ms;
    figure.cpu_ms += told.after.cpu_ms - told.before.cpu_ms;
    figure.memory_bytes = figure.memory_bytes.max(told.peak.memory_bytes);
    Ok(())
}

impl Figure {
    fn at(&self, share: f64) -> f64 {
        let last = self.times_ms.len().saturating_sub(1);
        self.times_ms
            .get((last as f64 * share).round() as usize)
            .copied()
            .unwrap_or(f64::NAN)
    }

    fn average(&self) -> f64 {
        self.times_ms.iter().sum::<f64>() / self.times_ms.len() as f64
    }

    fn cells(&self, row: &Row) -> String {
        let count = self.times_ms.len() as f64;
        let rate = match row.pause_ms {
            0 => format!("{:.0}", count / self.wall_ms * 1e3),
            _ => "–".into(),
        };
        format!(
            "{} | {} | {} | {} | {} | {rate} | {} | {:.0}",
            count,
            milliseconds(self.average()),
            milliseconds(self.at(0.5)),
            milliseconds(self.at(0.95)),
            milliseconds(self.at(0.99)),
            milliseconds(self.cpu_ms / count),
            self.memory_bytes as f64 / f64::from(1 << 20),
        )
    }
}

/// What holm is held to.
struct Held {
    rule: String,
    value: String,
    met: bool,
}

fn bars(found: &[Found]) -> Vec<Held> {
    let mut held = Vec::new();
    let p50 = |name: &str| {
        found
            .iter()
            .find(|found| found.row.name == name)
            .map(|found| found.alone.at(0.5))
    };
    let title = |name: &str| {
        ROWS.iter()
            .find(|row| row.name == name)
            .map_or("", |row| row.title)
    };
    for (ours, theirs, most) in [
        ("holm", "isolated-vm", 0.5),
        ("holm-library", "quickjs", 1.0),
        ("holm", "quickjs-served", 1.0),
        ("holm-docker-pool", "docker", 0.05),
    ] {
        if let (Some(one), Some(other)) = (p50(ours), p50(theirs)) {
            held.push(Held {
                rule: format!("{}: p50 at most {most} of {}", title(ours), title(theirs)),
                value: format!("{:.3}", one / other),
                met: one <= other * most,
            });
        }
    }
    let ours = found.iter().filter(|found| found.row.holm);
    let loose: Vec<String> = ours
        .flat_map(|found| found.findings.iter().zip(PROGRAMS).map(move |it| (found, it)))
        .filter(|(_, (finding, _))| finding.verdict != Verdict::Contained)
        .map(|(found, (finding, (_, program)))| {
            format!("{}: {program}: {}", found.row.title, finding.verdict.name())
        })
        .collect();
    held.push(Held {
        rule: "every row of holm contains every program".into(),
        value: if loose.is_empty() {
            "all".into()
        } else {
            loose.join("; ")
        },
        met: loose.is_empty(),
    });
    held
}

fn page(found: &[Found], bars: &[Held]) -> String {
    let mut text = format!(
        "![p50 of an execution, by approach](peers.svg)\n\n\
         `benches/peers/snippet.js` takes an input, computes, prints, and returns JSON: the same source in every row, made \
         another text for each execution by a number in a comment, where the approach takes source. Every answer, result and \
         output, was compared with what must come; a wrong one ends the bench. Rows are measured in {ROUNDS} rounds in turn. \
         Each execution was given {TIMEOUT_MS} ms and {MEMORY_MB} MB (containers twice that) where the approach has such limits.\n\n\
         Times are what the caller sees, in ms: a node process that calls the library, starts the process or sends the request over a kept \
         connection; in the row \"as a library\" a Rust program that calls holm's crates. With {AT_ONCE} at once, a time begins when the \
         caller could have it executed: what runs in the caller's own thread makes the others wait. CPU ms an execution and peak memory \
         (MB, as the kernel charges it) are of everything together, by a control group: caller, servers, children, and the engine of containers.\n"
    );
    for (title, figure) in [
        (
            "One after another",
            (|found: &Found| found.alone.cells(found.row)) as fn(&Found) -> String,
        ),
        ("8 at once", |found: &Found| found.together.cells(found.row)),
    ] {
        text += &format!(
            "\n## {title}\n\n| | executions | avg | p50 | p95 | p99 | a second | CPU ms each | memory |\n\
             |---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
        );
        for found in found {
            text += &format!("| {} | {} |\n", found.row.title, figure(found));
        }
    }
    if found.iter().any(|found| found.row.docker) {
        text += "\nContainers take fewer executions, since each takes a good part of a second of the machine. The pool is given 0.6 s for each execution to be full again, which is in no time; its CPU time has the making of containers.\n";
    } else {
        text += "\nThere was no Docker in this run: its rows are missing.\n";
    }
    text += &format!(
        "\n## Programs that want out\n\nEach was run in each approach, in a caller of its own inside a control group, and looked at from \
         outside: a connection that arrived, a file that was left, the text of a secret in the answer, CPU time after the answer, memory \
         and processes of the group. *Contained*: no effect outside, and it ended. *Escaped*: an effect outside. *Not stopped*: it goes \
         on after its time, took far more than its limit, or later executions fail. The programs are in `benches/peers/programs`.\n\n| | {} |\n|---|{}\n",
        PROGRAMS
            .iter()
            .map(|(_, title)| *title)
            .collect::<Vec<_>>()
            .join(" | "),
        "---|".repeat(PROGRAMS.len()),
    );
    for found in found {
        let cells: Vec<String> = found.findings.iter().map(cell).collect();
        text += &format!("| {} | {} |\n", found.row.title, cells.join(" | "));
    }
    text += "\n## What holm is held to\n\n| | in this run | |\n|---|---|---|\n";
    for Held { rule, value, met } in bars {
        text += &format!(
            "| {rule} | {value} | {} |\n",
            if *met { "met" } else { "**missed**" }
        );
    }
    text
}

fn cell(finding: &Finding) -> String {
    let name = match finding.verdict {
        Verdict::Contained => finding.verdict.name().to_owned(),
        verdict => format!("**{}**", verdict.name()),
    };
    match finding.note {
        Some(note) => format!("{name} ({note})"),
        None => name,
    }
}

fn picture(found: &[Found]) -> String {
    let bars: Vec<Bar> = found
        .iter()
        .map(|found| {
            let contained = found
                .findings
                .iter()
                .filter(|finding| finding.verdict == Verdict::Contained)
                .count();
            Bar {
                title: found.row.title.to_owned(),
                p50_ms: found.alone.at(0.5),
                p99_ms: found.alone.at(0.99),
                holm: found.row.holm,
                note: format!("{contained} of {}", PROGRAMS.len()),
            }
        })
        .collect();
    chart::svg(
        "One execution of a small snippet, as its caller sees it",
        "one after another, in one run on one machine; at the right, how many of the programs that want out were contained",
        &bars,
    )
}

fn versions(setting: &Setting) -> Vec<(&'static str, String)> {
    let package = |name: &str| {
        let list = root().join(format!(".peers/node_modules/{name}/package.json"));
        let value: Option<serde_json::Value> = fs::read_to_string(list)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok());
        value
            .and_then(|value| Some(value["version"].as_str()?.to_owned()))
            .unwrap_or_else(|| "unknown".into())
    };
    let mut versions = vec![
        ("node", report::first_line("node", &["--version"])),
        ("isolated-vm", package("isolated-vm")),
        ("vm2", package("vm2")),
        ("quickjs-emscripten", package("quickjs-emscripten")),
        ("workerd", report::first_line(&setting.workerd, &["--version"])),
    ];
    if setting.docker.is_some() {
        versions.push(("dockerd", report::first_line("dockerd", &["--version"])));
    }
    versions
}
