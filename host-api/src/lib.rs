//! The contract between a function and its host.
//!
//! The guest (the JavaScript engine compiled to wasm) and the host exchange *events* (host to guest)
//! and *effects* (guest to host). This crate is the one source of their names, numbers and layouts: the
//! C header and the TypeScript constants of the guest are generated from it ([`generate`]), and a test
//! fails when the generated files differ from the checked-in ones.
//!
//! It holds no behaviour: no I/O, no dependencies, no allocation beyond what encoding needs.
//!
//! Reading order: [`names`] (imports and exports), [`codes`] (kinds and error codes), [`fields`] (the
//! layout of what crosses the boundary), [`generate`].

pub mod codes;
pub mod fields;
pub mod generate;
pub mod names;

/// The version of everything in this crate. A guest and a host of different versions refuse each other,
/// and a journal names the version it was recorded under.
pub const ABI_VERSION: u32 = 1;
