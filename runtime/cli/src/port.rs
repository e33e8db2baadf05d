//! Addresses to listen at, and who is to blame when one is taken.

use std::fs;
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;

use crate::output::Problem;
use crate::serve::LISTEN;

/// Understands an address: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, `:8080`.
///
/// # Errors
/// It is none.
pub fn address(listen: &str) -> Result<SocketAddr, Problem> {
    let whole = match listen.rsplit_once(':') {
        Some(("" | "localhost", port)) => format!("127.0.0.1:{port}"),
        _ => listen.to_owned(),
    };
    whole.parse().map_err(|_| {
        Problem::usage(format!(
            "`{listen}` is not an address to listen at; write address and port, such as {LISTEN}"
        ))
    })
}

/// What is wrong with listening there, and what to do; `flag` is what the address was given by.
pub fn refusal(address: SocketAddr, flag: &str, error: &Error) -> (String, String) {
    match error.kind() {
        ErrorKind::AddrInUse => {
            let (who, stop) = match holder(address.port()) {
                Some((pid, name)) => (format!("{name} (process {pid})"), format!("stop it (kill {pid})")),
                None => ("another program".into(), "stop it".into()),
            };
            let text = format!("{address} is taken: {who} listens there");
            (
                text,
                format!(
                    "{stop}, or choose another port: {flag} {}:0 takes a free one",
                    host(address)
                ),
            )
        }
        ErrorKind::PermissionDenied => (
            format!("{address} is not for ordinary users"),
            format!("choose a port from 1024 on with {flag}"),
        ),
        ErrorKind::AddrNotAvailable => {
            let text = format!("this machine does not have the address {}", host(address));
            (text, format!("{flag} 0.0.0.0:PORT listens at all that it has"))
        }
        _ => (
            format!("cannot listen at {address}: {error}"),
            format!("choose another address with {flag}"),
        ),
    }
}

fn host(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

/// The process that listens at a port, as far as /proc tells this user.
fn holder(port: u16) -> Option<(u32, String)> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .flat_map(|table| {
            table
                .lines()
                .filter_map(|line| listener(line, port))
                .collect::<Vec<_>>()
        })
        .collect();
    for process in fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = process
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        let Ok(descriptors) = fs::read_dir(process.path().join("fd")) else {
            continue;
        };
        let holds = descriptors
            .flatten()
            .filter_map(|descriptor| fs::read_link(descriptor.path()).ok())
            .any(|target| {
                target
                    .to_str()
                    .is_some_and(|target| sockets.iter().any(|socket| socket == target))
            });
        if holds {
            let name = fs::read_to_string(process.path().join("comm")).ok()?;
            return Some((pid, name.trim().to_owned()));
        }
    }
    None
}

/// The socket of a line of /proc/net/tcp, if it listens at that port.
fn listener(line: &str, port: u16) -> Option<String> {
    const LISTENING: &str = "0A";
    let mut fields = line.split_whitespace().skip(1);
    let (_, local) = fields.next()?.rsplit_once(':')?;
    let state = fields.nth(1)?;
    let inode = fields.nth(5)?;
    (u16::from_str_radix(local, 16).ok()? == port && state == LISTENING).then(|| format!("socket:[{inode}]"))
}
