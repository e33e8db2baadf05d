//! Recorded invocations: they replay to the same end, and what cannot be recorded does not run.

use std::sync::Arc;

use bytes::Bytes;
use holm_core::{Answer, Effect, FetchBody, Outcome, ResponseBody as GuestBody};
use holm_executor::{NoResponse, Record};
use holm_journal::{Journal, JournalSink, Replayed};

use crate::code;
use crate::common::{get, post, whole};
use crate::scripted::{World, answered, panics};

/// A sink that a test can look into.
#[derive(Clone, Default)]
struct Shared(Arc<std::sync::Mutex<Vec<u8>>>);

impl JournalSink for Shared {
    fn append(&mut self, entries: &[u8]) -> std::io::Result<()> {
        self.0.lock().expect("no panic").extend_from_slice(entries);
        Ok(())
    }
}

struct Broken;

impl JournalSink for Broken {
    fn append(&mut self, _: &[u8]) -> std::io::Result<()> {
        Err(std::io::Error::other("the disk is full"))
    }
}

#[tokio::test]
async fn a_recorded_request_replays_offline_to_the_same_end() {
    let world = World::new();
    let function = world.deploy(code!(|guest| {
        guest.read(1, 0)?;
        let Answer::Chunk(name) = guest.answer().await? else {
            panic!("a name")
        };
        guest.fetch(2, "numbers:", FetchBody::None)?;
        guest.answer().await?;
        guest.read(3, 2)?;
        let Answer::Chunk(number) = guest.answer().await? else {
            panic!("a number")
        };
        guest.log(format!("{name:?} {number:?} at {}", guest.moment.mono_us))?;
        guest.respond(200, "", GuestBody::Stream)?;
        guest.write(4, 0, "x")?;
        guest.answer().await?;
        guest.close(0)?;
        answered()
    }));
    let sink = Shared::default();
    let (sender, recorded) = tokio::sync::oneshot::channel();
    let done = Box::new(|result| sender.send(result).expect("somebody waits"));
    let record = Record {
        sink: Box::new(sink.clone()),
        done,
    };
    let exchange = post(vec![Ok(Bytes::from_static(b"me"))], None);
    assert_eq!(
        whole(world.executor.request(&function, exchange, Some(record)).await).await,
        "x"
    );
    recorded.await.expect("told").expect("a complete journal");

    let journal = Journal::parse(sink.0.lock().expect("no panic").clone()).expect("a journal");
    let logged = Shared::default();
    let log = logged.clone();
    let replay = world.executor.replay(journal, move |effect| {
        if let Effect::Log { text, .. } = effect {
            log.0.lock().expect("no panic").extend_from_slice(text.as_bytes());
        }
    });
    let replay = replay.await.expect("it can be replayed");
    assert_eq!(replay.replayed, Replayed::Same);
    assert_eq!(replay.report.outcome, answered().expect("no stop"));
    let logged = String::from_utf8(logged.0.lock().expect("no panic").clone()).expect("text");
    assert_eq!(
        world.kept.lines(),
        [logged],
        "the same line, and from the live run only"
    );
}

#[tokio::test]
async fn a_request_that_cannot_be_recorded_does_not_run_unrecorded() {
    let world = World::new();
    let function = world.deploy(code!(|_guest| { panics("it was run") }));
    let (sender, recorded) = tokio::sync::oneshot::channel();
    let record = Record {
        sink: Box::new(Broken),
        done: Box::new(|result| sender.send(result).expect("a test")),
    };
    let end = world.executor.request(&function, get(), Some(record)).await;
    let Err(NoResponse::Ended(report)) = end else {
        panic!("no response: {end:?}")
    };
    assert!(matches!(report.outcome, Outcome::Fault { .. }));
    assert!(recorded.await.expect("told").is_err());
}
