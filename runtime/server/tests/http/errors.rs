//! A function that gives no response that can be sent: the status, the code, and what is kept back.

use futures_util::FutureExt;
use holm_core::{Outcome, ResponseBody};
use holm_server::{Config, Routes};

use crate::client::{header, status};
use crate::scripted::{World, answered, threw};
use crate::server::{entry, one, short, start};
use crate::{code, scripted};

#[tokio::test]
async fn an_exception_is_told_without_its_stack_except_in_dev_mode() {
    let world = World::new();
    let program = || code!(|_guest| { threw("boom") });
    let server = one(&world, program()).await;
    let answer = server.get("/").await;
    assert_eq!(status(&answer), "500");
    assert!(answer.contains(r#""code":"function_threw""#), "{answer}");
    let id = header(&answer, "x-request-id").expect("an id");
    assert!(answer.contains(&format!(r#""request_id":"{id}""#)), "{answer}");
    assert!(
        !answer.contains("boom") && !answer.contains("secret.js"),
        "{answer}"
    );

    let text = server.with("/", "accept: text/html,*/*;q=0.8\r\n").await;
    assert_eq!(header(&text, "content-type"), Some("text/plain; charset=utf-8"));
    assert!(text.contains("500 function_threw: "), "{text}");

    let config = Config { dev: true, ..short() };
    let server = start(&world, Routes::One(entry(world.deploy(program()))), config).await;
    assert!(
        server
            .get("/")
            .await
            .contains(r"Error: boom\n    at secret.js:1:1")
    );
}

#[tokio::test]
async fn each_end_without_a_response_has_its_code() {
    use holm_core::Limit;
    let exceeded = |limit| Outcome::Exceeded {
        limit,
        value: 1,
        used: 2,
    };
    for (outcome, expected, code) in [
        (exceeded(Limit::Cpu), "504", "limit_cpu_ms"),
        (exceeded(Limit::Wall), "504", "limit_wall_ms"),
        (exceeded(Limit::Memory), "500", "limit_memory_bytes"),
        (Outcome::Denied { reason: "x".into() }, "500", "denied"),
        (Outcome::Cancelled { by: "x".into() }, "503", "cancelled"),
        (
            Outcome::Fault {
                message: "inner".into(),
            },
            "500",
            "internal",
        ),
        (
            Outcome::Answered {
                exit_code: 0,
                value: None,
            },
            "500",
            "bad_response",
        ),
    ] {
        let world = World::new();
        let program = scripted::coded(move |_| std::future::ready(Ok(outcome.clone())).boxed());
        let server = one(&world, program).await;
        let answer = server.get("/").await;
        assert_eq!(status(&answer), expected, "{answer}");
        assert!(
            answer.contains(&format!(r#""code":"{code}""#)) && !answer.contains("inner"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_response_that_cannot_be_sent_is_a_fault_of_the_function() {
    let world = World::new();
    let server = one(
        &world,
        code!(|guest| {
            guest.respond(99, "", ResponseBody::None)?;
            answered()
        }),
    )
    .await;
    let answer = server.get("/").await;
    assert!(
        status(&answer) == "500" && answer.contains(r#""code":"bad_response""#),
        "{answer}"
    );
}
