//! A program that does what a script says, turn by turn, and a world that answers as a script says.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use holm_core::{
    BoxFuture, Effect, Event, FileCall, FileReply, Host, Limits, Moment, Next, Outcome, Program, Report,
    Stop, Usage,
};
use holm_journal::{Arguments, Entry, Journal, JournalHeader, Kind, Place, Recording, Replayed, Replaying};

/// How much fuel a slice has: between two slices a host may interrupt.
pub const SLICE_FUEL: u64 = 100;

/// One thing that the program does.
#[derive(Clone, Debug)]
pub enum Act {
    Effect(Effect),
    /// A file call, and what the file system answers.
    File {
        name: String,
        arguments: Vec<u8>,
        reply: FileReply,
    },
    /// Computing.
    Burn(u64),
}

/// How the world ends the invocation, if it does.
#[derive(Clone, Debug)]
pub enum End {
    /// It does not: the program ends after its last turn.
    ByItself(Outcome),
    /// Instead of another event after the last turn.
    Between(Stop),
    /// As the answer to the last call of the last turn.
    Call(Stop),
    /// Within the last turn, at the first slice that ends at this fuel or later.
    At(u64, Stop),
}

/// A program and the world around it.
#[derive(Clone, Debug)]
pub struct Story {
    pub first: (Moment, Event),
    /// What the program does in its first turn, and then after each event.
    pub turns: Vec<Vec<Act>>,
    /// Between the turns.
    pub events: Vec<(Moment, Event)>,
    pub end: End,
}

/// What the program got to see.
#[derive(Debug, Default, PartialEq)]
pub struct Seen {
    pub events: Vec<(Moment, Event)>,
    pub replies: Vec<FileReply>,
}

/// Runs a future that is ready at once, as all of these are.
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a scripted world never waits"),
    }
}

/// The backend: drives the program of `story` against `host`, which plays its part of the story.
pub fn run(story: &Story, host: &mut dyn Host) -> (Report, Seen) {
    run_using(
        story,
        host,
        Usage {
            memory_peak_bytes: 1 << 20,
            ..Usage::default()
        },
    )
}

fn run_using(story: &Story, host: &mut dyn Host, mut usage: Usage) -> (Report, Seen) {
    let mut seen = Seen {
        events: vec![story.first.clone()],
        replies: vec![],
    };
    let outcome = match (turns(story, host, &mut seen, &mut usage), &story.end) {
        (Err(stop), _) => stop.into_outcome(),
        (Ok(()), End::ByItself(outcome)) => outcome.clone(),
        // The world did not end it where it should have: a journal that is cut off there.
        (Ok(()), _) => Outcome::Answered {
            exit_code: 0,
            value: None,
        },
    };
    let report = Report { outcome, usage };
    host.finish(&report);
    (report, seen)
}

fn turns(story: &Story, host: &mut dyn Host, seen: &mut Seen, usage: &mut Usage) -> Result<(), Stop> {
    for (index, turn) in story.turns.iter().enumerate() {
        usage.turns += 1;
        let stop_at = host.stop_at();
        for act in turn {
            match act {
                Act::Effect(effect) => {
                    usage.fuel += 7;
                    usage.subrequests += u32::from(matches!(effect, Effect::Fetch { .. }));
                    host.effect(effect.clone())?;
                }
                Act::File {
                    name,
                    arguments,
                    reply,
                } => {
                    usage.fuel += 11;
                    let reply = host.file_call(FileCall { name, arguments }, &mut || reply.clone())?;
                    seen.replies.push(reply);
                }
                Act::Burn(fuel) => burn(*fuel, stop_at.as_ref(), host, usage)?,
            }
        }
        let is_last = index + 1 == story.turns.len();
        if is_last && !matches!(story.end, End::Between(_)) {
            return Ok(());
        }
        match ready(host.next()) {
            Next::Event(moment, event) => seen.events.push((moment, event)),
            Next::Stop(stop) => return Err(stop),
        }
    }
    Ok(())
}

fn burn(
    fuel: u64,
    stop_at: Option<&(u64, Stop)>,
    host: &mut dyn Host,
    usage: &mut Usage,
) -> Result<(), Stop> {
    let end = usage.fuel + fuel;
    while usage.fuel < end {
        let slice_end = usage.fuel + SLICE_FUEL - usage.fuel % SLICE_FUEL;
        usage.fuel = slice_end.min(end);
        if let Some((at, stop)) = stop_at
            && usage.fuel >= *at
        {
            usage.fuel = *at;
            return Err(stop.clone());
        }
        if usage.fuel == slice_end
            && let Some(stop) = host.interrupt(usage.fuel)
        {
            return Err(stop);
        }
    }
    Ok(())
}

/// The world: answers as the story says, and keeps what it was told.
#[derive(Debug)]
pub struct World {
    events: VecDeque<(Moment, Event)>,
    end: End,
    /// Calls until the last one of the last turn.
    calls_left: usize,
    pub effects: Vec<Effect>,
    pub finished: Option<Report>,
}

impl World {
    pub fn of(story: &Story) -> Self {
        let calls = story
            .turns
            .iter()
            .flatten()
            .filter(|act| !matches!(act, Act::Burn(_)))
            .count();
        Self {
            events: story.events.clone().into(),
            end: story.end.clone(),
            calls_left: calls,
            effects: vec![],
            finished: None,
        }
    }

    fn call(&mut self) -> Result<(), Stop> {
        self.calls_left -= 1;
        match &self.end {
            End::Call(stop) if self.calls_left == 0 => Err(stop.clone()),
            _ => Ok(()),
        }
    }
}

impl Host for World {
    fn effect(&mut self, effect: Effect) -> Result<(), Stop> {
        self.effects.push(effect);
        self.call()
    }

    fn file_call(&mut self, _: FileCall<'_>, live: &mut dyn FnMut() -> FileReply) -> Result<FileReply, Stop> {
        self.call()?;
        Ok(live())
    }

    fn next(&mut self) -> BoxFuture<'_, Next> {
        let next = match (self.events.pop_front(), &self.end) {
            (Some((moment, event)), _) => Next::Event(moment, event),
            (None, End::Between(stop)) => Next::Stop(stop.clone()),
            (None, end) => panic!("the program waits, but the story ends with {end:?}"),
        };
        Box::pin(std::future::ready(next))
    }

    fn interrupt(&mut self, fuel: u64) -> Option<Stop> {
        match &self.end {
            End::At(at, stop) if fuel >= *at => Some(stop.clone()),
            _ => None,
        }
    }

    fn finish(&mut self, report: &Report) {
        assert!(self.finished.is_none(), "finish is the last call");
        self.finished = Some(report.clone());
    }
}

pub fn header(story: &Story, program: Program) -> JournalHeader {
    JournalHeader {
        engine: [0xE5; 32],
        kind: Kind::of(&story.first.1).expect("a story begins with a first event"),
        created_wall_us: 1_700_000_000_000_000,
        limits: Limits::for_scripts(),
        program: Arc::new(program),
    }
}

/// Records a story in memory.
pub fn record(story: &Story, header: JournalHeader) -> (Vec<u8>, Report, Seen) {
    let mut recording = Recording::new(World::of(story), header, Vec::new());
    recording
        .start(story.first.0, &story.first.1)
        .expect("memory takes everything");
    let (report, seen) = run(story, &mut recording);
    let (world, bytes) = recording.into_parts();
    assert_eq!(world.finished.as_ref(), Some(&report));
    (bytes.expect("memory takes everything"), report, seen)
}

pub fn recorded(story: &Story) -> Journal {
    let (bytes, ..) = record(story, header(story, Program::default()));
    parse(&bytes)
}

pub fn parse(bytes: &[u8]) -> Journal {
    Journal::parse(bytes.to_vec()).expect("it was recorded whole")
}

/// Replays a journal against a program, which need not be the one that was recorded.
pub fn replay(journal: Journal, story: &Story) -> (Replayed, Report, Seen) {
    let mut replaying = Replaying::new(journal);
    let story = Story {
        first: replaying.first(),
        ..story.clone()
    };
    // Nothing is held for a client here, so that the peak of memory is another one.
    let (report, seen) = run_using(&story, &mut replaying, Usage::default());
    (replaying.into_result(), report, seen)
}

/// The entries that recording this story must give, after the first event.
pub fn expected_entries(story: &Story, report: &Report) -> Vec<Entry> {
    let calls = story
        .turns
        .iter()
        .flatten()
        .filter(|act| !matches!(act, Act::Burn(_)))
        .count();
    let mut call = 0;
    let mut entries = vec![];
    let mut events = story.events.iter();
    for turn in &story.turns {
        for act in turn {
            call += usize::from(!matches!(act, Act::Burn(_)));
            let is_refused = matches!(story.end, End::Call(_)) && call == calls;
            match act {
                Act::Effect(effect) => entries.push(Entry::Effect(effect.clone())),
                Act::File {
                    name,
                    arguments,
                    reply,
                } => entries.push(Entry::File {
                    name: name.clone(),
                    arguments: Arguments::of(arguments),
                    reply: (!is_refused).then(|| reply.clone()),
                }),
                Act::Burn(_) => {}
            }
        }
        if let Some((moment, event)) = events.next() {
            entries.push(Entry::Event {
                moment: *moment,
                event: event.clone(),
            });
        }
    }
    match story.end.clone() {
        End::ByItself(_) => {}
        End::Between(stop) => entries.push(Entry::Stop {
            place: Place::Between,
            stop,
        }),
        End::Call(stop) => entries.push(Entry::Stop {
            place: Place::Call,
            stop,
        }),
        End::At(_, stop) => entries.push(Entry::Stop {
            place: Place::At {
                fuel: report.usage.fuel,
            },
            stop,
        }),
    }
    entries.push(Entry::End(report.clone()));
    entries
}
