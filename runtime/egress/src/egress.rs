//! One fetch, hop by hop.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use holm_core::{Clock, Failure, FailureKind, FetchHead, RedirectMode};
use holm_policy::{Decision, Request as PolicyRequest};
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Version};
use hyper::body::{Body, Incoming};
use tokio::time::Instant;
use url::Url;

use crate::connect::{Answered, Dialer, RemoteAddress, Resolver, SystemResolver, TcpDialer};
use crate::decode::Decoder;
use crate::network_log::OpenEntry;
use crate::pools::{PoolConfig, Pools};
use crate::redirect::{self, BodyAfter, REDIRECTS_MAX};
use crate::request::{Fault, OutgoingBody};
use crate::response::Terms;
use crate::tls::{self, Trust};
use crate::{NetworkEntry, NetworkOutcome, Request, RequestBody, Response, ResponseBody, Roots, Session};
use crate::{failure, headers};

/// Fetches for functions. One for the process, shared by all invocations.
pub struct Egress {
    pools: Pools,
    user_agent: HeaderValue,
    clock: Arc<dyn Clock>,
}

/// What an [`Egress`] is made of.
pub struct EgressConfig {
    /// For the times in the network log.
    pub clock: Arc<dyn Clock>,
    /// Whose certificates are trusted.
    pub roots: Roots,
    /// Certificates in PEM that are trusted as well.
    pub extra_roots_pem: Option<String>,
    /// Turns names into addresses.
    pub resolver: Arc<dyn Resolver>,
    /// Opens connections to addresses that were checked.
    pub dialer: Arc<dyn Dialer>,
    /// What `user-agent` says where a function does not.
    pub user_agent: String,
    /// For name, connection and TLS handshake of one connection.
    pub connect_timeout: Duration,
    /// How long an unused connection is kept.
    pub idle_timeout: Duration,
    /// Unused connections that are kept for one host of one tenant.
    pub idle_per_host: usize,
    /// Connections of one tenant, used and unused; more of them wait.
    pub connections_per_tenant: usize,
    /// Tenants whose connections are kept; those that are away longest are given up.
    pub tenants: usize,
}

impl EgressConfig {
    /// The system's resolver, connections and trusted certificates, and bounds for a machine with many
    /// tenants.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            roots: Roots::System,
            extra_roots_pem: None,
            resolver: Arc::new(SystemResolver::default()),
            dialer: Arc::new(TcpDialer),
            user_agent: format!("holm/{}", env!("CARGO_PKG_VERSION")),
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(15),
            idle_per_host: 8,
            connections_per_tenant: 256,
            tenants: 1_000,
        }
    }
}

impl fmt::Debug for EgressConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EgressConfig")
            .field("roots", &self.roots)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

/// What is wrong with an [`EgressConfig`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EgressError {
    /// The extra certificates cannot be read.
    #[error("the extra trusted certificates are not usable: {0}; give certificates in PEM")]
    Roots(String),
    /// It cannot be sent as a header.
    #[error("`{0}` cannot be a user agent; use printable ASCII on one line")]
    UserAgent(String),
}

impl Egress {
    /// Checks the configuration; opens and reads nothing yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: EgressConfig) -> Result<Self, EgressError> {
        let extra = match &config.extra_roots_pem {
            Some(pem) => tls::certificates(pem).map_err(EgressError::Roots)?,
            None => Vec::new(),
        };
        let user_agent = HeaderValue::from_str(&config.user_agent)
            .map_err(|_| EgressError::UserAgent(config.user_agent))?;
        let pools = Pools::new(PoolConfig {
            resolver: config.resolver,
            dialer: config.dialer,
            trust: Arc::new(Trust::new(config.roots, extra)),
            connect_timeout: config.connect_timeout,
            idle_timeout: config.idle_timeout,
            idle_per_host: config.idle_per_host,
            connections_per_tenant: config.connections_per_tenant,
            tenants: config.tenants.max(1),
        });
        Ok(Self {
            pools,
            user_agent,
            clock: config.clock,
        })
    }

    /// Sends a request and waits for the head of its response.
    ///
    /// More fetches than `subrequests_at_once` wait here for their turn, without limit of their own; a fetch is
    /// under way until its head has come. From its turn on, the head has `fetch_timeout_ms`, redirects
    /// included, and then each piece of the body. Dropping the future ends the request.
    ///
    /// # Errors
    /// Whatever went wrong, as the function is told it. A failure of ours is not among them.
    pub async fn fetch(&self, session: &Session, request: Request) -> Result<Response, Failure> {
        if let Err((over, failure)) = session.count() {
            // A function that goes on and on fills no log: only the first one too many is told.
            if over == 1 {
                let url = Url::parse(&request.url).unwrap_or_else(|_| invalid_url());
                let entry = self.entry(session, &request.method, &url);
                return Err(entry.fail(failure));
            }
            return Err(failure);
        }
        let mut hop = Hop::first(request, &self.user_agent)?;
        let turn = session.at_once.acquire().await;
        let _turn = turn.map_err(|_| failure::network("the invocation has ended"))?;
        let deadline = Instant::now() + session.fetch_timeout;
        for redirects in 0..=REDIRECTS_MAX {
            match self.send(session, &mut hop, deadline, redirects).await? {
                Sent::Answered(response) => return Ok(*response),
                Sent::Redirected => {}
            }
        }
        Err(failure::network(format!(
            "`{}` redirects more than {REDIRECTS_MAX} times",
            failure::host(&hop.url)
        )))
    }

    /// Sends one hop. A redirect that is to be followed changes the hop into the next one.
    async fn send(
        &self,
        session: &Session,
        hop: &mut Hop,
        deadline: Instant,
        redirects: usize,
    ) -> Result<Sent, Failure> {
        let mut entry = self.entry(session, hop.method.as_str(), &hop.url);
        let policy = &session.policy;
        let (rule, allow_private, headers) = match hop.decide(session) {
            Ok(allowed) => allowed,
            Err(reason) => {
                let message = match redirects {
                    0 => reason,
                    _ => format!(
                        "the redirect to {} is denied: {reason}",
                        failure::target(&hop.url)
                    ),
                };
                return Err(entry.fail(Failure {
                    kind: FailureKind::Denied,
                    message,
                }));
            }
        };
        entry.edit(|entry| entry.rule = Some(rule));

        let may_repeat = hop.may_repeat();
        let mut client = self.pools.client(&session.tenant, allow_private);
        let mut is_repeated = false;
        let (response, fault) = loop {
            let fault: Fault = Arc::new(OnceLock::new());
            let request = match hop.request(&headers, session, &entry, &fault) {
                Ok(request) => request,
                Err(failure) => return Err(entry.fail(failure)),
            };
            let error = match tokio::time::timeout_at(deadline, client.request(request)).await {
                Ok(Ok(response)) => break (response, fault),
                Ok(Err(error)) => error,
                Err(_) => {
                    let failure = failure::timeout(&hop.url, "did not answer", session.fetch_timeout);
                    return Err(entry.fail(failure));
                }
            };
            if may_repeat && !is_repeated && fault.get().is_none() && hung_up_between_requests(&error) {
                is_repeated = true;
                client = self.pools.fresh_client(&session.tenant, allow_private);
                continue;
            }
            let failure = match fault.get() {
                Some(failure) => failure.clone(),
                None => failure::of_error(&error, &hop.url, policy, rule),
            };
            return Err(entry.fail(failure));
        };
        if let Some(answered) = response.extensions().get::<Answered>() {
            answered.set();
        }
        let status = response.status();
        entry.edit(|entry| {
            entry.status = Some(status.as_u16());
            entry.address = response
                .extensions()
                .get::<RemoteAddress>()
                .map(|address| address.0);
        });
        match hop.redirect(status, response.headers()) {
            Ok(false) => {}
            Ok(true) => {
                entry.complete();
                return Ok(Sent::Redirected);
            }
            Err(failure) => return Err(entry.fail(failure)),
        }
        let terms = Terms {
            url: hop.url.clone(),
            policy: session.policy.clone(),
            rule,
            budget: session.bytes.clone(),
            timeout: session.fetch_timeout,
            fault,
        };
        Ok(Sent::Answered(Box::new(answer(
            response,
            &hop.method,
            redirects > 0,
            terms,
            entry,
        )?)))
    }

    fn entry(&self, session: &Session, method: &str, url: &Url) -> OpenEntry {
        let entry = NetworkEntry {
            at: self.clock.now(),
            tenant: session.tenant.clone(),
            invocation: session.invocation.clone(),
            rule: None,
            method: method.to_owned(),
            url: logged(url),
            address: None,
            status: None,
            bytes_out: 0,
            bytes_in: 0,
            duration: Duration::ZERO,
            outcome: NetworkOutcome::Abandoned,
        };
        OpenEntry::new(session.log.clone(), self.clock.clone(), entry)
    }
}

impl fmt::Debug for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Egress")
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

/// Stands in the log for what is no URL.
fn invalid_url() -> Url {
    Url::parse("about:invalid").expect("a constant URL")
}

/// A URL without what does not leave the function: fragment, user name and password.
fn logged(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    // These fail for URLs that cannot have them, which is as well.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

enum Sent {
    Answered(Box<Response>),
    Redirected,
}

/// What is sent next.
struct Hop {
    method: Method,
    url: Url,
    /// The function's own, never with those that a rule adds: a redirect must not carry them on.
    headers: HeaderMap,
    body: HopBody,
    mode: RedirectMode,
}

enum HopBody {
    None,
    Whole(Bytes),
    Stream(crate::BodyReader),
    /// Streamed in a hop before: it cannot be sent again.
    Spent,
}

impl HopBody {
    fn take(&mut self) -> RequestBody {
        match self {
            Self::None | Self::Spent => RequestBody::None,
            Self::Whole(bytes) => RequestBody::Whole(bytes.clone()),
            Self::Stream(_) => match std::mem::replace(self, Self::Spent) {
                Self::Stream(reader) => RequestBody::Stream(reader),
                _ => RequestBody::None,
            },
        }
    }
}

impl Hop {
    fn first(request: Request, user_agent: &HeaderValue) -> Result<Self, Failure> {
        let Request {
            method,
            url,
            headers,
            redirect,
            body,
        } = request;
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| failure::invalid("the method has characters that no method has"))?;
        let mut url =
            Url::parse(&url).map_err(|error| failure::invalid(format!("the URL is not valid: {error}")))?;
        url.set_fragment(None);
        let body = match body {
            RequestBody::None => HopBody::None,
            RequestBody::Whole(_) | RequestBody::Stream(_)
                if matches!(method, Method::GET | Method::HEAD) =>
            {
                return Err(failure::invalid(format!("a {method} request cannot have a body")));
            }
            RequestBody::Whole(bytes) => HopBody::Whole(bytes),
            RequestBody::Stream(reader) => HopBody::Stream(reader),
        };
        Ok(Self {
            method,
            url,
            headers: headers::outgoing(&headers, user_agent)?,
            body,
            mode: redirect,
        })
    }

    /// It may be sent again when nobody knows whether it arrived: sending it twice means what sending it once means
    /// (RFC 9110, section 9.2.2), and its body is still there.
    fn may_repeat(&self) -> bool {
        self.method.is_idempotent() && matches!(self.body, HopBody::None | HopBody::Whole(_))
    }

    /// What is sent. A body that is streamed is taken.
    fn request(
        &mut self,
        headers: &HeaderMap,
        session: &Session,
        entry: &OpenEntry,
        fault: &Fault,
    ) -> Result<http::Request<OutgoingBody>, Failure> {
        let body = OutgoingBody::new(
            self.body.take(),
            session.bytes.clone(),
            entry.moved.clone(),
            fault.clone(),
        )?;
        let mut headers = headers.clone();
        // Some servers refuse a POST that does not say that it is empty; hyper does not say it.
        if body.is_end_stream() && matches!(self.method, Method::POST | Method::PUT | Method::PATCH) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self
            .url
            .as_str()
            .parse()
            .map_err(|_| failure::invalid("the URL is too long, or cannot be sent over HTTP"))?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// The rule that allows it, whether that opens private addresses, and the headers to send; or why not.
    fn decide(&self, session: &Session) -> Result<(usize, bool, HeaderMap), String> {
        match session.policy.decide(&PolicyRequest {
            method: self.method.as_str(),
            url: &self.url,
        }) {
            Decision::Denied { reason } => Err(reason),
            Decision::Allowed {
                rule,
                allow_private,
                add_headers,
            } => {
                let mut headers = self.headers.clone();
                for header in add_headers {
                    // The policy has checked both when the rule was made.
                    let name = HeaderName::from_bytes(header.name.as_bytes()).ok();
                    let value = HeaderValue::from_str(&header.value).ok();
                    if let Some((name, mut value)) = name.zip(value) {
                        value.set_sensitive(true);
                        headers.insert(name, value);
                    }
                }
                Ok((rule, allow_private, headers))
            }
        }
    }

    /// Whether the answer is a redirect that is to be followed; if so, this is the next hop now.
    fn redirect(&mut self, status: http::StatusCode, headers: &HeaderMap) -> Result<bool, Failure> {
        if self.mode == RedirectMode::Manual {
            return Ok(false);
        }
        let Some(mut to) = redirect::target(status, headers, &self.url)? else {
            return Ok(false);
        };
        let from = failure::host(&self.url);
        if self.mode == RedirectMode::Error {
            return Err(failure::network(format!(
                "`{from}` redirects, and the request allows no redirect"
            )));
        }
        to.set_fragment(None);
        let after = redirect::rewrite(status, &mut self.method, &mut self.headers, &self.url, &to);
        match (&self.body, after) {
            // The standard does so, though a body that is dropped would not be needed again.
            (HopBody::Stream(_) | HopBody::Spent, _) if status.as_u16() != 303 => {
                return Err(failure::network(format!(
                    "`{from}` redirects with status {}, and a streamed body cannot be sent again; send it whole",
                    status.as_u16()
                )));
            }
            (_, BodyAfter::Dropped) => self.body = HopBody::None,
            (_, BodyAfter::Kept) => {}
        }
        self.url = to;
        Ok(true)
    }
}

/// The other side closed a connection that had answered before: it need not have seen the request at all. What hyper knows
/// was not sent it sends again by itself.
fn hung_up_between_requests(error: &hyper_util::client::legacy::Error) -> bool {
    let mut known = http::Extensions::new();
    if let Some(connection) = error.connect_info() {
        connection.get_extras(&mut known);
    }
    known.get::<Answered>().is_some_and(Answered::is_set) && failure::hung_up(error)
}

fn answer(
    response: http::Response<Incoming>,
    method: &Method,
    redirected: bool,
    terms: Terms,
    entry: OpenEntry,
) -> Result<Response, Failure> {
    let (parts, incoming) = response.into_parts();
    let status = parts.status.as_u16();
    if !(200..=599).contains(&status) {
        let message = format!(
            "`{}` answered with the status {status}, which no response has",
            failure::host(&terms.url)
        );
        return Err(entry.fail(failure::network(message)));
    }
    let is_without_body =
        *method == Method::HEAD || matches!(status, 204 | 205 | 304) || incoming.is_end_stream();
    let incoming = (!is_without_body).then_some(incoming);
    let decoder = incoming.as_ref().and_then(|_| Decoder::of(&parts.headers));
    let head = FetchHead {
        status,
        status_text: status_text(&parts),
        url: terms.url.to_string(),
        redirected,
        headers: headers::incoming(&parts.headers, decoder.is_some()),
        has_body: incoming.is_some(),
    };
    Ok(Response {
        head,
        body: ResponseBody::new(incoming, decoder, terms, entry),
    })
}

/// The reason phrase; HTTP/2 has none.
fn status_text(parts: &http::response::Parts) -> String {
    if parts.version >= Version::HTTP_2 {
        return String::new();
    }
    match parts.extensions.get::<hyper::ext::ReasonPhrase>() {
        Some(phrase) => phrase.as_bytes().iter().map(|byte| char::from(*byte)).collect(),
        None => parts.status.canonical_reason().unwrap_or_default().to_owned(),
    }
}
