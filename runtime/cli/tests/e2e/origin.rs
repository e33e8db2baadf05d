//! An HTTP server on this machine that functions fetch from.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// Answers by path:
/// - `/together/N`: when N requests are here at the same time
/// - `/held`: when `Origin::release` was called
/// - `/never`: not at all
/// - `/bytes/N`: N bytes; `/pieces/N`: N pieces
/// - `/to/URL`: a redirect
/// - else: method, path and body
pub struct Origin {
    pub address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    here: Mutex<usize>,
    change: Condvar,
    released: Mutex<bool>,
    most: AtomicUsize,
    now: AtomicUsize,
    arrived: Mutex<usize>,
}

impl Origin {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::<State>::default();
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = shared.clone();
                std::thread::spawn(move || state.answer(stream));
            }
        });
        Self { address, state }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The rule that opens it.
    pub fn rule(&self) -> String {
        self.url("")
    }

    /// The most requests that were here at the same time.
    pub fn most(&self) -> usize {
        self.state.most.load(Ordering::SeqCst)
    }

    /// Waits until so many requests for `/held` have come.
    pub fn wait_for(&self, count: usize) {
        let arrived = self.state.arrived.lock().expect("no thread panicked");
        drop(
            self.state
                .change
                .wait_while(arrived, |arrived| *arrived < count)
                .expect("no thread panicked"),
        );
    }

    pub fn release(&self) {
        *self.state.released.lock().expect("no thread panicked") = true;
        self.state.change.notify_all();
    }
}

impl State {
    /// Errors are the client's leaving.
    fn answer(&self, mut stream: TcpStream) {
        let Some((method, path, body)) = read(&stream) else {
            return;
        };
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let reply = self.reply(&method, &path, &body);
        self.now.fetch_sub(1, Ordering::SeqCst);
        let _ = stream.write_all(&reply);
    }

    fn reply(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        let whole = |text: &str| {
            format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
                text.len()
            )
            .into_bytes()
        };
        let mut parts = path.splitn(3, '/').skip(1);
        match (parts.next(), parts.next()) {
            (Some("together"), Some(count)) => {
                let count: usize = count.parse().expect("a number");
                let mut here = self.here.lock().expect("no thread panicked");
                *here += 1;
                self.change.notify_all();
                drop(
                    self.change
                        .wait_while(here, |here| *here < count)
                        .expect("no thread panicked"),
                );
                whole("together")
            }
            (Some("held"), _) => {
                *self.arrived.lock().expect("no thread panicked") += 1;
                self.change.notify_all();
                let released = self.released.lock().expect("no thread panicked");
                drop(
                    self.change
                        .wait_while(released, |released| !*released)
                        .expect("no thread panicked"),
                );
                whole("held")
            }
            (Some("never"), _) => loop {
                std::thread::park();
            },
            (Some("bytes"), Some(count)) => whole(&"x".repeat(count.parse().expect("a number"))),
            (Some("pieces"), Some(count)) => {
                let mut reply =
                    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n".to_vec();
                for number in 0..count.parse().expect("a number") {
                    let piece = format!("piece {number}\n");
                    reply.extend_from_slice(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes());
                }
                reply.extend_from_slice(b"0\r\n\r\n");
                reply
            }
            (Some("to"), Some(url)) => format!(
                "HTTP/1.1 302 Found\r\nlocation: {url}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            .into_bytes(),
            _ => whole(&format!("{method} {path} {body}")),
        }
    }
}

fn read(stream: &TcpStream) -> Option<(String, String, String)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut length, mut chunked) = (0, false);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().ok()?;
        }
        chunked |= line == "transfer-encoding: chunked";
    }
    let mut body = Vec::new();
    if chunked {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size).ok()?;
            let size = usize::from_str_radix(size.trim(), 16).ok()?;
            let mut piece = vec![0; size + 2];
            reader.read_exact(&mut piece).ok()?;
            if size == 0 {
                break;
            }
            body.extend_from_slice(&piece[..size]);
        }
    } else {
        body.resize(length, 0);
        reader.read_exact(&mut body).ok()?;
    }
    Some((method, path, String::from_utf8(body).ok()?))
}
