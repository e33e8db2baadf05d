//! `cargo xtask tidy`: rules about the tree itself, which no compiler checks.
//!
//! [`floors`]: which crate may use which (`docs/ARCHITECTURE.md`). [`deny`]: licences and who may depend on
//! whom, from `deny.toml`, without cargo-deny. [`text`]: head comments, leftovers, length, what must not be
//! in a public repository. It is a test as well, so `cargo nextest run` finds the same.

mod deny;
mod floors;
mod text;

use anyhow::{Result, bail};

use crate::shell::metadata;

/// Checks every rule.
///
/// # Errors
/// Every breach, one line each: where, what, and what to do.
pub fn run() -> Result<String> {
    let metadata = metadata(None)?;
    let files = text::tracked_files()?;
    let mut breaches = floors::breaches(&metadata)?;
    breaches.extend(deny::breaches(&metadata)?);
    breaches.extend(text::breaches(&files));
    if !breaches.is_empty() {
        breaches.sort();
        bail!(
            "{} breaches of the tree's rules\n{}",
            breaches.len(),
            breaches.join("\n")
        );
    }
    Ok(format!("{} files", files.len()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_keeps_its_rules() {
        if let Err(error) = super::run() {
            panic!("{error:#}");
        }
    }
}
