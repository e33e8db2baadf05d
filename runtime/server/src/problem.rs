//! Answers of the server itself: a stable code, a sentence, and the request's id. What went on inside is for the log,
//! and for a developer's own machine.

use bytes::Bytes;
use holm_core::{Limit, Outcome, Report};
use holm_executor::{Bound, NoResponse, RequestFault};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::json;

/// Why a request has no response of a function.
#[derive(Debug)]
pub struct Problem {
    /// The answer's status.
    pub status: StatusCode,
    /// Stable: what programs look at.
    pub code: String,
    /// A sentence for who made the request.
    pub message: String,
    /// For the function's author: shown in dev mode only.
    pub detail: Option<String>,
    /// Seconds.
    pub retry_after: Option<u64>,
    /// What there is instead: shown in dev mode only.
    pub functions: Vec<String>,
}

impl Problem {
    /// A problem without detail.
    pub fn new(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            detail: None,
            retry_after: None,
            functions: Vec::new(),
        }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The answer to a request that accepts what its headers say.
    pub fn answer(self, id: &str, headers: &HeaderMap, dev: bool) -> Response<Bytes> {
        let text = prefers_text(headers);
        let (kind, body) = if text {
            ("text/plain; charset=utf-8", self.text(id, dev))
        } else {
            ("application/json", self.json(id, dev))
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    fn json(&self, id: &str, dev: bool) -> String {
        let mut error = json!({ "code": self.code, "message": self.message, "request_id": id });
        if dev {
            if let Some(detail) = &self.detail {
                error["detail"] = json!(detail);
            }
            if !self.functions.is_empty() {
                error["functions"] = json!(self.functions);
            }
        }
        format!("{}\n", json!({ "error": error }))
    }

    fn text(&self, id: &str, dev: bool) -> String {
        let mut text = format!(
            "{} {}: {}\nrequest id: {id}\n",
            self.status.as_u16(),
            self.code,
            self.message
        );
        if dev {
            if let Some(detail) = &self.detail {
                text += &format!("\n{detail}\n");
            }
            if !self.functions.is_empty() {
                text += "\nfunctions here:\n";
                self.functions
                    .iter()
                    .for_each(|path| text += &format!("  {path}\n"));
            }
        }
        text
    }
}

/// Browsers ask for HTML and mean something to read; programs say nothing, anything, JSON, or that they want events.
fn prefers_text(headers: &HeaderMap) -> bool {
    let accepts = |kind| {
        headers
            .get_all(header::ACCEPT)
            .iter()
            .any(|value| has(value, kind))
    };
    let reads = ["text/html", "text/plain", "text/*"].into_iter().any(accepts);
    reads && !accepts("application/json")
}

fn has(value: &HeaderValue, kind: &str) -> bool {
    value.to_str().is_ok_and(|value| value.contains(kind))
}

impl From<NoResponse> for Problem {
    fn from(reason: NoResponse) -> Self {
        match reason {
            NoResponse::Busy(busy) => {
                let (status, code, message) = match busy.bound {
                    Bound::Function => (
                        StatusCode::TOO_MANY_REQUESTS,
                        "busy_function",
                        "the function is running too many times at once",
                    ),
                    Bound::Tenant => (
                        StatusCode::TOO_MANY_REQUESTS,
                        "busy_tenant",
                        "too many functions of this tenant are running at once",
                    ),
                    Bound::Node => (StatusCode::SERVICE_UNAVAILABLE, "busy_node", "the server is full"),
                };
                let mut problem = Self::new(status, code, message);
                problem.retry_after = Some(busy.retry_after.as_secs().max(1));
                problem
            }
            NoResponse::NoHandler { handler } => Self::new(
                StatusCode::NOT_FOUND,
                "no_handler",
                format!("the function has no `{handler}` handler, so it cannot be called this way"),
            ),
            NoResponse::RequestBody(RequestFault::TooLarge { limit }) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "request_body_too_large",
                format!("the request's body is larger than the {limit} bytes that the function takes"),
            ),
            NoResponse::RequestBody(RequestFault::Slow) => Self::new(
                StatusCode::REQUEST_TIMEOUT,
                "request_body_slow",
                "the request's body was sent too slowly",
            ),
            NoResponse::RequestBody(RequestFault::Broken) => Self::new(
                StatusCode::BAD_REQUEST,
                "request_body_broken",
                "the request's body was broken off",
            ),
            NoResponse::BadResponse { message } => {
                bad_response("the function gave a response that cannot be sent").detail(message)
            }
            NoResponse::Ended(report) => ended(&report),
        }
    }
}

fn bad_response(message: &str) -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "bad_response", message)
}

fn ended(report: &Report) -> Problem {
    let internal = StatusCode::INTERNAL_SERVER_ERROR;
    let problem = match &report.outcome {
        Outcome::Answered { .. } => return bad_response("the function ended without a response"),
        Outcome::Threw(_) => Problem::new(
            internal,
            "function_threw",
            "the function threw an exception that it did not catch",
        ),
        Outcome::Exceeded { limit, .. } => {
            let status = match limit {
                Limit::Cpu | Limit::Wall => StatusCode::GATEWAY_TIMEOUT,
                _ => internal,
            };
            Problem::new(
                status,
                format!("limit_{}", limit.name()),
                format!(
                    "the function went over its limit `{}` and was ended",
                    limit.name()
                ),
            )
        }
        Outcome::Denied { .. } => Problem::new(
            internal,
            "denied",
            "the function needs something that its policy does not allow",
        ),
        Outcome::Cancelled { .. } => {
            let mut problem = Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "cancelled",
                "the function was cancelled before it answered",
            );
            problem.retry_after = Some(1);
            problem
        }
        Outcome::Busy { .. } => {
            let mut problem = Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "busy",
                "there is no room for the function at the moment",
            );
            problem.retry_after = Some(1);
            problem
        }
        Outcome::Unavailable { .. } => {
            let mut problem = Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "backend_unavailable",
                "what the function runs in is not available at the moment",
            );
            problem.retry_after = Some(5);
            problem
        }
        Outcome::Diverged { .. } | Outcome::Fault { .. } => {
            return Problem::new(
                internal,
                "internal",
                "the server failed, not the function; its log has the request id",
            );
        }
    };
    problem.detail(report.outcome.explain())
}
