//! An invocation whose client has what it wants or has left: it is told, and may finish.

use futures_util::FutureExt;
use holm_core::{Answer, Event, FailureKind, FetchBody, ResponseBody as GuestBody};

use crate::code;
use crate::common::{get, settle, whole};
use crate::scripted::{World, answered};

#[tokio::test]
async fn a_client_that_goes_away_is_told_once_and_the_function_may_finish() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.fetch(1, "slow:", FetchBody::None)?;
        let event = guest.next().await?;
        assert_eq!(
            event,
            Event::Cancel {
                reason: "client disconnected".into()
            }
        );
        guest.log("told")?;
        assert!(
            matches!(guest.answer().await?, Answer::Head(_)),
            "told once, and then the fetch"
        );
        guest.text("for nobody")?;
        guest.log("finished")?;
        answered()
    }));
    let request = world.executor.clone();
    let mut waiting = Box::pin(async move { request.request(&function, get(), None).await });
    assert!(waiting.as_mut().now_or_never().is_none());
    drop(waiting);
    settle().await;
    assert_eq!(world.kept.lines(), ["told"]);
    assert_eq!(world.executor.running(), 1);
    world.release.add_permits(1);
    assert_eq!(world.kept.outcomes(1).await, [answered().expect("no stop")]);
    assert_eq!(world.kept.lines(), ["told", "finished"]);
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_of_a_body_is_noticed_and_writes_fail() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.respond(200, "", GuestBody::Stream)?;
        assert!(
            matches!(guest.next().await?, Event::Cancel { .. }),
            "an open body waits for its client to leave"
        );
        guest.write(1, 0, "x")?;
        let Answer::Failed(failure) = guest.answer().await? else {
            panic!("nobody reads")
        };
        assert_eq!(
            (failure.kind, failure.message.as_str()),
            (FailureKind::Aborted, "client disconnected")
        );
        answered()
    }));
    drop(
        world
            .executor
            .request(&function, get(), None)
            .await
            .expect("a response"),
    );
    assert_eq!(world.kept.outcomes(1).await.len(), 1);
}

#[tokio::test]
async fn work_goes_on_after_the_response() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.text("soon")?;
        guest.fetch(1, "slow:", FetchBody::None)?;
        guest.answer().await?;
        guest.log("later")?;
        answered()
    }));
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "soon"
    );
    assert_eq!(world.kept.lines(), [""; 0]);
    world.release.add_permits(1);
    world.kept.outcomes(1).await;
    assert_eq!(world.kept.lines(), ["later"]);
}
