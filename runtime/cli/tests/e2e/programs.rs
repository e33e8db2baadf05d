//! TypeScript, source maps and large programs: what an author sees of them.

use crate::client::get;
use crate::holm::{folder, holm, with_files, write};
use crate::server::Server;

const THROWS: &str = "\
// Types take up lines that are not in what runs.
interface Order {
  readonly id: number;
}

function refuse(order: Order): never {
  throw new RangeError(`no order ${order.id}`);
}

try {
  refuse({ id: 1 });
} catch (error) {
  console.log((error as Error).stack);
}
refuse({ id: 2 });
";

#[test]
fn stacks_and_reports_show_the_typescript_that_was_written() {
    let sources = with_files(&[("src/main.ts", THROWS)]);
    let live = holm(sources.path(), ["run", "--record", "r.holm", "src/main.ts"]);
    for line in ["main.ts:7:", "main.ts:11:"] {
        assert!(live.stdout.contains(line), "{}", live.stdout);
    }
    live.fails(1, "  throw new RangeError(`no order ${order.id}`);\n")
        .says("main.ts:7:")
        .says("main.ts:15:");
    assert_eq!(holm(sources.path(), ["replay", "r.holm"]), live);
}

/// One line of code, whose two statements come from lines 3 and 5 of another file.
const COMPILED: &str = "function f(){throw new Error('gone')}f();\n";
const MAPPINGS: &str = "AAEA,qCAEA";

fn map(sources: &str, mappings: &str) -> String {
    format!(r#"{{"version":3,"sources":[{sources}],"names":[],"mappings":"{mappings}"}}"#)
}

#[test]
fn stacks_of_compiled_code_lead_back_by_its_map() {
    let code = format!("{COMPILED}//# sourceMappingURL=app.js.map\n");
    let good = map(r#""../src/app.ts""#, MAPPINGS);
    let sources = with_files(&[("dist/app.js", &code), ("dist/app.js.map", &good)]);
    holm(sources.path(), ["run", "dist/app.js"])
        .fails(1, "src/app.ts:3:1")
        .says("src/app.ts:5:1");
    // The same map inside of the file, and no map at all.
    let encoded = good.replace('"', "%22");
    let inline = format!("{COMPILED}//# sourceMappingURL=data:application/json;charset=utf-8,{encoded}\n");
    write(sources.path(), "dist/inline.cjs", &inline);
    holm(sources.path(), ["run", "dist/inline.cjs"]).fails(1, "src/app.ts:3:1");
    std::fs::remove_file(sources.path().join("dist/app.js.map")).expect("it is there");
    holm(sources.path(), ["run", "dist/app.js"]).fails(1, "app.js:1:");
}

#[test]
fn a_map_that_is_malformed_is_left_out_with_a_warning() {
    let code = format!("{COMPILED}//# sourceMappingURL=app.js.map\n");
    for bad in [
        "",
        "{",
        "[]",
        r#"{"version":2}"#,
        &map(r#""a.ts""#, "!!!"),
        &map("", "AAEA"),
        &map("1", "AAEA"),
    ] {
        let sources = with_files(&[("app.js", &code), ("app.js.map", bad)]);
        let ran = holm(sources.path(), ["run", "--json", "app.js"]);
        assert!(
            ran.stdout.contains("app.js: its source map is not valid"),
            "{bad}: {}",
            ran.stdout
        );
        assert!(ran.stdout.contains("app.js:1:"), "{}", ran.stdout);
    }
    for url in [
        "data:application/json;base64,*",
        "data:nothing",
        "https://example.com/a.map",
        "/etc/passwd",
    ] {
        let sources = with_files(&[("app.js", &format!("{COMPILED}//# sourceMappingURL={url}"))]);
        let ran = holm(sources.path(), ["run", "--json", "app.js"]);
        assert!(
            ran.stdout.contains("\"warnings\":[\"app.js: its "),
            "{url}: {}",
            ran.stdout
        );
    }
}

#[test]
fn a_map_that_lies_gives_other_positions_and_nothing_worse() {
    let code = format!("{COMPILED}//# sourceMappingURL=app.js.map\n");
    for lie in [
        // Far behind the end, before the beginning, the same column twice, backwards, and thousands of lines.
        "AA+///B+///B",
        "AADD",
        "AAEA,AAEA,AAEA",
        "gBAEA,DAEA,DAEA",
        &";".repeat(100_000),
        &"AAAA;".repeat(100_000),
    ] {
        let sources = with_files(&[("app.js", &code), ("app.js.map", &map(r#""a\n.ts""#, lie))]);
        let ran = holm(sources.path(), ["run", "--json", "app.js"]);
        assert_eq!(ran.code, 1, "{lie:.20}: {}", ran.stdout);
        assert!(ran.stdout.contains(r#""message":"gone""#), "{}", ran.stdout);
    }
}

#[test]
fn five_megabytes_in_fifteen_hundred_modules_load_within_boot_ms() {
    let sources = folder();
    let (mut index, mut sum) = (String::new(), String::new());
    for n in 0..1_500 {
        index.push_str(&format!("import {{ value as v{n} }} from './m/{n}.js';\n"));
        sum.push_str(&format!("+ v{n}"));
        let mut module = format!("export const value = {n};\n");
        while module.len() < 3_400 {
            let at = module.len();
            module.push_str(&format!(
                "export function f{at}(a, b) {{\n  if (a > b) return a * {at};\n  return [a, b].map((x) => x + 'some text that is {at}');\n}}\n"
            ));
        }
        write(sources.path(), &format!("m/{n}.js"), &module);
    }
    write(
        sources.path(),
        "main.js",
        &format!(
            "{index}const sum = 0 {sum};\nexport default {{ fetch: () => new Response(`${{sum}}`) }};\n"
        ),
    );
    let server = Server::start(sources.path(), &["--limit", "source_bytes=6MiB"], "main.js");
    server.ask(&get("/")).is(200, "1124250");
    holm(sources.path(), ["run", "main.js"])
        .fails(1, "limit `source_bytes`")
        .says("the largest modules:");
}

#[test]
fn a_file_of_fifty_megabytes_is_refused_by_name_and_size() {
    let sources = folder();
    let large = sources.path().join("large.js");
    let file = std::fs::File::create(&large).expect("a file");
    file.set_len(50 * 1024 * 1024).expect("space for nothing");
    holm(sources.path(), ["run", "large.js"])
        .fails(1, "more than 5242880 bytes (limit `source_bytes`)")
        .says("52428800 bytes  large.js");
}

#[test]
fn a_byte_order_mark_and_carriage_returns_change_no_position() {
    let text = "\u{feff}const a: number = 1;\r\n\r\nthrow new Error(`${a}`);\r\n";
    for name in ["a.ts", "a.mts"] {
        let sources = with_files(&[(name, text)]);
        holm(sources.path(), ["run", name]).fails(1, &format!("{name}:3:"));
    }
    let sources = with_files(&[("a.js", &text.replace(": number", ""))]);
    holm(sources.path(), ["run", "a.js"]).fails(1, "a.js:3:");
}

#[test]
fn a_circular_import_that_reads_too_early_names_variable_and_line() {
    let sources = with_files(&[
        ("main.ts", "import './b.ts';\nexport const early: number = 1;\n"),
        (
            "b.ts",
            "import { early } from './main.ts';\n\nconsole.log(early);\n",
        ),
    ]);
    holm(sources.path(), ["run", "main.ts"])
        .fails(1, "early is not initialized")
        .says("b.ts:3:");
}

#[test]
fn a_package_with_a_native_addon_is_refused_by_name() {
    let sources = with_files(&[
        ("main.ts", "import addon from 'addon';\nconsole.log(addon);\n"),
        (
            "node_modules/addon/package.json",
            r#"{ "main": "./build/addon.node" }"#,
        ),
        ("node_modules/addon/build/addon.node", "\u{7f}ELF"),
    ]);
    holm(sources.path(), ["run", "main.ts"])
        .fails(
            1,
            "node_modules/addon/build/addon.node (imported at main.ts:1:19)",
        )
        .says("native addons cannot run in a sandbox");
}

#[test]
fn a_package_that_looks_for_its_addon_at_run_time_is_told_of_with_the_line() {
    let sources = with_files(&[
        ("main.js", "require('fast');\nexports.default = () => {};\n"),
        ("node_modules/fast/package.json", "{}"),
        (
            "node_modules/fast/index.js",
            "try { require('./fast.node'); } catch (error) { console.log(error.message); }\nrequire('node-gyp-build')(__dirname);\n",
        ),
        ("node_modules/fast/fast.node", "\u{7f}ELF"),
        (
            "node_modules/node-gyp-build/index.js",
            "module.exports = () => { throw new Error('No native build was found'); };\n",
        ),
    ]);
    let left_out = "node_modules/fast/index.js:1:15: node_modules/fast/fast.node is left out: native addons cannot run in a sandbox";
    let looked_for = "node_modules/fast/index.js:2:9: 'node-gyp-build' looks for a native addon";
    holm(sources.path(), ["serve", "main.js"])
        .fails(1, "No native build was found")
        .says(left_out)
        .says(looked_for);
    let ran = holm(sources.path(), ["run", "--json", "main.js"]);
    for text in [
        left_out,
        looked_for,
        "use a version of the package in plain JavaScript",
    ] {
        assert!(ran.stdout.contains(text), "`{text}` in:\n{}", ran.stdout);
    }
}

const BUILT: &[(&str, &str)] = &[
    (
        "app/package.json",
        r#"{ "type": "module", "main": "src/main.ts" }"#,
    ),
    (
        "app/src/main.ts",
        "import { who } from 'who';\nimport { basename } from 'node:path';\nexport default () => new Response(`hello ${who} ${basename('/a/b')}`);\nconsole.log(who);\n",
    ),
    (
        "app/node_modules/who/package.json",
        r#"{ "version": "1.2.3", "exports": "./who.js" }"#,
    ),
    ("app/node_modules/who/who.js", "exports.who = 'world';\n"),
];

#[test]
fn what_is_built_is_the_same_everywhere_and_runs_without_its_sources() {
    let (here, there) = (with_files(BUILT), with_files(&[("x", "")]));
    for (path, text) in BUILT {
        write(there.path(), &format!("some/where/else/{path}"), text);
    }
    let built = holm(here.path(), ["build", "app", "-o", "out.archive"]);
    assert_eq!(built.code, 0, "{}", built.stderr);
    for part in [
        "out.archive  ",
        "2 modules",
        "sha256:",
        "src/main.ts",
        "built-ins: node:path",
        "packages: who@1.2.3",
    ] {
        assert!(built.stdout.contains(part), "`{part}` in:\n{}", built.stdout);
    }
    holm(there.path(), ["build", "some/where/else/app"])
        .prints(&built.stdout.replace("out.archive", "app.archive"));
    let archive = std::fs::read(here.path().join("out.archive")).expect("it was written");
    assert_eq!(
        archive,
        std::fs::read(there.path().join("app.archive")).expect("it was written")
    );
    let elsewhere = folder();
    std::fs::write(elsewhere.path().join("out.archive"), &archive).expect("a file");
    drop((here, there));
    holm(elsewhere.path(), ["run", "out.archive"]).prints("world\n");
    let server = Server::start(elsewhere.path(), &[], "out.archive");
    server.ask(&get("/")).is(200, "hello world b");
}

#[test]
fn an_archive_is_bounded_and_checked_and_only_archives_are_replaced() {
    let sources = with_files(&[("a.js", "console.log(1)\n"), ("notes", "mine")]);
    holm(sources.path(), ["build", "a.js", "-o", "notes"]).fails(2, "there is a file that is no archive");
    assert_eq!(holm(sources.path(), ["build", "a.js"]).code, 0);
    assert_eq!(holm(sources.path(), ["build", "a.js"]).code, 0);
    holm(sources.path(), ["run", "--limit", "source_bytes=10", "a.archive"]).fails(1, "limit `source_bytes`");
    holm(sources.path(), ["build", "--limit", "source_bytes=10", "a.js"]).fails(1, "limit `source_bytes`");
    let path = sources.path().join("a.archive");
    let mut bytes = std::fs::read(&path).expect("it was written");
    bytes.pop();
    std::fs::write(&path, bytes).expect("a file");
    holm(sources.path(), ["run", "a.archive"]).fails(1, "a.archive: the archive is damaged or cut off");
}

#[test]
fn a_new_project_passes_its_test_and_answers() {
    let here = folder();
    for (template, test) in [("ts", "index.ts"), ("js", "index.js"), ("node-http", "index.ts")] {
        let made = holm(here.path(), ["new", template, "--template", template]);
        assert_eq!(made.code, 0, "{}", made.stderr);
        let project = here.path().join(template);
        let ran = holm(&project, ["run", &format!("test/{test}")]);
        assert!(
            ran.code == 0 && ran.stdout.contains("ok"),
            "{template}: {}",
            ran.stderr
        );
        let readme = std::fs::read_to_string(project.join("README.md")).expect("a README");
        assert!(
            readme.starts_with(&format!("# {template}\n")) && !readme.contains("{{"),
            "{readme}"
        );
        let server = Server::start(&project, &["--env", "NAME=Ada"], ".");
        server
            .ask(&get("/?name=Grace"))
            .is(200, r#"{"message":"Hello, Grace!"}"#);
        server.ask(&get("/nothing")).is(404, r#"{"error":"not found"}"#);
    }
    holm(here.path(), ["new", "ts"]).fails(2, "ts is there already");
    for name in ["../up", "", "Upper", "a b", ".hidden"] {
        holm(here.path(), ["new", name]).fails(2, "is no name for a project");
    }
}
