//! A small internet: servers, names, routes, a log and a clock.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use holm_core::{Clock, Failure, Limits, Moment, RedirectMode};
use holm_egress::{
    Dialer, Egress, EgressConfig, NetworkEntry, NetworkLog, Request, RequestBody, Resolver, Response, Roots,
    Session, SessionConfig, TcpDialer,
};
use holm_policy::Policy;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// An address that counts as public; routes lead it to a local server.
pub const PUBLIC: &str = "93.184.216.34";

pub type Answer = http::Response<BoxBody<Bytes, Infallible>>;

/// A server on this machine, gone with the test's runtime.
pub struct Server {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub async fn http<F>(
        handler: impl Fn(http::Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        Self::start(None, handler).await
    }

    pub async fn https<F>(
        config: Arc<rustls::ServerConfig>,
        handler: impl Fn(http::Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        Self::start(Some(TlsAcceptor::from(config)), handler).await
    }

    async fn start<F>(
        tls: Option<TlsAcceptor>,
        handler: impl Fn(http::Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            address: listener.local_addr().expect("bound"),
            connections: Arc::default(),
        };
        let connections = server.connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::Relaxed);
                let (tls, handler) = (tls.clone(), handler.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, handler).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, handler).await;
                            }
                        }
                    }
                });
            }
        });
        server
    }

    /// A server that speaks whatever the test wants.
    pub async fn raw<F>(handler: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            address: listener.local_addr().expect("bound"),
            connections: Arc::default(),
        };
        let connections = server.connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(handler(stream));
            }
        });
        server
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

async fn serve<F>(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    handler: impl Fn(http::Request<Incoming>) -> F + Send + Sync,
) where
    F: Future<Output = Answer> + Send + 'static,
{
    let service = service_fn(|request| {
        let answer = handler(request);
        async { Ok::<_, Infallible>(answer.await) }
    });
    // Clients that break off are part of the tests.
    let _ = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

pub fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
    let mut builder = http::Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Full::new(body.into()).boxed()).expect("a response")
}

pub fn ok(body: impl Into<Bytes>) -> Answer {
    answer(200, &[], body)
}

/// Names, routes, and what was asked of them.
#[derive(Default)]
pub struct Net {
    /// What a name stands for, answer by answer; the last one stays.
    names: Mutex<HashMap<String, VecDeque<Vec<IpAddr>>>>,
    routes: Mutex<HashMap<IpAddr, SocketAddr>>,
    pub lookups: Mutex<Vec<String>>,
    pub dials: Mutex<Vec<SocketAddr>>,
}

impl Resolver for Net {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        self.lookups
            .lock()
            .expect("no test panicked")
            .push(name.to_owned());
        let mut names = self.names.lock().expect("no test panicked");
        let answer = names.get_mut(name).and_then(|answers| match answers.len() {
            0 | 1 => answers.front().cloned(),
            _ => answers.pop_front(),
        });
        Box::pin(async move { answer.ok_or_else(|| io::Error::other("secret internals of the resolver")) })
    }
}

impl Dialer for Net {
    fn dial(&self, address: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        self.dials.lock().expect("no test panicked").push(address);
        let route = self
            .routes
            .lock()
            .expect("no test panicked")
            .get(&address.ip())
            .copied();
        Box::pin(async move { TcpDialer.dial(route.unwrap_or(address)).await })
    }
}

/// Ticks a millisecond at each look.
#[derive(Default)]
pub struct TestClock(AtomicU64);

impl Clock for TestClock {
    fn now(&self) -> Moment {
        let mono_us = self.0.fetch_add(1_000, Ordering::Relaxed);
        Moment {
            wall_us: 1_700_000_000_000_000 + mono_us,
            mono_us,
        }
    }
}

#[derive(Default)]
pub struct Log(Mutex<Vec<NetworkEntry>>);

impl NetworkLog for Log {
    fn record(&self, entry: NetworkEntry) {
        self.0.lock().expect("no test panicked").push(entry);
    }
}

pub struct World {
    pub net: Arc<Net>,
    pub log: Arc<Log>,
    pub egress: Egress,
}

impl World {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut EgressConfig)) -> Self {
        let net = Arc::new(Net::default());
        let mut config = EgressConfig::new(Arc::new(TestClock::default()));
        config.roots = Roots::Bundled;
        config.resolver = net.clone();
        config.dialer = net.clone();
        change(&mut config);
        Self {
            net,
            log: Arc::default(),
            egress: Egress::new(config).expect("a configuration"),
        }
    }

    /// A name that stands for a public address, which leads to a local server.
    pub fn public(&self, name: &str, server: &Server) -> &Self {
        self.name(name, &[PUBLIC]).route(PUBLIC, server.address)
    }

    /// What a name stands for, from the next look-up on.
    pub fn name(&self, name: &str, addresses: &[&str]) -> &Self {
        let addresses = addresses
            .iter()
            .map(|text| text.parse().expect("an address"))
            .collect();
        self.net
            .names
            .lock()
            .expect("no test panicked")
            .entry(name.to_owned())
            .or_default()
            .push_back(addresses);
        self
    }

    pub fn route(&self, from: &str, to: SocketAddr) -> &Self {
        self.net
            .routes
            .lock()
            .expect("no test panicked")
            .insert(from.parse().expect("an address"), to);
        self
    }

    pub fn session(&self, rules: &[&str]) -> Session {
        self.session_with("tenant", rules, |_| {})
    }

    pub fn session_with(&self, tenant: &str, rules: &[&str], limits: impl FnOnce(&mut Limits)) -> Session {
        let policy = Policy::parse(rules).unwrap_or_else(|error| panic!("{error}"));
        self.session_of(tenant, policy, limits)
    }

    pub fn session_of(&self, tenant: &str, policy: Policy, limits: impl FnOnce(&mut Limits)) -> Session {
        let mut all = Limits::default();
        limits(&mut all);
        Session::new(SessionConfig {
            tenant: tenant.to_owned(),
            invocation: "invocation-1".to_owned(),
            policy: Arc::new(policy),
            limits: all,
            log: self.log.clone(),
        })
    }

    pub async fn get(&self, session: &Session, url: &str) -> Result<Response, Failure> {
        self.egress.fetch(session, request("GET", url)).await
    }

    /// The text of a page.
    pub async fn text(&self, session: &Session, url: &str) -> Result<String, Failure> {
        text(self.get(session, url).await?).await
    }

    pub fn entries(&self) -> Vec<NetworkEntry> {
        self.log.0.lock().expect("no test panicked").clone()
    }

    pub fn dialled(&self) -> Vec<String> {
        self.net
            .dials
            .lock()
            .expect("no test panicked")
            .iter()
            .map(|address| address.ip().to_string())
            .collect()
    }
}

pub fn request(method: &str, url: &str) -> Request {
    Request {
        method: method.to_owned(),
        url: url.to_owned(),
        headers: String::new(),
        redirect: RedirectMode::Follow,
        body: RequestBody::None,
    }
}

pub async fn bytes(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut all = Vec::new();
    while let Some(piece) = response.body.next().await {
        all.extend_from_slice(&piece?);
    }
    Ok(all)
}

pub async fn text(response: Response) -> Result<String, Failure> {
    Ok(String::from_utf8(bytes(response).await?).expect("text"))
}

/// The header lines of a response, as `name: value`.
pub fn headers(response: &Response) -> Vec<String> {
    let lines: Vec<&str> = response.head.headers.split('\n').collect();
    lines.chunks(2).map(|pair| pair.join(": ")).collect()
}

/// What a request was, as text: its first line and its headers in order of their names.
pub fn describe(request: &http::Request<Incoming>) -> String {
    let mut lines: Vec<String> = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.as_bytes().escape_ascii()))
        .collect();
    lines.sort();
    lines.insert(0, format!("{} {}", request.method(), request.uri()));
    lines.join("\n")
}
