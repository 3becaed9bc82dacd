//! `/tokens`: the tokens of the signed-in user.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, shown};
use super::form::FormBody;
use super::form_errors::Said;
use super::members::{role, roles};
use super::person::Person;
use super::shell::Shell;
use takk_api::{Code, MadeToken, NewToken, TokenInfo};
use takk_model::age::{age, until};
use takk_model::{Role, TokenKind};
use takk_server::app::App;
use takk_server::hosted::{Paging, Refusal, names, tokens};
use takk_server::problem::Refused;

pub(super) const DAY: i64 = 24 * 60 * 60 * 1000;
/// The maximum lifetime of a token from this page, in days.
const MOST_DAYS: i64 = 3650;

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    shell: Shell,
    /// The new token, whose text is shown only once.
    made: Option<MadeToken>,
    tokens: Vec<TokenInfo>,
    typed: Typed,
    said: Said,
    /// The ID of the token with which the user signed in.
    own: i64,
    now: i64,
}

/// The fields of the form.
struct Typed {
    label: String,
    is_personal: bool,
    role: String,
    project: String,
    environment: String,
    days: String,
}

impl Typed {
    /// The fields of an empty form.
    fn usual() -> Self {
        let (days, role) = ("90".to_owned(), Role::Viewer.as_str().to_owned());
        let [label, project, environment] = [(); 3].map(|()| String::new());
        Self { label, is_personal: false, role, project, environment, days }
    }

    fn of(filled: &FormBody) -> Self {
        let text = |field: &str| filled.text(field).trim().to_owned();
        Self {
            label: text("label"),
            is_personal: filled.text("kind") == TokenKind::Personal.as_str(),
            role: text("role"),
            project: text("project"),
            environment: text("environment"),
            days: text("days"),
        }
    }

    /// The requested token and its lifetime in days, or the error of a field.
    fn wanted(&self) -> Result<(NewToken, Option<i64>), Said> {
        let named = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let wrong = |field: &'static str| move |refusal: Refusal| Said::of_refusal(field, &refusal);
        names::plain("a token", &self.label).map_err(wrong("label"))?;
        named(&self.project).map(|name| names::project(&name).map(drop)).transpose().map_err(wrong("project"))?;
        named(&self.environment).map(|name| names::environment(&name).map(drop)).transpose().map_err(wrong("environment"))?;
        let days = match self.days.as_str() {
            "" => None,
            text => Some(days(text).map_err(wrong("days"))?),
        };
        let new = NewToken {
            label: self.label.clone(),
            kind: if self.is_personal { TokenKind::Personal } else { TokenKind::Service },
            role: role(&self.role).map_err(wrong(""))?,
            projects: named(&self.project).into_iter().collect(),
            environments: named(&self.environment).into_iter().collect(),
            expires_at: None,
        };
        Ok((new, days))
    }
}

/// Parses a number of days.
pub(super) fn days(text: &str) -> Result<i64, Refusal> {
    let days = text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
    days.ok_or_else(|| Refusal::invalid(format!("a token must expire in 1 to {MOST_DAYS} days")))
}

pub(crate) async fn show(State(app): State<App>, person: Person) -> Answer {
    page(&app, &person, None, Typed::usual(), Said::default()).await
}

/// Creates a token, and shows it this once.
pub(crate) async fn make(State(app): State<App>, person: Person, filled: FormBody) -> Answer {
    let typed = Typed::of(&filled);
    let (new, days) = match typed.wanted() {
        Ok(wanted) => wanted,
        Err(said) => return page(&app, &person, None, typed, said).await,
    };
    let caller = person.caller.clone();
    let made = app.work(move |hosted| {
        let expires_at = days.map(|days| hosted.now() + days * DAY);
        tokens::create(hosted, &caller, NewToken { expires_at, ..new })
    });
    match made.await {
        Ok(made) => page(&app, &person, Some(made), Typed::usual(), Said::default()).await,
        Err(Refused(refusal)) if refusal.code == Code::Forbidden => {
            page(&app, &person, None, typed, Said::of_refusal("", &refusal)).await
        }
        Err(Refused(refusal)) => page(&app, &person, None, typed, Said::refused("", refusal)?).await,
    }
}

pub(crate) async fn revoke(State(app): State<App>, person: Person, filled: FormBody) -> Answer {
    let id = filled.number("id")?;
    app.work(move |hosted| tokens::revoke(hosted, &person.caller, id)).await?;
    Ok(see("/tokens"))
}

async fn page(app: &App, person: &Person, made: Option<MadeToken>, typed: Typed, said: Said) -> Answer {
    let caller = person.caller.clone();
    let paging = Paging { cursor: None, limit: Some(500) };
    let (page, now) = app.work(move |hosted| Ok((tokens::list(hosted, &caller, &paging)?, hosted.now()))).await?;
    let own = person.caller.token.id;
    let shell = Shell::new(person, "tokens");
    Ok(shown(&TokensPage { shell, made, tokens: page.items, typed, said, own, now }))
}
