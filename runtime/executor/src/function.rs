//! A function that is ready to be called, and what is needed to make one.

use std::sync::Arc;

use holm_core::{Level, Limits, PrepareError, Prepared, Program};
use holm_host_api::codes::Handler;
use holm_policy::Policy;

use crate::admission::{Bounded, Running};
use crate::logs::Origin;

/// What to deploy.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Who owns it.
    pub tenant: String,
    /// What it is called.
    pub name: String,
    /// Names this version: a digest of its content.
    pub version: String,
    /// The code.
    pub program: Arc<Program>,
    /// Its bounds.
    pub limits: Limits,
    /// What it may reach.
    pub policy: Arc<Policy>,
}

/// A version of a function, ready to be called.
pub struct Function {
    /// Who owns it.
    pub tenant: String,
    /// What it is called.
    pub name: String,
    /// Names this version.
    pub version: String,
    /// The code.
    pub program: Arc<Program>,
    /// Its bounds.
    pub limits: Limits,
    /// What it may reach.
    pub policy: Arc<Policy>,
    pub(crate) prepared: Arc<dyn Prepared>,
    /// Names what it runs in, in journals.
    pub(crate) engine: [u8; 32],
    /// Evaluated in each invocation instead of once.
    pub(crate) inline: bool,
    running: Arc<Running>,
    tenant_running: Arc<Running>,
}

/// Why a function cannot be deployed.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// A limit makes no sense.
    #[error("{0}")]
    Limits(String),
    /// It is to run in a container.
    #[error("it needs a container, but {0}")]
    NoContainers(String),
    /// It could not be prepared.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// It is a program that nothing can call.
    #[error("{0}")]
    NoHandler(String),
}

impl Function {
    pub(crate) fn new(
        spec: Spec,
        (prepared, engine): (Arc<dyn Prepared>, [u8; 32]),
        inline: bool,
        tenant_running: Arc<Running>,
    ) -> Self {
        let Spec {
            tenant,
            name,
            version,
            program,
            limits,
            policy,
        } = spec;
        let running = Arc::default();
        Self {
            tenant,
            name,
            version,
            program,
            limits,
            policy,
            prepared,
            engine,
            inline,
            running,
            tenant_running,
        }
    }

    /// Has this handler; of a program that is evaluated in each invocation, it is not known before.
    pub fn has(&self, handler: Handler) -> bool {
        self.inline || self.prepared.handlers() & handler.code() != 0
    }

    /// Bytes of memory that it holds while it waits for work.
    pub fn idle_bytes(&self) -> u64 {
        self.prepared.idle_bytes()
    }

    /// What it logged while it was loaded.
    pub fn load_logs(&self) -> &[(Level, String)] {
        self.prepared.logs()
    }

    /// Invocations under way or waiting for a place, with the bound.
    pub(crate) fn running(&self) -> Bounded<'_> {
        Bounded {
            running: &self.running,
            most: self.limits.concurrency,
        }
    }

    pub(crate) fn tenant_running(&self) -> Bounded<'_> {
        Bounded {
            running: &self.tenant_running,
            most: self.limits.tenant_concurrency,
        }
    }

    pub(crate) fn origin<'a>(&'a self, id: &'a str) -> Origin<'a> {
        Origin {
            tenant: &self.tenant,
            function: &self.name,
            version: &self.version,
            id,
        }
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Function")
            .field("tenant", &self.tenant)
            .field("name", &self.name)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// What a program without a handler is told.
pub(crate) fn no_handler(entry: &str) -> String {
    format!(
        "{entry} has no handler, so nothing can call it; give it one of these forms:\n\
         \n  export default {{ async fetch(request, env, ctx) {{ return new Response(\"hello\") }} }}\n\
         \n  export default function (request) {{ return new Response(\"hello\") }}\n\
         \n  addEventListener(\"fetch\", (event) => event.respondWith(new Response(\"hello\")))\n\
         \na program that is not to be called, but to run to its end, is for `holm run`"
    )
}
