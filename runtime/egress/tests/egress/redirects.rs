//! Redirects, as the Fetch standard says.

use bytes::Bytes;
use holm_core::{FailureKind, RedirectMode};
use holm_egress::{NetworkOutcome, RequestBody, body_channel};
use http_body_util::BodyExt;

use crate::world::{Server, World, answer, describe, headers, ok, request, text};

/// `/301/path` redirects with status 301 to `/path`; `/to?URL` redirects to a URL; everything else tells what
/// it got.
async fn server() -> Server {
    Server::http(|request| async move {
        let path = request.uri().path().to_owned();
        if let Some(to) = request.uri().query().filter(|_| path == "/to") {
            return answer(302, &[("location", to)], "moved");
        }
        let (status, rest) = path.trim_start_matches('/').split_once('/').unwrap_or(("", ""));
        if let Ok(status @ 300..=399) = status.parse::<u16>() {
            return answer(status, &[("location", &format!("/{rest}"))], "moved");
        }
        let head = describe(&request);
        let body = request
            .into_body()
            .collect()
            .await
            .map(|body| body.to_bytes())
            .unwrap_or_default();
        ok(format!("{head}\n\n{}", String::from_utf8_lossy(&body)))
    })
    .await
}

#[tokio::test]
async fn a_redirect_is_followed_or_handed_out_or_fails_as_the_request_says() {
    let server = server().await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    for status in [301, 302, 303, 307, 308] {
        let mut request = request("GET", &format!("http://api.test/{status}/end?x"));
        let response = world
            .egress
            .fetch(&session, request_with(&mut request, RedirectMode::Follow))
            .await;
        let response = response.expect("followed");
        assert_eq!(
            (response.head.status, response.head.redirected),
            (200, true),
            "{status}"
        );
        assert_eq!(response.head.url, "http://api.test/end");

        let response = world
            .egress
            .fetch(&session, request_with(&mut request, RedirectMode::Manual))
            .await;
        let response = response.expect("handed out");
        assert_eq!((response.head.status, response.head.redirected), (status, false));
        assert!(headers(&response).contains(&"location: /end".to_owned()));
        assert_eq!(text(response).await.as_deref(), Ok("moved"));

        let failure = world
            .egress
            .fetch(&session, request_with(&mut request, RedirectMode::Error))
            .await;
        let failure = failure.expect_err("not allowed");
        assert_eq!(
            failure.message,
            "`api.test` redirects, and the request allows no redirect"
        );
    }
    for path in ["300/end", "304/end", "305/end"] {
        let response = world
            .get(&session, &format!("http://api.test/{path}"))
            .await
            .expect("no redirect");
        assert!(!response.head.redirected, "{path}");
    }
}

fn request_with(request: &mut holm_egress::Request, mode: RedirectMode) -> holm_egress::Request {
    holm_egress::Request {
        method: request.method.clone(),
        url: request.url.clone(),
        headers: request.headers.clone(),
        redirect: mode,
        body: RequestBody::None,
    }
}

#[tokio::test]
async fn each_hop_is_decided_again() {
    let server = server().await;
    let world = World::new();
    world.public("api.test", &server).public("other.test", &server);
    let session = world.session(&["http://api.test", "http://other.test/open"]);
    let seen = world
        .text(&session, "http://api.test/to?http://other.test/open")
        .await
        .expect("allowed");
    assert!(seen.starts_with("GET /open"), "{seen}");
    for target in [
        "http://other.test/closed",
        "http://third.test/",
        "https://other.test/open",
        "ftp://other.test/open",
        "http://user:pass@other.test/open",
        "data:text/plain,x",
        "file:///etc/passwd",
    ] {
        let failure = world
            .get(&session, &format!("http://api.test/to?{target}"))
            .await
            .expect_err(target);
        assert_eq!(failure.kind, FailureKind::Denied, "{target}: {}", failure.message);
        assert!(
            failure.message.starts_with("the redirect to"),
            "{}",
            failure.message
        );
        if target.starts_with("file:") {
            assert_eq!(
                failure.message,
                "the redirect to a `file:` URL is denied: the scheme `file` is not supported: functions speak http \
                 and https only"
            );
        }
    }
    let entries = world.entries();
    assert_eq!(entries.len(), 16, "each hop is in the log");
    assert_eq!(
        (&entries[0].outcome, entries[0].status),
        (&NetworkOutcome::Completed, Some(302))
    );
    assert_eq!(
        (entries[1].rule, entries[1].url.as_str()),
        (Some(1), "http://other.test/open")
    );
    assert!(matches!(entries[3].outcome, NetworkOutcome::Denied(_)));
    assert_eq!(
        session.subrequests(),
        8,
        "a fetch is one, however often it is redirected"
    );
}

#[tokio::test]
async fn twenty_redirects_are_followed_and_no_more() {
    let server = server().await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    let url = |redirects: usize| format!("http://api.test/{}end", "302/".repeat(redirects));
    assert!(world.get(&session, &url(20)).await.is_ok());
    let failure = world.get(&session, &url(21)).await.expect_err("too many");
    assert_eq!(failure.message, "`api.test` redirects more than 20 times");
    assert_eq!(failure.kind, FailureKind::Network);
}

#[tokio::test]
async fn the_method_and_the_body_change_as_the_standard_says() {
    let server = server().await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    for (status, method, arrives) in [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (301, "PUT", "PUT"),
        (302, "DELETE", "DELETE"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
    ] {
        let mut request = request(method, &format!("http://api.test/{status}/end"));
        request.headers = "content-type\ntext/plain\nx-kept\n1".to_owned();
        if method != "HEAD" {
            request.body = RequestBody::Whole(Bytes::from_static(b"the body"));
        }
        let response = world.egress.fetch(&session, request).await.expect("followed");
        if method == "HEAD" {
            continue;
        }
        let seen = text(response).await.expect("text");
        assert!(
            seen.starts_with(&format!("{arrives} /end\n")),
            "{status} {method}: {seen}"
        );
        assert_eq!(
            seen.contains("the body"),
            arrives != "GET",
            "{status} {method}: {seen}"
        );
        assert_eq!(
            seen.contains("content-type"),
            arrives != "GET",
            "{status} {method}: {seen}"
        );
        assert!(seen.contains("x-kept: 1"), "{status} {method}: {seen}");
    }
}

#[tokio::test]
async fn a_streamed_body_is_not_sent_again() {
    let server = server().await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    for (status, works) in [(303, true), (301, false), (307, false), (308, false)] {
        let (writer, reader) = body_channel();
        let mut request = request("POST", &format!("http://api.test/{status}/end"));
        request.body = RequestBody::Stream(reader);
        let write = async move {
            // The server may have answered before it reads anything.
            let _ = writer.write(Bytes::from_static(b"x")).await;
            let _ = writer.finish().await;
        };
        let (result, ()) = tokio::join!(world.egress.fetch(&session, request), write);
        match result {
            Ok(response) => assert!(works && response.head.redirected, "{status}"),
            Err(failure) => {
                assert!(!works, "{status}: {}", failure.message);
                assert!(
                    failure.message.contains("a streamed body cannot be sent again"),
                    "{}",
                    failure.message
                );
            }
        }
    }
}

#[tokio::test]
async fn credentials_do_not_cross_origins() {
    let server = server().await;
    let world = World::new();
    world.public("api.test", &server).public("other.test", &server);
    let session = world.session(&["http://api.test", "http://other.test", "http://api.test:8080"]);
    for (url, keeps) in [
        ("http://api.test/302/end", true),
        ("http://api.test/to?http://other.test/", false),
        ("http://api.test/to?http://api.test:8080/", false),
        ("http://api.test/to?http://other.test/to?http://api.test/", false),
    ] {
        let mut request = request("GET", url);
        request.headers = "authorization\nBearer x\ncookie\na=1\nx-kept\n1".to_owned();
        let seen = text(world.egress.fetch(&session, request).await.expect("followed"))
            .await
            .expect("text");
        assert_eq!(seen.contains("authorization"), keeps, "{url}: {seen}");
        assert_eq!(seen.contains("cookie"), keeps, "{url}: {seen}");
        assert!(seen.contains("x-kept: 1"), "{url}: {seen}");
    }
}

#[tokio::test]
async fn a_redirect_to_nothing_is_an_answer_and_one_to_nonsense_fails() {
    let server = Server::http(|request| async move {
        match request.uri().path() {
            "/nowhere" => answer(302, &[], "no location"),
            _ => answer(302, &[("location", "http://[")], ""),
        }
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    assert_eq!(
        world.text(&session, "http://api.test/nowhere").await.as_deref(),
        Ok("no location")
    );
    let failure = world
        .get(&session, "http://api.test/nonsense")
        .await
        .expect_err("no URL");
    assert_eq!(
        failure.message,
        "`http://api.test` redirects to something that is no URL"
    );
}
