//! What people read: errors, notes, colours, and progress where something takes long.

use std::io::{self, IsTerminal, Write};

use crate::exit;

/// Why a command could not do its work.
#[derive(Debug)]
pub struct Problem {
    /// See [`exit`].
    pub code: u8,
    /// What was wrong, where, and what to do; may have several lines.
    pub text: String,
}

impl Problem {
    /// The command line or the configuration makes no sense.
    pub fn usage(text: impl Into<String>) -> Self {
        Self {
            code: exit::USAGE,
            text: text.into(),
        }
    }

    /// The program cannot be loaded.
    pub fn program(text: impl Into<String>) -> Self {
        Self {
            code: exit::THREW,
            text: text.into(),
        }
    }

    /// The machine or holm is at fault.
    pub fn fault(text: impl Into<String>) -> Self {
        Self {
            code: exit::FAULT,
            text: text.into(),
        }
    }

    /// A journal cannot be used.
    pub fn journal(text: impl Into<String>) -> Self {
        Self {
            code: exit::JOURNAL,
            text: text.into(),
        }
    }

    /// Shows it.
    pub fn print(&self) {
        error(&self.text);
    }
}

/// Colours, or nothing where nobody could see them.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    on: bool,
}

impl Style {
    /// For standard error.
    pub fn stderr() -> Self {
        Self {
            on: io::stderr().is_terminal() && crate::config::wants_colour(),
        }
    }

    /// For standard output.
    pub fn stdout() -> Self {
        Self {
            on: io::stdout().is_terminal() && crate::config::wants_colour(),
        }
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.on {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// What is wrong.
    pub fn red(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    /// What is doubtful.
    pub fn yellow(self, text: &str) -> String {
        self.wrap("1;33", text)
    }

    /// What is well.
    pub fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }
}

/// Control characters as they are written in source: what a tenant says, or has in its files and their names, must not steer
/// the terminal of who reads it. Tabs and line ends are left to their meaning.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() && !matches!(letter, '\t' | '\n') {
            shown.push_str(&format!("\\x{:02x}", u32::from(letter)));
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// An error, on standard error.
pub fn error(text: &str) {
    to_stderr(&format!("{} {}\n", Style::stderr().red("error:"), visible(text)));
}

/// Something that works, but perhaps not as its author thinks.
pub fn warning(text: &str) {
    to_stderr(&format!(
        "{} {}\n",
        Style::stderr().yellow("warning:"),
        visible(text)
    ));
}

/// News, on standard error: standard output belongs to the program.
pub fn note(text: &str) {
    to_stderr(&format!("{}\n", visible(text)));
}

/// Writes all of it at once. Who does not read it any more is not told so.
pub fn to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Writes all of it at once. False when nobody reads it any more (a broken pipe): that is no error, as `head` and the
/// like end so.
pub fn to_stdout(text: &str) -> bool {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .is_ok()
}
