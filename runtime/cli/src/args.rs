//! What can be typed: the first of two stages, which fails only for reasons that lie in the text. What it means is
//! worked out in `config`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use holm_executor::Mode;
use holm_server::Trust;
use holm_wasm::MemoryKind;

use crate::exit;
use crate::new::Template;

/// Runs JavaScript that other people wrote: each run in an instance of its own, bounded, recorded, replayable
#[derive(Debug, Parser)]
#[command(
    name = "holm",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
#[command(after_help = "\
Examples:
  holm run hello.js                      run a script or module to its end
  holm run --record r.holm app.mjs       … and write down all that it was given
  holm replay r.holm                     … to run it again, the same, without network and files
  holm exec -e '[1, 2].map((n) => n + 1)'  execute code once, and print its value
  holm explain app.mjs                   in what it would run, and why
  holm serve examples/                   each module in the folder answers at /NAME
  holm new hello                         a project to start from
  holm build app.ts                      one file that runs elsewhere: app.archive
  holm doctor                            what this machine has and lacks

Each command tells more: holm run --help")]
pub struct Arguments {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs a script or module to its end: its output, its exit code
    Run(RunArguments),
    /// Runs a journal again: the same program, given the same, prints the same
    Replay(ReplayArguments),
    /// Executes code once: its output, and its value as JSON
    Exec(ExecArguments),
    /// Says in what a program would run, WebAssembly or a container, and why
    Explain(ExplainArguments),
    /// Answers HTTP with functions: each request in a fresh instance
    Serve(ServeArguments),
    /// Writes a project to start from, with types, a test and a README
    New(NewArguments),
    /// Writes a program into one file, which runs elsewhere, and says what is in it
    Build(BuildArguments),
    /// Says what this machine has and lacks, and runs a self-test
    Doctor(DoctorArguments),
    /// For holm itself: reads a program that a stranger sent
    #[command(name = crate::apart::COMMAND, hide = true)]
    ReadApart,
}

/// `holm run`
#[derive(Debug, Args)]
#[command(override_usage = "holm run [OPTIONS] FILE [-- ARGUMENTS…]")]
#[command(after_help = run_help())]
pub struct RunArguments {
    /// The program: a file .js, .mjs, .cjs, .ts, .mts, .cts, .tsx or .jsx, or a folder with an index.js, an index.ts or a package.json
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// What the program finds in process.argv
    #[arg(value_name = "ARGUMENTS", last = true)]
    pub arguments: Vec<String>,

    /// Write the journal of the run to this file: code, input, network, everything; `holm replay` takes it
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,

    /// Print how it ended as one JSON object, with its output inside
    #[arg(long)]
    pub json: bool,

    /// What the program may reach and use
    #[command(flatten)]
    pub bounds: Bounds,

    /// What it runs in
    #[command(flatten)]
    pub machine: Machine,
}

/// `holm replay`
#[derive(Debug, Args)]
#[command(after_help = replay_help())]
pub struct ReplayArguments {
    /// A journal: what `holm run --record` or `holm serve --record-dir` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Print what came of it as one JSON object, with the output inside
    #[arg(long)]
    pub json: bool,

    /// What it runs in
    #[command(flatten)]
    pub machine: Machine,
}

/// `holm exec`
#[derive(Debug, Args)]
#[command(override_usage = "holm exec [OPTIONS] [FILE] [-- ARGUMENTS…]")]
#[command(after_help = exec_help())]
pub struct ExecArguments {
    /// The program, as for `holm run`. Without it, and without -e, the code is read from standard input
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// The code itself: with `import`, `export` or an `await` at its top an ES module, else a script
    #[arg(short, long, value_name = "CODE", conflicts_with = "file")]
    pub eval: Option<String>,

    /// What the program finds in process.argv
    #[arg(value_name = "ARGUMENTS", last = true)]
    pub arguments: Vec<String>,

    /// What the default export is called with, where it is a function; in a script the global `input`
    #[arg(long, value_name = "JSON")]
    pub input: Option<String>,

    /// In what it runs: wasm, docker, or auto, which takes docker for what wasm cannot run
    #[arg(long, value_name = "MODE", default_value = "auto", hide_possible_values = true, value_parser = mode())]
    pub mode: Mode,

    /// Whose code it is: untrusted or trusted, as of the API; how high limits may be
    #[arg(long, value_name = "WHOSE", default_value = "untrusted", hide_possible_values = true, value_parser = trust())]
    pub trust: Trust,

    /// Write the journal to this file: code, input, network, everything; `holm replay` takes it
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,

    /// Print one JSON object: the one that POST /v1/executions answers with
    #[arg(long)]
    pub json: bool,

    /// What the program may reach and use
    #[command(flatten)]
    pub bounds: Bounds,

    /// What it runs in
    #[command(flatten)]
    pub machine: Machine,
}

/// `holm explain`
#[derive(Debug, Args)]
#[command(after_help = EXPLAIN_HELP)]
pub struct ExplainArguments {
    /// The program, as for `holm run`
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// What is asked for: auto, wasm or docker
    #[arg(long, value_name = "MODE", default_value = "auto", hide_possible_values = true, value_parser = mode())]
    pub mode: Mode,

    /// Print the answer as one JSON object
    #[arg(long)]
    pub json: bool,

    /// The limit source_bytes, as source_bytes=N
    #[arg(long, value_name = "NAME=VALUE")]
    pub limit: Vec<String>,
}

/// `holm serve`
#[derive(Debug, Args)]
#[command(after_help = SERVE_HELP)]
pub struct ServeArguments {
    /// A module with a handler, which answers at every path; or a folder, each of whose modules answers at /NAME
    #[arg(value_name = "FILE|FOLDER")]
    pub source: PathBuf,

    /// Where to listen: address and port; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,

    /// Also take code to be executed, at this address: POST /v1/executions. Who reaches it runs code here, so keep it
    /// from strangers; GET /v1/openapi.json describes it
    #[arg(long, value_name = "ADDRESS")]
    pub api: Option<String>,

    /// Rules that are sent with code may reach private addresses, too: this machine and its network
    #[arg(long, requires = "api")]
    pub api_allow_private: bool,

    /// What code runs in that needs full Node
    #[command(flatten)]
    pub containers: ContainerArguments,

    /// Load functions again when their files change; a version that does not load leaves the old one in place
    #[arg(long)]
    pub watch: bool,

    /// Answers say what went wrong inside of functions, with stacks: for your own machine, not for strangers
    #[arg(long)]
    pub dev: bool,

    /// Write the journal of each request to this folder, as ID.holm; the ID is what x-request-id says
    #[arg(long, value_name = "FOLDER")]
    pub record_dir: Option<PathBuf>,

    /// Threads that serve [default: one for each core]
    #[arg(long, value_name = "N")]
    pub workers: Option<usize>,

    /// What the functions may reach and use
    #[command(flatten)]
    pub bounds: Bounds,

    /// What they run in
    #[command(flatten)]
    pub machine: Machine,
}

/// Containers, for code that needs full Node.
#[derive(Clone, Debug, Default, Args)]
pub struct ContainerArguments {
    /// Run code that needs full Node in containers, by the engine at this Unix socket, such as /var/run/docker.sock
    #[arg(long, value_name = "SOCKET", help_heading = "Containers")]
    pub docker: Option<PathBuf>,

    /// The image; deploy/node-image/build.sh makes it [default: holm-node:local]
    #[arg(long, value_name = "IMAGE", help_heading = "Containers")]
    pub docker_image: Option<String>,

    /// A runtime that the engine knows: runc, crun, runsc [default: the engine's own]
    #[arg(long, value_name = "NAME", help_heading = "Containers")]
    pub docker_runtime: Option<String>,

    /// Containers that are started ahead; 0 starts one for each execution [default: 2]
    #[arg(long, value_name = "N", help_heading = "Containers")]
    pub docker_pool: Option<usize>,

    /// How long code waits for one of them before it is refused as busy, milliseconds [default: 2000]
    #[arg(long, value_name = "N", help_heading = "Containers")]
    pub docker_wait_ms: Option<u64>,

    /// Names this holm among those that use the same engine: what it left behind is found by it [default: holm]
    #[arg(long, value_name = "NAME", help_heading = "Containers")]
    pub docker_node: Option<String>,

    /// A folder for sockets and programs, of this holm alone; its path is short [default: /run/holm]
    #[arg(long, value_name = "FOLDER", help_heading = "Containers")]
    pub docker_state: Option<PathBuf>,
}

/// `holm new`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holm new hello                         a handler in TypeScript, in the folder hello
  holm new site --template hono          an application with Hono
  cd hello && holm serve . --watch")]
pub struct NewArguments {
    /// Its name, and the folder that is made: a-z, 0-9, - and _
    #[arg(value_name = "NAME")]
    pub name: String,

    /// What to start from
    #[arg(long, value_enum, default_value_t)]
    pub template: Template,
}

/// `holm build`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holm build src/main.ts                 writes main.archive
  holm build . -o app.archive            a folder with a package.json
  holm run app.archive
  holm serve app.archive

The archive holds all that the program imports. The same files give the same bytes on every machine.")]
pub struct BuildArguments {
    /// The program: a file or a folder, as for `holm run`
    #[arg(value_name = "FILE|FOLDER")]
    pub source: PathBuf,

    /// Where to write it [default: NAME.archive in the current folder]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// The limit source_bytes, as source_bytes=N
    #[arg(long, value_name = "NAME=VALUE")]
    pub limit: Vec<String>,
}

/// `holm doctor`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holm doctor                            a table; what is wrong comes with what to do
  holm doctor --json                     the same for programs

The exit code is 0 when functions can run here, else 125.")]
pub struct DoctorArguments {
    /// Print the findings as one JSON object
    #[arg(long)]
    pub json: bool,

    /// The address that `holm serve` would listen at
    #[arg(long, value_name = "ADDRESS", default_value = crate::serve::LISTEN)]
    pub listen: String,

    /// What code would run in that needs full Node
    #[command(flatten)]
    pub containers: ContainerArguments,

    /// What functions would run in
    #[command(flatten)]
    pub machine: Machine,
}

/// What instances are made in; no program can tell.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Machine {
    /// How an instance's memory is made: slots (Linux; fast) or portable (any system); programs run the same in
    /// both
    #[arg(long, value_name = "KIND", help_heading = "Configuration", hide_possible_values = true, value_parser = memory_kind())]
    pub memories: Option<MemoryKind>,
}

fn memory_kind() -> impl TypedValueParser<Value = MemoryKind> {
    PossibleValuesParser::new(MemoryKind::ALL.iter().map(|kind| kind.name()))
        .map(|name| MemoryKind::from_name(&name).expect("the parser lets through nothing else"))
}

fn mode() -> impl TypedValueParser<Value = Mode> {
    PossibleValuesParser::new(["auto", "wasm", "docker"]).map(|name| match name.as_str() {
        "wasm" => Mode::Wasm,
        "docker" => Mode::Docker,
        _ => Mode::Auto,
    })
}

fn trust() -> impl TypedValueParser<Value = Trust> {
    PossibleValuesParser::new(["untrusted", "trusted"]).map(|name| match name.as_str() {
        "trusted" => Trust::Trusted,
        _ => Trust::Untrusted,
    })
}

/// What a program may reach and use; the same for `run`, `exec` and `serve`.
#[derive(Clone, Debug, Default, Args)]
pub struct Bounds {
    /// Rules of the network policy; the help is apart, because rustdoc takes its brackets for links.
    #[arg(
        long,
        value_name = "RULE",
        help_heading = "Network and files",
        help = "Allow requests to these URLs: [private] [METHOD,…] scheme://host[:port][/path[/*]]; may be repeated. \
                Without a rule nothing can be reached"
    )]
    pub allow: Vec<String>,

    /// The rules of --allow reach private addresses, too: this machine and its network
    #[arg(long, help_heading = "Network and files", requires = "allow")]
    pub allow_private: bool,

    /// A folder that the program sees, as HOST:GUEST or HOST:GUEST:ro; may be repeated. An empty /tmp of its own
    /// is always there
    #[arg(long, value_name = "HOST:GUEST[:ro]", help_heading = "Network and files")]
    pub dir: Vec<String>,

    /// A variable of process.env; NAME alone takes the value it has here. May be repeated
    #[arg(long, value_name = "NAME[=VALUE]", help_heading = "Network and files")]
    pub env: Vec<String>,

    /// CPU time, milliseconds: the same as --limit cpu_ms=N
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub cpu_ms: Option<u64>,

    /// Time from start to end, milliseconds: the same as --limit wall_ms=N
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub wall_ms: Option<u64>,

    /// Memory, MiB: the same as --limit memory_bytes=NMiB
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub memory_mib: Option<u64>,

    /// Any limit by its name, such as subrequests=10, log_bytes=1MiB or fetch_timeout_ms=2s; may be repeated
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Limits")]
    pub limit: Vec<String>,

    /// The configuration; without it, holm.toml beside FILE or in FOLDER, if there is one
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    pub config: Option<PathBuf>,
}

fn run_help() -> String {
    format!(
        "\
Examples:
  holm run hello.js
  holm run app.mjs -- --verbose input.txt
  holm run --allow 'https://api.example.com/v1/*' fetch.mjs
  holm run --dir ./data:/data:ro --env TOKEN report.mjs
  holm run --cpu-ms 100 --memory-mib 32 untrusted.js
  holm run --record r.holm app.mjs && holm replay r.holm
  holm run --json app.mjs | jq .outcome

Exit codes:
{}",
        exit::TABLE
    )
}

fn replay_help() -> String {
    format!(
        "\
Examples:
  holm run --record r.holm app.mjs
  holm replay r.holm                     the same output again, the same exit code
  holm replay r.holm --json              … and whether it was the same, for programs
  holm replay journals/1f0c….holm        a request that `holm serve --record-dir journals` answered

A replay opens no connection and reads no file but the journal. A program that ended with an exit code of
its own ends with it again. Where it takes another course, the first difference is shown.

Exit codes:
{}",
        exit::TABLE
    )
}

fn exec_help() -> String {
    format!(
        "\
Examples:
  holm exec -e '({{ a: 1 }})'                                       prints {{\"a\":1}}
  holm exec -e 'export default ({{ a, b }}) => a + b' --input '{{\"a\":1,\"b\":2}}'
  holm exec price.mjs --input '{{\"id\":7}}' --allow 'GET https://api.example.com/*'
  generate | holm exec --cpu-ms 100 --json | jq .outcome
  holm exec --mode docker build.mjs -- --verbose

The value is the default export, or what it returns when it is a function; of a script, its last expression. It
is printed as a line of JSON after the program's own output, if there is one.

Exit codes:
{}",
        exit::TABLE
    )
}

const EXPLAIN_HELP: &str = "\
Examples:
  holm explain app.mjs                   wasm: everything that it imports runs in a WebAssembly instance
  holm explain server.js --json

The exit code is 0 when it could run here, else 120.";

const SERVE_HELP: &str = "\
Examples:
  holm serve hello.js                    one function, at every path
  holm serve examples/ --watch           a folder; a page at / lists its functions
  holm serve --listen 0.0.0.0:8080 --workers 4 functions/
  holm serve --allow 'https://api.example.com/*' --env TOKEN functions/
  holm serve --record-dir journals functions/

A function is a module with a handler:
  export default { async fetch(request, env, ctx) { return new Response('hello') } }

Settings can be in holm.toml, for all functions and for each; what is typed wins:
  [server]
  listen = \"127.0.0.1:8080\"
  [limits]
  cpu_ms = 200
  [functions.report]
  allow = [\"https://api.example.com/v1/*\"]
  env = { TOKEN = \"…\" }

SIGTERM and Ctrl-C end it in good order: no new connections, requests under way are finished. A second
signal ends it at once.";
