//! Standard input of a script: read when the script asks for it, and not before, so that a script which does not
//! read leaves a terminal alone.

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use bytes::Bytes;
use futures_util::Stream;
use holm_core::{Failure, FailureKind};
use holm_executor::BodyStream;
use tokio::sync::mpsc;

/// Bytes of one piece, at most: what a pipe holds on Linux.
const PIECE_BYTES: usize = 64 << 10;

/// The pieces of standard input as they come.
pub fn pieces() -> BodyStream {
    Box::pin(Pieces { thread: None })
}

/// A read of a terminal or a pipe blocks, and nothing can break it off: it has a thread of its own, which the end of the
/// process does not wait for.
struct Pieces {
    thread: Option<mpsc::Receiver<io::Result<Bytes>>>,
}

impl Stream for Pieces {
    type Item = Result<Bytes, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let receiver = self.thread.get_or_insert_with(start);
        receiver
            .poll_recv(cx)
            .map(|piece| piece.map(|piece| piece.map_err(|error| failure(&error))))
    }
}

fn start() -> mpsc::Receiver<io::Result<Bytes>> {
    // One piece at most is read ahead of the script.
    let (sender, receiver) = mpsc::channel(1);
    let failed = sender.clone();
    let reader = thread::Builder::new()
        .name("stdin".into())
        .spawn(move || read(&sender));
    if let Err(error) = reader {
        // There is room for the first piece, and nobody else sends one.
        let _ = failed.try_send(Err(error));
    }
    receiver
}

fn read(sender: &mpsc::Sender<io::Result<Bytes>>) {
    let mut stdin = io::stdin().lock();
    let mut buffer = vec![0; PIECE_BYTES];
    loop {
        let piece = match stdin.read(&mut buffer) {
            Ok(0) => return,
            Ok(len) => Ok(Bytes::copy_from_slice(&buffer[..len])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let is_last = piece.is_err();
        // The script may have ended.
        if sender.blocking_send(piece).is_err() || is_last {
            return;
        }
    }
}

fn failure(error: &io::Error) -> Failure {
    Failure {
        kind: FailureKind::Network,
        message: format!("standard input cannot be read: {error}"),
    }
}
