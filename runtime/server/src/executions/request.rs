//! What a caller sends to have code executed, and what is wrong with it.

use std::collections::BTreeMap;

use holm_core::{Limit, Limits};
use holm_executor::Mode;
use holm_policy::Policy;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Code to execute once, and what it is given.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecutionRequest {
    /// JavaScript, one piece of it: a script whose value is that of its last expression, or, with `import` or `export`,
    /// an ES module whose value is its default export. Either this or `files`.
    #[schema(example = "export default ({ a, b }) => a + b")]
    pub code: Option<String>,
    /// Files by path, such as `lib/math.ts`; `entry` is one of them.
    pub files: Option<BTreeMap<String, String>>,
    /// The file to start with.
    pub entry: Option<String>,
    /// What the default export is called with, where it is a function; for a script the global `input`. Any JSON.
    #[schema(value_type = Option<Object>)]
    pub input: Option<Box<RawValue>>,
    /// `process.argv` from the third on.
    #[serde(default)]
    pub args: Vec<String>,
    /// `process.env`
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// In what it runs.
    #[serde(default)]
    pub mode: WireMode,
    /// Whose code it is.
    #[serde(default)]
    pub trust: Trust,
    /// What it may reach; without it nothing.
    #[serde(default)]
    pub network: Network,
    /// Bounds by name, in their units: `cpu_ms`, `wall_ms`, `memory_bytes` and the others of the documentation.
    #[serde(default)]
    pub limits: BTreeMap<String, u64>,
    /// Keep a journal of it, to replay.
    #[serde(default)]
    pub record: bool,
}

/// In what code runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WireMode {
    /// In a WebAssembly instance where it can run there, else in a container.
    #[default]
    Auto,
    /// In a WebAssembly instance.
    Wasm,
    /// In a container with full Node.
    Docker,
}

impl From<WireMode> for Mode {
    fn from(mode: WireMode) -> Self {
        match mode {
            WireMode::Auto => Self::Auto,
            WireMode::Wasm => Self::Wasm,
            WireMode::Docker => Self::Docker,
        }
    }
}

/// Whose code it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Trust {
    /// Somebody's: the operator's bounds for strangers hold.
    #[default]
    Untrusted,
    /// One's own: the operator may allow it more.
    Trusted,
}

/// What code may reach.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Rules: `[METHOD,…] scheme://host[:port][/path[/*]]`; the first that matches decides.
    #[serde(default)]
    #[schema(example = json!(["GET https://api.example.com/v1/*"]))]
    pub allow: Vec<String>,
}

/// Bounds that the operator sets for executions.
#[derive(Clone, Debug)]
pub struct Ceilings {
    /// Where a request says nothing.
    pub defaults: Limits,
    /// The highest that a request may ask for, by whose code it is.
    pub untrusted: Limits,
    /// As before, for trusted code.
    pub trusted: Limits,
    /// Rules may reach private addresses.
    pub allow_private: bool,
}

impl Ceilings {
    /// The bounds of code of that trust which asks for these.
    ///
    /// # Errors
    /// A value over the operator's, or one that makes no sense.
    pub fn limits(&self, trust: Trust, asked: &[(Limit, u64)]) -> Result<Limits, Invalid> {
        let (most, whose) = match trust {
            Trust::Untrusted => (&self.untrusted, "untrusted"),
            Trust::Trusted => (&self.trusted, "trusted"),
        };
        // What is given unasked is no more than what may be asked for.
        let mut limits = self.defaults;
        for &limit in Limit::ALL {
            limits.set(limit, limits.value(limit).min(most.value(limit)));
        }
        for (limit, value) in asked {
            if *value > most.value(*limit) {
                return Err(Invalid(format!(
                    "limits.{} is {value}; {} {} is the most for {whose} code here",
                    limit.name(),
                    most.value(*limit),
                    limit.unit(),
                )));
            }
            limits.set(*limit, *value);
        }
        limits.check().map_err(Invalid)?;
        Ok(limits)
    }
}

/// What is wrong with a request, in a sentence that names the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

impl ExecutionRequest {
    /// The bounds that it asks for, within those of the operator.
    ///
    /// # Errors
    /// A name that is no limit, or a value over the operator's.
    pub fn limits(&self, ceilings: &Ceilings) -> Result<Limits, Invalid> {
        let mut asked = Vec::with_capacity(self.limits.len());
        for (name, value) in &self.limits {
            let limit = Limit::from_name(name).ok_or_else(|| {
                let known: Vec<_> = Limit::ALL.iter().map(|limit| limit.name()).collect();
                Invalid(format!(
                    "limits.{name}: there is no such limit; there are {}",
                    known.join(", ")
                ))
            })?;
            asked.push((limit, *value));
        }
        ceilings.limits(self.trust, &asked)
    }

    /// What it may reach.
    ///
    /// # Errors
    /// A text that is no rule, or one for private addresses where the operator does not allow these.
    pub fn policy(&self, ceilings: &Ceilings) -> Result<Policy, Invalid> {
        let policy =
            Policy::parse(&self.network.allow).map_err(|error| Invalid(format!("network.allow: {error}")))?;
        if let Some(number) = policy.rules().iter().position(|rule| rule.is_private())
            && !ceilings.allow_private
        {
            return Err(Invalid(format!(
                "network.allow: rule {} is for private addresses, which are not allowed here",
                number + 1
            )));
        }
        Ok(policy)
    }

    /// The source, in one of its two forms.
    ///
    /// # Errors
    /// Neither or both are there, or the entry is none of the files.
    pub fn source(&self) -> Result<SourceForm<'_>, Invalid> {
        let invalid = |text: &str| Err(Invalid(text.into()));
        match (&self.code, &self.files, &self.entry) {
            (Some(code), None, None) => Ok(SourceForm::Code(code)),
            (Some(_), None, Some(_)) => invalid("entry: it belongs to `files`; `code` has none"),
            (Some(_), Some(_), _) => invalid("code, files: send one of them, not both"),
            (None, None, _) => {
                invalid("code: there is nothing to execute; send `code`, or `files` with an `entry`")
            }
            (None, Some(_), None) => invalid("entry: say with which of the files to start"),
            (None, Some(files), Some(entry)) if files.contains_key(entry) => {
                Ok(SourceForm::Files { files, entry })
            }
            (None, Some(_), Some(entry)) => Err(Invalid(format!(
                "entry: there is no file `{entry}` among the files"
            ))),
        }
    }
}

/// The source of an execution.
#[derive(Debug)]
pub enum SourceForm<'a> {
    /// One piece.
    Code(&'a str),
    /// Several files.
    Files {
        /// By path.
        files: &'a BTreeMap<String, String>,
        /// One of them.
        entry: &'a str,
    },
}
