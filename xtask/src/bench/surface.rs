//! What programs ask of the platform: `benches/surface`, the same cases in holm, node and workerd.
//!
//! A clock inside would not do: in holm and in workerd it stands still while a function computes. So each case is
//! a request that repeats it, and the time of a request that does little is taken off.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::server::{Server, free_port, start_workerd};
use super::{peers, report};
use crate::guest;
use crate::shell::{command, root, run as execute};

/// A request that takes less says too little.
const REQUEST_MIN_MS: f64 = 150.0;
/// Requests of each length; the quickest counts, since whatever else the machine does only adds.
const REQUESTS: u32 = 5;
/// From this ratio on a line must explain it (`issues`: speed of the surface).
const SLOW: f64 = 30.0;

/// Measures all cases and writes the table.
///
/// # Errors
/// When a server does not come up, or two servers do not give the same result.
pub fn run(holm: &Path) -> Result<()> {
    let folder = peers::install()?.join("surface");
    let bundle = folder.join("main.mjs");
    bundle_cases(&bundle)?;
    let load = report::load();
    let workerd = peers::program("workerd")?;
    let servers = [
        start_holm(holm, &bundle)?,
        start_node(&bundle)?,
        start_workerd(&workerd, &folder, &bundle)?,
    ];
    let cases = servers[1].first_answer()?;
    for server in &servers {
        server.wait_until_it_answers(&cases)?;
    }
    let mut table = format!(
        "µs for one of each, the quickest of {REQUESTS} requests that repeat it for {REQUEST_MIN_MS} ms or more. \
         All three in one run, one after the other for each case; holm meters every instruction.\n\n\
         | case | holm | node | workerd | holm / node |\n|---|---:|---:|---:|---:|\n"
    );
    let mut slow = Vec::new();
    for case in cases.lines() {
        let mut times = Vec::new();
        let mut results = Vec::new();
        for server in &servers {
            let (time, result) =
                measure(server, case).with_context(|| format!("{case} in {}", server.name))?;
            times.push(time);
            results.push(result);
        }
        if results.iter().any(|result| *result != results[0]) {
            bail!("{case}: not the same work was done: {results:?}");
        }
        let ratio = times[0] / times[1];
        if ratio > SLOW {
            slow.push(case);
        }
        table += &format!(
            "| {case} | {:.2} | {:.2} | {:.2} | {ratio:.1} |\n",
            times[0], times[1], times[2]
        );
    }
    if !slow.is_empty() {
        table += &format!("\nMore than {SLOW} times node: {}.\n", slow.join("; "));
    }
    let versions = [
        ("node", report::first_line("node", &["--version"])),
        ("workerd", report::first_line(&workerd, &["--version"])),
    ];
    report::write("surface", "The platform's surface", &versions, &load, &table)
}

/// µs of one repetition, and what it gave.
fn measure(server: &Server, case: &str) -> Result<(f64, String)> {
    let path = |times: u64| format!("/?case={}&times={times}", encoded(case));
    let mut times = 1;
    let (mut ms, mut result) = ask(server, &path(times))?;
    while ms < REQUEST_MIN_MS {
        // Straight to the aim once the time means something, doubling until then.
        times = if ms < 10.0 {
            times * 4
        } else {
            (times as f64 * REQUEST_MIN_MS * 1.2 / ms).ceil() as u64
        };
        (ms, result) = ask(server, &path(times))?;
    }
    let (mut few, mut many) = (f64::INFINITY, ms);
    for _ in 0..REQUESTS {
        few = few.min(ask(server, &path(1))?.0);
        many = many.min(ask(server, &path(times))?.0);
    }
    if times == 1 {
        return Ok((many * 1000.0, result));
    }
    Ok(((many - few).max(0.0) * 1000.0 / (times - 1) as f64, result))
}

fn ask(server: &Server, path: &str) -> Result<(f64, String)> {
    let started = Instant::now();
    let body = server.get(path)?;
    Ok((started.elapsed().as_secs_f64() * 1000.0, body))
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// One file of the cases and the package that they use: workerd takes no folder.
fn bundle_cases(bundle: &Path) -> Result<()> {
    let builtins = guest::install_packages()?;
    let mut esbuild = command(builtins.join("node_modules/.bin/esbuild"), &[]);
    esbuild
        .args([
            "benches/surface/main.mjs",
            "--bundle",
            "--format=esm",
            "--log-level=warning",
        ])
        .arg(format!("--outfile={}", bundle.display()))
        // The cases import a package that lies with the peers.
        .env("NODE_PATH", peers::install()?.join("node_modules"));
    execute(&mut esbuild).map(drop)
}

fn start_holm(holm: &Path, bundle: &Path) -> Result<Server> {
    let port = free_port()?;
    let address = format!("127.0.0.1:{port}");
    let mut command = command(holm, &["serve", "--listen", &address]);
    // Cases repeat until they take long: more than a request may by default.
    command
        .args(["--cpu-ms", "60000", "--wall-ms", "60000", "--memory-mib", "256"])
        .arg(bundle);
    Server::start("holm", command, port)
}

fn start_node(bundle: &Path) -> Result<Server> {
    let port = free_port()?;
    let script = root().join("benches/surface/node.mjs");
    let mut command = command("node", &[]);
    command.arg(script).arg(bundle).arg(port.to_string());
    Server::start("node", command, port)
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_of_cases_travel_in_a_query() {
        assert_eq!(super::encoded("btoa, 1 MB"), "btoa%2C%201%20MB");
    }
}
