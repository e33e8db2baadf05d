//! Whose connections are reused by whom.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use holm_core::FailureKind;
use holm_egress::RequestBody;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::world::{Server, World, ok, request, text};

#[tokio::test]
async fn a_tenant_reuses_its_connections_and_nobody_elses() {
    let server = Server::http(|_| async { ok("hello") }).await;
    let world = World::new();
    world.public("api.test", &server);
    let fetch = async |tenant: &str| {
        let session = world.session_with(tenant, &["http://api.test"], |_| {});
        assert_eq!(
            world.text(&session, "http://api.test/").await.as_deref(),
            Ok("hello")
        );
    };
    fetch("a").await;
    fetch("a").await;
    assert_eq!(server.connections(), 1, "two invocations of one tenant");
    fetch("b").await;
    assert_eq!(server.connections(), 2, "another tenant");
    fetch("a").await;
    fetch("b").await;
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_connection_of_a_private_rule_serves_no_other_rule() {
    let server = Server::http(|_| async { ok("hello") }).await;
    let port = server.address.port();
    let world = World::new();
    world.name("local.test", &["127.0.0.1"]);
    let url = format!("http://local.test:{port}/");

    let open = world.session(&[&format!("private {url}")]);
    assert_eq!(world.text(&open, &url).await.as_deref(), Ok("hello"));
    // The open connection would do, and must not.
    let failure = world
        .get(&world.session(&[&url]), &url)
        .await
        .expect_err("not private");
    assert_eq!(failure.kind, FailureKind::Denied);
    assert_eq!(world.text(&open, &url).await.as_deref(), Ok("hello"));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn tenants_over_the_bound_lose_their_connections_and_nothing_else() {
    let server = Server::http(|_| async { ok("hello") }).await;
    let world = World::with(|config| config.tenants = 2);
    world.public("api.test", &server);
    for (tenant, connections) in [("a", 1), ("b", 2), ("a", 2), ("c", 3), ("a", 3), ("b", 4)] {
        let session = world.session_with(tenant, &["http://api.test"], |_| {});
        assert_eq!(
            world.text(&session, "http://api.test/").await.as_deref(),
            Ok("hello")
        );
        assert_eq!(server.connections(), connections, "tenant {tenant}");
    }
}

#[tokio::test(start_paused = true)]
async fn connections_over_the_bound_of_a_tenant_are_not_opened() {
    let server = Server::http(|_| async { ok("hello") }).await;
    let world = World::with(|config| {
        config.connections_per_tenant = 1;
        config.connect_timeout = std::time::Duration::from_secs(1);
    });
    world.public("a.test", &server).public("b.test", &server);
    let session = world.session(&["http://*"]);
    let held = world.get(&session, "http://a.test/").await.expect("the first");
    let failure = world
        .get(&session, "http://b.test/")
        .await
        .expect_err("the second");
    assert_eq!(failure.kind, FailureKind::Network);
    assert_eq!(
        failure.message,
        "`b.test` was not tried: too many connections of this tenant are open"
    );
    assert_eq!(server.connections(), 1);
    drop(held);
    let other = world.session_with("other", &["http://*"], |_| {});
    assert_eq!(
        world.text(&other, "http://b.test/").await.as_deref(),
        Ok("hello"),
        "another tenant is not held up"
    );
}

/// Answers, but closes the connection when the second request of all has come. Counts requests.
async fn hangs_up_at_the_second() -> (Server, Arc<AtomicUsize>) {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = seen.clone();
    let server = Server::raw(move |mut stream| {
        let count = count.clone();
        async move {
            let mut buffer = [0; 4096];
            for _ in 0..2 {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
                if stream.read(&mut buffer).await.is_ok_and(|read| read > 0)
                    && count.fetch_add(1, Ordering::SeqCst) != 1
                {
                    let _ = stream.write_all(answer).await;
                } else {
                    return;
                }
            }
        }
    })
    .await;
    (server, seen)
}

#[tokio::test]
async fn a_request_on_a_connection_that_is_closed_just_then_goes_out_on_a_fresh_one() {
    let (server, seen) = hangs_up_at_the_second().await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    for _ in 0..2 {
        assert_eq!(
            world.text(&session, "http://api.test/").await.as_deref(),
            Ok("ok")
        );
    }
    assert_eq!(
        (server.connections(), seen.load(Ordering::SeqCst)),
        (2, 3),
        "the second request came twice"
    );
    assert_eq!(session.subrequests(), 2, "and counts once");
    assert_eq!(world.entries().len(), 2);
}

#[tokio::test]
async fn a_body_that_is_there_goes_out_again_if_the_method_allows_it() {
    let put = || {
        let mut put = request("PUT", "http://api.test/");
        put.body = RequestBody::Whole(Bytes::from_static(b"body"));
        put
    };
    let (server, _) = hangs_up_at_the_second().await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    for _ in 0..2 {
        let response = world.egress.fetch(&session, put()).await.expect("a response");
        assert_eq!(text(response).await.as_deref(), Ok("ok"));
    }

    // A POST may have been carried out: the function decides.
    let (server, seen) = hangs_up_at_the_second().await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    assert_eq!(
        world.text(&session, "http://api.test/").await.as_deref(),
        Ok("ok")
    );
    let mut post = put();
    "POST".clone_into(&mut post.method);
    let failure = world.egress.fetch(&session, post).await.expect_err("it hung up");
    assert!(failure.message.contains("closed the connection"), "{failure:?}");
    assert_eq!((server.connections(), seen.load(Ordering::SeqCst)), (1, 2));
}

#[tokio::test]
async fn a_fresh_connection_that_hangs_up_is_not_tried_again() {
    let server = Server::raw(|mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    assert!(world.text(&session, "http://api.test/").await.is_err());
    assert_eq!(server.connections(), 1);
}
