//! Runs the binary.

use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Compiled engines, for all tests.
pub const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/holm-cache");

/// What a run of the binary gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

/// The binary, with a cache that all tests share and nothing else of this user.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holm"));
    command
        .env("HOLM_CACHE_DIR", CACHE)
        .env_remove("NO_COLOR")
        .stdin(Stdio::null());
    command
}

/// Runs it in a folder, to its end.
pub fn holm<S: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> Ran {
    ran(command().current_dir(folder).args(arguments))
}

/// Runs a command to its end.
pub fn ran(command: &mut Command) -> Ran {
    let output = command.output().expect("the binary can be started");
    Ran {
        stdout: String::from_utf8(output.stdout).expect("output is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
        code: output
            .status
            .code()
            .expect("the binary is not killed by a signal"),
    }
}

/// An empty folder.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// A folder with these files.
pub fn with_files(files: &[(&str, &str)]) -> TempDir {
    let folder = folder();
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

/// Writes a file, with the folders that it needs.
pub fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

/// Runs a program live, recorded and replayed; all must say the same, which is given back. The replay happens in a
/// folder of its own, with the sources away.
pub fn run_thrice(program: &str, options: &[&str]) -> Ran {
    let sources = with_files(&[("main.mjs", program)]);
    let live = holm(sources.path(), ["run"].iter().chain(options).chain(&["main.mjs"]));
    let elsewhere = folder();
    let journal = elsewhere.path().join("r.holm");
    let journal = journal.to_str().expect("a path in Unicode");
    let recorded = holm(
        sources.path(),
        ["run", "--record", journal]
            .iter()
            .chain(options)
            .chain(&["main.mjs"]),
    );
    drop(sources);
    let replayed = holm(elsewhere.path(), ["replay", "r.holm"]);
    assert_eq!(recorded, replayed, "recorded (left) and replayed (right)");
    assert_eq!(
        (live.stdout.as_str(), live.code),
        (recorded.stdout.as_str(), recorded.code),
        "live and recorded"
    );
    live
}

impl Ran {
    /// Ended well, and printed this.
    #[track_caller]
    pub fn prints(&self, stdout: &str) {
        assert_eq!((self.stdout.as_str(), self.code), (stdout, 0), "{}", self.stderr);
    }

    /// Ended with this code, and says this on standard error. Never a panic, never a path of ours.
    #[track_caller]
    pub fn fails(&self, code: i32, says: &str) -> &Self {
        assert!(
            self.stderr.contains(says),
            "expected `{says}` in:\n{}",
            self.stderr
        );
        assert_eq!(self.code, code, "{}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }

    /// Says this as well.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(
            self.stderr.contains(text),
            "expected `{text}` in:\n{}",
            self.stderr
        );
        self
    }
}
