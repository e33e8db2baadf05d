//! A test that reads like its story: a function, a request to it, its answer, and then the replay of its journal.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::client::{Request, Response};
use crate::holm::{folder, holm, with_files};
use crate::server::Server;

/// A function and how it is served.
pub struct Test {
    sources: TempDir,
    options: Vec<String>,
}

impl Test {
    /// A module.
    pub fn using(source: &str) -> Self {
        Self {
            sources: with_files(&[("main.mjs", source)]),
            options: Vec::new(),
        }
    }

    /// Options of `holm serve`.
    pub fn with(mut self, options: &[&str]) -> Self {
        self.options
            .extend(options.iter().map(|&option| option.to_owned()));
        self
    }

    /// Serves it, asks, stops, and replays every journal where its sources and its network are away: each replay must
    /// take the same course.
    #[track_caller]
    pub fn against<const N: usize>(self, requests: [Request; N]) -> [Response; N] {
        let journals = folder();
        let path = journals.path().to_str().expect("a path in Unicode").to_owned();
        let mut options: Vec<&str> = self.options.iter().map(String::as_str).collect();
        options.extend(["--record-dir", &path]);
        let server = Server::start(self.sources.path(), &options, "main.mjs");
        let responses = requests.map(|request| server.ask(&request));
        let (code, said) = server.stop();
        assert_eq!(code, 0, "{said}");
        drop(self.sources);
        for response in &responses {
            let id = response.header("x-request-id").expect("every answer has an id");
            let journal = journals.path().join(format!("{id}.holm"));
            // What was refused before it reached the function has none.
            if journal.exists() || !matches!(response.status, 413 | 429 | 503) {
                replays_the_same(&journal);
            }
        }
        responses
    }
}

/// The answer of `holm replay --json`, after checking that it was the same.
#[track_caller]
pub fn replays_the_same(journal: &Path) -> Value {
    let elsewhere = folder();
    let replayed = holm(
        elsewhere.path(),
        ["replay", "--json", journal.to_str().expect("a path in Unicode")],
    );
    let object: Value = serde_json::from_str(&replayed.stdout)
        .unwrap_or_else(|_| panic!("no JSON: {}\n{}", replayed.stdout, replayed.stderr));
    assert_eq!(object["replayed"], "same", "{object:#}");
    object
}
