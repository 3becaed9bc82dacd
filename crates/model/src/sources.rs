//! Where a settings class takes its values from, if it chooses that itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Place;

/// The sources of a class in the order in which they win.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sources {
    /// Each source; of two that give a value, the first wins.
    pub order: Vec<Source>,
    /// Why they are not all known, with the expression: only the program knows what else gives a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undecided: Option<String>,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Source {
    /// The arguments that the class is made with.
    Arguments,
    /// Environment variables.
    Environment,
    /// Dotenv files.
    Dotenv,
    /// A directory with one file per secret.
    Secrets,
    /// The command line.
    CommandLine,
    /// A file of the project that was read, or is not there.
    File {
        /// Relative to the root.
        file: String,
        /// Why takk does not know what is in it; absent where it was read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unread: Option<String>,
        /// Whether there is no such file here: then it gives nothing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        absent: bool,
    },
    /// Something that only the program can ask.
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

    /// What may give a value without takk knowing, in words: the first of such sources.
    pub fn unknown(&self) -> Option<String> {
        let written = self.undecided.as_ref().map(|_| "a source that only the program knows".to_owned());
        written.or_else(|| self.order.iter().find(|source| source.is_unknown()).map(Source::in_words))
    }
}

impl Given {
    /// What it means for the variable, as a clause.
    pub fn in_words(&self) -> String {
        match self {
            Self::File { place, first: true } => format!("{} gives it, and wins over the environment", place.short()),
            Self::File { place, first: false } => format!("{} gives it", place.short()),
            Self::Perhaps { source } => format!("{source} may give it"),
            Self::Position | Self::Subcommand => "it stands on the command line".to_owned(),
            Self::Elsewhere { sources } => format!("its class reads {sources}, and no environment variables"),
        }
    }

    /// Whether the environment is without effect.
    pub fn hides_environment(&self) -> bool {
        matches!(self, Self::File { first: true, .. } | Self::Elsewhere { .. })
    }
}

impl Source {
    /// Whether it may give values that takk does not know of.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Other { .. } | Self::File { unread: Some(_), .. })
    }

    /// As a sentence names it.
    pub fn in_words(&self) -> String {
        match self {
            Self::Arguments => "arguments".to_owned(),
            Self::Environment => "the environment".to_owned(),
            Self::Dotenv => "dotenv files".to_owned(),
            Self::Secrets => "a directory of secrets".to_owned(),
            Self::CommandLine => "the command line".to_owned(),
            Self::File { file, .. } => format!("`{file}`"),
            Self::Other { name } => format!("`{name}`"),
        }
    }
}

/// What gives a field its value, beside its variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Given {
    /// A file that its class reads.
    File {
        /// Where.
        place: Place,
        /// Whether the file wins over the environment.
        first: bool,
    },
    /// Perhaps a source that only the program can ask.
    Perhaps {
        /// The source, in words.
        source: String,
    },
    /// The command line, where it stands by its position.
    Position,
    /// The command line, where it is a command of its own: no variable gives it.
    Subcommand,
    /// Only what its class reads, which is not the environment.
    Elsewhere {
        /// The sources of the class, in words.
        sources: String,
    },
}
