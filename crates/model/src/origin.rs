//! Where a value came from.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a value came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Somebody typed it.
    Set,
    /// takk generated it at random.
    Generated,
    /// It was read from a file.
    Imported,
    /// It was copied from another environment.
    Promoted,
    /// An earlier version was restored.
    RolledBack,
    /// takk created the resource that it belongs to.
    Provisioned,
}

impl Origin {
    /// Every origin.
    pub const ALL: [Self; 6] =
        [Self::Set, Self::Generated, Self::Imported, Self::Promoted, Self::RolledBack, Self::Provisioned];

    /// The name in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Generated => "generated",
            Self::Imported => "imported",
            Self::Promoted => "promoted",
            Self::RolledBack => "rolled-back",
            Self::Provisioned => "provisioned",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_words_are_those_of_json() {
        for origin in Origin::ALL {
            assert_eq!(serde_json::to_value(origin).expect("it is a word"), origin.as_str());
        }
    }
}
