//! The paths of executions, and their answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use holm_core::FailureKind;
use holm_executor::pipe::{self, Reader, Writer};
use holm_executor::{Bound, NoResponse, RequestBody, RequestFault};
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use utoipa::OpenApi;

use super::collect::Happened;
use super::kept::{Answer, Found, KEY_BYTES_MAX, Kept};
use super::request::ExecutionRequest;
use super::service::{Executions, Job, NotExecuted};
use crate::body::request_body;
use crate::problem::Problem;

/// The largest request: the sources that a server accepts, as JSON, and input.
const REQUEST_BYTES_MAX: usize = 64 << 20;

/// Where it is.
pub const PREFIX: &str = "/v1/";

/// The header that names a request which may be sent again.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Answers requests about executions.
#[derive(Debug)]
pub struct Api {
    executions: Arc<Executions>,
    kept: Arc<Kept>,
}

/// What is sent back.
#[derive(Debug)]
pub enum Reply {
    /// JSON, all of it.
    Json(StatusCode, Bytes),
    /// Server-sent events.
    Events(Reader),
}

/// Describes itself.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "holm",
        description = "Executes JavaScript that other people wrote, once, under bounds."
    ),
    paths(execute, cancel),
    components(schemas(ExecutionRequest, super::result::ExecutionResult))
)]
struct Document;

/// The OpenAPI document, as JSON.
pub fn document() -> String {
    let mut document = Document::openapi();
    document.info.version = env!("CARGO_PKG_VERSION").into();
    let mut text = serde_json::to_string_pretty(&document).expect("a document is JSON");
    text.push('\n');
    text
}

/// Execute code
///
/// With `Accept: text/event-stream` what it says comes as it is said: events `started`, `output`, `network`, and last
/// `result`, whose data is the result.
#[utoipa::path(
    post,
    path = "/v1/executions",
    request_body = ExecutionRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same outcome, executed once")),
    responses(
        (status = 200, description = "It was executed; whether well is in `outcome`", body = super::result::ExecutionResult),
        (status = 400, description = "The request makes no sense"),
        (status = 409, description = "An execution of this id is under way"),
        (status = 413, description = "The request is too large"),
        (status = 415, description = "It is not `application/json`"),
        (status = 422, description = "The code is no program, what it needs is not here, or the key was used for another request"),
        (status = 429, description = "Too many are under way; `Retry-After` says when to try again"),
        (status = 503, description = "The server is full, or lacks something that it needs, such as room on its disk; `Retry-After` as before"),
    )
)]
#[expect(dead_code, reason = "what is described is `Api::answer`")]
fn execute() {}

/// Cancel an execution
#[utoipa::path(
    delete,
    path = "/v1/executions/{id}",
    params(("id" = String, Path, description = "What the header x-request-id said; a caller may choose it by sending that header")),
    responses((status = 204, description = "It ends now"), (status = 404, description = "None of this id is under way"))
)]
#[expect(dead_code, reason = "what is described is `Api::answer`")]
fn cancel() {}

impl Api {
    /// Answers for these executions.
    pub fn new(executions: Arc<Executions>) -> Self {
        Self {
            executions,
            kept: Arc::default(),
        }
    }

    /// Answers a request whose path begins with `/v1/`.
    pub async fn answer(
        &self,
        request: Request<Incoming>,
        id: &str,
        body_timeout: Duration,
    ) -> Result<Reply, Problem> {
        let path = request.uri().path().to_owned();
        let allowed = match path.as_str() {
            "/v1/executions" => "POST",
            "/v1/openapi.json" => "GET",
            _ if execution_id(&path).is_some() => "DELETE",
            _ => {
                return Err(Problem::new(
                    StatusCode::NOT_FOUND,
                    "not_found",
                    "there is no such resource; /v1/openapi.json lists what there is",
                ));
            }
        };
        match (request.method(), allowed) {
            (&Method::POST, "POST") => self.post(request, id, body_timeout).await,
            (&Method::GET, "GET") => Ok(Reply::Json(StatusCode::OK, document().into())),
            (&Method::DELETE, "DELETE") => self.delete(execution_id(&path).unwrap_or_default()),
            _ => Err(Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                format!("{path} takes {allowed}"),
            )),
        }
    }

    fn delete(&self, id: &str) -> Result<Reply, Problem> {
        if self.executions.cancel(id) {
            return Ok(Reply::Json(StatusCode::NO_CONTENT, Bytes::new()));
        }
        Err(Problem::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "no execution of this id is under way",
        ))
    }

    async fn post(
        &self,
        request: Request<Incoming>,
        id: &str,
        body_timeout: Duration,
    ) -> Result<Reply, Problem> {
        let headers = request.headers().clone();
        check_content_type(&headers)?;
        let body = read(request, body_timeout).await?;
        let streams = accepts_events(&headers);
        let Some(key) = key(&headers)? else {
            let job = self.job(id, &body).await?;
            return if streams {
                Ok(Reply::Events(self.stream(job, id)))
            } else {
                let result = self.executions.execute(id, job, None).await?;
                Ok(Reply::Json(StatusCode::OK, to_bytes(&result)))
            };
        };
        if streams {
            return Err(bad_request(
                "a request with an Idempotency-Key is answered whole, not as events",
            ));
        }
        let answer = match self.kept.find(&key, Sha256::digest(&body).into()) {
            Found::Same(mut answer) => {
                let came = answer
                    .wait_for(Option::is_some)
                    .await
                    .ok()
                    .and_then(|it| it.clone());
                came.ok_or_else(|| {
                    Problem::new(
                        StatusCode::SERVICE_UNAVAILABLE,
                        "cancelled",
                        "the execution of this key came to nothing; send it again",
                    )
                })?
            }
            Found::Other => {
                return Err(Problem::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "idempotency_key_reused",
                    "this Idempotency-Key was used for another request",
                ));
            }
            Found::Full => {
                return Err(retry_after(
                    1,
                    Problem::new(
                        StatusCode::TOO_MANY_REQUESTS,
                        "busy",
                        "too many executions with an Idempotency-Key are under way",
                    ),
                ));
            }
            Found::New(promise) => {
                let job = self.job(id, &body).await?;
                let (executions, id) = (self.executions.clone(), id.to_owned());
                // It goes on when its caller has gone: who asks again with the key gets the outcome.
                let run = tokio::spawn(async move {
                    let result = executions.execute(&id, job, None).await?;
                    let answer = Answer {
                        status: StatusCode::OK,
                        body: to_bytes(&result),
                    };
                    promise.keep(answer.clone());
                    Ok::<_, NotExecuted>(answer)
                });
                run.await
                    .unwrap_or_else(|_| Err(NotExecuted::Fault("the execution broke off".into())))?
            }
        };
        Ok(Reply::Json(answer.status, answer.body))
    }

    async fn job(&self, id: &str, body: &[u8]) -> Result<Job, Problem> {
        let request: ExecutionRequest = serde_json::from_slice(body)
            .map_err(|error| bad_request(format!("the body is no request for an execution: {error}")))?;
        Ok(self.executions.job(id, request).await?)
    }

    /// Events as they happen. When nobody reads them any more, the execution ends.
    fn stream(&self, job: Job, id: &str) -> Reader {
        let (writer, reader) = pipe::pipe();
        let (executions, id) = (self.executions.clone(), id.to_owned());
        tokio::spawn(async move {
            let (sender, mut happened) = mpsc::unbounded_channel();
            let _ = writer.write(event("started", &json!({ "id": id })));
            let run = executions.execute(&id, job, Some(sender));
            let mut run = std::pin::pin!(run);
            let ended = loop {
                tokio::select! {
                    biased;
                    Some(happened) = happened.recv() => tell(&writer, &happened),
                    ended = &mut run => break ended,
                    () = std::future::poll_fn(|cx| writer.poll_gone(cx)) => return,
                }
            };
            while let Some(Some(happened)) = happened.recv().now_or_never() {
                tell(&writer, &happened);
            }
            let last = match ended {
                Ok(result) => event("result", &json!(result)),
                Err(error) => {
                    let problem = Problem::from(error);
                    event(
                        "error",
                        &json!({ "code": problem.code, "message": problem.message, "request_id": id }),
                    )
                }
            };
            let _ = writer.write(last);
            writer.close(Ok(()));
        });
        reader
    }
}

fn tell(writer: &Writer, happened: &Happened) {
    let piece = match happened {
        Happened::Said(level, text) => event("output", &json!({ "level": level.name(), "text": text })),
        Happened::Requested(request) => event("network", &json!(request)),
    };
    // Who has gone is seen by the loop.
    let _ = writer.write(piece);
}

fn event(name: &str, data: &serde_json::Value) -> Bytes {
    format!("event: {name}\ndata: {data}\n\n").into()
}

/// A page in a browser can send other types here without asking; this one only after a preflight, which is refused.
fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json")) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "send JSON, with the header `content-type: application/json`",
    ))
}

async fn read(request: Request<Incoming>, timeout: Duration) -> Result<Bytes, Problem> {
    let RequestBody::Stream {
        mut pieces,
        declared_bytes,
    } = request_body(request.into_body(), timeout)
    else {
        return Ok(Bytes::new());
    };
    if declared_bytes.is_some_and(|declared| declared > REQUEST_BYTES_MAX as u64) {
        return Err(too_large());
    }
    let fault = |fault| Problem::from(NoResponse::RequestBody(fault));
    let mut body = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|failure| match failure.kind {
            FailureKind::Timeout => fault(RequestFault::Slow),
            _ => fault(RequestFault::Broken),
        })?;
        if body.len() + piece.len() > REQUEST_BYTES_MAX {
            return Err(too_large());
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.into())
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "request_body_too_large",
        format!("the request is larger than the {REQUEST_BYTES_MAX} bytes that this server takes"),
    )
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    match key.to_str() {
        Ok(key) if (1..=KEY_BYTES_MAX).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(bad_request(format!(
            "an Idempotency-Key has 1 to {KEY_BYTES_MAX} characters of ASCII"
        ))),
    }
}

fn accepts_events(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().any(|value| {
        value
            .to_str()
            .is_ok_and(|value| value.contains("text/event-stream"))
    })
}

fn execution_id(path: &str) -> Option<&str> {
    path.strip_prefix("/v1/executions/")
        .filter(|id| !id.is_empty() && !id.contains('/'))
}

fn to_bytes(value: &impl serde::Serialize) -> Bytes {
    let mut text = serde_json::to_vec(value).expect("results are JSON");
    text.push(b'\n');
    text.into()
}

fn bad_request(message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_request", message)
}

impl From<NotExecuted> for Problem {
    fn from(error: NotExecuted) -> Self {
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        match error {
            NotExecuted::Invalid(invalid) => bad_request(invalid.to_string()),
            NotExecuted::Program(_) | NotExecuted::Unreadable(_) => {
                Self::new(unprocessable, "no_program", error.to_string())
            }
            NotExecuted::NoBackend(_) => Self::new(unprocessable, "no_backend", error.to_string()),
            NotExecuted::Refused(NoResponse::Busy(busy)) => {
                let (status, code, message) = match busy.bound {
                    Bound::Node => (StatusCode::SERVICE_UNAVAILABLE, "busy_node", "the server is full"),
                    Bound::Tenant | Bound::Function => (
                        StatusCode::TOO_MANY_REQUESTS,
                        "busy",
                        "too many executions are under way at once",
                    ),
                };
                retry_after(
                    busy.retry_after.as_secs().max(1),
                    Self::new(status, code, message),
                )
            }
            NotExecuted::Refused(refused) => Self::from(refused),
            NotExecuted::Busy(message) => {
                retry_after(1, Self::new(StatusCode::TOO_MANY_REQUESTS, "busy", message))
            }
            NotExecuted::Unavailable(message) => retry_after(
                5,
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "backend_unavailable", message),
            ),
            NotExecuted::Running => Self::new(StatusCode::CONFLICT, "running", error.to_string()),
            NotExecuted::World(_) => retry_after(
                5,
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "the server lacks something that it needs for this, such as room on its disk; its log has the request id",
                ),
            ),
            NotExecuted::Fault(_) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "the server failed, not the program; its log has the request id",
            ),
        }
    }
}

fn retry_after(seconds: u64, mut problem: Problem) -> Problem {
    problem.retry_after = Some(seconds);
    problem
}

/// As a response of the server's own.
pub fn response(reply: Reply, make: impl FnOnce(Reply) -> crate::body::Body) -> Response<crate::body::Body> {
    let (status, kind) = match &reply {
        Reply::Json(status, _) => (*status, "application/json"),
        Reply::Events(_) => (StatusCode::OK, "text/event-stream"),
    };
    let mut response = Response::new(make(reply));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}
