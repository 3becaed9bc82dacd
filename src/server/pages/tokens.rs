//! `/tokens`: the tokens of whoever is signed in.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, shown};
use super::filled::Filled;
use super::members::{role, roles};
use super::person::Person;
use super::shell::Shell;
use crate::age::{age, until};
use crate::ops::hosted::{Paging, Refusal, tokens};
use crate::server::app::App;
use crate::wire::{MadeToken, NewToken, TokenInfo, TokenKind};

/// A day in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How many days a token from this page is good for at most.
const MOST_DAYS: i64 = 3650;

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    shell: Shell,
    /// The one that was just made: its text is shown only now.
    made: Option<MadeToken>,
    tokens: Vec<TokenInfo>,
    /// The number of the one that the caller signed in with.
    own: i64,
    now: i64,
}

/// Shows them.
pub(in crate::server) async fn show(State(app): State<App>, person: Person) -> Answer {
    page(&app, &person, None).await
}

/// Makes one, and shows it for the only time.
pub(in crate::server) async fn make(State(app): State<App>, person: Person, filled: Filled) -> Answer {
    let one = |field: &str| Some(filled.text(field).trim().to_owned()).filter(|text| !text.is_empty()).into_iter().collect();
    let kind =
        TokenKind::from_word(filled.text("kind")).ok_or_else(|| Refusal::invalid("a token is `personal` or `service`"))?;
    let days = match filled.text("days").trim() {
        "" => None,
        text => Some(
            text.parse()
                .ok()
                .filter(|days| (1..=MOST_DAYS).contains(days))
                .ok_or_else(|| Refusal::invalid(format!("a token is good for 1 to {MOST_DAYS} days")))?,
        ),
    };
    let new = NewToken {
        label: filled.text("label").trim().to_owned(),
        kind,
        user: Some(filled.text("user").trim().to_owned()).filter(|name| !name.is_empty()),
        role: role(filled.text("role"))?,
        projects: one("project"),
        environments: one("environment"),
        expires_at: None,
    };
    let caller = person.caller.clone();
    let made = app.work(move |hosted| {
        let expires_at = days.map(|days: i64| hosted.now() + days * DAY);
        tokens::create(hosted, &caller, NewToken { expires_at, ..new })
    });
    let made = made.await?;
    page(&app, &person, Some(made)).await
}

/// Revokes one.
pub(in crate::server) async fn revoke(State(app): State<App>, person: Person, filled: Filled) -> Answer {
    let id = filled.text("id").parse().map_err(|_| Refusal::invalid("`id` is not a number"))?;
    app.work(move |hosted| tokens::revoke(hosted, &person.caller, id)).await?;
    Ok(see("/tokens"))
}

async fn page(app: &App, person: &Person, made: Option<MadeToken>) -> Answer {
    let caller = person.caller.clone();
    let paging = Paging { cursor: None, limit: Some(500) };
    let (page, now) = app.work(move |hosted| Ok((tokens::list(hosted, &caller, &paging)?, hosted.now()))).await?;
    let own = person.caller.token.id;
    Ok(shown(&TokensPage { shell: Shell::new(person, "tokens"), made, tokens: page.items, own, now }))
}
