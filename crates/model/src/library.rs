//! What libraries read from the environment by themselves.

use serde::{Deserialize, Serialize};

use super::Place;

/// A variable that a library reads because the code creates its client without passing the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LibraryVariable {
    /// The variable.
    pub name: String,
    /// Other variables that serve the same purpose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<String>,
    /// The package: `openai`.
    pub library: String,
    /// The callable: `OpenAI`.
    pub call: String,
    /// The argument that would pass the value: `api_key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<String>,
    /// Whether the call fails, or does nothing, without it. False if its arguments may include it (`OpenAI(**options)`).
    pub required: bool,
    /// Whether it must be kept secret.
    pub secret: bool,
    /// Whether `[tool.takk]` accepts it, which makes it a variable of the program like any other.
    pub accepted: bool,
    /// Where the library reads it: `openai 3.57.0, openai/lib/_client_auth.py:179`.
    pub source: String,
    /// The call.
    pub place: Place,
}

impl LibraryVariable {
    /// Why it is read, as a sentence without a full stop.
    pub fn reason(&self) -> String {
        let Self { library, call, .. } = self;
        match &self.without {
            Some(argument) => format!("{library} reads it because `{call}(...)` is called without `{argument}`"),
            None => format!("{library} reads it for `{call}(...)`"),
        }
    }
}

/// Which of these variables a project accepts or refuses, by variable or by library; `*` stands for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LibraryChoice {
    /// Accepted: they are variables of the program.
    pub accept: Vec<String>,
    /// Refused: takk does not mention them.
    pub refuse: Vec<String>,
}

impl LibraryChoice {
    /// Whether a variable of a library is accepted; `None` if it is refused. An entry for the variable precedes one for the library, which
    /// precedes `*`.
    pub fn of(&self, library: &str, variable: &str) -> Option<bool> {
        for name in [variable, library, "*"] {
            if self.refuse.iter().any(|refused| refused == name) {
                return None;
            }
            if self.accept.iter().any(|accepted| accepted == name) {
                return Some(true);
            }
        }
        Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_variable_goes_first() {
        let choice = |accept: &[&str], refuse: &[&str]| LibraryChoice {
            accept: accept.iter().map(|name| (*name).to_owned()).collect(),
            refuse: refuse.iter().map(|name| (*name).to_owned()).collect(),
        };
        let of = |choice: LibraryChoice| choice.of("openai", "OPENAI_API_KEY");
        assert_eq!(of(choice(&[], &[])), Some(false));
        assert_eq!(of(choice(&["openai"], &[])), Some(true));
        assert_eq!(of(choice(&["OPENAI_API_KEY"], &["openai"])), Some(true));
        assert_eq!(of(choice(&["openai"], &["*"])), Some(true));
        assert_eq!(of(choice(&["*"], &["openai"])), None);
    }
}
