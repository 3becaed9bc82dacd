//! An entry of the ledger: what takk created for one resource of an environment, with the credentials that it made up for it. The entry is
//! stored, encrypted, before anything is created with these, so that nothing ever has a credential that only memory knows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use takk_model::percent::encoded;
use zeroize::Zeroizing;

/// How far the creation of a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Its credentials are stored, and nothing is created yet.
    Reserved,
    /// It is being created, or its creation was interrupted.
    Creating,
    /// It accepted a login with its credentials, and its variables are set.
    Live,
    /// It is being removed.
    Retiring,
}

impl State {
    /// Its name in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Creating => "creating",
            Self::Live => "live",
            Self::Retiring => "retiring",
        }
    }
}

/// The process that works on a resource. Only one may at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Random; identifies one run of takk.
    pub holder: String,
    /// The user that runs it.
    pub user: String,
    /// The machine.
    pub machine: String,
    pub process: u32,
    /// When the process started, in the system's units; `None` if the system does not tell.
    pub process_started: Option<u64>,
    /// When it was taken, in milliseconds since 1970.
    pub since: i64,
    /// When it ends unless it is renewed, in milliseconds since 1970.
    pub until: i64,
}

/// The data that a database begins with: that of the same resource in another environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataCopy {
    /// The environment.
    pub from: String,
    /// Whether a part of it may be there.
    pub has_begun: bool,
    /// Whether all of it is there.
    pub is_done: bool,
}

/// What takk created for one resource.
#[derive(Clone, Serialize, Deserialize)]
pub struct Entry {
    /// The kind, a file name of the catalog.
    pub kind: String,
    /// The name of the resource within its kind.
    pub name: String,
    pub state: State,
    /// The last completed step of its creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The provisioner: `docker`, `podman`, `local`.
    pub provisioner: String,
    /// The generation of its credentials, counted from 1.
    pub generation: u32,
    /// Identifies a generation of credentials outside of the store, too. Random, and not a secret.
    pub credential_id: String,
    /// The credentials by name.
    pub credentials: BTreeMap<String, Zeroizing<String>>,
    /// The credential level of its environment at its creation.
    pub level: String,
    /// The version in the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The version that the server reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_version: Option<String>,
    /// The extensions that the database should have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<String>,
    /// The data that it begins with, if not empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<DataCopy>,
    /// The host of a server that exists; `None` for a server on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Where the administration of a server that exists is: host and port. In older entries it is where programs connect to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin: Option<String>,
    /// How its clients use TLS, as `sslmode` says it; `None` where nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssl_mode: Option<String>,
    /// The mark: the comment on everything that belongs to it on the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// The file with the certificate authorities that its clients trust.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssl_roots: Option<String>,
    /// The container, the directory of a process, or the database on a server that exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The volume of the container, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// The image of the container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The port on this machine, once chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Further ports by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ports: BTreeMap<String, u16>,
    /// When its credentials were stored, in milliseconds since 1970.
    pub reserved_at: i64,
    /// When it was first live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_at: Option<i64>,
    /// When it expires, together with its environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<i64>,
    /// Whether its data must not be removed.
    #[serde(default)]
    pub protected: bool,
    /// Until when the protection is lifted, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unprotected_until: Option<i64>,
    /// The variables that takk set for it, each with the version of its value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub published: BTreeMap<String, i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
}

/// The host of everything that runs on this machine. A literal IPv4 address, because programs may resolve `localhost` to IPv6 while a
/// server listens on IPv4.
pub const HOST: &str = "127.0.0.1";

/// The user of a server that is reached with a password alone.
const DEFAULT_USER: &str = "default";

/// The name of the provisioner that runs servers as processes of this machine.
pub(crate) const LOCAL: &str = "local";

impl Entry {
    /// The name of the resource for users and in the ledger: `postgres/default`.
    pub fn key(&self) -> String {
        key(&self.kind, &self.name)
    }

    /// Whether it is a part of a server that takk did not create and does not run.
    pub fn is_on_server(&self) -> bool {
        self.host.is_some()
    }

    /// Whether its data must not be removed now.
    pub fn is_protected(&self, now: i64) -> bool {
        self.protected && self.unprotected_until.is_none_or(|until| until <= now)
    }

    /// The host of its server.
    pub fn host(&self) -> &str {
        self.host.as_deref().unwrap_or(HOST)
    }

    /// Whether any part of it may exist where it was to be created. An engine creates nothing before it has the image.
    pub fn may_exist(&self) -> bool {
        self.state == State::Live || self.step.is_some() || self.provisioner == LOCAL || self.is_on_server()
    }

    /// The value of a placeholder in the kind's file, if it is known; in a URL, credentials are percent-encoded.
    pub fn placeholder(&self, name: &str, in_url: bool) -> Option<String> {
        if let Some(extra) = name.strip_prefix("port:") {
            return self.ports.get(extra).map(u16::to_string);
        }
        match name {
            "host" if in_url && self.host().contains(':') => Some(format!("[{}]", self.host())),
            "host" => Some(self.host().to_owned()),
            "port" => self.port.map(|port| port.to_string()),
            // Where nobody has created one.
            "username" if !self.credentials.contains_key(name) => Some(DEFAULT_USER.to_owned()),
            "version" => Some(self.version.clone().unwrap_or_default()),
            _ => self.credentials.get(name).map(|value| if in_url { encoded(value) } else { value.to_string() }),
        }
    }
}

/// The name of a resource in the ledger.
pub fn key(kind: &str, name: &str) -> String {
    format!("{kind}/{name}")
}
