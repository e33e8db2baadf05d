//! Takes connections, hands them to threads, and stops in good order.
//!
//! Each thread has a runtime of its own, and a connection stays on the thread that it was handed to, with the
//! invocations of its requests: what a thread keeps for them (slots of memory above all) is warm there.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use holm_executor::Drained;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::Instant;

use crate::app::App;
use crate::config::Config;
use crate::connection::{Phase, Service, connection};

/// How long answers to what was cancelled may take to be sent.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How the server stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Whether invocations came to their own end within the grace.
    pub invocations: Drained,
    /// Connections that were cut.
    pub connections_cut: usize,
}

/// Serves until `shutdown` is ready, and then until what is under way has ended, for as long as the grace allows.
/// The caller owns the socket and the signal.
///
/// # Errors
/// The threads could not be started, or the listener has no address.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    shutdown: impl Future<Output = ()>,
    config: Config,
) -> io::Result<Stopped> {
    let service = Arc::new(Service::new(app.clone(), config, listener.local_addr()?));
    let (phase, phases) = watch::channel(Phase::Serving);
    let most = u32::try_from(config.connections_max.clamp(1, Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
    let places = Arc::new(Semaphore::new(most as usize));
    let workers = Workers::start(&service, &phases)?;

    tokio::select! {
        () = accept(listener, &places, &workers) => {}
        () = shutdown => {}
    }

    // The listener is closed by now: a load balancer goes elsewhere.
    app.start_draining();
    phase.send_replace(Phase::Draining);
    let deadline = Instant::now() + config.grace;
    let all_closed = || places.acquire_many(most);
    let closed = tokio::time::timeout_at(deadline, all_closed()).await.is_ok();
    let invocations = app
        .executor
        .drain(deadline.saturating_duration_since(Instant::now()))
        .await;
    if !closed {
        // Ready or not, it is over after this.
        let _ = tokio::time::timeout(LAST_WORDS, all_closed()).await;
    }
    let connections_cut = if closed {
        0
    } else {
        (most as usize).saturating_sub(places.available_permits())
    };
    phase.send_replace(Phase::Over);
    workers.join().await;
    Ok(Stopped {
        invocations,
        connections_cut,
    })
}

async fn accept(listener: TcpListener, places: &Arc<Semaphore>, workers: &Workers) {
    let mut next = 0;
    loop {
        // The place first: who has none waits in the backlog, where it costs nothing.
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                workers.hand(next, stream, place);
                next = next.wrapping_add(1);
            }
            Err(error) if is_about_one_connection(&error) => {}
            // Out of descriptors or memory: those who close theirs make room.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn is_about_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}

/// A connection on its way to a thread.
type Handed = (std::net::TcpStream, OwnedSemaphorePermit);

/// The threads.
struct Workers {
    service: Arc<Service>,
    phases: watch::Receiver<Phase>,
    /// One for each thread; none where the caller's runtime serves.
    threads: Vec<(mpsc::UnboundedSender<Handed>, std::thread::JoinHandle<()>)>,
    /// Closed when every thread has ended.
    ended: mpsc::Receiver<()>,
}

impl Workers {
    fn start(service: &Arc<Service>, phases: &watch::Receiver<Phase>) -> io::Result<Self> {
        let (alive, ended) = mpsc::channel(1);
        let mut threads = Vec::new();
        for number in 0..service.config.workers {
            // Bounded by the places that come with the connections.
            let (sender, receiver) = mpsc::unbounded_channel();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let (service, phases, alive) = (service.clone(), phases.clone(), alive.clone());
            let thread = std::thread::Builder::new()
                .name(format!("holm-{number}"))
                .spawn(move || {
                    runtime.block_on(work(service, receiver, phases));
                    drop(runtime);
                    drop(alive);
                })?;
            threads.push((sender, thread));
        }
        Ok(Self {
            service: service.clone(),
            phases: phases.clone(),
            threads,
            ended,
        })
    }

    fn hand(&self, number: usize, stream: TcpStream, place: OwnedSemaphorePermit) {
        if self.threads.is_empty() {
            let served = connection(self.service.clone(), stream, self.phases.clone());
            tokio::spawn(async move {
                served.await;
                drop(place);
            });
            return;
        }
        let (thread, _) = &self.threads[number % self.threads.len()];
        // A socket that its client has closed already cannot always be handed over; there is nothing to serve then.
        if let Ok(stream) = stream.into_std() {
            let _ = thread.send((stream, place));
        }
    }

    async fn join(mut self) {
        let threads = std::mem::take(&mut self.threads);
        let handles: Vec<_> = threads.into_iter().map(|(_, handle)| handle).collect();
        let _ = self.ended.recv().await;
        for handle in handles {
            // They have ended: this does not wait. One that panicked has said so.
            let _ = handle.join();
        }
    }
}

async fn work(
    service: Arc<Service>,
    mut handed: mpsc::UnboundedReceiver<Handed>,
    mut phases: watch::Receiver<Phase>,
) {
    let over = phases.clone();
    loop {
        tokio::select! {
            connection_handed = handed.recv() => {
                let Some((stream, place)) = connection_handed else { return };
                let Ok(stream) = TcpStream::from_std(stream) else { continue };
                let served = connection(service.clone(), stream, over.clone());
                tokio::spawn(async move {
                    served.await;
                    drop(place);
                });
            }
            // Connections and invocations that are still there end with the runtime.
            phase = phases.wait_for(|phase| *phase == Phase::Over) => {
                drop(phase);
                return;
            }
        }
    }
}
