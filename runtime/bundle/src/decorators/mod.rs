//! Decorators as the standard has them, and `accessor`: what the engine and the transpiler lack.
//!
//! Works on JavaScript that was generated just before, so its form is known: no comments, no types. A class that uses the syntax is
//! written anew around the verbatim text of its parts; what decorators do at run time is in a helper
//! ([`helpers`](crate::helpers)). Order of evaluation, names and `this` are those of the standard.
//!
//! - `collect`: what the syntax tree says of such classes; `write`: their new text
//! - `rope`: text made of pieces, and the way back

mod collect;
mod rope;
mod write;

use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;

use crate::parse::SyntaxError;

/// What lowered code imports.
pub(crate) const HELPER: &str = "holm:transpiled/helpers/classes";

/// JavaScript without such syntax, and its mappings, from code that has it and from that code's mappings.
pub(crate) fn lower(code: &str, mappings: &str, is_esm: bool) -> Result<(String, String), SyntaxError> {
    let allocator = Allocator::default();
    let source_type = if is_esm {
        SourceType::mjs()
    } else {
        SourceType::cjs()
    };
    let parsed = Parser::new(&allocator, code, source_type).parse();
    let failed = |message: &str| SyntaxError {
        start: 0,
        end: 1,
        message: message.into(),
        help: Some("compile it to JavaScript first (for instance with esbuild or tsc)".into()),
    };
    if parsed.panicked {
        return Err(failed("decorators of this file cannot be transpiled"));
    }
    let sites = collect::collect(&parsed.program);
    if sites.iter().any(collect::Site::yields) {
        return Err(failed(
            "a decorator, a name or a base class with `yield` in it is not supported beside decorators",
        ));
    }
    let rope = write::write(code, &sites, is_esm);
    Ok(rope.finish(code, mappings))
}
