//! Authorizes callers: contains every rule about who may do what.
//!
//! A caller is a token with its owner, or a browser session with its user. In a project, the caller has the owner's role, limited by that
//! of the token; outside of its projects and environments, a token has no effect. A project in which the caller has no role does not exist
//! for them.
//!
//! The check at the beginning of a request only admits it: its body may arrive much later. Everything that changes data, or reads values,
//! is authorized again in the transaction that does so, by [`confirm`] and [`confirm_visit`].

use super::{Hosted, Refusal, Result, sessions};
use takk_api::{AuditBounds, Code, TokenInfo, UserInfo};
use takk_model::is_production_by_name;
use takk_model::{Role, TokenKind};
use takk_vault::store::{self, Accounts, ProjectRow, TokenRow, UserRow};
use takk_vault::token_hash;

/// The environment that is production in every project.
pub const PRODUCTION: &str = "prod";
/// The precision of the last use of a token, in milliseconds: not every request is worth a write.
const USED_WITHIN: i64 = 60_000;

/// An authenticated caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub user: UserInfo,
    pub token: TokenInfo,
    /// The ID of the request in the log.
    pub request: String,
    pub(super) proof: Proof,
}

/// The hash of the caller's credential, which is checked again before each change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    Token(Vec<u8>),
    /// The cookie of a signed-in browser.
    Session(Vec<u8>),
    /// A credential that is valid only for this moment, such as a password: it signs them in, and nothing else.
    Arrival,
}

/// A caller in a project who is authorized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizedAccess {
    pub caller: Caller,
    pub project: String,
    /// The environment; empty for the project as a whole.
    pub environment: String,
    /// The caller's role there.
    pub role: Role,
    /// The required permission.
    pub(super) need: Need,
}

/// The permission that an operation requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Names,
    /// To see the whole project: its members, and which environments are production.
    Project,
    /// To read or write values; in production, that is for operators.
    Values,
    Operation,
    Ownership,
    /// To manage people, and what is production. Programs never may.
    People,
}

impl Need {
    /// The lowest role with the permission.
    pub(super) fn role(self, is_production: bool) -> Role {
        match self {
            Self::Names | Self::Project => Role::Viewer,
            Self::Values if is_production => Role::Operator,
            Self::Values => Role::Developer,
            Self::Operation => Role::Operator,
            Self::Ownership | Self::People => Role::Owner,
        }
    }

    /// Whether it concerns the whole project, to which a token limited to some environments has no access.
    fn is_whole_project(self, environment: &str) -> bool {
        match self {
            Self::Project | Self::People => true,
            Self::Ownership => environment.is_empty(),
            Self::Names | Self::Values | Self::Operation => false,
        }
    }
}

impl Caller {
    /// Whether the token covers an environment.
    pub fn covers(&self, environment: &str) -> bool {
        self.token.environments.is_empty() || self.token.environments.iter().any(|name| name == environment)
    }

    /// The caller as the author of changes.
    pub(super) fn author(&self) -> takk_vault::Caller {
        takk_vault::Caller {
            user: self.user.id,
            name: self.user.name.clone(),
            token: self.token_id(),
            request: Some(self.request.clone()),
            bounds: Some(self.bounds()),
        }
    }

    /// The user's ID and the bounds of the token, unless it has none.
    pub(super) fn bounds(&self) -> String {
        let TokenInfo { kind, role, projects, environments, expires_at, .. } = &self.token;
        let bounds = AuditBounds {
            user: self.user.id,
            kind: (*kind == TokenKind::Service).then_some(*kind),
            role: (*role < Role::Owner).then_some(*role),
            projects: projects.clone(),
            environments: environments.clone(),
            expires_at: *expires_at,
        };
        serde_json::to_string(&bounds).expect("texts and numbers are JSON")
    }

    /// The ID of the token; `None` for somebody who signed in with a password.
    pub(super) fn token_id(&self) -> Option<i64> {
        (self.token.id != 0).then_some(self.token.id)
    }

    /// Whether the caller is a person without bounds of permission or time.
    pub fn is_unbounded(&self) -> bool {
        let token = &self.token;
        token.kind == TokenKind::Personal
            && token.role == Role::Owner
            && token.projects.is_empty()
            && token.environments.is_empty()
            && token.expires_at.is_none()
    }

    /// Whether the token covers a project.
    pub fn covers_project(&self, project: &str) -> bool {
        self.token.projects.is_empty() || self.token.projects.iter().any(|name| name == project)
    }
}

impl AuthorizedAccess {
    /// Whether the caller may manage people, and what is production.
    pub fn decides(&self) -> bool {
        let token = &self.caller.token;
        self.role == Role::Owner && token.environments.is_empty() && token.kind == TokenKind::Personal
    }

    /// Whether the caller may read the values of an environment of the project. If not, they do not learn whether any value equals another
    /// one.
    pub(super) fn may_read(&self, project: &ProjectRow, environment: &str) -> bool {
        self.caller.covers(environment) && self.role >= Need::Values.role(is_production(project, environment))
    }

    /// The same for the environment of this access.
    pub(super) fn reads(&self, hosted: &mut Hosted) -> Result<bool> {
        let project = hosted.accounts()?.project(&self.project)?;
        Ok(project.is_some_and(|project| self.may_read(&project, &self.environment)))
    }
}

/// The caller with this token; `None` if it is unknown, revoked or expired.
pub fn signed_in(hosted: &mut Hosted, token: &str, request: &str) -> Result<Option<Caller>> {
    let now = hosted.now();
    Ok(found(hosted.accounts()?.as_mut(), &token_hash(token), now, request)?)
}

/// Authorizes a caller for a project and an environment of it.
pub fn enter(
    hosted: &mut Hosted,
    caller: Caller,
    need: Need,
    project: String,
    environment: Option<String>,
) -> Result<AuthorizedAccess> {
    let standing = hosted.accounts()?.standing(caller.user.id, &project)?;
    let environment = environment.unwrap_or_default();
    let role = decide(&caller, standing.as_ref(), need, &project, &environment)?;
    Ok(AuthorizedAccess { caller, project, environment, role, need })
}

/// Checks a caller again in the transaction that serves them: their credential may no longer be valid.
pub(super) fn confirm(accounts: &mut dyn Accounts, caller: &Caller, now: i64) -> store::Result<Result<()>> {
    let again = match &caller.proof {
        Proof::Token(hash) => found(accounts, hash, now, &caller.request)?,
        Proof::Session(hash) => sessions::found(accounts, hash, now, &caller.request)?,
        Proof::Arrival => None,
    };
    let is_same = |again: &Caller| again.user.id == caller.user.id && again.token.id == caller.token.id;
    Ok(if again.as_ref().is_some_and(is_same) { Ok(()) } else { Err(unauthenticated()) })
}

/// The same for an authorized access: their role may have changed, or the environment may have become production.
pub(super) fn confirm_visit(accounts: &mut dyn Accounts, visit: &AuthorizedAccess, now: i64) -> store::Result<Result<()>> {
    if let Err(refusal) = confirm(accounts, &visit.caller, now)? {
        return Ok(Err(refusal));
    }
    let standing = accounts.standing(visit.caller.user.id, &visit.project)?;
    Ok(decide(&visit.caller, standing.as_ref(), visit.need, &visit.project, &visit.environment).map(drop))
}

/// The caller whose token has this hash. Records the use of the token.
pub(super) fn found(accounts: &mut dyn Accounts, hash: &[u8], now: i64, request: &str) -> store::Result<Option<Caller>> {
    let Some((token, user)) = accounts.token(hash)? else { return Ok(None) };
    if !is_good(&token, now) {
        return Ok(None);
    }
    if token.last_used_at.is_none_or(|last| now - last > USED_WITHIN) {
        accounts.use_token(token.id, now)?;
    }
    let proof = Proof::Token(hash.to_vec());
    Ok(Some(Caller { user: user_info(user), token: token_info(token), request: request.to_owned(), proof }))
}

/// Whether a token is valid: neither revoked nor expired.
pub(super) fn is_good(token: &TokenRow, now: i64) -> bool {
    token.revoked_at.is_none() && token.expires_at.is_none_or(|end| end > now)
}

/// A project and a user's role in it; `None` if the user must not know of it.
pub(super) type Standing = Option<(ProjectRow, Role)>;

/// The role of a caller in an environment of a project, or in the project as a whole, if it includes the required permission.
pub(super) fn decide(
    caller: &Caller,
    standing: Option<&(ProjectRow, Role)>,
    need: Need,
    project: &str,
    environment: &str,
) -> Result<Role> {
    let unknown = || {
        Refusal::not_found(format!("there is no project `{project}`"))
            .hint("run `takk link` to create it, or ask its owner for a role")
    };
    let (known, own) = standing.filter(|_| caller.covers_project(project)).ok_or_else(unknown)?;
    let role = (*own).min(caller.token.role);
    if !environment.is_empty() && !caller.covers(environment) {
        return Err(Refusal::forbidden(format!("this token is not valid for the environment `{environment}`")));
    }
    if need.is_whole_project(environment) && !caller.token.environments.is_empty() {
        let detail = "this token is limited to some environments, and this request concerns the whole project";
        return Err(Refusal::forbidden(detail));
    }
    if need == Need::People && caller.token.kind == TokenKind::Service {
        return Err(Refusal::forbidden("a service token cannot manage members").hint("use a personal token: `takk login`"));
    }
    let least = need.role(is_production(known, environment));
    if role < least {
        let detail = format!("this requires the role {}, but yours is {}", least.as_str(), role.as_str());
        let hint = if *own < least {
            "ask an owner of the project for it"
        } else {
            "the token has a lower role than its owner: create another one"
        };
        return Err(Refusal::forbidden(detail).hint(hint));
    }
    Ok(role)
}

/// Whether an environment of the project is production: as its owners declared, or else by its name. `prod` always is.
pub(super) fn is_production(project: &ProjectRow, environment: &str) -> bool {
    let names = |list: &[String]| list.iter().any(|name| name == environment);
    // The project as a whole is not an environment.
    !environment.is_empty()
        && (environment == PRODUCTION
            || names(&project.production)
            || (is_production_by_name(environment) && !names(&project.not_production)))
}

/// The response without a valid token. It does not say why the token is invalid.
pub fn unauthenticated() -> Refusal {
    Refusal::new(Code::Unauthenticated, "the token is missing, invalid or expired").hint("run `takk login` to get a new one")
}

/// A user, for the API.
pub(super) fn user_info(row: UserRow) -> UserInfo {
    UserInfo { id: row.id, name: row.name, email: row.email }
}

/// A token, for the API.
pub(super) fn token_info(row: TokenRow) -> TokenInfo {
    let TokenRow { id, label, kind, projects, environments, role, created_at, expires_at, last_used_at, .. } = row;
    TokenInfo { id, label, kind, projects, environments, role, created_at, expires_at, last_used_at }
}
