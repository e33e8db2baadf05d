//! Replaying: the same program gives the same, and any other is found out where it first differs.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use holm_core::*;
use holm_journal::{Divergence, Entry, Place, Replayed, Replaying};
use proptest::prelude::*;

use crate::fake::{self, Act, End, SLICE_FUEL, Story};
use crate::{arbitrary, golden};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_same_program_gives_the_same(story in arbitrary::story(), program in arbitrary::program()) {
        let (bytes, report, seen) = fake::record(&story, fake::header(&story, program));
        let (result, replayed, replayed_seen) = fake::replay(fake::parse(&bytes), &story);
        prop_assert_eq!(result, Replayed::Same);
        prop_assert_eq!(replayed.outcome, report.outcome);
        prop_assert_eq!(replayed.usage.fuel, report.usage.fuel);
        prop_assert_eq!(replayed_seen, seen);
    }

    #[test]
    fn another_effect_is_found_where_it_is(
        story in arbitrary::story(), other in arbitrary::effect(), which: prop::sample::Index,
    ) {
        let journal = fake::recorded(&story);
        let mut places = vec![];
        for (turn, acts) in story.turns.iter().enumerate() {
            for (act, it) in acts.iter().enumerate() {
                if matches!(it, Act::Effect(effect) if *effect != other) {
                    places.push((turn, act));
                }
            }
        }
        prop_assume!(!places.is_empty());
        let index = which.index(places.len());
        let (turn, act) = places[index];
        // Its entry: events and calls before it.
        let before = story.turns[..turn].iter().flatten().chain(&story.turns[turn][..act]);
        let entry = 3 + turn + before.filter(|act| !matches!(act, Act::Burn(_))).count();
        let mut changed = story.clone();
        changed.turns[turn][act] = Act::Effect(other);
        let divergence = diverged(journal, &changed);
        prop_assert_eq!((divergence.entry, divergence.turn), (entry as u64, turn as u32 + 1));
    }
}

fn diverged(journal: holm_journal::Journal, story: &Story) -> Divergence {
    match fake::replay(journal, story) {
        (Replayed::Diverged(divergence), report, _) => {
            if !divergence.replayed.starts_with("the invocation ends") {
                assert_eq!(
                    report.outcome,
                    Outcome::Diverged {
                        message: divergence.to_string()
                    }
                );
            }
            divergence
        }
        (other, ..) => panic!("{other:?}"),
    }
}

fn log(text: &str) -> Act {
    Act::Effect(Effect::Log {
        level: Level::Info,
        text: text.into(),
    })
}

fn file(name: &str, arguments: &[u8]) -> Act {
    let reply = FileReply {
        errno: 0,
        writes: vec![(16, vec![1])],
    };
    Act::File {
        name: name.into(),
        arguments: arguments.to_vec(),
        reply,
    }
}

/// Entries: 3 log, 4 file, 5 a chunk, 6 write, 7 file, 8 the end.
fn story() -> Story {
    let chunk = Answer::Chunk(Bytes::from_static(b"x"));
    Story {
        first: (Moment::default(), Event::Script { seed: [3; 32] }),
        turns: vec![
            vec![
                log("the quick brown fox jumps over the lazy dog"),
                file("fd_read", b"abc"),
                Act::Burn(10),
            ],
            vec![
                Act::Effect(Effect::Write {
                    op: 2,
                    stream: 0,
                    chunk: Bytes::from(vec![0xAB; 300]),
                }),
                file("fd_write", &[7; 5000]),
            ],
        ],
        events: vec![(
            Moment {
                wall_us: 9,
                mono_us: 8,
            },
            Event::Done { op: 1, answer: chunk },
        )],
        end: End::ByItself(Outcome::Answered {
            exit_code: 0,
            value: None,
        }),
    }
}

/// Replays a changed program, and compares the whole text.
#[track_caller]
fn check(change: impl FnOnce(&mut Story), expected: &str) {
    check_against(story(), change, expected);
}

#[track_caller]
fn check_against(story: Story, change: impl FnOnce(&mut Story), expected: &str) {
    let journal = fake::recorded(&story);
    let mut changed = story;
    change(&mut changed);
    assert_eq!(diverged(journal, &changed).to_string(), expected);
}

#[test]
fn another_text_is_shown_from_its_first_difference_on() {
    check(
        |story| story.turns[0][0] = log("the quick brown fox jumps over the crazy dog"),
        "entry 3, in turn 1\n  \
           recorded: log: level info, text \"the quick brown fox jumps over the lazy dog\"\n  \
           replayed: log: level info, text \"the quick brown fox jumps over the crazy dog\"\n  \
           first difference: text, from byte 35 on: …\" fox jumps over the lazy dog\" recorded, \
           …\" fox jumps over the crazy dog\" replayed",
    );
}

#[test]
fn other_bytes_are_abbreviated() {
    let ab = "ab ".repeat(24);
    let around = "ab ".repeat(20);
    check(
        |story| {
            let mut chunk = vec![0xAB; 300];
            chunk[200] = 0;
            story.turns[1][0] = Act::Effect(Effect::Write {
                op: 2,
                stream: 0,
                chunk: chunk.into(),
            });
        },
        &format!(
            "entry 6, in turn 2\n  \
               recorded: write of a body: operation 2, stream 0, chunk <{ab}>… (300 bytes)\n  \
               replayed: write of a body: operation 2, stream 0, chunk <{ab}>… (300 bytes)\n  \
               first difference: chunk, from byte 200 on: …<{around}ab ab ab ab>… (300 bytes) recorded, \
               …<{around}00 ab ab ab>… (300 bytes) replayed",
        )
        .replace(" >", ">"),
    );
}

#[test]
fn another_number_is_named() {
    check(
        |story| {
            story.turns[1][0] = Act::Effect(Effect::Write {
                op: 3,
                stream: 0,
                chunk: Bytes::from_static(b"short"),
            });
        },
        &format!(
            "entry 6, in turn 2\n  \
               recorded: write of a body: operation 2, stream 0, chunk <{}>… (300 bytes)\n  \
               replayed: write of a body: operation 3, stream 0, chunk \"short\"\n  \
               first difference: operation: 2 recorded, 3 replayed",
            vec!["ab"; 24].join(" ")
        ),
    );
}

#[test]
fn another_kind_of_effect_is_found() {
    check(
        |story| story.turns[0][0] = Act::Effect(Effect::WakeAt { mono_us: Some(5) }),
        "entry 3, in turn 1\n  \
           recorded: log: level info, text \"the quick brown fox jumps over the lazy dog\"\n  \
           replayed: wake: at µs 5",
    );
}

#[test]
fn one_effect_more_is_found() {
    check(
        |story| story.turns[0].push(log("more")),
        "entry 5, in turn 1\n  \
           recorded: the turn ends, and a piece of a body comes: operation 1\n  \
           replayed: log: level info, text \"more\"",
    );
}

#[test]
fn one_effect_less_is_found() {
    check(
        |story| drop(story.turns[1].remove(0)),
        &format!(
            "entry 6, in turn 2\n  \
               recorded: write of a body: operation 2, stream 0, chunk <{}>… (300 bytes)\n  \
               replayed: file call: name fd_write, arguments' length 5000, their SHA-256 {SHA256_OF_5000_SEVENS}",
            vec!["ab"; 24].join(" ")
        ),
    );
}

const SHA256_OF_5000_SEVENS: &str =
    "<f3 02 a3 f8 55 03 ee b1 a1 05 c8 1a 5f be a0 aa 46 14 17 fb 38 93 91 95>… (32 bytes)";

#[test]
fn a_turn_that_ends_too_early_is_found() {
    check(
        |story| drop(story.turns[0].remove(1)),
        "entry 4, in turn 1\n  \
           recorded: file call: name fd_read, arguments \"abc\"\n  \
           replayed: the turn ends, and the program waits",
    );
}

#[test]
fn an_invocation_that_ends_too_early_is_found() {
    check(
        |story| story.turns.truncate(1),
        "entry 5, in turn 1\n  \
           recorded: the turn ends, and a piece of a body comes: operation 1\n  \
           replayed: the invocation ends: outcome answered, exit code 0, value none, fuel 28, turns 1, \
           subrequests 0, log bytes 0",
    );
}

#[test]
fn an_invocation_that_does_not_end_is_found() {
    check(
        |story| {
            story.turns.push(vec![]);
            story.events.push((Moment::default(), Event::Wake));
        },
        "entry 8, in turn 2\n  \
           recorded: the invocation ends: outcome answered, exit code 0, value none, fuel 46, turns 2, \
           subrequests 0, log bytes 0\n  \
           replayed: the turn ends, and the program waits",
    );
}

#[test]
fn another_file_call_is_found() {
    check(
        |story| story.turns[0][1] = file("fd_pread", b"abc"),
        "entry 4, in turn 1\n  \
           recorded: file call: name fd_read, arguments \"abc\"\n  \
           replayed: file call: name fd_pread, arguments \"abc\"\n  \
           first difference: name: fd_read recorded, fd_pread replayed",
    );
}

#[test]
fn other_arguments_are_found() {
    check(
        |story| story.turns[0][1] = file("fd_read", b"abd"),
        "entry 4, in turn 1\n  \
           recorded: file call: name fd_read, arguments \"abc\"\n  \
           replayed: file call: name fd_read, arguments \"abd\"\n  \
           first difference: arguments, from byte 2 on: \"abc\" recorded, \"abd\" replayed",
    );
}

#[test]
fn other_arguments_that_are_kept_as_a_digest_are_found() {
    let journal = fake::recorded(&story());
    let mut changed = story();
    let mut arguments = [7; 5000];
    arguments[4999] = 8;
    changed.turns[1][1] = file("fd_write", &arguments);
    let divergence = diverged(journal, &changed);
    assert_eq!(divergence.entry, 7);
    assert!(
        divergence
            .difference
            .expect("it is there")
            .starts_with("their SHA-256, from byte 0 on")
    );
}

#[test]
fn other_fuel_is_found() {
    check(
        |story| story.turns[0][2] = Act::Burn(11),
        "entry 8, in turn 2\n  \
           recorded: the invocation ends: outcome answered, exit code 0, value none, fuel 46, turns 2, \
           subrequests 0, log bytes 0\n  \
           replayed: the invocation ends: outcome answered, exit code 0, value none, fuel 47, turns 2, \
           subrequests 0, log bytes 0\n  \
           first difference: fuel: 46 recorded, 47 replayed",
    );
}

#[test]
fn another_outcome_is_found() {
    check(
        |story| story.end = End::ByItself(Outcome::Denied { reason: "no".into() }),
        "entry 8, in turn 2\n  \
           recorded: the invocation ends: outcome answered, exit code 0, value none, fuel 46, turns 2, \
           subrequests 0, log bytes 0\n  \
           replayed: the invocation ends: outcome denied, reason \"no\", fuel 46, turns 2, \
           subrequests 0, log bytes 0\n  \
           first difference: outcome: answered recorded, denied replayed",
    );
}

#[test]
fn a_dropped_replay_has_diverged() {
    let replaying = Replaying::new(fake::recorded(&story()));
    let Replayed::Diverged(divergence) = replaying.into_result() else {
        panic!("nothing was replayed")
    };
    assert_eq!((divergence.entry, divergence.turn), (3, 1));
    assert_eq!(divergence.replayed, "the invocation is dropped before its end");
}

#[test]
fn the_peak_of_memory_is_not_compared() {
    let (bytes, report, _) = fake::record(&story(), fake::header(&story(), Program::default()));
    assert_ne!(report.usage.memory_peak_bytes, 0);
    let (result, replayed, _) = fake::replay(fake::parse(&bytes), &story());
    assert_eq!(replayed.usage.memory_peak_bytes, 0);
    assert_eq!(result, Replayed::Same);
}

/// Entries: 3 log, 4 the stop, 5 the end.
fn stopped_within() -> Story {
    Story {
        turns: vec![vec![log("a"), Act::Burn(5 * SLICE_FUEL)]],
        events: vec![],
        end: End::At(
            250,
            Stop::Limit {
                limit: Limit::Wall,
                value: 30_000,
                used: 30_004,
            },
        ),
        ..story()
    }
}

#[test]
fn a_stop_within_a_turn_falls_at_the_same_fuel() {
    let story = stopped_within();
    let (bytes, report, _) = fake::record(&story, fake::header(&story, Program::default()));
    assert_eq!(
        report.usage.fuel, 300,
        "the first slice that ends at 250 or later"
    );
    let journal = fake::parse(&bytes);
    let End::At(_, stop) = &story.end else {
        unreachable!("it is stopped within a turn")
    };
    assert_eq!(
        journal.entries()[1],
        Entry::Stop {
            place: Place::At { fuel: 300 },
            stop: stop.clone()
        }
    );
    let (result, replayed, _) = fake::replay(journal, &story);
    assert_eq!(result, Replayed::Same);
    assert_eq!(replayed.usage.fuel, 300);
    assert_eq!(
        replayed.outcome,
        Outcome::Exceeded {
            limit: Limit::Wall,
            value: 30_000,
            used: 30_004
        }
    );
}

#[test]
fn a_turn_that_ends_before_its_stop_is_found() {
    check_against(
        stopped_within(),
        |story| {
            story.turns[0].pop();
            story.end = End::Between(Stop::Stalled);
        },
        "entry 4, in turn 1\n  \
           recorded: the invocation is stopped within the turn: by limit wall_ms, of 30000, used 30004, at fuel 300\n  \
           replayed: the turn ends, and the program waits",
    );
    check_against(
        stopped_within(),
        |story| {
            story.turns[0].pop();
            story.end = End::ByItself(Outcome::Answered {
                exit_code: 0,
                value: None,
            });
        },
        "entry 5, in turn 1\n  \
           recorded: the invocation ends: outcome exceeded, limit wall_ms, of 30000, used 30004, fuel 300, turns 1, \
           subrequests 0, log bytes 0\n  \
           replayed: the invocation ends: outcome answered, exit code 0, value none, fuel 7, turns 1, \
           subrequests 0, log bytes 0\n  \
           first difference: outcome: exceeded recorded, answered replayed",
    );
}

#[test]
fn a_stop_is_announced_in_its_own_turn_only() {
    let mut story = stopped_within();
    story.turns.insert(0, vec![log("before")]);
    story.events = vec![(Moment::default(), Event::Wake)];
    let journal = fake::recorded(&story);
    let mut replaying = Replaying::new(journal);
    assert_eq!(replaying.stop_at(), None);
    let (result, ..) = fake::replay(fake::recorded(&story), &story);
    assert_eq!(result, Replayed::Same);
}

#[test]
fn a_program_that_goes_on_after_a_stop_between_turns_is_found() {
    let story = Story {
        end: End::Between(Stop::Cancelled {
            by: "shutdown".into(),
        }),
        ..story()
    };
    check_against(
        story,
        |story| story.turns[1].push(log("more")),
        "entry 8, in turn 2\n  \
           recorded: the turn ends, and the invocation is stopped: by \"shutdown\"\n  \
           replayed: log: level info, text \"more\"",
    );
}

#[test]
fn a_replay_touches_nothing() {
    let mut replaying = Replaying::new(fake::recorded(&story()));
    replaying
        .effect(Effect::Log {
            level: Level::Info,
            text: "the quick brown fox jumps over the lazy dog".into(),
        })
        .expect("as recorded");
    let call = FileCall {
        name: "fd_read",
        arguments: b"abc",
    };
    let reply = replaying.file_call(call, &mut || unreachable!("a replay runs no file call"));
    assert_eq!(
        reply,
        Ok(FileReply {
            errno: 0,
            writes: vec![(16, vec![1])]
        })
    );
    assert_eq!(replaying.interrupt(u64::MAX), None);
}

#[test]
fn after_a_difference_every_call_gives_the_same_stop() {
    let mut replaying = Replaying::new(fake::recorded(&story()));
    let stop = replaying
        .effect(Effect::Abort { op: 1 })
        .expect_err("a log was recorded");
    let log = Effect::Log {
        level: Level::Info,
        text: "the quick brown fox jumps over the lazy dog".into(),
    };
    assert_eq!(replaying.effect(log), Err(stop.clone()));
    assert_eq!(replaying.interrupt(1), Some(stop.clone()));
    assert_eq!(fake::ready(replaying.next()), Next::Stop(stop));
    let Replayed::Diverged(divergence) = replaying.into_result() else {
        panic!("it differs")
    };
    assert_eq!(divergence.entry, 3);
}

#[test]
fn an_observer_is_told_of_every_effect_that_is_as_recorded() {
    let story = golden::everything();
    let observed = Arc::new(Mutex::new(vec![]));
    let into = observed.clone();
    let mut replaying = Replaying::new(fake::recorded(&story))
        .observed_by(move |effect| into.lock().expect("nobody panicked").push(effect.clone()));
    fake::run(&story, &mut replaying);
    let expected: Vec<Effect> = story
        .turns
        .iter()
        .flatten()
        .filter_map(|act| {
            if let Act::Effect(effect) = act {
                Some(effect.clone())
            } else {
                None
            }
        })
        .collect();
    assert_eq!(*observed.lock().expect("nobody panicked"), expected);
    let observed_before = expected.len();

    let mut changed = story.clone();
    changed.turns[0][0] = log("something else");
    let into = observed.clone();
    let mut replaying = Replaying::new(fake::recorded(&story))
        .observed_by(move |effect| into.lock().expect("nobody panicked").push(effect.clone()));
    fake::run(&changed, &mut replaying);
    assert_eq!(
        observed.lock().expect("nobody panicked").len(),
        observed_before,
        "a difference is not told"
    );
}
