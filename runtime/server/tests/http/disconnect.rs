//! Clients that leave: who is told, and what goes on.

use holm_core::{Event, FetchBody};
use tokio::io::AsyncWriteExt;

use crate::client::{fetch, http2};
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
