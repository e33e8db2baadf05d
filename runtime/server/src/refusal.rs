//! What hyper refuses by itself, before there is a request that could reach a handler: a head that it cannot read, one that
//! is too large, and one that came too slowly. Its own answers have no body and no request id; these take their place.

use std::fmt::Write;

use http::{HeaderMap, StatusCode};

use crate::connection::Service;
use crate::problem::Problem;
use crate::request_id;

/// Whether bytes begin as hyper's refusals do.
pub fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HTTP/1.1 4") || bytes.starts_with(b"HTTP/1.0 4")
}

/// The answer that takes the place of this one.
pub fn instead_of(refusal: &[u8], service: &Service) -> Vec<u8> {
    let status = refusal
        .get(9..12)
        .and_then(|status| StatusCode::from_bytes(status).ok())
        .unwrap_or(StatusCode::BAD_REQUEST);
    let config = &service.config;
    let problem = match status {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Problem::new(
            status,
            "headers_too_large",
            format!(
                "the request's head is larger than {} bytes, or has more than {} headers",
                config.header_bytes_max, config.header_count_max
            ),
        ),
        StatusCode::URI_TOO_LONG => Problem::new(
            status,
            "uri_too_long",
            format!("path and query are longer than {} bytes", config.uri_bytes_max),
        ),
        _ => Problem::new(
            status,
            "bad_request",
            "this is not HTTP: method, path, version or a header cannot be read",
        ),
    };
    bytes(problem, service)
}

/// The answer to a head that was not whole in time.
pub fn timeout(service: &Service) -> Vec<u8> {
    let message = format!(
        "the request's head was not whole after {} ms",
        service.config.header_timeout.as_millis()
    );
    bytes(
        Problem::new(StatusCode::REQUEST_TIMEOUT, "request_head_slow", message),
        service,
    )
}

/// A whole answer; what the client accepts and how it calls its request was not read.
fn bytes(problem: Problem, service: &Service) -> Vec<u8> {
    let nothing = HeaderMap::new();
    let id = service.app.request_ids.of(&nothing);
    let response = problem.answer(&id, &nothing, service.config.dev);
    let status = response.status();
    let mut head = format!(
        "HTTP/1.1 {} {}\r\n{}: {id}\r\nconnection: close\r\ncontent-length: {}\r\n",
        status.as_str(),
        status.canonical_reason().unwrap_or_default(),
        request_id::HEADER,
        response.body().len(),
    );
    for (name, value) in response.headers() {
        let value = value.to_str().unwrap_or_default();
        write!(head, "{name}: {value}\r\n").expect("a string takes all");
    }
    head += "\r\n";
    [head.as_bytes(), response.body()].concat()
}
