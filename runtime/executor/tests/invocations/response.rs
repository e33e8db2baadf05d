//! The response: held back by who reads it, bounded, broken visibly, and refused when it cannot be sent.

use futures_util::StreamExt;
use holm_core::{Answer, Limit, Limits, Outcome, ResponseBody as GuestBody};
use holm_executor::{NoResponse, ResponseBody, pipe};

use crate::code;
use crate::common::{exceeded, get, settle, whole};
use crate::scripted::{World, answered, threw};

#[tokio::test]
async fn a_streamed_response_is_held_back_by_a_client_that_does_not_read() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.respond(200, "", GuestBody::Stream)?;
        for op in 1..=4 {
            guest.write(op, 0, vec![b'x'; pipe::ROOM_BYTES])?;
            assert_eq!(guest.answer().await?, Answer::Written);
            guest.log(format!("written {op}"))?;
        }
        guest.close(0)?;
        answered()
    }));
    let response = world
        .executor
        .request(&function, get(), None)
        .await
        .expect("a response");
    let ResponseBody::Stream(mut reader) = response.body else {
        panic!("a stream")
    };
    settle().await;
    assert_eq!(world.kept.lines(), [""; 0], "the first piece fills the pipe");
    reader.next().await.expect("a piece").expect("whole");
    settle().await;
    assert_eq!(world.kept.lines(), ["written 1"]);
    let rest: Vec<_> = reader.collect().await;
    assert_eq!(rest.len(), 3);
    assert_eq!(world.kept.outcomes(1).await, [answered().expect("no stop")]);
}

#[tokio::test]
async fn a_response_body_over_its_limit_ends_the_invocation() {
    let limits = Limits {
        response_body_bytes: 4,
        ..Limits::default()
    };
    let world = World::new();
    let function = world.deploy_with(
        limits,
        code!(|guest| {
            guest.text("12345")?;
            answered()
        }),
    );
    let end = world.executor.request(&function, get(), None).await;
    let Err(NoResponse::Ended(report)) = end else {
        panic!("no response: {end:?}")
    };
    assert_eq!(
        report.outcome,
        Outcome::Exceeded {
            limit: Limit::ResponseBody,
            value: 4,
            used: 5
        }
    );
    // The limit itself is allowed.
    let function = world.deploy_with(
        limits,
        code!(|guest| {
            guest.text("1234")?;
            answered()
        }),
    );
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "1234"
    );
}

#[tokio::test]
async fn a_streamed_body_over_its_limit_is_cut_so_that_the_client_notices() {
    let world = World::new();
    let function = world.deploy_with(
        Limits {
            response_body_bytes: 4,
            ..Limits::default()
        },
        code!(|guest| {
            guest.respond(200, "", GuestBody::Stream)?;
            guest.write(1, 0, "123")?;
            guest.answer().await?;
            guest.write(2, 0, "456")?;
            guest.log("unreachable")?;
            answered()
        }),
    );
    let response = world
        .executor
        .request(&function, get(), None)
        .await
        .expect("a head");
    let ResponseBody::Stream(reader) = response.body else {
        panic!("a stream")
    };
    let items: Vec<_> = reader.collect().await;
    assert_eq!(
        items,
        [
            Ok("123".into()),
            Err("the response body is over its limit".into())
        ]
    );
    assert_eq!(
        exceeded(&world.kept.outcomes(1).await[0]),
        Some(Limit::ResponseBody)
    );
    assert_eq!(world.kept.lines(), [""; 0]);
}

#[tokio::test]
async fn a_body_that_was_not_closed_is_broken() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.respond(200, "", GuestBody::Stream)?;
        guest.write(1, 0, "123")?;
        threw("in the middle")
    }));
    let response = world
        .executor
        .request(&function, get(), None)
        .await
        .expect("a head");
    let ResponseBody::Stream(reader) = response.body else {
        panic!("a stream")
    };
    assert!(
        reader
            .collect::<Vec<_>>()
            .await
            .last()
            .is_some_and(Result::is_err)
    );
}

#[tokio::test]
async fn a_response_that_cannot_be_sent_is_refused_and_its_author_told_why() {
    for (status, headers, part) in [
        (199, "", "199 is not a status"),
        (600, "", "600 is not a status"),
        (200, "a b\n1", "`a b` is not a name"),
        (200, "a\n\u{20ac}", "the value of the header `a`"),
        (200, "content-length\nx", "`content-length`"),
    ] {
        let world = World::new();
        let function = world.deploy(code!(|guest| {
            guest.respond(status, headers, GuestBody::None)?;
            answered()
        }));
        let end = world.executor.request(&function, get(), None).await;
        assert!(
            matches!(&end, Err(NoResponse::BadResponse { message }) if message.contains(part)),
            "{end:?}"
        );
        assert!(world.kept.lines()[0].contains(part));
    }
}
