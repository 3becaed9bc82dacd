//! What the code needs in one environment, as sent to a server: the manifest, and the `[tool.takk]` settings of the environment.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DefaultValue, Environment, EnvironmentName, Manifest, SCHEMA_VERSION, bounds};

/// What the code needs in one environment. What a secret defaults to is not in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Declaration {
    /// What the code declares.
    #[serde(flatten)]
    pub manifest: Manifest,
    /// What is said of the environment.
    pub environment: Surroundings,
}

/// What `[tool.takk.environments.NAME]` says of an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surroundings {
    /// The base domain of external service URLs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// What the non-secret fields of a `SecretModel` are here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<(String, String)>,
}

/// Why a text is no manifest that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It has no `schema_version`.
    NoManifest,
    /// It was written by an older takk than this one understands.
    Older(u32),
    /// It was written by a newer takk.
    Newer(u32),
    /// It has another form, from that line and column on.
    Form(usize, usize),
    /// It has more of something than there can be in a program.
    TooMany(&'static str),
    /// A name that stands in many places, or a path, is longer than any is.
    TooLong,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoManifest => f.write_str("this is not a manifest: it has no `schema_version`"),
            Self::Older(version) => {
                write!(
                    f,
                    "the manifest has schema version {version}, which is too old: this takk requires version {SCHEMA_VERSION}"
                )
            }
            Self::Newer(version) => {
                write!(f, "the manifest has schema version {version}, but this takk supports only version {SCHEMA_VERSION}")
            }
            Self::Form(line, column) => {
                write!(f, "the manifest does not have the expected structure: line {line}, column {column}")
            }
            Self::TooMany(what) => write!(f, "the manifest has too many {what}"),
            Self::TooLong => f.write_str("the manifest has a name or a path that is too long"),
        }
    }
}

/// The one thing that every version of a manifest says.
#[derive(Deserialize)]
struct Versioned {
    schema_version: Option<u32>,
}

/// What stands beside a manifest.
#[derive(Deserialize)]
struct Beside {
    #[serde(default)]
    environment: Option<Surroundings>,
}

impl Declaration {
    /// What a project needs in one of its environments.
    pub fn new(manifest: &Manifest, environment: &Environment) -> Self {
        let surroundings = Surroundings { domain: environment.domain.clone(), context: environment.context.clone() };
        Self { manifest: manifest.clone(), environment: surroundings }.without_secrets()
    }

    /// Reads the JSON of a manifest. That of `takk inspect` is one: then nothing is known of the environment.
    pub fn read(text: &[u8]) -> Result<Self, Unreadable> {
        bounds::check_text(text)?;
        let form = |error: serde_json::Error| Unreadable::Form(error.line(), error.column());
        match serde_json::from_slice::<Versioned>(text).map_err(form)?.schema_version {
            None => return Err(Unreadable::NoManifest),
            Some(version) if version < SCHEMA_VERSION => return Err(Unreadable::Older(version)),
            Some(version) if version > SCHEMA_VERSION => return Err(Unreadable::Newer(version)),
            Some(_) => {}
        }
        let manifest = serde_json::from_slice::<Manifest>(text).map_err(form)?;
        let beside = serde_json::from_slice::<Beside>(text).map_err(form)?;
        let read = Self { manifest, environment: beside.environment.unwrap_or_default() };
        bounds::check(&read)?;
        Ok(read.without_secrets())
    }

    /// Its JSON: the same bytes for the same code.
    pub fn written(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a manifest has only texts, numbers and lists")
    }

    /// Whether a text of JSON, of whatever form, has so much in it that what is read from it would take many times its length in memory.
    pub fn check_text(text: &[u8]) -> Result<(), Unreadable> {
        bounds::check_text(text)
    }

    /// Whether it has more of something than there can be in a program.
    pub fn check(&self) -> Result<(), Unreadable> {
        bounds::check(self)
    }

    /// The environment, by its name.
    pub fn environment(&self, name: EnvironmentName) -> Environment {
        Environment { name, domain: self.environment.domain.clone(), context: self.environment.context.clone() }
    }

    /// Every name that it gives to something, with what it is the name of.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let manifest = &self.manifest;
        let fields = manifest.settings.iter().chain(&manifest.variants).flat_map(|class| &class.fields);
        let own = fields.clone().flat_map(|field| &field.env);
        let nested = fields.flat_map(|field| &field.nested).flat_map(|leaf| &leaf.env);
        let read = manifest.reads.iter().map(|read| &read.name);
        let variables = own.chain(nested).chain(read).map(|name| ("a variable", name.as_str()));
        let services = manifest.services.iter().map(|service| ("a service", service.name.as_str()));
        let resources = manifest.resources.iter().map(|resource| ("a resource", resource.name.as_str()));
        variables.chain(services).chain(resources)
    }

    /// That there is a default is kept of a secret's; what it is, is a value.
    #[must_use]
    pub fn without_secrets(mut self) -> Self {
        let classes = self.manifest.settings.iter_mut().chain(&mut self.manifest.variants);
        for field in classes.flat_map(|class| &mut class.fields).filter(|field| field.secret) {
            match &mut field.default {
                Some(DefaultValue::Value(value)) if !value.is_null() => *value = serde_json::json!({ "secret": null }),
                Some(DefaultValue::Computed(expression)) => "...".clone_into(expression),
                _ => {}
            }
        }
        self
    }
}
