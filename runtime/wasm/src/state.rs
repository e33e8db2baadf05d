//! What the host keeps for one invocation while it runs, and the limits that are counted here.
//!
//! Everything counted here follows from events and effects alone, so that a replay counts the same.

use std::collections::HashMap;
use std::sync::Arc;

use holm_core::{Answer, Effect, FetchBody, Level, Limit, Limits, Program, ResponseBody, Stop, ThrownError};
use holm_host_api::codes::Refusal;
use wasmtime::{Memory, ResourceLimiter};

use crate::borrowed::Lent;
use crate::files::{Bundle, Files, OpenFiles};
use crate::meter::Meter;

/// Growth of memory that may be refused before the invocation is ended: JavaScript sees an exception at first,
/// and a program that goes on asking gets no further.
const GROWTH_REFUSALS_MAX: u32 = 200;

/// What the host holds for an operation beside its bytes: a future, places in tables.
const HELD_PER_OPERATION: usize = 512;

/// The state of one invocation.
pub struct State {
    pub lent: Lent,
    pub meter: Meter,
    pub limits: Limits,
    /// Set right after instantiation.
    pub memory: Option<Memory>,
    /// The answer of the last pure call, until the guest takes it.
    pub answer: Vec<u8>,
    /// The guest evaluates for an image: nothing but logs and the result goes out.
    pub frozen: bool,
    /// Made by the first call of the file system.
    pub files: Option<Files>,
    /// Those of the process.
    pub open_files: Arc<OpenFiles>,
    /// What is open of the program's own files.
    pub bundle: Bundle,
    /// Set where files can be used.
    pub program: Option<Arc<Program>>,
    pub threw: Option<ThrownError>,
    pub finished: Option<(u32, Option<String>)>,
    /// The host wants the invocation to end.
    pub stop: Option<Stop>,
    pub growth_refused: Option<u64>,
    pub memory_peak: u64,
    pub log_bytes: u64,
    pub subrequests: u32,
    growth_refusals: u32,
    responded: bool,
    log_cut: bool,
    /// Operations under way, and what the host holds for each, bytes.
    operations: HashMap<u32, u64>,
    held_bytes: u64,
    memory_bytes: u64,
}

impl State {
    pub fn new(lent: Lent, limits: Limits, open_files: Arc<OpenFiles>) -> Self {
        Self {
            lent,
            meter: Meter::default(),
            limits,
            memory: None,
            answer: Vec::new(),
            frozen: false,
            files: None,
            open_files,
            bundle: Bundle::default(),
            program: None,
            threw: None,
            finished: None,
            stop: None,
            growth_refused: None,
            memory_peak: 0,
            log_bytes: 0,
            subrequests: 0,
            growth_refusals: 0,
            responded: false,
            log_cut: false,
            operations: HashMap::new(),
            held_bytes: 0,
            memory_bytes: 0,
        }
    }

    /// Nothing more can come of it.
    pub fn is_over(&self) -> bool {
        self.threw.is_some() || self.finished.is_some() || self.stop.is_some()
    }

    /// The invocation starts with this much linear memory.
    pub fn starts_with(&mut self, bytes: u64) {
        self.memory_bytes = bytes;
        self.memory_peak = bytes;
    }

    /// Takes an effect: counts it, keeps what ends the invocation, and hands it to the host.
    ///
    /// # Errors
    /// Why the guest is refused; the host has not seen the effect then.
    pub fn take(&mut self, effect: Effect, timers: u32) -> Result<(), Refusal> {
        if self.is_over() {
            return Err(Refusal::State);
        }
        match &effect {
            Effect::Loaded { .. } => {}
            Effect::Threw(error) => self.threw = Some(error.clone()),
            Effect::Finish { exit_code, value } => self.finished = Some((*exit_code, value.clone())),
            Effect::Log { level, text } => {
                let (level, text) = (*level, text.clone());
                self.log(level, text);
                return Ok(());
            }
            _ if self.frozen => return Err(Refusal::Frozen),
            Effect::Fetch { op, request } => {
                let body = match &request.body {
                    FetchBody::Whole(bytes) => bytes.len(),
                    _ => 0,
                };
                let head = request.method.len() + request.url.len() + request.headers.len();
                self.start(*op, (HELD_PER_OPERATION + head + body) as u64)?;
                self.subrequests += 1;
            }
            Effect::Read { op, .. } => self.start(*op, HELD_PER_OPERATION as u64)?,
            Effect::Write { op, chunk, .. } => self.start(*op, (HELD_PER_OPERATION + chunk.len()) as u64)?,
            Effect::Abort { op } => self.end(*op),
            Effect::Close { .. } => {}
            Effect::WakeAt { .. } => {
                if u64::from(timers) > self.limits.timers {
                    return Err(Refusal::TooManyTimers);
                }
            }
            Effect::Respond(head) => {
                if self.responded {
                    return Err(Refusal::State);
                }
                self.responded = true;
                if let ResponseBody::Whole(bytes) = &head.body {
                    let (used, value) = (bytes.len() as u64, self.limits.response_body_bytes);
                    if used > value {
                        self.stop = Some(Stop::Limit {
                            limit: Limit::ResponseBody,
                            value,
                            used,
                        });
                        return Ok(());
                    }
                }
            }
        }
        self.hand_over(effect);
        Ok(())
    }

    /// An event is about to be told: what it ends is no longer counted.
    pub fn settle(&mut self, op: u32, answer: &Answer) {
        // A fetch's number stays in use as that of its body's stream, but it is no operation any more.
        let _ = answer;
        self.end(op);
    }

    fn hand_over(&mut self, effect: Effect) {
        if let Err(stop) = self.lent.host().effect(effect) {
            self.stop = Some(stop);
        }
    }

    fn start(&mut self, op: u32, held: u64) -> Result<(), Refusal> {
        if self.operations.contains_key(&op) {
            return Err(Refusal::State);
        }
        if self.operations.len() as u64 >= self.limits.operations_pending {
            return Err(Refusal::TooManyOperations);
        }
        self.operations.insert(op, held);
        self.held_bytes += held;
        self.memory_peak = self.memory_peak.max(self.memory_bytes + self.held_bytes);
        if self.memory_bytes + self.held_bytes > self.limits.memory_bytes {
            self.stop = Some(Stop::Limit {
                limit: Limit::Memory,
                value: self.limits.memory_bytes,
                used: self.memory_bytes + self.held_bytes,
            });
        }
        Ok(())
    }

    /// Whether the host may hold so many bytes more for the length of a call; the invocation is stopped otherwise.
    pub fn has_room(&mut self, bytes: u64) -> bool {
        let total = (self.memory_bytes + self.held_bytes).saturating_add(bytes);
        if total <= self.limits.memory_bytes {
            self.memory_peak = self.memory_peak.max(total);
            return true;
        }
        self.stop = Some(Stop::Limit {
            limit: Limit::Memory,
            value: self.limits.memory_bytes,
            used: total,
        });
        false
    }

    fn end(&mut self, op: u32) {
        if let Some(held) = self.operations.remove(&op) {
            self.held_bytes -= held;
        }
    }

    /// Hands on what fits `log_bytes`, then one line that says that the rest is cut.
    fn log(&mut self, level: Level, mut text: String) {
        if self.log_cut {
            return;
        }
        let is_line = !matches!(level, Level::Stdout | Level::Stderr);
        let room = self.limits.log_bytes.saturating_sub(self.log_bytes);
        let wanted = text.len() as u64 + u64::from(is_line);
        self.log_bytes += wanted.min(room);
        if wanted <= room {
            self.hand_over(Effect::Log { level, text });
            return;
        }
        self.log_cut = true;
        let mut keep = usize::try_from(room).unwrap_or(usize::MAX).min(text.len());
        while !text.is_char_boundary(keep) {
            keep -= 1;
        }
        text.truncate(keep);
        if !text.is_empty() {
            self.hand_over(Effect::Log { level, text });
        }
        let notice = format!(
            "[holm] output is cut here: {} bytes are allowed (limit `log_bytes`)",
            self.limits.log_bytes
        );
        self.hand_over(Effect::Log {
            level: Level::Warn,
            text: notice,
        });
    }
}

impl ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = desired as u64 + self.held_bytes;
        if total <= self.limits.memory_bytes {
            // Instantiation tells the module's minimum, which is less than the image.
            self.memory_bytes = self.memory_bytes.max(desired as u64);
            self.memory_peak = self.memory_peak.max(total);
            return Ok(true);
        }
        self.growth_refused = Some(total);
        self.growth_refusals += 1;
        if self.growth_refusals > GROWTH_REFUSALS_MAX {
            self.stop = Some(Stop::Limit {
                limit: Limit::Memory,
                value: self.limits.memory_bytes,
                used: total,
            });
            wasmtime::bail!("the program goes on asking for memory");
        }
        Ok(false)
    }

    /// The machine has no memory left: not for the guest to see, since a replay on another would not.
    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(error)
    }

    fn table_growing(&mut self, current: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        // The table has its size from the start; nothing in the guest grows it.
        Ok(current == 0)
    }
}
