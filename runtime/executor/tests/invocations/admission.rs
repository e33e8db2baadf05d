//! Many invocations at once: who gets a place, who is sent away, and how all of them are drained.

use std::sync::atomic::Ordering;

use futures_util::FutureExt;
use holm_core::{FetchBody, Limits, Outcome};
use holm_executor::{AdmissionConfig, Bound, Drained, NoResponse};

use crate::code;
use crate::common::{get, whole};
use crate::scripted::{World, answered};

#[tokio::test]
async fn who_is_over_a_bound_is_sent_away_with_a_time_to_come_back() {
    let admission = AdmissionConfig {
        node_concurrency: 2,
        queue: 0,
        ..AdmissionConfig::default()
    };
    let world = World::with(admission);
    let slow = || {
        code!(|guest| {
            guest.fetch(1, "slow:", FetchBody::None)?;
            guest.answer().await?;
            guest.text("done")?;
            answered()
        })
    };
    let one = world.deploy_with(
        Limits {
            concurrency: 1,
            ..Limits::default()
        },
        slow(),
    );
    let other = world.deploy(slow());
    let mut first = Box::pin(world.executor.request(&one, get(), None));
    assert!(first.as_mut().now_or_never().is_none());
    let mut second = Box::pin(world.executor.request(&other, get(), None));
    assert!(second.as_mut().now_or_never().is_none());
    for (function, bound) in [(&one, Bound::Function), (&other, Bound::Node)] {
        let end = world.executor.request(function, get(), None).await;
        let Err(NoResponse::Busy(busy)) = end else {
            panic!("no place: {end:?}")
        };
        assert_eq!(busy.bound, bound);
        assert!(!busy.retry_after.is_zero());
    }
    world.release.add_permits(3);
    assert_eq!(whole(first.await).await, "done");
    assert_eq!(whole(second.await).await, "done");
    assert_eq!(
        whole(world.executor.request(&one, get(), None).await).await,
        "done",
        "the place is free again"
    );
}

#[tokio::test]
async fn a_thousand_waiting_requests_are_all_answered() {
    let world = World::new();
    let limits = Limits {
        concurrency: 1_000,
        ..Limits::default()
    };
    let function = world.deploy_with(
        limits,
        code!(|guest| {
            guest.fetch(1, "slow:", FetchBody::None)?;
            guest.answer().await?;
            guest.text("done")?;
            answered()
        }),
    );
    let requests: Vec<_> = (0..1_000)
        .map(|_| {
            let (executor, function) = (world.executor.clone(), function.clone());
            tokio::spawn(async move { whole(executor.request(&function, get(), None).await).await })
        })
        .collect();
    while world.waiting.load(Ordering::SeqCst) < 1_000 {
        tokio::task::yield_now().await;
    }
    world.release.add_permits(1_000);
    for request in requests {
        assert_eq!(request.await.expect("no panic"), "done");
    }
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_what_is_under_way_and_then_cuts_it() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.text("soon")?;
        guest.fetch(1, "slow:", FetchBody::None)?;
        guest.answer().await?;
        answered()
    }));
    let grace = std::time::Duration::from_secs(5);
    world
        .executor
        .request(&function, get(), None)
        .await
        .expect("a response");
    world.release.add_permits(1);
    assert_eq!(world.executor.drain(grace).await, Drained::Clean);
    world
        .executor
        .request(&function, get(), None)
        .await
        .expect("a response");
    assert_eq!(world.executor.drain(grace).await, Drained::Cut { invocations: 1 });
    let outcomes = world.kept.outcomes(2).await;
    assert_eq!(outcomes[0], answered().expect("no stop"));
    assert_eq!(
        outcomes[1],
        Outcome::Cancelled {
            by: "the server, which is shutting down".into()
        }
    );
}
