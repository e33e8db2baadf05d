//! Reads the text of a rule, and refuses what would make it mean more, or less, than its author thinks.

use std::collections::BTreeSet;
use std::net::IpAddr;

use url::{Host, Url};

use crate::address::{Access, AddressClass, classify};
use crate::host::without_final_dot;
use crate::path::may_climb;
use crate::{AddedHeader, HostPattern, Methods, PathPattern, Problem, Rule, Scheme};

/// Methods that would turn a request into something else, and headers that frame it: holm sets them or
/// nobody does.
const METHODS_NEVER: &[&str] = &["CONNECT", "TRACE", "TRACK"];
/// Words of other rule languages. As methods of their own, which nobody has, they would make a rule that never matches, or one
/// that looks as if it kept something out.
const WORDS_DENYING: &[&str] = &[
    "DENY", "BLOCK", "REJECT", "FORBID", "DISALLOW", "DROP", "NOT", "EXCEPT",
];
const WORDS_ALLOWING: &[&str] = &["ALLOW", "PERMIT", "ACCEPT", "ALL", "ANY"];
/// Names with one label that nobody can register, so that only a network itself gives them a meaning: reserved by
/// ICANN and in RFC 6761 and RFC 6762, appendix G included.
const ZONES_INTERNAL: &[&str] = &[
    "corp", "home", "internal", "intranet", "lan", "local", "private", "test",
];
const HEADERS_RESERVED: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Rule {
    pub(crate) fn read(text: &str, mut private: bool) -> Result<Self, Problem> {
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let url = words.pop().ok_or(Problem::Empty)?;
        if words.iter().any(|word| word.contains("://")) {
            return Err(Problem::SeveralUrls);
        }
        // Before the methods or after them, once. Anywhere else it is part of a list that is none.
        let words = match words.as_slice() {
            ["private", rest @ ..] | [rest @ .., "private"] => {
                private = true;
                rest
            }
            rest => rest,
        };
        let methods = read_methods(words)?;

        let (scheme, rest) = split_scheme(url)?;
        if let Some(mark) = rest.chars().find(|letter| matches!(letter, '?' | '#')) {
            return Err(Problem::AfterPath(mark));
        }
        let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(Problem::Userinfo);
        }
        let (host, port) = split_port(authority, scheme)?;
        let rule = Self {
            methods,
            scheme,
            host: read_host(host, private)?,
            port,
            path: read_path(path)?,
            private,
            add_headers: Vec::new(),
        };
        rule.check_reach()?;
        Ok(rule)
    }

    /// A rule that could never match is most likely a rule that its author expects to match.
    fn check_reach(&self) -> Result<(), Problem> {
        let class = match &self.host {
            HostPattern::Any if self.private => return Err(Problem::PrivateEverything),
            HostPattern::Exact(Host::Ipv4(address)) => classify(IpAddr::V4(*address)),
            HostPattern::Exact(Host::Ipv6(address)) => classify(IpAddr::V6(*address)),
            HostPattern::Exact(Host::Domain(name)) if is_localhost(name) => AddressClass::Loopback,
            HostPattern::Below(name) if is_localhost(name) => AddressClass::Loopback,
            _ => return Ok(()),
        };
        match class.access() {
            Access::Never => Err(Problem::Never(self.host.to_string(), class)),
            Access::PrivateRule if !self.private => Err(Problem::NeedsPrivate {
                host: self.host.to_string(),
                class,
                rest: self.to_string(),
            }),
            Access::PrivateRule | Access::Any => Ok(()),
        }
    }
}

/// Nothing means every method, so whatever else is written must name at least one, and nothing but methods: a slip
/// must not turn into every method.
fn read_methods(words: &[&str]) -> Result<Methods, Problem> {
    if words.is_empty() {
        return Ok(Methods::Any);
    }
    if words.contains(&"private") {
        return Err(Problem::PrivatePlace);
    }
    let list = words.join(" ");
    let mut methods = BTreeSet::new();
    for method in list.split(',').map(str::trim) {
        if method.is_empty() || method.contains(' ') {
            return Err(Problem::MethodList(list));
        }
        methods.insert(checked_method(method)?);
    }
    Ok(Methods::Only(methods))
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// Names below it belong to whoever registers them (`co.uk`, `github.io`): by the public suffix list, of which the version that this
/// crate was built with counts. A name with one label is looked at elsewhere.
fn is_public_suffix(name: &str) -> bool {
    name.contains('.')
        && psl::suffix(name.as_bytes())
            .is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == name.as_bytes())
}

fn is_token(text: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_tchar)
}

pub(crate) fn checked_method(text: &str) -> Result<String, Problem> {
    let method = text.to_ascii_uppercase();
    let is_method = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !is_method || text.is_empty() {
        return Err(Problem::Method(text.to_owned()));
    }
    if method == "PRIVATE" {
        return Err(Problem::PrivatePlace);
    }
    if WORDS_DENYING.contains(&method.as_str()) {
        return Err(Problem::Denies);
    }
    if WORDS_ALLOWING.contains(&method.as_str()) {
        return Err(Problem::Allows(text.to_owned()));
    }
    if METHODS_NEVER.contains(&method.as_str()) {
        return Err(Problem::MethodNever(method));
    }
    Ok(method)
}

pub(crate) fn checked_header(name: &str, value: String) -> Result<AddedHeader, Problem> {
    let lower = name.to_ascii_lowercase();
    if !is_token(name) {
        return Err(Problem::HeaderName(name.to_owned()));
    }
    if HEADERS_RESERVED.contains(&lower.as_str()) || lower.starts_with("proxy-") {
        return Err(Problem::HeaderReserved(lower));
    }
    if value.bytes().any(|byte| !matches!(byte, b' '..=b'~')) {
        return Err(Problem::HeaderValue(lower));
    }
    Ok(AddedHeader { name: lower, value })
}

fn split_scheme(url: &str) -> Result<(Scheme, &str), Problem> {
    if url == "*" {
        return Err(Problem::Everything);
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(match url.split_once(':') {
            // `localhost:3000` is a host and a port, `data:…` is a scheme.
            Some((scheme, rest))
                if !rest.starts_with(|letter: char| letter.is_ascii_digit() || letter == '*') =>
            {
                Problem::Scheme(scheme.to_owned())
            }
            _ => Problem::NoScheme(url.to_owned()),
        });
    };
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok((Scheme::Http, rest)),
        "https" => Ok((Scheme::Https, rest)),
        "*" => Err(Problem::AnyScheme),
        _ => Err(Problem::Scheme(scheme.to_owned())),
    }
}

fn split_port(authority: &str, scheme: Scheme) -> Result<(&str, u16), Problem> {
    if !authority.starts_with('[') && authority.matches(':').count() > 1 {
        return Err(Problem::Brackets(authority.to_owned()));
    }
    // A colon within brackets belongs to the address.
    let after_brackets = authority.rfind(']').map_or(0, |index| index + 1);
    let Some(colon) = authority[after_brackets..].find(':') else {
        return Ok((authority, scheme.default_port()));
    };
    let (host, port) = authority.split_at(after_brackets + colon);
    let port = &port[1..];
    if port == "*" {
        return Err(Problem::AnyPort);
    }
    // `parse` would take a plus sign.
    let number = port
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| port.parse::<u16>().ok())
        .flatten();
    match number {
        Some(number) if number > 0 => Ok((host, number)),
        _ => Err(Problem::Port(port.to_owned())),
    }
}

fn read_host(text: &str, private: bool) -> Result<HostPattern, Problem> {
    if text.is_empty() {
        return Err(Problem::NoHost);
    }
    if text == "*" {
        return Ok(HostPattern::Any);
    }
    if let Some(zone) = text.strip_prefix('[').and_then(|rest| rest.split_once('%')) {
        return Err(Problem::Zone(format!("%{}", zone.1.trim_end_matches(']'))));
    }
    let (name, is_below) = match text.strip_prefix("*.") {
        Some(name) => (name, true),
        None => (text, false),
    };
    if name.contains('*') {
        return Err(Problem::Star(text.to_owned()));
    }
    if name.contains('%') {
        return Err(Problem::Host(
            text.to_owned(),
            "it has percent escapes; write the letters themselves".into(),
        ));
    }
    let host = Host::parse(name).map_err(|error| Problem::Host(text.to_owned(), error.to_string()))?;
    match host {
        Host::Domain(name) => {
            let name = without_final_dot(&name).to_owned();
            if name.split('.').any(str::is_empty) {
                return Err(Problem::Host(
                    text.to_owned(),
                    "a label between two dots is empty".into(),
                ));
            }
            if !is_below {
                return Ok(HostPattern::Exact(Host::Domain(name)));
            }
            // Internal zones often have one label (`*.internal`), and only a `private` rule means those.
            if !name.contains('.') && !is_localhost(&name) {
                match (ZONES_INTERNAL.contains(&name.as_str()), private) {
                    (true, true) => {}
                    (true, false) => return Err(Problem::InternalZone(name)),
                    (false, _) => return Err(Problem::TopLevel(name)),
                }
            }
            if is_public_suffix(&name) {
                return Err(Problem::PublicSuffix(name));
            }
            Ok(HostPattern::Below(name))
        }
        Host::Ipv4(_) | Host::Ipv6(_) if is_below => Err(Problem::Host(
            text.to_owned(),
            "there are no names below an address".into(),
        )),
        Host::Ipv4(address) if address.to_string() != text => {
            Err(Problem::AddressForm(text.to_owned(), address.to_string()))
        }
        address @ (Host::Ipv4(_) | Host::Ipv6(_)) => Ok(HostPattern::Exact(address)),
    }
}

fn read_path(text: &str) -> Result<PathPattern, Problem> {
    let (prefix, is_below) = match text.strip_suffix("/*") {
        Some(prefix) => (format!("{prefix}/"), true),
        None => (text.to_owned(), text.ends_with('/')),
    };
    if prefix.contains('*') {
        let before = prefix.split('*').next().unwrap_or_default();
        let folder = before.rfind('/').map_or("", |index| &before[..index]);
        return Err(Problem::PathStar(format!("{folder}/*")));
    }
    if may_climb(&prefix) {
        return Err(Problem::PathDots);
    }
    if prefix.is_empty() || prefix == "/" {
        return Ok(PathPattern::All);
    }
    // The parser's spelling: the one in which requests will be compared.
    let url = Url::parse(&format!("http://host{prefix}")).map_err(|_| Problem::Path)?;
    let path = url.path().to_owned();
    if path == "/" {
        // A backslash is a slash to the parser.
        return Ok(PathPattern::All);
    }
    Ok(if is_below {
        PathPattern::Below(path)
    } else {
        PathPattern::At(path)
    })
}
