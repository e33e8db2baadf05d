//! Source to what it asks for and exports, or a syntax error.
//!
//! The parser and the visit of its tree recurse, so they run on a thread with a stack of [`STACK_BYTES`], and only on sources
//! that [`nesting`](crate::nesting) has bounded.

use holm_core::ModuleFormat;
use oxc_allocator::Allocator;
use oxc_diagnostics::{OxcDiagnostic, Severity};
use oxc_parser::{ParseOptions, Parser};
use oxc_span::{GetSpan, SourceType, Span};

use crate::{
    nesting::{NESTING_MAX, Nesting, nesting},
    scan::{Findings, scan},
};

/// Stack of the thread that parses. It is reserved, not used: ordinary sources touch a few pages of it. The
/// deepest sources that are accepted fit in an eighth of it, without optimisation too; a test parses them.
pub(crate) const STACK_BYTES: usize = 64 * 1024 * 1024;

/// A parsed module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// [`ModuleFormat::Esm`] or [`ModuleFormat::CommonJs`].
    pub(crate) format: ModuleFormat,
    pub(crate) findings: Findings,
}

/// Why a source is no program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// Parses JavaScript. Without a format its syntax decides, as in Node: CommonJS if it can be that, else an ES module.
pub(crate) fn parse(source: &str, format: Option<ModuleFormat>) -> Result<Parsed, SyntaxError> {
    let refused = |at: usize, message: String, help: &str| SyntaxError {
        start: at,
        end: at + 1,
        message,
        help: Some(help.into()),
    };
    let (text, cut) = match nesting(source) {
        Nesting::Bounded => (source, false),
        Nesting::MalformedAt(at) => (source.get(..at).unwrap_or(source), true),
        Nesting::TooDeepAt(at) => {
            let message = format!("nested more than {NESTING_MAX} levels deep");
            return Err(refused(
                at,
                message,
                "split the expression, or put large data in a .json file",
            ));
        }
        Nesting::RefusedAt(at, message, help) => return Err(refused(at, message.into(), help)),
    };
    let parsed = match format {
        Some(ModuleFormat::Esm) => attempt(text, Goal::Esm).map_err(|failed| failed.error),
        Some(_) => attempt(text, Goal::CommonJs).map_err(explain_format),
        None => detect(text),
    }?;
    if cut {
        // The scan says that this cannot be valid, so what comes after has not been parsed.
        let at = text.len();
        return Err(SyntaxError {
            start: at,
            end: at + 1,
            message: "unexpected end of a string, comment or bracket".into(),
            help: None,
        });
    }
    Ok(parsed)
}

/// The offset of a line and column that are counted from 1, in bytes.
pub(crate) fn offset_of(source: &str, line: usize, column: usize) -> usize {
    let before: usize = source
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    before + column.saturating_sub(1)
}

/// Checks JSON. How deep it nests is no matter: this check does not recurse.
pub(crate) fn parse_json(source: &str) -> Result<(), SyntaxError> {
    serde_json::from_str::<serde::de::IgnoredAny>(source)
        .map(|_| ())
        .map_err(|error| {
            let start = offset_of(source, error.line(), error.column());
            let message = error.to_string();
            let message = message
                .rsplit_once(" at line ")
                .map_or(message.as_str(), |(message, _)| message);
            SyntaxError {
                start,
                end: start + 1,
                message: format!("not valid JSON: {message}"),
                help: None,
            }
        })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Esm,
    CommonJs,
}

/// An attempt that failed, with what tells whether another goal would fit better.
pub(crate) struct Failed {
    pub(crate) error: SyntaxError,
    pub(crate) has_module_syntax: bool,
    /// The first `import` or `export`, if the parser got through.
    pub(crate) module_statement: Option<Span>,
}

fn detect(source: &str) -> Result<Parsed, SyntaxError> {
    let script = match attempt(source, Goal::CommonJs) {
        Ok(parsed) => return Ok(parsed),
        Err(failed) => failed,
    };
    match attempt(source, Goal::Esm) {
        Ok(parsed) => Ok(parsed),
        Err(module) if script.has_module_syntax || module.has_module_syntax => Err(module.error),
        Err(_) => Err(script.error),
    }
}

fn attempt(source: &str, goal: Goal) -> Result<Parsed, Failed> {
    let allocator = Allocator::default();
    let source_type = match goal {
        Goal::Esm => SourceType::mjs(),
        Goal::CommonJs => SourceType::cjs(),
    };
    let options = ParseOptions {
        preserve_parens: false,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(&allocator, source, source_type.with_jsx(false))
        .with_options(options)
        .parse();
    let has_module_syntax = parsed.module_record.has_module_syntax;
    let failed = |error| {
        let module_statement = parsed
            .program
            .body
            .iter()
            .find_map(|statement| Some(statement.as_module_declaration()?.span()));
        Err(Failed {
            error,
            has_module_syntax,
            module_statement,
        })
    };
    if let Some(error) = first_error(&parsed.diagnostics) {
        return failed(error);
    }
    if parsed.panicked || (goal == Goal::CommonJs && has_module_syntax) {
        let message = "`import.meta` is for ES modules".into();
        return failed(SyntaxError {
            start: 0,
            end: 1,
            message,
            help: None,
        });
    }
    let is_esm = goal == Goal::Esm;
    let format = if is_esm {
        ModuleFormat::Esm
    } else {
        ModuleFormat::CommonJs
    };
    Ok(Parsed {
        format,
        findings: scan(&parsed.program, source, is_esm),
    })
}

/// A file that its name or its package makes CommonJS, and that is an ES module by its syntax.
fn explain_format(failed: Failed) -> SyntaxError {
    let mut error = failed.error;
    if let Some(statement) = failed.module_statement {
        (error.start, error.end) = (
            statement.start as usize,
            statement.start as usize + "import".len(),
        );
        error.message = "`import` and `export` in a CommonJS file".into();
        error.help = Some("name the file .mjs, or write \"type\": \"module\" in its package.json".into());
    }
    error
}

/// The error that stands first in the source.
pub(crate) fn first_error<'d>(
    diagnostics: impl IntoIterator<Item = &'d OxcDiagnostic>,
) -> Option<SyntaxError> {
    diagnostics
        .into_iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .min_by_key(|error| offset(error))
        .map(syntax_error)
}

/// "expected `)` but found `;`" has said what "`)` expected" says.
fn says_already(message: &str, detail: &str) -> bool {
    house(detail)
        .strip_suffix(" expected")
        .is_some_and(|what| message.contains(&format!("expected {what}")))
}

fn offset(error: &OxcDiagnostic) -> u32 {
    error
        .labels
        .iter()
        .map(|label| label.span().start)
        .min()
        .unwrap_or(0)
}

fn syntax_error(error: &OxcDiagnostic) -> SyntaxError {
    let label = error.labels.iter().min_by_key(|label| label.span().start);
    let (start, end) = label.map_or((0, 1), |label| {
        (label.span().start as usize, label.span().end as usize)
    });
    let mut message = house(&error.message).replace("`EOF`", "the end of the file");
    if let Some(detail) = label
        .and_then(|label| label.label())
        .filter(|detail| !detail.is_empty() && detail.len() < 40)
        .filter(|detail| !says_already(&message, detail))
    {
        message = format!("{message}: {}", house(detail));
    }
    // The parser speaks to those who call it ("enable it in the options") as well as to those who write the source.
    let help = if message.contains("JSX") {
        Some("JSX is for files named .jsx and .tsx".into())
    } else {
        error
            .help
            .as_deref()
            .and_then(|help| help.lines().next())
            .filter(|help| !help.contains("option"))
            .map(house)
    };
    SyntaxError {
        start,
        end,
        message,
        help,
    }
}

/// Lower case at the start, no full stop at the end.
fn house(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut characters = message.chars();
    match (characters.next(), characters.clone().next()) {
        // "JSX", "A": words of capitals stay.
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => message.to_owned(),
    }
}
