//! `/invitations/{secret}`: a person with a link joins, with a new account or an existing one.

use std::time::Instant;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::answer::{Answer, see, segment, shown};
use super::assets::Head;
use super::cookie;
use super::form::FormBody;
use super::form_errors::Said;
use super::person::{Person, visitor};
use super::sign_in::{attempt, hashed, too_many, with_cookie};
use super::stopped::Stopped;
use takk_api::{Code, Plain};
use takk_server::app::App;
use takk_server::hosted::invitations::{self, Invited};
use takk_server::hosted::{names, sessions};
use takk_server::listen::Peer;
use takk_server::problem::Refused;
use takk_server::request_log::RequestLog;

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage<'p> {
    head: Head,
    csrf: String,
    /// The path of this page.
    action: String,
    invited: &'p Invited,
    /// The user who is signed in already.
    person: Option<&'p str>,
    name: &'p str,
    shortest: usize,
    said: Said,
    /// The name of the provider, if there is one.
    provider: Option<&'p str>,
    secret: &'p str,
}

/// Shows what the invitation is for.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(observed): Extension<RequestLog>,
    headers: HeaderMap,
    Path(secret): Path<String>,
) -> Answer {
    let secret = Plain::new(secret);
    let invited = open(&app, Peer(peer), &secret).await?;
    let person = visitor(&headers, &app, observed.request()).await?;
    let name = invited.user.clone().unwrap_or_default();
    page(&app, &headers, &secret, &invited, person.as_ref(), &name, Said::default())
}

pub(crate) async fn accept(
    State(app): State<App>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(observed): Extension<RequestLog>,
    headers: HeaderMap,
    Path(secret): Path<String>,
    filled: FormBody,
) -> Answer {
    let secret = Plain::new(secret);
    let invited = open(&app, Peer(peer), &secret).await?;
    let request = observed.request().to_owned();
    if filled.text("way") == "join" {
        let person = visitor(&headers, &app, &request).await?;
        let person = person.ok_or_else(|| Stopped::SignIn(format!("/invitations/{}", segment(secret.expose()))))?;
        let project = app.work(move |hosted| invitations::join(hosted, &person.caller, &secret)).await?;
        return Ok(see(&project.map_or_else(|| "/".to_owned(), |name| format!("/projects/{}", segment(&name)))));
    }
    let (name, password) = (filled.text("name").trim().to_owned(), Plain::new(filled.text("password").to_owned()));
    let again = |said: Said| page(&app, &headers, &secret, &invited, None, &name, said);
    if filled.text("again") != password.expose() {
        return again(Said::of("again", "The passwords do not match."));
    }
    if let Err(refusal) = sessions::check_password(password.expose()) {
        return again(Said::refused("password", refusal)?);
    }
    if let Err(refusal) = names::user(&name) {
        return again(Said::refused("name", refusal)?);
    }
    // With an invitation, somebody could try many names, and each costs as much as a sign-in.
    let attempt = attempt(&app, peer, &name)?;
    let verifier = hashed(&app, password).await?;
    let (chosen, sent) = (name.clone(), secret.clone());
    let accepted = app.work_of_stranger(move |hosted| invitations::accept(hosted, &sent, &chosen, &verifier, &request)).await;
    match accepted {
        Ok(session) => {
            app.rate_limiter().succeeded(&attempt);
            let next = invited.project.as_deref().map_or_else(|| "/".to_owned(), |name| format!("/projects/{}", segment(name)));
            Ok(with_cookie(see(&next), &cookie::kept(&app, Some(session.expose()))))
        }
        Err(Refused(refusal)) if refusal.code == Code::Exists => again(Said::of_refusal("name", &refusal)),
        Err(refused) => Err(refused.into()),
    }
}

/// The invitation. Trying many secrets hits the rate limit.
async fn open(app: &App, Peer(peer): Peer, secret: &Plain) -> Result<Invited, Stopped> {
    if let Some(seconds) = app.rate_limiter().wait(peer, Instant::now()) {
        return Err(too_many(seconds).into());
    }
    let asked = secret.clone();
    let found = app.work_of_stranger(move |hosted| invitations::find(hosted, &asked)).await?;
    found.ok_or_else(|| match app.rate_limiter().count(peer, Instant::now()) {
        Some(seconds) => too_many(seconds).into(),
        None => invitations::over().into(),
    })
}

fn page(
    app: &App,
    headers: &HeaderMap,
    secret: &Plain,
    invited: &Invited,
    person: Option<&Person>,
    name: &str,
    said: Said,
) -> Answer {
    let (cookie, kept) = cookie::sent_or_new(headers, app)?;
    let shown: Response = shown(&InvitationPage {
        head: Head::new(),
        csrf: cookie::form_token(&cookie),
        action: format!("/invitations/{}", segment(secret.expose())),
        invited,
        person: person.map(|person| person.caller.user.name.as_str()),
        name,
        shortest: sessions::SHORTEST_PASSWORD,
        said,
        provider: app.elsewhere().map(|elsewhere| elsewhere.settings.name.as_str()),
        secret: secret.expose(),
    });
    Ok(match kept {
        Some(kept) => with_cookie(shown, &kept),
        None => shown,
    })
}
