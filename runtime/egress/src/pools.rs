//! Whose connections are reused by whom: never across tenants, and never between rules that open private
//! addresses and rules that do not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Semaphore;

use crate::connect::{Connector, Dialer, Resolver};
use crate::request::OutgoingBody;
use crate::tls::{TlsClient, Trust};

pub(crate) type PooledClient = Client<Connector, OutgoingBody>;

/// What all pools have in common.
pub(crate) struct PoolConfig {
    pub(crate) resolver: Arc<dyn Resolver>,
    pub(crate) dialer: Arc<dyn Dialer>,
    pub(crate) trust: Arc<Trust>,
    pub(crate) connect_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) idle_per_host: usize,
    pub(crate) connections_per_tenant: usize,
    pub(crate) tenants: usize,
}

/// The pools of all tenants; those of the tenants that are away longest are given up for new ones.
pub(crate) struct Pools {
    config: PoolConfig,
    /// Held for a look-up and never across an await.
    tenants: Mutex<Tenants>,
}

#[derive(Default)]
struct Tenants {
    by_name: HashMap<String, Tenant>,
    uses: u64,
}

struct Tenant {
    connections: Arc<Semaphore>,
    public: PooledClient,
    private: PooledClient,
    last_use: u64,
}

/// Nothing in a response head is worth more; hyper would take 400 KiB and more for each connection.
const HEAD_BYTES: usize = 64 * 1024;
/// What one body that nobody reads may hold back, and what all bodies of a connection may: far apart, so that
/// one invocation that does not read cannot stall the others on the same connection.
const H2_STREAM_WINDOW: u32 = 256 * 1024;
const H2_CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;

impl Pools {
    pub(crate) fn new(config: PoolConfig) -> Self {
        Self {
            config,
            tenants: Mutex::default(),
        }
    }

    /// The client of a tenant for rules of one kind.
    pub(crate) fn client(&self, tenant: &str, allow_private: bool) -> PooledClient {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.uses += 1;
        let now = tenants.uses;
        if !tenants.by_name.contains_key(tenant) {
            if tenants.by_name.len() >= self.config.tenants {
                let oldest = tenants.by_name.iter().min_by_key(|(_, tenant)| tenant.last_use);
                if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
                    // Its idle connections close; what is under way holds the client and goes on.
                    tenants.by_name.remove(&oldest);
                }
            }
            tenants.by_name.insert(tenant.to_owned(), self.tenant());
        }
        let found = tenants
            .by_name
            .get_mut(tenant)
            .expect("it was put there if it was missing");
        found.last_use = now;
        if allow_private {
            found.private.clone()
        } else {
            found.public.clone()
        }
    }

    /// A client for one request that must not go over a connection that was used before. Its connection counts as
    /// another one of the tenant's.
    pub(crate) fn fresh_client(&self, tenant: &str, allow_private: bool) -> PooledClient {
        let tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = match tenants.by_name.get(tenant) {
            Some(found) => found.connections.clone(),
            // Given up since its last request.
            None => Arc::new(Semaphore::new(self.config.connections_per_tenant)),
        };
        drop(tenants);
        self.build(allow_private, 0, &connections)
    }

    fn tenant(&self) -> Tenant {
        let connections = Arc::new(Semaphore::new(self.config.connections_per_tenant));
        let client = |allow_private| self.build(allow_private, self.config.idle_per_host, &connections);
        Tenant {
            public: client(false),
            private: client(true),
            connections,
            last_use: 0,
        }
    }

    fn build(&self, allow_private: bool, idle_per_host: usize, connections: &Arc<Semaphore>) -> PooledClient {
        Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(self.config.idle_timeout)
            .pool_max_idle_per_host(idle_per_host)
            .http1_max_buf_size(HEAD_BYTES)
            .http2_initial_stream_window_size(H2_STREAM_WINDOW)
            .http2_initial_connection_window_size(H2_CONNECTION_WINDOW)
            .http2_max_header_list_size(u32::try_from(HEAD_BYTES).expect("a small constant"))
            .build(Connector {
                resolver: self.config.resolver.clone(),
                dialer: self.config.dialer.clone(),
                tls: TlsClient::new(self.config.trust.clone()),
                allow_private,
                timeout: self.config.connect_timeout,
                connections: connections.clone(),
            })
    }
}
