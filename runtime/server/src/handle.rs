//! One request: which function it is for, what that function is told of it, and what is sent back.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use holm_executor::{Exchange, ResponseBody};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version, header};
use hyper::body::Incoming;

use crate::app::App;
use crate::body::{Body, request_body};
use crate::config::Config;
use crate::executions;
use crate::index;
use crate::problem::Problem;
use crate::request_id;
use crate::routes::Routes;
use crate::watch::Watch;

/// Paths below are the server's own, whatever functions there are.
const RESERVED: &str = "/_holm/";

const REQUEST_ID: HeaderName = HeaderName::from_static(request_id::HEADER);

/// Answers a request. Whatever happens, there is an answer with the request's id.
pub async fn handle(
    app: &App,
    config: &Config,
    local: SocketAddr,
    watch: &Arc<Watch>,
    request: Request<Incoming>,
) -> Response<Body> {
    let is_http2 = request.version() == Version::HTTP_2;
    let _working = watch.working(is_http2);
    let id = app.request_ids.of(request.headers());
    let head_only = request.method() == Method::HEAD;
    let accept: HeaderMap = only_accept(request.headers());
    let mut response = match answer(app, config, local, watch, request, &id).await {
        Ok(response) => response,
        Err(problem) => problem
            .answer(&id, &accept, config.dev)
            .map(|body| Body::whole(body, watch.sending())),
    };
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    if app.is_draining() && !is_http2 {
        // hyper closes the connection then, and who is told does not send another request into it.
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if head_only {
        without_body(response)
    } else {
        response
    }
}

async fn answer(
    app: &App,
    config: &Config,
    local: SocketAddr,
    watch: &Arc<Watch>,
    request: Request<Incoming>,
    id: &str,
) -> Result<Response<Body>, Problem> {
    if let Some(api) = &app.api
        && request.uri().path().starts_with(executions::PREFIX)
    {
        let reply = api.answer(request, id, config.body_timeout).await?;
        return Ok(executions::response(reply, |reply| match reply {
            executions::Reply::Json(_, bytes) => Body::whole(bytes, watch.sending()),
            executions::Reply::Events(reader) => Body::stream(reader, watch.sending()),
        }));
    }
    let (mut parts, incoming) = request.into_parts();
    let path_and_query = parts.uri.path_and_query().map_or("/", |it| it.as_str());
    if path_and_query.len() > config.uri_bytes_max {
        return Err(Problem::new(
            StatusCode::URI_TOO_LONG,
            "uri_too_long",
            format!("path and query are longer than {} bytes", config.uri_bytes_max),
        ));
    }
    if parts.headers.len() > config.header_count_max {
        return Err(Problem::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "too_many_headers",
            format!("the request has more than {} headers", config.header_count_max),
        ));
    }
    if matches!(parts.method, Method::CONNECT | Method::TRACE) || !path_and_query.starts_with('/') {
        return Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "this is no request that a function can answer",
        ));
    }
    let path = parts.uri.path();
    if let Some(own) = path.strip_prefix(RESERVED) {
        return own_page(app, own, watch);
    }
    let routes = app.routes();
    if path == "/" && matches!(*routes, Routes::Folder(_)) {
        let page = Bytes::from(index::page(&routes, config.dev));
        return Ok(ours(StatusCode::OK, "text/html; charset=utf-8", page, watch));
    }
    let function = match routes.find(path).map(|entry| &entry.function) {
        Some(Ok(function)) => function.clone(),
        Some(Err(reason)) => {
            let mut problem = Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "not_deployed",
                "the function could not be deployed",
            );
            problem.detail = Some(reason.clone());
            return Err(problem);
        }
        None => {
            let mut problem = Problem::new(
                StatusCode::NOT_FOUND,
                "not_found",
                "there is no function at this path",
            );
            problem.functions = routes.names().map(|name| format!("/{name}")).collect();
            return Err(problem);
        }
    };
    drop(routes);

    let host = host(&parts.headers, parts.uri.authority(), local)?;
    let url = format!("http://{host}{path_and_query}");
    parts.headers.insert(
        REQUEST_ID,
        HeaderValue::from_str(id).expect("an id is made of letters, digits, dots, dashes and underscores"),
    );
    if parts.version == Version::HTTP_2 && !parts.headers.contains_key(header::HOST) {
        // HTTP/2 says it in `:authority`; functions look for the header.
        if let Ok(host) = HeaderValue::from_str(&host) {
            parts.headers.insert(header::HOST, host);
        }
    }
    let exchange = Exchange {
        id: id.to_owned(),
        method: parts.method.clone(),
        url,
        headers: parts.headers,
        body: request_body(incoming, config.body_timeout),
    };
    let record = app.record_for(&function, id);
    let response = app.executor.request(&function, exchange, record).await?;
    Ok(translate(response, parts.method == Method::HEAD, watch))
}

fn translate(response: holm_executor::Response, head_only: bool, watch: &Arc<Watch>) -> Response<Body> {
    let holm_executor::Response {
        status,
        mut headers,
        body,
    } = response;
    let body = match body {
        ResponseBody::None => {
            if !head_only {
                // Of a body that is not there; to a HEAD it tells of the one that there would be.
                headers.remove(header::CONTENT_LENGTH);
            }
            Body::none()
        }
        ResponseBody::Whole(bytes) => Body::whole(bytes, watch.sending()),
        ResponseBody::Stream(reader) => Body::stream(reader, watch.sending()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// What a HEAD gets: the head of the response, with the length that its body would have. Dropping the body of a
/// stream tells the function that nobody reads it.
fn without_body(response: Response<Body>) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let length = http_body::Body::size_hint(&body)
        .exact()
        .filter(|length| *length > 0);
    if let (Some(length), false) = (length, parts.headers.contains_key(header::CONTENT_LENGTH)) {
        parts
            .headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, Body::none())
}

fn own_page(app: &App, path: &str, watch: &Arc<Watch>) -> Result<Response<Body>, Problem> {
    let (status, text) = match path {
        "healthz" => (StatusCode::OK, "ok\n"),
        "readyz" if app.is_draining() => (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n"),
        "readyz" => (StatusCode::OK, "ready\n"),
        _ => {
            return Err(Problem::new(
                StatusCode::NOT_FOUND,
                "not_found",
                "there is no such page",
            ));
        }
    };
    Ok(ours(
        status,
        "text/plain; charset=utf-8",
        Bytes::from_static(text.as_bytes()),
        watch,
    ))
}

fn ours(status: StatusCode, kind: &'static str, body: Bytes, watch: &Arc<Watch>) -> Response<Body> {
    let mut response = Response::new(Body::whole(body, watch.sending()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Whom the client means: the request's authority, the `Host` header, or the address that it reached.
fn host(headers: &HeaderMap, authority: Option<&Authority>, local: SocketAddr) -> Result<String, Problem> {
    let bad = || {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "bad_host",
            "the header `host` is not a host with an optional port",
        )
    };
    let mut sent = headers.get_all(header::HOST).iter();
    let authority = match (authority, sent.next()) {
        (Some(authority), _) => authority.clone(),
        (None, Some(host)) if !host.is_empty() => Authority::try_from(host.as_bytes()).map_err(|_| bad())?,
        (None, _) => return Ok(local.to_string()),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:[]%".contains(&byte);
    // `http` takes a port that is none for no port at all.
    let after_host = authority.as_str().strip_prefix(authority.host());
    let port_is_one = match after_host {
        Some("") => true,
        Some(port) => port
            .strip_prefix(':')
            .is_some_and(|port| port.parse::<u16>().is_ok()),
        None => false,
    };
    if sent.next().is_some()
        || authority.host().is_empty()
        || !port_is_one
        || !authority.as_str().bytes().all(plain)
    {
        return Err(bad());
    }
    Ok(authority.as_str().to_owned())
}

fn only_accept(headers: &HeaderMap) -> HeaderMap {
    let mut accept = HeaderMap::new();
    for value in headers.get_all(header::ACCEPT) {
        accept.append(header::ACCEPT, value.clone());
    }
    accept
}
