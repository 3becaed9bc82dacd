//! The shape of a plan: the contract of `takk plan --format json`.

use std::sync::Arc;

use serde::Serialize;

use super::{Address, Declared, PlannedPath};
use takk_model::{ClassRef, EnvironmentName, Extension, Place, ProjectInfo, ServiceKind, Suggestion, VersionAnswer};

/// The version of the shape of [`Plan`]; raised when a reader would have to change.
pub const SCHEMA_VERSION: u32 = 1;

/// What the program needs, environment by environment.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// The version of this schema.
    pub schema_version: u32,
    /// The project.
    pub project: ProjectInfo,
    /// The number of Python files.
    pub files: usize,
    /// The number of settings classes.
    pub settings_classes: usize,
    /// The environments, in the requested order.
    pub environments: Vec<EnvironmentPlan>,
    /// Classes that read no variables by themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_read: Vec<NotRead>,
    /// What the code probably needs without declaring it.
    pub suggestions: Vec<Suggestion>,
}

/// A settings class that reads no variables by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotRead {
    /// The class.
    pub class: ClassRef,
    /// Why, as a phrase: `only a base class of ...`, `part of ...`.
    pub why: String,
    /// Where it is declared.
    pub place: Place,
}

/// What the program needs in one environment.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnvironmentPlan {
    /// Its name.
    pub name: EnvironmentName,
    /// The base domain of external URLs.
    pub domain: Option<String>,
    /// Resources by kind, then name.
    pub resources: Vec<PlannedResource>,
    /// Variables in the order of their declarations; those read outside settings classes last.
    pub variables: Vec<PlannedVariable>,
    /// Stored values that the code no longer declares, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<StaleValue>,
    /// Components by name.
    pub services: Vec<PlannedService>,
    /// What to do next, as one line.
    pub next_step: String,
}

impl EnvironmentPlan {
    /// The variables without those that are no more than proposals.
    pub fn shown_variables(&self) -> impl Iterator<Item = &PlannedVariable> {
        self.variables.iter().filter(|variable| !variable.is_proposed())
    }
}

/// A database, broker, bucket or other resource that the program connects to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedResource {
    /// The kind, a file name of the catalog.
    pub kind: String,
    /// The name, which distinguishes several of one kind.
    pub name: String,
    /// A compatible server version, with the reason.
    pub version: Option<VersionAnswer>,
    /// The `*Instance` component that describes it.
    pub instance: Option<String>,
    /// The variables that hold its parts.
    pub variables: Vec<String>,
    /// The services that read any of these.
    pub services: Vec<String>,
    /// Extensions of the database that the code uses, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// Where it is first declared.
    pub place: Place,
    /// The server that takk created for it here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioned: Option<Provisioned>,
}

/// A server that takk created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Provisioned {
    /// What runs it: `docker`, `podman`, `local`.
    pub provisioner: String,
    /// Its host and port.
    pub address: Option<String>,
    /// The version that it said it has when it was last logged in to, else the one that was asked for.
    pub version: Option<String>,
    /// `reserved`, `creating`, `live` or `retiring`.
    pub state: String,
    /// When it was live for the first time, in milliseconds since 1970.
    pub live_at: Option<i64>,
}

/// The state of a variable in an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Required but not set: the program does not start.
    Missing,
    /// A value is stored.
    Set,
    /// Set by takk: the URL of a service, or a value composed from known parts.
    Resolved,
    /// Inherited from the machine: takk does not set a name that the system or other programs use.
    Inherited,
    /// Fetched from a secret store by its path.
    Path,
    /// Set, or possibly set, by another source of its class.
    Source,
    /// Its default is computed at run time.
    Computed,
    /// The code has a default.
    Default,
    /// Optional: the default is `None`, or the program runs without what reads it.
    Optional,
}

impl State {
    /// The state as one word, as every output shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Set => "set",
            Self::Resolved => "resolved",
            Self::Inherited => "inherited",
            Self::Path => "path",
            Self::Source => "source",
            Self::Computed => "computed",
            Self::Default => "default",
            Self::Optional => "optional",
        }
    }
}

/// A variable and its state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedVariable {
    /// What the code says of it.
    #[serde(flatten)]
    pub declared: Arc<Declared>,
    /// Its state here.
    pub state: State,
    /// What to set if it is `missing`, if not the variable itself: the variables of nested fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Names of values stored for it that cannot be listed in advance: keys of a dictionary, or deeply nested fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<String>,
    /// The stored version, if it is `set`. If its nested fields are set instead, the latest of their versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored: Option<StoredVersion>,
    /// The stored values that it is composed of, if it is `resolved` from them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub composed_of: Vec<String>,
    /// The value that takk sets here, if it is `resolved` and contains no secret.
    pub value: Option<String>,
    /// Why takk could not resolve it although the code says what it is composed of, or what else sets it.
    pub reason: Option<String>,
    /// Its path in this environment, if it is a `Secret`.
    pub secret_path: Option<PlannedPath>,
}

impl PlannedVariable {
    /// Whether it is no more than a proposal here: a library reads it, and neither the project nor a stored value says that it is wanted.
    pub fn is_proposed(&self) -> bool {
        self.declared.is_proposed() && self.state == State::Optional
    }

    /// Every name under which a value may be stored for it: its own, those of its nested fields, and the one that stands for its path
    /// where the environment is the secret store.
    pub fn stored_names(&self) -> impl Iterator<Item = &str> {
        let nested = self.declared.nested.iter().flat_map(|leaf| leaf.env.iter().map(String::as_str));
        let path = self.secret_path.as_ref().map(|path| path.env.as_str());
        self.declared.names().chain(nested).chain(path).chain(self.inside.iter().map(String::as_str))
    }

    /// The variables to set where it is `missing`.
    pub fn lacking(&self) -> impl Iterator<Item = &str> {
        let own = self.missing.is_empty().then_some(self.declared.name.as_str());
        own.into_iter().chain(self.missing.iter().map(String::as_str))
    }
}

/// The version of a stored value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoredVersion {
    /// The name under which it is stored.
    pub name: String,
    /// Counts from 1.
    pub version: i64,
    /// When it was stored, in milliseconds since 1970.
    pub set_at: i64,
    /// Where it came from: `set`, `generated`, `imported`, `promoted`, `rolled-back`.
    pub origin: String,
    /// Who stored it.
    pub author: String,
}

/// A stored value that the code does not declare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StaleValue {
    /// What is stored.
    #[serde(flatten)]
    pub stored: StoredVersion,
    /// The variable without a value that has the most similar name: possibly a rename.
    pub nearest: Option<String>,
}

/// A component and where it is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedService {
    /// Its full name.
    pub name: String,
    /// The name of the class that describes it.
    pub component: String,
    /// What it is at run time.
    pub kind: ServiceKind,
    /// The port it listens on here.
    pub port: Option<u16>,
    /// Its schedule here, in cron syntax.
    pub schedule: Option<String>,
    /// Its own domain names here.
    pub domains: Vec<String>,
    /// The subject or queue from which it reads messages.
    pub listens_to: Option<String>,
    /// The container image, if the component names one.
    pub image: Option<String>,
    /// Its URL inside the cluster, if it listens on a port.
    pub internal_url: Option<Address>,
    /// Its public URL, if it has one.
    pub external_url: Option<Address>,
    /// The settings classes it reads, shared ones included.
    pub settings: Vec<ClassRef>,
    /// The variables it reads.
    pub variables: Vec<String>,
    /// Description or docstring.
    pub description: Option<String>,
    /// Where.
    pub place: Place,
}
