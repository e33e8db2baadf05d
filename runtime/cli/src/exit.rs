//! Exit codes of commands; those of programs are `Outcome::exit_code`.

/// The program threw an error that it did not catch, or cannot be loaded.
pub const THREW: u8 = 1;
/// The command line or the configuration makes no sense. clap's own code, too.
pub const USAGE: u8 = 2;
/// There is no room for it at the moment, or something that the backend needs is not there.
pub const UNAVAILABLE: u8 = 120;
/// It was cancelled: by a signal, for instance.
pub const CANCELLED: u8 = 122;
/// A replay took another course than its journal.
pub const DIVERGED: u8 = 123;
/// holm failed, not the program.
pub const FAULT: u8 = 125;
/// A journal cannot be used: cut off, damaged, of another engine.
pub const JOURNAL: u8 = 126;

/// The table, as help and documentation show it.
pub const TABLE: &str =
    "  0    it ran to its end; a program's own exit code is handed on (process.exit(3) gives 3)
  1    the program threw an error that it did not catch, or cannot be loaded
  2    the command line or the configuration makes no sense
  13   a promise that the module awaits can never settle
  120  busy, or not available: Docker is not running, for instance
  121  denied: it needs something that the policy forbids
  122  cancelled, for instance by Ctrl-C
  123  a replay took another course than its journal
  124  it went over a limit
  125  holm failed, not the program
  126  a journal cannot be used: cut off, damaged, or of another engine";
