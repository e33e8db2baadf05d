//! The body of a request: read piece by piece, and bounded whether or not it tells its size.

use bytes::Bytes;
use holm_core::{Answer, FailureKind, Limits};
use holm_executor::{NoResponse, RequestFault};

use crate::code;
use crate::common::{post, whole};
use crate::scripted::{World, answered, panics, threw};

#[tokio::test]
async fn a_request_body_is_read_piece_by_piece() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        assert!(guest.request().has_body);
        let mut text = Vec::new();
        for op in 1.. {
            guest.read(op, 0)?;
            match guest.answer().await? {
                Answer::Chunk(chunk) => text.extend_from_slice(&chunk),
                other => {
                    assert_eq!(other, Answer::End);
                    break;
                }
            }
        }
        guest.text(text)?;
        answered()
    }));
    let body = vec![Ok(Bytes::from_static(b"ab")), Ok(Bytes::from_static(b"c"))];
    assert_eq!(
        whole(world.executor.request(&function, post(body, None), None).await).await,
        "abc"
    );
}

#[tokio::test]
async fn a_request_body_over_its_limit_fails_the_read_and_is_the_callers_fault() {
    let limits = Limits {
        request_body_bytes: 4,
        ..Limits::default()
    };
    for (catches, lied) in [(false, false), (true, false), (false, true)] {
        let world = World::new();
        let function = world.deploy_with(
            limits,
            code!(|guest| {
                guest.read(1, 0)?;
                guest.answer().await?;
                guest.read(2, 0)?;
                let Answer::Failed(failure) = guest.answer().await? else {
                    panic!("over the limit")
                };
                assert_eq!(failure.kind, FailureKind::Limit);
                assert!(
                    failure
                        .message
                        .contains("6 of 4 bytes allowed (limit `request_body_bytes`)"),
                    "{failure:?}"
                );
                if catches {
                    guest.text("too much for me")?;
                    return answered();
                }
                threw("the read failed")
            }),
        );
        let body = vec![Ok(Bytes::from_static(b"abc")), Ok(Bytes::from_static(b"def"))];
        let exchange = post(body, lied.then_some(3));
        let end = world.executor.request(&function, exchange, None).await;
        if catches {
            assert_eq!(whole(end).await, "too much for me");
        } else {
            assert!(
                matches!(
                    end,
                    Err(NoResponse::RequestBody(RequestFault::TooLarge { limit: 4 }))
                ),
                "{end:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_request_body_that_says_it_is_too_large_starts_nothing() {
    let world = World::new();
    let function = world.deploy_with(
        Limits {
            request_body_bytes: 4,
            ..Limits::default()
        },
        code!(|_guest| { panics("it was started") }),
    );
    let end = world
        .executor
        .request(&function, post(vec![], Some(5)), None)
        .await;
    assert!(
        matches!(
            end,
            Err(NoResponse::RequestBody(RequestFault::TooLarge { limit: 4 }))
        ),
        "{end:?}"
    );
}
