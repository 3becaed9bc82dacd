//! Reads a type: one walk over an annotation yields everything that callers need.
//!
//! For each type, the walk ([`walk`]) determines in one place its text, whether it allows `None`, whether it is a secret, its constraints,
//! and what it accepts. So the results cannot disagree about where a type ends, which alias it stands for, or how much of an oversized type
//! is read:
//!
//! - [`Reading`] ([`facts`]) collects the annotation as a structure ([`Annotation`]), from which the text is printed, and the facts
//!   about it besides what it accepts.
//! - The walk returns what is accepted: for classes in [`classes`], for the metadata of `Annotated` in [`super::annotated`]. `Field(...)`,
//!   validators and the configuration adjust the same result ([`fields`]); nothing is read twice.
//! - Callers ask for both, for the facts alone ([`Reading::of`]: of a class that pydantic-settings does not read, of a leaf inside a
//!   field), or for what is accepted alone (inside a model, whose fields have their own texts).
//!
//! Nothing parses the text: rules ask the structure.
//!
//! Properties of an annotation *as written*, before it is interpreted as a type, do not belong here: whether it is a `ClassVar` or a
//! `Final`, what an outer `Annotated` gives to the field ([`super::field`]), whether a key is `Required` ([`super::shapes`]), and which
//! forms a release of pydantic-settings recognizes syntactically ([`super::nested`], [`super::environment`]). That code looks at the
//! outermost form and walks nothing.

mod classes;
mod facts;
mod fields;
mod walk;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value as Json;

use super::config_rules::ConfigRules;
use super::environment::Environment;
use super::models::Models;
use takk_model::{Annotation, LibraryType};
use takk_python::{Class, Unknown, Value};

pub use facts::is_credential_url;
pub(super) use fields::validated;
pub(super) use walk::{tagged, wrap};

/// The maximum nesting of types.
const DEEPEST: u32 = 24;
/// The maximum number of types in one annotation: aliases of aliases can refer to each other many times.
const MOST: u32 = 2_000;
/// The maximum number of types in the models of one annotation: they contain each other, and only what they accept matters.
const MOST_INSIDE: u32 = 500;

/// The facts about an annotation, besides what it accepts.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Default)]
pub(super) struct Reading<'a> {
    /// The recorded types that are not yet part of another one; one at the end.
    told: Vec<Annotation>,
    /// Whether `None` is allowed.
    pub optional: bool,
    /// Whether it is `Any` or `object`, or a union with one of them.
    pub anything: bool,
    /// Whether a `Literal` contains `None`.
    pub literal_none: bool,
    /// Whether it contains a secret type, or a URL with a password.
    pub secret: bool,
    /// The names of its URL types: `PostgresDsn`.
    pub addresses: Vec<String>,
    /// The values that a `Literal` or an enum allows, as text.
    pub choices: Vec<String>,
    /// The items of `Annotated` within the type.
    pub metadata: Vec<Value<'a>>,
    /// The constraints of the type and its metadata, by name.
    pub constraints: BTreeMap<String, Json>,
    /// What could not be resolved: expression, reason, import.
    pub unresolved: Vec<Rc<Unknown>>,
    /// Names that do not exist in pydantic.
    pub unknown_names: Vec<String>,
    /// Its models and dataclasses, outermost first.
    pub models: Vec<ModelIn<'a>>,
}

/// A model or dataclass in a type.
pub(super) struct ModelIn<'a> {
    /// The class, with its type arguments.
    pub model: Value<'a>,
    /// Whether the value itself has this type, rather than a part of it.
    pub is_whole: bool,
}

impl<'a> Reading<'a> {
    /// Reads only the facts about an annotation, not what it accepts.
    pub(super) fn of(models: &Models<'_, 'a>, annotation: &Value<'a>) -> Self {
        let mut reader = Reader::new(models, None, None);
        reader.read(annotation, true, 0);
        reader.told()
    }

    /// The type as a structure.
    pub(super) fn annotation(&self) -> Option<&Annotation> {
        self.told.last()
    }

    /// The only type besides `None`, if it is of Python or of a library.
    pub(super) fn only(&self) -> Option<&LibraryType> {
        self.annotation()?.only_library()
    }

    /// Whether it is `Json` of anything, which pydantic 1 treats as `Any` (`ModelField._type_analysis`).
    pub(super) fn is_any_json(&self) -> bool {
        let is_any = |of: &Annotation| matches!(of, Annotation::Library(of) if of.is("typing", "Any"));
        self.only().is_some_and(|only| only.name == "Json" && only.of.iter().all(is_any))
    }
}

/// Walks an annotation.
pub(super) struct Reader<'r, 'a> {
    models: &'r Models<'r, 'a>,
    /// How the sources of the class read values.
    environment: Option<&'r Environment>,
    /// The rules of the enclosing model's configuration.
    rules: Option<Rc<ConfigRules>>,
    /// Whether to ignore strict mode, for the type to which texts are converted first.
    lax: bool,
    /// Whether to determine what is accepted.
    accepting: bool,
    /// Whether to record facts.
    telling: bool,
    /// How many types were visited: of the annotation, and of its models.
    walked: u32,
    inside: u32,
    within: Vec<*const Class<'a>>,
    said: Reading<'a>,
}

impl<'r, 'a> Reader<'r, 'a> {
    /// A reader for a class with that environment and those rules; without them, it does not determine what is accepted.
    pub(super) fn new(
        models: &'r Models<'r, 'a>,
        environment: Option<&'r Environment>,
        rules: Option<Rc<ConfigRules>>,
    ) -> Self {
        Self {
            models,
            accepting: rules.is_some(),
            environment,
            rules,
            lax: false,
            telling: true,
            walked: 0,
            inside: 0,
            within: Vec::new(),
            said: Reading::default(),
        }
    }

    /// The same, but without recording facts.
    pub(super) fn silent(self) -> Self {
        Self { telling: false, ..self }
    }

    /// The models in which types are looked up.
    pub(super) fn models(&self) -> &'r Models<'r, 'a> {
        self.models
    }

    /// The recorded facts.
    pub(super) fn told(self) -> Reading<'a> {
        let mut said = self.said;
        if let Some(only) = said.only().filter(|only| only.of.is_empty())
            && let Some((key, limit)) = super::constraint::implied(&only.name)
        {
            // Constraints next to the type take precedence.
            said.constraints.entry(key.to_owned()).or_insert_with(|| Json::from(limit));
        }
        said
    }

    /// Whether the next type exceeds the limits of number or nesting.
    fn is_too_large(&mut self, depth: u32) -> bool {
        let (walked, most) = if self.within.is_empty() { (&mut self.walked, MOST) } else { (&mut self.inside, MOST_INSIDE) };
        *walked += 1;
        depth > DEEPEST || *walked > most
    }

    /// Reads without determining what is accepted.
    fn facts_only<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let accepting = std::mem::replace(&mut self.accepting, false);
        let answer = read(self);
        self.accepting = accepting;
        answer
    }
}
