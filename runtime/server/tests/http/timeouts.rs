//! Clients that let the server wait: for a head, a body, a next request, or room to send.

use std::time::Duration;

use holm_core::{Answer, Event, Limits, ResponseBody};
use holm_server::{Config, Routes};
use tokio::io::AsyncWriteExt;

use crate::client::{header, read_until, rest, status};
use crate::code;
use crate::programs::{hello, reader};
use crate::scripted::{World, answered, threw};
use crate::server::{entry, short, start};

#[tokio::test]
async fn a_slow_head_is_a_timeout_and_a_silent_connection_is_closed() {
    let world = World::new();
    let config = Config {
        header_timeout: Duration::from_millis(50),
        ..short()
    };
    let server = start(&world, Routes::One(entry(world.deploy(hello()))), config).await;
    let answer = server.raw("GET / HTTP/1.1\r\nhost: h").await;
    assert_eq!(status(&answer), "408");
    assert!(
        answer.contains(r#""code":"request_head_slow""#) && header(&answer, "x-request-id").is_some(),
        "{answer}"
    );
    assert_eq!(server.raw("").await, "");
    // The beginning of HTTP/2, and no more: no protocol is known yet.
    assert!(!server.raw("PRI * HTTP/2.0\r\n").await.contains("200"));
    // A second head on a connection that was used.
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /1 HTTP/1.1\r\nhost: h\r\n\r\n")
        .await
        .expect("taken");
    read_until(&mut stream, "http://h/1").await;
    stream.write_all(b"GET /2").await.expect("taken");
    assert_eq!(status(&rest(&mut stream).await), "408");
}

#[tokio::test]
async fn a_slow_body_is_a_timeout_of_the_client() {
    let world = World::new();
    let config = Config {
        body_timeout: Duration::from_millis(50),
        ..short()
    };
    let server = start(&world, Routes::One(entry(world.deploy(reader()))), config).await;
    let answer = server
        .raw("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nabc")
        .await;
    assert_eq!(status(&answer), "408", "{answer}");
    assert!(answer.contains(r#""code":"request_body_slow""#), "{answer}");
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let world = World::new();
    let config = Config {
        idle_timeout: Duration::from_millis(50),
        header_timeout: Duration::from_millis(50),
        ..short()
    };
    let server = start(&world, Routes::One(entry(world.deploy(hello()))), config).await;
    let answer = server.raw("GET / HTTP/1.1\r\nhost: h\r\n\r\n").await;
    assert!(answer.ends_with("http://h/"), "and nothing after it: {answer}");
}

#[tokio::test]
async fn a_client_that_takes_no_more_of_its_response_is_cut() {
    let world = World::new();
    let config = Config {
        send_timeout: Duration::from_millis(50),
        ..short()
    };
    let limits = Limits {
        response_body_bytes: 512 << 20,
        ..Limits::default()
    };
    let function = world.deploy_with(
        limits,
        code!(|guest| {
            guest.respond(200, "", ResponseBody::Stream)?;
            for op in 1..=512 {
                guest.write(op, 0, vec![b'x'; 1 << 20])?;
                loop {
                    match guest.next().await? {
                        Event::Done {
                            answer: Answer::Written,
                            ..
                        } => break,
                        Event::Cancel { .. } => return threw("the client was cut"),
                        _ => {}
                    }
                }
            }
            answered()
        }),
    );
    let server = start(&world, Routes::One(entry(function)), config).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
        .await
        .expect("taken");
    let outcomes = world.kept.outcomes(1).await;
    assert!(
        outcomes[0].explain().contains("the client was cut"),
        "{outcomes:?}"
    );
    drop(stream);
}
