//! An answer: what the function sees of the request, and what the client sees of the response.

use bytes::Bytes;
use holm_core::ResponseBody;
use holm_executor::Drained;
use holm_server::{Config, Routes, Stopped};
use http_body_util::{BodyExt, Empty};
use tokio::io::AsyncWriteExt;

use crate::client::{fetch, header, http2, read_until, status};
use crate::code;
use crate::programs::hello;
use crate::scripted::{World, answered};
use crate::server::{entry, one, short, start};

#[tokio::test]
async fn a_function_answers_and_sees_the_whole_url() {
    let world = World::new();
    let server = one(&world, hello()).await;
    let answer = server.get("/a/b?c=d").await;
    assert_eq!(status(&answer), "200");
    assert_eq!(header(&answer, "content-type"), Some("text/plain"));
    assert!(
        answer.ends_with("\r\n\r\nGET http://example.test/a/b?c=d"),
        "{answer}"
    );
    let answer = server.raw("GET / HTTP/1.0\r\n\r\n").await;
    assert!(
        answer.ends_with(&format!("GET http://{}/", server.address)),
        "{answer}"
    );
    assert_eq!(
        server.stopped().await,
        Stopped {
            invocations: Drained::Clean,
            connections_cut: 0
        }
    );
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request() {
    let world = World::new();
    let server = one(&world, hello()).await;
    let mut stream = server.connect().await;
    for path in ["/1", "/2"] {
        stream
            .write_all(format!("GET {path} HTTP/1.1\r\nhost: h\r\n\r\n").as_bytes())
            .await
            .expect("taken");
        read_until(&mut stream, &format!("http://h{path}")).await;
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id_and_a_well_formed_one_is_kept() {
    let world = World::new();
    let server = one(
        &world,
        code!(|guest| {
            let id = guest.request().id.clone();
            guest.respond(200, "x-request-id\nforged", ResponseBody::Whole(id.into()))?;
            answered()
        }),
    )
    .await;
    let answer = server.with("/", "x-request-id: trace-1\r\n").await;
    assert_eq!(header(&answer, "x-request-id"), Some("trace-1"));
    assert!(answer.ends_with("trace-1"));
    let answer = server.with("/", "x-request-id: no good\r\n").await;
    let made = header(&answer, "x-request-id").expect("one of ours").to_owned();
    assert!(made.len() == 32 && answer.ends_with(&made), "{answer}");
    assert!(header(&server.get("/_holm/nothing").await, "x-request-id").is_some());
}

#[tokio::test]
async fn a_head_has_the_headers_and_no_body() {
    let world = World::new();
    let server = one(&world, hello()).await;
    let answer = server
        .raw("HEAD /x HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(
        header(&answer, "content-length"),
        Some("15"),
        "of `HEAD http://h/x`: {answer}"
    );
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn a_wrong_content_length_of_a_function_does_no_harm() {
    let world = World::new();
    let server = one(
        &world,
        code!(|guest| {
            let body = if guest.request().url.ends_with("none") {
                ResponseBody::None
            } else {
                ResponseBody::Whole("abc".into())
            };
            guest.respond(200, "content-length\n99", body)?;
            answered()
        }),
    )
    .await;
    assert_eq!(header(&server.get("/some").await, "content-length"), Some("3"));
    assert_eq!(header(&server.get("/none").await, "content-length"), Some("0"));
}

#[tokio::test]
async fn http2_without_tls_is_understood() {
    let world = World::new();
    let server = one(&world, hello()).await;
    let client = http2(&server).await;
    let (status, headers, body) = fetch(client.clone(), "http://example.test/x").await;
    assert_eq!((status, body.as_str()), (200, "GET http://example.test/x"));
    assert!(headers.contains_key("x-request-id"));
    let (status, ..) = fetch(
        client.clone(),
        &format!("http://example.test/{}", "x".repeat(20_000)),
    )
    .await;
    assert_eq!(status, 414);
    let request = http::Request::head("http://example.test/x")
        .body(Empty::<Bytes>::new())
        .expect("a request");
    let mut client = client;
    let response = client.send_request(request).await.expect("an answer");
    assert!(
        response
            .into_body()
            .collect()
            .await
            .expect("no body")
            .to_bytes()
            .is_empty()
    );
}

#[tokio::test]
async fn the_callers_runtime_can_serve_alone() {
    let world = World::new();
    let config = Config {
        workers: 0,
        ..short()
    };
    let server = start(&world, Routes::One(entry(world.deploy(hello()))), config).await;
    assert!(server.get("/x").await.ends_with("/x"));
    assert_eq!(server.stopped().await.invocations, Drained::Clean);
}
