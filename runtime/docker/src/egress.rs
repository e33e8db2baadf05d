//! The program's fetches: absolute-form requests become operations of the invocation.
//!
//! Nothing is decided here: what is allowed, the connection, its TLS and what it costs are the host's.

use std::sync::Arc;
use std::task::Poll;

use holm_core::{Failure, FailureKind, FetchBody, FetchHead, FetchRequest, RedirectMode};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use hyper::body::{Body as _, Incoming};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::ask::{Ask, Asker};
use crate::socket::{Body, FAILURE_HEADER, Shared, UntilEnd, download, refusal, upload, whole};

pub(crate) async fn answer(request: Request<Incoming>, shared: Arc<Shared>, asker: Asker) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if !matches!(parts.uri.scheme_str(), Some("http" | "https")) {
        return refusal(
            StatusCode::BAD_REQUEST,
            "invalid",
            "only `http:` and `https:` URLs can be fetched",
        );
    }
    if parts
        .uri
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'))
    {
        return refusal(
            StatusCode::BAD_REQUEST,
            "invalid",
            "a URL with a user name cannot be fetched; send the header `authorization`",
        );
    }
    if parts.headers.contains_key(http::header::UPGRADE) {
        return refusal(
            StatusCode::NOT_IMPLEMENTED,
            "invalid",
            "upgrades (WebSocket) are not supported in containers",
        );
    }
    let op = shared.next_op();
    let has_body = !body.is_end_stream();
    let fetch = FetchRequest {
        method: parts.method.as_str().to_owned(),
        url: parts.uri.to_string(),
        headers: to_list(&parts.headers),
        // Node's clients follow redirects themselves, by a new request each.
        redirect: RedirectMode::Manual,
        body: if has_body {
            FetchBody::Stream
        } else {
            FetchBody::None
        },
    };
    let mut under_way = UnderWay {
        op,
        shared: shared.clone(),
        asker: Some(asker.clone()),
        upload: None,
        left_bytes: None,
    };
    let head = {
        let mut head = std::pin::pin!(asker.ask(|answer| Ask::Fetch {
            op,
            request: fetch,
            answer
        }));
        // Asks are queued in the order in which they are polled: first the fetch, then the pieces of its body.
        let early = futures_util::poll!(head.as_mut());
        if has_body {
            let task = tokio::spawn(upload(body, op, shared.clone(), asker.clone()));
            under_way.upload = Some(task.abort_handle());
        }
        match early {
            Poll::Ready(head) => head,
            Poll::Pending => head.await,
        }
    };
    respond(head, under_way, shared, asker)
}

fn respond(
    head: Option<Result<FetchHead, Failure>>,
    mut under_way: UnderWay,
    shared: Arc<Shared>,
    asker: Asker,
) -> Response<Body> {
    let head = match head {
        Some(Ok(head)) => head,
        Some(Err(failure)) => {
            under_way.disarm();
            return failed(&failure);
        }
        None => {
            return refusal(
                StatusCode::SERVICE_UNAVAILABLE,
                "aborted",
                "the invocation is over",
            );
        }
    };
    under_way.left_bytes = content_length(&head.headers);
    let body = if head.has_body {
        download(under_way.op, shared, asker, under_way)
    } else {
        under_way.disarm();
        whole(bytes::Bytes::new())
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = StatusCode::from_u16(head.status).unwrap_or(StatusCode::BAD_GATEWAY);
    if !head.status_text.is_empty()
        && let Ok(reason) = hyper::ext::ReasonPhrase::try_from(head.status_text.into_bytes())
    {
        answer.extensions_mut().insert(reason);
    }
    from_list(&head.headers, answer.headers_mut());
    answer
}

fn failed(failure: &Failure) -> Response<Body> {
    let (status, kind) = match failure.kind {
        FailureKind::Denied => (StatusCode::FORBIDDEN, "denied"),
        FailureKind::Limit => (StatusCode::TOO_MANY_REQUESTS, "limit"),
        FailureKind::Network => (StatusCode::BAD_GATEWAY, "network"),
        FailureKind::Timeout => (StatusCode::GATEWAY_TIMEOUT, "timeout"),
        FailureKind::Invalid => (StatusCode::BAD_REQUEST, "invalid"),
        FailureKind::Aborted => (StatusCode::SERVICE_UNAVAILABLE, "aborted"),
    };
    refusal(status, kind, failure.message.clone())
}

/// A fetch whose answer somebody waits for; when it is dropped before its end, nobody does.
struct UnderWay {
    op: u32,
    shared: Arc<Shared>,
    asker: Option<Asker>,
    upload: Option<AbortHandle>,
    /// Of the answer's body, where its length is known.
    left_bytes: Option<u64>,
}

impl UntilEnd for UnderWay {
    fn delivered(&mut self, bytes: u64) {
        self.left_bytes = self.left_bytes.map(|left| left.saturating_sub(bytes));
    }

    fn disarm(&mut self) {
        self.asker = None;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(asker) = self.asker.take() {
            if self.left_bytes == Some(0) {
                // Whoever has all bytes of a known length reads no further; the end is to be reached all the same, or it would
                // pass for broken off.
                let (op, stream) = (self.shared.next_op(), self.op);
                let (answer, _) = oneshot::channel();
                asker.tell(Ask::Read { op, stream, answer });
            } else {
                asker.tell(Ask::Abort { op: self.op });
            }
        }
        if let Some(upload) = &self.upload {
            upload.abort();
        }
    }
}

/// What a list of headers says about the length of the body.
fn content_length(list: &str) -> Option<u64> {
    let mut lines = list.split('\n');
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        if name.eq_ignore_ascii_case("content-length") {
            return value.trim().parse().ok();
        }
    }
    None
}

/// The text form: `name \n value`, each byte a character.
pub(crate) fn to_list(headers: &HeaderMap) -> String {
    let mut list = String::new();
    for (name, value) in headers {
        if !list.is_empty() {
            list.push('\n');
        }
        list.push_str(name.as_str());
        list.push('\n');
        list.extend(value.as_bytes().iter().map(|byte| char::from(*byte)));
    }
    list
}

/// Headers that are ours to set, or that only we may set.
fn is_ours(name: &HeaderName) -> bool {
    name == FAILURE_HEADER || name == http::header::TRANSFER_ENCODING || name == http::header::CONNECTION
}

fn from_list(list: &str, headers: &mut HeaderMap) {
    let mut lines = list.split('\n');
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        let value: Option<Vec<u8>> = value.chars().map(|letter| u8::try_from(letter).ok()).collect();
        let value = value.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok());
        if let (Ok(name), Some(value)) = (HeaderName::from_bytes(name.as_bytes()), value)
            && !is_ours(&name)
        {
            headers.append(name, value);
        }
    }
}
