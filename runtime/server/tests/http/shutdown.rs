//! A stop: what is waited for, and what is cut.

use std::time::Duration;

use holm_executor::Drained;
use holm_server::{Config, Routes, Stopped};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::client::{header, read_until, rest, status};
use crate::programs::{slow, until_waiting};
use crate::scripted::World;
use crate::server::{entry, one, short, start};

#[tokio::test]
async fn a_stop_waits_for_requests_and_takes_no_new_ones() {
    let world = World::new();
    let mut server = one(&world, slow()).await;
    let (mut stream, mut idle) = (server.connect().await, server.connect().await);
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
        .await
        .expect("taken");
    idle.write_all(b"GET /_holm/readyz HTTP/1.1\r\nhost: h\r\n\r\n")
        .await
        .expect("taken");
    read_until(&mut idle, "ready\n").await;
    until_waiting(&world, 1).await;
    server.stop();
    assert_eq!(rest(&mut idle).await, "", "an idle connection is closed");
    assert!(
        TcpStream::connect(server.address).await.is_err(),
        "nobody listens"
    );
    world.release.add_permits(1);
    let answer = rest(&mut stream).await;
    assert!(
        answer.ends_with("late") && header(&answer, "connection") == Some("close"),
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
async fn what_does_not_end_within_the_grace_is_cancelled_and_told_so() {
    let world = World::new();
    let config = Config {
        grace: Duration::from_millis(50),
        ..short()
    };
    let mut server = start(&world, Routes::One(entry(world.deploy(slow()))), config).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
        .await
        .expect("taken");
    until_waiting(&world, 1).await;
    server.stop();
    let answer = rest(&mut stream).await;
    assert!(
        status(&answer) == "503" && answer.contains(r#""code":"cancelled""#),
        "{answer}"
    );
    let stopped = server.stopped().await;
    assert_eq!(
        stopped,
        Stopped {
            invocations: Drained::Cut { invocations: 1 },
            connections_cut: 0
        }
    );
}
