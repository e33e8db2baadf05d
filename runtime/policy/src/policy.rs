//! The decision: ordered rules, of which the first that matches decides.

use std::fmt::Write as _;
use std::net::IpAddr;

use url::{Host, Url};

use crate::address::{self, Access};
use crate::rule::{AddedHeader, Mismatch, Rule};
use crate::{RuleConfig, RuleError, Scheme};

/// What a function may reach. Without rules: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    rules: Vec<Rule>,
}

/// What a policy decides about.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method; its case does not matter.
    pub method: &'a str,
    /// The URL.
    pub url: &'a Url,
}

/// What a policy decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision<'a> {
    /// The request may be sent, to an address that passes [`address::check`].
    Allowed {
        /// The rule that decided: an index into [`Policy::rules`].
        rule: usize,
        /// For [`address::check`].
        allow_private: bool,
        /// To be set in the request, in place of the function's own.
        add_headers: &'a [AddedHeader],
    },
    /// The request must not be sent.
    Denied {
        /// What was refused, why, and what would allow it; for the author of the function.
        reason: String,
    },
}

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("network rule {number}: {error}")]
pub struct PolicyError {
    /// Which rule, counted from 1.
    pub number: usize,
    /// What is wrong with it.
    pub error: RuleError,
}

impl Policy {
    /// The policy of these rules, in this order.
    pub fn new(rules: Vec<Rule>) -> Self {
        Self { rules }
    }

    /// The policy of these texts, in this order.
    ///
    /// # Errors
    /// The first text that is no rule.
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Self, PolicyError> {
        Self::collect(texts.iter().map(|text| Rule::parse(text.as_ref())))
    }

    /// The policy of a configuration file.
    ///
    /// # Errors
    /// The first entry that is no rule.
    pub fn from_config(rules: &[RuleConfig]) -> Result<Self, PolicyError> {
        Self::collect(rules.iter().map(RuleConfig::rule))
    }

    fn collect(rules: impl Iterator<Item = Result<Rule, RuleError>>) -> Result<Self, PolicyError> {
        let rules: Result<Vec<Rule>, PolicyError> = rules
            .enumerate()
            .map(|(index, rule)| {
                rule.map_err(|error| PolicyError {
                    number: index + 1,
                    error,
                })
            })
            .collect();
        Ok(Self { rules: rules? })
    }

    /// The rules, in the order in which they are tried.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Whether a request may be sent. The first rule that matches decides.
    pub fn decide(&self, request: &Request<'_>) -> Decision<'_> {
        if let Some(reason) = refused_always(request) {
            return Decision::Denied { reason };
        }
        let mut nearest: Option<(Mismatch, usize)> = None;
        for (index, rule) in self.rules.iter().enumerate() {
            match rule.mismatch(request) {
                Some(mismatch) => {
                    if nearest.is_none_or(|(other, _)| mismatch > other) {
                        nearest = Some((mismatch, index));
                    }
                }
                None => return decide_address(index, rule, request),
            }
        }
        Decision::Denied {
            reason: self.no_rule(request, nearest),
        }
    }

    fn no_rule(&self, request: &Request<'_>, nearest: Option<(Mismatch, usize)>) -> String {
        let mut reason = match self.rules.len() {
            0 => format!(
                "no network access is allowed, and {} was asked for",
                shown(request)
            ),
            _ => format!("no network rule allows {}", shown(request)),
        };
        // A rule for another host is no near miss.
        if let Some((mismatch, index)) = nearest.filter(|(mismatch, _)| *mismatch > Mismatch::Host) {
            let _ = write!(
                reason,
                "; rule {} (`{}`) is for {mismatch}",
                index + 1,
                self.rules[index]
            );
        }
        if let Some(rule) = suggestion(request) {
            let _ = write!(reason, "; the rule `{rule}` would allow it");
        }
        reason
    }

    /// The reason for which an address, to which the host of a request resolved, is refused under a rule.
    /// Does not name the address: what a name stands for within a network is nothing for functions.
    pub fn explain_address(&self, rule: usize, host: &str, class: address::AddressClass) -> String {
        match self.rules.get(rule) {
            Some(found) => denied_address(host, class, rule, found),
            None => format!("`{host}` is {class}"),
        }
    }

    /// How a decision comes about, a line for each rule that was looked at, and one for the decision.
    pub fn explain(&self, request: &Request<'_>) -> String {
        let mut out = String::new();
        if refused_always(request).is_none() {
            for (index, rule) in self.rules.iter().enumerate() {
                let mismatch = rule.mismatch(request);
                let _ = match mismatch {
                    Some(mismatch) => writeln!(out, "rule {} `{rule}`: is for {mismatch}", index + 1),
                    None => writeln!(out, "rule {} `{rule}`: matches", index + 1),
                };
                if mismatch.is_none() {
                    break;
                }
            }
        }
        match self.decide(request) {
            Decision::Allowed { rule, .. } => {
                let _ = write!(out, "allowed by rule {}", rule + 1);
                let rule = &self.rules[rule];
                let _ = match rule.private {
                    true => write!(out, ", at private addresses too"),
                    false => write!(out, ", at public addresses only"),
                };
                for header in &rule.add_headers {
                    let _ = write!(out, "; `{}` is added", header.name);
                }
            }
            Decision::Denied { reason } => {
                let _ = write!(out, "denied: {reason}");
            }
        }
        out
    }

    /// What an operator should hear of when the policy is loaded, though it is valid.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for (index, rule) in self.rules.iter().enumerate() {
            if let Some(first) = self.rules[..index]
                .iter()
                .position(|earlier| earlier.covers(rule))
            {
                warnings.push(format!(
                    "network rule {} (`{rule}`) is never used: rule {} (`{}`) comes first and allows the same",
                    index + 1,
                    first + 1,
                    self.rules[first]
                ));
            }
            if rule.scheme == Scheme::Http && !rule.private && !rule.add_headers.is_empty() {
                warnings.push(format!(
                    "network rule {} (`{rule}`) adds a header to unencrypted requests, where anyone on the way reads \
                     it; write `https` if the host can do it",
                    index + 1
                ));
            }
        }
        warnings
    }
}

/// What no rule can allow.
fn refused_always(request: &Request<'_>) -> Option<String> {
    let url = request.url;
    if !matches!(url.scheme(), "http" | "https") {
        return Some(format!(
            "the scheme `{}` is not supported: functions speak http and https only",
            url.scheme()
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some(
            "the URL has a user name or password; send them in the `authorization` header instead".to_owned(),
        );
    }
    if matches!(
        request.method.to_ascii_uppercase().as_str(),
        "CONNECT" | "TRACE" | "TRACK"
    ) {
        return Some(format!(
            "the method `{}` is never sent for functions",
            request.method
        ));
    }
    None
}

/// A URL with an address instead of a name can be decided here and now.
fn decide_address<'a>(index: usize, rule: &'a Rule, request: &Request<'_>) -> Decision<'a> {
    let address = match request.url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) | None => None,
    };
    if let Some(Err(class)) = address.map(|address| address::check(address, rule.private)) {
        let host = request.url.host_str().unwrap_or_default();
        return Decision::Denied {
            reason: denied_address(host, class, index, rule),
        };
    }
    Decision::Allowed {
        rule: index,
        allow_private: rule.private,
        add_headers: &rule.add_headers,
    }
}

fn denied_address(host: &str, class: address::AddressClass, index: usize, rule: &Rule) -> String {
    let number = index + 1;
    match class.access() {
        Access::Never => format!("`{host}` leads to {class}, which no rule can open"),
        Access::PrivateRule | Access::Any => format!(
            "`{host}` leads to {class}, and rule {number} (`{rule}`) allows public addresses only; if the function \
             may reach it, the rule must say `private`"
        ),
    }
}

/// Method and URL, without the query, where tokens are often found, and not longer than a reader reads.
fn shown(request: &Request<'_>) -> String {
    const SHOWN: usize = 200;
    let url = request.url;
    let whole = format!(
        "{} {}{}",
        request.method,
        url.origin().ascii_serialization(),
        url.path()
    );
    let mut text: String = whole.chars().take(SHOWN).collect();
    if text.len() < whole.len() {
        text.push('…');
    }
    format!("`{text}`")
}

fn suggestion(request: &Request<'_>) -> Option<Rule> {
    let origin = request.url.origin().ascii_serialization();
    Rule::parse(&origin)
        .or_else(|_| Rule::parse_private(&origin))
        .ok()
}
