//! What comes over a container's socket, as the driver of its invocation is asked for it.

use std::sync::Arc;

use bytes::Bytes;
use holm_core::{Answer, Failure, FetchHead, FetchRequest, ResponseHead};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

/// A place in the bound of connections. Each ask holds it, so that what a container can queue up is bounded, too.
pub(crate) type Place = Arc<OwnedSemaphorePermit>;

/// What a container asks for. Operations are numbered by the socket's side, from 1.
#[derive(Debug)]
pub(crate) enum Ask {
    Fetch {
        op: u32,
        request: FetchRequest,
        answer: oneshot::Sender<Result<FetchHead, Failure>>,
    },
    Read {
        op: u32,
        stream: u32,
        answer: oneshot::Sender<Answer>,
    },
    Write {
        op: u32,
        stream: u32,
        chunk: Bytes,
        answer: oneshot::Sender<Answer>,
    },
    Close {
        stream: u32,
        error: Option<String>,
    },
    Abort {
        op: u32,
    },
    Respond(ResponseHead),
}

/// Hands asks to the driver.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    asks: mpsc::UnboundedSender<(Ask, Place)>,
    place: Place,
}

impl Asker {
    pub fn new(asks: mpsc::UnboundedSender<(Ask, Place)>, place: Place) -> Self {
        Self { asks, place }
    }

    /// Asks for something that has no answer. Nobody may be there any more, which ends the connection soon.
    pub fn tell(&self, ask: Ask) {
        let _ = self.asks.send((ask, self.place.clone()));
    }

    /// Asks, and waits for the answer; `None` when the invocation is over.
    pub async fn ask<T>(&self, ask: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Option<T> {
        let (sender, answer) = oneshot::channel();
        self.tell(ask(sender));
        answer.await.ok()
    }
}
