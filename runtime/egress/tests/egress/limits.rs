//! Every limit is hit, and its message names it.

use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::future::join_all;
use futures_util::stream;
use holm_core::{FailureKind, Limit};
use holm_egress::{NetworkOutcome, RequestBody, body_channel};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tokio::sync::{Semaphore, mpsc};

use crate::world::{Server, World, answer, ok, request};

#[tokio::test]
async fn subrequests_are_counted_denied_ones_too() {
    let server = Server::http(|_| async { ok("hello") }).await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session_with("tenant", &["http://api.test"], |limits| limits.subrequests = 3);
    assert!(world.text(&session, "http://api.test/").await.is_ok());
    assert_eq!(
        world
            .get(&session, "http://other.test/")
            .await
            .expect_err("denied")
            .kind,
        FailureKind::Denied
    );
    assert!(world.text(&session, "http://api.test/").await.is_ok());
    for count in 4..10 {
        let failure = world
            .get(&session, "http://api.test/")
            .await
            .expect_err("over the limit");
        assert_eq!(failure.kind, FailureKind::Limit);
        assert_eq!(failure.message, Limit::Subrequests.exceeded(3, count));
    }
    assert_eq!(
        world.entries().len(),
        4,
        "only the first one over the limit is in the log"
    );
    let fresh = world.session(&["http://api.test"]);
    assert!(
        world.text(&fresh, "http://api.test/").await.is_ok(),
        "another invocation starts anew"
    );
}

#[tokio::test]
async fn more_fetches_than_may_be_at_once_wait_for_their_turn() {
    let gate = Arc::new(Semaphore::new(0));
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let server = {
        let (gate, now, most) = (gate.clone(), now.clone(), most.clone());
        Server::http(move |_| {
            let (gate, now, most, arrived) = (gate.clone(), now.clone(), most.clone(), arrived.clone());
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                arrived.send(()).expect("the test listens");
                gate.acquire().await.expect("open").forget();
                now.fetch_sub(1, Ordering::Relaxed);
                ok("hello")
            }
        })
        .await
    };
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session_with("tenant", &["http://api.test"], |limits| {
        limits.subrequests_at_once = 2;
    });
    let fetches = join_all((0..7).map(|_| world.text(&session, "http://api.test/")));
    let conduct = async {
        arrivals.recv().await;
        arrivals.recv().await;
        for _ in 0..5 {
            assert!(arrivals.try_recv().is_err(), "a third one under way");
            gate.add_permits(1);
            arrivals.recv().await;
        }
        gate.add_permits(2);
    };
    let (results, ()) = tokio::join!(fetches, conduct);
    assert!(results.iter().all(|result| result.as_deref() == Ok("hello")));
    assert_eq!(most.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn responses_that_nobody_reads_hold_up_no_other_fetch() {
    let server = Server::http(|_| async { ok(vec![0; 300_000]) }).await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session_with("tenant", &["http://api.test"], |limits| {
        limits.subrequests_at_once = 1;
    });
    let mut unread = Vec::new();
    for _ in 0..10 {
        unread.push(world.get(&session, "http://api.test/").await.expect("a head"));
    }
}

#[tokio::test]
async fn bytes_are_counted_in_both_directions() {
    let server = Server::http(|request| async move {
        let body = request
            .into_body()
            .collect()
            .await
            .map(|body| body.to_bytes())
            .unwrap_or_default();
        ok(body)
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let post = |bytes: usize| {
        let mut post = request("POST", "http://api.test/");
        post.body = RequestBody::Whole(Bytes::from(vec![0; bytes]));
        post
    };
    let session = |bytes| {
        world.session_with("tenant", &["http://api.test"], |limits| {
            limits.egress_bytes = bytes;
        })
    };

    let enough = session(2_000);
    let response = world.egress.fetch(&enough, post(1_000)).await.expect("a head");
    assert_eq!(crate::world::bytes(response).await.expect("a body").len(), 1_000);
    let failure = world.egress.fetch(&enough, post(1)).await.expect_err("used up");
    assert_eq!(
        (failure.kind, failure.message),
        (FailureKind::Limit, Limit::Egress.exceeded(2_000, 2_001))
    );

    let download = session(1_999);
    let response = world.egress.fetch(&download, post(1_000)).await.expect("a head");
    let failure = crate::world::bytes(response)
        .await
        .expect_err("one byte too many");
    assert_eq!(
        (failure.kind, failure.message),
        (FailureKind::Limit, Limit::Egress.exceeded(1_999, 2_000))
    );

    let upload = session(999);
    let before = server.connections();
    let failure = world
        .egress
        .fetch(&upload, post(1_000))
        .await
        .expect_err("too large");
    assert_eq!(failure.message, Limit::Egress.exceeded(999, 1_000));
    assert_eq!(server.connections(), before, "nothing was sent");
    assert!(matches!(&world.entries().last().expect("logged").outcome,
        NetworkOutcome::Failed(failure) if failure.kind == FailureKind::Limit));
}

#[tokio::test]
async fn a_streamed_upload_stops_at_the_limit() {
    let server = Server::http(|request| async move {
        let _ = request.into_body().collect().await;
        ok("all of it")
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session_with("tenant", &["http://api.test"], |limits| {
        limits.egress_bytes = 100_000;
    });
    let (writer, reader) = body_channel();
    let mut post = request("POST", "http://api.test/");
    post.body = RequestBody::Stream(reader);
    let write = async move { while writer.write(Bytes::from(vec![0; 30_000])).await.is_ok() {} };
    let (result, ()) = tokio::join!(world.egress.fetch(&session, post), write);
    let failure = result.expect_err("over the limit");
    assert_eq!(
        (failure.kind, failure.message),
        (FailureKind::Limit, Limit::Egress.exceeded(100_000, 120_000))
    );
    assert_eq!(world.entries()[0].bytes_out, 90_000);
}

#[tokio::test]
async fn a_bomb_is_stopped_at_the_limit() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; 20_000_000]).expect("memory");
    let bomb = Bytes::from(encoder.finish().expect("memory"));
    assert!(bomb.len() < 25_000);
    let server = Server::http(move |_| {
        let bomb = bomb.clone();
        async move { answer(200, &[("content-encoding", "gzip")], bomb) }
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session_with("tenant", &["http://api.test"], |limits| {
        limits.egress_bytes = 1_000_000;
    });
    let mut response = world.get(&session, "http://api.test/").await.expect("a head");
    let mut got = 0;
    let failure = loop {
        match response.body.next().await.expect("not the end") {
            Ok(piece) => got += piece.len(),
            Err(failure) => break failure,
        }
    };
    assert_eq!(failure.kind, FailureKind::Limit);
    assert!(
        failure
            .message
            .contains("1000000 bytes allowed (limit `egress_bytes`)"),
        "{}",
        failure.message
    );
    assert!(got <= 1_000_000, "{got} bytes were handed out");
    assert!(response.body.next().await.is_none());

    let roomy = world.session_with("tenant", &["http://api.test"], |limits| {
        limits.egress_bytes = 20_000_000;
    });
    let response = world.get(&roomy, "http://api.test/").await.expect("a head");
    assert_eq!(
        crate::world::bytes(response).await.expect("a body").len(),
        20_000_000
    );
}

#[tokio::test(start_paused = true)]
async fn a_head_that_does_not_come_is_a_timeout() {
    let server = Server::http(|_| std::future::pending()).await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session_with("tenant", &["http://api.test"], |limits| {
        limits.fetch_timeout_ms = 1_000;
    });
    let failure = world
        .get(&session, "http://api.test/")
        .await
        .expect_err("no answer");
    assert_eq!(failure.kind, FailureKind::Timeout);
    assert_eq!(
        failure.message,
        "`api.test` did not answer within 1000 ms (limit `fetch_timeout_ms`)"
    );
    assert!(matches!(&world.entries()[0].outcome,
        NetworkOutcome::Failed(failure) if failure.kind == FailureKind::Timeout));
}

#[tokio::test]
async fn a_piece_that_does_not_come_is_a_timeout_and_time_between_reads_is_not() {
    let server = Server::http(|_| async {
        let pieces = stream::unfold(0, |count| async move {
            if count == 2 {
                std::future::pending::<()>().await;
            }
            Some((
                Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"piece"))),
                count + 1,
            ))
        });
        http::Response::new(StreamBody::new(pieces).boxed())
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session_with("tenant", &["http://api.test"], |limits| {
        limits.fetch_timeout_ms = 1_000;
    });
    let mut response = world.get(&session, "http://api.test/").await.expect("a head");
    let mut got = 0;
    while got < 10 {
        got += response
            .body
            .next()
            .await
            .expect("a piece")
            .expect("a piece")
            .len();
    }
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(3_600)).await;
    let failure = response
        .body
        .next()
        .await
        .expect("not the end")
        .expect_err("no piece");
    assert_eq!(failure.kind, FailureKind::Timeout);
    assert_eq!(
        failure.message,
        "`api.test` did not send the next piece of its response within 1000 ms (limit `fetch_timeout_ms`)"
    );
    assert!(response.body.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_accepts_and_says_nothing_is_a_timeout_in_tls_too() {
    let server = Server::raw(|stream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let world = World::with(|config| config.connect_timeout = std::time::Duration::from_millis(500));
    world.public("api.test", &server);
    let failure = world
        .get(&world.session(&["https://api.test"]), "https://api.test/")
        .await
        .expect_err("silence");
    assert_eq!(failure.kind, FailureKind::Timeout);
    assert_eq!(
        failure.message,
        "there was no connection to `api.test` within 500 ms"
    );
}
