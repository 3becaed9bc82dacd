//! The components of a `Project`: their parameters and what takk fills in.

use serde::Serialize;

use takk_model::ServiceKind;

/// The components of `components.toml`, as the build script turned them into Rust.
pub(super) static COMPONENTS: &[Component] = &include!(concat!(env!("OUT_DIR"), "/components.rs"));

/// A class of takk that a `Project` holds, or an argument of one that says what it does.
#[derive(Clone, Debug, Serialize)]
pub struct Component {
    /// The class's name; `PubSub.subscriber` for the method.
    pub name: &'static str,
    /// The module that defines it.
    pub module: &'static str,
    /// The component that it is an argument or a method of. `None` for what a `Project` holds itself.
    pub part_of: Option<&'static str>,
    /// What it is at run time, if it runs. See [`Component::service_kind`].
    pub runs: Option<ServiceKind>,
    /// Parameters in positional order; each may be given by keyword too.
    pub positional: &'static [&'static str],
    /// Parameters that are given by keyword only.
    pub keywords: &'static [&'static str],
    /// Whether every other keyword is a component, named by the keyword.
    pub holds_components: bool,
    /// The port without a `port` argument.
    pub port: Option<u16>,
    /// Whether it is reachable from outside the cluster.
    pub external: bool,
    /// The container image without an argument.
    pub image: Option<&'static str>,
    /// The settings classes without an argument, by name.
    pub default_settings: &'static [&'static str],
    /// Settings classes put before those of the argument.
    pub adds_settings: &'static [&'static str],
    /// Tags put after those of the argument.
    pub adds_tags: &'static [&'static str],
    /// The description without an argument.
    pub description: Option<&'static str>,
    /// For a resource, and for a server of one: of which kind, in which versions.
    pub instance: Option<Instance>,
}

/// A resource that the project describes itself: `PostgresInstance(version=16)`.
#[derive(Clone, Debug, Serialize)]
pub struct Instance {
    pub kind: &'static str,
    /// The versions that takk accepts; any, where it names none.
    pub versions: &'static [&'static str],
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
