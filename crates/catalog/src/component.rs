//! The components of a `Project`: their parameters and what takk fills in.

use serde::{Deserialize, Deserializer, Serialize};

use takk_model::ServiceKind;

/// A class of takk that a `Project` holds, or an argument of one that says what it does.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The class's name; `PubSub.subscriber` for the method.
    pub name: &'static str,
    /// The module that defines it.
    #[serde(default = "models")]
    pub module: &'static str,
    /// The component that it is an argument or a method of. `None` for what a `Project` holds itself.
    pub part_of: Option<&'static str>,
    /// What it is at run time, if it runs. See [`Component::service_kind`].
    #[serde(default, deserialize_with = "service_kind")]
    pub runs: Option<ServiceKind>,
    /// Parameters in positional order; each may be given by keyword too.
    #[serde(default)]
    pub positional: Vec<&'static str>,
    /// Parameters that are given by keyword only.
    #[serde(default)]
    pub keywords: Vec<&'static str>,
    /// Whether every other keyword is a component, named by the keyword.
    #[serde(default)]
    pub holds_components: bool,
    /// The port without a `port` argument.
    pub port: Option<u16>,
    /// Whether it is reachable from outside the cluster.
    #[serde(default)]
    pub external: bool,
    /// The container image without an argument.
    pub image: Option<&'static str>,
    /// The settings classes without an argument, by name.
    #[serde(default)]
    pub default_settings: Vec<&'static str>,
    /// Settings classes put before those of the argument.
    #[serde(default)]
    pub adds_settings: Vec<&'static str>,
    /// Tags put after those of the argument.
    #[serde(default)]
    pub adds_tags: Vec<&'static str>,
    /// The description without an argument.
    pub description: Option<&'static str>,
    /// For a resource, and for a server of one: of which kind, in which versions.
    pub instance: Option<Instance>,
}

/// A resource that the project describes itself: `PostgresInstance(version=16)`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    pub kind: &'static str,
    /// The versions that takk accepts; any, where it names none.
    #[serde(default)]
    pub versions: Vec<&'static str>,
    /// The version without an argument; `None` where the client decides.
    pub version: Option<&'static str>,
}

/// What an argument says about a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Its own name, which wins over the keyword in `Project(...)`.
    Name,
    /// The port it listens on.
    Port,
    Domains,
    Schedule,
    Image,
    Settings,
    /// Variables that it sets itself.
    Variables,
    Tags,
    Description,
    /// The subject or queue it takes messages from.
    ListensTo,
    Version,
}

impl Role {
    pub const ALL: [Self; 11] = [
        Self::Name,
        Self::Port,
        Self::Domains,
        Self::Schedule,
        Self::Image,
        Self::Settings,
        Self::Variables,
        Self::Tags,
        Self::Description,
        Self::ListensTo,
        Self::Version,
    ];

    /// The parameters that have this role wherever they occur: takk uses one word for one thing.
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["name"],
            Self::Port => &["port"],
            Self::Domains => &["domain_names"],
            Self::Schedule => &["cron_schedule", "schedule"],
            Self::Image => &["docker_image", "image", "docker_build"],
            Self::Settings => &["settings", "shared_settings", "shared_secrets", "auth_settings"],
            Self::Variables => &["environments"],
            Self::Tags => &["tags"],
            Self::Description => &["description"],
            Self::ListensTo => &["subject", "queue_name"],
            Self::Version => &["version", "mlflow_version"],
        }
    }
}

impl Component {
    /// Its parameters with that role, the one that wins first.
    ///
    /// A database instance's `settings` are options of the server, not settings classes, and a `Worker` takes the messages of
    /// the queue of its own name.
    pub fn parameters(&self, role: Role) -> impl Iterator<Item = &'static str> {
        let names: &[&'static str] = match (role, self.name) {
            (Role::Settings, "PostgresInstance") => &[],
            (Role::ListensTo, "Worker") => &["name"],
            _ => role.parameters(),
        };
        names.iter().copied().filter(|name| self.positional.contains(name) || self.keywords.contains(name))
    }

    /// What it is at run time, given whether it has a schedule: a job with one is a cron job.
    pub fn service_kind(&self, scheduled: bool) -> Option<ServiceKind> {
        match self.runs {
            Some(ServiceKind::Job) if scheduled => Some(ServiceKind::Cron),
            runs => runs,
        }
    }
}

impl Instance {
    /// Whether takk accepts that version.
    pub fn allows(&self, version: &str) -> bool {
        self.versions.is_empty() || self.versions.contains(&version)
    }
}

/// The components of `components.toml`.
pub(super) fn read() -> Vec<Component> {
    #[derive(Deserialize)]
    #[serde(bound(deserialize = "'de: 'static"))]
    struct File {
        component: Vec<Component>,
    }
    let file: File =
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/components.json"))).expect("a test reads the catalog");
    file.component
}

fn models() -> &'static str {
    "takk.models"
}

fn service_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ServiceKind>, D::Error> {
    let name = String::deserialize(deserializer)?;
    match name.as_str() {
        "network-app" => Ok(Some(ServiceKind::NetworkApp)),
        "worker" => Ok(Some(ServiceKind::Worker)),
        "subscriber" => Ok(Some(ServiceKind::Subscriber)),
        "cron" => Ok(Some(ServiceKind::Cron)),
        "job" => Ok(Some(ServiceKind::Job)),
        _ => Err(serde::de::Error::custom(format!("`{name}` is not a kind of component"))),
    }
}
