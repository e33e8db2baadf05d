//! What is compared: each approach under the name that people know it by, and how often it is executed.

/// An approach.
pub struct Row {
    /// By `benches/peers/approaches.mjs`, or `holm-library`.
    pub name: &'static str,
    /// What tables call it.
    pub title: &'static str,
    /// Executions, one after another and then again eight at once.
    pub count: u32,
    /// Time between executions, for what is kept ready to be made ready again. It is in no time.
    pub pause_ms: u32,
    /// Needs an engine of containers.
    pub docker: bool,
    /// Is the product.
    pub holm: bool,
}

const fn row(name: &'static str, title: &'static str) -> Row {
    Row {
        name,
        title,
        count: 1_000,
        pause_ms: 0,
        docker: false,
        holm: false,
    }
}

const fn holm(name: &'static str, title: &'static str) -> Row {
    Row {
        holm: true,
        ..row(name, title)
    }
}

const fn container(row: Row, count: u32) -> Row {
    Row {
        docker: true,
        count,
        ..row
    }
}

/// All of them. Those whose execution takes most of a second take fewer.
pub const ROWS: &[Row] = &[
    row("spawn", "spawn node"),
    row("spawn-patch", "spawn node with a require patch"),
    row("spawn-proxy", "spawn node with HTTP_PROXY set"),
    row("worker-threads", "worker_threads"),
    row("vm2", "vm2"),
    row("isolated-vm", "isolated-vm, new isolate"),
    row("isolated-vm-reused", "isolated-vm, isolate reused"),
    row("isolated-vm-served", "isolated-vm, new isolate, behind HTTP"),
    row("quickjs", "quickjs-emscripten"),
    row("quickjs-served", "quickjs-emscripten, behind HTTP"),
    row("workerd", "workerd's worker loader"),
    container(row("docker", "plain Docker, one container each"), 60),
    holm("holm-library", "holm wasm, one-off source, as a library"),
    holm("holm", "holm wasm, one-off source, over HTTP"),
    holm("holm-deployed", "holm wasm, deployed function"),
    Row {
        pause_ms: 600,
        ..container(holm("holm-docker-pool", "holm docker, pool of 8, paced"), 60)
    },
    container(holm("holm-docker-cold", "holm docker, cold"), 60),
];

/// Programs that want out, by the file in `benches/peers/programs`, and what tables call them.
pub const PROGRAMS: &[(&str, &str)] = &[
    ("proxy", "delete proxy env"),
    ("native", "native sockets below a patch"),
    ("child", "child process"),
    ("file", "file read outside"),
    ("loop", "infinite loop"),
    ("later-loop", "infinite loop after an await"),
    ("balloon", "memory balloon"),
    ("forks", "fork bomb"),
    ("prototype", "prototype escape"),
];
