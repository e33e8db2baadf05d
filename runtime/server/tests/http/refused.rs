//! Requests that reach no function: too long, or not for a host.

use holm_core::ResponseBody;

use crate::client::{header, status};
use crate::code;
use crate::programs::hello;
use crate::scripted::{World, answered};
use crate::server::one;

#[tokio::test]
async fn what_is_too_long_is_refused() {
    let world = World::new();
    let server = one(&world, hello()).await;
    assert_eq!(
        status(&server.get(&format!("/{}", "x".repeat(16 * 1024))).await),
        "414"
    );
    assert_eq!(
        status(&server.with("/", &format!("a: {}\r\n", "x".repeat(70_000))).await),
        "431"
    );
    let many: String = (0..101).map(|number| format!("a{number}: 1\r\n")).collect();
    assert_eq!(status(&server.with("/", &many).await), "431");
    assert_eq!(
        status(&server.get(&format!("/{}", "x".repeat(16 * 1024 - 1))).await),
        "200"
    );
}

#[tokio::test]
async fn a_host_that_is_none_is_refused() {
    let world = World::new();
    let server = one(&world, hello()).await;
    for host in ["a b", "user@host", "host:port", "h/x", "host:99999"] {
        let answer = server
            .raw(format!(
                "GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
            ))
            .await;
        assert_eq!(status(&answer), "400", "{host}: {answer}");
    }
    let answer = server
        .raw("GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(status(&answer), "400");
    let answer = server
        .raw("GET / HTTP/1.1\r\nhost: [::1]:80\r\nconnection: close\r\n\r\n")
        .await;
    assert!(answer.ends_with("http://[::1]:80/"), "{answer}");
    let answer = server
        .raw("CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(status(&answer), "405");
}

#[tokio::test]
async fn what_cannot_be_read_as_http_is_answered_like_all_else() {
    let world = World::new();
    let server = one(&world, hello()).await;
    let good = "GET / HTTP/1.1\r\nhost: h\r\n\r\n";
    let many: String = (0..101).map(|number| format!("a{number}: 1\r\n")).collect();
    for (sent, expected, code) in [
        ("nonsense\r\n\r\n".to_owned(), "400", "bad_request"),
        ("GET / HTTP/9.9\r\n\r\n".into(), "400", "bad_request"),
        ("GET / HTTP/1.1\r\na\x01b: c\r\n\r\n".into(), "400", "bad_request"),
        (
            "POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n".into(),
            "400",
            "bad_request",
        ),
        (
            format!("GET / HTTP/1.1\r\na: {}\r\n\r\n", "x".repeat(300_000)),
            "431",
            "headers_too_large",
        ),
        (
            format!("GET / HTTP/1.1\r\n{many}\r\n"),
            "431",
            "headers_too_large",
        ),
    ] {
        for before in ["", good] {
            let answer = server.raw_or_cut(format!("{before}{sent}")).await;
            let answer = match before {
                "" => answer,
                _ => answer
                    .split_once("http://h/")
                    .unwrap_or_else(|| panic!("no first answer in {answer}"))
                    .1
                    .into(),
            };
            assert_eq!(status(&answer), expected, "{answer}");
            let id = header(&answer, "x-request-id").expect("an id");
            let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
            assert!(
                body.starts_with(&format!(r#"{{"error":{{"code":"{code}","message":""#))
                    && body.ends_with(&format!("\"request_id\":\"{id}\"}}}}\n")),
                "{body}"
            );
            assert_eq!(
                header(&answer, "content-length"),
                Some(body.len().to_string().as_str())
            );
            assert_eq!(header(&answer, "connection"), Some("close"));
        }
    }
}

#[tokio::test]
async fn what_a_function_answers_is_never_taken_for_a_refusal() {
    let world = World::new();
    let text = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
    let server = one(
        &world,
        code!(|guest| {
            guest.respond(404, "", ResponseBody::Stream)?;
            guest.write(1, 0, "one, ")?;
            guest.answer().await?;
            guest.write(2, 0, text)?;
            guest.answer().await?;
            guest.close(0)?;
            answered()
        }),
    )
    .await;
    let answer = server.get("/").await;
    assert!(status(&answer) == "404" && answer.contains(text), "{answer}");
}
