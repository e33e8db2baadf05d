//! Timers: they wake at their time, and starve nothing else.

use holm_core::{Effect, Event, FetchBody};

use crate::code;
use crate::common::{get, whole};
use crate::scripted::{World, answered};

#[tokio::test(start_paused = true)]
async fn a_timer_wakes_at_its_time_and_not_before() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.effect(Effect::WakeAt {
            mono_us: Some(9_000_000),
        })?;
        guest.effect(Effect::WakeAt {
            mono_us: Some(250_500),
        })?;
        assert_eq!(guest.next().await?, Event::Wake);
        assert!(
            (250_500..260_000).contains(&guest.moment.mono_us),
            "{:?}",
            guest.moment
        );
        guest.text("woken")?;
        answered()
    }));
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "woken"
    );
}

#[tokio::test]
async fn timers_that_are_always_due_and_operations_take_turns() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.fetch(1, "numbers:", FetchBody::None)?;
        let mut wakes = 0;
        loop {
            guest.effect(Effect::WakeAt { mono_us: Some(0) })?;
            match guest.next().await? {
                Event::Wake => wakes += 1,
                _ => break,
            }
        }
        guest.text(format!("{}", wakes < 3))?;
        answered()
    }));
    assert_eq!(
        whole(world.executor.request(&function, get(), None).await).await,
        "true"
    );
}
