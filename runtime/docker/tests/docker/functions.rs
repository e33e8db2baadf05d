//! Requests to functions.

use holm_core::{Outcome, RequestHead, ResponseBody};

use crate::common::{docker, esm};

fn head(method: &str, has_body: bool) -> RequestHead {
    RequestHead {
        id: "r1".into(),
        method: method.into(),
        url: "https://function.test/path?x=1".into(),
        headers: "x-given\nyes".into(),
        has_body,
    }
}

#[tokio::test]
async fn a_function_answers_with_status_headers_and_body() {
    let Some(docker) = docker("answers", None).await else {
        return;
    };
    let program = esm("export default { async fetch(request, env, context) {\n\
           context.waitUntil(new Promise((resolve) => setTimeout(() => { console.log('after'); resolve() }, 10)));\n\
           return new Response(`${request.method} ${request.url} ${request.headers.get('x-given')} ${(await request.json()).in}`, { status: 201, headers: { 'X-Own': 'é' } }) } }");
    let ran = docker.request(program, head("POST", true)).await;
    assert_eq!(ran.exit_code(), 0, "{ran:?}");
    let response = ran.response.as_ref().expect("there is a response");
    assert_eq!((response.status, &response.body), (201, &ResponseBody::Stream));
    assert!(response.headers.contains("x-own\né"), "{}", response.headers);
    assert_eq!(
        String::from_utf8_lossy(&ran.body),
        "POST https://function.test/path?x=1 yes 41"
    );
    assert_eq!(ran.stdout, "after\n");
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn a_response_without_a_body_is_given_before_the_end() {
    let Some(docker) = docker("empty", None).await else {
        return;
    };
    let ran = docker
        .request(
            esm("export default () => new Response(null, { status: 204 })"),
            head("GET", false),
        )
        .await;
    let response = ran.response.as_ref().expect("there is a response");
    assert_eq!((response.status, &response.body), (204, &ResponseBody::None));
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn a_program_without_a_handler_says_so() {
    let Some(docker) = docker("handler", None).await else {
        return;
    };
    let ran = docker
        .request(esm("export const other = 1"), head("GET", false))
        .await;
    let Outcome::Threw(error) = &ran.report.outcome else {
        panic!("{ran:?}")
    };
    assert!(error.message.contains("no `fetch` handler"), "{}", error.message);
    docker.backend.shut_down().await;
}
