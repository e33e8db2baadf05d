//! An image brought to life: a store, an instance, and one turn at a time.

use std::pin::pin;
use std::task::Poll;

use holm_core::{Host, Limits, Stop};
use wasmtime::{Store, Trap, TypedFunc};

use crate::borrowed::Lent;
use crate::engine::Engine;
use crate::image::Image;
use crate::meter::{Looks, Meter, SLICE_FUEL};
use crate::state::State;

/// A live instance. Its lifetime must not exceed that of the host it was made with.
pub struct Instance<'a> {
    engine: &'a Engine,
    store: Store<State>,
    instance: wasmtime::Instance,
    turn: TypedFunc<(u32, u32), i32>,
    memory: wasmtime::Memory,
    fuel: u64,
}

/// How a turn ended.
#[derive(Debug)]
pub enum Turn {
    /// The guest waits for the next event, or has said that it is done.
    Idle,
    /// The fuel is used up.
    OutOfFuel,
    /// The guest gave up: there was no memory for the event.
    Refused,
    /// It trapped, which is how a halt and a stop end too: the state says.
    Trapped(wasmtime::Error),
    /// It was stopped between two slices.
    Stopped(Stop),
}

impl<'a> Instance<'a> {
    /// Brings an image to life.
    ///
    /// # Errors
    /// When the machine has no address space or memory for it.
    pub fn new(
        engine: &'a Engine,
        image: &std::sync::Arc<Image>,
        limits: &Limits,
        fuel: u64,
        host: &'a mut dyn Host,
    ) -> wasmtime::Result<Self> {
        // SAFETY: the store lives in this value, whose lifetime is bound to the borrow of the host.
        let lent = unsafe { Lent::new(host) };
        let mut state = State::new(lent, *limits, engine.open_files.clone());
        state.starts_with(image.memory_bytes() as u64);
        state.meter = Meter::new(fuel);
        let mut store = Store::new(&engine.wasmtime, state);
        store.set_fuel(fuel)?;
        let instance = engine.memories.instantiate(&engine.pre, &mut store, image)?;
        store.limiter(|state| state);
        store.fuel_async_yield_interval(Some(SLICE_FUEL))?;
        let missing = || wasmtime::format_err!("the guest lacks an export");
        let memory = instance.get_module_export(&mut store, &engine.exports.memory);
        let memory = memory
            .and_then(wasmtime::Extern::into_memory)
            .ok_or_else(missing)?;
        store.data_mut().memory = Some(memory);
        let turn = instance.get_module_export(&mut store, &engine.exports.turn);
        let turn = turn
            .and_then(wasmtime::Extern::into_func)
            .ok_or_else(missing)?
            .typed(&store)?;
        Ok(Self {
            engine,
            store,
            instance,
            turn,
            memory,
            fuel,
        })
    }

    /// What the host keeps for it.
    pub fn state(&mut self) -> &mut State {
        self.store.data_mut()
    }

    /// The linear memory as it is now.
    pub fn memory(&self) -> &[u8] {
        self.memory.data(&self.store)
    }

    /// Fuel used since it came to life.
    pub fn fuel_used(&self) -> u64 {
        let left = self.store.get_fuel().unwrap_or(0);
        self.fuel - left + self.store.data().meter.debt()
    }

    /// Tells it an event (encoded) and runs until it waits again.
    pub async fn turn(&mut self, event: &[u8]) -> Turn {
        let looks = match self.begin() {
            Ok(looks) => looks,
            Err(error) => return Turn::Trapped(error),
        };
        let Ok(len) = u32::try_from(event.len()) else {
            return Turn::Refused;
        };
        let mut address = self.engine.inbox;
        if event.len() > holm_host_api::names::INBOX_BYTES {
            match self.alloc(len).await {
                Ok(0) => return Turn::Refused,
                Ok(allocated) => address = allocated,
                Err(error) => return classify(error),
            }
        }
        if self
            .memory
            .write(&mut self.store, address as usize, event)
            .is_err()
        {
            return Turn::Refused;
        }
        // The call borrows the store, so the host is reached beside it.
        // SAFETY: the copy is used between two slices only, where the fiber is suspended outside of every import, and is
        // dropped with this turn, before the store.
        let mut between = unsafe { self.store.data().lent.copy() };
        let ended = {
            let mut call = pin!(self.turn.call_async(&mut self.store, (address, len)));
            std::future::poll_fn(|context| match call.as_mut().poll(context) {
                Poll::Ready(result) => Poll::Ready(Ok(result)),
                Poll::Pending => match looks.next(|place| between.host().interrupt(place)) {
                    Some(stop) => Poll::Ready(Err(stop)),
                    None => Poll::Pending,
                },
            })
            .await
        };
        match ended {
            Ok(Ok(0)) => Turn::Idle,
            Ok(Ok(_)) => Turn::Refused,
            Ok(Err(error)) => classify(error),
            Err(stop) => Turn::Stopped(stop),
        }
    }

    /// Starts the counting of a turn.
    fn begin(&mut self) -> wasmtime::Result<Looks> {
        let used = self.fuel_used();
        self.store.set_fuel(self.fuel.saturating_sub(used))?;
        self.store.fuel_async_yield_interval(Some(SLICE_FUEL))?;
        let state = self.store.data_mut();
        let stop_at = state.lent.host().stop_at();
        Ok(state.meter.begin(used, stop_at))
    }

    async fn alloc(&mut self, len: u32) -> wasmtime::Result<u32> {
        let alloc = self
            .instance
            .get_module_export(&mut self.store, &self.engine.exports.alloc);
        let alloc = alloc.and_then(wasmtime::Extern::into_func);
        let alloc = alloc.ok_or_else(|| wasmtime::format_err!("the guest lacks an export"))?;
        alloc
            .typed::<u32, u32>(&self.store)?
            .call_async(&mut self.store, len)
            .await
    }

    /// Collects garbage and checks that nothing is on the guest's stack, so that the memory can be an image.
    pub async fn settle(&mut self) -> wasmtime::Result<()> {
        let settle = self
            .instance
            .get_module_export(&mut self.store, &self.engine.exports.settle);
        let settle = settle.and_then(wasmtime::Extern::into_func);
        let settle = settle.ok_or_else(|| wasmtime::format_err!("the guest lacks an export"))?;
        settle
            .typed::<(), ()>(&self.store)?
            .call_async(&mut self.store, ())
            .await
    }

    /// The shadow stack's pointer.
    pub fn stack_pointer(&mut self) -> Option<i32> {
        let global = self
            .instance
            .get_module_export(&mut self.store, &self.engine.exports.stack_pointer);
        global
            .and_then(wasmtime::Extern::into_global)?
            .get(&mut self.store)
            .i32()
    }
}

fn classify(error: wasmtime::Error) -> Turn {
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Turn::OutOfFuel,
        _ => Turn::Trapped(error),
    }
}
