//! What the reading of classes and components notices on the way; the rules turn it into findings.

use takk_model::{ClassRef, Place};
use takk_python::Unknown;

/// Something noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// A key of a class's configuration is only known at run time.
    UndecidedConfig {
        /// The class.
        class: ClassRef,
        /// The key.
        key: String,
        /// The expression.
        expression: String,
    },
    /// The variable of a field is only known at run time.
    UndecidedName {
        /// The class.
        class: ClassRef,
        /// The field.
        field: String,
        /// The expression.
        expression: String,
    },
    /// Whether a field exists, or what `Field` says of it, is only known at run time.
    UndecidedField {
        /// The class.
        class: ClassRef,
        /// The field.
        field: String,
    },
    /// A type that leads nowhere.
    UnresolvedType {
        /// The field.
        field: String,
        /// What could not be resolved.
        unknown: Unknown,
    },
    /// A base that leads nowhere.
    UnresolvedBase {
        /// The class.
        class: ClassRef,
        /// The base as written.
        base: String,
        /// What is imported, if it is: `acme.settings.Base`.
        import: Option<String>,
        /// The directories of the project that hold a module or package of that name.
        within: Vec<String>,
    },
    /// `PostgresDns`: pydantic has no such type.
    UnknownAddressType {
        /// The name.
        name: String,
    },
    /// `Secret` used in a way vaultly does not support.
    SecretMisuse {
        /// The field.
        field: String,
        /// What is wrong, as a phrase.
        problem: String,
        /// What to do.
        help: String,
    },
    /// A component or project argument that is only known at run time.
    UndecidedComponent {
        /// The component.
        component: String,
        /// The expression.
        expression: String,
    },
    /// A class takes values from a source that takk does not read.
    UnknownSource {
        /// The class.
        class: ClassRef,
        /// The source, in words.
        source: String,
        /// Why it is not read; absent where it is no file.
        why: Option<String>,
    },
    /// A file that a class reads its settings from stops the program.
    SettingsFile {
        /// Where the class is.
        class: Place,
        /// What is wrong, as a sentence.
        problem: String,
        /// What to do.
        help: String,
    },
    /// A second `Project(...)`.
    SecondProject {
        /// Where the first is.
        first: Place,
    },
}

/// Observations with their places.
#[derive(Clone, Debug, Default)]
pub struct Notes(Vec<(Place, Observation)>);

impl Notes {
    /// Adds one; the same twice counts once.
    pub fn add(&mut self, place: Place, observation: Observation) {
        if !self.0.iter().any(|(known, same)| *known == place && *same == observation) {
            self.0.push((place, observation));
        }
    }

    /// Adds those of another.
    pub fn extend(&mut self, others: Self) {
        for (place, observation) in others.0 {
            self.add(place, observation);
        }
    }

    /// Forgets what is not decided about a class: it is known better by what makes it.
    pub fn forget_undecided(&mut self, of: &ClassRef) {
        self.0.retain(|(_, observation)| match observation {
            Observation::UndecidedConfig { class, .. }
            | Observation::UndecidedName { class, .. }
            | Observation::UndecidedField { class, .. } => class != of,
            _ => true,
        });
    }

    /// All of them in the order they were made.
    pub fn iter(&self) -> impl Iterator<Item = &(Place, Observation)> {
        self.0.iter()
    }
}
