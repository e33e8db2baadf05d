//! Figures: times of many runs, and what the process holds.

use std::time::{Duration, Instant};

/// How long a piece of work takes, with what it gives.
pub fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let started = Instant::now();
    let value = work();
    (started.elapsed(), value)
}

/// Times of many runs.
#[derive(Debug, Default)]
pub struct Times {
    sorted: Vec<Duration>,
}

impl FromIterator<Duration> for Times {
    fn from_iter<I: IntoIterator<Item = Duration>>(times: I) -> Self {
        let mut sorted: Vec<Duration> = times.into_iter().collect();
        sorted.sort();
        Self { sorted }
    }
}

impl Times {
    /// The time that this share of the runs stayed within, in microseconds. 0 without runs.
    pub fn at(&self, share: f64) -> f64 {
        let index = (self.sorted.len().saturating_sub(1) as f64 * share).round() as usize;
        self.sorted
            .get(index)
            .map_or(0.0, |time| time.as_secs_f64() * 1e6)
    }

    /// p50, p90 and p99 in microseconds as cells of a table.
    pub fn cells(&self) -> String {
        format!("{:.1} | {:.1} | {:.1}", self.at(0.5), self.at(0.9), self.at(0.99))
    }
}

/// Bytes of memory that this process holds, a page that is mapped many times counted once: the engine's image is in
/// every instance, and resident memory would count it in each. 0 where the kernel does not say.
pub fn held_bytes() -> u64 {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let line = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Times;

    #[test]
    fn shares_are_of_the_sorted_times() {
        let times: Times = (1..=101).rev().map(Duration::from_micros).collect();
        assert_eq!(times.cells(), "51.0 | 91.0 | 100.0");
        assert_eq!(Times::default().cells(), "0.0 | 0.0 | 0.0");
    }
}
