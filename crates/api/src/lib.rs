//! The bodies of `/api/v1`, exchanged between `takk` and `takk serve`. Server and client share these types.

#![warn(missing_docs)]

mod compare;
mod environments;
mod errors;
mod invitations;
mod login;
mod members;
pub mod names;
mod people;
mod plans;
mod resources;
mod secrets;
mod text;
mod tokens;
mod trusts;
pub mod words;

pub use compare::{Diff, Difference, Promotion};
pub use environments::{EnvironmentInfo, NewEnvironment, Production, ProjectInfo};
pub use errors::{Code, Problem};
pub use invitations::{InvitationInfo, MadeInvitation, NewInvitation};
pub use login::{Approval, DeviceCode, DeviceLogin, DevicePoll, DeviceToken, Pending};
pub use members::{AuditBounds, AuditEntry, ChangedMember, Ended, Member, NewMember};
pub use people::{TokenInfo, UserInfo, Whoami};
pub use plans::{ManifestKept, PlanPart, PlanResource, PlanService, PlanVariable, StoredPlan};
pub use resources::{
    AdminAddressInfo, AdminAddressList, CheckedAdminAddress, LiveResource, MigrationValue, MigrationValues, NewAdminAddress,
    PlannedStatements, ProvisionPreview, ProvisionPreviewRequest, ProvisionRequest, ResourceEvent, ResourceFailure,
    ResourceInfo, ResourceList, Unprotected,
};
pub use secrets::{Change, Changed, Changes, Held, HeldValue, SecretList, ValueList, Version, VersionList};
pub use text::Plain;
pub use tokens::{MadeServiceToken, MadeToken, NewServiceToken, NewToken, ServiceToken};
pub use trusts::{NewTrust, OidcLogin, OidcToken, TrustInfo};

/// One page of a list, by cursor.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The items, in a stable order.
    pub items: Vec<T>,
    /// The value of `?cursor=` for the next page; `null` on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
