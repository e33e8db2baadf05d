//! The agent's requests: its job, the body of the function's request, and the function's response.
//!
//! | request | answer |
//! |---|---|
//! | `GET /job` | waits, then the job as JSON; once |
//! | `GET /body` | the request's body |
//! | `GET /cancelled` | waits until nobody waits for the program's answer any more, then the reason; once |
//! | `POST /response` | the function's response: its head as JSON in the header `x-holm-head`, its body as the body; answered when it was taken |

use std::sync::Arc;

use bytes::Bytes;
use holm_core::{ResponseBody, ResponseHead};
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use serde::Deserialize;

use crate::ask::{Ask, Asker};
use crate::socket::{Body, Shared, download, refusal, upload, whole};

/// The response's body, and the request's.
const STREAM: u32 = 0;

#[derive(Deserialize)]
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
    body: bool,
}

pub(crate) async fn answer(request: Request<Incoming>, shared: Arc<Shared>, asker: Asker) -> Response<Body> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/job") => job(&shared).await,
        (&Method::GET, "/cancelled") => cancelled(&shared).await,
        (&Method::GET, "/body") => Response::new(download(STREAM, shared, asker, ())),
        (&Method::POST, "/response") => {
            let (parts, body) = request.into_parts();
            let head = parts.headers.get("x-holm-head").map(http::HeaderValue::as_bytes);
            let Some(head) = head.and_then(|head| serde_json::from_slice::<Head>(head).ok()) else {
                return refusal(
                    StatusCode::BAD_REQUEST,
                    "invalid",
                    "the response has no head, or it is no JSON",
                );
            };
            let has_body = head.body;
            asker.tell(Ask::Respond(translate(head)));
            if has_body {
                upload(body, STREAM, shared, asker).await;
            }
            Response::new(whole(Bytes::new()))
        }
        _ => refusal(
            StatusCode::NOT_FOUND,
            "invalid",
            "there is nothing here; fetches have absolute URLs",
        ),
    }
}

async fn job(shared: &Shared) -> Response<Body> {
    let Some(job) = shared.take_job() else {
        return refusal(StatusCode::CONFLICT, "invalid", "the job has been taken");
    };
    shared.ready.notify_one();
    match job.await {
        Ok(job) => Response::new(whole(job)),
        Err(_) => refusal(StatusCode::GONE, "aborted", "there is no job any more"),
    }
}

async fn cancelled(shared: &Shared) -> Response<Body> {
    let Some(cancelled) = shared.take_cancelled() else {
        return refusal(StatusCode::CONFLICT, "invalid", "it has been asked for");
    };
    match cancelled.await {
        Ok(reason) => Response::new(whole(reason.into())),
        Err(_) => refusal(StatusCode::GONE, "aborted", "the invocation is over"),
    }
}

fn translate(head: Head) -> ResponseHead {
    let mut list = String::new();
    for (name, value) in head.headers {
        // A line break would be taken for the end of the value. The host checks the rest.
        if name.contains('\n') || value.contains('\n') {
            continue;
        }
        if !list.is_empty() {
            list.push('\n');
        }
        list.push_str(&name.to_ascii_lowercase());
        list.push('\n');
        list.push_str(&value);
    }
    ResponseHead {
        status: head.status,
        headers: list,
        body: if head.body {
            ResponseBody::Stream
        } else {
            ResponseBody::None
        },
    }
}
