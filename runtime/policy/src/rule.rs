//! One rule and its text.
//!
//! ```text
//! rule     [private] [METHOD[,METHOD…]] scheme://host[:port][/path[/*]]
//! scheme   http | https
//! host     name | *.name | * | 192.0.2.1 | [2001:db8::1]
//! ```
//!
//! The text is checked for everything that would make the rule mean more, or less, than its author thinks;
//! each [`Problem`] says what to write instead.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use crate::address::{Access, AddressClass, classify};
use crate::host::without_final_dot;
use crate::path::may_climb;
use crate::{HostPattern, PathPattern, Request};

/// What a rule allows, and what it adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub(crate) methods: Methods,
    pub(crate) scheme: Scheme,
    pub(crate) host: HostPattern,
    pub(crate) port: u16,
    pub(crate) path: PathPattern,
    pub(crate) private: bool,
    pub(crate) add_headers: Vec<AddedHeader>,
}

/// The schemes that functions can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Unencrypted.
    Http,
    /// Encrypted, and the host's certificate is checked.
    Https,
}

/// The methods that a rule means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Methods {
    /// Every method.
    Any,
    /// These, in upper case; never empty.
    Only(BTreeSet<String>),
}

/// A header that a rule adds to each request which it allows, in place of the function's own of that name.
#[derive(Clone, PartialEq, Eq)]
pub struct AddedHeader {
    /// Lower case.
    pub name: String,
    /// Often a secret: `Debug` does not show it.
    pub value: String,
}

impl fmt::Debug for AddedHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: …", self.name)
    }
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rule `{text}`: {problem}")]
pub struct RuleError {
    /// The rule as it was written, cut when it is very long.
    pub text: String,
    /// What is wrong, and what to write instead.
    pub problem: Problem,
}

/// What is wrong with a rule, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant is its message")]
pub enum Problem {
    #[error("it is empty; write a URL such as `https://api.example.com/v1/*`")]
    Empty,
    #[error(
        "`*` alone would let the code send whatever it sees to anyone; name the hosts, such as \
         `https://api.example.com`, or, if every public host is meant, write `https://*`"
    )]
    Everything,
    #[error("it has no scheme; write `https://{0}`")]
    NoScheme(String),
    #[error("the scheme `{0}` is not supported: functions speak http and https only; write `https://…`")]
    Scheme(String),
    #[error(
        "any scheme would include unencrypted http; write `https://…`, and a second rule for `http://…` if needed"
    )]
    AnyScheme,
    #[error("it has more than one URL, or a space in it; write one rule for each URL")]
    SeveralUrls,
    #[error("it has no host; write `https://api.example.com`")]
    NoHost,
    #[error(
        "it has a user name or password, which would end up in logs; leave out everything before `@`, and add \
         an `authorization` header to the rule in the configuration file"
    )]
    Userinfo,
    #[error("`{0}` is not a host: {1}")]
    Host(String, String),
    #[error(
        "a `*` can stand only for whole labels at the start of a host; `{0}` would match hosts of other owners; \
         write `*.example.com`"
    )]
    Star(String),
    #[error(
        "`*.{0}` would allow every host below a whole top-level domain, whoever owns it; write at least \
         `*.example.{0}`"
    )]
    TopLevel(String),
    #[error("`{0}` is an unusual form of the address {1}, and easily misread; write `{1}`")]
    AddressForm(String, String),
    #[error("IPv6 addresses are written in brackets; write `[{0}]`")]
    Brackets(String),
    #[error(
        "an address with a zone (`{0}`) means an interface of this machine; leave out everything from `%` on"
    )]
    Zone(String),
    #[error("`{0}` is not a port; write a number from 1 to 65535, or nothing for the scheme's own")]
    Port(String),
    #[error("any port would include databases and control interfaces; write the port, one rule for each")]
    AnyPort,
    #[error("a rule has no `{0}` part; leave it out: rules decide on the path, and any query is allowed")]
    AfterPath(char),
    #[error("a `*` can stand only at the end of a path, after a slash; write `{0}`")]
    PathStar(String),
    #[error("the path contains `.` or `..` segments, or could be read so; write the path that they lead to")]
    PathDots,
    #[error("the path has characters that no URL has; write them as percent escapes")]
    Path,
    #[error(
        "`{0}` is not a method; write methods in front of the URL, such as `GET,POST https://api.example.com`"
    )]
    Method(String),
    #[error("the method `{0}` is never sent for functions; leave it out")]
    MethodNever(String),
    #[error("the methods are given twice; write them either in the text or as `methods`")]
    MethodsTwice,
    #[error(
        "`{host}` is {class}, which only a rule that says so can reach; if the code may reach it, write `private {rest}` \
         (on the command line `--allow-private`)"
    )]
    NeedsPrivate {
        host: String,
        class: AddressClass,
        rest: String,
    },
    #[error("`{0}` is {1}, which no rule can open")]
    Never(String, AddressClass),
    #[error("`private` with any host would open the whole internal network; name the hosts")]
    PrivateEverything,
    #[error("`{0}` is not a header name; use letters, digits and dashes")]
    HeaderName(String),
    #[error("the header `{0}` is set by holm itself; leave it out")]
    HeaderReserved(String),
    #[error("the header `{0}` is given twice; keep one")]
    HeaderTwice(String),
    #[error(
        "the value of header `{0}` has characters that no header has; it must be printable ASCII on one line"
    )]
    HeaderValue(String),
}

/// Methods that would turn a request into something else, and headers that frame it: holm sets them or
/// nobody does.
const METHODS_NEVER: &[&str] = &["CONNECT", "TRACE", "TRACK"];
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
    /// Reads the text of a rule.
    ///
    /// # Errors
    /// When it is not one, or one whose effect is likely not what its author wants.
    ///
    /// # Examples
    /// ```
    /// let rule = holm_policy::Rule::parse("GET,POST https://api.example.com/v1/*")?;
    /// assert_eq!(rule.to_string(), "GET,POST https://api.example.com/v1/*");
    /// assert!(holm_policy::Rule::parse("http://127.0.0.1:8080/").is_err());
    /// assert!(holm_policy::Rule::parse("private http://127.0.0.1:8080/").is_ok());
    /// # Ok::<(), holm_policy::RuleError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        Self::parse_with(text, false)
    }

    /// As [`Rule::parse`], of a rule that says `private` by where it stands (`--allow-private`).
    ///
    /// # Errors
    /// As [`Rule::parse`].
    pub fn parse_private(text: &str) -> Result<Self, RuleError> {
        Self::parse_with(text, true)
    }

    fn parse_with(text: &str, private: bool) -> Result<Self, RuleError> {
        Self::read(text, private).map_err(|problem| problem.of(text))
    }

    fn read(text: &str, mut private: bool) -> Result<Self, Problem> {
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let url = words.pop().ok_or(Problem::Empty)?;
        if words.iter().any(|word| word.contains("://")) {
            return Err(Problem::SeveralUrls);
        }
        let mut methods = BTreeSet::new();
        for word in words {
            if word == "private" {
                private = true;
                continue;
            }
            for method in word.split(',').filter(|method| !method.is_empty()) {
                methods.insert(checked_method(method)?);
            }
        }
        let methods = if methods.is_empty() {
            Methods::Any
        } else {
            Methods::Only(methods)
        };

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

    /// The same rule, with headers that it adds.
    ///
    /// # Errors
    /// A name or value that cannot be sent, or a header that holm sets itself.
    pub fn with_headers(
        mut self,
        headers: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, RuleError> {
        for (name, value) in headers {
            let header = checked_header(&name, value).map_err(|problem| problem.of(&self.to_string()))?;
            if self.add_headers.iter().any(|other| other.name == header.name) {
                return Err(Problem::HeaderTwice(name).of(&self.to_string()));
            }
            self.add_headers.push(header);
        }
        Ok(self)
    }

    /// The same rule for these methods only.
    pub(crate) fn with_methods(mut self, methods: &[String]) -> Result<Self, RuleError> {
        if methods.is_empty() {
            return Ok(self);
        }
        if self.methods != Methods::Any {
            return Err(Problem::MethodsTwice.of(&self.to_string()));
        }
        let methods: Result<BTreeSet<String>, Problem> =
            methods.iter().map(|method| checked_method(method)).collect();
        self.methods = Methods::Only(methods.map_err(|problem| problem.of(&self.to_string()))?);
        Ok(self)
    }

    /// The methods it allows.
    pub fn methods(&self) -> &Methods {
        &self.methods
    }

    /// The scheme it allows.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The hosts it allows.
    pub fn host(&self) -> &HostPattern {
        &self.host
    }

    /// The port it allows.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The paths it allows.
    pub fn path(&self) -> &PathPattern {
        &self.path
    }

    /// Whether its hosts may have addresses that are not public.
    pub fn is_private(&self) -> bool {
        self.private
    }

    /// What it adds to requests.
    pub fn added_headers(&self) -> &[AddedHeader] {
        &self.add_headers
    }

    /// The first thing in which a request differs from what the rule allows, if there is one.
    pub fn mismatch(&self, request: &Request<'_>) -> Option<Mismatch> {
        let Some(host) = request.url.host() else {
            return Some(Mismatch::Host);
        };
        if !self.host.matches(&host) {
            Some(Mismatch::Host)
        } else if self.scheme.name() != request.url.scheme() {
            Some(Mismatch::Scheme)
        } else if request.url.port_or_known_default() != Some(self.port) {
            Some(Mismatch::Port)
        } else if !self.path.matches(request.url.path()) {
            Some(Mismatch::Path)
        } else if !self.methods.contains(request.method) {
            Some(Mismatch::Method)
        } else {
            None
        }
    }

    /// Whether it allows every request that the other allows.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && self.port == other.port
            && self.host.covers(&other.host)
            && self.path.covers(&other.path)
            && self.methods.covers(&other.methods)
    }
}

/// In what a request differs from what a rule allows; in the order in which they are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Mismatch {
    Host,
    Scheme,
    Port,
    Path,
    Method,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "another host",
            Self::Scheme => "another scheme",
            Self::Port => "another port",
            Self::Path => "another path",
            Self::Method => "another method",
        })
    }
}

impl fmt::Display for Rule {
    /// The text that parses to this rule; added headers are not part of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.private {
            f.write_str("private ")?;
        }
        if let Methods::Only(methods) = &self.methods {
            for (index, method) in methods.iter().enumerate() {
                write!(f, "{}{method}", if index > 0 { "," } else { "" })?;
            }
            f.write_str(" ")?;
        }
        write!(f, "{}://{}", self.scheme.name(), self.host)?;
        if self.port != self.scheme.default_port() {
            write!(f, ":{}", self.port)?;
        }
        self.path.fmt(f)
    }
}

impl Scheme {
    /// As in URLs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port of URLs that name none.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl Methods {
    /// Whether a method is among them; `get` is `GET`.
    pub fn contains(&self, method: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(methods) => methods.contains(&method.to_ascii_uppercase()),
        }
    }

    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (Self::Only(_), Self::Any) => false,
            (Self::Only(own), Self::Only(other)) => own.is_superset(other),
        }
    }
}

impl Problem {
    pub(crate) fn of(self, text: &str) -> RuleError {
        const SHOWN: usize = 200;
        let mut shown: String = text.trim().chars().take(SHOWN).collect();
        if text.trim().chars().nth(SHOWN).is_some() {
            shown.push('…');
        }
        RuleError {
            text: shown,
            problem: self,
        }
    }
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

fn is_token(text: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_tchar)
}

fn checked_method(text: &str) -> Result<String, Problem> {
    let method = text.to_ascii_uppercase();
    let is_method = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !is_method || text.is_empty() {
        return Err(Problem::Method(text.to_owned()));
    }
    if METHODS_NEVER.contains(&method.as_str()) {
        return Err(Problem::MethodNever(method));
    }
    Ok(method)
}

fn checked_header(name: &str, value: String) -> Result<AddedHeader, Problem> {
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
            if !name.contains('.') && !private && !is_localhost(&name) {
                return Err(Problem::TopLevel(name));
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
    Ok(if is_below {
        PathPattern::Below(path)
    } else {
        PathPattern::At(path)
    })
}
