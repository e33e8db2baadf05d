//! The journal from outside: a scripted program is run against a scripted world, recorded, read and replayed.
//!
//! `fake` is the program and the world, `arbitrary` makes up any of them, and the rest are tests by subject.

mod arbitrary;
mod fake;
mod format;
mod golden;
mod record;
mod replay;
