//! The setters of the class `URL`. A value that makes no sense changes nothing.

use holm_host_api::codes::UrlPart;

use super::parser::{State, run_setter};
use super::percent::{self, Set};
use super::record::Url;

/// Sets a part. [`UrlPart::Href`] is not a part of a URL but all of it, and not handled here.
pub(super) fn set(url: &mut Url, part: UrlPart, value: &str) {
    match part {
        UrlPart::Href => {}
        UrlPart::Protocol => run_setter(&format!("{value}:"), url, State::SchemeStart),
        UrlPart::Username if can_have_port(url) => url.username = userinfo(value),
        UrlPart::Password if can_have_port(url) => url.password = userinfo(value),
        UrlPart::Host if !url.has_opaque_path() => run_setter(value, url, State::Host),
        UrlPart::Hostname if !url.has_opaque_path() => run_setter(value, url, State::Hostname),
        UrlPart::Port if can_have_port(url) && value.is_empty() => url.port = None,
        UrlPart::Port if can_have_port(url) => run_setter(value, url, State::Port),
        UrlPart::Pathname if !url.has_opaque_path() => {
            url.segments().clear();
            run_setter(value, url, State::PathStart);
        }
        UrlPart::Username
        | UrlPart::Password
        | UrlPart::Host
        | UrlPart::Hostname
        | UrlPart::Port
        | UrlPart::Pathname => {}
        UrlPart::Search if value.is_empty() => url.query = None,
        UrlPart::Search => {
            url.query = Some(String::new());
            run_setter(value.strip_prefix('?').unwrap_or(value), url, State::Query);
        }
        UrlPart::Hash if value.is_empty() => url.fragment = None,
        UrlPart::Hash => {
            url.fragment = Some(String::new());
            run_setter(value.strip_prefix('#').unwrap_or(value), url, State::Fragment);
        }
    }
}

/// Where no user name, password or port belongs, none can be set.
fn can_have_port(url: &Url) -> bool {
    url.scheme != "file" && url.host.as_deref().is_some_and(|host| !host.is_empty())
}

fn userinfo(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    percent::push_all(&mut out, value.as_bytes(), Set::Userinfo);
    out
}
