//! The components of a `Project`: what runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ClassRef, PerEnvironment, Place};

/// What a component is at run time, after `CompiledContainer.kind` of takk 0.1.40.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ServiceKind {
    /// Listens on a port.
    NetworkApp,
    /// Processes jobs from a queue.
    Worker,
    /// Processes messages of a subject.
    Subscriber,
    /// Runs on a schedule.
    Cron,
    /// Runs once.
    Job,
    /// A server with state, such as a database in a container.
    Resource,
    /// One on each node.
    Daemonset,
}

/// A component of the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Service {
    /// Its full name, groups joined with dots: `comms.app`.
    pub name: String,
    /// The name of the class that describes it: `FastAPIApp`.
    pub component: String,
    /// What it is at run time.
    pub kind: ServiceKind,
    /// Whether an environment has it; absent if all have it.
    #[serde(default = "PerEnvironment::everywhere", skip_serializing_if = "PerEnvironment::is_true")]
    pub present: PerEnvironment<bool>,
    /// The port it listens on.
    pub port: Option<PerEnvironment<Option<u16>>>,
    /// Whether it is reachable from outside the cluster.
    pub external: bool,
    /// Its own domain names.
    pub domains: Option<PerEnvironment<Vec<String>>>,
    /// Its schedule in cron syntax; `null` means not in that environment.
    pub schedule: Option<PerEnvironment<Option<String>>>,
    /// The subject or queue from which it reads messages.
    pub listens_to: Option<String>,
    /// The container image, if the component names one.
    pub image: Option<PerEnvironment<Option<String>>>,
    /// The settings classes it lists.
    pub settings: Vec<ClassRef>,
    /// Plain variables that the component sets itself.
    pub variables: BTreeMap<String, PerEnvironment<Option<String>>>,
    /// Labels, including those of groups.
    pub tags: Vec<String>,
    /// Description or docstring.
    pub description: Option<String>,
    /// All other arguments, as written: name and Python expression.
    pub options: BTreeMap<String, String>,
    /// Where.
    pub place: Place,
}

/// Which of a service's two URLs is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum UrlKind {
    /// Reachable inside the cluster only.
    Internal,
    /// The public URL.
    External,
}

/// `ServiceUrl("api", "external")` on a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceUrlRef {
    /// The name as written.
    pub name: String,
    /// Which URL; serialized as `url`.
    pub url: UrlKind,
    /// `http`, `https` or `none`.
    pub protocol: String,
}
