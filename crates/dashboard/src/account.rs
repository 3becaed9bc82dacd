//! `/account`: the password of the signed-in user.

use askama::Template;
use axum::Extension;
use axum::extract::State;

use super::answer::{Answer, see, shown};
use super::cookie;
use super::form::FormBody;
use super::form_errors::Said;
use super::person::Person;
use super::shell::Shell;
use super::sign_in::{attempt, hashed, verified, with_cookie};
use takk_api::Plain;
use takk_server::app::App;
use takk_server::hosted::{identities, sessions};
use takk_server::listen::Peer;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'p> {
    shell: Shell,
    /// The label of the token that they signed in with.
    token: Option<&'p str>,
    /// Whether they have all of their permissions here.
    is_unbounded: bool,
    /// The provider's name, if there is one, and whether they have linked an identity there.
    provider: Option<(&'p str, bool)>,
    /// Whether they must enter their current password.
    asks_for_password: bool,
    shortest: usize,
    said: Said,
    is_done: bool,
}

/// Signs the user out, here and everywhere else.
pub(crate) async fn sign_out_everywhere(State(app): State<App>, person: Person, _: FormBody) -> Answer {
    app.work(move |hosted| sessions::end_all(hosted, &person.caller)).await?;
    Ok(with_cookie(see("/login"), &cookie::kept(&app, None)))
}

pub(crate) async fn show(State(app): State<App>, person: Person) -> Answer {
    page(&app, &person, Said::default(), false).await
}

pub(crate) async fn set_password(
    State(app): State<App>,
    person: Person,
    Extension(Peer(peer)): Extension<Peer>,
    filled: FormBody,
) -> Answer {
    let password = Plain::new(filled.text("password").to_owned());
    if filled.text("again") != password.expose() {
        return page(&app, &person, Said::of("again", "The passwords do not match."), false).await;
    }
    if let Err(refusal) = sessions::check_password(password.expose()) {
        return page(&app, &person, Said::refused("password", refusal)?, false).await;
    }
    let caller = person.caller.clone();
    if let Some(known) = app.work(move |hosted| sessions::asks_for_password(hosted, &caller)).await? {
        let attempt = attempt(&app, peer, &person.caller.user.name)?;
        let current = Plain::new(filled.text("current").to_owned());
        if verified(&app, current, Some(known)).await?.is_some() {
            app.rate_limiter().succeeded(&attempt);
        } else {
            return page(&app, &person, Said::of("current", "This is not your current password."), false).await;
        }
    }
    let verifier = hashed(&app, password).await?;
    let (caller, session) = (person.caller.clone(), person.session.clone());
    app.work(move |hosted| sessions::set_verifier(hosted, &caller, &verifier, &session)).await?;
    page(&app, &person, Said::default(), true).await
}

async fn page(app: &App, person: &Person, said: Said, is_done: bool) -> Answer {
    let (token, is_unbounded) = (&person.caller.token, person.caller.is_unbounded());
    let provider = app.elsewhere().filter(|_| is_unbounded).map(|elsewhere| &elsewhere.settings);
    let (caller, issuer) = (person.caller.clone(), provider.map(|provider| provider.issuer.clone()));
    let found = app.work(move |hosted| {
        let is_bound = issuer.map(|issuer| identities::is_bound(hosted, &caller, &issuer)).transpose()?;
        Ok((is_bound.unwrap_or_default(), sessions::asks_for_password(hosted, &caller)?.is_some()))
    });
    let (is_bound, asks_for_password) = found.await?;
    Ok(shown(&AccountPage {
        shell: Shell::new(person, "account"),
        token: (token.id != 0).then_some(token.label.as_str()),
        is_unbounded,
        provider: provider.map(|provider| (provider.name.as_str(), is_bound)),
        asks_for_password,
        shortest: sessions::SHORTEST_PASSWORD,
        said,
        is_done,
    }))
}
