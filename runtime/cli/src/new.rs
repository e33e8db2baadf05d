//! `holm new`: a project to start from. Its files are part of the binary; nothing is fetched.

use std::path::Path;

use clap::ValueEnum;

use crate::args::NewArguments;
use crate::output::{Problem, visible};

/// What to start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// A handler in TypeScript
    #[default]
    Ts,
    /// A handler in JavaScript, its types checked by comments
    Js,
    /// An application with Hono, with a page in JSX
    Hono,
    /// A server of node:http, as it runs in Node
    NodeHttp,
}

/// A file: its path in the project, what it is for (where that needs saying), and its text.
type File = (&'static str, &'static str, &'static str);

const TYPES: File = (
    "holm.d.ts",
    "The types of what holm calls and gives",
    include_str!("../../../guest/types/holm.d.ts"),
);

macro_rules! file {
    ($template:literal, $path:literal, $purpose:literal) => {
        (
            $path,
            $purpose,
            include_str!(concat!("../templates/", $template, "/", $path)),
        )
    };
}

const TS: &[File] = &[
    file!("ts", "src/index.ts", "The handler"),
    file!("ts", "src/greeting.ts", "A module of it"),
    file!("ts", "test/index.ts", "The test"),
    file!("ts", "package.json", ""),
    file!("ts", "tsconfig.json", ""),
    TYPES,
];
const JS: &[File] = &[
    file!("js", "src/index.js", "The handler"),
    file!("js", "src/greeting.js", "A module of it"),
    file!("js", "test/index.js", "The test"),
    file!("js", "package.json", ""),
    file!("js", "tsconfig.json", ""),
    TYPES,
];
const HONO: &[File] = &[
    file!("hono", "src/index.tsx", "The application"),
    file!("hono", "src/page.tsx", "A page"),
    file!("hono", "test/index.ts", "The test"),
    file!("hono", "package.json", ""),
    file!("hono", "tsconfig.json", ""),
    TYPES,
];
const NODE_HTTP: &[File] = &[
    file!("node-http", "src/server.ts", "The server"),
    file!("node-http", "src/route.ts", "What it answers"),
    file!("node-http", "test/index.ts", "The test"),
    file!("node-http", "package.json", ""),
    file!("node-http", "tsconfig.json", ""),
];

impl Template {
    fn files(self) -> &'static [File] {
        match self {
            Self::Ts => TS,
            Self::Js => JS,
            Self::Hono => HONO,
            Self::NodeHttp => NODE_HTTP,
        }
    }

    /// How a request gets to it, for the README.
    fn handler(self) -> &'static str {
        match self {
            Self::NodeHttp => {
                "What the server answers is what the function answers: `listen` opens no port in holm, and the same file runs in Node."
            }
            Self::Hono => "The application is the default export, and `fetch` of it answers a request.",
            Self::Ts | Self::Js => {
                "`export default { fetch(request, env, ctx) }` answers a request; `holm.d.ts` describes its arguments."
            }
        }
    }

    /// Whether it imports packages.
    fn installs(self) -> bool {
        self == Self::Hono
    }
}

/// Writes the project; the answer is the exit code.
///
/// # Errors
/// The name is no name of a package, or something is in the way.
pub fn new(arguments: &NewArguments) -> Result<u8, Problem> {
    let name = arguments.name.as_str();
    let valid = name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.len() <= 100
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
    if !valid {
        return Err(Problem::usage(format!(
            "`{}` is no name for a project: it is made of a-z, 0-9, - and _, begins with a letter or digit, and has 100 characters at most",
            visible(name)
        )));
    }
    let folder = Path::new(name);
    if folder.symlink_metadata().is_ok() {
        return Err(Problem::usage(format!(
            "{name} is there already; take another name, or remove it"
        )));
    }
    let files = arguments.template.files();
    let table: String = files
        .iter()
        .filter(|(_, purpose, _)| !purpose.is_empty())
        .map(|(path, purpose, _)| format!("| `{path}` | {purpose} |\n"))
        .collect();
    let install = if arguments.template.installs() {
        "npm install\n"
    } else {
        ""
    };
    let readme = include_str!("../templates/README.md")
        .replace("{{install}}", install)
        .replace("{{files}}\n", &format!("{table}\n"))
        .replace("{{handler}}", arguments.template.handler());
    let ignored = include_str!("../templates/gitignore");
    let texts = files.iter().map(|(path, _, text)| (*path, *text));
    for (path, text) in texts.chain([("README.md", readme.as_str()), (".gitignore", ignored)]) {
        write(&folder.join(path), &text.replace("{{name}}", name))?;
    }
    say(name, arguments.template);
    Ok(0)
}

fn write(path: &Path, text: &str) -> Result<(), Problem> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|error| Problem::usage(format!("{} cannot be written: {error}", path.display())))
}

#[expect(clippy::print_stdout, reason = "it is what the command has to say")]
fn say(name: &str, template: Template) {
    let install = if template.installs() {
        "  npm install\n"
    } else {
        ""
    };
    println!("{name} is there. Next:\n\n  cd {name}\n{install}  holm serve . --watch");
}
