//! The floors: a crate uses only crates of lower floors.
//!
//! Dependencies for tests are not looked at: a test may wire what the crate itself may not.

use anyhow::{Context, Result};
use serde_json::Value;

/// Every crate of the workspace with its floor. Within floor 1, `core` lies below the others.
const FLOORS: &[(&str, u32)] = &[
    ("holm-host-api", 0),
    ("holm-core", 10),
    ("holm-policy", 11),
    ("holm-journal", 11),
    ("holm-bundle", 20),
    ("holm-egress", 20),
    ("holm-wasm", 30),
    ("holm-docker", 30),
    ("holm-executor", 40),
    ("holm-server", 50),
    ("holm-cli", 60),
    ("holm-benches", 60),
    ("xtask", 60),
];

/// What a floor alone would allow and must not be: (user, used, why).
const WALLS: &[(&str, &str, &str)] = &[
    (
        "holm-executor",
        "holm-wasm",
        "the executor sees backends only as `dyn Backend`",
    ),
    (
        "holm-executor",
        "holm-docker",
        "the executor sees backends only as `dyn Backend`",
    ),
    ("holm-server", "holm-wasm", "only the binary wires a backend in"),
    ("holm-server", "holm-docker", "only the binary wires a backend in"),
    (
        "holm-server",
        "holm-egress",
        "functions' connections are the executor's business",
    ),
    (
        "xtask",
        "holm-core",
        "xtask is built before anything else, so it stays small",
    ),
    (
        "xtask",
        "holm-wasm",
        "xtask is built before anything else, so it stays small",
    ),
];

/// The pure crates, and what they must never depend on, directly or through others.
const PURE: &[&str] = &["holm-host-api", "holm-core", "holm-policy", "holm-journal"];
const IMPURE: &[&str] = &[
    "tokio",
    "mio",
    "socket2",
    "wasmtime",
    "rustls",
    "hyper",
    "axum",
    "cap-std",
    "rand",
    "getrandom",
];

/// Every dependency that goes up, sideways or through a wall.
pub fn breaches(metadata: &Value) -> Result<Vec<String>> {
    let graph = Graph::new(metadata)?;
    let floor = |name: &str| {
        FLOORS
            .iter()
            .find(|(crate_name, _)| *crate_name == name)
            .map(|(_, floor)| *floor)
    };
    let mut breaches = Vec::new();
    for &user in &graph.members {
        let Some(user_floor) = floor(user) else {
            breaches.push(format!(
                "{user}: has no floor; give it one in xtask/src/tidy/floors.rs and in docs/ARCHITECTURE.md"
            ));
            continue;
        };
        for used in graph.uses(user) {
            if let Some(used_floor) = floor(used)
                && used_floor >= user_floor
            {
                breaches.push(format!("{user}: uses {used}, which is not on a lower floor"));
            }
            if let Some((_, _, why)) = WALLS.iter().find(|wall| wall.0 == user && wall.1 == used) {
                breaches.push(format!("{user}: uses {used}, but {why}"));
            }
        }
    }
    for &pure in PURE {
        for used in graph.reaches(pure) {
            if IMPURE.contains(&used) {
                breaches.push(format!(
                    "{pure}: reaches {used}; a pure crate opens nothing and knows no clock"
                ));
            }
        }
    }
    Ok(breaches)
}

/// Who depends on whom, without dependencies for tests.
pub struct Graph<'a> {
    /// The workspace's crates.
    pub members: Vec<&'a str>,
    edges: Vec<(&'a str, &'a str)>,
}

impl<'a> Graph<'a> {
    /// Reads `cargo metadata`.
    pub fn new(metadata: &'a Value) -> Result<Self> {
        let list = |value: &'a Value| {
            value
                .as_array()
                .context("cargo metadata has another form than expected")
        };
        let packages = list(&metadata["packages"])?;
        let name = |id: &Value| {
            packages
                .iter()
                .find(|package| package["id"] == *id)
                .and_then(|package| package["name"].as_str())
        };
        let members = list(&metadata["workspace_members"])?
            .iter()
            .filter_map(name)
            .collect();
        let mut edges = Vec::new();
        for node in list(&metadata["resolve"]["nodes"])? {
            for dependency in list(&node["deps"])? {
                let only_for_tests = list(&dependency["dep_kinds"])?
                    .iter()
                    .all(|kind| kind["kind"] == "dev");
                if let (false, Some(user), Some(used)) =
                    (only_for_tests, name(&node["id"]), name(&dependency["pkg"]))
                {
                    edges.push((user, used));
                }
            }
        }
        Ok(Self { members, edges })
    }

    /// What a crate depends on directly.
    pub fn uses(&self, user: &str) -> impl Iterator<Item = &'a str> {
        self.edges
            .iter()
            .filter(move |edge| edge.0 == user)
            .map(|edge| edge.1)
    }

    /// Who depends on a crate directly.
    pub fn users(&self, used: &str) -> impl Iterator<Item = &'a str> {
        self.edges
            .iter()
            .filter(move |edge| edge.1 == used)
            .map(|edge| edge.0)
    }

    /// What a crate depends on, through others too.
    fn reaches(&self, user: &str) -> Vec<&'a str> {
        let mut found: Vec<&str> = self.uses(user).collect();
        let mut next = 0;
        while let Some(&name) = found.get(next) {
            next += 1;
            for used in self.uses(name) {
                if !found.contains(&used) {
                    found.push(used);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    /// The metadata of two crates of the workspace of which the first uses the second.
    fn metadata(user: &str, used: &str, kind: Value) -> Value {
        json!({
            "packages": [{"id": "a", "name": user}, {"id": "b", "name": used}],
            "workspace_members": ["a", "b"],
            "resolve": {"nodes": [{"id": "a", "deps": [{"pkg": "b", "dep_kinds": [{"kind": kind}]}]}]},
        })
    }

    fn check(user: &str, used: &str, kind: Value, expected: &str) {
        let found = super::breaches(&metadata(user, used, kind))
            .expect("the metadata is well-formed")
            .join("\n");
        assert_eq!(found, expected);
    }

    #[test]
    fn a_lower_floor_may_be_used() {
        check("holm-executor", "holm-journal", Value::Null, "");
        check("holm-policy", "holm-core", Value::Null, "");
    }

    #[test]
    fn a_higher_floor_must_not_be_used() {
        check(
            "holm-journal",
            "holm-executor",
            Value::Null,
            "holm-journal: uses holm-executor, which is not on a lower floor",
        );
    }

    #[test]
    fn a_neighbour_must_not_be_used() {
        check(
            "holm-policy",
            "holm-journal",
            Value::Null,
            "holm-policy: uses holm-journal, which is not on a lower floor",
        );
    }

    #[test]
    fn a_wall_must_not_be_crossed() {
        let expected = "holm-executor: uses holm-wasm, but the executor sees backends only as `dyn Backend`";
        check("holm-executor", "holm-wasm", Value::Null, expected);
    }

    #[test]
    fn a_test_may_use_what_its_crate_may_not() {
        check("holm-executor", "holm-wasm", json!("dev"), "");
    }

    #[test]
    fn a_pure_crate_must_not_reach_a_runtime() {
        let mut metadata = metadata("holm-policy", "tokio", Value::Null);
        metadata["workspace_members"] = json!(["a"]);
        let found = super::breaches(&metadata).expect("the metadata is well-formed");
        assert_eq!(
            found,
            ["holm-policy: reaches tokio; a pure crate opens nothing and knows no clock"]
        );
    }
}
