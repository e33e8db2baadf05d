//! Headers between the text form of the guest and the wire, without those that belong to the connection.
//!
//! In JavaScript a header value is a string of bytes: each character is one, from 0 to 255. So it is here.

use holm_core::{Failure, FailureKind};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// What the headers of one request may come to, names and values together.
const BYTES_MAX: usize = 128 * 1024;

/// How many they may be.
const COUNT_MAX: usize = 1_000;

/// Headers that speak about a connection rather than a message. Sent on, they could make the two sides see
/// different messages in the same bytes.
const CONNECTION_HEADERS: &[&str] = &[
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers of a request that only holm sets.
const OWN_HEADERS: &[&str] = &["content-length", "expect", "host"];

/// The headers of a request, ready to be sent.
///
/// # Errors
/// A name or value that cannot be sent, or too much of it.
pub(crate) fn outgoing(text: &str, user_agent: &HeaderValue) -> Result<HeaderMap, Failure> {
    if text.len() > BYTES_MAX {
        let message = format!(
            "the request has {} bytes of headers; {BYTES_MAX} are allowed",
            text.len()
        );
        return Err(Failure {
            kind: FailureKind::Invalid,
            message,
        });
    }
    let mut headers = HeaderMap::new();
    let mut lines = text.split('\n');
    while let Some(name) = lines.next().filter(|_| !text.is_empty()) {
        let value = lines
            .next()
            .ok_or_else(|| invalid(format!("the header `{}` has no value", shown(name))))?;
        let parsed = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| invalid(format!("`{}` is not a header name", shown(name))))?;
        let value = value_of(value).ok_or_else(|| {
            invalid(format!(
                "the value of the header `{parsed}` has characters that no header has"
            ))
        })?;
        if headers.len() == COUNT_MAX {
            return Err(invalid(format!("the request has more than {COUNT_MAX} headers")));
        }
        headers.append(parsed, value);
    }
    let of_connection = connection_headers(&headers);
    let unwanted: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            let text = name.as_str();
            of_connection.iter().any(|name| name == text)
                || OWN_HEADERS.contains(&text)
                || text.starts_with("proxy-")
        })
        .cloned()
        .collect();
    for name in unwanted {
        headers.remove(name);
    }

    let mut default = |name: HeaderName, value: HeaderValue| {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    };
    default(header::ACCEPT, HeaderValue::from_static("*/*"));
    default(header::USER_AGENT, user_agent.clone());
    // Bytes of a range are those of what is encoded, so a range of an encoded body cannot be decoded.
    let encodings = if text_has_range(text) {
        "identity"
    } else {
        "gzip, deflate"
    };
    default(header::ACCEPT_ENCODING, HeaderValue::from_static(encodings));
    Ok(headers)
}

/// The headers of a response as the guest sees them, in the order in which they came. `is_decoded`: the body
/// is handed out decoded, so what speaks about its encoded form would be wrong.
pub(crate) fn incoming(headers: &HeaderMap, is_decoded: bool) -> String {
    let mut hidden = connection_headers(headers);
    if is_decoded {
        hidden.extend([
            header::CONTENT_ENCODING.to_string(),
            header::CONTENT_LENGTH.to_string(),
        ]);
    }
    let mut text = String::new();
    for (name, value) in headers
        .iter()
        .filter(|(name, _)| !hidden.iter().any(|hidden| hidden == name.as_str()))
    {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(name.as_str());
        text.push('\n');
        text.extend(value.as_bytes().iter().map(|byte| char::from(*byte)));
    }
    text
}

/// The names of the headers that belong to the connection: always the same, and those that `connection` names.
fn connection_headers(headers: &HeaderMap) -> Vec<String> {
    let named = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let named = named
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase());
    named
        .chain(CONNECTION_HEADERS.iter().map(|name| (*name).to_owned()))
        .collect()
}

fn text_has_range(text: &str) -> bool {
    text.split('\n')
        .step_by(2)
        .any(|name| name.eq_ignore_ascii_case("range"))
}

fn value_of(text: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = text.chars().map(|letter| u8::try_from(letter).ok()).collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

fn shown(text: &str) -> String {
    text.chars().take(60).flat_map(char::escape_default).collect()
}

fn invalid(message: String) -> Failure {
    Failure {
        kind: FailureKind::Invalid,
        message,
    }
}
