//! One file of a test and everything it needs, which runs the same under holm, Node, Deno and Bun.

use anyhow::Result;
use serde_json::{Value, json};

use super::suite::Test;

/// What starts the test and prints its results; the table of files comes before it.
const SHIM: &str = include_str!("shim.js");

/// The source of a module that runs the test and prints a line of JSON for each result.
///
/// # Errors
/// When the table cannot be written as JSON, which has no cause known.
pub fn source(test: &Test) -> Result<String> {
    let resources: serde_json::Map<String, Value> = test
        .resources
        .iter()
        .map(|(path, bytes)| (path.clone(), resource(bytes)))
        .collect();
    let scripts: Vec<Value> = test
        .scripts
        .iter()
        .zip(&test.sources)
        .map(|(path, source)| json!({ "path": path, "source": source }))
        .collect();
    let table = json!({
        "id": test.id,
        "title": test.title,
        "scripts": scripts,
        "resources": resources,
    });
    // The separators are the only characters that JSON allows in strings and old JavaScript does not.
    Ok(format!("const wpt = {};\n{SHIM}", serde_json::to_string(&table)?))
}

/// Text as it is, anything else as numbers.
fn resource(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!(text),
        Err(_) => json!(bytes),
    }
}
