//! What a function is told when the network fails: a sentence about the other side, nothing about the host.

use std::error::Error;
use std::io;
use std::time::Duration;

use holm_core::{Failure, FailureKind, Limit};
use holm_policy::Policy;
use rustls::CertificateError;
use url::Url;

use crate::connect::ConnectError;
use crate::tls::TlsError;

/// The request makes no sense.
pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    Failure {
        kind: FailureKind::Invalid,
        message: message.into(),
    }
}

/// The other side failed.
pub(crate) fn network(message: impl Into<String>) -> Failure {
    Failure {
        kind: FailureKind::Network,
        message: message.into(),
    }
}

/// `what` took longer than the limit `fetch_timeout_ms`.
pub(crate) fn timeout(url: &Url, what: &str, allowed: Duration) -> Failure {
    let limit = Limit::FetchTimeout;
    let message = format!(
        "`{}` {what} within {} ms (limit `{limit}`)",
        host(url),
        allowed.as_millis()
    );
    Failure {
        kind: FailureKind::Timeout,
        message,
    }
}

/// Host and port of a URL, as a function wrote them.
pub(crate) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Where a redirect leads: the host, or the kind of a URL that has none.
pub(crate) fn target(url: &Url) -> String {
    match host(url) {
        host if host.is_empty() => format!("a `{}:` URL", url.scheme()),
        host => format!("`{host}`"),
    }
}

/// The other side hung up before any response: on a connection that had answered before, most likely because it closed it just
/// then for being idle.
pub(crate) fn hung_up(error: &(dyn Error + 'static)) -> bool {
    if find::<ConnectError>(error).is_some() {
        return false;
    }
    if let Some(error) = find::<hyper::Error>(error)
        && (error.is_incomplete_message() || error.is_closed())
    {
        return true;
    }
    find::<io::Error>(error).is_some_and(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof
        )
    })
}

/// What an error of the client means for the function; `rule` is the one under which it was sent.
pub(crate) fn of_error(error: &(dyn Error + 'static), url: &Url, policy: &Policy, rule: usize) -> Failure {
    let host = host(url);
    if let Some(error) = find::<ConnectError>(error) {
        return of_connect(error, url, policy, rule);
    }
    if let Some(error) = find::<hyper::Error>(error) {
        if error.is_parse() {
            return network(format!(
                "`{host}` sent something that is not HTTP, or a head that is too long"
            ));
        }
        if error.is_incomplete_message() || error.is_closed() {
            return network(format!(
                "`{host}` closed the connection before the response was complete"
            ));
        }
    }
    if let Some(error) = find::<io::Error>(error) {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return network(format!(
                "`{host}` closed the connection before the response was complete"
            ));
        }
        return network(format!("the connection to `{host}` broke off{}", reason(error)));
    }
    network(format!("`{host}` broke the request off"))
}

fn of_connect(error: &ConnectError, url: &Url, policy: &Policy, rule: usize) -> Failure {
    let host = host(url);
    let name = url.host_str().unwrap_or_default();
    match error {
        ConnectError::Forbidden(class) => Failure {
            kind: FailureKind::Denied,
            message: policy.explain_address(rule, name, *class),
        },
        ConnectError::NoHost => invalid("the URL has no host"),
        ConnectError::Resolve(_) | ConnectError::NoAddress => {
            network(format!("the name `{name}` could not be resolved"))
        }
        ConnectError::Unreachable(error) => {
            network(format!("`{host}` could not be reached{}", reason(error)))
        }
        ConnectError::Busy => network(format!(
            "`{host}` was not tried: too many connections of this tenant are open"
        )),
        ConnectError::Timeout(allowed) => Failure {
            kind: FailureKind::Timeout,
            message: format!(
                "there was no connection to `{host}` within {} ms",
                allowed.as_millis()
            ),
        },
        ConnectError::Tls(TlsError::Roots(_)) => network(format!(
            "`{host}` could not be verified: this host has no trusted certificates"
        )),
        ConnectError::Tls(TlsError::Name) => network(format!("`{name}` cannot be verified by TLS")),
        ConnectError::Tls(TlsError::Handshake(error)) => {
            network(format!("TLS with `{host}` failed: {}", tls_reason(error)))
        }
    }
}

/// In words that mean the same on every system.
fn reason(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => ": the connection was refused",
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
            ": the connection was reset"
        }
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => ": there is no way to it",
        io::ErrorKind::TimedOut => ": there was no answer",
        io::ErrorKind::UnexpectedEof => ": the connection was closed too early",
        _ => "",
    }
}

fn tls_reason(error: &io::Error) -> String {
    let Some(error) = error
        .get_ref()
        .and_then(|error| error.downcast_ref::<rustls::Error>())
    else {
        return reason(error)
            .trim_start_matches([':', ' '])
            .to_owned()
            .replace_empty("the handshake broke off");
    };
    match error {
        rustls::Error::InvalidCertificate(error) => match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the certificate has expired"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the certificate is not valid yet"
            }
            CertificateError::UnknownIssuer => "the certificate is from an issuer that is not trusted",
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the certificate is for another name"
            }
            CertificateError::Revoked => "the certificate was revoked",
            _ => "the certificate is not valid",
        }
        .to_owned(),
        rustls::Error::AlertReceived(_) => "the server refused the handshake".to_owned(),
        rustls::Error::InvalidMessage(_) => "the server does not speak TLS on this port".to_owned(),
        _ => "the two sides have no version or cipher in common, or the server broke the protocol".to_owned(),
    }
}

trait ReplaceEmpty {
    fn replace_empty(self, other: &str) -> String;
}

impl ReplaceEmpty for String {
    fn replace_empty(self, other: &str) -> String {
        if self.is_empty() { other.to_owned() } else { self }
    }
}

/// The first error of a type in a chain of causes.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
