//! Who asks, and what they may do: every rule about it is here.
//!
//! A caller is a token with its owner. In a project the caller has the owner's role there, but no more than the token's; outside of
//! the projects and environments that a token is for it does nothing. A project in which the caller has no role is one that is not
//! there.

use super::{Hosted, Refusal, Result};
use crate::secrets::{self, token_hash};
use crate::store::{self, Accounts, ProjectRow, TokenRow, UserRow};
use crate::wire::{Role, TokenInfo, TokenKind, UserInfo};

/// The environment that is production in every project, beside those that the project names so.
pub const PRODUCTION: &str = "prod";
/// How exact it is kept when a token was used last: not every request is worth a write.
const USED_WITHIN: i64 = 60_000;

/// A token that is good, and its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The owner.
    pub user: UserInfo,
    /// The token.
    pub token: TokenInfo,
    /// The request, as the log names it.
    pub request: String,
}

/// A caller in a project, who may do what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Who.
    pub caller: Caller,
    /// The project.
    pub project: String,
    /// The environment; empty if the project as a whole is meant.
    pub environment: String,
    /// What the caller may do there.
    pub role: Role,
}

/// What something needs of whoever asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// See names and states.
    Names,
    /// Read or write values: those of production are the operators'.
    Values,
    /// See what happened.
    Operation,
    /// Decide about members, and delete environments.
    Ownership,
}

impl Need {
    /// The least role that may.
    pub(super) fn role(self, is_production: bool) -> Role {
        match self {
            Self::Names => Role::Viewer,
            Self::Values if is_production => Role::Operator,
            Self::Values => Role::Developer,
            Self::Operation => Role::Operator,
            Self::Ownership => Role::Owner,
        }
    }
}

impl Caller {
    /// Whether the token is for an environment.
    pub fn covers(&self, environment: &str) -> bool {
        self.token.environments.is_empty() || self.token.environments.iter().any(|name| name == environment)
    }

    /// As the author of changes.
    pub(super) fn author(&self) -> secrets::Caller {
        secrets::Caller {
            user: self.user.id,
            name: self.user.name.clone(),
            token: self.token_id(),
            request: Some(self.request.clone()),
        }
    }

    /// The number of the token; `None` for somebody who signed in with a password.
    pub(super) fn token_id(&self) -> Option<i64> {
        (self.token.id != 0).then_some(self.token.id)
    }

    /// Whether the caller is a person who may do all that they may do at all, for as long as they like.
    pub fn is_unbounded(&self) -> bool {
        let token = &self.token;
        token.kind == TokenKind::Personal
            && token.role == Role::Owner
            && token.projects.is_empty()
            && token.environments.is_empty()
            && token.expires_at.is_none()
    }

    /// Whether the token is for a project.
    pub fn covers_project(&self, project: &str) -> bool {
        self.token.projects.is_empty() || self.token.projects.iter().any(|name| name == project)
    }
}

/// The caller with this token; `None` if it is not known, is revoked, or its time is over.
pub fn signed_in(hosted: &mut Hosted, token: &str, request: &str) -> Result<Option<Caller>> {
    let now = hosted.now();
    Ok(found(hosted.accounts()?.as_mut(), &token_hash(token), now, request)?)
}

/// Lets a caller into a project, and an environment of it, if they may do there what is needed.
pub fn enter(hosted: &mut Hosted, caller: Caller, need: Need, project: String, environment: Option<String>) -> Result<Visit> {
    let standing = hosted.accounts()?.standing(caller.user.id, &project)?;
    let environment = environment.unwrap_or_default();
    let role = decide(&caller, standing.as_ref(), need, &project, &environment)?;
    Ok(Visit { caller, project, environment, role })
}

/// The caller whose token has this hash, and that it was used now.
pub(super) fn found(accounts: &mut dyn Accounts, hash: &[u8], now: i64, request: &str) -> store::Result<Option<Caller>> {
    let Some((token, user)) = accounts.token(hash)? else { return Ok(None) };
    if token.revoked_at.is_some() || token.expires_at.is_some_and(|end| end <= now) {
        return Ok(None);
    }
    if token.last_used_at.is_none_or(|last| now - last > USED_WITHIN) {
        accounts.use_token(token.id, now)?;
    }
    Ok(Some(Caller { user: user_info(user), token: token_info(token), request: request.to_owned() }))
}

/// A project, and the role that a user has there; `None` if it is not there for them.
pub(super) type Standing = Option<(ProjectRow, Role)>;

/// The role that a caller has in an environment of a project, or in the project if none is named, if it allows what is needed.
pub(super) fn decide(
    caller: &Caller,
    standing: Option<&(ProjectRow, Role)>,
    need: Need,
    project: &str,
    environment: &str,
) -> Result<Role> {
    let unknown = || {
        Refusal::not_found(format!("there is no project `{project}`")).hint("`takk link` makes it, or ask its owner for a role")
    };
    let (known, own) = standing.filter(|_| caller.covers_project(project)).ok_or_else(unknown)?;
    let role = (*own).min(caller.token.role);
    if !environment.is_empty() && !caller.covers(environment) {
        return Err(Refusal::forbidden(format!("this token is not for the environment `{environment}`")));
    }
    if need == Need::Ownership && environment.is_empty() && !caller.token.environments.is_empty() {
        let detail = "this token is for some environments only, and this is about the whole project";
        return Err(Refusal::forbidden(detail));
    }
    let least = need.role(is_production(known, environment));
    if role < least {
        let detail = format!("this takes the role {}, and yours is {}", least.as_str(), role.as_str());
        let hint = if *own < least {
            "ask an owner of the project for it"
        } else {
            "the token has a lesser role than its owner: make another one"
        };
        return Err(Refusal::forbidden(detail).hint(hint));
    }
    Ok(role)
}

/// Whether an environment of the project is production.
pub(super) fn is_production(project: &ProjectRow, environment: &str) -> bool {
    environment == PRODUCTION || project.production.iter().any(|name| name == environment)
}

/// A user, for the wire.
pub(super) fn user_info(row: UserRow) -> UserInfo {
    UserInfo { id: row.id, name: row.name, email: row.email }
}

/// A token, for the wire.
pub(super) fn token_info(row: TokenRow) -> TokenInfo {
    let TokenRow { id, label, kind, projects, environments, role, created_at, expires_at, last_used_at, .. } = row;
    TokenInfo { id, label, kind, projects, environments, role, created_at, expires_at, last_used_at }
}
