//! What an invocation is, without doing one: no I/O, no clock, no randomness, no wasmtime.
//!
//! An *invocation* is one run of a version of a function. It takes [`Event`]s, gives [`Effect`]s, stays
//! within [`Limits`], and ends with an [`Outcome`]. A [`Backend`] runs it; a [`Host`] stands for
//! everything outside of it, live, recorded or replayed.
//!
//! Reading order: [`event`], [`effect`], [`limits`], [`outcome`], [`host`], [`backend`], [`program`], [`world`].

#![deny(missing_docs)]

pub mod backend;
pub mod effect;
pub mod event;
pub mod host;
pub mod limits;
pub mod outcome;
pub mod program;
pub mod world;

pub use backend::{Backend, PrepareError, Prepared};
pub use effect::{Effect, FetchBody, FetchRequest, Level, RedirectMode, ResponseBody, ResponseHead};
pub use event::{Answer, Event, Failure, FailureKind, FetchHead, Moment, RequestHead, Scheduled};
pub use host::{BoxFuture, FileCall, FileReply, Host, Next, Stop};
pub use limits::{Limit, Limits};
pub use outcome::{Outcome, Report, ThrownError, Usage};
pub use program::{Module, ModuleFormat, Preopen, Program};
pub use world::{Clock, Entropy};
