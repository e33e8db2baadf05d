//! Executions, wired: what `holm exec` and `holm serve --api` share, and the address at which the latter takes code.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use holm_core::{Limit, Limits};
use holm_executor::{Executor, Record};
use holm_journal::RecordError;
use holm_server::{Api, App, Ceilings, Collector, Executions, Journals, Routes, Trust};
use tokio::net::TcpListener;

use crate::apart::Apart;
use crate::config::Config;
use crate::journals::LazyJournalFile;
use crate::output::{self, Problem};
use crate::serve::{cannot_listen, seed};

/// What is served at that address.
pub struct Listening {
    pub listener: TcpListener,
    pub local: SocketAddr,
    pub app: Arc<App>,
}

/// Listens.
pub fn listen(
    address: SocketAddr,
    executor: &Arc<Executor>,
    collector: &Arc<Collector>,
    record_dir: Option<PathBuf>,
    ceilings: Ceilings,
) -> Result<Listening, Problem> {
    let journals = record_dir.map(|folder| Arc::new(Folder(folder)) as Arc<dyn Journals>);
    let executions = Executions::new(executor.clone(), collector.clone(), ceilings, journals)
        .with_loader(Arc::new(Apart::new()));
    let app = App::new(executor.clone(), Routes::Folder(BTreeMap::new()), seed());
    let app = Arc::new(app.with_api(Api::new(Arc::new(executions))));
    let refused = |error| cannot_listen(address, "--api", &error);
    let listener = std::net::TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    let listener = TcpListener::from_std(listener).map_err(refused)?;
    let local = listener.local_addr().map_err(refused)?;
    Ok(Listening { listener, local, app })
}

/// Strangers may have four times what is given to them unasked, one's own code as much as there is, where the section
/// `[executions]` says nothing else.
///
/// # Errors
/// What that says makes no sense.
pub fn ceilings(config: &Config, defaults: Limits, allow_private: bool) -> Result<Ceilings, Problem> {
    let (mut untrusted, mut trusted) = (defaults, defaults);
    for &limit in Limit::ALL {
        untrusted.set(
            limit,
            defaults.value(limit).saturating_mul(4).min(limit.ceiling()),
        );
        trusted.set(limit, limit.ceiling());
    }
    for (trust, most) in [(Trust::Untrusted, &mut untrusted), (Trust::Trusted, &mut trusted)] {
        for (limit, value) in config.most(trust)? {
            most.set(limit, value);
        }
        most.check().map_err(Problem::usage)?;
    }
    Ok(Ceilings {
        defaults,
        untrusted,
        trusted,
        allow_private,
    })
}

/// Journals as `ID.holm` in a folder.
#[derive(Debug)]
struct Folder(PathBuf);

impl Journals for Folder {
    fn record(&self, id: &str) -> (Record, String) {
        let path = self.0.join(id);
        let done = move |result: Result<(), RecordError>| {
            if let Err(error) = result {
                output::error(&format!(
                    "execution not recorded in {}.holm: {error}",
                    path.display()
                ));
            }
        };
        let record = Record {
            sink: Box::new(LazyJournalFile::new(&self.0, id)),
            done: Box::new(done),
        };
        (record, format!("{id}.holm"))
    }
}
