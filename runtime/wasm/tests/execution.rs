//! Executions: scripts that have a value.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::{START, TestHost, backend, block_on, module};
use holm_core::{Backend, Event, Limit, Limits, ModuleFormat, Outcome, Program};

fn execute_as(format: ModuleFormat, source: &str, input: Option<&str>) -> (Outcome, TestHost) {
    let program = Program {
        entry: "/bundle/snippet.js".into(),
        modules: BTreeMap::from([("/bundle/snippet.js".into(), module(source, format))]),
        ..Program::default()
    };
    let limits = Limits::for_scripts();
    let mut host = TestHost::default();
    let first = Event::Execution {
        seed: [7; 32],
        input: input.map(str::to_owned),
    };
    let prepared = backend().unprepared(Arc::new(program));
    let report = block_on(prepared.invoke(START, first, &limits, &mut host));
    (report.outcome, host)
}

fn value_of(format: ModuleFormat, source: &str, input: Option<&str>) -> Option<String> {
    match execute_as(format, source, input).0 {
        Outcome::Answered { exit_code: 0, value } => value,
        other => panic!("{source}: {other:?}"),
    }
}

#[test]
fn the_value_of_a_module_is_its_default_export_called_with_the_input() {
    let esm = |source, input| value_of(ModuleFormat::Esm, source, input);
    assert_eq!(
        esm(
            "export default ({ a, b }) => ({ sum: a + b })",
            Some(r#"{"a":1,"b":2}"#)
        )
        .as_deref(),
        Some(r#"{"sum":3}"#)
    );
    assert_eq!(
        esm("export default async (n) => n * 2", Some("21")).as_deref(),
        Some("42")
    );
    assert_eq!(
        esm("export default (x) => typeof x", None).as_deref(),
        Some(r#""undefined""#)
    );
    assert_eq!(
        esm("export default [1, 'two', null]", None).as_deref(),
        Some(r#"[1,"two",null]"#)
    );
    assert_eq!(esm("export const a = 1", None), None);
    let later = "export default () => new Promise((done) => setTimeout(() => done('later'), 10))";
    assert_eq!(esm(later, None).as_deref(), Some(r#""later""#));
    let commonjs = |source, input| value_of(ModuleFormat::CommonJs, source, input);
    assert_eq!(
        commonjs("module.exports = (n) => n + 1", Some("1")).as_deref(),
        Some("2")
    );
    assert_eq!(
        commonjs("exports.answer = 42", None).as_deref(),
        Some(r#"{"answer":42}"#)
    );
    let compiled =
        "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = () => 'compiled'";
    assert_eq!(commonjs(compiled, None).as_deref(), Some(r#""compiled""#));
    assert_eq!(commonjs("const nothing = 1", None), None);
}

#[test]
fn the_value_of_a_script_is_that_of_its_last_expression() {
    let script = |source, input| value_of(ModuleFormat::Script, source, input);
    assert_eq!(script("const a = 6; a * 7", None).as_deref(), Some("42"));
    assert_eq!(
        script("input.name.toUpperCase()", Some(r#"{"name":"ada"}"#)).as_deref(),
        Some(r#""ADA""#)
    );
    assert_eq!(
        script("if (true) { 'inside' }", None).as_deref(),
        Some(r#""inside""#)
    );
    assert_eq!(
        script("(async () => { await null; return [1] })()", None).as_deref(),
        Some("[1]")
    );
    assert_eq!(script("undefined", None), None);
    assert_eq!(
        script("typeof require + typeof module + typeof __dirname", None).as_deref(),
        Some(r#""functionobjectstring""#)
    );
}

#[test]
fn what_is_pending_ends_first_and_an_exit_code_is_kept() {
    let source = "setTimeout(() => console.log('timer'), 5); process.exitCode = 3; export default 'value'";
    let (outcome, host) = execute_as(ModuleFormat::Esm, source, None);
    assert_eq!(
        outcome,
        Outcome::Answered {
            exit_code: 3,
            value: Some(r#""value""#.into())
        }
    );
    assert!(host.output().contains("timer"), "{}", host.output());
    let (outcome, _) = execute_as(ModuleFormat::Script, "process.exit(4); 'not reached'", None);
    assert_eq!(
        outcome,
        Outcome::Answered {
            exit_code: 4,
            value: None
        }
    );
}

#[test]
fn what_goes_wrong_is_told() {
    let threw = |format, source: &str| match execute_as(format, source, None).0 {
        Outcome::Threw(error) => error,
        other => panic!("{source}: {other:?}"),
    };
    let error = threw(ModuleFormat::Script, "const a = 1;\nnull.x");
    assert_eq!(error.name, "TypeError");
    assert!(error.report.contains("snippet.js:2"), "{}", error.report);
    assert_eq!(
        threw(
            ModuleFormat::Esm,
            "export default () => { throw new RangeError('no') }"
        )
        .name,
        "RangeError"
    );
    assert_eq!(
        threw(
            ModuleFormat::Esm,
            "export default Promise.reject(new Error('late'))"
        )
        .message,
        "late"
    );
    for source in ["export default 1n", "const a = {}; a.a = a; export default a"] {
        let error = threw(ModuleFormat::Esm, source);
        assert!(
            error.message.starts_with("The result cannot be given as JSON"),
            "{}",
            error.message
        );
    }
    let error = threw(ModuleFormat::Esm, "export default new Promise(() => {})");
    assert!(error.message.contains("never settle"), "{}", error.message);
    let (outcome, _) = execute_as(ModuleFormat::Script, "for (;;) {}", None);
    assert!(
        matches!(
            outcome,
            Outcome::Exceeded {
                limit: Limit::Cpu,
                ..
            }
        ),
        "{outcome:?}"
    );
}
