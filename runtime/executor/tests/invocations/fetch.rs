//! Operations on the network's streams: fetches, uploads, aborts, and those that name nothing.

use std::sync::{Arc, Weak};

use bytes::Bytes;
use futures_util::FutureExt;
use holm_core::{Answer, Effect, Event, FailureKind, FetchBody, Limits, Outcome, Stop};
use holm_executor::pipe;

use crate::code;
use crate::common::{get, settle, whole};
use crate::scripted::{Guest, World, answered, coded};

#[tokio::test]
async fn a_fetch_streams_both_ways() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.fetch(1, "echo:", FetchBody::Stream)?;
        let Answer::Head(head) = guest.answer().await? else {
            panic!("a head")
        };
        assert!(head.has_body);
        guest.read(2, 1)?;
        guest.write(3, 1, "ping")?;
        let mut answers = vec![guest.answer().await?, guest.answer().await?];
        answers.sort_by_key(|answer| *answer != Answer::Written);
        assert_eq!(answers, [Answer::Written, Answer::Chunk("ping".into())]);
        guest.close(1)?;
        guest.read(4, 1)?;
        assert_eq!(guest.answer().await?, Answer::End);
        guest.text("done")?;
        answered()
    }));
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "done"
    );
}

#[tokio::test]
async fn an_upload_is_held_back_by_an_origin_that_does_not_read() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.fetch(1, "echo:", FetchBody::Stream)?;
        guest.answer().await?;
        guest.write(2, 1, vec![0; pipe::ROOM_BYTES])?;
        guest.effect(Effect::WakeAt {
            mono_us: Some(guest.moment.mono_us + 1_000),
        })?;
        assert_eq!(guest.next().await?, Event::Wake, "the pipe is full");
        guest.read(3, 1)?;
        assert!(matches!(guest.answer().await?, Answer::Chunk(_)));
        assert_eq!(guest.answer().await?, Answer::Written);
        guest.text("done")?;
        answered()
    }));
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "done"
    );
}

#[tokio::test]
async fn an_upload_over_the_egress_limit_fails_without_being_kept() {
    let world = World::new();
    let function = world.deploy_with(
        Limits {
            egress_bytes: 4,
            ..Limits::default()
        },
        code!(|guest| {
            guest.fetch(1, "echo:", FetchBody::Stream)?;
            guest.answer().await?;
            guest.write(2, 1, "12345")?;
            let Answer::Failed(failure) = guest.answer().await? else {
                panic!("over the limit")
            };
            assert_eq!(failure.kind, FailureKind::Limit);
            guest.text(failure.message)?;
            answered()
        }),
    );
    let message = whole(world.executor.request(&function, get(), None).await).await;
    assert!(
        message.contains("5 of 4 bytes allowed (limit `egress_bytes`)"),
        "{message}"
    );
}

#[tokio::test]
async fn an_aborted_fetch_says_no_more_and_its_reads_fail() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.fetch(1, "slow:", FetchBody::None)?;
        guest.fetch(2, "echo:", FetchBody::Stream)?;
        guest.answer().await?;
        guest.read(3, 2)?;
        guest.write(4, 2, vec![0; pipe::ROOM_BYTES])?;
        guest.effect(Effect::Abort { op: 1 })?;
        guest.effect(Effect::Abort { op: 2 })?;
        for _ in 0..2 {
            let Answer::Failed(failure) = guest.answer().await? else {
                panic!("it was aborted")
            };
            assert_eq!(failure.kind, FailureKind::Aborted);
        }
        guest.read(5, 2)?;
        let Answer::Failed(failure) = guest.answer().await? else {
            panic!("it was dropped")
        };
        assert_eq!(failure.kind, FailureKind::Invalid);
        guest.text("done")?;
        answered()
    }));
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "done"
    );
    world.release.add_permits(1);
    settle().await;
    assert_eq!(world.release.available_permits(), 1, "the aborted fetch is gone");
}

#[tokio::test]
async fn what_is_aborted_is_dropped_before_the_turn_ends() {
    let world = World::new();
    let held = Arc::downgrade(&world.held);
    let function = world.deploy(coded(move |guest| aborting(guest, held.clone()).boxed()));
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "done"
    );
}

/// Whatever is under way owns a part of `held`, of which the world has one.
async fn aborting(mut guest: Guest<'_>, held: Weak<()>) -> Result<Outcome, Stop> {
    let mebibyte = Bytes::from(vec![0; 1 << 20]);
    for op in 1..=100 {
        guest.fetch(op, "stuck:", FetchBody::Whole(mebibyte.clone()))?;
        assert_eq!(held.strong_count(), 2, "the fetch is under way");
        guest.effect(Effect::Abort { op })?;
        assert_eq!(held.strong_count(), 1, "the fetch is gone");
    }
    assert!(mebibyte.is_unique(), "and so are the bodies");
    // The same for bodies that are written, the last of them to its end.
    for op in [200, 300] {
        guest.fetch(op, "stuck:", FetchBody::Stream)?;
        assert_eq!(held.strong_count(), 3, "the fetch and its upload are under way");
        guest.write(op + 1, op, mebibyte.clone())?;
        if op == 300 {
            guest.close(op)?;
        }
        guest.effect(Effect::Abort { op })?;
        assert!(held.strong_count() == 1 && mebibyte.is_unique(), "both are gone");
    }
    assert!(matches!(guest.answer().await?, Answer::Failed(_)), "not written");
    assert_eq!(guest.answer().await?, Answer::Written);
    // And for bodies that are read, whether or not anybody still waits for the read.
    for waits in [true, false] {
        guest.fetch(400, "stuck-body:", FetchBody::None)?;
        assert!(matches!(guest.answer().await?, Answer::Head(_)));
        guest.read(401, 400)?;
        if !waits {
            guest.effect(Effect::Abort { op: 401 })?;
        }
        assert_eq!(held.strong_count(), 2, "the read is under way");
        guest.effect(Effect::Abort { op: 400 })?;
        assert_eq!(held.strong_count(), 1, "the body is gone");
        if waits {
            assert!(matches!(guest.answer().await?, Answer::Failed(_)));
        }
    }
    guest.text("done")?;
    answered()
}

#[tokio::test]
async fn a_read_that_nobody_waits_for_loses_nothing() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.fetch(1, "numbers:", FetchBody::None)?;
        guest.answer().await?;
        guest.read(2, 1)?;
        guest.effect(Effect::Abort { op: 2 })?;
        // Gives the read the time to end.
        guest.effect(Effect::WakeAt {
            mono_us: Some(guest.moment.mono_us + 1_000),
        })?;
        assert_eq!(guest.next().await?, Event::Wake);
        guest.read(3, 1)?;
        assert_eq!(guest.answer().await?, Answer::Chunk("one".into()));
        guest.text("done")?;
        answered()
    }));
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "done"
    );
}

#[tokio::test]
async fn what_makes_no_sense_fails_and_nothing_else_does() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.read(1, 7)?;
        guest.write(2, 7, "x")?;
        guest.write(3, 0, "x")?;
        guest.fetch(4, "nowhere:", FetchBody::None)?;
        for _ in 1..=4 {
            assert!(matches!(guest.answer().await?, Answer::Failed(_)));
        }
        guest.close(7)?;
        guest.effect(Effect::Abort { op: 7 })?;
        guest.text("done")?;
        guest.text("twice")?;
        answered()
    }));
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "done"
    );
}
