//! The clock and the randomness of the machine, as traits: only the binary has the real ones.

use crate::Moment;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now. `mono_us` counts from an origin that is the clock's own.
    fn now(&self) -> Moment;
}

/// Gives unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// A seed for one invocation.
    fn seed(&self) -> [u8; 32];
}
