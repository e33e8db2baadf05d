//! The same key, the same outcome: results of requests with an `Idempotency-Key`, kept for a while.
//!
//! They are kept in memory: a server that is started again knows no keys.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long an outcome is kept after its end: longer than any client goes on trying.
const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Keys that are kept; the oldest that have ended make room.
const KEYS_MAX: usize = 10_000;

/// Bytes of answers that are kept.
const BYTES_MAX: usize = 64 << 20;

/// Longer keys are refused.
pub const KEY_BYTES_MAX: usize = 256;

/// An answer as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// JSON.
    pub body: Bytes,
}

/// Answers by key.
#[derive(Debug, Default)]
pub struct Kept {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<String, Entry>,
    /// Ended, the oldest first.
    ended: VecDeque<(String, Instant)>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    fingerprint: [u8; 32],
    answer: watch::Receiver<Option<Answer>>,
}

/// What a key stands for.
#[derive(Debug)]
pub enum Found {
    /// Nothing yet: whoever has this executes, and gives the answer.
    New(Promise),
    /// The same request, which has an answer or will have one.
    Same(watch::Receiver<Option<Answer>>),
    /// Another request.
    Other,
    /// Nothing, and there is no room for it.
    Full,
}

/// A key that is taken. Dropped without an answer, it is free again.
#[derive(Debug)]
pub struct Promise {
    kept: Arc<Kept>,
    key: String,
    answer: watch::Sender<Option<Answer>>,
}

impl Kept {
    /// What this key stands for; `fingerprint` is a hash of the request.
    pub fn find(self: &Arc<Self>, key: &str, fingerprint: [u8; 32]) -> Found {
        let mut entries = self.lock();
        entries.forget_old();
        if let Some(entry) = entries.by_key.get(key) {
            return if entry.fingerprint == fingerprint {
                Found::Same(entry.answer.clone())
            } else {
                Found::Other
            };
        }
        while entries.by_key.len() >= KEYS_MAX {
            if !entries.forget_oldest() {
                return Found::Full;
            }
        }
        let (sender, answer) = watch::channel(None);
        entries
            .by_key
            .insert(key.to_owned(), Entry { fingerprint, answer });
        Found::New(Promise {
            kept: self.clone(),
            key: key.to_owned(),
            answer: sender,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Promise {
    /// Gives the answer, to all who wait for it and to those who will ask.
    pub fn keep(self, answer: Answer) {
        let mut entries = self.kept.lock();
        entries.bytes += answer.body.len();
        entries.ended.push_back((self.key.clone(), Instant::now()));
        self.answer.send_replace(Some(answer));
        while entries.bytes > BYTES_MAX && entries.ended.len() > 1 {
            entries.forget_oldest();
        }
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if self.answer.borrow().is_none() {
            self.kept.lock().by_key.remove(&self.key);
        }
    }
}

impl Entries {
    fn forget_old(&mut self) {
        while self
            .ended
            .front()
            .is_some_and(|(_, ended)| ended.elapsed() > KEPT_FOR)
        {
            self.forget_oldest();
        }
    }

    /// False when none has ended.
    fn forget_oldest(&mut self) -> bool {
        let Some((key, _)) = self.ended.pop_front() else {
            return false;
        };
        if let Some(entry) = self.by_key.remove(&key) {
            self.bytes -= entry
                .answer
                .borrow()
                .as_ref()
                .map_or(0, |answer| answer.body.len());
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &'static str) -> Answer {
        Answer {
            status: StatusCode::OK,
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_has_one_answer_for_one_request() {
        let kept = Arc::<Kept>::default();
        let Found::New(promise) = kept.find("a", [1; 32]) else {
            panic!("a new key")
        };
        let Found::Same(mut waiting) = kept.find("a", [1; 32]) else {
            panic!("the same request")
        };
        assert!(matches!(kept.find("a", [2; 32]), Found::Other));
        promise.keep(answer("one"));
        let came = waiting
            .wait_for(Option::is_some)
            .await
            .expect("an answer")
            .clone();
        assert_eq!(came, Some(answer("one")));
        assert!(matches!(kept.find("a", [1; 32]), Found::Same(_)));
        tokio::time::advance(KEPT_FOR + Duration::from_secs(1)).await;
        assert!(matches!(kept.find("a", [2; 32]), Found::New(_)));
    }

    #[tokio::test]
    async fn a_key_whose_execution_came_to_nothing_is_free_again() {
        let kept = Arc::<Kept>::default();
        let Found::New(promise) = kept.find("a", [1; 32]) else {
            panic!("a new key")
        };
        drop(promise);
        assert!(matches!(kept.find("a", [2; 32]), Found::New(_)));
    }

    #[tokio::test]
    async fn keys_are_bounded_by_those_that_have_ended() {
        let kept = Arc::<Kept>::default();
        let mut promises = Vec::new();
        for number in 0..KEYS_MAX {
            match kept.find(&number.to_string(), [0; 32]) {
                Found::New(promise) => promises.push(promise),
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(kept.find("one more", [0; 32]), Found::Full));
        promises.pop().expect("one").keep(answer("x"));
        assert!(matches!(kept.find("one more", [0; 32]), Found::New(_)));
    }
}
