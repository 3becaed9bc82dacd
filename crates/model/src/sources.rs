//! The sources of a settings class, if it chooses them itself.

use serde::{Deserialize, Serialize};

use super::Place;

/// The sources of a class, highest priority first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sources {
    /// The sources; if two have a value, the first wins.
    pub order: Vec<Source>,
    /// Why they are not all known, with the expression: only the program knows its other sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undecided: Option<String>,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Source {
    /// The arguments of the call.
    Arguments,
    /// Environment variables.
    Environment,
    /// Dotenv files.
    Dotenv,
    /// A directory with one file per secret.
    Secrets,
    /// The command line.
    CommandLine,
    /// A file in the project that takk read, or that does not exist.
    File {
        /// The path, relative to the root.
        file: String,
        /// Why takk does not know its contents; absent if takk read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unread: Option<String>,
        /// Whether the file does not exist: then it sets nothing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        absent: bool,
    },
    /// A source that only the program can read.
    Other {
        /// The class or function, as written.
        name: String,
    },
}

impl Sources {
    /// Whether environment variables are read at all.
    pub fn reads_environment(&self) -> bool {
        self.undecided.is_some() || self.order.contains(&Source::Environment) || self.order.iter().any(Source::is_unknown)
    }

    /// The first source, in words, that may provide values unknown to takk.
    pub fn unknown(&self) -> Option<String> {
        let written = self.undecided.as_ref().map(|_| "a source that only the program knows".to_owned());
        written.or_else(|| self.order.iter().find(|source| source.is_unknown()).map(Source::in_words))
    }
}

impl Given {
    /// What the source means for the variable, as a clause.
    pub fn in_words(&self) -> String {
        match self {
            Self::File { place, first: true } => format!("{} sets it and overrides the environment", place.short()),
            Self::File { place, first: false } => format!("{} sets it", place.short()),
            Self::Perhaps { source } => format!("{source} may set it"),
            Self::Position | Self::Subcommand => "it is a command-line argument".to_owned(),
            Self::Elsewhere { sources } => format!("its class reads {sources}, not environment variables"),
        }
    }

    /// Whether the environment has no effect.
    pub fn hides_environment(&self) -> bool {
        matches!(self, Self::File { first: true, .. } | Self::Elsewhere { .. })
    }
}

impl Source {
    /// Whether it may provide values unknown to takk.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Other { .. } | Self::File { unread: Some(_), .. })
    }

    /// Its name within a sentence.
    pub fn in_words(&self) -> String {
        match self {
            Self::Arguments => "arguments".to_owned(),
            Self::Environment => "the environment".to_owned(),
            Self::Dotenv => "dotenv files".to_owned(),
            Self::Secrets => "a secrets directory".to_owned(),
            Self::CommandLine => "the command line".to_owned(),
            Self::File { file, .. } => format!("`{file}`"),
            Self::Other { name } => format!("`{name}`"),
        }
    }
}

/// What sets a field besides its variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Given {
    /// A file that its class reads.
    File {
        /// Where.
        place: Place,
        /// Whether the file overrides the environment.
        first: bool,
    },
    /// Possibly a source that only the program can read.
    Perhaps {
        /// The source, in words.
        source: String,
    },
    /// The command line, as a positional argument.
    Position,
    /// The command line, as a subcommand: no variable sets it.
    Subcommand,
    /// Only the sources of its class, which does not read the environment.
    Elsewhere {
        /// The sources of the class, in words.
        sources: String,
    },
}
