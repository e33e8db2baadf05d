//! Turns a file on disk into a [`Program`](holm_core::Program): a closed graph of modules with resolved links.
//!
//! It reads files, and nothing else of the outside world: no environment, no network, no clock. It runs no code. The
//! same files give the same program wherever their folder lies. No source, however hostile, makes it panic or use up a
//! stack: it reads sources that other people wrote, for a server that must go on.
//!
//! Modules in reading order:
//! - [`mod@load`]: the walk from the entry
//! - `resolve`: specifier to file, by Node's rules; `files`: what the resolver may see
//! - `format`: how a file is to be understood; `parse`: source to what it imports and exports, or a syntax error
//! - `transpile`: TypeScript and JSX to JavaScript, with a map back; `decorators`: those of the standard; `helpers`: what such code calls
//! - `nesting`, `levels`: why the parser's recursion is bounded; `scan`, `exports`: the visit of the syntax tree
//! - `pattern`: which files a computed specifier may mean
//! - `layout`: paths on disk to paths in the program
//! - [`mod@digest`]: a program's content address
//! - `snippet`: a program that is one piece of source
//! - [`archive`]: a program as one file
//! - [`mod@discover`]: the functions in a folder
//! - [`error`]: what went wrong, for people; `place`: the line and the caret; `similar`: "did you mean"

#![warn(missing_docs)]

pub mod archive;
mod decorators;
pub mod digest;
pub mod discover;
pub mod error;
mod exports;
mod files;
mod format;
mod helpers;
mod layout;
mod levels;
pub mod load;
mod nesting;
mod parse;
mod pattern;
mod place;
mod resolve;
mod scan;
mod similar;
mod snippet;
mod source_map;
mod transpile;

pub use archive::{Archive, is_archive};
pub use digest::digest;
pub use discover::{Discovered, Function, discover};
pub use error::BundleError;
pub use load::{LoadOptions, Loaded, Package, load};
pub use place::Place;
pub use similar::similar;
pub use snippet::snippet;
