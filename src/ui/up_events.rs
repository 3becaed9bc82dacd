//! `takk up`, `takk ps` and `takk status` as JSON: one event a line, or one document.

use serde::Serialize;
use takk_project::ops::up::{Event, Fate, Intent, Need, Seen, Values};
use takk_provision::{Entry, Phase, Status};

/// One line of the events of `takk up`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum EventLine {
    /// Downloads the image: bytes so far and in total, as far as the registry has reported them.
    Pulling {
        resource: String,
        done: u64,
        total: u64,
    },
    Creating {
        resource: String,
    },
    Starting {
        resource: String,
    },
    /// Waits until it accepts a login with the stored credentials.
    LoggingIn {
        resource: String,
    },
    Note {
        resource: String,
        text: String,
    },
    Ready {
        resource: String,
        milliseconds: u64,
        server: Server,
    },
    Failed {
        resource: String,
        error: String,
        details: Vec<String>,
        hints: Vec<String>,
    },
    /// The user interrupted takk before it was ready.
    Interrupted {
        resource: String,
    },
}

/// A server without its credentials.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Server {
    pub state: &'static str,
    pub provisioner: String,
    /// The generation of its credentials, counted from 1.
    pub generation: u32,
    /// Identifies the credentials without revealing anything about them.
    pub credential: String,
    pub version: Option<String>,
    pub host: String,
    pub port: Option<u16>,
    /// The container, or the directory of a local process.
    pub place: Option<String>,
    pub image: Option<String>,
    pub volume: Option<String>,
    /// When it became live, in milliseconds since 1970.
    pub live_at: Option<i64>,
    /// When its environment expires, in milliseconds since 1970.
    pub ends_at: Option<i64>,
    pub protected: bool,
    pub variables: Vec<String>,
}

impl Server {
    fn of(entry: &Entry) -> Self {
        Self {
            state: entry.state.as_str(),
            provisioner: entry.provisioner.clone(),
            generation: entry.generation,
            credential: entry.credential_id.clone(),
            version: entry.server_version.clone().or_else(|| entry.version.clone()),
            host: entry.host().to_owned(),
            port: entry.port,
            place: entry.place.clone(),
            image: entry.image.clone(),
            volume: entry.volume.clone(),
            live_at: entry.live_at,
            ends_at: entry.ends_at,
            protected: entry.protected,
            variables: entry.published.keys().cloned().collect(),
        }
    }
}

pub fn event(event: &Event<'_>) -> EventLine {
    let resource = |key: &str| key.to_owned();
    match event {
        Event::Phase { key, phase: Phase::Pulling { done, total } } => {
            EventLine::Pulling { resource: resource(key), done: *done, total: *total }
        }
        Event::Phase { key, phase: Phase::Creating } => EventLine::Creating { resource: resource(key) },
        Event::Phase { key, phase: Phase::Starting } => EventLine::Starting { resource: resource(key) },
        Event::Phase { key, phase: Phase::LoggingIn } => EventLine::LoggingIn { resource: resource(key) },
        Event::Note { key, text } => EventLine::Note { resource: resource(key), text: (*text).to_owned() },
        Event::Ready { key, entry, milliseconds } => {
            EventLine::Ready { resource: resource(key), milliseconds: *milliseconds, server: Server::of(entry) }
        }
        Event::Interrupted { key } => EventLine::Interrupted { resource: resource(key) },
        Event::Failed { key, error } => EventLine::Failed {
            resource: resource(key),
            error: error.message.clone(),
            details: error.details.clone(),
            hints: error.hints.clone(),
        },
    }
}

/// What `takk up` would do with a resource.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Preview {
    pub resource: String,
    pub action: &'static str,
    pub version: Option<String>,
    pub image: Option<String>,
    pub reason: Option<String>,
    pub variables: Vec<String>,
    /// The extensions that would be created in a database.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<String>,
}

/// The extensions that would be created.
pub(super) fn extensions<'n>(need: &'n Need<'_>) -> impl Iterator<Item = &'n str> {
    need.resource.extensions.iter().filter(|extension| !extension.ambiguous).map(|extension| extension.name.as_str())
}

pub fn preview(needs: &[Need<'_>], intent: &Intent) -> Vec<Preview> {
    let is_known = |need: &Need<'_>| intent.kept.iter().any(|(key, _)| *key == need.key());
    needs
        .iter()
        .map(|need| {
            let (action, reason) = match &need.fate {
                Fate::Create { .. } | Fate::Inside { .. } if is_known(need) => ("check", None),
                Fate::Create { .. } => ("create", None),
                Fate::Inside { host, .. } => ("create", Some(format!("on the server of {host}"))),
                Fate::SetByHand { stored, .. } => {
                    ("leave-alone", Some(format!("{} is set (version {}, {})", stored.name, stored.version, stored.author)))
                }
                Fate::NotNeeded => ("not-needed", None),
                Fate::Impossible { why, .. } => ("impossible", Some(why.clone())),
            };
            let version = need.resource.version.as_ref().map(|answer| answer.version.clone());
            let extensions: Vec<String> = extensions(need).map(str::to_owned).collect();
            let names = extensions.iter().map(String::as_str);
            let image = need
                .server()
                .and_then(|(kind, _)| Some(kind.container_image_with(version.as_deref().or(kind.default_version)?, names)?.0));
            let can_be_set = need.variables.iter().filter(|variable| need.can_set(variable));
            let variables = can_be_set.map(|variable| variable.declared.name.clone()).collect();
            Preview { resource: need.key(), action, version, image, reason, variables, extensions }
        })
        .collect()
}

/// A server in the output of `takk ps`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeenServer {
    pub resource: String,
    pub status: &'static str,
    pub error: Option<String>,
    #[serde(flatten)]
    pub server: Server,
}

pub fn seen(seen: &[Seen]) -> Vec<SeenServer> {
    seen.iter()
        .map(|seen| SeenServer {
            resource: seen.key.clone(),
            status: word(seen),
            error: seen.refusal.clone().or_else(|| seen.status.as_ref().err().cloned()),
            server: Server::of(&seen.entry),
        })
        .collect()
}

/// The state of a server in one word.
pub fn word(seen: &Seen) -> &'static str {
    match &seen.status {
        Ok(Status::Running) if seen.refusal.is_some() => "not-ready",
        Ok(Status::Running) => "running",
        Ok(Status::Stopped(_)) => "stopped",
        Ok(Status::Missing) => "missing",
        Err(_) => "unknown",
    }
}

/// Whether the program could start now.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Readiness {
    pub is_ready: bool,
    pub servers: Vec<SeenServer>,
    /// Required variables without a value.
    pub missing: Vec<String>,
    /// Required variables that takk does not store, but that the program inherits or finds in a dotenv file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<FoundElsewhere>,
}

/// A variable that the program finds without takk.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FoundElsewhere {
    pub name: String,
    /// The dotenv file; none if the program inherits the variable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

pub fn status(seen_now: &[Seen], values: &Values) -> Readiness {
    let found = |(name, file): &(String, Option<String>)| FoundElsewhere { name: name.clone(), file: file.clone() };
    Readiness {
        is_ready: values.missing.is_empty() && seen_now.iter().all(Seen::is_ready),
        servers: seen(seen_now),
        missing: values.missing.clone(),
        elsewhere: values.elsewhere.iter().map(found).collect(),
    }
}
