//! The body of a request: asked for when it is wanted, and bounded.

use holm_core::Limits;
use holm_server::Routes;
use tokio::io::AsyncWriteExt;

use crate::client::{read_until, rest, status};
use crate::code;
use crate::programs::reader;
use crate::scripted::{World, panics};
use crate::server::{entry, one, short, start};

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_refused_before_it_is_sent() {
    let world = World::new();
    let limits = Limits {
        request_body_bytes: 10,
        ..Limits::default()
    };
    let function = world.deploy_with(limits, code!(|_guest| { panics("it was started") }));
    let server = start(&world, Routes::One(entry(function)), short()).await;
    let answer = server
        .raw("POST / HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 11\r\n\r\n")
        .await;
    assert_eq!(status(&answer), "413");
    assert!(
        answer.contains(r#""code":"request_body_too_large""#) && answer.contains("10 bytes"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_body_that_turns_out_too_large_is_refused_as_well() {
    let world = World::new();
    let limits = Limits {
        request_body_bytes: 4,
        ..Limits::default()
    };
    let server = start(
        &world,
        Routes::One(entry(world.deploy_with(limits, reader()))),
        short(),
    )
    .await;
    let send = |chunks: &str| {
        format!(
            "POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n{chunks}0\r\n\r\n"
        )
    };
    assert!(server.raw(send("4\r\nabcd\r\n")).await.ends_with("abcd"));
    let answer = server.raw(send("4\r\nabcd\r\n1\r\ne\r\n")).await;
    assert_eq!(status(&answer), "413", "{answer}");
}

#[tokio::test]
async fn a_client_that_expects_it_is_told_to_continue() {
    let world = World::new();
    let server = one(&world, reader()).await;
    let mut stream = server.connect().await;
    let head = b"POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n";
    stream.write_all(head).await.expect("taken");
    read_until(&mut stream, "100 Continue\r\n\r\n").await;
    stream.write_all(b"abc").await.expect("taken");
    assert!(rest(&mut stream).await.ends_with("abc"));
}
