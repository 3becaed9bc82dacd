//! What reading classes and components observes; the rules turn it into findings.

use takk_model::{ClassRef, Place};
use takk_python::Unknown;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// A key of a class's configuration is only known at run time.
    UndecidedConfig { class: ClassRef, key: String, expression: String },
    /// The variable of a field is only known at run time.
    UndecidedName { class: ClassRef, field: String, expression: String },
    /// Whether a field exists, or the arguments of its `Field`, are only known at run time.
    UndecidedField { class: ClassRef, field: String },
    /// A type could not be resolved.
    UnresolvedType {
        field: String,
        /// What could not be resolved.
        unknown: Unknown,
    },
    /// A base could not be resolved.
    UnresolvedBase {
        class: ClassRef,
        base: String,
        /// What the class imports, if it does: `acme.settings.Base`.
        import: Option<String>,
        /// The directories of the project that contain a module or package of that name.
        within: Vec<String>,
    },
    /// `PostgresDns`: pydantic has no such type.
    UnknownUrlType { name: String },
    /// `Secret` used in a way vaultly does not support.
    SecretMisuse {
        field: String,
        /// What is wrong, as a phrase.
        problem: String,
        help: String,
    },
    /// A component or project argument that is only known at run time.
    UndecidedComponent { component: String, expression: String },
    /// A class takes values from a source that takk does not read.
    UnknownSource {
        class: ClassRef,
        source: String,
        /// Why takk does not read it; absent if it is not a file.
        why: Option<String>,
    },
    /// The default of a field is passed under a name by which the field cannot be set.
    UnreadDefault { class: ClassRef, field: String, name: String },
    /// A settings file prevents the program from starting.
    SettingsFile {
        class: Place,
        /// What is wrong, as a sentence.
        problem: String,
        help: String,
    },
    /// A second `Project(...)`.
    SecondProject { first: Place },
}

#[derive(Clone, Debug, Default)]
pub struct Notes(Vec<(Place, Observation)>);

impl Notes {
    /// Adds an observation, unless it was already added.
    pub fn add(&mut self, place: Place, observation: Observation) {
        if !self.0.iter().any(|(known, same)| *known == place && *same == observation) {
            self.0.push((place, observation));
        }
    }

    pub fn extend(&mut self, others: Self) {
        for (place, observation) in others.0 {
            self.add(place, observation);
        }
    }

    /// Removes undecided observations about a class: the code that creates it gives better information.
    pub fn forget_undecided(&mut self, of: &ClassRef) {
        self.0.retain(|(_, observation)| match observation {
            Observation::UndecidedConfig { class, .. }
            | Observation::UndecidedName { class, .. }
            | Observation::UndecidedField { class, .. } => class != of,
            _ => true,
        });
    }

    /// All observations, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &(Place, Observation)> {
        self.0.iter()
    }
}
