//! TLS: whom to trust, and the handshake.
//!
//! The roots are loaded at the first encrypted connection, not before: reading the system's takes longer than
//! a short program runs. Each pool has a configuration of its own, because session tickets live in it and
//! would let a server recognise one tenant's connection as another's.

use std::io;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Whose certificates are trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Roots {
    /// Those that the system trusts.
    #[default]
    System,
    /// Mozilla's, as they were when holm was built: the same on every machine.
    Bundled,
}

/// Why a connection is not encrypted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("the roots could not be loaded: {0}")]
    Roots(String),
    #[error("the host cannot be named in TLS")]
    Name,
    #[error("the handshake failed")]
    Handshake(#[source] io::Error),
}

/// Reads certificates in PEM.
pub(crate) fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let found = found.map_err(|error| error.to_string())?;
    let mut store = RootCertStore::empty();
    for certificate in &found {
        store
            .add(certificate.clone())
            .map_err(|error| error.to_string())?;
    }
    if found.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    Ok(found)
}

/// The trusted certificates of the process, loaded once when they are needed first.
pub(crate) struct Trust {
    roots: Roots,
    extra: Vec<CertificateDer<'static>>,
    loaded: OnceCell<ClientConfig>,
}

impl Trust {
    pub(crate) fn new(roots: Roots, extra: Vec<CertificateDer<'static>>) -> Self {
        Self {
            roots,
            extra,
            loaded: OnceCell::new(),
        }
    }

    async fn config(&self) -> Result<&ClientConfig, TlsError> {
        self.loaded
            .get_or_try_init(|| async {
                let (roots, extra) = (self.roots, self.extra.clone());
                tokio::task::spawn_blocking(move || load(roots, extra))
                    .await
                    .map_err(|error| TlsError::Roots(error.to_string()))?
            })
            .await
    }
}

/// How many certificates the system trusts. Reads its files.
pub fn system_roots() -> usize {
    rustls_native_certs::load_native_certs().certs.len()
}

fn load(roots: Roots, extra: Vec<CertificateDer<'static>>) -> Result<ClientConfig, TlsError> {
    let mut store = RootCertStore::empty();
    match roots {
        Roots::Bundled => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Roots::System => {
            let found = rustls_native_certs::load_native_certs();
            // A system has certificates of which some are odd; those are left out, as other clients do.
            store.add_parsable_certificates(found.certs);
            if store.is_empty() && extra.is_empty() {
                let causes: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
                return Err(TlsError::Roots(format!(
                    "the system has no trusted certificates {}; install them (often a package `ca-certificates`), or \
                     use the bundled ones",
                    causes.join(", ")
                )));
            }
        }
    }
    for certificate in extra {
        store
            .add(certificate)
            .map_err(|error| TlsError::Roots(error.to_string()))?;
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::Roots(error.to_string()))?
        .with_root_certificates(store)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// TLS for one pool.
#[derive(Clone)]
pub(crate) struct TlsClient {
    trust: Arc<Trust>,
    own: Arc<OnceCell<Arc<ClientConfig>>>,
}

/// Servers whose session tickets a pool remembers.
const TICKETS: usize = 32;

impl TlsClient {
    pub(crate) fn new(trust: Arc<Trust>) -> Self {
        Self {
            trust,
            own: Arc::default(),
        }
    }

    pub(crate) async fn handshake(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, TlsError> {
        let config = self
            .own
            .get_or_try_init(|| async {
                let mut config = self.trust.config().await?.clone();
                config.resumption = Resumption::in_memory_sessions(TICKETS);
                Ok::<_, TlsError>(Arc::new(config))
            })
            .await?;
        let name = host.strip_suffix('.').unwrap_or(host);
        let name = ServerName::try_from(name.to_owned()).map_err(|_| TlsError::Name)?;
        TlsConnector::from(config.clone())
            .connect(name, stream)
            .await
            .map_err(TlsError::Handshake)
    }
}
