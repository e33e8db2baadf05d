//! Who may start, who waits, and who is sent away: by function, by tenant, by node.
//!
//! A function's and a tenant's bound count those that wait for the node as well, so that nobody can fill the
//! queue alone. A permit is moved into the invocation, and dropping it gives the place back.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::exchange::{Bound, Busy};

/// The bounds of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdmissionConfig {
    /// Invocations at the same time.
    pub node_concurrency: usize,
    /// Invocations that wait for a place.
    pub queue: usize,
    /// The longest that one waits for a place.
    pub queue_wait: Duration,
}

impl Default for AdmissionConfig {
    fn default() -> Self {
        // As many as a machine of a few GB holds at the size of a waiting invocation (400 KB); the queue bridges
        // bursts, not overload, so who waits in it for longer is better served by another node.
        Self {
            node_concurrency: 2_000,
            queue: 1_000,
            queue_wait: Duration::from_secs(10),
        }
    }
}

/// The places of a node.
#[derive(Debug)]
pub struct Admission {
    places: Arc<Semaphore>,
    queued: Arc<AtomicU64>,
    config: AdmissionConfig,
    // Touched when a function is deployed, never by a request.
    tenants: Mutex<HashMap<String, Weak<Running>>>,
}

/// How many invocations of somebody there are.
#[derive(Debug, Default)]
pub struct Running(AtomicU64);

/// A place. Dropping it gives it back.
#[derive(Debug)]
pub struct Permit {
    _function: Counted,
    _tenant: Counted,
    _node: OwnedSemaphorePermit,
}

impl Admission {
    /// Places as configured.
    pub fn new(config: AdmissionConfig) -> Self {
        let places = Arc::new(Semaphore::new(
            config.node_concurrency.min(Semaphore::MAX_PERMITS),
        ));
        Self {
            places,
            queued: Arc::default(),
            config,
            tenants: Mutex::default(),
        }
    }

    /// The count that all functions of a tenant share.
    pub fn tenant(&self, name: &str) -> Arc<Running> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = tenants.get(name).and_then(Weak::upgrade) {
            return running;
        }
        tenants.retain(|_, running| running.strong_count() > 0);
        let running = Arc::<Running>::default();
        tenants.insert(name.to_owned(), Arc::downgrade(&running));
        running
    }

    /// Takes a place, after a wait in the queue where the node is full.
    ///
    /// # Errors
    /// Whose bound was reached. Nothing is held then.
    pub async fn admit(&self, function: Bounded<'_>, tenant: Bounded<'_>) -> Result<Permit, Busy> {
        let function = Counted::take(function).ok_or(Bound::Function.busy())?;
        let tenant = Counted::take(tenant).ok_or(Bound::Tenant.busy())?;
        let node = match self.places.clone().try_acquire_owned() {
            Ok(place) => place,
            Err(_) => self.wait().await?,
        };
        Ok(Permit {
            _function: function,
            _tenant: tenant,
            _node: node,
        })
    }

    async fn wait(&self) -> Result<OwnedSemaphorePermit, Busy> {
        if self.queued.fetch_add(1, Ordering::Relaxed) >= self.config.queue as u64 {
            self.queued.fetch_sub(1, Ordering::Relaxed);
            return Err(Bound::Node.busy());
        }
        // Dropped with this future when the client goes away while it waits.
        let _queued = Dequeue(&self.queued);
        match tokio::time::timeout(self.config.queue_wait, self.places.clone().acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(Bound::Node.busy()),
        }
    }
}

/// A count and its bound.
#[derive(Clone, Copy, Debug)]
pub struct Bounded<'a> {
    /// Who is counted.
    pub running: &'a Arc<Running>,
    /// As many at most.
    pub most: u64,
}

impl Bound {
    fn busy(self) -> Busy {
        // Invocations are over in milliseconds to seconds: a second is soon enough and no stampede.
        Busy {
            bound: self,
            retry_after: Duration::from_secs(1),
        }
    }
}

#[derive(Debug)]
struct Counted(Arc<Running>);

impl Counted {
    fn take(bounded: Bounded<'_>) -> Option<Self> {
        let count = &bounded.running.0;
        if count.fetch_add(1, Ordering::Relaxed) >= bounded.most {
            count.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        Some(Self(bounded.running.clone()))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Dequeue<'a>(&'a AtomicU64);

impl Drop for Dequeue<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    async fn admit(admission: &Admission, function: &Arc<Running>, most: u64) -> Result<Permit, Bound> {
        let tenant = admission.tenant("t");
        let (function, tenant) = (
            Bounded {
                running: function,
                most,
            },
            Bounded {
                running: &tenant,
                most: 3,
            },
        );
        admission.admit(function, tenant).await.map_err(|busy| busy.bound)
    }

    #[tokio::test(start_paused = true)]
    async fn each_bound_is_told_apart_and_a_dropped_permit_gives_its_place_back() {
        let config = AdmissionConfig {
            node_concurrency: 4,
            queue: 1,
            queue_wait: Duration::from_secs(1),
        };
        let admission = Admission::new(config);
        let (one, two) = (Arc::default(), Arc::default());
        let first = admit(&admission, &one, 2).await.expect("a place");
        let _second = admit(&admission, &one, 2).await.expect("a place");
        assert_eq!(
            admit(&admission, &one, 2).await.expect_err("full"),
            Bound::Function
        );
        let _third = admit(&admission, &two, 9).await.expect("a place");
        assert_eq!(admit(&admission, &two, 9).await.expect_err("full"), Bound::Tenant);
        drop(first);
        admit(&admission, &two, 9)
            .await
            .expect("the place that was given back");
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_node_queues_then_refuses_and_a_wait_has_an_end() {
        let config = AdmissionConfig {
            node_concurrency: 1,
            queue: 1,
            queue_wait: Duration::from_secs(1),
        };
        let admission = Admission::new(config);
        let function = Arc::default();
        let held = admit(&admission, &function, 9).await.expect("a place");
        let mut queued = Box::pin(admit(&admission, &function, 9));
        assert!(queued.as_mut().now_or_never().is_none());
        assert_eq!(
            admit(&admission, &function, 9)
                .await
                .expect_err("the queue is full"),
            Bound::Node
        );
        assert_eq!(queued.await.expect_err("nobody left"), Bound::Node);
        let mut queued = Box::pin(admit(&admission, &function, 9));
        assert!(queued.as_mut().now_or_never().is_none());
        drop(held);
        queued.await.expect("the place that was given back");
    }
}
