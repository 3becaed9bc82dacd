//! Environments: `dev`, `test`, `qa`, `prod` and `preview/<branch>`.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// The name of an environment, always valid: a lowercase word of letters, digits, `-` and `_`, or `preview/` and such a word for each
/// branch segment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct EnvironmentName(String);

/// A text that is no name of an environment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a valid environment name: use lowercase letters, digits, `-` and `_`, or `preview/<branch>`")]
pub struct InvalidEnvironmentName {
    /// The text as given.
    pub name: String,
}

/// The environments that are no production unless their project says so; previews are neither.
const NOT_PRODUCTION: [&str; 3] = ["dev", "test", "qa"];

/// Whether an environment is production by its name alone: everything is that is not well known to be something else.
pub fn is_production_by_name(name: &str) -> bool {
    !NOT_PRODUCTION.contains(&name) && !name.starts_with("preview/")
}

impl EnvironmentName {
    /// The environments that exist without any configuration, in the order of the release pipeline.
    pub const DEFAULT: [&'static str; 4] = ["dev", "test", "qa", "prod"];

    /// The name in `text`, or why it is none.
    pub fn parse(text: &str) -> Result<Self, InvalidEnvironmentName> {
        let plain = |word: &str| {
            !word.is_empty()
                && word.len() <= 63
                && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
                && word.as_bytes()[0].is_ascii_alphanumeric()
        };
        let valid = match text.strip_prefix("preview/") {
            Some(branch) => branch.len() <= 200 && branch.split('/').all(plain),
            None => plain(text) && !text.contains('.'),
        };
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidEnvironmentName { name: text.to_owned() }) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An environment of the project, as `[tool.takk.environments]` describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Environment {
    /// Its name.
    pub name: EnvironmentName,
    /// The base domain of external service URLs (`shop.example.org` gives `api.shop.example.org`).
    pub domain: Option<String>,
    /// What the non-secret fields of a `SecretModel` are here, for the paths of its secrets: (`stage`, `prod`).
    pub context: Vec<(String, String)>,
}
