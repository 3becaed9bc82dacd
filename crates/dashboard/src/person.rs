//! Who requests a page, and whether they may. A handler that takes a [`Person`] or an [`Inside`] runs only for signed-in users; everybody
//! else is redirected to the sign-in page and back.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::cookie;
use super::stopped::Stopped;
use takk_server::access::{Needs, place};
use takk_server::app::App;
use takk_server::hosted::authorize::{self, AuthorizedAccess, Caller};
use takk_server::hosted::sessions;
use takk_server::request_log::RequestLog;
use takk_vault::token_hash;

/// A signed-in user.
#[derive(Clone)]
pub(crate) struct Person {
    pub caller: Caller,
    pub session: String,
    /// The CSRF token of their forms.
    pub csrf: String,
}

/// A user who is authorized for the project and environment in the path.
pub(crate) struct Inside<N> {
    pub person: Person,
    pub visit: AuthorizedAccess,
    need: PhantomData<N>,
}

impl FromRequestParts<App> for Person {
    type Rejection = Stopped;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Stopped> {
        let observed = parts.extensions.get::<RequestLog>().cloned().unwrap_or_default();
        let next = match parts.method {
            Method::GET => parts.uri.path_and_query().map_or("/", |address| address.as_str()).to_owned(),
            _ => "/".to_owned(),
        };
        let found = visitor(&parts.headers, app, observed.request()).await?;
        let Some(person) = found else { return Err(Stopped::SignIn(next)) };
        observed.is(&person.caller.user.name);
        observed.is_of(person.caller.user.id);
        Ok(person)
    }
}

/// The signed-in user, if any, on a page that does not require one.
pub(super) async fn visitor(headers: &HeaderMap, app: &App, request: &str) -> Result<Option<Person>, Stopped> {
    let Some(session) = cookie::sent(headers, app) else { return Ok(None) };
    let (sent, request, hash) = (session.clone(), request.to_owned(), token_hash(&session));
    let caller = app.work_of(&hash, move |hosted| sessions::signed_in(hosted, &sent, &request)).await?;
    match &caller {
        Some(caller) => app.known().note(&hash, caller.user.id),
        None => app.known().forget(&hash),
    }
    Ok(caller.map(|caller| Person { caller, csrf: cookie::form_token(&session), session }))
}

impl<N: Needs> FromRequestParts<App> for Inside<N> {
    type Rejection = Stopped;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Stopped> {
        let person = Person::from_request_parts(parts, app).await?;
        let (project, environment) = place(parts, app).await?;
        let caller = person.caller.clone();
        let visit = app.work(move |hosted| authorize::enter(hosted, caller, N::NEED, project, environment)).await?;
        Ok(Self { person, visit, need: PhantomData })
    }
}
