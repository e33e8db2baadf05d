//! Headers between their two forms: the list that crosses to a function, and `http`'s map.
//!
//! The list is one string, `name \n value \n name \n value`. Bytes of a value are taken one to one as code
//! points up to 255 and back (isomorphic, as the fetch standard has it), so that no value is lost.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Headers of one connection, not of the message: ours to write, never a function's.
const HOP_BY_HOP: [&str; 7] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The list of a map.
pub fn to_list(headers: &HeaderMap) -> String {
    let length = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 2)
        .sum();
    let mut list = String::with_capacity(length);
    for (name, value) in headers {
        if !list.is_empty() {
            list.push('\n');
        }
        list.push_str(name.as_str());
        list.push('\n');
        match value.to_str() {
            Ok(text) => list.push_str(text),
            Err(_) => list.extend(value.as_bytes().iter().map(|&byte| char::from(byte))),
        }
    }
    list
}

/// The map of a list that a function gave for its response, without what belongs to the connection.
///
/// # Errors
/// A sentence that names the header which cannot be sent.
pub fn from_list(list: &str) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    if list.is_empty() {
        return Ok(headers);
    }
    let mut parts = list.split('\n');
    while let Some(name) = parts.next() {
        let value = parts
            .next()
            .ok_or_else(|| format!("the header `{}` has no value", shown(name)))?;
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("`{}` is not a name that a header can have", shown(name)))?;
        if HOP_BY_HOP.contains(&header.as_str()) {
            continue;
        }
        let value = encode(value).ok_or_else(|| {
            format!("the value of the header `{header}` has characters that a header cannot carry")
        })?;
        headers.append(header, value);
    }
    Ok(headers)
}

fn encode(value: &str) -> Option<HeaderValue> {
    if value.is_ascii() {
        return HeaderValue::from_str(value).ok();
    }
    let bytes: Option<Vec<u8>> = value
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).ok())
        .collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

/// Short, and without anything that could break a line of a log.
fn shown(name: &str) -> String {
    name.chars().take(40).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_as_it_went() {
        for list in ["", "a\n1", "a\n1\na\n2\nb\n", "x\ncaf\u{e9}"] {
            assert_eq!(to_list(&from_list(list).expect(list)), list);
        }
    }

    #[test]
    fn what_no_header_can_carry_is_named() {
        for (list, part) in [
            ("a b\n1", "`a b` is not a name"),
            ("a\n\u{20ac}", "the value of the header `a`"),
            ("a\nx\u{0}y", "the value of the header `a`"),
            ("a\n1\nb", "the header `b` has no value"),
        ] {
            let message = from_list(list).expect_err(list);
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn headers_of_the_connection_are_not_the_functions_to_set() {
        let headers = from_list("connection\nclose\ntransfer-encoding\nchunked\nx-a\n1").expect("headers");
        assert_eq!(to_list(&headers), "x-a\n1");
    }
}
