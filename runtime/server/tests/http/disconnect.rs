//! Clients that leave: who is told, and what goes on.

use holm_core::{Event, FetchBody};
use tokio::io::AsyncWriteExt;

use crate::client::{fetch, http2, read_until};
use crate::code;
use crate::programs::{slow, until_waiting};
use crate::scripted::{World, answered, threw};
use crate::server::one;

#[tokio::test]
async fn a_client_that_disconnects_is_told_to_the_function() {
    let world = World::new();
    let server = one(&world, slow()).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
        .await
        .expect("taken");
    until_waiting(&world, 1).await;
    drop(stream);
    while world.kept.lines().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.kept.lines(), ["client disconnected"]);
    world.release.add_permits(1);
    assert_eq!(
        world.kept.outcomes(1).await.len(),
        1,
        "and it came to its own end"
    );
}

/// hyper reads no more of a connection while it holds bytes that nobody asked for, and does not come to their end.
#[tokio::test]
async fn a_client_that_leaves_behind_what_nobody_reads_is_told_to_the_function() {
    let head = "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 40000\r\n\r\n";
    let part = format!("{head}{}", "x".repeat(20_000));
    let whole = format!("{head}{}", "x".repeat(40_000));
    let chunked = "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n";
    let pipelined = "GET / HTTP/1.1\r\nhost: h\r\n\r\n".repeat(2);
    let quiet = || {
        code!(|guest| {
            guest.respond(200, "", holm_core::ResponseBody::Stream)?;
            guest.write(1, 0, "first")?;
            while !matches!(guest.next().await?, Event::Cancel { .. }) {}
            answered()
        })
    };
    for sent in [part.as_str(), &whole, chunked, &pipelined] {
        // Before there is a response …
        let world = World::new();
        let server = one(&world, slow()).await;
        let mut stream = server.connect().await;
        stream.write_all(sent.as_bytes()).await.expect("taken");
        until_waiting(&world, 1).await;
        drop(stream);
        while world.kept.lines().is_empty() {
            tokio::task::yield_now().await;
        }
        world.release.add_permits(2);
        world.kept.outcomes(1).await;

        // … and while its body is open and silent.
        let world = World::new();
        let server = one(&world, quiet()).await;
        let mut stream = server.connect().await;
        stream.write_all(sent.as_bytes()).await.expect("taken");
        read_until(&mut stream, "first").await;
        drop(stream);
        world.kept.outcomes(1).await;
        while world.executor.running() > 0 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_reset_is_told_to_the_function_and_to_no_other() {
    let world = World::new();
    let server = one(&world, slow()).await;
    let client = http2(&server).await;
    let other = tokio::spawn(fetch(client.clone(), "http://h/"));
    let reset = tokio::spawn(fetch(client.clone(), "http://h/"));
    until_waiting(&world, 2).await;
    reset.abort();
    while world.kept.lines().is_empty() {
        tokio::task::yield_now().await;
    }
    world.release.add_permits(2);
    assert_eq!(other.await.expect("no panic").2, "late");
    assert_eq!(world.kept.outcomes(2).await.len(), 2);
    assert_eq!(world.kept.lines(), ["client disconnected"], "once");
}

#[tokio::test]
async fn a_stream_that_is_reset_while_its_response_is_silent_ends_its_invocation() {
    let world = World::new();
    let server = one(
        &world,
        code!(|guest| {
            guest.respond(200, "", holm_core::ResponseBody::Stream)?;
            while !matches!(guest.next().await?, Event::Cancel { .. }) {}
            answered()
        }),
    )
    .await;
    let mut client = http2(&server).await;
    let request = http::Request::get("http://h/").body(http_body_util::Empty::new());
    client.ready().await.expect("a connection");
    let response = client.send_request(request.expect("a request")).await;
    drop(response.expect("a head"));
    world.kept.outcomes(1).await;
}

#[tokio::test]
async fn work_goes_on_after_the_response_and_its_connection() {
    let world = World::new();
    let server = one(
        &world,
        code!(|guest| {
            guest.text("soon")?;
            guest.fetch(1, "slow:", FetchBody::None)?;
            let Event::Done { .. } = guest.next().await? else {
                return threw("it was cancelled");
            };
            answered()
        }),
    )
    .await;
    assert!(server.get("/").await.ends_with("soon"));
    world.release.add_permits(1);
    assert_eq!(world.kept.outcomes(1).await, [answered().expect("no stop")]);
}
