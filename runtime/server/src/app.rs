//! What is served: the executor, the functions, and what is written down of requests.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use holm_executor::{Executor, Function, Record};

use crate::executions::Api;
use crate::request_id::RequestIds;
use crate::routes::Routes;

/// Decides whether a request is recorded, and where its journal goes.
pub type Recorder = Box<dyn Fn(&Function, &str) -> Option<Record> + Send + Sync>;

/// What is served.
pub struct App {
    pub(crate) executor: Arc<Executor>,
    pub(crate) request_ids: RequestIds,
    // Written on a reload, read for a few instructions by each request.
    routes: RwLock<Arc<Routes>>,
    recorder: Option<Recorder>,
    pub(crate) api: Option<Api>,
    draining: AtomicBool,
}

impl App {
    /// Serves these functions; `seed` makes the names of requests.
    pub fn new(executor: Arc<Executor>, routes: Routes, seed: [u8; 32]) -> Self {
        Self {
            executor,
            request_ids: RequestIds::new(seed),
            routes: RwLock::new(Arc::new(routes)),
            recorder: None,
            api: None,
            draining: AtomicBool::new(false),
        }
    }

    /// Records the requests that `recorder` gives a sink for. It is called with the function and the request's id.
    #[must_use]
    pub fn recorded_by(mut self, recorder: Recorder) -> Self {
        self.recorder = Some(recorder);
        self
    }

    /// Takes code to be executed, too, at `/v1/executions`.
    #[must_use]
    pub fn with_api(mut self, api: Api) -> Self {
        self.api = Some(api);
        self
    }

    /// The functions now.
    pub fn routes(&self) -> Arc<Routes> {
        self.routes.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves other functions from the next request on. Requests under way end with the functions that they
    /// began with.
    pub fn replace_routes(&self, routes: Routes) {
        *self.routes.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(routes);
    }

    pub(crate) fn record_for(&self, function: &Function, id: &str) -> Option<Record> {
        self.recorder.as_ref().and_then(|recorder| recorder(function, id))
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    pub(crate) fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("executor", &self.executor)
            .finish_non_exhaustive()
    }
}
