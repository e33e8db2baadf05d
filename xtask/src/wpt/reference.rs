//! Which subtests count, and which of those are known to fail in holm: a file that is checked in.
//!
//! A file of the suite has tens of thousands of subtests, nearly all of which count; so the reference keeps their number and the
//! names of those that do *not* count although an engine reports them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::runner::Report;
use super::suite::Test;

/// What is kept for each test file.
#[derive(Default)]
pub struct Reference {
    files: BTreeMap<String, Entry>,
}

#[derive(Default)]
struct Entry {
    /// How many subtests at least two peers pass.
    counted: usize,
    /// Names that some engine reports and that do not count.
    uncounted: BTreeSet<String>,
    /// Names that count and fail in holm.
    failing: BTreeSet<String>,
}

/// Figures of one file.
pub struct Count<'a> {
    /// Subtests that count and pass.
    pub passed: usize,
    /// Subtests that count.
    pub total: usize,
    /// The names of those that were reported as failed.
    pub failed: Vec<&'a str>,
}

impl Reference {
    /// Reads the kept file; nothing is known when there is none.
    ///
    /// # Errors
    /// When it is not what [`Reference::write`] writes.
    pub fn read(path: &Path) -> Result<Reference> {
        let Ok(text) = fs::read_to_string(path) else {
            return Ok(Reference::default());
        };
        let value: Map<String, Value> =
            serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
        let names = |value: &Value| -> BTreeSet<String> {
            let list = value.as_array().into_iter().flatten();
            list.filter_map(|name| name.as_str().map(str::to_owned)).collect()
        };
        let files = value
            .into_iter()
            .map(|(id, entry)| {
                let counted = entry["counted"]
                    .as_u64()
                    .and_then(|count| usize::try_from(count).ok());
                let entry = Entry {
                    counted: counted.unwrap_or(0),
                    uncounted: names(&entry["uncounted"]),
                    failing: names(&entry["failing"]),
                };
                (id, entry)
            })
            .collect();
        Ok(Reference { files })
    }

    /// Writes the file, a line for each name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut value = Map::new();
        for (id, entry) in &self.files {
            let mut fields = Map::new();
            fields.insert("counted".into(), json!(entry.counted));
            // Where nothing counts, no name needs to be listed.
            if entry.counted > 0 && !entry.uncounted.is_empty() {
                fields.insert("uncounted".into(), json!(entry.uncounted));
            }
            if !entry.failing.is_empty() {
                fields.insert("failing".into(), json!(entry.failing));
            }
            value.insert(id.clone(), Value::Object(fields));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, serde_json::to_string_pretty(&value)? + "\n")?;
        Ok(())
    }

    /// Takes what the peers reported as the reference of these tests.
    pub fn replace(&mut self, tests: &[Test], peers: &[BTreeMap<String, Report>]) {
        for test in tests {
            let mut passes: BTreeMap<&str, usize> = BTreeMap::new();
            for report in peers.iter().filter_map(|reports| reports.get(&test.id)) {
                for (name, passed, _) in &report.results {
                    *passes.entry(name).or_default() += usize::from(*passed);
                }
            }
            let entry = self.files.entry(test.id.clone()).or_default();
            entry.counted = passes.values().filter(|&&count| count >= 2).count();
            entry.uncounted = passes
                .iter()
                .filter(|&(_, &count)| count < 2)
                .map(|(name, _)| (*name).to_owned())
                .collect();
        }
    }

    /// Takes what fails now as expected.
    pub fn expect(&mut self, reports: &BTreeMap<String, Report>) {
        for (id, report) in reports {
            let failed: BTreeSet<String> = self
                .count(id, report)
                .failed
                .into_iter()
                .map(str::to_owned)
                .collect();
            if let Some(entry) = self.files.get_mut(id) {
                entry.failing = failed;
            }
        }
    }

    /// True when a subtest is known to fail.
    pub fn is_expected(&self, id: &str, name: &str) -> bool {
        self.files
            .get(id)
            .is_some_and(|entry| entry.failing.contains(name))
    }

    /// Counts what a run of holm reported. A subtest that was not reported has not passed.
    pub fn count<'a>(&self, id: &str, report: &'a Report) -> Count<'a> {
        let nothing = Entry::default();
        let entry = self.files.get(id).unwrap_or(&nothing);
        let mut passed = 0;
        let mut failed = Vec::new();
        if entry.counted > 0 {
            for (name, success, _) in &report.results {
                if entry.uncounted.contains(name) {
                    continue;
                }
                if *success {
                    passed += 1;
                } else {
                    failed.push(name.as_str());
                }
            }
        }
        Count {
            // A name that only holm reports is not in the file; it must not lift the figure above the whole.
            passed: passed.min(entry.counted),
            total: entry.counted,
            failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Reference};
    use crate::wpt::runner::Report;

    #[test]
    fn what_does_not_count_or_was_not_reported_has_not_passed() {
        let mut reference = Reference::default();
        let entry = Entry {
            counted: 3,
            uncounted: ["odd".to_owned()].into(),
            ..Entry::default()
        };
        reference.files.insert("a".to_owned(), entry);
        let result = |name: &str, passed| (name.to_owned(), passed, String::new());
        let report = Report {
            results: vec![result("one", true), result("two", false), result("odd", true)],
            end: String::new(),
        };
        let count = reference.count("a", &report);
        assert_eq!((count.passed, count.total, count.failed), (1, 3, vec!["two"]));
    }
}
