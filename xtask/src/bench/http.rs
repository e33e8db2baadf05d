//! HTTP hello under wrk: holm, each request in a fresh instance, next to workerd, which keeps one isolate.
//!
//! Both answer the same bytes on the same machine, and take turns within the same run, so that whatever
//! else the machine does meets both.

use std::path::Path;

use anyhow::{Context, Result};

use super::server::{Server, free_port, start_workerd};
use super::{peers, report};
use crate::shell::{command, output, root};

const FUNCTION: &str = "benches/hello-handler.js";
const BODY: &str = "hello\n";
const CONNECTIONS: &[u32] = &[1, 16, 64];
/// What one run of wrk found.
#[derive(Clone, Debug, PartialEq)]
struct Figure {
    requests_per_second: f64,
    p50: String,
    p90: String,
    p99: String,
    errors: u64,
    server_cpu_us: f64,
}

/// Measures both and writes the table.
///
/// # Errors
/// When a server does not come up, or wrk fails.
pub fn run(holm: &Path, seconds: u32, rounds: u32) -> Result<()> {
    let workerd = peers::program("workerd")?;
    let load = report::load();
    let folder = root().join(".peers/http");
    let servers = [
        start_holm(holm)?,
        start_workerd(&workerd, &folder, Path::new(FUNCTION))?,
    ];
    for server in &servers {
        server.wait_until_it_answers(BODY)?;
    }
    let mut figures: Vec<(u32, &str, Vec<Figure>)> = Vec::new();
    for &connections in CONNECTIONS {
        for server in &servers {
            // Warm: code, caches and pools are not what is compared.
            measure(server, connections, 1)?;
            figures.push((connections, server.name, Vec::new()));
        }
        for _ in 0..rounds.max(1) {
            for server in &servers {
                let figure = measure(server, connections, seconds.max(1))?;
                let row = figures
                    .iter_mut()
                    .find(|row| row.0 == connections && row.1 == server.name);
                row.expect("pushed above").2.push(figure);
            }
        }
    }
    let memory: Vec<String> = servers
        .iter()
        .map(|server| format!("{} {:.0} MB", server.name, server.resident_mb()))
        .collect();

    let mut table = format!(
        "`{FUNCTION}`, wrk for {seconds} s, {rounds} rounds in turn, the middle one by requests a second. \
         wrk and the servers share the machine's cores. CPU: user and system time of the server a request.\n\n\
         | connections | server | requests/s | p50 | p90 | p99 | CPU µs/request | errors |\n|---:|---|---:|---:|---:|---:|---:|---:|\n"
    );
    for (connections, name, found) in &mut figures {
        found.sort_by(|one, other| one.requests_per_second.total_cmp(&other.requests_per_second));
        let middle = &found[found.len() / 2];
        let Figure {
            requests_per_second,
            p50,
            p90,
            p99,
            errors,
            server_cpu_us,
        } = middle;
        table += &format!(
            "| {connections} | {name} | {requests_per_second:.0} | {p50} | {p90} | {p99} | {server_cpu_us:.1} | {errors} |\n"
        );
    }
    table += &format!("\nResident after it all: {}.\n", memory.join(", "));
    let versions = [
        ("workerd", report::first_line(&workerd, &["--version"])),
        (
            "wrk",
            report::first_line("dpkg-query", &["--show", "--showformat", "${Version}", "wrk"]),
        ),
    ];
    report::write(
        "peers-http",
        "HTTP hello next to workerd",
        &versions,
        &load,
        &table,
    )
}

fn start_holm(holm: &Path) -> Result<Server> {
    let port = free_port()?;
    let address = format!("127.0.0.1:{port}");
    let command = command(holm, &["serve", "--listen", &address, FUNCTION]);
    Server::start("holm", command, port)
}

/// Loads it for some seconds.
fn measure(server: &Server, connections: u32, seconds: u32) -> Result<Figure> {
    let before = server.cpu_us()?;
    let text = output(&mut command(
        "wrk",
        &[
            &format!("-t{}", connections.min(2)),
            &format!("-c{connections}"),
            &format!("-d{seconds}s"),
            "--latency",
            &format!("http://127.0.0.1:{}/", server.port),
        ],
    ))?;
    let cpu_us = server.cpu_us()? - before;
    parse(&String::from_utf8_lossy(&text), cpu_us).with_context(|| format!("wrk against {}", server.name))
}

/// Reads what `wrk --latency` prints.
fn parse(text: &str, server_cpu_us: f64) -> Result<Figure> {
    let after = |name: &str| {
        text.lines()
            .find_map(|line| line.trim().strip_prefix(name))
            .map(str::trim)
            .with_context(|| format!("no `{name}` in\n{text}"))
    };
    let requests: f64 = text
        .lines()
        .find_map(|line| line.split_once(" requests in "))
        .with_context(|| format!("no count of requests in\n{text}"))?
        .0
        .trim()
        .parse()?;
    let numbers = |line: &str| {
        line.split(|c: char| !c.is_ascii_digit())
            .filter_map(|part| part.parse::<u64>().ok())
            .sum::<u64>()
    };
    let sockets = text
        .lines()
        .find(|line| line.trim().starts_with("Socket errors"))
        .map_or(0, numbers);
    let statuses = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("Non-2xx or 3xx responses:"))
        .map_or(0, numbers);
    Ok(Figure {
        requests_per_second: after("Requests/sec:")?.parse()?,
        p50: after("50%")?.to_owned(),
        p90: after("90%")?.to_owned(),
        p99: after("99%")?.to_owned(),
        errors: sockets + statuses,
        server_cpu_us: server_cpu_us / requests.max(1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::{Figure, parse};

    #[test]
    fn the_words_of_wrk_are_understood() {
        let text = "Running 5s test @ http://127.0.0.1:1/\n  2 threads and 16 connections\n  Thread Stats   Avg\n    Latency   1.00ms\n  \
            Latency Distribution\n     50%  333.00us\n     75%    1.00ms\n     90%    1.74ms\n     99%    5.32ms\n  \
            1000 requests in 5.00s, 10.00MB read\n  Socket errors: connect 0, read 2, write 0, timeout 1\n  \
            Non-2xx or 3xx responses: 4\nRequests/sec:    200.50\nTransfer/sec:      1.00MB\n";
        let expected = Figure {
            requests_per_second: 200.5,
            p50: "333.00us".into(),
            p90: "1.74ms".into(),
            p99: "5.32ms".into(),
            errors: 7,
            server_cpu_us: 50.0,
        };
        assert_eq!(parse(text, 50_000.0).expect("it is what wrk prints"), expected);
    }
}
