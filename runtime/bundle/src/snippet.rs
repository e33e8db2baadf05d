//! A program that is one piece of source, without a file: what is sent to be executed once.
//!
//! It can have built-in modules, and no others. Nothing is read from the disk.

use std::collections::BTreeMap;
use std::path::PathBuf;

use holm_core::{Module, ModuleFormat, Program};

use crate::{
    BundleError, Place,
    files::Files,
    load::too_large,
    parse::{STACK_BYTES, parse},
    resolve::{Resolver, Target},
};

/// What messages and stacks call it.
const NAME: &str = "snippet.js";

/// Where it seems to lie; the resolver sees a closed folder without files.
const FOLDER: &str = "/bundle";

/// The program of one piece of JavaScript. With `import` or `export`, or an `await` at its top, it is an ES module; else a script,
/// whose value is that of its last expression.
///
/// # Errors
/// When it cannot be parsed, imports what is not built in, or is over `source_bytes_max`. Never panics.
pub fn snippet(code: &str, source_bytes_max: u64) -> Result<Program, BundleError> {
    if code.len() as u64 > source_bytes_max {
        return Err(too_large(
            source_bytes_max,
            vec![(NAME.into(), code.len() as u64)],
        ));
    }
    // On a stack of its own and not on a thread of its own, as files are: this is done for each execution, and to start
    // a thread and wait for it takes longer than to parse.
    let parsed = std::panic::catch_unwind(|| stacker::grow(STACK_BYTES, || snippet_here(code)));
    parsed.unwrap_or_else(|_| Err(BundleError::Internal { path: NAME.into() }))
}

fn snippet_here(code: &str) -> Result<Program, BundleError> {
    let code = code.strip_prefix('\u{feff}').unwrap_or(code);
    let place = |start, end| Box::new(Place::new(NAME, code, start, end));
    let parsed = parse(code, None).map_err(|error| BundleError::Syntax {
        place: place(error.start, error.end),
        message: error.message,
        help: error.help,
    })?;
    let mut links = BTreeMap::new();
    let importer = PathBuf::from(FOLDER).join(NAME);
    let mut resolver = None;
    for request in &parsed.findings.requests {
        let resolver =
            resolver.get_or_insert_with(|| Resolver::new(&Files::new(Some(PathBuf::from(FOLDER)))));
        match resolver.resolve(&importer, &request.specifier, request.kind) {
            Ok(Target::Builtin(name)) => {
                links.insert(request.specifier.clone(), name);
            }
            _ if request.guarded => {}
            _ => {
                return Err(BundleError::Unresolved {
                    place: place(request.start, request.end),
                    specifier: request.specifier.clone(),
                    reason: "source without files has the built-in modules only".into(),
                    help: Some("send the files that it needs with it".into()),
                });
            }
        }
    }
    let format = match parsed.format {
        ModuleFormat::CommonJs => ModuleFormat::Script,
        format => format,
    };
    let entry = format!("{FOLDER}/{NAME}");
    let module = Module {
        format,
        source: code.to_owned().into(),
        links,
        exports: Vec::new(),
    };
    Ok(Program {
        modules: BTreeMap::from([(entry.clone(), module)]),
        entry,
        ..Program::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(code: &str) -> ModuleFormat {
        let program = snippet(code, 1000).expect("a program");
        program.modules[&program.entry].format
    }

    #[test]
    fn syntax_decides_what_a_snippet_is() {
        assert_eq!(format("1 + 1"), ModuleFormat::Script);
        assert_eq!(format("const fs = require('fs'); fs.sep"), ModuleFormat::Script);
        assert_eq!(format("export default 1"), ModuleFormat::Esm);
        assert_eq!(format("await Promise.resolve(1)"), ModuleFormat::Esm);
        assert_eq!(format("import os from 'os'; os.EOL"), ModuleFormat::Esm);
    }

    #[test]
    fn built_in_modules_are_linked_and_others_are_refused() {
        let program =
            snippet("import os from 'os'; export default require('node:fs')", 1000).expect("a program");
        let links = &program.modules[&program.entry].links;
        assert_eq!(links.get("os").map(String::as_str), Some("node:os"));
        for code in [
            "import 'lodash'",
            "require('./a.js')",
            "import '/etc/passwd'",
            "import '../x.js'",
        ] {
            let error = snippet(code, 1000).expect_err("refused").report();
            assert!(error.contains("built-in modules only"), "{error}");
            assert!(error.contains("snippet.js:1:"), "{error}");
        }
        snippet("try { require('lodash') } catch {}", 1000).expect("guarded");
    }

    #[test]
    fn what_is_no_program_is_refused_with_its_place() {
        let error = snippet("let x = ;", 1000).expect_err("refused").report();
        assert!(error.contains("snippet.js:1:9"), "{error}");
        let error = snippet(&" ".repeat(1001), 1000).expect_err("refused").to_string();
        assert!(error.contains("source_bytes"), "{error}");
        let deep = "(".repeat(100_000);
        snippet(&deep, 1 << 20).expect_err("refused");
    }

    #[test]
    fn nothing_of_the_disk_is_seen() {
        let error = snippet("import './Cargo.toml'", 1000).expect_err("refused");
        assert!(!error.report().contains("did you mean"), "{}", error.report());
        assert!(!PathBuf::from(FOLDER).join(NAME).exists());
    }
}
