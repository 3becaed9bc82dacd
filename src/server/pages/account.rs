//! `/account`: the password of whoever is signed in.

use std::time::Instant;

use askama::Template;
use axum::Extension;
use axum::extract::State;

use super::answer::{Answer, see, shown};
use super::cookie;
use super::filled::Filled;
use super::person::Person;
use super::shell::Shell;
use super::sign_in::{verified, with_cookie};
use crate::ops::hosted::{Refusal, identities, sessions};
use crate::secrets::hash_password;
use crate::server::app::App;
use crate::server::listen::Peer;
use crate::wire::{Code, Plain};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'p> {
    shell: Shell,
    by_password: bool,
    /// Whether they may do here all that they may do at all.
    is_unbounded: bool,
    /// Where people sign in beside here, by its name.
    provider: Option<&'p str>,
    /// Whether they can sign in there already.
    is_bound: bool,
    /// Whether they must say the password that they have.
    asks_for_password: bool,
    /// What the token is called that they signed in with.
    token: &'p str,
    shortest: usize,
    wrong: Option<String>,
    is_done: bool,
}

/// Signs whoever it is out, here and everywhere else.
pub(in crate::server) async fn sign_out_everywhere(State(app): State<App>, person: Person, _: Filled) -> Answer {
    app.work(move |hosted| sessions::end_all(hosted, &person.caller)).await?;
    Ok(with_cookie(see("/login"), &cookie::kept(&app, None)))
}

/// Shows the form.
pub(in crate::server) async fn show(State(app): State<App>, person: Person) -> Answer {
    page(&app, &person, None, false).await
}

/// Sets the password.
pub(in crate::server) async fn set_password(
    State(app): State<App>,
    Extension(Peer(peer)): Extension<Peer>,
    person: Person,
    filled: Filled,
) -> Answer {
    let password = Plain::new(filled.text("password").to_owned());
    if filled.text("again") != password.expose() {
        return page(&app, &person, Some("The two are not the same.".to_owned()), false).await;
    }
    if let Err(refusal) = sessions::check_password(password.expose()) {
        return page(&app, &person, Some(format!("{}.", refusal.detail)), false).await;
    }
    let caller = person.caller.clone();
    if let Some(known) = app.work(move |hosted| sessions::asks_for_password(hosted, &caller)).await? {
        if let Some(seconds) = app.failures().wait(peer, Instant::now()) {
            return Err(Refusal::new(Code::TooMany, "too many wrong passwords came from here").retry_after(seconds).into());
        }
        let current = Plain::new(filled.text("current").to_owned());
        if verified(&app, current, Some(known)).await?.is_none() {
            app.failures().count(peer, Instant::now());
            return page(&app, &person, Some("That is not the password that you have.".to_owned()), false).await;
        }
    }
    let verifier = app.slowly(move || hash_password(password.expose())).await?.map_err(Refusal::from)?;
    let (caller, session) = (person.caller.clone(), person.session.clone());
    app.work(move |hosted| sessions::set_verifier(hosted, &caller, &verifier, &session)).await?;
    page(&app, &person, None, true).await
}

async fn page(app: &App, person: &Person, wrong: Option<String>, is_done: bool) -> Answer {
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
        by_password: token.id == 0,
        is_unbounded,
        provider: provider.map(|provider| provider.name.as_str()),
        is_bound,
        asks_for_password,
        token: &token.label,
        shortest: sessions::SHORTEST_PASSWORD,
        wrong,
        is_done,
    }))
}
