//! `/account`: the password of whoever is signed in.

use std::time::Instant;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use super::answer::{Answer, shown};
use super::filled::Filled;
use super::person::Person;
use super::said::Said;
use super::shell::Shell;
use super::sign_in::verified;
use crate::ops::hosted::{Refusal, sessions};
use crate::secrets::hash_password;
use crate::server::app::App;
use crate::server::listen::Peer;
use crate::wire::{Code, Plain};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'p> {
    shell: Shell,
    by_password: bool,
    /// What the token is called that they signed in with.
    token: &'p str,
    shortest: usize,
    said: Said,
    is_done: bool,
}

/// Shows the form.
pub(in crate::server) async fn show(person: Person) -> Response {
    page(&person, Said::default(), false)
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
        return Ok(page(&person, Said::of("again", "The two are not the same."), false));
    }
    if let Err(refusal) = sessions::check_password(password.expose()) {
        return Ok(page(&person, Said::refused("password", refusal)?, false));
    }
    let caller = person.caller.clone();
    if let Some(known) = app.work(move |hosted| sessions::asks_for_password(hosted, &caller)).await? {
        if let Some(seconds) = app.failures().wait(peer.ip(), Instant::now()) {
            return Err(Refusal::new(Code::TooMany, "too many wrong passwords came from here").retry_after(seconds).into());
        }
        let current = Plain::new(filled.text("current").to_owned());
        if verified(&app, current, Some(known)).await?.is_none() {
            app.failures().count(peer.ip(), Instant::now());
            return Ok(page(&person, Said::of("current", "That is not the password that you have."), false));
        }
    }
    let verifier = app.slowly(move || hash_password(password.expose())).await?.map_err(Refusal::from)?;
    let (caller, session) = (person.caller.clone(), person.session.clone());
    app.work(move |hosted| sessions::set_verifier(hosted, &caller, &verifier, &session)).await?;
    Ok(page(&person, Said::default(), true))
}

fn page(person: &Person, said: Said, is_done: bool) -> Response {
    let token = &person.caller.token;
    shown(&AccountPage {
        shell: Shell::new(person, "account"),
        by_password: token.id == 0,
        token: &token.label,
        shortest: sessions::SHORTEST_PASSWORD,
        said,
        is_done,
    })
}
