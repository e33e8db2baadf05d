//! Which backend runs a program, and why: decided from its modules before it runs, so that equal programs are always
//! run in the same way.
//!
//! A program's own import of what only full Node has is taken at its word. Packages import more than they use, so
//! what they import counts unless the package is known to run without it ([`WITHOUT`]).

use std::fmt;

use holm_core::Program;

/// What a caller asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// wasm where the program can run there, else docker.
    #[default]
    Auto,
    /// In a WebAssembly instance.
    Wasm,
    /// In a container.
    Docker,
}

/// A backend, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackendKind {
    /// A WebAssembly instance.
    Wasm,
    /// A container with full Node.
    Docker,
}

impl BackendKind {
    /// One word, stable.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wasm => "wasm",
            Self::Docker => "docker",
        }
    }
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub backend: BackendKind,
    /// A sentence: why.
    pub why: String,
    /// The import that only full Node can serve, if there is one.
    pub import: Option<Import>,
}

/// An import that only full Node can serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The file that has it, by its place in the program.
    pub file: String,
    /// What it imports.
    pub module: &'static str,
}

/// Whether containers can be run here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Containers {
    /// They can.
    Ready,
    /// They cannot, and why, as a clause: "there is no Docker on this machine".
    Absent(String),
}

/// The backend that is asked for, or needed, is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{need}, and that needs a container, but {reason}")]
pub struct NoBackend {
    /// What needs it, as a clause.
    pub need: String,
    /// The import that needs it; `None` where the caller asked for a container.
    pub import: Option<Import>,
    /// Why it is not there, as a clause.
    pub reason: String,
}

/// What only full Node has: modules that throw when they are used in an instance.
pub const NODE_ONLY: &[&str] = &[
    "node:child_process",
    "node:cluster",
    "node:dgram",
    "node:dns",
    "node:dns/promises",
    "node:http2",
    "node:inspector",
    "node:inspector/promises",
    "node:net",
    "node:repl",
    "node:tls",
    "node:worker_threads",
];

/// Packages that import such modules for cases that do not come in an instance; the npm suite runs those that are
/// of its own, and the rest are parts of them.
pub const WITHOUT: &[&str] = &[
    "agent-base",
    "axios",
    "cheerio",
    "express",
    "fastify",
    "finalhandler",
    "follow-redirects",
    "got",
    "http-proxy-agent",
    "https-proxy-agent",
    "koa",
    "light-my-request",
    "node-fetch",
    "on-finished",
    "pino",
    "thread-stream",
    "undici",
    "winston",
];

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} imports {}", self.file, self.module)
    }
}

/// Chooses.
///
/// # Errors
/// What is needed is not there.
pub fn choose(program: &Program, mode: Mode, containers: &Containers) -> Result<Choice, NoBackend> {
    let import = need(program);
    let chosen = |backend, why: String, import| Choice { backend, why, import };
    let (need, why) = match (mode, &import) {
        (Mode::Wasm, None) => {
            return Ok(chosen(
                BackendKind::Wasm,
                "mode `wasm` was asked for".into(),
                None,
            ));
        }
        (Mode::Wasm, Some(need)) => {
            let why = format!("mode `wasm` was asked for; {need}, which throws there when it is used");
            return Ok(chosen(BackendKind::Wasm, why, import));
        }
        (Mode::Auto, None) => {
            let why = "everything that it imports runs in a WebAssembly instance".into();
            return Ok(chosen(BackendKind::Wasm, why, None));
        }
        (Mode::Auto, Some(need)) => (need.to_string(), format!("{need}, which only full Node has")),
        (Mode::Docker, _) => (
            "mode `docker` was asked for".into(),
            "mode `docker` was asked for".into(),
        ),
    };
    match containers {
        Containers::Ready => Ok(chosen(BackendKind::Docker, why, import)),
        Containers::Absent(reason) => Err(NoBackend {
            need,
            import,
            reason: reason.clone(),
        }),
    }
}

/// The first import, by path, that an instance cannot serve; the program's own before those of packages.
fn need(program: &Program) -> Option<Import> {
    let needs = program.modules.iter().filter_map(|(path, module)| {
        let package = package(path);
        if package.is_some_and(|name| WITHOUT.contains(&name)) {
            return None;
        }
        let builtin = module
            .links
            .values()
            .find_map(|target| NODE_ONLY.iter().find(|name| **name == target.as_str()))?;
        let import = Import {
            file: path.strip_prefix("/bundle/").unwrap_or(path).to_owned(),
            module: builtin,
        };
        Some((package.is_some(), import))
    });
    needs
        .min_by_key(|(is_package, _)| *is_package)
        .map(|(_, import)| import)
}

/// The package that a module is of; `None` for the program's own.
fn package(path: &str) -> Option<&str> {
    let (_, inside) = path.rsplit_once("/node_modules/")?;
    let parts = if inside.starts_with('@') { 2 } else { 1 };
    let end = inside
        .match_indices('/')
        .nth(parts - 1)
        .map_or(inside.len(), |(at, _)| at);
    inside.get(..end)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use holm_core::{Module, ModuleFormat};

    use super::*;

    fn program(modules: &[(&str, &[&str])]) -> Program {
        let modules = modules.iter().map(|(path, imports)| {
            let links = imports
                .iter()
                .map(|name| ((*name).to_owned(), (*name).to_owned()));
            let module = Module {
                format: ModuleFormat::Esm,
                source: Bytes::new(),
                links: links.collect(),
                exports: Vec::new(),
            };
            (format!("/bundle/{path}"), module)
        });
        Program {
            entry: "/bundle/main.js".into(),
            modules: modules.collect::<BTreeMap<_, _>>(),
            ..Program::default()
        }
    }

    #[test]
    fn a_table_of_programs() {
        use BackendKind::{Docker, Wasm};
        type Row<'a> = (&'a [(&'a str, &'a [&'a str])], Mode, BackendKind, &'a str);
        let rows: &[Row<'_>] = &[
            (
                &[("main.js", &[])],
                Mode::Auto,
                Wasm,
                "everything that it imports",
            ),
            (
                &[("main.js", &["node:fs", "node:http", "node:zlib"])],
                Mode::Auto,
                Wasm,
                "everything",
            ),
            (
                &[("main.js", &["node:child_process"])],
                Mode::Auto,
                Docker,
                "main.js imports node:child_process",
            ),
            (
                &[("main.js", &[]), ("lib/a.js", &["node:net"])],
                Mode::Auto,
                Docker,
                "lib/a.js imports node:net",
            ),
            (
                &[("main.js", &[]), ("node_modules/pg/lib/c.js", &["node:tls"])],
                Mode::Auto,
                Docker,
                "node_modules/pg/lib/c.js imports node:tls",
            ),
            (
                &[("main.js", &[]), ("node_modules/@a/b/c.js", &["node:dns"])],
                Mode::Auto,
                Docker,
                "node:dns",
            ),
            // A package that runs without it; but not what the program itself does beside it.
            (
                &[
                    ("main.js", &[]),
                    ("node_modules/axios/dist/a.cjs", &["node:http2"]),
                ],
                Mode::Auto,
                Wasm,
                "everything",
            ),
            (
                &[
                    ("main.js", &["node:worker_threads"]),
                    ("node_modules/axios/a.cjs", &["node:http2"]),
                ],
                Mode::Auto,
                Docker,
                "main.js imports node:worker_threads",
            ),
            // Of several, the program's own is named.
            (
                &[("zz.js", &["node:repl"]), ("node_modules/x/a.js", &["node:net"])],
                Mode::Auto,
                Docker,
                "zz.js imports node:repl",
            ),
            (
                &[("main.js", &["node:net"])],
                Mode::Wasm,
                Wasm,
                "throws there when it is used",
            ),
            (
                &[("main.js", &[])],
                Mode::Docker,
                Docker,
                "mode `docker` was asked for",
            ),
        ];
        for (modules, mode, backend, why) in rows {
            let choice = choose(&program(modules), *mode, &Containers::Ready).expect("containers are there");
            assert_eq!(choice.backend, *backend, "{modules:?} {mode:?}");
            assert!(choice.why.contains(why), "{modules:?} {mode:?}: {}", choice.why);
        }
    }

    #[test]
    fn without_containers_what_needs_one_is_refused_and_named() {
        let absent = Containers::Absent("there is no Docker on this machine".into());
        let error =
            choose(&program(&[("main.js", &["node:net"])]), Mode::Auto, &absent).expect_err("refused");
        assert_eq!(
            error.to_string(),
            "main.js imports node:net, and that needs a container, but there is no Docker on this machine"
        );
        choose(&program(&[("main.js", &[])]), Mode::Docker, &absent).expect_err("refused");
        choose(&program(&[("main.js", &[])]), Mode::Auto, &absent).expect("wasm does not need it");
    }
}
