//! `/login/oidc`: a person signs in at an OpenID Connect provider, and returns.

use std::time::Instant;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use serde::Deserialize;

use super::answer::{Answer, see, shown};
use super::cookie;
use super::form::FormBody;
use super::person::Person;
use super::shell::Shell;
use super::sign_in::{local, too_many, with_cookie};
use super::stopped::Stopped;
use takk_api::{Code, Plain};
use takk_oidc::{Elsewhere, OidcError};
use takk_server::app::App;
use takk_server::hosted::{Refusal, identities};
use takk_server::listen::Peer;
use takk_server::request_log::RequestLog;
use takk_vault::request_digest;

/// Where to go after the sign-in, and the invitation to accept.
#[derive(Deserialize)]
pub(crate) struct Leaving {
    #[serde(default)]
    next: String,
    invitation: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Returning {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    error: Option<String>,
    iss: Option<String>,
}

#[derive(Template)]
#[template(path = "elsewhere.html")]
struct ElsewherePage<'p> {
    shell: Shell,
    provider: &'p str,
    address: &'p str,
}

/// Redirects to the provider.
pub(crate) async fn leave(
    State(app): State<App>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    Query(leaving): Query<Leaving>,
) -> Answer {
    // Each sign-in is stored for a while, so one address must not fill the store.
    let now = Instant::now();
    if let Some(seconds) = app.rate_limiter().count(peer, now).or_else(|| app.rate_limiter().begin(peer, now)) {
        return Err(too_many(seconds).into());
    }
    let (cookie, kept) = cookie::sent_or_new(&headers, &app)?;
    let invitation = leaving.invitation.map(Plain::new);
    let address = begun(&app, &cookie, local(&leaving.next).to_owned(), invitation, None).await?;
    let response = see(&address);
    Ok(match kept {
        Some(kept) => with_cookie(response, &kept),
        None => response,
    })
}

/// Lets a signed-in user link their identity at the provider. The provider's page is a link, because forms may only be sent to this server.
pub(crate) async fn bind(State(app): State<App>, person: Person, _: FormBody) -> Answer {
    let address = begun(&app, &person.session, "/account".to_owned(), None, Some(person.clone())).await?;
    let provider = &known(&app)?.settings.name;
    Ok(shown(&ElsewherePage { shell: Shell::new(&person, "account"), provider, address: &address }))
}

/// Completes a sign-in after the provider.
pub(crate) async fn back(
    State(app): State<App>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(observed): Extension<RequestLog>,
    headers: HeaderMap,
    Query(returning): Query<Returning>,
) -> Answer {
    if let Some(seconds) = app.rate_limiter().wait(peer, Instant::now()) {
        return Err(too_many(seconds).into());
    }
    let arrived = arrived(&app, &headers, returning, observed.request().to_owned()).await;
    if let Err(Stopped::Refused(refusal)) = &arrived
        && refusal.code != Code::Unavailable
    {
        app.metrics().failed_sign_ins.inc();
        app.rate_limiter().count(peer, Instant::now());
    }
    arrived
}

async fn arrived(app: &App, headers: &HeaderMap, returning: Returning, request: String) -> Answer {
    let elsewhere = known(app)?.clone();
    let cookie = cookie::sent(headers, app).ok_or_else(over)?;
    let (sent, state) = (cookie.clone(), returning.state.clone());
    let away = app.work_of_stranger(move |hosted| identities::back(hosted, &sent, &state)).await?.ok_or_else(over)?;
    if returning.iss.is_some_and(|issuer| issuer != elsewhere.settings.issuer) {
        return Err(over().into());
    }
    if returning.error.is_some() {
        let detail = format!("{} did not sign you in", elsewhere.settings.name);
        return Err(Refusal::forbidden(detail).hint("try again, or sign in with a password: /login").into());
    }
    let (nonce, verifier) = drawn(&cookie, &returning.state);
    let (at, code) = (elsewhere.clone(), Plain::new(returning.code));
    let asked = app.ask_issuers(move |issuers| issuers.person(&at, code.expose(), &nonce, &verifier, Instant::now())).await?;
    let person = asked.map_err(|error| refused(&elsewhere, &error))?;
    let next = away.next.clone();
    let session = app.work_of_stranger(move |hosted| identities::arrive(hosted, &away, &person, &request)).await?;
    Ok(with_cookie(see(local(&next)), &cookie::kept(app, Some(session.expose()))))
}

/// The provider's page for a new sign-in.
async fn begun(
    app: &App,
    cookie: &str,
    next: String,
    invitation: Option<Plain>,
    person: Option<Person>,
) -> Result<String, Stopped> {
    let elsewhere = known(app)?.clone();
    let kept = cookie.to_owned();
    let caller = person.map(|person| person.caller);
    let left =
        app.work_of_stranger(move |hosted| identities::leave(hosted, &kept, &next, invitation.as_ref(), caller.as_ref()));
    let state = left.await?;
    let (nonce, verifier) = drawn(cookie, &state);
    let at = elsewhere.clone();
    let page = app.ask_issuers(move |issuers| issuers.page(&at, &state, &nonce, &verifier, Instant::now())).await?;
    Ok(page.map_err(|error| refused(&elsewhere, &error))?)
}

/// The nonce and the code verifier of a sign-in, derived from the browser's cookie and the state, so that neither is stored and both are
/// needed to compute them.
fn drawn(cookie: &str, state: &str) -> (String, String) {
    let of = |what: &str| {
        let digest = request_digest(&[what.as_bytes(), cookie.as_bytes(), state.as_bytes()]);
        digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    };
    (of("nonce of a sign-in"), of("verifier of a sign-in"))
}

fn known(app: &App) -> Result<&Elsewhere, Refusal> {
    app.elsewhere().ok_or_else(|| Refusal::not_found("this server has no OpenID Connect provider"))
}

fn over() -> Refusal {
    Refusal::invalid("this sign-in was not started here, or has expired").hint("start again: /login")
}

/// The error if the provider fails, or the response does not come from it. The log has the reason.
fn refused(elsewhere: &Elsewhere, error: &OidcError) -> Refusal {
    let name = &elsewhere.settings.name;
    tracing::warn!(issuer = elsewhere.settings.issuer, %error, "a sign-in failed");
    match error {
        OidcError::Unreachable { .. } => Refusal::new(Code::Unavailable, format!("cannot reach {name}"))
            .retry_after(5)
            .hint("try again later, or sign in with a password: /login"),
        OidcError::Refused(_) => {
            Refusal::forbidden(format!("the response from {name} is not valid")).hint("start again: /login")
        }
    }
}
