//! `/api/v1/projects/{project}/environments/{environment}/resources`, `.../provision` and `.../admin-addresses`: what the server creates on
//! servers that exist, and by which logins.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::Plain;

/// `POST .../provision`: what to create.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvisionRequest {
    /// Only these resources, as `postgres/default`, or all of a kind: `postgres`; if empty, all that the environment lacks.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub resources: Vec<String>,
    /// Take over what already has the names on the server, and replace values that somebody set for the named resources. This requires the
    /// role operator.
    #[serde(default)]
    pub adopt: bool,
    /// The environment with whose data new databases begin, by dump and restore; without it, they are empty. It must not be production,
    /// and the caller must be allowed to read its values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// `POST .../provision/preview`: what would be created.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvisionPreviewRequest {
    /// As for `POST .../provision`.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub resources: Vec<String>,
    /// As for `POST .../provision`.
    #[serde(default)]
    pub adopt: bool,
    /// What the code needs, as it would be pushed; nothing of it is stored. Without it, what was pushed last counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub manifest: Option<Box<RawValue>>,
}

/// A resource that takk created, without its credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResourceInfo {
    /// Its key: `postgres/default`.
    pub resource: String,
    /// Its kind: `postgres`.
    pub kind: String,
    /// Its name within its kind.
    pub name: String,
    /// `reserved`, `creating`, `live` or `retiring`.
    pub state: String,
    /// What created it: `postgres-server`.
    pub provisioner: String,
    /// The generation of its credentials, starting at 1.
    pub generation: u32,
    /// Identifies the credentials without revealing anything about them.
    pub credential: String,
    /// The level of its credentials: `temporary`, `low-privilege` or `full`.
    pub level: String,
    /// The version of its server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The host of the server that it is on; `null` for one that runs on the machine of the team server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// What it is there: `database shop_dev`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// When its credentials were stored, in milliseconds since 1970.
    pub reserved_at: i64,
    /// When it became live, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_at: Option<i64>,
    /// When it expires with its environment, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<i64>,
    /// Whether it must not be removed before an owner has lifted the protection.
    pub protected: bool,
    /// Until when the protection is lifted, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unprotected_until: Option<i64>,
    /// The variables that takk has set for it.
    pub variables: Vec<String>,
    /// `running`, `stopped`, `missing`, or `unknown`; `null` if the server was not asked to look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Why its status is unknown, or why it does not accept a login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// `GET .../resources`: sorted by key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResourceList {
    /// What takk has created for the environment.
    pub resources: Vec<ResourceInfo>,
}

/// A failure while resources are created or removed. It contains no credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResourceFailure {
    /// What went wrong.
    pub detail: String,
    /// More about it, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
    /// What to do about it, one command or sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
}

/// One line of the response to `POST .../provision` and `DELETE .../resources/{resource}`. The last line is `end`; if there is none, the
/// server was interrupted, and the same request continues. Empty lines mean that it is still at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum ResourceEvent {
    /// It is being created.
    Creating {
        /// The resource.
        resource: String,
    },
    /// Its server starts.
    Starting {
        /// The resource.
        resource: String,
    },
    /// The server waits until it accepts a login with the stored credentials.
    LoggingIn {
        /// The resource.
        resource: String,
    },
    /// Something to know.
    Note {
        /// The resource.
        resource: String,
        /// A sentence.
        text: String,
    },
    /// It accepted a login, and its variables are set.
    Ready {
        /// The resource.
        resource: String,
        /// How long it took.
        milliseconds: u64,
        /// What was created.
        server: Box<ResourceInfo>,
    },
    /// It could not be created. Others may have been.
    Failed {
        /// The resource.
        resource: String,
        /// Why.
        failure: ResourceFailure,
    },
    /// The request was aborted before it was ready.
    Interrupted {
        /// The resource.
        resource: String,
    },
    /// It is being removed.
    Removing {
        /// The resource.
        resource: String,
    },
    /// It is gone, with its data and credentials.
    Removed {
        /// The resource.
        resource: String,
    },
    /// The request as a whole failed.
    Stopped {
        /// Why.
        failure: ResourceFailure,
    },
    /// The end.
    End {
        /// The resources that are live.
        live: Vec<LiveResource>,
    },
}

/// A resource that is live at the end of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LiveResource {
    /// The resource.
    pub resource: String,
    /// Whether this request created or repaired it.
    pub changed: bool,
}

/// `POST .../provision/preview`: what would be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProvisionPreview {
    /// The resources that would be created or repaired.
    pub resources: Vec<PlannedStatements>,
}

/// The statements for one resource, without passwords.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlannedStatements {
    /// The resource.
    pub resource: String,
    /// The statements, in their order.
    pub statements: Vec<String>,
    /// The variables that would be set.
    pub variables: Vec<String>,
}

/// `POST .../resources/{resource}/unprotect`: the protection is lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Unprotected {
    /// The resource.
    pub resource: String,
    /// Until when, in milliseconds since 1970.
    pub until: i64,
}

/// `GET .../migrations`: the variables of databases at the level `full`, with the login that may change the schema.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MigrationValues {
    /// Those that takk has set, and nobody else since.
    pub values: Vec<MigrationValue>,
}

/// A variable with that login.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MigrationValue {
    /// The variable.
    pub name: String,
    /// Its value for migrations.
    pub value: Plain,
}

/// `PUT .../admin-addresses/{kind}`: the address of an administrator. It is stored encrypted, and no response contains it.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAdminAddress {
    /// The address, with its password.
    pub address: Plain,
}

/// What the server said about itself and the login of an administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckedAdminAddress {
    /// The kind of server: `postgres`.
    pub kind: String,
    /// The address without its password and parameters.
    pub address: String,
    /// `PostgreSQL`
    pub product: String,
    /// `17.10`
    pub version: String,
    /// The user that it names.
    pub user: String,
    /// If it may do more than takk needs: who it is, and what would be enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub too_wide: Option<String>,
    /// Whether the connection is encrypted.
    pub is_encrypted: bool,
    /// What the server holds: `database`.
    pub holds: String,
    /// How many of these are there, by owner.
    pub holdings: BTreeMap<String, usize>,
    /// Those that every login of the server may use.
    pub open_to_all: Vec<String>,
    /// How their owners can change that.
    pub open_hint: String,
}

/// An admin address that is stored, without its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdminAddressInfo {
    /// The kind of server: `postgres`.
    pub kind: String,
    /// The address without its password and parameters.
    pub address: String,
    /// Its version, starting at 1.
    pub version: i64,
    /// Who stored it.
    pub author: String,
    /// When, in milliseconds since 1970.
    pub stored_at: i64,
}

/// `GET .../admin-addresses`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdminAddressList {
    /// The addresses of the environment, by kind.
    pub addresses: Vec<AdminAddressInfo>,
}
