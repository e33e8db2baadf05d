//! What a function may reach over the network: rules are parsed, decided and explained here.
//!
//! Pure: no sockets, no files, no clock, no randomness; the dependencies prove it. `egress` asks twice for
//! each request: [`Policy::decide`] about the URL, and [`address::check`] about every address that the
//! host's name stands for, before it connects to one of those.
//!
//! Default closed: a [`Policy`] without rules allows nothing.
//!
//! Reading order: [`policy`] (the decision), [`rule`] (one rule), `parse` and [`problem`] (its text, and what can
//! be wrong with it), [`host`] and [`path`] (its patterns), [`address`] (what an IP address is), [`config`] (the
//! form in `holm.toml`).

#![deny(missing_docs)]

pub mod address;
pub mod config;
pub mod host;
mod parse;
pub mod path;
pub mod policy;
pub mod problem;
pub mod rule;

pub use address::{AddressClass, classify};
pub use config::RuleConfig;
pub use host::HostPattern;
pub use path::PathPattern;
pub use policy::{Decision, Policy, PolicyError, Request};
pub use problem::{Problem, RuleError};
pub use rule::{AddedHeader, Methods, Rule, Scheme};
