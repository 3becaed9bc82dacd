//! The API under `/api/v1`: one file per noun. A handler translates a request into a verb of [`hosted`](crate::hosted).

pub(super) mod address;
pub(super) mod admin_addresses;
pub(super) mod audit;
pub(super) mod changes;
pub(super) mod compare;
pub(super) mod environments;
pub(super) mod invitations;
pub(super) mod login;
pub(super) mod manifests;
pub(super) mod members;
pub(super) mod oidc;
pub(super) mod production;
pub(super) mod projects;
pub(super) mod resources;
pub(super) mod secrets;
pub(super) mod service_tokens;
mod tag;
pub(super) mod tokens;
pub(super) mod trusts;
pub(super) mod values;
pub(super) mod versions;
pub(super) mod whoami;
