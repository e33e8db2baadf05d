//! Containers that were started ahead. Each is used once; another takes its place in the background.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use crate::config::PoolConfig;
use crate::container::{Container, Maker};
use crate::daemon::DaemonError;
use crate::shape::Shape;

/// Containers that are being started at the same time: more would only slow down each other and who is running.
const STARTING_MAX: usize = 2;

/// Before the place of one that was taken is filled: a start takes much CPU, and the execution that took it is short.
const HEAD_START: Duration = Duration::from_millis(20);

/// Before another try when one could not be started.
const PAUSE: Duration = Duration::from_secs(1);

/// Why there is no container.
#[derive(Debug)]
pub(crate) enum NoContainer {
    /// None became free in time.
    Busy,
    /// None can be started.
    Daemon(DaemonError),
}

#[derive(Debug)]
pub(crate) struct Pool {
    pub shape: Shape,
    wait: Duration,
    maker: Arc<Maker>,
    starting: Arc<Semaphore>,
    /// A short section without `.await`.
    waiting: Mutex<Waiting>,
    /// One has come, for who waits for one.
    arrived: Notify,
    size: usize,
    /// As many wait as are to, for who waits for that.
    full: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    containers: VecDeque<Container>,
    /// What the last start failed with, if it did.
    failure: Option<DaemonError>,
    /// Nothing is started any more.
    closed: bool,
}

impl Pool {
    /// Starts the first containers, in the background.
    ///
    /// # Errors
    /// A sentence: no container can be of these limits.
    pub fn start(config: &PoolConfig, maker: Arc<Maker>) -> Result<Arc<Self>, String> {
        let pool = Arc::new(Self {
            shape: Shape::of_limits(&config.limits)?,
            wait: config.wait,
            maker,
            starting: Arc::new(Semaphore::new(STARTING_MAX)),
            waiting: Mutex::default(),
            arrived: Notify::new(),
            size: config.size,
            full: Notify::new(),
        });
        for _ in 0..config.size {
            pool.add(Duration::ZERO);
        }
        Ok(pool)
    }

    /// A container that waits for its job.
    pub async fn take(self: &Arc<Self>) -> Result<Container, NoContainer> {
        let taken = tokio::time::timeout(self.wait, async {
            loop {
                let arrived = self.arrived.notified();
                if let Some(container) = self.pop() {
                    return container;
                }
                arrived.await;
            }
        });
        taken.await.map_err(|_| match self.waiting().failure.clone() {
            Some(failure) => NoContainer::Daemon(failure),
            None => NoContainer::Busy,
        })
    }

    /// Waits until as many containers wait as are to.
    pub async fn filled(&self) {
        loop {
            let full = self.full.notified();
            if self.waiting().containers.len() >= self.size {
                return;
            }
            full.await;
        }
    }

    /// Destroys those that wait; no more are started.
    pub fn close(&self) {
        let containers = {
            let mut waiting = self.waiting();
            waiting.closed = true;
            std::mem::take(&mut waiting.containers)
        };
        drop(containers);
    }

    fn pop(self: &Arc<Self>) -> Option<Container> {
        loop {
            let container = self.waiting().containers.pop_front()?;
            self.add(HEAD_START);
            // One that died while it waited (the engine was restarted) is passed over.
            if container.is_waiting() {
                return Some(container);
            }
        }
    }

    /// Starts one more, in the background, and tries again until it is there or the pool is not.
    fn add(self: &Arc<Self>, after: Duration) {
        let pool = Arc::downgrade(self);
        let (maker, starting, shape) = (self.maker.clone(), self.starting.clone(), self.shape.clone());
        let runtime = maker.daemon.runtime.clone();
        runtime.spawn(async move {
            tokio::time::sleep(after).await;
            loop {
                if pool.upgrade().is_none_or(|pool| pool.waiting().closed) {
                    return;
                }
                let made = {
                    let Ok(_permit) = starting.acquire().await else {
                        return;
                    };
                    maker.make(shape.clone()).await
                };
                match made {
                    Ok(container) => return arrive(&pool, container),
                    Err(error) => {
                        tracing::warn!(%error, "a container could not be started ahead");
                        let Some(pool) = pool.upgrade() else { return };
                        pool.waiting().failure = Some(error);
                    }
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn arrive(pool: &Weak<Pool>, container: Container) {
    let Some(pool) = pool.upgrade() else { return };
    {
        let mut waiting = pool.waiting();
        if waiting.closed {
            return;
        }
        waiting.failure = None;
        waiting.containers.push_back(container);
    }
    pool.arrived.notify_one();
    pool.full.notify_waiters();
}
