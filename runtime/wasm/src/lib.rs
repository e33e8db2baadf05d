//! The wasm backend: every invocation in a fresh instance of the JavaScript engine.
//!
//! It never opens a socket and knows no clock: events come in and effects go out through
//! [`holm_core::Host`]. Files are the one thing it touches itself, through WASI and capabilities.
//!
//! Reading order: [`engine`] (compiled once, cached), [`backend`] (images of functions), `driver` (one
//! invocation, turn by turn), `instance` (one turn), `meter` (fuel), `state` and `imports` (what the guest can call),
//! [`codec`] (events and effects as bytes), `files`, `pure`, [`image`] and [`memories`] (what instances are made from and in),
//! [`slots`] (Linux's memories and stacks).

#![expect(
    unsafe_code,
    reason = "slots, one borrow, and the engine's own code from its cache; each block says why it holds"
)]

pub mod backend;
mod boot;
mod borrowed;
mod cache;
pub mod codec;
mod driver;
pub mod engine;
mod files;
pub mod image;
mod imports;
mod instance;
pub mod memories;
mod meter;
pub mod pure;
#[cfg(target_os = "linux")]
pub mod slots;
mod state;
mod strip;

pub use backend::WasmBackend;
pub use cache::{Cache, CacheState};
pub use engine::{Engine, EngineConfig, EngineError};
pub use memories::MemoryKind;
