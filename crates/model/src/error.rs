//! The error that reaches the user: what takk was doing, why it failed, and what to type next.

use std::error::Error as StdError;
use std::fmt;

/// What kind of failure it is. Decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The user asked for something that is not there or not possible.
    Usage,
    /// A file or another program could not be used.
    System,
    /// A command could not be started; with the exit status that a shell would give.
    Launch(u8),
    /// takk is wrong.
    Internal,
}

/// An error with its cause and hints.
#[derive(Debug)]
pub struct Error {
    /// What kind of failure it is.
    pub kind: Kind,
    /// A lower-case phrase: what was being done, and to which file or name.
    pub message: String,
    /// What it is about in detail, one line each.
    pub details: Vec<String>,
    /// Why.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
    /// What to do, one command or sentence each.
    pub hints: Vec<String>,
}

/// The result of everything that can fail towards the user.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of the user's request.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, message: message.into(), details: Vec::new(), source: None, hints: Vec::new() }
    }

    /// An error of the machine: a file, a directory, another program.
    pub fn system(message: impl Into<String>) -> Self {
        Self { kind: Kind::System, message: message.into(), details: Vec::new(), source: None, hints: Vec::new() }
    }

    /// A command that could not be started: 127 if there is none, 126 if it cannot be run.
    pub fn launch(exit_code: u8, message: impl Into<String>) -> Self {
        Self { kind: Kind::Launch(exit_code), message: message.into(), details: Vec::new(), source: None, hints: Vec::new() }
    }

    /// An error that only a mistake in takk explains.
    pub fn internal(message: impl Into<String>) -> Self {
        Self { kind: Kind::Internal, message: message.into(), details: Vec::new(), source: None, hints: Vec::new() }
    }

    /// With its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// With the cause of the error that its message is taken from.
    #[must_use]
    pub fn caused_by_source(self, error: impl StdError + Send + Sync + 'static) -> Self {
        // A source is borrowed from its error: it is kept as text.
        match error.source().map(ToString::to_string) {
            Some(text) => self.caused_by(text),
            None => self,
        }
    }

    /// With one more line of detail.
    #[must_use]
    pub fn about(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// With one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The exit code: 2, could not run; for a command that could not be started, what a shell would give.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Launch(exit_code) => exit_code,
            Kind::Usage | Kind::System | Kind::Internal => 2,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|s| s as &(dyn StdError + 'static))
    }
}
