//! A server under test: on a port of its own, with the world behind it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use holm_executor::Function;
use holm_server::{App, Config, Entry, Routes, Stopped, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::rest;
use crate::scripted::{Code, World};

pub struct Server {
    pub address: SocketAddr,
    pub app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    stopped: JoinHandle<std::io::Result<Stopped>>,
}

pub fn entry(function: Arc<Function>) -> Entry {
    Entry {
        source: "functions/f.js".into(),
        function: Ok(function),
    }
}

pub fn short() -> Config {
    Config {
        workers: 1,
        grace: Duration::from_secs(20),
        ..Config::default()
    }
}

pub async fn start(world: &World, routes: Routes, config: Config) -> Server {
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
pub async fn one(world: &World, code: Code) -> Server {
    start(world, Routes::One(entry(world.deploy(code))), short()).await
}

impl Server {
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("it listens")
    }

    /// Sends bytes on a connection of their own, and gives all that comes back.
    pub async fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream
            .write_all(bytes.as_ref())
            .await
            .expect("it takes the request");
        rest(&mut stream).await
    }

    /// As [`Server::raw`], of a request that the server need not read to its end.
    pub async fn raw_or_cut(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        let _ = stream.write_all(bytes.as_ref()).await;
        rest(&mut stream).await
    }

    pub async fn get(&self, path: &str) -> String {
        self.with(path, "").await
    }

    pub async fn with(&self, path: &str, headers: &str) -> String {
        self.raw(format!(
            "GET {path} HTTP/1.1\r\nhost: example.test\r\nconnection: close\r\n{headers}\r\n"
        ))
        .await
    }

    pub fn stop(&mut self) {
        drop(self.stop.take());
    }

    pub async fn stopped(mut self) -> Stopped {
        self.stop();
        self.stopped.await.expect("no panic").expect("it served")
    }
}
