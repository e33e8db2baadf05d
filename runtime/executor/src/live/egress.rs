//! The network of production: every fetch through `egress`, under the function's policy and limits.

use std::sync::Arc;

use futures_util::{FutureExt, StreamExt, stream};
use holm_core::{Failure, FetchRequest};
use holm_egress::{BodyWriter, Egress, NetworkLog, Request, Session, SessionConfig, body_channel};

use super::network::{Fetched, Fetching, Network, NetworkSession};
use crate::function::Function;
use crate::pipe;

/// Fetches by `egress`; each is told to `log`.
pub struct EgressNetwork {
    /// Opens the connections.
    pub egress: Arc<Egress>,
    /// Is told of every request.
    pub log: Arc<dyn NetworkLog>,
}

impl std::fmt::Debug for EgressNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EgressNetwork")
            .field("egress", &self.egress)
            .finish_non_exhaustive()
    }
}

impl Network for EgressNetwork {
    fn session(&self, function: &Function, id: &str) -> Box<dyn NetworkSession> {
        let session = Session::new(SessionConfig {
            tenant: function.tenant.clone(),
            invocation: id.to_owned(),
            policy: function.policy.clone(),
            limits: function.limits,
            log: self.log.clone(),
        });
        Box::new(EgressSession {
            egress: self.egress.clone(),
            session: Arc::new(session),
        })
    }
}

struct EgressSession {
    egress: Arc<Egress>,
    session: Arc<Session>,
}

impl NetworkSession for EgressSession {
    fn fetch(&mut self, request: FetchRequest, upload: Option<pipe::Reader>) -> Fetching {
        let (egress, session) = (self.egress.clone(), self.session.clone());
        let (writer, reader) = body_channel();
        let request = Request::new(request, || reader);
        let head = async move { egress.fetch(&session, request).await.map(fetched) };
        Fetching {
            head: head.boxed(),
            upload: upload.map(|from| send(from, writer).boxed()),
        }
    }
}

fn fetched(response: holm_egress::Response) -> Fetched {
    let holm_egress::Response { head, body } = response;
    let body = head.has_body.then(|| {
        let pieces = stream::unfold(body, |mut body| async move { Some((body.next().await?, body)) });
        pieces.boxed()
    });
    Fetched { head, body }
}

/// Hands the body over, as fast as it is taken. Where the request has ended, the pipe is dropped, and who writes
/// is told.
async fn send(mut from: pipe::Reader, to: BodyWriter) {
    while let Some(piece) = from.next().await {
        let taken: Result<(), Failure> = match piece {
            Ok(chunk) => to.write(chunk).await,
            Err(message) => {
                let _ = to.fail(message).await;
                return;
            }
        };
        if taken.is_err() {
            return;
        }
    }
    let _ = to.finish().await;
}
