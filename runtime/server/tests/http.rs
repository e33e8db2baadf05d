//! The server over real sockets, with programs written in Rust behind it.

#![expect(clippy::disallowed_methods, reason = "the tests are the server's clients")]

#[path = "../../executor/tests/scripted/mod.rs"]
mod scripted;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use holm_core::{Answer, Event, FetchBody, Limits, Outcome, ResponseBody};
use holm_executor::{AdmissionConfig, Drained, Function, pipe};
use holm_server::{App, Config, Entry, Routes, Stopped, serve};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use scripted::{Code, World, answered, panics, threw};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

struct Server {
    address: SocketAddr,
    app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    stopped: JoinHandle<std::io::Result<Stopped>>,
}

fn entry(function: Arc<Function>) -> Entry {
    Entry {
        source: "functions/f.js".into(),
        function: Ok(function),
    }
}

fn short() -> Config {
    Config {
        workers: 1,
        grace: Duration::from_secs(20),
        ..Config::default()
    }
}

async fn start(world: &World, routes: Routes, config: Config) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = Arc::new(App::new(world.executor.clone(), routes, [3; 32]));
    let (stop, stopping) = oneshot::channel();
    let shutdown = async move { drop(stopping.await) };
    let stopped = tokio::spawn(serve(listener, app.clone(), shutdown, config));
    Server {
        address,
        app,
        stop: Some(stop),
        stopped,
    }
}

/// One function at every path.
async fn one(world: &World, code: Code) -> Server {
    start(world, Routes::One(entry(world.deploy(code))), short()).await
}

impl Server {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("it listens")
    }

    /// Sends bytes on a connection of their own, and gives all that comes back.
    async fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream
            .write_all(bytes.as_ref())
            .await
            .expect("it takes the request");
        rest(&mut stream).await
    }

    async fn get(&self, path: &str) -> String {
        self.with(path, "").await
    }

    async fn with(&self, path: &str, headers: &str) -> String {
        self.raw(format!(
            "GET {path} HTTP/1.1\r\nhost: example.test\r\nconnection: close\r\n{headers}\r\n"
        ))
        .await
    }

    fn stop(&mut self) {
        drop(self.stop.take());
    }

    async fn stopped(mut self) -> Stopped {
        self.stop();
        self.stopped.await.expect("no panic").expect("it served")
    }
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A cut connection may end with a reset; what came before counts.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut answer = String::new();
    while !answer.contains(end) {
        let mut buffer = [0; 1024];
        let read = stream.read(&mut buffer).await.expect("more comes");
        assert!(read > 0, "it ended early: {answer}");
        answer += std::str::from_utf8(&buffer[..read]).expect("text");
    }
    answer
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn hello() -> Code {
    code!(|guest| {
        let head = guest.request();
        let text = format!("{} {}", head.method, head.url);
        guest.text(text)?;
        answered()
    })
}

/// Answers when its fetch does.
fn slow() -> Code {
    code!(|guest| {
        guest.fetch(1, "slow:", FetchBody::None)?;
        while let Event::Cancel { reason } = guest.next().await? {
            guest.log(reason)?;
        }
        guest.text("late")?;
        answered()
    })
}

async fn until_waiting(world: &World, count: usize) {
    while world.waiting.load(Ordering::SeqCst) < count {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_function_answers_and_sees_the_whole_url() {
    let world = World::new();
    let server = one(&world, hello()).await;
    let answer = server.get("/a/b?c=d").await;
    assert_eq!(status(&answer), "200");
    assert_eq!(header(&answer, "content-type"), Some("text/plain"));
    assert!(
        answer.ends_with("\r\n\r\nGET http://example.test/a/b?c=d"),
        "{answer}"
    );
    let answer = server.raw("GET / HTTP/1.0\r\n\r\n").await;
    assert!(
        answer.ends_with(&format!("GET http://{}/", server.address)),
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
async fn a_connection_is_kept_for_the_next_request() {
    let world = World::new();
    let server = one(&world, hello()).await;
    let mut stream = server.connect().await;
    for path in ["/1", "/2"] {
        stream
            .write_all(format!("GET {path} HTTP/1.1\r\nhost: h\r\n\r\n").as_bytes())
            .await
            .expect("taken");
        read_until(&mut stream, &format!("http://h{path}")).await;
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id_and_a_well_formed_one_is_kept() {
    let world = World::new();
    let server = one(
        &world,
        code!(|guest| {
            let id = guest.request().id.clone();
            guest.respond(200, "x-request-id\nforged", ResponseBody::Whole(id.into()))?;
            answered()
        }),
    )
    .await;
    let answer = server.with("/", "x-request-id: trace-1\r\n").await;
    assert_eq!(header(&answer, "x-request-id"), Some("trace-1"));
    assert!(answer.ends_with("trace-1"));
    let answer = server.with("/", "x-request-id: no good\r\n").await;
    let made = header(&answer, "x-request-id").expect("one of ours").to_owned();
    assert!(made.len() == 32 && answer.ends_with(&made), "{answer}");
    assert!(header(&server.get("/_holm/nothing").await, "x-request-id").is_some());
}

#[tokio::test]
async fn a_head_has_the_headers_and_no_body() {
    let world = World::new();
    let server = one(&world, hello()).await;
    let answer = server
        .raw("HEAD /x HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(
        header(&answer, "content-length"),
        Some("15"),
        "of `HEAD http://h/x`: {answer}"
    );
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn a_folder_has_its_functions_at_their_names_and_a_page_that_lists_them() {
    let world = World::new();
    let broken = Entry {
        source: "functions/bad.js".into(),
        function: Err("SyntaxError: <x>".into()),
    };
    let routes = BTreeMap::from([
        ("f".to_owned(), entry(world.deploy(hello()))),
        ("bad".to_owned(), broken),
    ]);
    let server = start(&world, Routes::Folder(routes), Config { dev: true, ..short() }).await;
    for path in ["/f", "/f/", "/f/deep?q"] {
        assert!(
            server
                .get(path)
                .await
                .ends_with(&format!("http://example.test{path}"))
        );
    }
    let page = server.get("/").await;
    for part in [
        "text/html",
        "<a href=\"/f\">/f</a>",
        "fetch",
        "version-of-f",
        "functions/f.js",
        "SyntaxError: &lt;x&gt;",
    ] {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
    let answer = server.get("/other").await;
    assert_eq!(status(&answer), "404");
    assert!(
        answer.contains(r#""code":"not_found""#) && answer.contains(r#""functions":["/bad","/f"]"#),
        "{answer}"
    );
    let answer = server.get("/bad").await;
    assert_eq!(status(&answer), "503");
    assert!(
        answer.contains(r#""code":"not_deployed""#) && answer.contains("SyntaxError"),
        "{answer}"
    );
}

#[tokio::test]
async fn what_is_there_is_told_in_dev_mode_only() {
    let world = World::new();
    let routes = BTreeMap::from([("secret".to_owned(), entry(world.deploy(hello())))]);
    let server = start(&world, Routes::Folder(routes), short()).await;
    let answer = server.get("/other").await;
    assert!(status(&answer) == "404" && !answer.contains("secret"), "{answer}");
}

#[tokio::test]
async fn functions_are_swapped_at_once_and_requests_under_way_keep_theirs() {
    let world = World::new();
    let server = one(&world, slow()).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        .await
        .expect("taken");
    until_waiting(&world, 1).await;
    server
        .app
        .replace_routes(Routes::One(entry(world.deploy(hello()))));
    assert!(server.get("/new").await.ends_with("/new"));
    world.release.add_permits(1);
    assert!(rest(&mut stream).await.ends_with("late"));
}

#[tokio::test]
async fn health_is_told_below_a_path_that_no_function_gets() {
    let world = World::new();
    let server = one(&world, hello()).await;
    assert!(server.get("/_holm/healthz").await.ends_with("ok\n"));
    assert!(server.get("/_holm/readyz").await.ends_with("ready\n"));
    assert_eq!(status(&server.get("/_holm/other").await), "404");
}

#[tokio::test]
async fn an_exception_is_told_without_its_stack_except_in_dev_mode() {
    let world = World::new();
    let program = || code!(|_guest| { threw("boom") });
    let server = one(&world, program()).await;
    let answer = server.get("/").await;
    assert_eq!(status(&answer), "500");
    assert!(answer.contains(r#""code":"function_threw""#), "{answer}");
    let id = header(&answer, "x-request-id").expect("an id");
    assert!(answer.contains(&format!(r#""request_id":"{id}""#)), "{answer}");
    assert!(
        !answer.contains("boom") && !answer.contains("secret.js"),
        "{answer}"
    );

    let text = server.with("/", "accept: text/html,*/*;q=0.8\r\n").await;
    assert_eq!(header(&text, "content-type"), Some("text/plain; charset=utf-8"));
    assert!(text.contains("500 function_threw: "), "{text}");

    let config = Config { dev: true, ..short() };
    let server = start(&world, Routes::One(entry(world.deploy(program()))), config).await;
    assert!(
        server
            .get("/")
            .await
            .contains(r"Error: boom\n    at secret.js:1:1")
    );
}

#[tokio::test]
async fn each_end_without_a_response_has_its_code() {
    use holm_core::Limit;
    let exceeded = |limit| Outcome::Exceeded {
        limit,
        value: 1,
        used: 2,
    };
    for (outcome, expected, code) in [
        (exceeded(Limit::Cpu), "504", "limit_cpu_ms"),
        (exceeded(Limit::Wall), "504", "limit_wall_ms"),
        (exceeded(Limit::Memory), "500", "limit_memory_bytes"),
        (Outcome::Denied { reason: "x".into() }, "500", "denied"),
        (Outcome::Cancelled { by: "x".into() }, "503", "cancelled"),
        (
            Outcome::Fault {
                message: "inner".into(),
            },
            "500",
            "internal",
        ),
        (
            Outcome::Answered {
                exit_code: 0,
                value: None,
            },
            "500",
            "bad_response",
        ),
    ] {
        let world = World::new();
        let program = scripted::coded(move |_| std::future::ready(Ok(outcome.clone())).boxed());
        let server = one(&world, program).await;
        let answer = server.get("/").await;
        assert_eq!(status(&answer), expected, "{answer}");
        assert!(
            answer.contains(&format!(r#""code":"{code}""#)) && !answer.contains("inner"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_response_that_cannot_be_sent_is_a_fault_of_the_function() {
    let world = World::new();
    let server = one(
        &world,
        code!(|guest| {
            guest.respond(99, "", ResponseBody::None)?;
            answered()
        }),
    )
    .await;
    let answer = server.get("/").await;
    assert!(
        status(&answer) == "500" && answer.contains(r#""code":"bad_response""#),
        "{answer}"
    );
}

#[tokio::test]
async fn a_wrong_content_length_of_a_function_does_no_harm() {
    let world = World::new();
    let server = one(
        &world,
        code!(|guest| {
            let body = if guest.request().url.ends_with("none") {
                ResponseBody::None
            } else {
                ResponseBody::Whole("abc".into())
            };
            guest.respond(200, "content-length\n99", body)?;
            answered()
        }),
    )
    .await;
    assert_eq!(header(&server.get("/some").await, "content-length"), Some("3"));
    assert_eq!(header(&server.get("/none").await, "content-length"), Some("0"));
}

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

/// Reads all of its request's body.
fn reader() -> Code {
    code!(|guest| {
        let mut text = Vec::new();
        for op in 1.. {
            guest.read(op, 0)?;
            match guest.answer().await? {
                Answer::Chunk(chunk) => text.extend_from_slice(&chunk),
                Answer::End => break,
                _ => return threw("the body failed"),
            }
        }
        guest.text(text)?;
        answered()
    })
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
async fn a_slow_head_is_a_timeout_and_a_silent_connection_is_closed() {
    let world = World::new();
    let config = Config {
        header_timeout: Duration::from_millis(50),
        ..short()
    };
    let server = start(&world, Routes::One(entry(world.deploy(hello()))), config).await;
    assert_eq!(status(&server.raw("GET / HTTP/1.1\r\nhost: h").await), "408");
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

type Http2 = hyper::client::conn::http2::SendRequest<Empty<Bytes>>;

async fn http2(server: &Server) -> Http2 {
    let io = TokioIo::new(server.connect().await);
    let (sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
        .await
        .expect("a handshake");
    tokio::spawn(connection);
    sender
}

async fn fetch(mut client: Http2, url: &str) -> (u16, http::HeaderMap, String) {
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

#[tokio::test]
async fn http2_without_tls_is_understood() {
    let world = World::new();
    let server = one(&world, hello()).await;
    let client = http2(&server).await;
    let (status, headers, body) = fetch(client.clone(), "http://example.test/x").await;
    assert_eq!((status, body.as_str()), (200, "GET http://example.test/x"));
    assert!(headers.contains_key("x-request-id"));
    let (status, ..) = fetch(
        client.clone(),
        &format!("http://example.test/{}", "x".repeat(20_000)),
    )
    .await;
    assert_eq!(status, 414);
    let request = http::Request::head("http://example.test/x")
        .body(Empty::<Bytes>::new())
        .expect("a request");
    let mut client = client;
    let response = client.send_request(request).await.expect("an answer");
    assert!(
        response
            .into_body()
            .collect()
            .await
            .expect("no body")
            .to_bytes()
            .is_empty()
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

#[tokio::test]
async fn the_callers_runtime_can_serve_alone() {
    let world = World::new();
    let config = Config {
        workers: 0,
        ..short()
    };
    let server = start(&world, Routes::One(entry(world.deploy(hello()))), config).await;
    assert!(server.get("/x").await.ends_with("/x"));
    assert_eq!(server.stopped().await.invocations, Drained::Clean);
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
