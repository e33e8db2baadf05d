//! Names of requests: the caller's, where it is one that can stand in a log, else one of our own.

use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderMap;

/// The header that carries it, both ways.
pub const HEADER: &str = "x-request-id";

/// Longer ones are replaced: they would be written with every line of log.
const LENGTH_MAX: usize = 128;

/// Makes names that do not repeat, and that do not tell how many there were.
#[derive(Debug)]
pub struct RequestIds {
    key: u128,
    next: AtomicU64,
}

impl RequestIds {
    /// Names that differ from those of another seed.
    pub fn new(seed: [u8; 32]) -> Self {
        let (key, start) = seed.split_at(16);
        let key = u128::from_le_bytes(key.try_into().expect("half of 32 bytes"));
        let start = u64::from_le_bytes(start[..8].try_into().expect("half of 16 bytes"));
        Self {
            key,
            next: AtomicU64::new(start),
        }
    }

    /// The name of a request.
    pub fn of(&self, headers: &HeaderMap) -> String {
        match headers
            .get(HEADER)
            .and_then(|id| id.to_str().ok())
            .filter(|id| is_well_formed(id))
        {
            Some(id) => id.to_owned(),
            None => self.make(),
        }
    }

    fn make(&self) -> String {
        let number = u128::from(self.next.fetch_add(1, Ordering::Relaxed));
        // An odd factor makes this a bijection: numbers that differ give names that differ.
        let mixed = (number ^ self.key).wrapping_mul(0xd6e8_feb8_6659_fd93_9e37_79b9_7f4a_7c15);
        format!("{:032x}", mixed ^ (mixed >> 64))
    }
}

fn is_well_formed(id: &str) -> bool {
    (1..=LENGTH_MAX).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn id_for(sent: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, sent.parse().expect("a header value"));
        RequestIds::new([7; 32]).of(&headers)
    }

    #[test]
    fn a_well_formed_id_of_the_caller_is_kept() {
        for id in ["a", "0190-ab_C.d", &"x".repeat(128)] {
            assert_eq!(id_for(id), id);
        }
    }

    #[test]
    fn others_are_replaced() {
        for id in ["", "a b", "a\"b", "<b>", &"x".repeat(129)] {
            let made = id_for(id);
            assert!(made.len() == 32 && is_well_formed(&made), "{made}");
        }
    }

    #[test]
    fn made_ones_do_not_repeat() {
        let ids = RequestIds::new([1; 32]);
        let made: HashSet<String> = (0..10_000).map(|_| ids.of(&HeaderMap::new())).collect();
        assert_eq!(made.len(), 10_000);
    }
}
