//! An invocation with the live host: what a program sees of the world, and what the world sees of it.
//!
//! The programs are written in Rust, so no engine takes part. One file per subject.

#[path = "../scripted/mod.rs"]
mod scripted;

mod admission;
mod common;
mod disconnect;
mod ends;
mod fetch;
mod recording;
mod request_body;
mod response;
mod start;
mod timers;
