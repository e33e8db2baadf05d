//! The one place that opens connections for functions.
//!
//! Every request is decided by the function's policy, each redirect anew; the host's name is resolved once
//! for a connection, every address it stands for is checked, and the connection goes to a checked address,
//! so that no later answer of the resolver can lead elsewhere. Connections are pooled by tenant, and apart
//! for rules that open private addresses. Requests, bytes and time are counted against the limits of the
//! invocation, and each request is told to a [`NetworkLog`].
//!
//! It decides nothing by itself (`policy` does), keeps no state of an invocation beyond its [`Session`], and
//! knows neither wasm nor JavaScript. The binary gives it the clock.
//!
//! Reading order: [`egress`] (one fetch, hop by hop), [`session`] (what an invocation may still use),
//! [`request`] and [`response`] (bodies, both with back-pressure), `redirect`, `headers` and `decode` (what the
//! Fetch standard asks for), `pools` and [`connect`] (whose connection, and to where), [`tls`],
//! [`network_log`], `failure` (what a function is told).

#![deny(missing_docs)]

pub mod connect;
mod decode;
pub mod egress;
mod failure;
mod headers;
pub mod network_log;
mod pools;
mod redirect;
pub mod request;
pub mod response;
pub mod session;
pub mod tls;

pub use connect::{Dialer, Resolver, SystemResolver, TcpDialer};
pub use egress::{Egress, EgressConfig, EgressError};
pub use network_log::{NetworkEntry, NetworkLog, NetworkOutcome};
pub use request::{BodyReader, BodyWriter, Request, RequestBody, body_channel};
pub use response::{Response, ResponseBody};
pub use session::{Session, SessionConfig};
pub use tls::Roots;
