//! The other side of the socket: HTTP/1 byte by byte, and HTTP/2.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::server::Server;

pub async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A cut connection may end with a reset; what came before counts.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

pub async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut answer = String::new();
    while !answer.contains(end) {
        let mut buffer = [0; 1024];
        let read = stream.read(&mut buffer).await.expect("more comes");
        assert!(read > 0, "it ended early: {answer}");
        answer += std::str::from_utf8(&buffer[..read]).expect("text");
    }
    answer
}

pub fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

pub fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

pub type Http2 = hyper::client::conn::http2::SendRequest<Empty<Bytes>>;

pub async fn http2(server: &Server) -> Http2 {
    let io = TokioIo::new(server.connect().await);
    let (sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
        .await
        .expect("a handshake");
    tokio::spawn(connection);
    sender
}

pub async fn fetch(mut client: Http2, url: &str) -> (u16, http::HeaderMap, String) {
    let request = http::Request::get(url).body(Empty::new()).expect("a request");
    client.ready().await.expect("a connection");
    let response = client.send_request(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes();
    (
        parts.status.as_u16(),
        parts.headers,
        String::from_utf8(body.to_vec()).expect("text"),
    )
}
