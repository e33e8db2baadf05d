//! What the backend counts of an invocation, as the wasm backend does: bytes of log, fetches, operations.

use holm_core::{Effect, Host, Level, Limit, Limits, Stop, Usage};

/// Counts, and hands on to the host.
#[derive(Debug)]
pub(crate) struct Tally {
    limits: Limits,
    pub usage: Usage,
    log_cut: bool,
    /// Operations under way.
    operations: u64,
}

impl Tally {
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: *limits,
            usage: Usage::default(),
            log_cut: false,
            operations: 0,
        }
    }

    /// Counts an operation that is to be started; the text says why it is refused.
    pub fn start(&mut self) -> Result<(), String> {
        let value = self.limits.operations_pending;
        if self.operations >= value {
            return Err(Limit::Operations.exceeded(value, self.operations + 1));
        }
        self.operations += 1;
        Ok(())
    }

    /// An operation is over.
    pub fn end(&mut self) {
        self.operations = self.operations.saturating_sub(1);
    }

    /// Hands on what fits `log_bytes`, then one line that says that the rest is cut.
    pub fn log(&mut self, level: Level, mut text: String, host: &mut dyn Host) -> Result<(), Stop> {
        if self.log_cut || text.is_empty() {
            return Ok(());
        }
        let room = self.limits.log_bytes.saturating_sub(self.usage.log_bytes);
        let wanted = text.len() as u64;
        self.usage.log_bytes += wanted.min(room);
        if wanted <= room {
            return host.effect(Effect::Log { level, text });
        }
        self.log_cut = true;
        let mut keep = usize::try_from(room).unwrap_or(usize::MAX).min(text.len());
        while !text.is_char_boundary(keep) {
            keep -= 1;
        }
        text.truncate(keep);
        if !text.is_empty() {
            host.effect(Effect::Log { level, text })?;
        }
        let notice = format!(
            "[holm] output is cut here: {} bytes are allowed (limit `log_bytes`)",
            self.limits.log_bytes
        );
        host.effect(Effect::Log {
            level: Level::Warn,
            text: notice,
        })
    }
}
