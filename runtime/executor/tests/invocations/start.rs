//! What is refused before anything runs, and what each kind of invocation begins with.

use futures_util::FutureExt;
use holm_core::{Effect, Event, Level, Limits, Outcome};
use holm_executor::NoResponse;

use crate::code;
use crate::common::{get, whole};
use crate::scripted::{World, answered};

#[tokio::test]
async fn a_program_without_a_handler_is_refused_and_shown_the_forms() {
    let world = World::new();
    let spec = world.spec("x.js", code!(|_guest| { answered() }), Limits::default(), 0);
    let message = world.executor.deploy(spec).expect_err("no handler").to_string();
    for form in [
        "x.js has no handler",
        "async fetch(request",
        "export default function",
        "addEventListener(\"fetch\"",
    ] {
        assert!(message.contains(form), "{message}");
    }
}

#[tokio::test]
async fn a_limit_that_makes_no_sense_is_refused_before_the_program_is_looked_at() {
    let world = World::new();
    let limits = Limits {
        wall_ms: 0,
        ..Limits::default()
    };
    let spec = world.spec("x.js", code!(|_guest| { answered() }), limits, 1);
    let message = world.executor.deploy(spec).expect_err("no time").to_string();
    assert!(message.contains("`wall_ms` is 0"), "{message}");
}

#[tokio::test]
async fn a_hello_is_answered_within_the_first_poll() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        assert_eq!(guest.request().url, "http://localhost/");
        guest.log("hi")?;
        guest.text("hello")?;
        answered()
    }));
    let response = world
        .executor
        .request(&function, get(), None)
        .now_or_never()
        .expect("nothing to wait for");
    assert_eq!(whole(response).await, "hello");
    assert_eq!(world.kept.lines(), ["hi"]);
    assert_eq!(world.executor.running(), 0);
}

#[tokio::test]
async fn every_invocation_has_a_seed_of_its_own() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        let Event::Request { seed, .. } = guest.first else {
            panic!("a request")
        };
        guest.text(format!("{seed:?}"))?;
        answered()
    }));
    let first = whole(world.executor.request(&function, get(), None).await).await;
    assert_ne!(
        first,
        whole(world.executor.request(&function, get(), None).await).await
    );
}

#[tokio::test]
async fn a_schedule_and_a_script_give_their_report() {
    let world = World::new();
    let program = || {
        code!(|guest| {
            guest.effect(Effect::Log {
                level: Level::Stdout,
                text: "out".into(),
            })?;
            Ok(Outcome::Answered {
                exit_code: 3,
                value: None,
            })
        })
    };
    let script = world
        .executor
        .one_off(world.spec("s", program(), Limits::for_scripts(), 0))
        .expect("a script");
    let report = world
        .executor
        .script(&script, "id".into(), None, None)
        .await
        .expect("it starts");
    assert_eq!(
        report.outcome,
        Outcome::Answered {
            exit_code: 3,
            value: None
        }
    );
    let function = world
        .executor
        .deploy(world.spec("d", program(), Limits::default(), 2))
        .expect("a function");
    let end = world
        .executor
        .scheduled(&function, holm_core::Scheduled::default(), None)
        .await;
    assert!(end.is_ok());
    let end = world.executor.request(&function, get(), None).await;
    assert!(matches!(end, Err(NoResponse::NoHandler { handler: "fetch" })));
}
