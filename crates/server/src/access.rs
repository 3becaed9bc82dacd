//! Authenticates and authorizes callers before a handler runs. A handler that takes an [`Access`] or a [`Signed`] runs only for a caller
//! who may do what it does; the rules are in [`hosted::authorize`](crate::hosted::authorize). A route cannot be added without one of the
//! [guards](Guard).

use std::marker::PhantomData;
use std::time::Instant;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::handler::Handler;
use axum::http::Method;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::app::App;
use super::listen::Peer;
use super::problem::Refused;
use super::request_log::RequestLog;
use crate::hosted::authorize::{self, AuthorizedAccess, Caller, Need, unauthenticated};
use crate::hosted::{self, AccessRequest, Bearer, Refusal, Visitor, names};
use takk_api::Code;
use takk_vault::{AccessResponse, token_hash};

/// The first parameter of every handler: it decides whether the handler runs for a caller.
#[diagnostic::on_unimplemented(message = "the first parameter of a handler decides who may call it, and `{Self}` does not")]
pub(super) trait Guard: FromRequestParts<App> {}

impl Guard for Signed {}
impl<N: Needs> Guard for Access<N> {}
impl<N: Needs> Guard for ForQueue<N> {}
impl Guard for Stranger {}
impl Guard for Beginner {}
impl Guard for Claimant {}

/// The parameters of a handler that begin with a [`Guard`]. The first type is axum's marker of the handler's kind.
pub(super) trait Guarded {}

impl<M, G: Guard> Guarded for (M, G) {}
impl<M, G: Guard, A> Guarded for (M, G, A) {}
impl<M, G: Guard, A, B> Guarded for (M, G, A, B) {}
impl<M, G: Guard, A, B, C> Guarded for (M, G, A, B, C) {}
impl<M, G: Guard, A, B, C, D> Guarded for (M, G, A, B, C, D) {}

/// A handler at its methods. A handler without a guard does not compile.
#[expect(clippy::disallowed_methods, reason = "every other handler is added through here")]
pub(super) fn guarded<H, T>(methods: MethodFilter, handler: H) -> MethodRouter<App>
where
    H: Handler<T, App>,
    T: Guarded + 'static,
{
    on(methods, handler)
}

/// A caller with a valid token.
pub(super) struct Signed(pub Caller);

/// A caller who is authorized for the project and environment in the path.
pub(super) struct Access<N> {
    pub visit: AuthorizedAccess,
    need: PhantomData<N>,
}

/// A caller with a token who requests values. Authorization happens in the transaction that serves the request.
pub(super) struct ForQueue<N> {
    bearer: Bearer,
    peer: Option<Peer>,
    need: PhantomData<N>,
}

/// A caller without a token, subject to the rate limit.
pub(super) struct Stranger;

impl FromRequestParts<App> for Stranger {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        match counted(parts.extensions.get(), app) {
            Some(seconds) => Err(Refusal::new(Code::TooMany, "too many requests without a token").retry_after(seconds).into()),
            None => Ok(Self),
        }
    }
}

/// A caller who sends a credential in the body. The handler accepts or rejects it; an address from which too many were rejected must wait.
pub(super) struct Claimant {
    peer: Option<Peer>,
    observed: RequestLog,
}

impl FromRequestParts<App> for Claimant {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let peer = parts.extensions.get().copied();
        match peer.and_then(|Peer(address)| app.rate_limiter().wait(address, Instant::now())) {
            Some(seconds) => Err(too_many_rejected(seconds).into()),
            None => Ok(Self { peer, observed: parts.extensions.get().cloned().unwrap_or_default() }),
        }
    }
}

impl Claimant {
    /// The ID of the request.
    pub(super) fn request(&self) -> &str {
        self.observed.request()
    }

    /// Notes who the caller is.
    pub(super) fn accepted(&self, name: &str) {
        self.observed.is(name);
    }

    /// Counts the rejection. The caller gets `refusal`, unless there were too many.
    pub(super) fn rejected(&self, app: &App, refusal: Refusal) -> Refused {
        app.metrics().failed_sign_ins.inc();
        counted(self.peer.as_ref(), app).map_or(refusal, too_many_rejected).into()
    }
}

fn too_many_rejected(seconds: u64) -> Refusal {
    Refusal::new(Code::TooMany, "too many requests from your address were rejected").retry_after(seconds)
}

/// A caller without a token who starts something that is stored until somebody confirms it, or it expires.
pub(super) struct Beginner;

impl FromRequestParts<App> for Beginner {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        Stranger::from_request_parts(parts, app).await?;
        let peer: Option<&Peer> = parts.extensions.get();
        match peer.and_then(|Peer(address)| app.rate_limiter().begin(*address, Instant::now())) {
            Some(seconds) => {
                Err(Refusal::new(Code::TooMany, "too many sign-ins were started from your address").retry_after(seconds).into())
            }
            None => Ok(Self),
        }
    }
}

/// What a route requires of its caller.
pub trait Needs: Send + Sync {
    const NEED: Need;
}

/// Access to what exists, without values.
pub struct Names;
/// Access to values; for production, that of operators.
pub struct Values;
/// What operators may do.
pub struct Operation;
/// What only owners may do.
pub struct Ownership;
/// Access to the whole project.
pub struct Project;
/// Managing people, and what is production.
pub struct People;

impl Needs for Names {
    const NEED: Need = Need::Names;
}

impl Needs for Values {
    const NEED: Need = Need::Values;
}

impl Needs for Operation {
    const NEED: Need = Need::Operation;
}

impl Needs for Ownership {
    const NEED: Need = Need::Ownership;
}

impl Needs for Project {
    const NEED: Need = Need::Project;
}

impl Needs for People {
    const NEED: Need = Need::People;
}

impl FromRequestParts<App> for Signed {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let observed = parts.extensions.get::<RequestLog>().cloned().unwrap_or_default();
        let request = observed.request().to_owned();
        let Some(token) = bearer(parts) else { return Err(refuse(parts.extensions.get(), app)) };
        let hash = token_hash(&token);
        match app.work_of(&hash, move |hosted| authorize::signed_in(hosted, &token, &request)).await? {
            Some(caller) => {
                observed.is(&caller.user.name);
                observed.is_of(caller.user.id);
                app.known().note(&hash, caller.user.id);
                Ok(Self(caller))
            }
            None => Err(refuse_token(&hash, parts.extensions.get(), app)),
        }
    }
}

impl<N: Needs> FromRequestParts<App> for Access<N> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let observed = parts.extensions.get::<RequestLog>().cloned().unwrap_or_default();
        let request = observed.request().to_owned();
        let Some(token) = bearer(parts) else { return Err(refuse(parts.extensions.get(), app)) };
        let (place, hash) = (place(parts, app).await, token_hash(&token));
        // Authentication and authorization share one turn, since each turn takes time.
        let found = app.work_of(&hash, move |hosted| {
            let Some(caller) = authorize::signed_in(hosted, &token, &request)? else { return Ok(None) };
            let user = caller.user.clone();
            let visit =
                place.and_then(|(project, environment)| authorize::enter(hosted, caller, N::NEED, project, environment));
            Ok(Some((user, visit)))
        });
        let Some((user, visit)) = found.await? else { return Err(refuse_token(&hash, parts.extensions.get(), app)) };
        observed.is(&user.name);
        observed.is_of(user.id);
        app.known().note(&hash, user.id);
        Ok(Self { visit: visit?, need: PhantomData })
    }
}

impl<N: Needs> FromRequestParts<App> for ForQueue<N> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let observed = parts.extensions.get::<RequestLog>().cloned().unwrap_or_default();
        let peer = parts.extensions.get().copied();
        let Some(token) = bearer(parts) else { return Err(refuse(peer.as_ref(), app)) };
        let hash = token_hash(&token);
        // A caller whose token is not cached first waits with the strangers, and a body is only accepted from callers who may write. The
        // write queue checks both.
        let seen = if parts.method == Method::GET { app.known() } else { app.senders() };
        let person = if let Some(person) = seen.find(&hash) {
            person
        } else {
            let person = Access::<N>::from_request_parts(parts, app).await?.visit.caller.user.id;
            seen.note(&hash, person);
            person
        };
        observed.is_of(person);
        let (project, environment) = place(parts, app).await?;
        let bearer = Bearer {
            token: hash,
            request: observed.request().to_owned(),
            need: N::NEED,
            project,
            environment: environment.unwrap_or_default(),
            name: observed.user(),
        };
        Ok(Self { bearer, peer, need: PhantomData })
    }
}

impl<N: Needs> ForQueue<N> {
    /// Queues a request and waits for its response.
    pub(crate) async fn ask(
        self,
        app: &App,
        what: impl FnOnce(Visitor) -> hosted::Result<AccessRequest>,
    ) -> Result<AccessResponse, Refused> {
        let hash = self.bearer.token.clone();
        match app.write_queue().ask(what(Visitor::Bearer(self.bearer))?).await {
            Err(refusal) if refusal.code == Code::Unauthenticated => Err(refuse_token(&hash, self.peer.as_ref(), app)),
            other => Ok(other?),
        }
    }
}

/// The project and the environment in the path.
pub async fn place(parts: &mut Parts, app: &App) -> Result<(String, Option<String>), Refusal> {
    let path = RawPathParams::from_request_parts(parts, app).await;
    let path = path.map_err(|_| Refusal::invalid("the path is not valid UTF-8"))?;
    let part = |wanted: &str| path.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned());
    let project = part("project").unwrap_or_default();
    names::project(&project)?;
    let environment = part("environment");
    environment.as_deref().map(names::environment).transpose()?;
    Ok((project, environment))
}

/// The bearer token of a request.
fn bearer(parts: &Parts) -> Option<String> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// Rejects a caller whose token is invalid or no longer valid.
fn refuse_token(hash: &[u8], peer: Option<&Peer>, app: &App) -> Refused {
    app.known().forget(hash);
    app.senders().forget(hash);
    refuse(peer, app)
}

/// Rejects a caller without a valid token.
fn refuse(peer: Option<&Peer>, app: &App) -> Refused {
    app.metrics().failed_sign_ins.inc();
    match counted(peer, app) {
        Some(seconds) => {
            Refusal::new(Code::TooMany, "too many requests from your address had no valid token").retry_after(seconds).into()
        }
        None => unauthenticated().into(),
    }
}

/// Counts a request without a valid token. If there are too many, returns after how many seconds the address may try again.
fn counted(peer: Option<&Peer>, app: &App) -> Option<u64> {
    let Peer(address) = peer?;
    app.rate_limiter().count(*address, Instant::now())
}
