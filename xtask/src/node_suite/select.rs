//! Which tests count, and for which module. docs/api-support.md states the same rule in words.
//!
//! A test belongs to a module by its name. It is selected unless its text shows that it needs what no program
//! in a WebAssembly instance can have (another process or thread, a socket or server of its own), what Node
//! does not offer to programs (internals, flags of the command line), or a module that is not measured here.

/// Whether a test counts.
#[derive(Debug, PartialEq, Eq)]
pub enum Decision {
    Selected,
    /// Why it does not.
    Not(String),
}

/// Modules, and how the names of their tests begin (after `test-`). The first that fits decides.
const MODULES: &[(&str, &[&str])] = &[
    ("assert", &["assert"]),
    (
        "async_hooks",
        &[
            "async-hooks",
            "async-local-storage",
            "asyncresource",
            "async-wrap",
        ],
    ),
    ("buffer", &["buffer", "blob", "file", "btoa-atob", "stringbytes"]),
    ("console", &["console"]),
    ("constants", &["constants", "binding-constants"]),
    ("crypto", &["crypto", "webcrypto"]),
    ("diagnostics_channel", &["diagnostics-channel"]),
    ("events", &["event-", "events", "eventtarget"]),
    ("fs", &["fs", "filehandle", "readfile"]),
    ("http", &["http"]),
    ("https", &["https"]),
    ("module", &["module", "require"]),
    ("os", &["os"]),
    ("path", &["path"]),
    (
        "perf_hooks",
        &["perf-hooks", "performance", "performanceobserver"],
    ),
    (
        "process",
        &["process", "next-tick", "promise", "promises", "unhandled"],
    ),
    ("punycode", &["punycode"]),
    ("querystring", &["querystring"]),
    ("readline", &["readline"]),
    (
        "stream",
        &[
            "stream",
            "streams",
            "stream2",
            "stream3",
            "readable",
            "stdout",
            "webstreams",
            "webstream",
        ],
    ),
    ("string_decoder", &["string-decoder"]),
    ("timers", &["timers", "timer"]),
    ("tty", &["tty"]),
    ("url", &["url", "whatwg-url"]),
    ("util", &["util", "mime", "parse-args", "styletext"]),
    ("v8", &["v8"]),
    ("vm", &["vm"]),
    ("zlib", &["zlib"]),
];

/// What a test may import: the modules above, what goes with them, and our own `common`.
const IMPORTS: &[&str] = &[
    "sys",
    "test",
    "assert/strict",
    "fs/promises",
    "path/posix",
    "path/win32",
    "readline/promises",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "timers/promises",
    "util/types",
];
const COMMON: &[&str] = &[
    "../common",
    "../common/",
    "../common/index",
    "../common/index.js",
    "../common/index.mjs",
    "../common/arraystream",
    "../common/countdown",
    "../common/crypto",
    "../common/fixtures",
    "../common/fixtures.js",
    "../common/fixtures.mjs",
    "../common/hijackstdio",
    "../common/tmpdir",
    "../common/tmpdir.js",
];

/// Text that shows a need which cannot be met, and the need.
const NEEDS: &[(&str, &str)] = &[
    ("// Flags:", "flags of Node's command line"),
    ("// Env:", "an environment variable of Node's"),
    ("internalBinding", "internals"),
    ("process.binding", "internals"),
    ("primordials", "internals"),
    ("child_process", "another process"),
    ("process.execPath", "another process"),
    ("spawnPromisified", "another process"),
    ("process.kill(", "signals"),
    ("worker_threads", "another thread"),
    ("new Worker(", "another thread"),
    ("SharedArrayBuffer", "memory shared with another thread"),
    ("createServer(", "a socket"),
    (".listen(", "a socket"),
    ("net.connect", "a socket"),
    ("createConnection", "a socket"),
    ("http.Server", "a socket"),
    ("common.PIPE", "a socket"),
    ("WebAssembly", "WebAssembly inside of it"),
    ("fs.watch", "watching files"),
    ("watchFile", "watching files"),
    ("Zstd", "zstd, which Node 20 does not have"),
    ("zstd", "zstd, which Node 20 does not have"),
    ("process.dlopen", "native add-ons"),
    ("process.report", "Node's diagnostic reports"),
    ("allow_natives_syntax", "syntax of V8's own"),
    ("GCProfiler", "V8's profiler"),
    ("startCpuProfile", "V8's profiler"),
    ("getHeapSnapshot", "the inspector of V8's heap"),
    ("queryObjects", "the inspector of V8's heap"),
    ("opensslCli", "the command of OpenSSL"),
    ("loadEnvFile", "an environment file of the machine"),
    (
        "common.isInsideDirWithUnusualChars",
        "the folder that Node was built in",
    ),
];

/// Whole groups that are about something else than the module in their name.
const GROUPS: &[(&str, &str)] = &[
    ("test-fs-watch", "watching files"),
    ("test-fs-promises-watch", "watching files"),
    (
        "test-module-loading-globalpaths",
        "the folder that Node was built in",
    ),
    ("test-require-long-path", "a path as long as the machine allows"),
    ("test-process-env-sideeffects", "the environment of the machine"),
];

/// Names of the modules that are measured.
pub fn modules() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|(module, _)| *module)
}

/// The module that a test file is about, or `None`.
pub fn module_of(name: &str) -> Option<&'static str> {
    let stem = name
        .strip_suffix(".js")
        .or_else(|| name.strip_suffix(".mjs"))?
        .strip_prefix("test-")?;
    MODULES
        .iter()
        .find(|(_, beginnings)| beginnings.iter().any(|beginning| begins(stem, beginning)))
        .map(|(module, _)| *module)
}

/// `fs` begins `fs-stat` and `fs`, and not `fsync`.
fn begins(stem: &str, beginning: &str) -> bool {
    stem.strip_prefix(beginning)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-') || beginning.ends_with('-'))
}

/// Whether a test with this text counts.
pub fn decide(name: &str, source: &str) -> Decision {
    let group = GROUPS.iter().find(|(group, _)| name.starts_with(group));
    if let Some((_, need)) = group {
        return Decision::Not((*need).to_owned());
    }
    if let Some((_, need)) = NEEDS.iter().find(|(text, _)| source.contains(text)) {
        return Decision::Not((*need).to_owned());
    }
    match specifiers(source).find(|specifier| !may_import(specifier)) {
        Some(specifier) => Decision::Not(format!("it imports {specifier}")),
        None => Decision::Selected,
    }
}

fn may_import(specifier: &str) -> bool {
    if specifier.starts_with("../common") {
        return COMMON.contains(&specifier);
    }
    if specifier.starts_with('.') || specifier.starts_with('/') {
        return true;
    }
    let bare = specifier.strip_prefix("node:").unwrap_or(specifier);
    modules()
        .chain(IMPORTS.iter().copied())
        .any(|known| known == bare)
}

/// What is between quotes after `require(`, `import(` or `from`, as far as it looks like a module's name. Words
/// in a comment or a text may be among them: a test too few is better than one that cannot run.
fn specifiers(source: &str) -> impl Iterator<Item = &str> {
    ["require(", "import(", "from ", "import "]
        .into_iter()
        .flat_map(|before| {
            source.split(before).skip(1).filter_map(|rest| {
                let quote = rest.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
                let (specifier, _) = rest[1..].split_once(quote)?;
                let plain = |c: char| c.is_ascii_alphanumeric() || "._/:-@".contains(c);
                (!specifier.is_empty() && specifier.chars().all(plain)).then_some(specifier)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_belongs_to_a_module_by_its_name() {
        assert_eq!(module_of("test-fs-stat.js"), Some("fs"));
        assert_eq!(module_of("test-https-agent.js"), Some("https"));
        assert_eq!(module_of("test-stream2-basic.js"), Some("stream"));
        assert_eq!(module_of("test-whatwg-url-canparse.js"), Some("url"));
        assert_eq!(module_of("test-tls-connect.js"), None);
        assert_eq!(module_of("README.md"), None);
    }

    #[test]
    fn a_test_that_needs_what_an_instance_cannot_have_is_not_selected() {
        let not = |source: &str| matches!(decide("test-fs-x.js", source), Decision::Not(_));
        assert!(not("// Flags: --expose-internals\n"));
        assert!(not(
            "const { internalBinding } = require('internal/test/binding');"
        ));
        assert!(not("require('child_process').spawn('ls')"));
        assert!(not("import net from 'node:net';"));
        assert!(not("http.createServer(f).listen(0)"));
        assert!(not("require('../common/gc')"));
    }

    #[test]
    fn a_test_of_what_is_measured_is_selected() {
        let source = "const common = require('../common');\nimport fs from 'node:fs/promises';\n";
        assert_eq!(decide("test-fs-x.js", source), Decision::Selected);
    }
}
