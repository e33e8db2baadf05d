//! Whose connections are reused by whom.

use holm_core::FailureKind;

use crate::world::{Server, World, ok};

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
