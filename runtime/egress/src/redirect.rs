//! Redirects, as the Fetch standard says: where to, and what is left of the request.

use holm_core::{Failure, FailureKind};
use http::header::{self, HeaderMap};
use http::{Method, StatusCode};
use url::Url;

/// How many redirects are followed before a fetch fails.
pub(crate) const REDIRECTS_MAX: usize = 20;

/// Headers that belong to a body.
const BODY_HEADERS: &[&str] = &[
    "content-encoding",
    "content-language",
    "content-location",
    "content-type",
];

/// Headers that prove who asks, and must not reach whoever is redirected to.
const CREDENTIAL_HEADERS: &[&str] = &["authorization", "cookie"];

/// Where a response leads, if it is a redirect.
///
/// # Errors
/// When it leads to something that is no URL.
pub(crate) fn target(status: StatusCode, headers: &HeaderMap, from: &Url) -> Result<Option<Url>, Failure> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = headers.get(header::LOCATION) else {
        return Ok(None);
    };
    // Bytes that are not ASCII are most often UTF-8, and the URL parser escapes them.
    let location = String::from_utf8_lossy(location.as_bytes());
    from.join(&location).map(Some).map_err(|_| Failure {
        kind: FailureKind::Network,
        message: format!(
            "`{}` redirects to something that is no URL",
            from.origin().ascii_serialization()
        ),
    })
}

/// What becomes of a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyAfter {
    /// It is sent again.
    Kept,
    /// The request goes on without it.
    Dropped,
}

/// Changes method and headers for the next hop.
pub(crate) fn rewrite(
    status: StatusCode,
    method: &mut Method,
    headers: &mut HeaderMap,
    from: &Url,
    to: &Url,
) -> BodyAfter {
    let drops_body = match status.as_u16() {
        301 | 302 => *method == Method::POST,
        303 => *method != Method::GET && *method != Method::HEAD,
        _ => false,
    };
    if drops_body {
        *method = Method::GET;
        remove(headers, BODY_HEADERS);
    }
    if from.origin() != to.origin() {
        remove(headers, CREDENTIAL_HEADERS);
    }
    if drops_body {
        BodyAfter::Dropped
    } else {
        BodyAfter::Kept
    }
}

fn remove(headers: &mut HeaderMap, names: &[&str]) {
    for name in names {
        headers.remove(*name);
    }
}
