//! What is sent, and what is handed out.

use std::collections::BTreeMap;

use bytes::Bytes;
use holm_core::FailureKind;
use holm_egress::{RequestBody, Session};
use holm_policy::{Policy, RuleConfig};
use http_body_util::BodyExt;

use crate::world::{Server, World, answer, describe, headers, ok, request, text};

#[tokio::test]
async fn headers_of_the_connection_are_ours_and_the_rest_is_the_functions() {
    let server = Server::http(|request| async move { ok(describe(&request)) }).await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);

    let response = world
        .text(&session, "http://api.test/a?b=c#d")
        .await
        .expect("a response");
    assert_eq!(
        response,
        format!(
            "GET /a?b=c\naccept-encoding: gzip, deflate\naccept: */*\nhost: api.test\nuser-agent: holm/{}",
            env!("CARGO_PKG_VERSION")
        )
    );

    let mut post = request("POST", "http://api.test/");
    post.headers = [
        "Host\nevil.test",
        "connection\nx-private, upgrade",
        "x-private\n1",
        "upgrade\nh2c",
        "http2-settings\nAA",
        "transfer-encoding\nchunked",
        "content-length\n99",
        "expect\n100-continue",
        "te\ntrailers",
        "trailer\nx",
        "keep-alive\n1",
        "proxy-authorization\nBasic eA==",
        "proxy-anything\n1",
        "User-Agent\nmine",
        "cookie\na=1",
        "x-two\n1",
        "x-two\n2",
        "x-latin\nü",
        "x-empty\n",
    ]
    .join("\n");
    post.body = RequestBody::Whole(Bytes::from_static(b"12345"));
    let response = world.egress.fetch(&session, post).await.expect("a response");
    assert_eq!(
        text(response).await.expect("text"),
        "POST /\naccept-encoding: gzip, deflate\naccept: */*\ncontent-length: 5\ncookie: a=1\nhost: api.test\n\
         user-agent: mine\nx-empty: \nx-latin: \\xfc\nx-two: 1\nx-two: 2"
    );

    let mut range = request("GET", "http://api.test/");
    range.headers = "Range\nbytes=0-9".to_owned();
    let response = text(world.egress.fetch(&session, range).await.expect("a response"))
        .await
        .expect("text");
    assert!(response.contains("accept-encoding: identity"), "{response}");

    let empty_post = world
        .egress
        .fetch(&session, request("POST", "http://api.test/"))
        .await
        .expect("a response");
    let response = text(empty_post).await.expect("text");
    assert!(response.contains("content-length: 0"), "{response}");
}

#[tokio::test]
async fn the_head_of_a_response_is_handed_out_without_the_connections_headers() {
    let server = Server::http(|_| async {
        let mut answer = answer(
            203,
            &[
                ("connection", "x-hop"),
                ("x-hop", "1"),
                ("keep-alive", "timeout=5"),
                ("proxy-authenticate", "Basic"),
                ("set-cookie", "a=1"),
                ("set-cookie", "b=2"),
                ("x-end", "1"),
            ],
            "body",
        );
        let latin = http::HeaderValue::from_bytes(b"\xfc").expect("a value");
        answer.headers_mut().insert("x-latin", latin);
        answer
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let response = world
        .get(&world.session(&["http://api.test"]), "http://api.test/x#y")
        .await
        .expect("a response");
    let mut lines = headers(&response);
    lines.retain(|line| !line.starts_with("date"));
    assert_eq!(
        lines,
        [
            "set-cookie: a=1",
            "set-cookie: b=2",
            "x-end: 1",
            "x-latin: ü",
            "content-length: 4"
        ]
    );
    let head = &response.head;
    assert_eq!(
        (head.status, head.status_text.as_str()),
        (203, "Non Authoritative Information")
    );
    assert_eq!(
        (head.url.as_str(), head.redirected, head.has_body),
        ("http://api.test/x", false, true)
    );
}

#[tokio::test]
async fn responses_without_a_body_have_none() {
    let server = Server::http(|request| async move {
        match request.uri().path() {
            "/204" => answer(204, &[], ""),
            "/304" => answer(304, &[], ""),
            _ => answer(200, &[("content-encoding", "gzip")], ""),
        }
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    for (method, path) in [("GET", "204"), ("GET", "304"), ("GET", "empty"), ("HEAD", "x")] {
        let mut response = world
            .egress
            .fetch(&session, request(method, &format!("http://api.test/{path}")))
            .await
            .expect("a response");
        assert!(!response.head.has_body, "{method} {path}");
        assert!(response.body.next().await.is_none());
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_request_that_makes_no_sense_is_refused_before_anything_is_opened() {
    let world = World::new();
    let session = world.session(&["http://*", "https://*"]);
    let with_headers = |text: &str| {
        let mut request = request("GET", "http://api.test/");
        request.headers = text.to_owned();
        request
    };
    let mut get_with_body = request("GET", "http://api.test/");
    get_with_body.body = RequestBody::Whole(Bytes::from_static(b"x"));
    let table = [
        (request("GET", "not a url"), "the URL is not valid"),
        (request("GET", "/relative"), "the URL is not valid"),
        (
            request("GET", &format!("http://api.test/{}", "x".repeat(70_000))),
            "the URL is too long",
        ),
        (request("G T", "http://api.test/"), "the method has characters"),
        (
            request("GET\r\nx: y", "http://api.test/"),
            "the method has characters",
        ),
        (request("", "http://api.test/"), "the method has characters"),
        (get_with_body, "a GET request cannot have a body"),
        (with_headers("a"), "the header `a` has no value"),
        (with_headers("a b\n1"), "`a b` is not a header name"),
        (with_headers("a\r\n1"), "`a\\r` is not a header name"),
        (with_headers("a\n1\r"), "the value of the header `a`"),
        (with_headers("a\n\0"), "the value of the header `a`"),
        (with_headers("a\nЖ"), "the value of the header `a`"),
        (
            with_headers(&format!("a\n{}", "x".repeat(200_000))),
            "131072 are allowed",
        ),
        (
            with_headers(&vec!["a\n"; 1_001].join("\n")),
            "the request has more than 1000 headers",
        ),
    ];
    for (request, expected) in table {
        let failure = world.egress.fetch(&session, request).await.expect_err(expected);
        assert_eq!(failure.kind, FailureKind::Invalid, "{}", failure.message);
        assert!(failure.message.contains(expected), "{}", failure.message);
    }
    assert!(world.dialled().is_empty());
}

#[tokio::test]
async fn what_no_rule_allows_is_denied_before_the_name_is_resolved() {
    let world = World::new();
    let session = world.session(&["GET https://api.test/v1/*"]);
    for (method, url) in [
        ("GET", "https://other.test/"),
        ("POST", "https://api.test/v1/x"),
        ("GET", "https://api.test/v2"),
        ("GET", "http://api.test/v1/x"),
        ("GET", "https://api.test:8443/v1/x"),
        ("GET", "https://user:pass@api.test/v1/x"),
        ("GET", "ftp://api.test/v1/x"),
        ("GET", "file:///etc/passwd"),
    ] {
        let failure = world
            .egress
            .fetch(&session, request(method, url))
            .await
            .expect_err(url);
        assert_eq!(failure.kind, FailureKind::Denied, "{url}: {}", failure.message);
    }
    assert!(world.net.lookups.lock().expect("no test panicked").is_empty());
    assert!(world.entries().iter().all(|entry| !entry.url.contains("pass@")));
}

#[tokio::test]
async fn every_printable_character_of_a_url_arrives() {
    let server = Server::http(|request| async move { ok(request.uri().to_string()) }).await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session_with("tenant", &["http://api.test"], |limits| {
        limits.subrequests = 1_000;
    });
    for letter in (' '..='~').chain("\u{7f}ü日🦀".chars()) {
        let text = format!("http://api.test/a{letter}b?c{letter}d");
        let url = url::Url::parse(&text).expect("a URL");
        let seen = world
            .text(&session, &text)
            .await
            .unwrap_or_else(|failure| panic!("{text}: {}", failure.message));
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        assert_eq!(seen, format!("{}{query}", url.path()), "{text}");
    }
}

fn with_secret(world: &World, entry: &str) -> Session {
    let headers = BTreeMap::from([("Authorization".to_owned(), "Bearer secret".to_owned())]);
    let rule = RuleConfig {
        url: entry.to_owned(),
        headers,
        ..RuleConfig::default()
    };
    let other = RuleConfig {
        url: "http://other.test".to_owned(),
        ..RuleConfig::default()
    };
    let policy = Policy::from_config(&[rule, other]).expect("a policy");
    world.session_of("tenant", policy, |_| {})
}

#[tokio::test]
async fn a_rule_adds_its_headers_to_its_own_requests_only() {
    let server = Server::http(|request| async move {
        match request.uri().path() {
            "/away" => answer(302, &[("location", "http://other.test/")], ""),
            _ => ok(describe(&request)),
        }
    })
    .await;
    let world = World::new();
    world.public("api.test", &server).public("other.test", &server);
    let session = with_secret(&world, "http://api.test");

    let seen = world
        .text(&session, "http://api.test/")
        .await
        .expect("a response");
    assert!(seen.contains("authorization: Bearer secret"), "{seen}");
    let mut own = request("GET", "http://api.test/");
    own.headers = "authorization\nmine".to_owned();
    let seen = text(world.egress.fetch(&session, own).await.expect("a response"))
        .await
        .expect("text");
    assert_eq!(seen.matches("authorization").count(), 1, "{seen}");
    assert!(
        seen.contains("authorization: Bearer secret"),
        "the rule's replaces the function's: {seen}"
    );

    for url in ["http://other.test/", "http://api.test/away"] {
        let seen = world.text(&session, url).await.expect("a response");
        assert!(!seen.contains("authorization"), "{url}: {seen}");
    }
}

#[tokio::test]
async fn a_body_is_sent_whole_and_counted() {
    let server = Server::http(|request| async move {
        let body = request.into_body().collect().await.expect("a body").to_bytes();
        ok(body)
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    let mut post = request("POST", "http://api.test/");
    post.body = RequestBody::Whole(Bytes::from(vec![b'x'; 100_000]));
    let echoed = text(world.egress.fetch(&session, post).await.expect("a response"))
        .await
        .expect("text");
    assert_eq!(echoed.len(), 100_000);
    assert_eq!(session.bytes_moved(), 200_000);
}
