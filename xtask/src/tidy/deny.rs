//! `deny.toml` without cargo-deny: licences, and who may depend on whom.
//!
//! It reads the two tables that matter here, `[licenses] allow` (with `exceptions`) and `[bans] deny` with
//! `wrappers`, and means by them what cargo-deny means. cargo-deny takes minutes to build; this takes none.

use anyhow::{Context, Result};
use serde_json::Value;

use super::floors::Graph;
use crate::shell::root;

/// Every package whose licence is not allowed, and every dependency on a crate that is not its user's.
pub fn breaches(metadata: &Value) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root().join("deny.toml")).context("deny.toml cannot be read")?;
    let config: toml::Table = text.parse().context("deny.toml")?;
    let graph = Graph::new(metadata)?;
    let mut breaches = Vec::new();

    for entry in config["bans"]["deny"].as_array().into_iter().flatten() {
        let banned = entry["crate"]
            .as_str()
            .context("an entry of [bans] deny names no crate")?;
        let wrappers = strings(entry.get("wrappers"));
        for user in graph.users(banned).filter(|user| !wrappers.contains(user)) {
            breaches.push(format!(
                "{user}: depends on {banned}, which deny.toml leaves to {}",
                wrappers.join(", ")
            ));
        }
    }

    let licenses = config["licenses"]
        .as_table()
        .context("deny.toml has no [licenses]")?;
    let allowed = strings(licenses.get("allow"));
    let exceptions = licenses.get("exceptions").and_then(toml::Value::as_array);
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let mut allowed = allowed.clone();
        for exception in exceptions
            .into_iter()
            .flatten()
            .filter(|entry| entry["crate"].as_str() == Some(name))
        {
            allowed.extend(strings(exception.get("allow")));
        }
        let expression = package["license"].as_str().unwrap_or_default();
        if !accepts(expression, &allowed) {
            breaches.push(format!(
                "{name}: its licence `{expression}` is not allowed by deny.toml"
            ));
        }
    }
    Ok(breaches)
}

fn strings(value: Option<&toml::Value>) -> Vec<&str> {
    value
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_str)
        .collect()
}

/// True when the expression can be met with the allowed licences: one side of an `OR`, both of an `AND`.
fn accepts(expression: &str, allowed: &[&str]) -> bool {
    // `/` is how `OR` was written before there were expressions.
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    any(&mut rest, allowed) && rest.is_empty()
}

fn any(rest: &mut &[&str], allowed: &[&str]) -> bool {
    let mut accepted = all(rest, allowed);
    while let ["OR", tail @ ..] = *rest {
        *rest = tail;
        accepted |= all(rest, allowed);
    }
    accepted
}

fn all(rest: &mut &[&str], allowed: &[&str]) -> bool {
    let mut accepted = one(rest, allowed);
    while let ["AND", tail @ ..] = *rest {
        *rest = tail;
        accepted &= one(rest, allowed);
    }
    accepted
}

fn one(rest: &mut &[&str], allowed: &[&str]) -> bool {
    match *rest {
        ["(", tail @ ..] => {
            *rest = tail;
            let accepted = any(rest, allowed);
            let [")", tail @ ..] = *rest else { return false };
            *rest = tail;
            accepted
        }
        [license, "WITH", exception, tail @ ..] => {
            *rest = tail;
            allowed.contains(&format!("{license} WITH {exception}").as_str())
        }
        [license, tail @ ..] => {
            *rest = tail;
            allowed.contains(license)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::accepts;

    const ALLOWED: &[&str] = &["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"];

    #[test]
    fn licences_that_are_allowed() {
        for expression in [
            "MIT",
            "MIT OR GPL-3.0",
            "GPL-3.0/MIT",
            "(MIT OR GPL-3.0) AND Apache-2.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
        ] {
            assert!(accepts(expression, ALLOWED), "{expression}");
        }
    }

    #[test]
    fn licences_that_are_not() {
        for expression in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "GPL-3.0 WITH LLVM-exception",
            "(MIT",
            "MIT MIT",
        ] {
            assert!(!accepts(expression, ALLOWED), "{expression}");
        }
    }
}
