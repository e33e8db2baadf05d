//! Code that is sent to be executed once, and what came of it: `POST /v1/executions`.
//!
//! Reading order: `request` (what is sent), `result` (what is answered), `service` (from the one to the other),
//! `loader` (files to programs), `collect` (what executions say), `kept` (the same key, the same outcome), `http` (paths and answers).

mod collect;
mod http;
mod kept;
mod loader;
mod request;
mod result;
mod service;

pub use collect::{Collected, Collector, Happened};
pub use http::{Api, document};
pub(crate) use http::{PREFIX, Reply, response};
pub use loader::{InProcess, Loader, Read};
pub use request::{Ceilings, ExecutionRequest, Network, Trust, WireMode};
pub use result::{Ended, ExecutionError, ExecutionResult, ExecutionUsage, LogLine, NetworkRequest};
pub use service::{Executions, Given, Job, Journals, NotExecuted};
