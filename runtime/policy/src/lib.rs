//! What a function may reach over the network: rules are parsed, decided and explained here.
//!
//! Pure: no sockets, no files, no clock, no randomness; the dependencies prove it. `egress` asks twice for
//! each request: [`Policy::decide`] about the URL, and [`address::check`] about every address that the
//! host's name stands for, before it connects to one of those.
//!
//! Default closed: a [`Policy`] without rules allows nothing.
//!
//! Reading order: [`policy`] (the decision), [`rule`] (one rule and its text), [`host`] and [`path`] (its
//! patterns), [`address`] (what an IP address is), [`config`] (the form in `holm.toml`).

#![deny(missing_docs)]

pub mod address;
pub mod config;
pub mod host;
pub mod path;
pub mod policy;
pub mod rule;

pub use address::{AddressClass, classify};
pub use config::RuleConfig;
pub use host::HostPattern;
pub use path::PathPattern;
pub use policy::{Decision, Policy, PolicyError, Request};
pub use rule::{AddedHeader, Methods, Problem, Rule, RuleError, Scheme};
