//! The suites that run programs, once more with the portable memories.

#![expect(
    clippy::duplicate_mod,
    reason = "each suite brings the common module along, as it does on its own"
)]

#[path = "invoke.rs"]
mod invoke;
#[path = "limits.rs"]
mod limits;
#[path = "web.rs"]
mod web;
