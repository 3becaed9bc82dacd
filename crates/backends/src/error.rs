//! Why a secret could not be read: what was asked where, as whom, and what to do. Never a value, a token or a password.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// What kind of failure it is: the classes of exceptions that a program catches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The program or its configuration is wrong: a path, a version, an address, a value that does not fit its type.
    Config,
    /// A path has a `{variable}` that nothing fills: a kind of `Config`.
    MissingContextVariable,
    /// The secret, its version or its field does not exist.
    SecretNotFound,
    /// The backend does not know who asks, or does not let them read it.
    Auth,
    /// The backend cannot be reached or cannot answer now. The only kind that is worth another attempt.
    Transient,
}

/// A failure. It is cheap to clone, so that all that wait for one request can have it.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    hints: Vec<String>,
    retry_after: Option<Duration>,
}

/// The result of what asks a backend.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A failure of a kind, with a lower-case phrase: what was being done, where, as whom, and what is wrong.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), retry_after: None }
    }

    /// Of the program or its configuration.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// A `{variable}` that nothing fills.
    pub fn missing_variable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::MissingContextVariable, message)
    }

    /// What does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::SecretNotFound, message)
    }

    /// Of identity or rights.
    pub fn auth(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Auth, message)
    }

    /// What may work a moment later.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Transient, message)
    }

    /// With one more sentence on what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// With how long the backend asks to be left alone.
    #[must_use]
    pub fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// The same about more: `for FIELD: ` before the message.
    #[must_use]
    pub fn about(mut self, subject: &str) -> Self {
        self.message = format!("{subject}: {}", self.message);
        self
    }

    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What is wrong, without what to do.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do, a sentence or command each.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// How long the backend asks to be left alone.
    pub fn wait(&self) -> Option<Duration> {
        self.retry_after
    }

    pub fn is_transient(&self) -> bool {
        self.kind == ErrorKind::Transient
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.hints.iter().try_for_each(|hint| write!(f, "; {hint}"))
    }
}

impl StdError for Error {}

/// How much of a text of another program is shown.
const SHOWN: usize = 300;

/// A text of another program as it can be shown: one line without control characters, and without the secrets that were sent to it.
pub(crate) fn shown(text: &str, secrets: &[&str]) -> String {
    let mut text = text.to_owned();
    for secret in secrets.iter().filter(|secret| secret.len() > 3) {
        text = text.replace(secret, "***");
    }
    let is_safe =
        |c: char| !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let line: String = text.chars().map(|c| if is_safe(c) { c } else { ' ' }).take(SHOWN).collect();
    line.trim().to_owned()
}

/// An argument of a command that is proposed: whoever copies it into a shell runs nothing that a repository named.
pub(crate) fn shell_word(word: &str) -> String {
    let is_plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@".contains(&byte));
    if is_plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_to_do() {
        let error = Error::auth("cannot read `a` from Vault").hint("log in again").hint("or ask").about("field App.a");
        assert_eq!(error.to_string(), "field App.a: cannot read `a` from Vault; log in again; or ask");
        assert_eq!((error.kind(), error.is_transient()), (ErrorKind::Auth, false));
    }

    #[test]
    fn a_name_in_a_command_is_one_word() {
        assert_eq!(shell_word("app/creds-1.x"), "app/creds-1.x");
        assert_eq!(shell_word("a; b'c"), "'a; b'\\''c'");
        assert_eq!(shell_word(""), "''");
    }

    #[test]
    fn a_foreign_text_is_one_line_without_secrets() {
        assert_eq!(shown("permission\ndenied for s.token\u{202e}", &["s.token"]), "permission denied for ***");
        assert_eq!(shown(&"x".repeat(1000), &[""]).len(), 300);
    }
}
