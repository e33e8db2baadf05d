//! One rule and its text.
//!
//! ```text
//! rule     [private] [METHOD[,METHOD…]] scheme://host[:port][/path[/*]]
//! scheme   http | https
//! host     name | *.name | * | 192.0.2.1 | [2001:db8::1]
//! ```
//!
//! `parse` reads it, and each [`Problem`] with it says what to write instead.

use std::collections::BTreeSet;
use std::fmt;

use crate::parse::{checked_header, checked_method};
use crate::{HostPattern, PathPattern, Problem, Request, RuleError};

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

    /// The same rule for these methods only. An empty list is refused: it says "none" and could be read as "all".
    pub(crate) fn with_methods(mut self, methods: &[String]) -> Result<Self, RuleError> {
        if methods.is_empty() {
            return Err(Problem::MethodsEmpty.of(&self.to_string()));
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
