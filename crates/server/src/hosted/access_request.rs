//! Requests for the values of an environment: the caller, the environment and the action. One transaction authorizes and serves a whole
//! batch, so that a revoked token is useless immediately, and all requests share one disk sync.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, OnceLock};

use super::authorize::{self, AuthorizedAccess, Caller, Need, Standing, unauthenticated};
use super::{Hosted, Refusal, Result, names};
use takk_model::Role;
use takk_vault::store::{self, Accounts, Durability, StoreError};
use takk_vault::{Access, AccessResponse, Action, IdempotencyKey, SecretsError};

/// A request for the values of an environment.
pub struct AccessRequest {
    pub visitor: Visitor,
    pub action: Action,
    /// The idempotency key of a change.
    pub once: Option<IdempotencyKey>,
}

pub enum Visitor {
    /// A caller who is already authorized.
    Admitted(AuthorizedAccess),
    /// A caller with a token, which is checked when the request is served.
    Bearer(Bearer),
}

/// A caller with a token, and the access that they request.
pub struct Bearer {
    /// The hash of the token.
    pub token: Vec<u8>,
    /// The ID of the request in the log.
    pub request: String,
    /// The required permission.
    pub need: Need,
    pub project: String,
    pub environment: String,
    /// Receives the name of the user, for the log.
    pub name: Arc<OnceLock<String>>,
}

impl AccessRequest {
    /// A request without an idempotency key.
    pub fn new(visitor: Visitor, action: Action) -> Self {
        Self { visitor, action, once: None }
    }

    fn is_read(&self) -> bool {
        matches!(self.action, Action::Read { .. } | Action::ReadVersion { .. })
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

impl Hosted {
    /// Serves the requests that are authorized in one transaction, together with the rows of the audit log. Returns the responses in order.
    /// A request that fails does not affect the others.
    pub fn serve(&mut self, requests: &[AccessRequest]) -> Vec<Result<AccessResponse>> {
        match self.serve_together(requests) {
            Ok(responses) => responses,
            Err(error @ SecretsError::Store(StoreError::Unavailable(_))) => {
                let lost = || Err(StoreError::Unavailable("the connection was lost in the same transaction".into()).into());
                std::iter::once(Err(error.into())).chain(std::iter::repeat_with(lost)).take(requests.len()).collect()
            }
            Err(error) if requests.len() == 1 => vec![Err(error.into())],
            // Nothing was committed: serves each request separately to find the one at fault.
            Err(_) => requests.iter().flat_map(|request| self.serve(std::slice::from_ref(request))).collect(),
        }
    }

    /// Authorizes each request, and serves those that pass, in one transaction.
    fn serve_together(&mut self, requests: &[AccessRequest]) -> Result<Vec<Result<AccessResponse>>, SecretsError> {
        let is_read_only = requests.iter().all(AccessRequest::is_read);
        let durability = if is_read_only { self.vault.durability_of_reads() } else { Durability::Synced };
        self.vault.transaction(durability, |unit| {
            let mut authorizer = Authorizer::at(unit.now());
            let mut accesses = Vec::with_capacity(requests.len());
            let mut decisions = Vec::with_capacity(requests.len());
            for request in requests {
                let access = authorizer.authorize(unit.accounts().as_mut(), request)?;
                decisions.push(access.map(|access| accesses.push(access)));
            }
            let mut responses = unit.act(&accesses)?.into_iter();
            let mut next = || responses.next().expect("there is one for each access").map_err(Refusal::from);
            Ok(decisions.into_iter().map(|decision| decision.and_then(|()| next())).collect())
        })
    }
}

/// Authorizes requests in one transaction. The owner of a token, and their role in a project, are looked up only once.
struct Authorizer {
    now: i64,
    callers: HashMap<Vec<u8>, Option<Caller>>,
    standings: HashMap<(i64, String), Standing>,
}

impl Authorizer {
    fn at(now: i64) -> Self {
        Self { now, callers: HashMap::new(), standings: HashMap::new() }
    }

    /// The access of a request, if its caller is authorized now.
    fn authorize<'q>(&mut self, accounts: &mut dyn Accounts, request: &'q AccessRequest) -> store::Result<Result<Access<'q>>> {
        let found = match &request.visitor {
            // Access may have been revoked since the caller was authorized.
            Visitor::Admitted(visit) => {
                authorize::confirm_visit(accounts, visit, self.now)?.map(|()| (visit.caller.author(), visit.role))
            }
            Visitor::Bearer(bearer) => self.enter(accounts, bearer)?.map(|(caller, role)| (caller.author(), role)),
        };
        let (project, environment) = request.visitor.place();
        Ok(found.and_then(|(caller, role)| {
            names::refuse_reserved(&request.action, role)?;
            Ok(Access { caller, project, environment, action: &request.action, once: request.once.as_ref() })
        }))
    }

    fn enter(&mut self, accounts: &mut dyn Accounts, bearer: &Bearer) -> store::Result<Result<(Caller, Role)>> {
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
