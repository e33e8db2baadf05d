//! The backend: images of functions, and running them.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use holm_core::event::Moment;
use holm_core::{
    Backend, BoxFuture, Event, Host, Level, Limit, Limits, Outcome, PrepareError, Prepared, Program, Report,
};
use holm_host_api::codes::LoadMode;

use crate::boot::{IMAGE_MOMENT, ImageHost};
use crate::codec;
use crate::driver::{self, Job};
use crate::engine::Engine;
use crate::image::Image;
use crate::instance::{Instance, Turn};

/// Runs JavaScript in fresh instances of one shared engine.
#[derive(Clone, Debug)]
pub struct WasmBackend {
    engine: Arc<Engine>,
}

impl WasmBackend {
    /// A backend on this engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// The engine.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }
}

/// The seed of everything random while an image is made: a constant, so that equal input gives equal images.
const IMAGE_SEED: [u8; 32] = *b"holm: a function image is static";

impl Backend for WasmBackend {
    fn name(&self) -> &'static str {
        "wasm"
    }

    fn prepare(&self, program: Arc<Program>, limits: &Limits) -> Result<Arc<dyn Prepared>, PrepareError> {
        let source: u64 = program
            .modules
            .values()
            .map(|module| module.source.len() as u64)
            .sum();
        if source > limits.source_bytes {
            let (limit, value) = (Limit::Source, limits.source_bytes);
            return Err(PrepareError::Program(Outcome::Exceeded {
                limit,
                value,
                used: source,
            }));
        }
        let mut host = ImageHost::default();
        let (image, failure) = self.make_image(&program, limits, &mut host)?;
        if let Some(outcome) = failure {
            return Err(PrepareError::Program(outcome));
        }
        let handlers = host.handlers.ok_or_else(|| {
            let report = "the module's evaluation does not end: a top-level `await` waits for something that cannot \
                          happen while the function is being loaded (no I/O, no timers)";
            PrepareError::Program(Outcome::Threw(holm_core::ThrownError {
                name: "Error".into(),
                message: report.into(),
                report: report.into(),
            }))
        })?;
        Ok(Arc::new(Runnable {
            engine: self.engine.clone(),
            image,
            program,
            handlers,
            logs: host.logs,
        }))
    }

    fn unprepared(&self, program: Arc<Program>) -> Arc<dyn Prepared> {
        let (engine, image) = (self.engine.clone(), self.engine.image.clone());
        Arc::new(Runnable {
            engine,
            image,
            program,
            handlers: 0,
            logs: Vec::new(),
        })
    }
}

impl WasmBackend {
    pub(crate) fn make_image(
        &self,
        program: &Program,
        limits: &Limits,
        host: &mut ImageHost,
    ) -> Result<(Arc<Image>, Option<Outcome>), PrepareError> {
        let fault = |error: wasmtime::Error| PrepareError::Host(format!("{error:#}"));
        let (engine, fuel) = (&*self.engine, limits.boot_fuel());
        let mut instance = Instance::new(engine, &engine.image, limits, fuel, host).map_err(fault)?;
        instance.state().frozen = true;
        let stack = instance.stack_pointer();
        let event = codec::load(IMAGE_MOMENT, LoadMode::Image, &IMAGE_SEED, program, None);
        let turn = block_on(instance.turn(&event));
        let used = instance.fuel_used();
        let state = instance.state();
        let memory = state.growth_refused.map(|used| Outcome::Exceeded {
            limit: Limit::Memory,
            value: limits.memory_bytes,
            used,
        });
        let failure = if let Some(error) = state.threw.take() {
            Some(
                memory
                    .filter(|_| error.message.contains("out of memory"))
                    .unwrap_or(Outcome::Threw(error)),
            )
        } else if let Some(stop) = state.stop.take() {
            Some(stop.into_outcome())
        } else {
            match turn {
                Turn::Idle => None,
                Turn::OutOfFuel => Some(Outcome::Exceeded {
                    limit: Limit::Boot,
                    value: limits.boot_ms,
                    used: used.div_ceil(holm_core::limits::FUEL_PER_CPU_MS),
                }),
                Turn::Refused | Turn::Trapped(_) if memory.is_some() => memory,
                Turn::Refused => return Err(PrepareError::Host("the guest refused the program".into())),
                Turn::Trapped(error) => return Err(fault(error)),
                Turn::Stopped(stop) => Some(stop.into_outcome()),
            }
        };
        if failure.is_some() {
            return Ok((engine.image.clone(), failure));
        }
        if let Err(error) = block_on(instance.settle()) {
            if error.downcast_ref::<wasmtime::Trap>() != Some(&wasmtime::Trap::OutOfFuel) {
                return Err(fault(error));
            }
            let (limit, value) = (Limit::Boot, limits.boot_ms);
            return Ok((
                engine.image.clone(),
                Some(Outcome::Exceeded {
                    limit,
                    value,
                    used: value,
                }),
            ));
        }
        if instance.stack_pointer() != stack {
            return Err(PrepareError::Host(
                "the guest's stack is not empty after evaluation".into(),
            ));
        }
        let memory = instance.memory();
        let candidates = engine.memories.changed(memory);
        Ok((Image::delta(&engine.base, memory, candidates), None))
    }
}

/// Runs a future that never waits, only yields between slices of fuel.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

/// A program with the image it runs from.
#[derive(Debug)]
struct Runnable {
    engine: Arc<Engine>,
    image: Arc<Image>,
    program: Arc<Program>,
    handlers: u32,
    logs: Vec<(Level, String)>,
}

impl Prepared for Runnable {
    fn handlers(&self) -> u32 {
        self.handlers
    }

    fn idle_bytes(&self) -> u64 {
        let source: usize = self
            .program
            .modules
            .values()
            .map(|module| module.source.len())
            .sum();
        (self.image.held_bytes() + source) as u64
    }

    fn logs(&self) -> &[(Level, String)] {
        &self.logs
    }

    fn invoke<'a>(
        &'a self,
        moment: Moment,
        first: Event,
        limits: &'a Limits,
        host: &'a mut dyn Host,
    ) -> BoxFuture<'a, Report> {
        let job = Job {
            engine: &self.engine,
            image: &self.image,
            program: &self.program,
            limits,
        };
        Box::pin(driver::invoke(job, moment, first, host))
    }
}
