//! Functions that more than one subject serves.

use std::sync::atomic::Ordering;

use holm_core::{Answer, Event, FetchBody};

use crate::code;
use crate::scripted::{Code, World, answered, threw};

pub fn hello() -> Code {
    code!(|guest| {
        let head = guest.request();
        let text = format!("{} {}", head.method, head.url);
        guest.text(text)?;
        answered()
    })
}

/// Answers when its fetch does.
pub fn slow() -> Code {
    code!(|guest| {
        guest.fetch(1, "slow:", FetchBody::None)?;
        while let Event::Cancel { reason } = guest.next().await? {
            guest.log(reason)?;
        }
        guest.text("late")?;
        answered()
    })
}

/// Reads all of its request's body.
pub fn reader() -> Code {
    code!(|guest| {
        let mut text = Vec::new();
        for op in 1.. {
            guest.read(op, 0)?;
            match guest.answer().await? {
                Answer::Chunk(chunk) => text.extend_from_slice(&chunk),
                Answer::End => break,
                _ => return threw("the body failed"),
            }
        }
        guest.text(text)?;
        answered()
    })
}

pub async fn until_waiting(world: &World, count: usize) {
    while world.waiting.load(Ordering::SeqCst) < count {
        tokio::task::yield_now().await;
    }
}
