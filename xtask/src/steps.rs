//! Steps: each prints one line with its time, a failing one its output too, and all are counted.

use std::io::{IsTerminal, Write};
use std::time::Instant;

use anyhow::Result;

/// How many steps passed and failed so far.
#[derive(Debug, Default)]
pub struct Steps {
    passed: u32,
    failed: u32,
}

impl Steps {
    /// Runs one step. What it gives back on success is a remark for its line.
    pub fn run(&mut self, name: &str, work: impl FnOnce() -> Result<String>) {
        let started = Instant::now();
        if std::io::stdout().is_terminal() {
            print!("  …  {name}\r");
            // A terminal that is gone is no reason to stop testing.
            let _ = std::io::stdout().flush();
        }
        let result = work();
        let seconds = started.elapsed().as_secs_f64();
        match result {
            Ok(remark) => {
                self.passed += 1;
                println!("ok    {name:<14}{seconds:>8.1} s  {remark}");
            }
            Err(error) => {
                self.failed += 1;
                println!("FAIL  {name:<14}{seconds:>8.1} s");
                for line in format!("{error:#}").lines() {
                    println!("      {line}");
                }
            }
        }
    }

    /// Prints the last line; true when nothing failed.
    pub fn finish(self) -> bool {
        println!("{} passed, {} failed", self.passed, self.failed);
        self.failed == 0
    }
}
