//! The form of a rule in `holm.toml`: its text, or a table.
//!
//! ```toml
//! allow = [
//!   "https://api.example.com/v1/*",
//!   { url = "https://*.example.org", methods = ["GET"], headers = { authorization = "Bearer …" } },
//!   { url = "http://10.0.0.7:8080", private = true },
//! ]
//! ```

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::{Rule, RuleError};

/// A rule as it is written in `holm.toml`; not checked yet.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RuleConfig {
    /// The text of a rule: a URL pattern, which may have `private` and methods in front.
    pub url: String,
    /// Methods, instead of those in front of the URL; an empty list is no rule.
    pub methods: Option<Vec<String>>,
    /// The same as `private` in front of the URL.
    pub private: bool,
    /// Headers that are added to each request, in place of the function's own. The values never appear in
    /// messages, logs or `Debug`.
    pub headers: BTreeMap<String, String>,
}

/// The table form, derived apart so that unknown keys are refused by name.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    url: String,
    #[serde(default)]
    methods: Option<Vec<String>>,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

impl RuleConfig {
    /// The rule.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn rule(&self) -> Result<Rule, RuleError> {
        let rule = if self.private {
            Rule::parse_private(&self.url)
        } else {
            Rule::parse(&self.url)
        }?;
        let rule = match &self.methods {
            Some(methods) => rule.with_methods(methods)?,
            None => rule,
        };
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()));
        rule.with_headers(headers)
    }
}

impl fmt::Debug for RuleConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleConfig")
            .field("url", &self.url)
            .field("methods", &self.methods)
            .field("private", &self.private)
            .field("headers", &self.headers.keys())
            .finish()
    }
}

impl<'de> Deserialize<'de> for RuleConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrTable;

        impl<'de> Visitor<'de> for TextOrTable {
            type Value = RuleConfig;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a rule such as \"https://api.example.com/v1/*\", or a table with `url`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<RuleConfig, E> {
                Ok(RuleConfig {
                    url: text.to_owned(),
                    ..RuleConfig::default()
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RuleConfig, A::Error> {
                let Table {
                    url,
                    methods,
                    private,
                    headers,
                } = Table::deserialize(MapAccessDeserializer::new(map))?;
                Ok(RuleConfig {
                    url,
                    methods,
                    private,
                    headers,
                })
            }
        }

        deserializer.deserialize_any(TextOrTable)
    }
}
