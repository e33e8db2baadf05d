//! Source maps: how a module carries the way back to what its author wrote.
//!
//! A map goes with the module as a comment in its last line, in one form: JSON, unencoded, with `mappings` and `sources`. The engine
//! reads it when it compiles the module, and writes the author's positions into the code itself, so that a stack costs no more than
//! without a map.

/// How that last line begins.
const MARK: &str = "//# sourceMappingURL=data:application/json,";

/// A source with its map. A map that is empty is left out.
pub(crate) fn attach(code: &str, map: &str) -> String {
    if map.is_empty() || map.contains('\n') {
        return code.to_owned();
    }
    let newline = if code.ends_with('\n') { "" } else { "\n" };
    format!("{code}{newline}{MARK}{map}\n")
}
