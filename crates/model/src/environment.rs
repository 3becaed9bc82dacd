//! Environments: `dev`, `test`, `qa`, `prod` and `preview/<branch>`.

use std::fmt;

use serde::Serialize;

/// The name of an environment, always valid: a word of lowercase letters, digits, `-` and `_`; or `preview/` followed by such a word for
/// each segment of a branch name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct EnvironmentName(String);

/// A text that is not a valid name of an environment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a valid environment name: use lowercase letters, digits, `-` and `_`, or `preview/<branch>`")]
pub struct InvalidEnvironmentName {
    /// The text as given.
    pub name: String,
}

/// The environments that are not production unless their project says so. Neither are previews.
const NOT_PRODUCTION: [&str; 3] = ["dev", "test", "qa"];

/// Whether an environment counts as production by its name alone. Every name does, except the few that are known not to.
pub fn is_production_by_name(name: &str) -> bool {
    !NOT_PRODUCTION.contains(&name) && !name.starts_with("preview/")
}

impl EnvironmentName {
    /// The environments that exist without any configuration, in the order of the release pipeline.
    pub const DEFAULT: [&'static str; 4] = ["dev", "test", "qa", "prod"];

    /// Parses a name, or says why it is invalid.
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Environment {
    /// Its name.
    pub name: EnvironmentName,
    /// The base domain of external service URLs (`shop.example.org` gives `api.shop.example.org`).
    pub domain: Option<String>,
    /// The values of the non-secret fields of a `SecretModel` in this environment, which fill in secret paths: (`stage`, `prod`).
    pub context: Vec<(String, String)>,
}
