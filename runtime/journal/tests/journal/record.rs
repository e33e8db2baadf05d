//! Recording: what the sink did not take happens nowhere, and is not called recorded.

use std::io;

use holm_core::{Effect, Event, Host, Limit, Moment, Next, Outcome, Program, Report, Stop};
use holm_journal::{Ending, Entry, Journal, JournalSink, RecordError, Recording, Replaying, WriteSink};
use proptest::prelude::*;

use crate::fake::{self, Act, End, Story, World};
use crate::{arbitrary, golden};

/// A disk that is full after some appends; of the one that does not fit, it takes a part.
struct FullDisk {
    bytes: Vec<u8>,
    appends_left: usize,
    completes: bool,
    refused: bool,
}

impl FullDisk {
    fn after(appends: usize) -> Self {
        Self {
            bytes: vec![],
            appends_left: appends,
            completes: true,
            refused: false,
        }
    }
}

impl JournalSink for &mut FullDisk {
    fn append(&mut self, entries: &[u8]) -> io::Result<()> {
        assert!(!self.refused, "a sink that refused is not called again");
        if self.appends_left == 0 {
            self.refused = true;
            self.bytes.extend_from_slice(&entries[..entries.len() / 2]);
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.appends_left -= 1;
        self.bytes.extend_from_slice(entries);
        Ok(())
    }

    fn complete(&mut self) -> io::Result<()> {
        if self.completes {
            Ok(())
        } else {
            Err(io::ErrorKind::StorageFull.into())
        }
    }
}

#[test]
fn a_full_disk_stops_the_invocation_before_anything_unrecorded_happens() {
    let story = golden::everything();
    let entries = fake::recorded(&story).entries().len();
    // The first append has header, program and first event.
    for appends in 1..=entries {
        let mut disk = FullDisk::after(appends);
        let mut recording = Recording::new(
            World::of(&story),
            fake::header(&story, Program::default()),
            &mut disk,
        );
        recording
            .start(story.first.0, &story.first.1)
            .expect("there is room for the start");
        let (report, seen) = fake::run(&story, &mut recording);

        assert!(matches!(recording.error(), Some(RecordError::Sink(_))));
        let (world, sink) = recording.into_parts();
        assert!(
            matches!(sink, Err(RecordError::Sink(_))),
            "after {appends} appends"
        );
        let journal = fake::parse(&disk.bytes);
        assert!(matches!(journal.ending(), Ending::CutOff { .. }));
        assert_eq!(journal.entries().len(), appends - 1);

        let recorded = |is: fn(&Entry) -> bool| journal.entries().iter().filter(|entry| is(entry)).count();
        assert_eq!(
            world.effects.len(),
            recorded(|entry| matches!(entry, Entry::Effect(_)))
        );
        assert_eq!(
            seen.events.len(),
            1 + recorded(|entry| matches!(entry, Entry::Event { .. }))
        );
        assert_eq!(
            seen.replies.len(),
            recorded(|entry| matches!(entry, Entry::File { .. }))
        );
        let finished = world.finished.expect("the world is told of the end");
        assert!(
            matches!(&finished.outcome, Outcome::Fault { message } if message.contains("the recorder")),
            "{finished:?}"
        );
        let is_end_itself = appends == entries;
        assert_eq!(
            matches!(&report.outcome, Outcome::Cancelled { by } if by.starts_with("the recorder")),
            !is_end_itself,
            "only the end is past stopping"
        );
    }
}

#[test]
fn a_disk_that_is_full_at_once_lets_nothing_start() {
    let story = golden::everything();
    let mut disk = FullDisk::after(0);
    let mut recording = Recording::new(
        World::of(&story),
        fake::header(&story, Program::default()),
        &mut disk,
    );
    let error = recording
        .start(story.first.0, &story.first.1)
        .expect_err("the disk is full")
        .to_string();
    assert!(error.starts_with("the journal could not be written: "), "{error}");
    let (report, _) = fake::run(&story, &mut recording);
    assert_eq!(report.outcome.name(), "cancelled");
    assert_eq!(recording.host().effects, []);
}

#[test]
fn a_journal_that_cannot_be_completed_is_not_recorded() {
    let story = golden::everything();
    let mut disk = FullDisk {
        completes: false,
        ..FullDisk::after(usize::MAX)
    };
    let mut recording = Recording::new(
        World::of(&story),
        fake::header(&story, Program::default()),
        &mut disk,
    );
    recording
        .start(story.first.0, &story.first.1)
        .expect("there is room for the start");
    fake::run(&story, &mut recording);
    let (world, sink) = recording.into_parts();
    assert!(matches!(sink, Err(RecordError::Sink(_))));
    assert_eq!(world.finished.expect("the end").outcome.name(), "fault");
}

#[test]
fn an_invocation_that_was_dropped_is_not_recorded() {
    let story = golden::everything();
    let mut recording = Recording::new(
        World::of(&story),
        fake::header(&story, Program::default()),
        Vec::new(),
    );
    recording
        .start(story.first.0, &story.first.1)
        .expect("memory takes everything");
    recording
        .effect(Effect::Abort { op: 1 })
        .expect("memory takes everything");
    assert!(matches!(recording.into_parts().1, Err(RecordError::Unfinished)));
}

#[test]
fn a_first_event_of_another_kind_is_refused() {
    let story = golden::everything();
    let mut recording = Recording::new(
        World::of(&story),
        fake::header(&story, Program::default()),
        Vec::new(),
    );
    let error = recording
        .start(story.first.0, &Event::Script { seed: [0; 32] })
        .expect_err("a request was announced");
    assert!(error.to_string().contains("its header says function"), "{error}");
    assert!(matches!(recording.into_parts().1, Err(RecordError::Kind { .. })));
}

#[test]
fn nothing_follows_a_stop() {
    let stop = Stop::Limit {
        limit: Limit::ResponseBody,
        value: 1,
        used: 2,
    };
    let effect = Effect::Abort { op: 1 };
    let story = Story {
        turns: vec![vec![Act::Effect(effect.clone())]],
        events: vec![(Moment::default(), Event::Wake)],
        end: End::Call(stop.clone()),
        ..golden::everything()
    };
    let mut recording = Recording::new(
        World::of(&story),
        fake::header(&story, Program::default()),
        Vec::new(),
    );
    recording
        .start(story.first.0, &story.first.1)
        .expect("memory takes everything");
    assert_eq!(recording.effect(effect.clone()), Err(stop.clone()));
    assert_eq!(recording.effect(effect.clone()), Err(stop.clone()));
    assert_eq!(recording.interrupt(1), Some(stop.clone()));
    assert_eq!(fake::ready(recording.next()), Next::Stop(stop));
    assert_eq!(recording.host().effects, [effect]);
}

#[test]
fn the_first_end_counts() {
    let story = golden::everything();
    let header = fake::header(&story, Program::default());
    let mut recording = Recording::new(World::of(&story), header.clone(), Vec::new());
    recording
        .start(story.first.0, &story.first.1)
        .expect("memory takes everything");
    let (report, _) = fake::run(&story, &mut recording);
    let again = Outcome::Fault {
        message: "again".into(),
    };
    recording.finish(&Report {
        outcome: again,
        ..report.clone()
    });
    // The world of the story panics when it is told twice.
    let (world, sink) = recording.into_parts();
    assert_eq!(world.finished, Some(report));
    assert_eq!(
        sink.expect("memory takes everything"),
        fake::record(&story, header).0
    );
}

#[test]
fn a_writer_is_a_sink() {
    let story = golden::everything();
    let header = fake::header(&story, Program::default());
    let mut recording = Recording::new(World::of(&story), header.clone(), WriteSink(Vec::new()));
    recording
        .start(story.first.0, &story.first.1)
        .expect("memory takes everything");
    fake::run(&story, &mut recording);
    let sink = recording.into_parts().1.expect("memory takes everything");
    assert_eq!(sink.0, fake::record(&story, header).0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever the journal knows, the replay does: so a recording of it is the journal again, byte for byte.
    #[test]
    fn a_recorded_replay_is_the_same_journal(story in arbitrary::story(), program in arbitrary::program()) {
        let (bytes, ..) = fake::record(&story, fake::header(&story, program));
        let journal = Journal::parse(bytes.clone()).expect("it was recorded whole");
        let header = journal.header().clone();
        let (moment, first) = journal.first().clone();
        let mut recording = Recording::new(Replaying::new(journal), header, Vec::new());
        recording.start(moment, &first).expect("memory takes everything");
        fake::run(&story, &mut recording);
        prop_assert_eq!(recording.into_parts().1.expect("memory takes everything"), bytes);
    }
}
