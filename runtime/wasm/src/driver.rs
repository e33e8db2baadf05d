//! One invocation: events in, turns, and the outcome.

use std::sync::Arc;

use holm_core::event::Moment;
use holm_core::{Event, Host, Limit, Limits, Next, Outcome, Program, Report, ThrownError, Usage};
use holm_host_api::codes::LoadMode;
use wasmtime::Trap;

use crate::codec;
use crate::engine::Engine;
use crate::image::Image;
use crate::instance::{Instance, Turn};

/// What to run: an image, and the program that made it or is still to be evaluated.
pub struct Job<'a> {
    pub engine: &'a Engine,
    pub image: &'a Arc<Image>,
    pub program: &'a Arc<Program>,
    pub limits: &'a Limits,
}

/// Runs an invocation from its first event to its end.
pub async fn invoke(job: Job<'_>, moment: Moment, first: Event, host: &mut dyn Host) -> Report {
    let fuel = job.limits.fuel();
    let report = match Instance::new(job.engine, job.image, job.limits, fuel, &mut *host) {
        Ok(instance) => {
            Invocation {
                instance,
                job,
                turns: 0,
            }
            .run(moment, first)
            .await
        }
        Err(error) => {
            let message = format!("an instance could not be made: {error:#}");
            Report {
                outcome: Outcome::Fault { message },
                usage: Usage::default(),
            }
        }
    };
    host.finish(&report);
    report
}

struct Invocation<'a> {
    instance: Instance<'a>,
    job: Job<'a>,
    turns: u32,
}

impl Invocation<'_> {
    async fn run(mut self, moment: Moment, first: Event) -> Report {
        let outcome = match self.start(moment, first).await {
            Some(outcome) => outcome,
            None => self.go_on().await,
        };
        let (fuel, turns) = (self.instance.fuel_used(), self.turns);
        let state = self.instance.state();
        let usage = Usage {
            fuel,
            memory_peak_bytes: state.memory_peak,
            turns,
            subrequests: state.subrequests,
            log_bytes: state.log_bytes,
            cpu_us: 0,
        };
        Report { outcome, usage }
    }

    /// The first event; a program that is not in the image is evaluated with it.
    async fn start(&mut self, moment: Moment, first: Event) -> Option<Outcome> {
        self.instance.state().program = Some(self.job.program.clone());
        let mode = match &first {
            Event::Script { seed } => Some((LoadMode::Script, *seed, None)),
            Event::Execution { seed, input } => Some((LoadMode::Execution, *seed, input.as_deref())),
            Event::Request {
                seed, inline: true, ..
            } => Some((LoadMode::Inline, *seed, None)),
            _ => None,
        };
        if let Some((mode, seed, input)) = mode {
            let outcome = self
                .turn(&codec::load(moment, mode, &seed, self.job.program, input))
                .await;
            if outcome.is_some() || mode != LoadMode::Inline {
                return outcome;
            }
        }
        self.turn(&codec::event(moment, &first)).await
    }

    async fn go_on(&mut self) -> Outcome {
        loop {
            let (moment, event) = match self.instance.state().lent.host().next().await {
                Next::Event(moment, event) => (moment, event),
                Next::Stop(stop) => return stop.into_outcome(),
            };
            if let Event::Done { op, answer } = &event {
                self.instance.state().settle(*op, answer);
            }
            if let Some(outcome) = self.turn(&codec::event(moment, &event)).await {
                return outcome;
            }
        }
    }

    /// One turn; an outcome when the invocation is over.
    async fn turn(&mut self, event: &[u8]) -> Option<Outcome> {
        self.turns += 1;
        let turn = self.instance.turn(event).await;
        let (limits, fuel) = (*self.job.limits, self.instance.fuel_used());
        let state = self.instance.state();
        let out_of_memory = state.growth_refused.map(|used| Outcome::Exceeded {
            limit: Limit::Memory,
            value: limits.memory_bytes,
            used,
        });
        if let Some(stop) = state.stop.take() {
            return Some(stop.into_outcome());
        }
        if let Some(error) = state.threw.take() {
            let memory = out_of_memory.filter(|_| error.message.contains("out of memory"));
            return Some(memory.unwrap_or(Outcome::Threw(error)));
        }
        if let Some((exit_code, value)) = state.finished.take() {
            return Some(Outcome::Answered { exit_code, value });
        }
        match turn {
            Turn::Idle => None,
            Turn::OutOfFuel => {
                let used = fuel.div_ceil(holm_core::limits::FUEL_PER_CPU_MS);
                Some(Outcome::Exceeded {
                    limit: Limit::Cpu,
                    value: limits.cpu_ms,
                    used,
                })
            }
            Turn::Stopped(stop) => Some(stop.into_outcome()),
            Turn::Refused => Some(out_of_memory.unwrap_or(Outcome::Exceeded {
                limit: Limit::Memory,
                value: limits.memory_bytes,
                used: limits.memory_bytes,
            })),
            Turn::Trapped(error) => Some(trapped(&error, out_of_memory)),
        }
    }
}

fn trapped(error: &wasmtime::Error, out_of_memory: Option<Outcome>) -> Outcome {
    match error.downcast_ref::<Trap>() {
        // JavaScript's own check comes first; this is what it does not see.
        Some(Trap::StackOverflow) => Outcome::Threw(ThrownError {
            name: "RangeError".into(),
            message: "Maximum call stack size exceeded".into(),
            report: "Uncaught RangeError: Maximum call stack size exceeded".into(),
        }),
        _ => out_of_memory.unwrap_or_else(|| Outcome::Fault {
            message: format!("the engine trapped: {error:#}"),
        }),
    }
}
