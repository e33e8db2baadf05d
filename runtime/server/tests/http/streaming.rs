//! Bodies on their way: at once in both directions, at the reader's pace, and whole or visibly not.

use holm_core::{Answer, Effect, Limits, ResponseBody};
use holm_executor::pipe;
use holm_server::Routes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::{header, read_until, rest};
use crate::code;
use crate::scripted::{World, answered, threw};
use crate::server::{entry, one, short, start};

#[tokio::test]
async fn bodies_stream_both_ways_at_once() {
    let world = World::new();
    let server = one(
        &world,
        code!(|guest| {
            guest.respond(200, "", ResponseBody::Stream)?;
            for op in 1.. {
                guest.read(2 * op, 0)?;
                let Answer::Chunk(chunk) = guest.answer().await? else {
                    break;
                };
                guest.write(2 * op + 1, 0, chunk)?;
                guest.answer().await?;
            }
            guest.close(0)?;
            answered()
        }),
    )
    .await;
    let mut stream = server.connect().await;
    let head = b"POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head).await.expect("taken");
    for word in ["ping", "pong"] {
        stream
            .write_all(format!("4\r\n{word}\r\n").as_bytes())
            .await
            .expect("taken");
        read_until(&mut stream, &format!("4\r\n{word}\r\n")).await;
    }
    stream.write_all(b"0\r\n\r\n").await.expect("taken");
    assert_eq!(rest(&mut stream).await, "0\r\n\r\n");
}

#[tokio::test]
async fn a_function_does_not_run_ahead_of_its_client() {
    const PIECE: usize = 1 << 20;
    const PIECES: u32 = 128;
    let world = World::new();
    let limits = Limits {
        response_body_bytes: 1 << 30,
        ..Limits::default()
    };
    let function = world.deploy_with(
        limits,
        code!(|guest| {
            guest.respond(200, "", ResponseBody::Stream)?;
            for op in 1..=PIECES {
                guest.write(op, 0, vec![b'x'; PIECE])?;
                guest.answer().await?;
                guest.log("written")?;
            }
            guest.close(0)?;
            answered()
        }),
    );
    let server = start(&world, Routes::One(entry(function)), short()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.expect("taken");
    let (mut read, mut buffer) = (0, vec![0; PIECE]);
    loop {
        let count = stream.read(&mut buffer).await.expect("more comes");
        read += count;
        // What the kernel's buffers of both sockets, hyper and the pipe can hold.
        let ahead = (world.kept.lines().len() * PIECE).saturating_sub(read);
        assert!(ahead < 32 * PIECE, "{ahead} bytes ahead");
        if count == 0 {
            break;
        }
    }
    assert!(read > PIECES as usize * PIECE);
}

#[tokio::test]
async fn a_response_cut_at_its_limit_does_not_look_whole() {
    let world = World::new();
    let limits = Limits {
        response_body_bytes: 4,
        ..Limits::default()
    };
    let function = world.deploy_with(
        limits,
        code!(|guest| {
            guest.respond(200, "", ResponseBody::Stream)?;
            guest.write(1, 0, "1234")?;
            guest.answer().await?;
            guest.write(2, 0, "5")?;
            answered()
        }),
    );
    let server = start(&world, Routes::One(entry(function)), short()).await;
    let answer = server.get("/").await;
    assert!(!answer.ends_with("0\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn a_body_that_breaks_at_once_comes_after_its_head_and_pieces() {
    let world = World::new();
    let server = one(
        &world,
        code!(|guest| {
            guest.respond(200, "x-own\nyes", ResponseBody::Stream)?;
            guest.write(1, 0, "one")?;
            guest.write(2, 0, vec![b'x'; 1 << 20])?;
            guest.effect(Effect::Close {
                stream: 0,
                error: Some("it broke".into()),
            })?;
            answered()
        }),
    )
    .await;
    let answer = server.get("/").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer:.200}");
    assert_eq!(header(&answer, "x-own"), Some("yes"));
    assert!(answer.contains("\r\n3\r\none\r\n"), "{answer:.200}");
    assert!(answer.len() > 1 << 20, "all pieces: {}", answer.len());
    assert!(!answer.contains("\r\n0\r\n"), "it does not look whole");
}

#[tokio::test]
async fn a_broken_body_without_pieces_has_a_head() {
    let world = World::new();
    let server = one(
        &world,
        code!(|guest| {
            guest.respond(200, "", ResponseBody::Stream)?;
            threw("early")
        }),
    )
    .await;
    let answer = server.get("/").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.ends_with("\r\n\r\n") && !answer.contains("0\r\n\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_large_response_arrives_whole() {
    let world = World::new();
    let server = one(
        &world,
        code!(|guest| {
            guest.text(vec![b'x'; 5 << 20])?;
            answered()
        }),
    )
    .await;
    assert!(server.get("/").await.len() > 5 << 20);
    assert_eq!(pipe::ROOM_BYTES, 64 * 1024);
}
