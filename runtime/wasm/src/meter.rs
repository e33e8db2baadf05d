//! Fuel that the host charges, and when a turn is looked at.
//!
//! wasmtime yields after every slice of fuel that wasm itself uses; changing the fuel from outside starts the slice anew.
//! A guest that keeps calling the host would so never be looked at. So charges are looked at as well: after
//! each slice's worth of fuel, of either kind, the host is asked whether to stop, and the next yield is made to
//! come soon. All of it follows from the fuel alone, so that a replay is looked at in the same places.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use holm_core::Stop;
use wasmtime::{AsContextMut, Caller, Trap};

use crate::state::State;

/// Fuel between two looks: about a millisecond. Part of a journal's meaning: a stop within a turn is told by its
/// place in the sequence of looks.
pub const SLICE_FUEL: u64 = holm_core::limits::FUEL_PER_CPU_MS;

/// Fuel until a yield that is due.
const SHORT_SLICE_FUEL: u64 = SLICE_FUEL / 64;

/// What is counted for one invocation beside wasmtime's own count.
#[derive(Debug, Default)]
pub struct Meter {
    /// All the fuel of the invocation; 0 where nothing is looked at.
    total: u64,
    /// Charged, and not yet taken from wasmtime's count.
    debt: u64,
    /// Used when a charge was last looked at.
    looked: u64,
    /// Looks of this turn; shared with the future that drives it.
    looks: Arc<AtomicU64>,
    /// A yield is due, and has not come while the number of looks is this.
    due: Option<u64>,
    /// Used when this turn began.
    before: u64,
    stop_at: Option<(u64, Stop)>,
}

impl Meter {
    /// For an invocation with so much fuel.
    pub fn new(total: u64) -> Self {
        Self {
            total,
            ..Self::default()
        }
    }

    /// Charged, and not yet taken from wasmtime's count.
    pub fn debt(&self) -> u64 {
        self.debt
    }

    /// A turn begins: with so much used, no debt, and a known place to stop at, if it is a replay that has one.
    pub fn begin(&mut self, used: u64, stop_at: Option<(u64, Stop)>) -> Looks {
        self.debt = 0;
        self.looked = used;
        self.before = used;
        self.due = None;
        self.stop_at.clone_from(&stop_at);
        self.looks.store(0, Ordering::Relaxed);
        Looks {
            looks: self.looks.clone(),
            before: used,
            stop_at,
        }
    }
}

/// The looks of one turn, for whoever drives it.
#[derive(Debug)]
pub struct Looks {
    looks: Arc<AtomicU64>,
    before: u64,
    stop_at: Option<(u64, Stop)>,
}

impl Looks {
    /// A yield has come: the next place in the sequence, or why to stop at it.
    pub fn next(&self, interrupt: impl FnOnce(u64) -> Option<Stop>) -> Option<Stop> {
        let place = self.before + (self.looks.fetch_add(1, Ordering::Relaxed) + 1) * SLICE_FUEL;
        stop_here(place, self.stop_at.as_ref(), interrupt)
    }
}

fn stop_here(
    place: u64,
    stop_at: Option<&(u64, Stop)>,
    interrupt: impl FnOnce(u64) -> Option<Stop>,
) -> Option<Stop> {
    match stop_at {
        Some((at, stop)) => (place >= *at).then(|| stop.clone()),
        None => interrupt(place),
    }
}

/// Takes fuel for work that the host does on the guest's behalf, so that no host call is a way around the
/// CPU limit or the wall limit.
pub fn charge(caller: &mut Caller<'_, State>, fuel: u64) -> wasmtime::Result<()> {
    let left = caller.get_fuel()?;
    let state = caller.data_mut();
    let meter = &mut state.meter;
    let Some(rest) = left.checked_sub(meter.debt + fuel) else {
        meter.debt = 0;
        caller.set_fuel(0)?;
        return Err(Trap::OutOfFuel.into());
    };
    if meter.total == 0 {
        return caller.set_fuel(rest);
    }
    meter.debt += fuel;
    let used = meter.total - rest;
    let is_due = meter.due == Some(meter.looks.load(Ordering::Relaxed));
    let look = used - meter.looked >= SLICE_FUEL;
    if look {
        meter.looked = used;
        let looks = meter.looks.fetch_add(1, Ordering::Relaxed) + 1;
        meter.due = Some(looks);
        let place = meter.before + looks * SLICE_FUEL;
        let host = &mut state.lent;
        if let Some(stop) = stop_here(place, state.meter.stop_at.as_ref(), |place| {
            host.host().interrupt(place)
        }) {
            state.stop = Some(stop);
            wasmtime::bail!("the invocation was stopped");
        }
    }
    if is_due {
        // The count stays as it is until the yield has come: setting it would put the yield off.
        return Ok(());
    }
    let was_due = state.meter.due.is_some();
    state.meter.debt = 0;
    caller.set_fuel(rest)?;
    if look {
        caller
            .as_context_mut()
            .fuel_async_yield_interval(Some(SHORT_SLICE_FUEL))?;
    } else if was_due {
        caller.data_mut().meter.due = None;
        caller
            .as_context_mut()
            .fuel_async_yield_interval(Some(SLICE_FUEL))?;
    }
    Ok(())
}
