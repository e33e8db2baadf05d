//! How the host ends an invocation that does not end by itself: with a reason, and without harm to others.

use futures_util::FutureExt;
use holm_core::{FetchBody, Limit, Outcome, Stop};
use holm_executor::NoResponse;

use crate::code;
use crate::common::{exceeded, get};
use crate::scripted::{World, answered, panics};

#[tokio::test(start_paused = true)]
async fn wall_time_ends_what_waits() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.fetch(1, "slow:", FetchBody::None)?;
        guest.next().await?;
        answered()
    }));
    let NoResponse::Ended(report) = world
        .executor
        .request(&function, get(), None)
        .await
        .expect_err("no answer")
    else {
        panic!("a report")
    };
    assert_eq!(
        report.outcome,
        Outcome::Exceeded {
            limit: Limit::Wall,
            value: 30_000,
            used: 30_000
        }
    );
    assert!(
        report
            .outcome
            .explain()
            .contains("30000 of 30000 ms allowed (limit `wall_ms`)")
    );
}

#[tokio::test(start_paused = true)]
async fn wall_time_ends_what_runs() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        assert_eq!(guest.host.interrupt(1), None);
        tokio::time::advance(std::time::Duration::from_secs(31)).await;
        let stop = guest.host.interrupt(2);
        assert_eq!(
            stop,
            Some(Stop::Limit {
                limit: Limit::Wall,
                value: 30_000,
                used: 31_000
            })
        );
        Err(stop.expect("a stop"))
    }));
    let end = world.executor.request(&function, get(), None).await;
    assert!(matches!(end, Err(NoResponse::Ended(report)) if exceeded(&report.outcome) == Some(Limit::Wall)));
}

#[tokio::test]
async fn a_promise_that_nothing_can_settle_ends_at_once_with_a_reason() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.next().await?;
        answered()
    }));
    let end = world
        .executor
        .request(&function, get(), None)
        .now_or_never()
        .expect("at once");
    let Err(NoResponse::Ended(report)) = end else {
        panic!("no response")
    };
    assert!(
        report.outcome.explain().contains("can never settle"),
        "{:?}",
        report.outcome
    );
}

#[tokio::test]
async fn a_backend_that_panics_ends_its_own_invocation_only() {
    let world = World::new();
    let function = world.deploy(code!(|_guest| { panics("a bug, on purpose") }));
    let end = world.executor.request(&function, get(), None).await;
    let Err(NoResponse::Ended(report)) = end else {
        panic!("no response: {end:?}")
    };
    assert!(matches!(report.outcome, Outcome::Fault { .. }));
    assert_eq!(world.executor.running(), 0);
}
