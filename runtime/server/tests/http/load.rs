//! Many requests at once: who is sent away, and what those that wait cost.

use std::collections::BTreeMap;

use holm_core::Limits;
use holm_executor::AdmissionConfig;
use holm_server::{Config, Routes};
use tokio::io::AsyncWriteExt;

use crate::client::{fetch, header, http2, rest, status};
use crate::programs::{slow, until_waiting};
use crate::scripted::World;
use crate::server::{entry, short, start};

#[tokio::test]
async fn who_is_over_a_bound_is_told_when_to_come_back() {
    let admission = AdmissionConfig {
        node_concurrency: 2,
        queue: 0,
        ..AdmissionConfig::default()
    };
    let world = World::with(admission);
    let limits = Limits {
        concurrency: 1,
        ..Limits::default()
    };
    let routes = BTreeMap::from([
        ("one".to_owned(), entry(world.deploy_with(limits, slow()))),
        ("many".to_owned(), entry(world.deploy(slow()))),
    ]);
    let server = start(&world, Routes::Folder(routes), short()).await;
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    first
        .write_all(b"GET /one HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        .await
        .expect("taken");
    second
        .write_all(b"GET /many HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        .await
        .expect("taken");
    until_waiting(&world, 2).await;
    for (path, expected, code) in [("/one", "429", "busy_function"), ("/many", "503", "busy_node")] {
        let answer = server.get(path).await;
        assert_eq!(status(&answer), expected, "{answer}");
        assert_eq!(header(&answer, "retry-after"), Some("1"));
        assert!(answer.contains(code), "{answer}");
    }
    world.release.add_permits(2);
    assert!(rest(&mut first).await.ends_with("late") && rest(&mut second).await.ends_with("late"));
}

#[tokio::test]
async fn a_thousand_waiting_requests_hold_no_threads() {
    let world = World::new();
    let limits = Limits {
        concurrency: 1_000,
        ..Limits::default()
    };
    let config = Config {
        workers: 2,
        ..short()
    };
    let server = start(
        &world,
        Routes::One(entry(world.deploy_with(limits, slow()))),
        config,
    )
    .await;
    let mut clients = Vec::new();
    for _ in 0..10 {
        clients.push(http2(&server).await);
    }
    let threads = || std::fs::read_dir("/proc/self/task").expect("Linux").count();
    let before = threads();
    let requests: Vec<_> = (0..1_000)
        .map(|n| tokio::spawn(fetch(clients[n % 10].clone(), "http://h/")))
        .collect();
    until_waiting(&world, 1_000).await;
    assert_eq!(threads(), before);
    world.release.add_permits(1_000);
    for request in requests {
        assert_eq!(request.await.expect("no panic").2, "late");
    }
    assert_eq!(threads(), before);
}
