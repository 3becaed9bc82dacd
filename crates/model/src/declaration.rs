//! What the code needs in one environment, as sent to a server: the manifest, and the `[tool.takk]` settings of the environment.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DefaultValue, Environment, EnvironmentName, Manifest, SCHEMA_VERSION, bounds};

/// What the code needs in one environment, without the defaults of secrets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Declaration {
    /// What the code declares.
    #[serde(flatten)]
    pub manifest: Manifest,
    /// The settings of the environment.
    pub environment: Surroundings,
}

/// The part of `[tool.takk.environments.NAME]` that a server needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surroundings {
    /// The base domain of external service URLs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The values of the non-secret fields of a `SecretModel` in this environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<(String, String)>,
    /// How much its credentials may do: `temporary`, `low-privilege` or `full`. Without it, the name of the environment decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The environments that it is based on, nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bases: Vec<String>,
}

/// Why a text is not a usable manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It has no `schema_version`.
    NoManifest,
    /// An older takk wrote it, in a version that this one no longer reads.
    Older(u32),
    /// A newer takk wrote it.
    Newer(u32),
    /// Its structure is wrong, starting at this line and column.
    Form(usize, usize),
    /// It has more of something than a real program can have.
    TooMany(&'static str),
    /// A name that the output repeats, or a secret path, is too long.
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

/// The only key that every version of a manifest has.
#[derive(Deserialize)]
struct Versioned {
    schema_version: Option<u32>,
}

/// The keys that a declaration adds to a manifest.
#[derive(Deserialize)]
struct Beside {
    #[serde(default)]
    environment: Option<Surroundings>,
}

impl Declaration {
    /// What a project needs in one of its environments.
    pub fn new(manifest: &Manifest, environment: &Environment) -> Self {
        let (domain, context) = (environment.domain.clone(), environment.context.clone());
        let surroundings = Surroundings { domain, context, ..Surroundings::default() };
        Self { manifest: manifest.clone(), environment: surroundings }.without_secrets()
    }

    /// The same with the level of the environment, and with what it is based on.
    #[must_use]
    pub fn with_policy(mut self, level: &str, bases: Vec<String>) -> Self {
        (self.environment.level, self.environment.bases) = (Some(level.to_owned()), bases);
        self
    }

    /// Parses the JSON of a manifest. The output of `takk inspect` is accepted too, and says nothing about the environment.
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

    /// Serializes it to JSON: the same code gives the same bytes.
    pub fn written(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a manifest has only texts, numbers and lists")
    }

    /// Fails if a JSON text, whatever its structure, has so many elements that parsing it would take many times its length in memory.
    pub fn check_text(text: &[u8]) -> Result<(), Unreadable> {
        bounds::check_text(text)
    }

    /// Fails if it has more of anything than a real program can have.
    pub fn check(&self) -> Result<(), Unreadable> {
        bounds::check(self)
    }

    /// The environment under this name.
    pub fn environment(&self, name: EnvironmentName) -> Environment {
        Environment { name, domain: self.environment.domain.clone(), context: self.environment.context.clone() }
    }

    /// Every name in it, with what it names.
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

    /// Drops the defaults of secrets, which are values, but keeps the fact that there is one.
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
