//! What is asked of the values of an environment: who asks, where, and what for. Whoever comes with a token is looked at in the
//! transaction in which it is done, so that a token that was revoked a moment ago does nothing more.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, OnceLock};

use super::authorize::{self, AuthorizedAccess, Caller, Need, Standing};
use super::{Refusal, Result, names};
use takk_api::Code;
use takk_model::Role;
use takk_vault::store::{self, Accounts};
use takk_vault::{Access, Action, Authorizer, IdempotencyKey};

/// What somebody asks of the values of an environment.
pub struct AccessRequest {
    pub visitor: Visitor,
    pub action: Action,
    /// What tells a request that comes a second time; for changes.
    pub once: Option<IdempotencyKey>,
}

pub enum Visitor {
    /// One who was let in.
    Admitted(AuthorizedAccess),
    /// One with a token, which is looked at when it is their turn.
    Bearer(Bearer),
}

/// Somebody with a token, and where they want to be let in.
pub struct Bearer {
    /// The hash of the token.
    pub token: Vec<u8>,
    /// The request, as the log names it.
    pub request: String,
    /// What they need to be allowed.
    pub need: Need,
    pub project: String,
    pub environment: String,
    /// Gets the name of the user, for the log.
    pub name: Arc<OnceLock<String>>,
}

impl AccessRequest {
    /// What cannot be told from the same request that comes a second time.
    pub fn new(visitor: Visitor, action: Action) -> Self {
        Self { visitor, action, once: None }
    }
}

impl From<&AuthorizedAccess> for Visitor {
    fn from(visit: &AuthorizedAccess) -> Self {
        Self::Admitted(visit.clone())
    }
}

impl Visitor {
    /// The project and the environment.
    pub fn place(&self) -> (&str, &str) {
        match self {
            Self::Admitted(visit) => (&visit.project, &visit.environment),
            Self::Bearer(bearer) => (&bearer.project, &bearer.environment),
        }
    }
}

/// Lets in who may. Who has a token, and what they are in a project, is found out once in a transaction.
#[derive(Default)]
pub(super) struct Door {
    now: i64,
    callers: HashMap<Vec<u8>, Option<Caller>>,
    standings: HashMap<(i64, String), Standing>,
}

impl Authorizer<AccessRequest> for Door {
    type Refusal = Refusal;

    fn begin(&mut self, now: i64) {
        *self = Self { now, ..Self::default() };
    }

    fn is_read(&self, asked: &AccessRequest) -> bool {
        matches!(asked.action, Action::Read { .. } | Action::ReadVersion { .. })
    }

    fn admit<'q>(&mut self, accounts: &mut dyn Accounts, asked: &'q AccessRequest) -> store::Result<Result<Access<'q>>> {
        let (caller, role) = match &asked.visitor {
            // Whoever was let in may have been shut out since.
            Visitor::Admitted(visit) => match authorize::confirm_visit(accounts, visit, self.now)? {
                Ok(()) => (visit.caller.author(), visit.role),
                Err(refusal) => return Ok(Err(refusal)),
            },
            Visitor::Bearer(bearer) => match self.let_in(accounts, bearer)? {
                Ok((caller, role)) => (caller.author(), role),
                Err(refusal) => return Ok(Err(refusal)),
            },
        };
        if let Err(refusal) = names::refuse_reserved(&asked.action, role) {
            return Ok(Err(refusal));
        }
        let (project, environment) = asked.visitor.place();
        Ok(Ok(Access { caller, project, environment, action: &asked.action, once: asked.once.as_ref() }))
    }
}

impl Door {
    fn let_in(&mut self, accounts: &mut dyn Accounts, bearer: &Bearer) -> store::Result<Result<(Caller, Role)>> {
        let Some(caller) = self.caller(accounts, bearer)? else { return Ok(Err(unauthenticated())) };
        let caller = Caller { request: bearer.request.clone(), ..caller };
        let _ = bearer.name.set(caller.user.name.clone());
        let standing = match self.standings.entry((caller.user.id, bearer.project.clone())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(accounts.standing(caller.user.id, &bearer.project)?),
        };
        let role = authorize::decide(&caller, standing.as_ref(), bearer.need, &bearer.project, &bearer.environment);
        Ok(role.map(|role| (caller, role)))
    }

    fn caller(&mut self, accounts: &mut dyn Accounts, bearer: &Bearer) -> store::Result<Option<Caller>> {
        if let Some(known) = self.callers.get(&bearer.token) {
            return Ok(known.clone());
        }
        let found = authorize::found(accounts, &bearer.token, self.now, &bearer.request)?;
        self.callers.insert(bearer.token.clone(), found.clone());
        Ok(found)
    }
}

/// What a caller without a good token hears. Why it is not good is nobody's business.
pub fn unauthenticated() -> Refusal {
    Refusal::new(Code::Unauthenticated, "the token is missing, invalid or expired").hint("run `takk login` to get a new one")
}
