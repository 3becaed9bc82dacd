//! `/api/v1/projects/{project}/invitations`: how somebody new comes into a project.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Plain;
use super::names::ShownName;
use takk_model::Role;

/// `POST .../invitations`: a link with which somebody comes into the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Whom it is for, as the list of invitations names it: `Grace`. They choose the name of their account themselves.
    #[schema(value_type = ShownName)]
    pub name: String,
    /// What they will be able to do in the project.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// When its time is over, in milliseconds since 1970; at most 30 days from now, and 7 days if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// An invitation that nobody has used yet, without its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationInfo {
    /// Its number on this server.
    pub id: i64,
    /// Whom it is for.
    pub name: String,
    /// What they will be able to do.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// Who made it; it is good as long as they own the project.
    pub inviter: String,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When its time is over, in milliseconds since 1970.
    pub expires_at: i64,
}

/// The answer to [`NewInvitation`]: the only time that the link is shown.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MadeInvitation {
    /// The page that lets one person in, once.
    pub link: Plain,
    /// What is known of it from now on.
    pub info: InvitationInfo,
}
