//! The error that reaches the user: what takk was doing, why it failed, and what to type next.

use std::error::Error as StdError;
use std::fmt;

/// Who is at fault, which decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The user asked for something that does not exist or is not possible.
    Usage,
    /// A file or another program could not be used.
    System,
    /// A command could not be started. Holds the exit status that a shell would return.
    Launch(u8),
    /// A bug in takk.
    Internal,
}

/// An error with its cause and hints.
#[derive(Debug)]
pub struct Error {
    /// Who is at fault.
    pub kind: Kind,
    /// A lower-case phrase: what was being done, and to which file or name.
    pub message: String,
    /// Details, one line each.
    pub details: Vec<String>,
    /// The cause.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
    /// What to do, one command or sentence each.
    pub hints: Vec<String>,
}

/// The result of every operation whose error a user may see.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error in the user's request.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, message: message.into(), details: Vec::new(), source: None, hints: Vec::new() }
    }

    /// A failure of the system: a file, a directory, another program.
    pub fn system(message: impl Into<String>) -> Self {
        Self { kind: Kind::System, message: message.into(), details: Vec::new(), source: None, hints: Vec::new() }
    }

    /// A command that could not be started: 127 if it does not exist, 126 if it cannot be executed.
    pub fn launch(exit_code: u8, message: impl Into<String>) -> Self {
        Self { kind: Kind::Launch(exit_code), message: message.into(), details: Vec::new(), source: None, hints: Vec::new() }
    }

    /// An error that only a bug in takk can cause.
    pub fn internal(message: impl Into<String>) -> Self {
        Self { kind: Kind::Internal, message: message.into(), details: Vec::new(), source: None, hints: Vec::new() }
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds the cause of the error whose message was taken over.
    #[must_use]
    pub fn caused_by_source(self, error: impl StdError + Send + Sync + 'static) -> Self {
        // `source()` borrows from the error, so the cause is kept as text.
        match error.source().map(ToString::to_string) {
            Some(text) => self.caused_by(text),
            None => self,
        }
    }

    /// Adds a line of detail.
    #[must_use]
    pub fn about(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The exit status: 2 if takk could not run, or what a shell returns if a command could not be started.
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
