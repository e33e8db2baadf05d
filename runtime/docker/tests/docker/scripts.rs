//! Scripts: output, exit codes, errors, modules.

use holm_core::{ModuleFormat, Outcome};

use crate::common::{commonjs, docker, esm, module};

#[tokio::test]
async fn a_script_prints_and_ends_with_its_exit_code() {
    let Some(docker) = docker("prints", None).await else {
        return;
    };
    let ran = docker
        .script(esm(
            "console.log('grüße'); console.error('oops'); process.exit(3)",
        ))
        .await;
    assert_eq!(ran.exit_code(), 3);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("grüße\n", "oops\n"));
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn a_script_lives_as_long_as_something_is_pending() {
    let Some(docker) = docker("pending", None).await else {
        return;
    };
    let ran = docker
        .script(commonjs(
            "process.on('exit', () => console.log('bye')); setTimeout(() => console.log('later'), 20)",
        ))
        .await;
    assert_eq!((ran.exit_code(), ran.stdout.as_str()), (0, "later\nbye\n"));
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn an_uncaught_error_is_the_outcome() {
    let Some(docker) = docker("threw", None).await else {
        return;
    };
    let ran = docker
        .script(esm(
            "function deep() { throw new TypeError('no such thing') }\nawait 1; deep()",
        ))
        .await;
    let Outcome::Threw(error) = &ran.report.outcome else {
        panic!("{ran:?}")
    };
    assert_eq!(
        (error.name.as_str(), error.message.as_str()),
        ("TypeError", "no such thing")
    );
    assert!(
        error.report.contains("deep (/bundle/main.mjs:1:25)"),
        "{}",
        error.report
    );
    assert!(!error.report.contains("/holm/"), "{}", error.report);
    assert_eq!(ran.stderr, "");
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn an_await_that_never_settles_ends_with_code_13() {
    let Some(docker) = docker("unsettled", None).await else {
        return;
    };
    let ran = docker.script(esm("await new Promise(() => {})")).await;
    assert_eq!(ran.exit_code(), 13);
    assert!(ran.stderr.contains("can never settle"), "{}", ran.stderr);
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn an_execution_has_the_value_of_its_default_export_or_of_its_last_expression() {
    let Some(docker) = docker("value", None).await else {
        return;
    };
    let script = |source: &str| holm_core::Program {
        entry: "/bundle/snippet.js".into(),
        modules: [("/bundle/snippet.js".into(), module(ModuleFormat::Script, source))].into(),
        ..holm_core::Program::default()
    };
    let table = [
        (esm("export default { a: [1, 2] }"), r#"{"a":[1,2]}"#),
        (esm("export default async (input) => input.in + 1"), "42"),
        (commonjs("module.exports = ({ in: n }) => n"), "41"),
        (commonjs("exports.__esModule = true; exports.default = 7"), "7"),
        (script("const os = require('os'); input.in + os.EOL.length"), "42"),
        (
            script("new Promise((resolve) => setTimeout(resolve, 5, 'later'))"),
            r#""later""#,
        ),
    ];
    for (program, value) in table {
        let told = format!("{:?}", program.modules);
        let ran = docker.execution(program, Some(r#"{"in":41}"#)).await;
        assert_eq!(ran.value(), Some(value), "{told}");
    }
    let ran = docker.execution(commonjs("1"), None).await;
    assert_eq!(ran.value(), None);
    // Nothing is given, and what the program ends itself has no value.
    let ran = docker
        .execution(esm("export default (input) => typeof input"), None)
        .await;
    assert_eq!(ran.value(), Some("\"undefined\""));
    let ran = docker
        .execution(esm("setTimeout(() => process.exit(3)); export default 1"), None)
        .await;
    assert_eq!((ran.value(), ran.exit_code()), (None, 3));
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn a_value_that_cannot_come_or_has_no_json_is_an_error() {
    let Some(docker) = docker("no-value", None).await else {
        return;
    };
    for (source, says) in [
        ("export default new Promise(() => {})", "can never settle"),
        ("export default 1n", "cannot be given as JSON"),
        ("export default () => { throw new RangeError('mine') }", "mine"),
    ] {
        let ran = docker.execution(esm(source), None).await;
        let Outcome::Threw(error) = &ran.report.outcome else {
            panic!("{source}: {ran:?}")
        };
        assert!(error.message.contains(says), "{source}: {}", error.message);
    }
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn modules_are_linked_as_they_were_bundled() {
    let Some(docker) = docker("links", None).await else {
        return;
    };
    let mut program = esm(
        "import fs from 'node:fs'; import pkg, { named } from 'pkg'; import data from './data.json'; import { up } from './typed.ts';\n\
         const late = await import('pkg');\n\
         console.log(named, pkg.named, data.n, up('x'), late.named, fs.existsSync(import.meta.filename), process.argv.slice(2), process.env.GIVEN)",
    );
    program.arguments = vec!["one".into()];
    program.env = [("GIVEN".to_owned(), "yes".to_owned())].into();
    let main = program
        .modules
        .get_mut("/bundle/main.mjs")
        .expect("it is the entry");
    for (name, path) in [
        ("pkg", "node_modules/pkg/index.js"),
        ("./data.json", "data.json"),
        ("./typed.ts", "typed.ts"),
    ] {
        main.links.insert(name.into(), format!("/bundle/{path}"));
    }
    let mut package = module(
        ModuleFormat::CommonJs,
        "exports.named = require('./part').part + require.main.id.length * 0",
    );
    package.exports = vec!["named".into()];
    package
        .links
        .insert("./part".into(), "/bundle/node_modules/pkg/part.js".into());
    for (path, module) in [
        ("node_modules/pkg/index.js", package),
        (
            "node_modules/pkg/part.js",
            module(ModuleFormat::CommonJs, "module.exports = { part: 7 }"),
        ),
        ("data.json", module(ModuleFormat::Json, "{\"n\":5}")),
        (
            "typed.ts",
            module(
                ModuleFormat::Esm,
                "export const up = (text) => text.toUpperCase()",
            ),
        ),
    ] {
        program.modules.insert(format!("/bundle/{path}"), module);
    }
    let ran = docker.script(program).await;
    assert_eq!(ran.exit_code(), 0, "{ran:?}");
    assert_eq!(ran.stdout, "7 7 5 X 7 true [ 'one' ] yes\n");
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn all_of_node_is_there() {
    let Some(docker) = docker("node", None).await else {
        return;
    };
    let ran = docker
        .script(esm(
            "import { execFileSync } from 'node:child_process'; import { Worker } from 'node:worker_threads';\n\
             console.log(execFileSync(process.execPath, ['-p', '6*7']).toString().trim());\n\
             new Worker('require(\"worker_threads\").parentPort.postMessage(9)', { eval: true }).on('message', (n) => console.log(n))",
        ))
        .await;
    assert_eq!((ran.exit_code(), ran.stdout.as_str()), (0, "42\n9\n"), "{ran:?}");
    docker.backend.shut_down().await;
}
