//! Where connections go: only to addresses that were checked, whatever names and redirects say.

use holm_core::FailureKind;
use holm_egress::NetworkOutcome;

use crate::world::{PUBLIC, Server, World, answer, ok};

const LOOPBACK: &str = "127.0.0.1";

#[tokio::test]
async fn a_name_with_a_public_address_is_reached_and_one_with_a_private_address_is_not() {
    let server = Server::http(|_| async { ok("hello") }).await;
    let world = World::new();
    let session = world.session(&["http://*"]);
    assert_eq!(
        world
            .public("good.test", &server)
            .text(&session, "http://good.test/")
            .await
            .as_deref(),
        Ok("hello")
    );
    let private = [
        (LOOPBACK, "a loopback address"),
        ("10.0.0.1", "a private address"),
        ("192.168.7.7", "a private address"),
        ("100.64.0.1", "a carrier-grade NAT address"),
        ("169.254.1.1", "a link-local address"),
        ("169.254.169.254", "a cloud metadata address"),
        ("0.0.0.0", "an unspecified address"),
        ("224.0.0.1", "a multicast address"),
        ("::1", "a loopback address"),
        ("::ffff:127.0.0.1", "a loopback address"),
        ("64:ff9b::10.0.0.1", "a private address"),
        ("2002:7f00:1::", "a loopback address"),
        ("fd00::1", "a private address"),
        ("fe80::1", "a link-local address"),
        ("fd00:ec2::254", "a cloud metadata address"),
    ];
    for (index, (address, class)) in private.into_iter().enumerate() {
        let name = format!("bad{index}.test");
        world.name(&name, &[address]);
        let failure = world
            .get(&session, &format!("http://{name}/"))
            .await
            .expect_err(address);
        assert_eq!(
            failure.kind,
            FailureKind::Denied,
            "{address}: {}",
            failure.message
        );
        assert!(
            failure.message.contains(&format!("`{name}` leads to {class}")),
            "{address}: {}",
            failure.message
        );
        assert!(
            !failure.message.contains(address),
            "functions are not told addresses: {}",
            failure.message
        );
    }
    assert_eq!(world.dialled(), [PUBLIC]);
    assert!(
        matches!(&world.entries()[1].outcome, NetworkOutcome::Denied(reason) if reason.contains("loopback"))
    );
}

#[tokio::test]
async fn a_private_rule_opens_a_private_address_and_never_metadata() {
    let server = Server::http(|_| async { ok("hello") }).await;
    let port = server.address.port();
    let world = World::new();
    world
        .name("local.test", &[LOOPBACK])
        .name("cloud.test", &["169.254.169.254"]);
    let url = format!("http://local.test:{port}/");

    let open = world.session(&[&format!("private {url}"), "private http://cloud.test"]);
    assert_eq!(world.text(&open, &url).await.as_deref(), Ok("hello"));
    let failure = world
        .get(&open, "http://cloud.test/")
        .await
        .expect_err("metadata");
    assert_eq!(
        failure.message,
        "`cloud.test` leads to a cloud metadata address, which no rule can open"
    );

    let closed = world.session(&[&url]);
    let failure = world.get(&closed, &url).await.expect_err("not private");
    assert_eq!(failure.kind, FailureKind::Denied);
    assert!(
        failure.message.contains("the rule must say `private`"),
        "{}",
        failure.message
    );

    let literal = format!("http://{LOOPBACK}:{port}/");
    let open = world.session(&[&format!("private {literal}")]);
    assert_eq!(world.text(&open, &literal).await.as_deref(), Ok("hello"));
    let failure = world.get(&closed, &literal).await.expect_err("another host");
    assert_eq!(failure.kind, FailureKind::Denied);
}

#[tokio::test]
async fn one_private_address_among_public_ones_denies_the_name() {
    let server = Server::http(|_| async { ok("hello") }).await;
    let world = World::new();
    let session = world.session(&["http://*"]);
    world
        .route(PUBLIC, server.address)
        .route("93.184.216.35", server.address);
    for (name, addresses) in [
        ("first.test", [LOOPBACK, PUBLIC]),
        ("last.test", [PUBLIC, LOOPBACK]),
        ("mapped.test", [PUBLIC, "::ffff:10.0.0.1"]),
    ] {
        world.name(name, &addresses);
        let failure = world
            .get(&session, &format!("http://{name}/"))
            .await
            .expect_err(name);
        assert_eq!(failure.kind, FailureKind::Denied, "{name}");
    }
    let mut many: Vec<&str> = vec![PUBLIC; 40];
    many.push(LOOPBACK);
    world.name("many.test", &many);
    assert!(
        world.get(&session, "http://many.test/").await.is_err(),
        "the 41st address is checked too"
    );
    assert!(world.dialled().is_empty());

    world.name("both.test", &[PUBLIC, "93.184.216.35"]);
    assert_eq!(
        world.text(&session, "http://both.test/").await.as_deref(),
        Ok("hello")
    );
}

/// The name answers with a public address while it is checked, and with a private one ever after.
#[tokio::test]
async fn rebinding_cannot_lead_to_a_private_address() {
    let server = Server::http(|_| async { answer(200, &[("connection", "close")], "hello") }).await;
    let port = server.address.port();
    let world = World::new();
    let session = world.session(&[&format!("http://rebind.test:{port}")]);
    let url = format!("http://rebind.test:{port}/");
    world
        .public("rebind.test", &server)
        .name("rebind.test", &[LOOPBACK]);

    assert_eq!(world.text(&session, &url).await.as_deref(), Ok("hello"));
    assert_eq!(
        world.net.lookups.lock().expect("no test panicked").len(),
        1,
        "what was checked is what is connected to"
    );
    assert_eq!(world.dialled(), [PUBLIC]);

    let failure = world.get(&session, &url).await.expect_err("rebound");
    assert_eq!(failure.kind, FailureKind::Denied);
    assert_eq!(world.dialled(), [PUBLIC], "the private address is not dialled");
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_denied() {
    let secret = Server::http(|_| async { ok("secret") }).await;
    let targets = [
        format!("http://{}/", secret.address),
        format!("http://inside.test:{}/", secret.address.port()),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://[::ffff:127.0.0.1]/".to_owned(),
        "http://2130706433/".to_owned(),
    ];
    for target in targets {
        let location = target.clone();
        let server = Server::http(move |_| {
            let location = location.clone();
            async move { answer(302, &[("location", &location)], "") }
        })
        .await;
        let world = World::new();
        world.public("out.test", &server).name("inside.test", &[LOOPBACK]);
        let rules = [
            "http://*",
            &format!("http://inside.test:{}", secret.address.port()),
        ];
        let failure = world
            .get(&world.session(&rules), "http://out.test/")
            .await
            .expect_err(&target);
        assert_eq!(failure.kind, FailureKind::Denied, "{target}: {}", failure.message);
        assert_eq!(world.dialled(), [PUBLIC], "{target}");
    }
    assert_eq!(secret.connections(), 0);
}

#[tokio::test]
async fn an_address_that_does_not_answer_is_passed_over_for_the_next() {
    let server = Server::http(|_| async { ok("hello") }).await;
    let dead = closed_port().await;
    let world = World::new();
    world.name("some.test", &["93.184.216.1", "93.184.216.2", PUBLIC]);
    world
        .route("93.184.216.1", dead)
        .route("93.184.216.2", dead)
        .route(PUBLIC, server.address);
    let session = world.session(&["http://some.test"]);
    assert_eq!(
        world.text(&session, "http://some.test/").await.as_deref(),
        Ok("hello")
    );
    assert_eq!(
        world.entries()[0].address,
        Some(PUBLIC.parse().expect("an address"))
    );
}

#[tokio::test]
async fn what_cannot_be_reached_fails_without_internals() {
    let world = World::new();
    let dead = closed_port().await;
    world
        .name("dead.test", &[PUBLIC])
        .route(PUBLIC, dead)
        .name("empty.test", &[]);
    let session = world.session(&["private http://[100::1]", "http://*"]);
    let table = [
        (
            "http://dead.test/",
            "`dead.test` could not be reached: the connection was refused",
        ),
        (
            "http://nowhere.test/",
            "the name `nowhere.test` could not be resolved",
        ),
        (
            "http://empty.test/",
            "the name `empty.test` could not be resolved",
        ),
        ("http://[100::1]/", "`[100::1]` could not be reached"),
    ];
    for (url, expected) in table {
        let failure = world.get(&session, url).await.expect_err(url);
        assert_eq!(failure.kind, FailureKind::Network, "{url}: {}", failure.message);
        assert!(
            failure.message.starts_with(expected),
            "{url}: {}",
            failure.message
        );
        assert!(
            !failure.message.contains("secret internals"),
            "{}",
            failure.message
        );
    }
}

/// A port at which nothing listens any more.
async fn closed_port() -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    listener.local_addr().expect("bound")
}
