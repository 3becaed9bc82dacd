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
/// How exact it is kept when a token was used last: not every request is worth a write.
const USED_WITHIN: i64 = 60_000;

/// Somebody who has shown who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub user: UserInfo,
    pub token: TokenInfo,
    /// The request, as the log names it.
    pub request: String,
    pub(super) proof: Proof,
}

/// What somebody has shown, by its hash: it is looked at again whenever something is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    Token(Vec<u8>),
    /// What a browser sends that is signed in.
    Session(Vec<u8>),
    /// Something that is good for this moment only, such as a password: they come in with it, and do nothing else.
    Arrival,
}

/// A caller in a project, who may do what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizedAccess {
    pub caller: Caller,
    pub project: String,
    /// The environment; empty if the project as a whole is meant.
    pub environment: String,
    /// What the caller may do there.
    pub role: Role,
    /// What they need to be allowed.
    pub(super) need: Need,
}

/// What something needs of whoever asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Names,
    /// See what is said of the whole project: its members, and which environments are production.
    Project,
    /// Read or write values: those of production are the operators'.
    Values,
    Operation,
    Ownership,
    /// Decide who comes in, and what is production. No program does.
    People,
}

impl Need {
    /// The least role that may.
    pub(super) fn role(self, is_production: bool) -> Role {
        match self {
            Self::Names | Self::Project => Role::Viewer,
            Self::Values if is_production => Role::Operator,
            Self::Values => Role::Developer,
            Self::Operation => Role::Operator,
            Self::Ownership | Self::People => Role::Owner,
        }
    }

    /// Whether it is about the whole project, which a token for some environments has nothing to do with.
    fn is_whole_project(self, environment: &str) -> bool {
        match self {
            Self::Project | Self::People => true,
            Self::Ownership => environment.is_empty(),
            Self::Names | Self::Values | Self::Operation => false,
        }
    }
}

impl Caller {
    /// Whether the token is for an environment.
    pub fn covers(&self, environment: &str) -> bool {
        self.token.environments.is_empty() || self.token.environments.iter().any(|name| name == environment)
    }

    /// As the author of changes.
    pub(super) fn author(&self) -> takk_vault::Caller {
        takk_vault::Caller {
            user: self.user.id,
            name: self.user.name.clone(),
            token: self.token_id(),
            request: Some(self.request.clone()),
            bounds: Some(self.bounds()),
        }
    }

    /// Who the user is by number, and what the token could do, where that is not everything.
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

impl AuthorizedAccess {
    /// Whether the caller decides who comes in, and what is production.
    pub fn decides(&self) -> bool {
        let token = &self.caller.token;
        self.role == Role::Owner && token.environments.is_empty() && token.kind == TokenKind::Personal
    }

    /// Whether the caller may read the values of an environment of the project. Without that they learn of none whether it is that of
    /// another one.
    pub(super) fn may_read(&self, project: &ProjectRow, environment: &str) -> bool {
        self.caller.covers(environment) && self.role >= Need::Values.role(is_production(project, environment))
    }

    /// The same of the environment that they are in.
    pub(super) fn reads(&self, hosted: &mut Hosted) -> Result<bool> {
        let project = hosted.accounts()?.project(&self.project)?;
        Ok(project.is_some_and(|project| self.may_read(&project, &self.environment)))
    }
}

/// The caller with this token; `None` if it is not known, is revoked, or its time is over.
pub fn signed_in(hosted: &mut Hosted, token: &str, request: &str) -> Result<Option<Caller>> {
    let now = hosted.now();
    Ok(found(hosted.accounts()?.as_mut(), &token_hash(token), now, request)?)
}

/// Lets a caller into a project, and an environment of it, if they may do there what is needed.
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

/// Looks at a caller once more, in the transaction in which something is done for them: what they have shown may be good no more.
pub(super) fn confirm(accounts: &mut dyn Accounts, caller: &Caller, now: i64) -> store::Result<Result<()>> {
    let again = match &caller.proof {
        Proof::Token(hash) => found(accounts, hash, now, &caller.request)?,
        Proof::Session(hash) => sessions::found(accounts, hash, now, &caller.request)?,
        Proof::Arrival => None,
    };
    let is_same = |again: &Caller| again.user.id == caller.user.id && again.token.id == caller.token.id;
    Ok(if again.as_ref().is_some_and(is_same) { Ok(()) } else { Err(unauthenticated()) })
}

/// The same for a caller in a project: their role may be another one by now, and the environment production.
pub(super) fn confirm_visit(accounts: &mut dyn Accounts, visit: &AuthorizedAccess, now: i64) -> store::Result<Result<()>> {
    if let Err(refusal) = confirm(accounts, &visit.caller, now)? {
        return Ok(Err(refusal));
    }
    let standing = accounts.standing(visit.caller.user.id, &visit.project)?;
    Ok(decide(&visit.caller, standing.as_ref(), visit.need, &visit.project, &visit.environment).map(drop))
}

/// The caller whose token has this hash, and that it was used now.
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

/// Whether a token is good: it was not revoked, and its time is not over.
pub(super) fn is_good(token: &TokenRow, now: i64) -> bool {
    token.revoked_at.is_none() && token.expires_at.is_none_or(|end| end > now)
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

/// Whether an environment of the project is production: what its owners say, and else its name; `prod` is in any case.
pub(super) fn is_production(project: &ProjectRow, environment: &str) -> bool {
    let names = |list: &[String]| list.iter().any(|name| name == environment);
    // A project as a whole is no environment.
    !environment.is_empty()
        && (environment == PRODUCTION
            || names(&project.production)
            || (is_production_by_name(environment) && !names(&project.not_production)))
}

/// What a caller hears without a good token. Why it is not good is nobody's business.
pub fn unauthenticated() -> Refusal {
    Refusal::new(Code::Unauthenticated, "the token is missing, invalid or expired").hint("run `takk login` to get a new one")
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
