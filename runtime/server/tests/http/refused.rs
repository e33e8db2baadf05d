//! Requests that reach no function: too long, or not for a host.

use crate::client::status;
use crate::programs::hello;
use crate::scripted::World;
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
