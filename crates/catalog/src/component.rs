//! The components of a `Project`: their parameters, and what takk fills in.

use serde::Serialize;

use takk_model::ServiceKind;

/// The components in `components.toml`, which the build script converts to Rust.
pub(super) static COMPONENTS: &[Component] = &include!(concat!(env!("OUT_DIR"), "/components.rs"));

/// A class of takk that a `Project` contains, or an argument of one that describes it.
#[derive(Clone, Debug, Serialize)]
pub struct Component {
    /// The name of the class; `PubSub.subscriber` for the method.
    pub name: &'static str,
    /// The module that defines it.
    pub module: &'static str,
    /// The component of which it is an argument or a method. `None` for what a `Project` itself contains.
    pub part_of: Option<&'static str>,
    /// What it is at run time, if it runs. See [`Component::service_kind`].
    pub runs: Option<ServiceKind>,
    /// Parameters in positional order. They are also accepted as keywords.
    pub positional: &'static [&'static str],
    /// Parameters that are only accepted as keywords.
    pub keywords: &'static [&'static str],
    /// Whether every other keyword argument is a component with that name.
    pub holds_components: bool,
    /// The default port.
    pub port: Option<u16>,
    pub external: bool,
    /// The default container image.
    pub image: Option<&'static str>,
    /// The default settings classes, by name.
    pub default_settings: &'static [&'static str],
    /// Settings classes that precede those of the argument.
    pub adds_settings: &'static [&'static str],
    /// Tags that follow those of the argument.
    pub adds_tags: &'static [&'static str],
    /// The default description.
    pub description: Option<&'static str>,
    /// For a resource, and for a server of one: its kind and versions.
    pub instance: Option<Instance>,
}

/// A resource that the project itself configures: `PostgresInstance(version=16)`.
#[derive(Clone, Debug, Serialize)]
pub struct Instance {
    pub kind: &'static str,
    /// The versions that takk accepts; empty for any.
    pub versions: &'static [&'static str],
    /// The default version; `None` if the client decides.
    pub version: Option<&'static str>,
}

/// What an argument means for a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Its own name, which takes precedence over the keyword in `Project(...)`.
    Name,
    /// The port on which it listens.
    Port,
    Domains,
    Schedule,
    Image,
    Settings,
    /// The variables that it sets.
    Variables,
    Tags,
    Description,
    /// The subject or queue from which it receives messages.
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

    /// The parameters with this role, in any component: takk uses one word for one thing.
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
    /// Its parameters with that role, in order of precedence.
    ///
    /// A database instance's `settings` are options of the server, not settings classes, and a `Worker` receives the messages
    /// of the queue with its own name.
    pub fn parameters(&self, role: Role) -> impl Iterator<Item = &'static str> {
        let names: &[&'static str] = match (role, self.name) {
            (Role::Settings, "PostgresInstance") => &[],
            (Role::ListensTo, "Worker") => &["name"],
            _ => role.parameters(),
        };
        names.iter().copied().filter(|name| self.positional.contains(name) || self.keywords.contains(name))
    }

    /// What it is at run time. A job with a schedule is a cron job.
    pub fn service_kind(&self, scheduled: bool) -> Option<ServiceKind> {
        match self.runs {
            Some(ServiceKind::Job) if scheduled => Some(ServiceKind::Cron),
            runs => runs,
        }
    }
}

impl Instance {
    pub fn allows(&self, version: &str) -> bool {
        self.versions.is_empty() || self.versions.contains(&version)
    }
}
