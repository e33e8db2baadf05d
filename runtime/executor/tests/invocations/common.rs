//! What the subjects share: requests to send, ends to read, and a way to let everything go on.

use std::future::poll_fn;
use std::task::Poll;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use holm_core::{Failure, Limit, Outcome};
use holm_executor::{BodyStream, Exchange, NoResponse, RequestBody, Response, ResponseBody};
use http::{HeaderMap, Method};

pub fn get() -> Exchange {
    Exchange {
        id: "id-1".into(),
        method: Method::GET,
        url: "http://localhost/".into(),
        headers: HeaderMap::new(),
        body: RequestBody::None,
    }
}

pub fn post(pieces: Vec<Result<Bytes, Failure>>, declared_bytes: Option<u64>) -> Exchange {
    let pieces: BodyStream = Box::pin(stream::iter(pieces));
    Exchange {
        method: Method::POST,
        body: RequestBody::Stream {
            pieces,
            declared_bytes,
        },
        ..get()
    }
}

pub async fn whole(response: Result<Response, NoResponse>) -> String {
    match response.expect("a response").body {
        ResponseBody::Whole(bytes) => String::from_utf8(bytes.to_vec()).expect("text"),
        ResponseBody::None => String::new(),
        ResponseBody::Stream(mut reader) => {
            let mut text = String::new();
            while let Some(piece) = reader.next().await {
                text += std::str::from_utf8(&piece.expect("a whole body")).expect("text");
            }
            text
        }
    }
}

pub fn exceeded(outcome: &Outcome) -> Option<Limit> {
    match outcome {
        Outcome::Exceeded { limit, .. } => Some(*limit),
        _ => None,
    }
}

/// Lets every task that can go on do so.
pub async fn settle() {
    for _ in 0..20 {
        let mut first = true;
        poll_fn(|cx| {
            if std::mem::take(&mut first) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
    }
}
