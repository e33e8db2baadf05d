//! The network log: every request, once, however it ends.

use std::time::Duration;

use bytes::Bytes;
use holm_core::FailureKind;
use holm_egress::{NetworkEntry, NetworkOutcome, RequestBody};

use crate::world::{PUBLIC, Server, World, answer, bytes, ok, request};

#[tokio::test]
async fn a_request_is_told_with_everything_about_it() {
    let server = Server::http(|_| async { answer(201, &[], "12345678") }).await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session_with("acme", &["http://other.test", "http://api.test"], |_| {});
    let mut post = request("POST", "http://api.test/a?b=c#d");
    post.body = RequestBody::Whole(Bytes::from_static(b"12345"));
    let response = world.egress.fetch(&session, post).await.expect("a head");
    assert!(world.entries().is_empty(), "it is told when it has ended");
    bytes(response).await.expect("a body");
    let entries = world.entries();
    let at = entries[0].at;
    assert_eq!(
        entries,
        [NetworkEntry {
            at,
            tenant: "acme".to_owned(),
            invocation: "invocation-1".to_owned(),
            rule: Some(1),
            method: "POST".to_owned(),
            url: "http://api.test/a?b=c".to_owned(),
            address: Some(PUBLIC.parse().expect("an address")),
            status: Some(201),
            bytes_out: 5,
            bytes_in: 8,
            duration: Duration::from_millis(1), // the test's clock ticks at each look
            outcome: NetworkOutcome::Completed,
        }]
    );
    assert!(at.wall_us >= 1_700_000_000_000_000);
}

#[tokio::test]
async fn every_way_to_end_is_told_apart() {
    let server = Server::http(|_| async { ok(vec![0; 5_000_000]) }).await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test", "http://nowhere.test"]);

    let mut response = world
        .get(&session, "http://api.test/dropped")
        .await
        .expect("a head");
    assert!(response.body.next().await.is_some_and(|piece| piece.is_ok()));
    drop(response);
    let denied = world
        .get(&session, "http://api.example/denied")
        .await
        .expect_err("denied");
    let failed = world
        .get(&session, "http://nowhere.test/failed")
        .await
        .expect_err("failed");
    {
        let fetch = world.get(&session, "http://api.test/aborted");
        let mut fetch = std::pin::pin!(fetch);
        assert!(futures_util::poll!(fetch.as_mut()).is_pending());
    }
    let outcomes: Vec<NetworkOutcome> = world.entries().into_iter().map(|entry| entry.outcome).collect();
    assert_eq!(failed.kind, FailureKind::Network);
    assert_eq!(
        outcomes,
        [
            NetworkOutcome::Abandoned,
            NetworkOutcome::Denied(denied.message),
            NetworkOutcome::Failed(failed),
            NetworkOutcome::Abandoned,
        ]
    );
    let entries = world.entries();
    assert!(entries[0].bytes_in > 0 && entries[0].bytes_in < 5_000_000);
    assert_eq!(
        (entries[1].rule, entries[1].address, entries[1].status),
        (None, None, None)
    );
}
