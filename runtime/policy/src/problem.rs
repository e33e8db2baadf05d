//! What can be wrong with a rule: each problem says what to write instead, and what would go wrong otherwise.

use crate::AddressClass;

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
    #[error(
        "`*.{0}` would allow hosts of everybody: anyone can register a name below `{0}`; write at least \
         `*.example.{0}`"
    )]
    PublicSuffix(String),
    #[error(
        "`*.{0}` is a zone of an internal network, which only a rule that says so can reach; write \
         `private https://*.{0}`, or name the hosts"
    )]
    InternalZone(String),
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
    #[error(
        "`{0}` is not a list of methods; write them with a comma between each two, such as \
         `GET,POST https://api.example.com`, or leave them out to allow every method"
    )]
    MethodList(String),
    #[error(
        "`methods` is empty, which would allow none; name them, or leave `methods` out to allow every method"
    )]
    MethodsEmpty,
    #[error(
        "there are no rules that deny: what no rule allows is denied; leave the rule out, or name the hosts and paths \
         that are allowed"
    )]
    Denies,
    #[error(
        "a rule allows by being there: leave out `{0}`, and write methods in front of the URL, such as \
         `GET,POST https://api.example.com`"
    )]
    Allows(String),
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
    #[error(
        "`private` is no method; write it once, in lower case and in front, such as \
         `private GET https://api.example.com`"
    )]
    PrivatePlace,
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
