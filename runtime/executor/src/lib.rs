//! Runs functions: chooses who may start, gives each invocation a host that acts, bounds it, records it, and hands
//! out its response and its report.
//!
//! It sees backends as `dyn Backend` only, and no sockets of clients: those are the server's.
//!
//! Reading order: `executor` (the door), `function` (what is called), `exchange` (what goes in and comes
//! out), `invocation` (one run as a future), `live` (the host that acts), `admission` (who may start),
//! [`pipe`] (bodies), `headers`, `logs`, `replay` (the same again).

#![deny(missing_docs)]

mod admission;
mod choose;
mod exchange;
mod executor;
mod function;
mod headers;
mod invocation;
mod live;
mod logs;
pub mod pipe;
mod replay;

pub use admission::AdmissionConfig;
pub use choose::{BackendKind, Choice, Containers, Import, Mode, NoBackend, choose};
pub use exchange::{
    BodyStream, Bound, Busy, Exchange, NoResponse, RequestBody, RequestFault, Response, ResponseBody,
};
pub use executor::{Drained, Executor, Parts};
pub use function::{DeployError, Function, Spec};
pub use headers::to_list as header_list;
pub use holm_egress::{NetworkEntry, NetworkLog, NetworkOutcome};
pub use invocation::Record;
pub use live::{EgressNetwork, Fetched, Fetching, Network, NetworkSession};
pub use logs::{LogSink, NoLogs, Origin};
pub use replay::{Replay, ReplayError};
