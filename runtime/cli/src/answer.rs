//! The response of a request that is replayed: put together from what the function gave, as nobody is there to receive it.

use holm_core::{Effect, ResponseBody, ResponseHead};
use serde_json::{Value, json};

/// A response, as far as it was given. Its size is bounded by the recorded limits.
#[derive(Debug, Default)]
pub struct Answer {
    head: Option<ResponseHead>,
    body: Vec<u8>,
}

impl Answer {
    /// Takes what is of the response.
    pub fn take(&mut self, effect: &Effect) {
        match effect {
            Effect::Respond(head) => {
                if let ResponseBody::Whole(body) = &head.body {
                    self.body.extend_from_slice(body);
                }
                self.head = Some(head.clone());
            }
            Effect::Write { stream: 0, chunk, .. } => self.body.extend_from_slice(chunk),
            _ => {}
        }
    }

    /// For people; nothing where there was no response. The body as it is if it is text, else its length.
    pub fn to_text(&self) -> Option<String> {
        let head = self.head.as_ref()?;
        let mut text = format!("HTTP {}\n", head.status);
        for (name, value) in headers(head) {
            text.push_str(&format!("{name}: {value}\n"));
        }
        text.push('\n');
        match std::str::from_utf8(&self.body) {
            Ok(body) => text.push_str(body),
            Err(_) => text.push_str(&format!("({} bytes that are not text)\n", self.body.len())),
        }
        Some(text)
    }

    /// For programs: `status`, `headers` as pairs, and `body`, or `body_bytes` where it is not text.
    pub fn to_json(&self) -> Value {
        let Some(head) = &self.head else {
            return Value::Null;
        };
        let headers: Vec<_> = headers(head).collect();
        match std::str::from_utf8(&self.body) {
            Ok(body) => json!({ "status": head.status, "headers": headers, "body": body }),
            Err(_) => json!({ "status": head.status, "headers": headers, "body_bytes": self.body.len() }),
        }
    }
}

/// Names and values, which alternate in lines.
fn headers(head: &ResponseHead) -> impl Iterator<Item = (&str, &str)> {
    let mut lines = head.headers.split('\n');
    std::iter::from_fn(move || Some((lines.next()?, lines.next()?)))
}
