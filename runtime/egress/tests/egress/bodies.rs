//! Streaming both ways, decoding, and bodies that break off.

use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use futures_util::stream;
use holm_core::FailureKind;
use holm_egress::{RequestBody, body_channel};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::world::{Answer, Server, World, answer, bytes, headers, ok, request, text};

fn streamed(pieces: impl futures_util::Stream<Item = Bytes> + Send + Sync + 'static) -> Answer {
    use futures_util::StreamExt;
    let frames = pieces.map(|piece| Ok::<_, Infallible>(Frame::data(piece)));
    http::Response::new(BodyExt::boxed(StreamBody::new(frames)))
}

/// Answers at once with what it is sent, piece by piece.
async fn echo() -> Server {
    Server::http(|request| async move {
        let pieces = stream::unfold(request.into_body(), |mut body| async move {
            let frame = body.frame().await?.ok()?;
            Some((frame.into_data().unwrap_or_default(), body))
        });
        // The body is not `Sync`, which the response's box asks for.
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            use futures_util::StreamExt;
            let mut pieces = std::pin::pin!(pieces);
            while let Some(piece) = pieces.next().await {
                if sender.send(piece).await.is_err() {
                    break;
                }
            }
        });
        streamed(stream::unfold(receiver, |mut receiver| async move {
            Some((receiver.recv().await?, receiver))
        }))
    })
    .await
}

#[tokio::test]
async fn bodies_stream_in_both_directions_at_once() {
    let server = echo().await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    let (writer, reader) = body_channel();
    let mut post = request("POST", "http://api.test/");
    post.body = RequestBody::Stream(reader);
    let mut response = world
        .egress
        .fetch(&session, post)
        .await
        .expect("a head before the body is sent");
    for piece in ["one", "two", "three"] {
        writer
            .write(Bytes::from_static(piece.as_bytes()))
            .await
            .expect("taken");
        assert_eq!(
            response.body.next().await,
            Some(Ok(Bytes::from_static(piece.as_bytes())))
        );
    }
    writer.finish().await.expect("taken");
    assert_eq!(response.body.next().await, None);
    assert_eq!(response.body.next().await, None, "an end stays an end");
    let entry = &world.entries()[0];
    assert_eq!((entry.bytes_out, entry.bytes_in), (11, 11));
}

#[tokio::test]
async fn a_streamed_body_that_fails_fails_the_fetch_and_half_of_it_never_passes_for_a_whole() {
    let (seen, mut ended) = mpsc::unbounded_channel();
    let server = Server::http(move |request| {
        let seen = seen.clone();
        async move {
            // A request that breaks off at once may not even arrive.
            if request.into_body().collect().await.is_ok() {
                seen.send(true).expect("the test listens");
            }
            ok("thanks")
        }
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    for expected in [
        "the request's body failed: out of paper",
        "the request's body ended before it was complete",
        "",
    ] {
        let (writer, reader) = body_channel();
        let mut post = request("POST", "http://api.test/");
        post.body = RequestBody::Stream(reader);
        let write = async move {
            writer.write(Bytes::from_static(b"half")).await.expect("taken");
            match expected {
                "" => writer.finish().await.expect("taken"),
                text if text.contains("paper") => {
                    writer.fail("out of paper".to_owned()).await.expect("taken");
                }
                _ => drop(writer),
            }
        };
        let (result, ()) = tokio::join!(world.egress.fetch(&session, post), write);
        match result {
            Ok(response) => {
                assert_eq!(text(response).await.as_deref(), Ok("thanks"), "{expected}");
                assert_eq!(ended.recv().await, Some(true));
            }
            Err(failure) => assert_eq!(
                (failure.kind, failure.message.as_str()),
                (FailureKind::Aborted, expected)
            ),
        }
    }
}

#[tokio::test]
async fn a_writer_is_told_when_the_request_has_ended() {
    let server = Server::raw(|stream| async move { drop(stream) }).await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    let (writer, reader) = body_channel();
    let mut post = request("POST", "http://api.test/");
    post.body = RequestBody::Stream(reader);
    assert!(world.egress.fetch(&session, post).await.is_err());
    let mut result = Ok(());
    while result.is_ok() {
        result = writer.write(Bytes::from_static(b"x")).await;
    }
    let failure = result.expect_err("ended");
    assert_eq!(
        failure.message,
        "the request has ended, and takes no more of its body"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_read_is_not_sent() {
    let produced = Arc::new(AtomicU64::new(0));
    let counter = produced.clone();
    let server = Server::http(move |_| {
        let counter = counter.clone();
        async move {
            streamed(stream::repeat_with(move || {
                counter.fetch_add(64 * 1024, Ordering::Relaxed);
                Bytes::from(vec![0; 64 * 1024])
            }))
        }
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let mut response = world
        .get(&world.session(&["http://api.test"]), "http://api.test/")
        .await
        .expect("a head");
    assert!(matches!(response.body.next().await, Some(Ok(_))));
    // The clock moves when nothing else does: when this is over, the server is stuck.
    let never = std::future::pending::<()>();
    assert!(
        tokio::time::timeout(Duration::from_secs(60), never)
            .await
            .is_err()
    );
    let stuck_at = produced.load(Ordering::Relaxed);
    assert!(
        stuck_at < 64 * 1024 * 1024,
        "{stuck_at} bytes were sent to nobody"
    );
    assert!(matches!(response.body.next().await, Some(Ok(_))));
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).expect("memory");
    encoder.finish().expect("memory")
}

#[tokio::test]
async fn encoded_bodies_are_decoded_and_their_headers_are_gone() {
    let plain: Vec<u8> = (0..50_000_u32).flat_map(u32::to_le_bytes).collect();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(&plain).expect("memory");
    let bodies = Arc::new([
        gzip(&plain),
        zlib.finish().expect("memory"),
        b"not brotli".to_vec(),
    ]);
    let server = Server::http(move |request| {
        let bodies = bodies.clone();
        async move {
            match request.uri().path() {
                "/gzip" => answer(200, &[("content-encoding", "gzip")], bodies[0].clone()),
                "/deflate" => answer(200, &[("content-encoding", "deflate")], bodies[1].clone()),
                "/broken" => answer(200, &[("content-encoding", "gzip")], bodies[0][..5_000].to_vec()),
                _ => answer(200, &[("content-encoding", "br")], bodies[2].clone()),
            }
        }
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let session = world.session(&["http://api.test"]);
    for path in ["gzip", "deflate"] {
        let response = world
            .get(&session, &format!("http://api.test/{path}"))
            .await
            .expect("a head");
        let lines = headers(&response);
        assert!(
            !lines.iter().any(|line| line.starts_with("content-")),
            "{lines:?}"
        );
        assert_eq!(bytes(response).await.expect("a body"), plain, "{path}");
    }
    let response = world.get(&session, "http://api.test/br").await.expect("a head");
    assert!(
        headers(&response).contains(&"content-encoding: br".to_owned()),
        "what is not decoded says so"
    );
    assert_eq!(bytes(response).await.expect("a body"), b"not brotli");
    let failure = world
        .text(&session, "http://api.test/broken")
        .await
        .expect_err("half of it");
    assert_eq!(
        failure.message,
        "`api.test` sent a body that is not what its `content-encoding` says"
    );
}

/// Answers with these bytes, and closes.
async fn raw(answer: &'static [u8]) -> Server {
    Server::raw(move |mut stream: TcpStream| async move {
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(answer).await;
    })
    .await
}

#[tokio::test]
async fn answers_that_break_off_or_are_not_http_fail() {
    let table: [(&[u8], &str); 7] = [
        (
            b"",
            "`api.test` closed the connection before the response was complete",
        ),
        (
            b"HTTP/1.1 200 OK\r\ncontent-le",
            "`api.test` closed the connection before the response was complete",
        ),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",
            "`api.test` closed the connection before",
        ),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "`api.test` closed the connection before",
        ),
        (
            b"SSH-2.0-OpenSSH_9.9\r\n",
            "`api.test` sent something that is not HTTP",
        ),
        (
            b"HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n",
            "`api.test` answered with the status 999",
        ),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxy",
            "`api.test` sent something",
        ),
    ];
    for (bytes, expected) in table {
        let server = raw(bytes).await;
        let world = World::new();
        world.public("api.test", &server);
        let failure = world
            .text(&world.session(&["http://api.test"]), "http://api.test/")
            .await;
        let failure = failure.expect_err(expected);
        assert_eq!(failure.kind, FailureKind::Network, "{}", failure.message);
        assert!(
            failure.message.starts_with(expected),
            "{} for {}",
            failure.message,
            bytes.escape_ascii()
        );
    }
    let server = raw(b"HTTP/1.1 200 Fine\r\n\r\nto the end").await;
    let world = World::new();
    world.public("api.test", &server);
    let response = world
        .get(&world.session(&["http://api.test"]), "http://api.test/")
        .await
        .expect("a head");
    assert_eq!(response.head.status_text, "Fine");
    assert_eq!(text(response).await.as_deref(), Ok("to the end"));
}

#[tokio::test]
async fn a_head_without_end_fails() {
    let server = Server::raw(|mut stream: TcpStream| async move {
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(b"x-flood: 0123456789\r\n").await.is_ok() {}
    })
    .await;
    let world = World::new();
    world.public("api.test", &server);
    let failure = world
        .get(&world.session(&["http://api.test"]), "http://api.test/")
        .await
        .expect_err("a flood");
    assert_eq!(
        failure.message,
        "`api.test` sent something that is not HTTP, or a head that is too long"
    );
}
