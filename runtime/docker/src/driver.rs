//! One invocation: a container, what it asks for as effects, what the host answers, and the outcome.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bollard::container::LogOutput;
use holm_core::{
    Answer, Effect, Event, Failure, FailureKind, FetchHead, Host, Level, Limit, Limits, Next, Outcome,
    Program, Report, Stop,
};
use tokio::sync::oneshot;

use crate::account::{Account, Used};
use crate::ask::Ask;
use crate::backend::Inner;
use crate::container::{Container, Happening, on_disk};
use crate::daemon::{Daemon, DaemonError};
use crate::ending;
use crate::folder;
use crate::job::{self, Ended};
use crate::output::Output;
use crate::pool::NoContainer;
use crate::shape::Shape;
use crate::tally::Tally;

/// Of standard error, for what V8 says at its end.
const STDERR_TAIL_BYTES: usize = 16 * 1024;

/// The shortest time between two looks at the CPU time that was used.
const CPU_LOOK_MIN: Duration = Duration::from_millis(20);

/// Runs an invocation from its first event to its end.
pub(crate) async fn invoke(
    inner: &Arc<Inner>,
    program: &Arc<Program>,
    first: Event,
    limits: &Limits,
    host: &mut dyn Host,
) -> Report {
    host.runs_outside_of_turns();
    let mut tally = Tally::new(limits);
    let outcome = run(inner, program, &first, limits, host, &mut tally).await;
    let report = Report {
        outcome: outcome.unwrap_or_else(|early| early),
        usage: tally.usage,
    };
    host.finish(&report);
    report
}

async fn run(
    inner: &Arc<Inner>,
    program: &Arc<Program>,
    first: &Event,
    limits: &Limits,
    host: &mut dyn Host,
    tally: &mut Tally,
) -> Result<Outcome, Outcome> {
    let shape = Shape::of(limits, program).map_err(|reason| Outcome::Denied { reason })?;
    let mut container = {
        // Whoever gives up while there is no container need not wait for one.
        let getting = container(inner, shape);
        tokio::select! {
            container = getting => container?,
            next = host.next() => match next {
                Next::Stop(stop) => return Err(stop.into_outcome()),
                Next::Event(_, Event::Cancel { reason }) => return Err(Outcome::Cancelled { by: reason }),
                Next::Event(..) => return Err(fault("the host has an event for a program that has not begun")),
            },
        }
    };
    let marker = marker(&inner.entropy.0.seed());
    let job =
        job::job(program, first, &marker).ok_or_else(|| fault("no invocation begins with this event"))?;
    let path = container
        .folder()
        .map(std::path::Path::to_path_buf)
        .ok_or_else(|| fault("a container has no folder"))?;
    let files = program.clone();
    let written = tokio::task::spawn_blocking(move || folder::write_program(&path, &files)).await;
    written
        .map_err(|error| fault(&error.to_string()))?
        .map_err(|error| unavailable(&on_disk(&error)))?;
    let base = container.account().and_then(Account::used).unwrap_or_default();
    if let Some(account) = container.account() {
        account.reset_peak();
    }
    if !container.assign(job) {
        return Err(unavailable(&DaemonError::Failed(
            "the container ended while it waited".into(),
        )));
    }
    let driver = Driver {
        stdout: Output::new(&marker),
        stderr: Output::new(&marker),
        stderr_tail: String::new(),
        output_open: true,
        pending: HashMap::new(),
        container,
        base,
        inner,
        limits,
        host,
        tally,
    };
    driver.run().await
}

async fn container(inner: &Arc<Inner>, shape: Shape) -> Result<Container, Outcome> {
    if let Some(pool) = inner.pool.as_ref().filter(|pool| pool.shape == shape) {
        return pool.take().await.map_err(|refused| match refused {
            NoContainer::Busy => Outcome::Busy {
                message: "every container is in use; try again".into(),
            },
            NoContainer::Daemon(error) => unavailable(&error),
        });
    }
    inner.maker.make(shape).await.map_err(|error| unavailable(&error))
}

fn unavailable(error: &DaemonError) -> Outcome {
    if let DaemonError::Failed(message) = error {
        tracing::warn!(message, "Docker failed");
    }
    Outcome::Unavailable {
        message: error.to_string(),
    }
}

fn fault(message: &str) -> Outcome {
    Outcome::Fault {
        message: message.into(),
    }
}

fn marker(random: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    let mut marker = String::from("\u{1}holm:");
    for byte in random {
        let _ = write!(marker, "{byte:02x}");
    }
    marker
}

/// Who waits for an operation.
enum Waiting {
    Head(oneshot::Sender<Result<FetchHead, Failure>>),
    Piece(oneshot::Sender<Answer>),
}

struct Driver<'a> {
    container: Container,
    stdout: Output,
    stderr: Output,
    stderr_tail: String,
    output_open: bool,
    pending: HashMap<u32, Waiting>,
    /// What the container had used when the job came.
    base: Used,
    inner: &'a Arc<Inner>,
    limits: &'a Limits,
    host: &'a mut dyn Host,
    tally: &'a mut Tally,
}

/// What a look at the CPU time gave: nanoseconds.
type CpuLook = Pin<Box<dyn Future<Output = Result<u64, DaemonError>> + Send>>;

impl Driver<'_> {
    async fn run(mut self) -> Result<Outcome, Outcome> {
        let mut cpu = self.look_at_cpu(0);
        loop {
            // In no fixed order: a container that never falls silent must not keep the host from stopping it.
            let ended = tokio::select! {
                happening = self.container.happening(self.output_open) => match happening {
                    Happening::Ask(ask, _place) => self.asked(ask).map(|()| false),
                    Happening::Output(piece) => self.output(&piece),
                    Happening::OutputEnded => Ok(true),
                },
                next = self.host.next() => match next {
                    Next::Event(_, event) => {
                        self.tally.usage.turns += 1;
                        self.told(event);
                        Ok(false)
                    }
                    Next::Stop(stop) => Err(stop),
                },
                used = &mut cpu => {
                    let used_ns = used.map_err(|error| unavailable(&error))?;
                    let used_ns = used_ns.saturating_sub(self.base.cpu_ns);
                    self.tally.usage.cpu_us = self.tally.usage.cpu_us.max(used_ns / 1_000);
                    self.account();
                    cpu = self.look_at_cpu(used_ns);
                    self.over_cpu(used_ns).map_or(Ok(false), Err)
                }
            };
            match ended {
                Ok(false) => {}
                Ok(true) => {
                    self.account();
                    return self.end().await;
                }
                Err(stop) => {
                    self.account();
                    return Err(stop.into_outcome());
                }
            }
        }
    }

    /// Looks again when the limit can be reached at the earliest, which depends on how many CPUs there are to use.
    fn look_at_cpu(&self, used_ns: u64) -> CpuLook {
        let left_ns = self
            .limits
            .cpu_ms
            .saturating_mul(1_000_000)
            .saturating_sub(used_ns);
        let milli_cpus = u64::from(self.inner.maker.config.milli_cpus.max(1));
        let wait = Duration::from_nanos(left_ns.saturating_mul(1_000) / milli_cpus).max(CPU_LOOK_MIN);
        let (daemon, id): (Arc<Daemon>, _) =
            (self.inner.maker.daemon.clone(), self.container.id().to_owned());
        let account = self.container.account().cloned();
        Box::pin(async move {
            tokio::time::sleep(wait).await;
            match account {
                // One that has gone says so by its output's end.
                Some(account) => Ok(account.used().map_or(0, |used| used.cpu_ns)),
                None => daemon.cpu_ns(&id).await,
            }
        })
    }

    /// Takes down what the program has used so far, where that can be seen.
    fn account(&mut self) {
        let Some(used) = self.container.account().and_then(Account::used) else {
            return;
        };
        let usage = &mut self.tally.usage;
        let cpu_us = used.cpu_ns.saturating_sub(self.base.cpu_ns) / 1_000;
        let peak = used.memory_peak_bytes.saturating_sub(self.base.memory_bytes);
        usage.cpu_us = usage.cpu_us.max(cpu_us);
        usage.memory_peak_bytes = usage.memory_peak_bytes.max(peak);
    }

    fn over_cpu(&self, used_ns: u64) -> Option<Stop> {
        let (value, used) = (self.limits.cpu_ms, used_ns / 1_000_000);
        (used >= value).then_some(Stop::Limit {
            limit: Limit::Cpu,
            value,
            used,
        })
    }

    /// Takes a piece of output; true when all of it is here and the agent has said how it ended.
    fn output(&mut self, piece: &LogOutput) -> Result<bool, Stop> {
        match piece {
            LogOutput::StdOut { message } | LogOutput::Console { message } => {
                let text = self.stdout.take(message);
                self.tally.log(Level::Stdout, text, self.host)?;
            }
            LogOutput::StdErr { message } => {
                let text = self.stderr.take(message);
                self.keep_tail(&text);
                self.tally.log(Level::Stderr, text, self.host)?;
            }
            LogOutput::StdIn { .. } => {}
        }
        Ok(self.stderr.is_complete() && self.stdout.ended().is_some())
    }

    fn keep_tail(&mut self, text: &str) {
        self.stderr_tail.push_str(text);
        if self.stderr_tail.len() > 2 * STDERR_TAIL_BYTES {
            let mut from = self.stderr_tail.len() - STDERR_TAIL_BYTES;
            while !self.stderr_tail.is_char_boundary(from) {
                from += 1;
            }
            self.stderr_tail.drain(..from);
        }
    }

    fn asked(&mut self, ask: Ask) -> Result<(), Stop> {
        let (op, waiting, effect) = match ask {
            Ask::Fetch { op, request, answer } => {
                self.tally.usage.subrequests += 1;
                (op, Waiting::Head(answer), Effect::Fetch { op, request })
            }
            Ask::Read { op, stream, answer } => (op, Waiting::Piece(answer), Effect::Read { op, stream }),
            Ask::Write {
                op,
                stream,
                chunk,
                answer,
            } => (op, Waiting::Piece(answer), Effect::Write { op, stream, chunk }),
            Ask::Close { stream, error } => return self.host.effect(Effect::Close { stream, error }),
            Ask::Abort { op } => {
                if self.pending.remove(&op).is_some() {
                    self.tally.end();
                }
                return self.host.effect(Effect::Abort { op });
            }
            Ask::Respond(head) => return self.host.effect(Effect::Respond(head)),
        };
        if let Err(message) = self.tally.start() {
            let failure = Failure {
                kind: FailureKind::Limit,
                message,
            };
            waiting.tell(Answer::Failed(failure));
            return Ok(());
        }
        self.pending.insert(op, waiting);
        self.host.effect(effect)
    }

    fn told(&mut self, event: Event) {
        let (op, answer) = match event {
            Event::Done { op, answer } => (op, answer),
            Event::Cancel { reason } => return self.container.cancel(reason),
            // The rest is not asked for.
            _ => return,
        };
        if let Some(waiting) = self.pending.remove(&op) {
            self.tally.end();
            waiting.tell(answer);
        }
    }

    /// The output is complete, or the container has ended.
    async fn end(mut self) -> Result<Outcome, Outcome> {
        let (limits, daemon) = (self.limits, self.inner.maker.daemon.clone());
        // What came over the socket before the end counts.
        while let Ok((ask, _place)) = self.container.asks.try_recv() {
            self.asked(ask).map_err(Stop::into_outcome)?;
        }
        if let Some(line) = self.stdout.ended() {
            let ended: Ended = serde_json::from_slice(line).unwrap_or_default();
            // Only when something was started in it: the engine says that something was killed for memory when all has ended.
            let oom_killed = if ended.children {
                let end = daemon.kill(self.container.id()).await;
                end.map_err(|error| unavailable(&error))?.oom_killed
            } else {
                false
            };
            return Ok(ending::of_agent(
                ended,
                oom_killed,
                limits,
                &self.inner.maker.config,
            ));
        }
        let (out, err) = (self.stdout.rest(), self.stderr.rest());
        self.keep_tail(&err);
        let said = self.tally.log(Level::Stdout, out, self.host);
        let said = said.and_then(|()| self.tally.log(Level::Stderr, err, self.host));
        said.map_err(Stop::into_outcome)?;
        let end = daemon
            .end(self.container.id())
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(ending::of_container(end, &self.stderr_tail, limits))
    }
}

impl Waiting {
    /// Tells who waits, who may be gone.
    fn tell(self, answer: Answer) {
        match (self, answer) {
            (Self::Head(sender), Answer::Head(head)) => drop(sender.send(Ok(head))),
            (Self::Head(sender), Answer::Failed(failure)) => drop(sender.send(Err(failure))),
            (Self::Piece(sender), answer) => drop(sender.send(answer)),
            // No other answer is given to a fetch.
            (Self::Head(_), _) => {}
        }
    }
}
