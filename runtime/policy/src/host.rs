//! Which hosts a rule means.

use std::fmt;

use url::Host;

/// Which hosts a rule means. Names are lower case, in their ASCII form, without the final dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPattern {
    /// This one.
    Exact(Host<String>),
    /// Every name below this one, at any depth, and not the name itself: `*.example.com`.
    Below(String),
    /// Every host: `*`.
    Any,
}

impl HostPattern {
    /// Whether it means the host of a parsed URL.
    pub fn matches(&self, host: &Host<&str>) -> bool {
        match (self, host) {
            (Self::Any, _) => true,
            (Self::Exact(Host::Domain(own)), Host::Domain(name)) => own == without_final_dot(name),
            (Self::Exact(Host::Ipv4(own)), Host::Ipv4(address)) => own == address,
            (Self::Exact(Host::Ipv6(own)), Host::Ipv6(address)) => own == address,
            (Self::Exact(_), _) => false,
            (Self::Below(suffix), Host::Domain(name)) => is_below(without_final_dot(name), suffix),
            (Self::Below(_), _) => false,
        }
    }

    /// Whether it means every host that the other means.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (Self::Below(suffix), Self::Below(other)) => other == suffix || is_below(other, suffix),
            (Self::Below(suffix), Self::Exact(Host::Domain(name))) => is_below(name, suffix),
            (own, other) => own == other,
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(host) => host.fmt(f),
            Self::Below(suffix) => write!(f, "*.{suffix}"),
            Self::Any => f.write_str("*"),
        }
    }
}

/// `example.com.` is `example.com`: the dot only says that the name is complete.
pub(crate) fn without_final_dot(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

fn is_below(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix)
        .and_then(|rest| rest.strip_suffix('.'))
        .is_some_and(|rest| !rest.is_empty())
}
