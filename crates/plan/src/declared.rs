//! Variables as the code declares them: the fields of all classes that read one name are one variable.

use std::collections::HashSet;
use std::sync::Arc;

use hashbrown::HashMap;
use serde::Serialize;

use super::readers::Readers;
use takk_model::{
    ClassRef, DefaultValue, DriverAnswer, EnvironmentRead, Given, LibraryVariable, Manifest, NestedField, NestedLeaf,
    NestedNames, Place, ResourcePart, SecretPath, ServiceUrlRef, Setting, SettingsClass, TemplatePart, UsageKind,
};
use takk_value::together::lacking;

/// A variable that the program reads.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own, as in `Setting`")]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Declared {
    /// Its name: the first one that is tried. For a `Secret` without a variable, the field's name.
    pub name: String,
    /// Its other names, in the order in which they are tried.
    pub alternatives: Vec<String>,
    /// The variables of single nested fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nested: Vec<NestedLeaf>,
    /// What finds further variables of nested fields, one for each class that reads the variable.
    #[serde(skip)]
    pub inside: Vec<Arc<NestedField>>,
    /// Its type, in Python syntax.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Whether a reader has no default for it and is always instantiated.
    pub required: bool,
    /// Why it is not required although a reader has no default for it: how that reader is instantiated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spared: Option<String>,
    /// Whether every reader allows `None`.
    pub optional: bool,
    /// Whether any reader treats it as secret.
    pub secret: bool,
    /// Whether it is marked deprecated.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// The default; never that of a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<DefaultValue>,
    /// Why pydantic rejects the default of a reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_default: Option<String>,
    /// Whether there is a default other than `None`, even if it is not shown.
    pub has_default: bool,
    /// The allowed values, if it is a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The part of a resource that it is.
    pub resource: Option<ResourcePart>,
    /// The driver that it names, if it is a SQLAlchemy URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<DriverAnswer>,
    /// The service whose URL it is.
    pub service: Option<ServiceUrlRef>,
    /// The parts that it is composed of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub template: Vec<TemplatePart>,
    /// The path in a secret store.
    pub path: Option<SecretPath>,
    /// The library that reads it by itself, if nothing else in the program does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library: Option<LibraryVariable>,
    /// What sets it besides its names, if every reader has such a source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<Given>,
    /// Where the code reads it, in the order of the classes.
    pub readers: Vec<Reader>,
    /// The services that read it, by name.
    pub services: Vec<String>,
}

/// One place that reads a variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reader {
    /// The settings class; `null` if the code reads the environment directly.
    pub class: Option<ClassRef>,
    /// The field.
    pub field: Option<String>,
    /// Its type in the class.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// Whether this reader has no default, or one that pydantic rejects, and is always instantiated.
    pub required: bool,
    /// Why pydantic rejects its default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_default: Option<String>,
    /// How the class is instantiated: `instantiated in main.py:12`; absent if nothing in the project does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// Whether the class is instantiated only under a condition.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub made_if: bool,
    /// The services that have the class.
    pub services: Vec<String>,
    /// Where.
    pub place: Place,
}

impl Reader {
    /// The field that reads it, by its class and name.
    pub fn field(&self) -> Option<(&ClassRef, &str)> {
        Some((self.class.as_ref()?, self.field.as_deref()?))
    }

    /// How the class is made, but for further places and conditions: `made in main.py:12`.
    pub fn made_shortly(&self) -> Option<&str> {
        self.made.as_deref().and_then(|made| made.split(", ").next())
    }
}

impl Declared {
    /// The reader that is declared first.
    ///
    /// # Panics
    /// Never: [`declared`] makes a variable of at least one reader.
    pub fn first_reader(&self) -> &Reader {
        self.readers.first().expect("a variable is made of at least one reader")
    }

    /// Where it is declared first.
    pub fn place(&self) -> &Place {
        &self.first_reader().place
    }

    /// Whether it is only a suggestion: only a library reads it, and the project has not accepted it.
    pub fn is_proposed(&self) -> bool {
        self.library.as_ref().is_some_and(|library| !library.accepted)
    }

    /// The name as written, if it belongs to something inside the variable.
    pub fn inside(&self, name: &str) -> Option<String> {
        self.inside.iter().find_map(|field| {
            let names = field.names();
            (names.is_inside(name) && names.find(name).is_some()).then(|| names.written(name))
        })
    }

    /// Whether a value under this name sets it, or something inside it.
    pub fn reads(&self, name: &str) -> bool {
        let is_leaf = |leaf: &NestedLeaf| leaf.env.iter().any(|known| known == name);
        self.names().any(|known| known == name) || self.nested.iter().any(is_leaf) || self.inside(name).is_some()
    }

    /// The nested variables that must be set if it has no value of its own; if nothing more is known about its type, the listed ones.
    pub fn needed(&self) -> Vec<String> {
        let leaves = || self.nested.iter().filter(|leaf| leaf.required).filter_map(|leaf| leaf.env.first().cloned());
        if self.inside.is_empty() {
            return leaves().collect();
        }
        let of = |field: &Arc<NestedField>| {
            let names = field.names();
            if names.has_types() { lacking(&names) } else { leaves().collect() }
        };
        self.inside.iter().flat_map(of).collect()
    }

    /// Whether it or any of its parts must be kept secret.
    pub fn holds_secret(&self) -> bool {
        self.secret || self.inside.iter().any(|field| field.names().holds_secret())
    }

    /// All its names, in the order tried.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.alternatives.iter().map(String::as_str))
    }
}

/// All variables of the program: those of classes in class order, then those read outside classes by name.
pub fn declared(manifest: &Manifest) -> Vec<Declared> {
    let fields = manifest.read_classes().map(|class| class.fields.len()).sum();
    let mut variables: Vec<Declared> = Vec::with_capacity(fields);
    let mut known: HashMap<String, usize> = HashMap::with_capacity(fields);
    let mut merged: HashSet<usize> = HashSet::new();
    let mut add = |key: String, variable: Declared| {
        if let Some(&index) = known.get(&key) {
            variables[index].merge(variable);
            merged.insert(index);
        } else {
            known.insert(key, variables.len());
            variables.push(variable);
        }
    };
    let services = Readers::new(manifest);
    for class in manifest.read_classes() {
        let services = services.of(&class.class_ref());
        let made = class.usage.phrase();
        // A command of the command line is not a variable.
        let is_read = |field: &&Setting| class.usage.reads(field) && field.given != Some(Given::Subcommand);
        for field in class.fields.iter().filter(is_read) {
            let mut variable = of_field(class, field, services, made.as_deref());
            variable.inside.extend(NestedNames::of(manifest, class, field).map(|names| Arc::new(names.owned())));
            add(key_of(class, field), variable);
        }
    }
    let mut reads: Vec<&EnvironmentRead> = manifest.reads.iter().collect();
    reads.sort();
    for read in reads {
        add(read.name.clone(), of_read(read));
    }
    for library in &manifest.libraries {
        add(library.name.clone(), of_library(library, manifest));
    }
    for index in merged {
        variables[index].without_repetitions();
    }
    variables
}

/// Fields are the same variable if their first names are equal; a `Secret` without a name is separate.
fn key_of(class: &SettingsClass, field: &Setting) -> String {
    match field.env.first() {
        Some(name) => name.clone(),
        None => format!("{}:{}:{}", class.module, class.qualname, field.name),
    }
}

fn of_field(class: &SettingsClass, field: &Setting, services: &[String], made: Option<&str>) -> Declared {
    // A variable without a name cannot be set: TK002 reports it.
    let is_named = !field.env.is_empty() || field.path.is_some();
    let needed = field.is_needed() && field.given.is_none() && is_named;
    let required = needed && !class.usage.spares(field);
    let reader = Reader {
        class: Some(class.class_ref()),
        field: Some(field.name.clone()),
        type_name: Some(field.type_name.clone()),
        required,
        refused_default: field.refused_default.clone(),
        made: made.map(str::to_owned),
        made_if: class.usage.kind == UsageKind::MadeIf,
        services: services.to_vec(),
        place: field.place(),
    };
    Declared {
        name: field.env.first().unwrap_or(&field.name).clone(),
        alternatives: field.env.iter().skip(1).cloned().collect(),
        nested: leaves(&field.nested),
        inside: Vec::new(),
        type_name: field.type_name.clone(),
        required,
        spared: made.filter(|_| needed && !required).map(str::to_owned),
        optional: field.optional,
        secret: field.secret,
        deprecated: field.deprecated,
        default: shown_default(field),
        refused_default: field.refused_default.clone(),
        has_default: !matches!(field.default, None | Some(DefaultValue::Value(serde_json::Value::Null))),
        choices: field.choices.clone(),
        description: field.description.clone(),
        resource: field.resource.clone(),
        driver: field.driver.clone(),
        service: field.service.clone(),
        template: field.template.clone(),
        path: field.path.clone(),
        library: None,
        given: field.given.clone(),
        readers: vec![reader],
        services: services.to_vec(),
    }
}

/// The variables of nested fields: one that a file provides is not required.
fn leaves(leaves: &[NestedLeaf]) -> Vec<NestedLeaf> {
    leaves
        .iter()
        .cloned()
        .map(|leaf| NestedLeaf { required: leaf.required && leaf.given.is_none(), annotation: None, ..leaf })
        .collect()
}

/// The default as a plan may show it: for a secret, only whether it is computed or `None`.
fn shown_default(field: &Setting) -> Option<DefaultValue> {
    match field.default.clone()? {
        DefaultValue::Computed(_) if field.secret => Some(DefaultValue::Computed("...".to_owned())),
        DefaultValue::Value(value) if field.secret && !value.is_null() => None,
        shown => Some(shown),
    }
}

fn of_read(read: &EnvironmentRead) -> Declared {
    // What a function needs when it is called does not keep the program from starting.
    let required = read.required && !read.conditional;
    let reader = Reader {
        class: None,
        field: None,
        type_name: None,
        required,
        refused_default: None,
        made: None,
        made_if: false,
        services: Vec::new(),
        place: read.place.clone(),
    };
    Declared {
        name: read.name.clone(),
        alternatives: Vec::new(),
        nested: Vec::new(),
        inside: Vec::new(),
        type_name: "str".to_owned(),
        required,
        spared: (read.required && !required).then(|| "required only when the code that reads it runs".to_owned()),
        optional: !required,
        secret: false,
        deprecated: false,
        default: None,
        refused_default: None,
        has_default: false,
        choices: Vec::new(),
        description: None,
        resource: None,
        driver: None,
        service: None,
        template: Vec::new(),
        path: None,
        library: None,
        given: None,
        readers: vec![reader],
        services: Vec::new(),
    }
}

/// A variable of a library may be needed wherever the program runs. Until the project accepts it, it is not required.
fn of_library(variable: &LibraryVariable, manifest: &Manifest) -> Declared {
    let services: Vec<String> = manifest.services.iter().map(|service| service.name.clone()).collect();
    let required = variable.required && variable.accepted;
    let read = EnvironmentRead {
        name: variable.name.clone(),
        required,
        conditional: false,
        test: false,
        place: variable.place.clone(),
    };
    Declared {
        alternatives: variable.alternatives.clone(),
        secret: variable.secret,
        description: Some(variable.reason()),
        library: Some(variable.clone()),
        services,
        ..of_read(&read)
    }
}

/// Whether a default reveals nothing about a secret's value.
fn is_harmless(default: &DefaultValue) -> bool {
    match default {
        DefaultValue::Value(value) => value.is_null(),
        DefaultValue::Computed(expression) => expression == "...",
    }
}

impl Declared {
    /// Merges two readers of one variable. If they differ, the stricter wins; what only one declares is kept. Names and services are
    /// repeated until [`Self::without_repetitions`].
    fn merge(&mut self, other: Self) {
        self.alternatives.extend(other.names().map(str::to_owned));
        self.required |= other.required;
        self.spared = self.spared.take().or(other.spared).filter(|_| !self.required);
        self.optional &= other.optional;
        self.deprecated &= other.deprecated;
        self.has_default |= other.has_default;
        self.secret |= other.secret;
        self.refused_default = self.refused_default.take().or(other.refused_default);
        self.default = self.default.take().or(other.default).filter(|default| !self.secret || is_harmless(default));
        self.description = self.description.take().or(other.description);
        self.resource = self.resource.take().or(other.resource);
        self.driver = self.driver.take().or(other.driver);
        self.service = self.service.take().or(other.service);
        self.path = self.path.take().or(other.path);
        self.library = self.library.take().filter(|_| other.library.is_some());
        self.given = self.given.take().filter(|_| other.given.is_some());
        if self.template.is_empty() {
            self.template = other.template;
        }
        if self.nested.is_empty() {
            self.nested = other.nested;
        }
        if self.choices.is_empty() {
            self.choices = other.choices;
        }
        self.inside.extend(other.inside);
        self.readers.extend(other.readers);
        self.services.extend(other.services);
    }

    /// Removes duplicate names and services: at the end, since a variable may have thousands of readers.
    fn without_repetitions(&mut self) {
        let mut seen = HashSet::from([self.name.clone()]);
        self.alternatives.retain(|name| seen.insert(name.clone()));
        self.services.sort();
        self.services.dedup();
    }
}
