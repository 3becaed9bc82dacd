//! Why a secret could not be read: the operation, the place, the identity, and what to do. Never a value, a token or a
//! password.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// The kind of failure, which determines the class of the exception in Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The program or its configuration is wrong: a path, a version, a URL, or a value that does not match its type.
    Config,
    /// A path has a `{variable}` without a value. A kind of `Config`.
    MissingContextVariable,
    /// The secret, its version or its field does not exist.
    SecretNotFound,
    /// The backend does not know the identity, or denies it access.
    Auth,
    /// The backend cannot be reached, or cannot respond now. The only kind that is retried.
    Transient,
}

/// A failure. Cheap to clone, so that all threads that wait for a request can have it.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    hints: Vec<String>,
    retry_after: Option<Duration>,
}

/// The result of a call to a backend.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A failure of a kind, with a lower-case phrase: the operation, the place, the identity, and what went wrong.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), retry_after: None }
    }

    /// An error in the program or its configuration.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// A `{variable}` without a value.
    pub fn missing_variable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::MissingContextVariable, message)
    }

    /// The secret does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::SecretNotFound, message)
    }

    /// An unknown identity, or denied access.
    pub fn auth(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Auth, message)
    }

    /// A failure that may be temporary.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Transient, message)
    }

    /// Adds a sentence on what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds how long the backend asks to wait.
    #[must_use]
    pub fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// Adds `for FIELD: ` before the message.
    #[must_use]
    pub fn about(mut self, subject: &str) -> Self {
        self.message = format!("{subject}: {}", self.message);
        self
    }

    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What went wrong, without the hints.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do, as sentences or commands.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// How long the backend asks to wait.
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

/// How much of another program's text is shown.
const SHOWN: usize = 300;

/// A text of another program in a form that can be shown: one line without control characters, and without the secrets that were sent to
/// it.
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

/// An argument for a suggested command, quoted so that a user who copies it into a shell runs nothing that a repository chose.
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
