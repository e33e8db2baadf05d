//! An invocation with the live host: what a program sees of the world, and what the world sees of it.

mod scripted;

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use holm_core::{
    Answer, Effect, Event, Failure, FailureKind, FetchBody, Level, Limit, Limits, Outcome,
    ResponseBody as GuestBody, Stop,
};
use holm_executor::*;
use holm_journal::{Journal, JournalSink, Replayed};
use http::{HeaderMap, Method};
use scripted::{World, answered, panics, threw};

fn get() -> Exchange {
    Exchange {
        id: "id-1".into(),
        method: Method::GET,
        url: "http://localhost/".into(),
        headers: HeaderMap::new(),
        body: RequestBody::None,
    }
}

fn post(pieces: Vec<Result<Bytes, Failure>>, declared_bytes: Option<u64>) -> Exchange {
    let pieces: BodyStream = Box::pin(stream::iter(pieces));
    Exchange {
        method: Method::POST,
        body: RequestBody::Stream {
            pieces,
            declared_bytes,
        },
        ..get()
    }
}

async fn whole(response: Result<Response, NoResponse>) -> String {
    match response.expect("a response").body {
        ResponseBody::Whole(bytes) => String::from_utf8(bytes.to_vec()).expect("text"),
        ResponseBody::None => String::new(),
        ResponseBody::Stream(mut reader) => {
            let mut text = String::new();
            while let Some(piece) = reader.next().await {
                text += std::str::from_utf8(&piece.expect("a whole body")).expect("text");
            }
            text
        }
    }
}

fn exceeded(outcome: &Outcome) -> Option<Limit> {
    match outcome {
        Outcome::Exceeded { limit, .. } => Some(*limit),
        _ => None,
    }
}

#[tokio::test]
async fn a_hello_is_answered_within_the_first_poll() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        assert_eq!(guest.request().url, "http://localhost/");
        guest.log("hi")?;
        guest.text("hello")?;
        answered()
    }));
    let response = world
        .executor
        .request(&function, get(), None)
        .now_or_never()
        .expect("nothing to wait for");
    assert_eq!(whole(response).await, "hello");
    assert_eq!(world.kept.lines(), ["hi"]);
    assert_eq!(world.executor.running(), 0);
}

#[tokio::test]
async fn every_invocation_has_a_seed_of_its_own() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        let Event::Request { seed, .. } = guest.first else {
            panic!("a request")
        };
        guest.text(format!("{seed:?}"))?;
        answered()
    }));
    let first = whole(world.executor.request(&function, get(), None).await).await;
    assert_ne!(
        first,
        whole(world.executor.request(&function, get(), None).await).await
    );
}

#[tokio::test]
async fn a_program_without_a_handler_is_refused_and_shown_the_forms() {
    let world = World::new();
    let spec = world.spec("x.js", code!(|_guest| { answered() }), Limits::default(), 0);
    let message = world.executor.deploy(spec).expect_err("no handler").to_string();
    for form in [
        "x.js has no handler",
        "async fetch(request",
        "export default function",
        "addEventListener(\"fetch\"",
    ] {
        assert!(message.contains(form), "{message}");
    }
}

#[tokio::test]
async fn a_limit_that_makes_no_sense_is_refused_before_the_program_is_looked_at() {
    let world = World::new();
    let limits = Limits {
        wall_ms: 0,
        ..Limits::default()
    };
    let spec = world.spec("x.js", code!(|_guest| { answered() }), limits, 1);
    let message = world.executor.deploy(spec).expect_err("no time").to_string();
    assert!(message.contains("`wall_ms` is 0"), "{message}");
}

#[tokio::test]
async fn a_streamed_response_is_held_back_by_a_client_that_does_not_read() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.respond(200, "", GuestBody::Stream)?;
        for op in 1..=4 {
            guest.write(op, 0, vec![b'x'; pipe::ROOM_BYTES])?;
            assert_eq!(guest.answer().await?, Answer::Written);
            guest.log(format!("written {op}"))?;
        }
        guest.close(0)?;
        answered()
    }));
    let response = world
        .executor
        .request(&function, get(), None)
        .await
        .expect("a response");
    let ResponseBody::Stream(mut reader) = response.body else {
        panic!("a stream")
    };
    settle().await;
    assert_eq!(world.kept.lines(), [""; 0], "the first piece fills the pipe");
    reader.next().await.expect("a piece").expect("whole");
    settle().await;
    assert_eq!(world.kept.lines(), ["written 1"]);
    let rest: Vec<_> = reader.collect().await;
    assert_eq!(rest.len(), 3);
    assert_eq!(world.kept.outcomes(1).await, [answered().expect("no stop")]);
}

#[tokio::test]
async fn a_client_that_goes_away_is_told_once_and_the_function_may_finish() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.fetch(1, "slow:", FetchBody::None)?;
        let event = guest.next().await?;
        assert_eq!(
            event,
            Event::Cancel {
                reason: "client disconnected".into()
            }
        );
        guest.log("told")?;
        assert!(
            matches!(guest.answer().await?, Answer::Head(_)),
            "told once, and then the fetch"
        );
        guest.text("for nobody")?;
        guest.log("finished")?;
        answered()
    }));
    let request = world.executor.clone();
    let mut waiting = Box::pin(async move { request.request(&function, get(), None).await });
    assert!(waiting.as_mut().now_or_never().is_none());
    drop(waiting);
    settle().await;
    assert_eq!(world.kept.lines(), ["told"]);
    assert_eq!(world.executor.running(), 1);
    world.release.add_permits(1);
    assert_eq!(world.kept.outcomes(1).await, [answered().expect("no stop")]);
    assert_eq!(world.kept.lines(), ["told", "finished"]);
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_of_a_body_is_noticed_and_writes_fail() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.respond(200, "", GuestBody::Stream)?;
        assert!(
            matches!(guest.next().await?, Event::Cancel { .. }),
            "an open body waits for its client to leave"
        );
        guest.write(1, 0, "x")?;
        let Answer::Failed(failure) = guest.answer().await? else {
            panic!("nobody reads")
        };
        assert_eq!(
            (failure.kind, failure.message.as_str()),
            (FailureKind::Aborted, "client disconnected")
        );
        answered()
    }));
    drop(
        world
            .executor
            .request(&function, get(), None)
            .await
            .expect("a response"),
    );
    assert_eq!(world.kept.outcomes(1).await.len(), 1);
}

#[tokio::test]
async fn work_goes_on_after_the_response() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.text("soon")?;
        guest.fetch(1, "slow:", FetchBody::None)?;
        guest.answer().await?;
        guest.log("later")?;
        answered()
    }));
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "soon"
    );
    assert_eq!(world.kept.lines(), [""; 0]);
    world.release.add_permits(1);
    world.kept.outcomes(1).await;
    assert_eq!(world.kept.lines(), ["later"]);
}

#[tokio::test(start_paused = true)]
async fn a_timer_wakes_at_its_time_and_not_before() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.effect(Effect::WakeAt {
            mono_us: Some(9_000_000),
        })?;
        guest.effect(Effect::WakeAt {
            mono_us: Some(250_500),
        })?;
        assert_eq!(guest.next().await?, Event::Wake);
        assert!(
            (250_500..260_000).contains(&guest.moment.mono_us),
            "{:?}",
            guest.moment
        );
        guest.text("woken")?;
        answered()
    }));
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "woken"
    );
}

#[tokio::test]
async fn timers_that_are_always_due_and_operations_take_turns() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.fetch(1, "numbers:", FetchBody::None)?;
        let mut wakes = 0;
        loop {
            guest.effect(Effect::WakeAt { mono_us: Some(0) })?;
            match guest.next().await? {
                Event::Wake => wakes += 1,
                _ => break,
            }
        }
        guest.text(format!("{}", wakes < 3))?;
        answered()
    }));
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "true"
    );
}

#[tokio::test(start_paused = true)]
async fn wall_time_ends_what_waits() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.fetch(1, "slow:", FetchBody::None)?;
        guest.next().await?;
        answered()
    }));
    let NoResponse::Ended(report) = world
        .executor
        .request(&function, get(), None)
        .await
        .expect_err("no answer")
    else {
        panic!("a report")
    };
    assert_eq!(
        report.outcome,
        Outcome::Exceeded {
            limit: Limit::Wall,
            value: 30_000,
            used: 30_000
        }
    );
    assert!(
        report
            .outcome
            .explain()
            .contains("30000 of 30000 ms allowed (limit `wall_ms`)")
    );
}

#[tokio::test(start_paused = true)]
async fn wall_time_ends_what_runs() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        assert_eq!(guest.host.interrupt(1), None);
        tokio::time::advance(std::time::Duration::from_secs(31)).await;
        let stop = guest.host.interrupt(2);
        assert_eq!(
            stop,
            Some(Stop::Limit {
                limit: Limit::Wall,
                value: 30_000,
                used: 31_000
            })
        );
        Err(stop.expect("a stop"))
    }));
    let end = world.executor.request(&function, get(), None).await;
    assert!(matches!(end, Err(NoResponse::Ended(report)) if exceeded(&report.outcome) == Some(Limit::Wall)));
}

#[tokio::test]
async fn a_promise_that_nothing_can_settle_ends_at_once_with_a_reason() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.next().await?;
        answered()
    }));
    let end = world
        .executor
        .request(&function, get(), None)
        .now_or_never()
        .expect("at once");
    let Err(NoResponse::Ended(report)) = end else {
        panic!("no response")
    };
    assert!(
        report.outcome.explain().contains("can never settle"),
        "{:?}",
        report.outcome
    );
}

#[tokio::test]
async fn a_request_body_is_read_piece_by_piece() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        assert!(guest.request().has_body);
        let mut text = Vec::new();
        for op in 1.. {
            guest.read(op, 0)?;
            match guest.answer().await? {
                Answer::Chunk(chunk) => text.extend_from_slice(&chunk),
                other => {
                    assert_eq!(other, Answer::End);
                    break;
                }
            }
        }
        guest.text(text)?;
        answered()
    }));
    let body = vec![Ok(Bytes::from_static(b"ab")), Ok(Bytes::from_static(b"c"))];
    assert_eq!(
        whole(world.executor.request(&function, post(body, None), None).await).await,
        "abc"
    );
}

#[tokio::test]
async fn a_request_body_over_its_limit_fails_the_read_and_is_the_callers_fault() {
    let limits = Limits {
        request_body_bytes: 4,
        ..Limits::default()
    };
    for (catches, lied) in [(false, false), (true, false), (false, true)] {
        let world = World::new();
        let function = world.deploy_with(
            limits,
            code!(|guest| {
                guest.read(1, 0)?;
                guest.answer().await?;
                guest.read(2, 0)?;
                let Answer::Failed(failure) = guest.answer().await? else {
                    panic!("over the limit")
                };
                assert_eq!(failure.kind, FailureKind::Limit);
                assert!(
                    failure
                        .message
                        .contains("6 of 4 bytes allowed (limit `request_body_bytes`)"),
                    "{failure:?}"
                );
                if catches {
                    guest.text("too much for me")?;
                    return answered();
                }
                threw("the read failed")
            }),
        );
        let body = vec![Ok(Bytes::from_static(b"abc")), Ok(Bytes::from_static(b"def"))];
        let exchange = post(body, lied.then_some(3));
        let end = world.executor.request(&function, exchange, None).await;
        if catches {
            assert_eq!(whole(end).await, "too much for me");
        } else {
            assert!(
                matches!(
                    end,
                    Err(NoResponse::RequestBody(RequestFault::TooLarge { limit: 4 }))
                ),
                "{end:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_request_body_that_says_it_is_too_large_starts_nothing() {
    let world = World::new();
    let function = world.deploy_with(
        Limits {
            request_body_bytes: 4,
            ..Limits::default()
        },
        code!(|_guest| { panics("it was started") }),
    );
    let end = world
        .executor
        .request(&function, post(vec![], Some(5)), None)
        .await;
    assert!(
        matches!(
            end,
            Err(NoResponse::RequestBody(RequestFault::TooLarge { limit: 4 }))
        ),
        "{end:?}"
    );
}

#[tokio::test]
async fn a_response_body_over_its_limit_ends_the_invocation() {
    let limits = Limits {
        response_body_bytes: 4,
        ..Limits::default()
    };
    let world = World::new();
    let function = world.deploy_with(
        limits,
        code!(|guest| {
            guest.text("12345")?;
            answered()
        }),
    );
    let end = world.executor.request(&function, get(), None).await;
    let Err(NoResponse::Ended(report)) = end else {
        panic!("no response: {end:?}")
    };
    assert_eq!(
        report.outcome,
        Outcome::Exceeded {
            limit: Limit::ResponseBody,
            value: 4,
            used: 5
        }
    );
    // The limit itself is allowed.
    let function = world.deploy_with(
        limits,
        code!(|guest| {
            guest.text("1234")?;
            answered()
        }),
    );
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "1234"
    );
}

#[tokio::test]
async fn a_streamed_body_over_its_limit_is_cut_so_that_the_client_notices() {
    let world = World::new();
    let function = world.deploy_with(
        Limits {
            response_body_bytes: 4,
            ..Limits::default()
        },
        code!(|guest| {
            guest.respond(200, "", GuestBody::Stream)?;
            guest.write(1, 0, "123")?;
            guest.answer().await?;
            guest.write(2, 0, "456")?;
            guest.log("unreachable")?;
            answered()
        }),
    );
    let response = world
        .executor
        .request(&function, get(), None)
        .await
        .expect("a head");
    let ResponseBody::Stream(reader) = response.body else {
        panic!("a stream")
    };
    let items: Vec<_> = reader.collect().await;
    assert_eq!(
        items,
        [
            Ok("123".into()),
            Err("the response body is over its limit".into())
        ]
    );
    assert_eq!(
        exceeded(&world.kept.outcomes(1).await[0]),
        Some(Limit::ResponseBody)
    );
    assert_eq!(world.kept.lines(), [""; 0]);
}

#[tokio::test]
async fn a_body_that_was_not_closed_is_broken() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.respond(200, "", GuestBody::Stream)?;
        guest.write(1, 0, "123")?;
        threw("in the middle")
    }));
    let response = world
        .executor
        .request(&function, get(), None)
        .await
        .expect("a head");
    let ResponseBody::Stream(reader) = response.body else {
        panic!("a stream")
    };
    assert!(
        reader
            .collect::<Vec<_>>()
            .await
            .last()
            .is_some_and(Result::is_err)
    );
}

#[tokio::test]
async fn a_response_that_cannot_be_sent_is_refused_and_its_author_told_why() {
    for (status, headers, part) in [
        (199, "", "199 is not a status"),
        (600, "", "600 is not a status"),
        (200, "a b\n1", "`a b` is not a name"),
        (200, "a\n\u{20ac}", "the value of the header `a`"),
        (200, "content-length\nx", "`content-length`"),
    ] {
        let world = World::new();
        let function = world.deploy(code!(|guest| {
            guest.respond(status, headers, GuestBody::None)?;
            answered()
        }));
        let end = world.executor.request(&function, get(), None).await;
        assert!(
            matches!(&end, Err(NoResponse::BadResponse { message }) if message.contains(part)),
            "{end:?}"
        );
        assert!(world.kept.lines()[0].contains(part));
    }
}

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

#[tokio::test]
async fn a_backend_that_panics_ends_its_own_invocation_only() {
    let world = World::new();
    let function = world.deploy(code!(|_guest| { panics("a bug, on purpose") }));
    let end = world.executor.request(&function, get(), None).await;
    let Err(NoResponse::Ended(report)) = end else {
        panic!("no response: {end:?}")
    };
    assert!(matches!(report.outcome, Outcome::Fault { .. }));
    assert_eq!(world.executor.running(), 0);
}

#[tokio::test]
async fn who_is_over_a_bound_is_sent_away_with_a_time_to_come_back() {
    let admission = AdmissionConfig {
        node_concurrency: 2,
        queue: 0,
        ..AdmissionConfig::default()
    };
    let world = World::with(admission);
    let slow = || {
        code!(|guest| {
            guest.fetch(1, "slow:", FetchBody::None)?;
            guest.answer().await?;
            guest.text("done")?;
            answered()
        })
    };
    let one = world.deploy_with(
        Limits {
            concurrency: 1,
            ..Limits::default()
        },
        slow(),
    );
    let other = world.deploy(slow());
    let mut first = Box::pin(world.executor.request(&one, get(), None));
    assert!(first.as_mut().now_or_never().is_none());
    let mut second = Box::pin(world.executor.request(&other, get(), None));
    assert!(second.as_mut().now_or_never().is_none());
    for (function, bound) in [(&one, Bound::Function), (&other, Bound::Node)] {
        let end = world.executor.request(function, get(), None).await;
        let Err(NoResponse::Busy(busy)) = end else {
            panic!("no place: {end:?}")
        };
        assert_eq!(busy.bound, bound);
        assert!(!busy.retry_after.is_zero());
    }
    world.release.add_permits(3);
    assert_eq!(whole(first.await).await, "done");
    assert_eq!(whole(second.await).await, "done");
    assert_eq!(
        whole(world.executor.request(&one, get(), None).await).await,
        "done",
        "the place is free again"
    );
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_what_is_under_way_and_then_cuts_it() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.text("soon")?;
        guest.fetch(1, "slow:", FetchBody::None)?;
        guest.answer().await?;
        answered()
    }));
    let grace = std::time::Duration::from_secs(5);
    world
        .executor
        .request(&function, get(), None)
        .await
        .expect("a response");
    world.release.add_permits(1);
    assert_eq!(world.executor.drain(grace).await, Drained::Clean);
    world
        .executor
        .request(&function, get(), None)
        .await
        .expect("a response");
    assert_eq!(world.executor.drain(grace).await, Drained::Cut { invocations: 1 });
    let outcomes = world.kept.outcomes(2).await;
    assert_eq!(outcomes[0], answered().expect("no stop"));
    assert_eq!(
        outcomes[1],
        Outcome::Cancelled {
            by: "the server, which is shutting down".into()
        }
    );
}

#[tokio::test]
async fn a_thousand_waiting_requests_are_all_answered() {
    let world = World::new();
    let limits = Limits {
        concurrency: 1_000,
        ..Limits::default()
    };
    let function = world.deploy_with(
        limits,
        code!(|guest| {
            guest.fetch(1, "slow:", FetchBody::None)?;
            guest.answer().await?;
            guest.text("done")?;
            answered()
        }),
    );
    let requests: Vec<_> = (0..1_000)
        .map(|_| {
            let (executor, function) = (world.executor.clone(), function.clone());
            tokio::spawn(async move { whole(executor.request(&function, get(), None).await).await })
        })
        .collect();
    while world.waiting.load(Ordering::SeqCst) < 1_000 {
        tokio::task::yield_now().await;
    }
    world.release.add_permits(1_000);
    for request in requests {
        assert_eq!(request.await.expect("no panic"), "done");
    }
}

#[tokio::test]
async fn a_schedule_and_a_script_give_their_report() {
    let world = World::new();
    let program = || {
        code!(|guest| {
            guest.effect(Effect::Log {
                level: Level::Stdout,
                text: "out".into(),
            })?;
            Ok(Outcome::Answered {
                exit_code: 3,
                value: None,
            })
        })
    };
    let script = world
        .executor
        .one_off(world.spec("s", program(), Limits::for_scripts(), 0))
        .expect("a script");
    let report = world
        .executor
        .script(&script, "id".into(), None)
        .await
        .expect("it starts");
    assert_eq!(
        report.outcome,
        Outcome::Answered {
            exit_code: 3,
            value: None
        }
    );
    let function = world
        .executor
        .deploy(world.spec("d", program(), Limits::default(), 2))
        .expect("a function");
    let end = world
        .executor
        .scheduled(&function, holm_core::Scheduled::default(), None)
        .await;
    assert!(end.is_ok());
    let end = world.executor.request(&function, get(), None).await;
    assert!(matches!(end, Err(NoResponse::NoHandler { handler: "fetch" })));
}

/// A sink that a test can look into.
#[derive(Clone, Default)]
struct Shared(Arc<std::sync::Mutex<Vec<u8>>>);

impl JournalSink for Shared {
    fn append(&mut self, entries: &[u8]) -> std::io::Result<()> {
        self.0.lock().expect("no panic").extend_from_slice(entries);
        Ok(())
    }
}

struct Broken;

impl JournalSink for Broken {
    fn append(&mut self, _: &[u8]) -> std::io::Result<()> {
        Err(std::io::Error::other("the disk is full"))
    }
}

#[tokio::test]
async fn a_recorded_request_replays_offline_to_the_same_end() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.read(1, 0)?;
        let Answer::Chunk(name) = guest.answer().await? else {
            panic!("a name")
        };
        guest.fetch(2, "numbers:", FetchBody::None)?;
        guest.answer().await?;
        guest.read(3, 2)?;
        let Answer::Chunk(number) = guest.answer().await? else {
            panic!("a number")
        };
        guest.log(format!("{name:?} {number:?} at {}", guest.moment.mono_us))?;
        guest.respond(200, "", GuestBody::Stream)?;
        guest.write(4, 0, "x")?;
        guest.answer().await?;
        guest.close(0)?;
        answered()
    }));
    let sink = Shared::default();
    let (sender, recorded) = tokio::sync::oneshot::channel();
    let done = Box::new(|result| sender.send(result).expect("somebody waits"));
    let record = Record {
        sink: Box::new(sink.clone()),
        done,
    };
    let exchange = post(vec![Ok(Bytes::from_static(b"me"))], None);
    assert_eq!(
        whole(world.executor.request(&function, exchange, Some(record)).await).await,
        "x"
    );
    recorded.await.expect("told").expect("a complete journal");

    let journal = Journal::parse(sink.0.lock().expect("no panic").clone()).expect("a journal");
    let logged = Shared::default();
    let log = logged.clone();
    let replay = world.executor.replay(journal, move |effect| {
        if let Effect::Log { text, .. } = effect {
            log.0.lock().expect("no panic").extend_from_slice(text.as_bytes());
        }
    });
    let replay = replay.await.expect("it can be replayed");
    assert_eq!(replay.replayed, Replayed::Same);
    assert_eq!(replay.report.outcome, answered().expect("no stop"));
    let logged = String::from_utf8(logged.0.lock().expect("no panic").clone()).expect("text");
    assert_eq!(
        world.kept.lines(),
        [logged],
        "the same line, and from the live run only"
    );
}

#[tokio::test]
async fn a_request_that_cannot_be_recorded_does_not_run_unrecorded() {
    let world = World::new();
    let function = world.deploy(code!(|_guest| { panics("it was run") }));
    let (sender, recorded) = tokio::sync::oneshot::channel();
    let record = Record {
        sink: Box::new(Broken),
        done: Box::new(|result| sender.send(result).expect("a test")),
    };
    let end = world.executor.request(&function, get(), Some(record)).await;
    let Err(NoResponse::Ended(report)) = end else {
        panic!("no response: {end:?}")
    };
    assert!(matches!(report.outcome, Outcome::Fault { .. }));
    assert!(recorded.await.expect("told").is_err());
}

/// Lets every task that can go on do so.
async fn settle() {
    for _ in 0..20 {
        let mut first = true;
        poll_fn(|cx| {
            if std::mem::take(&mut first) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
    }
}
