//! `/projects/{project}/service-tokens`: tokens of programs that belong to the project.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::form::FormBody;
use super::form_errors::Said;
use super::members::role;
use super::person::{Inside, Person};
use super::shell::Shell;
use super::tokens::{DAY, days};
use takk_api::{MadeServiceToken, NewServiceToken, ServiceToken};
use takk_model::Role;
use takk_model::age::{age, until};
use takk_server::access::People;
use takk_server::app::App;
use takk_server::hosted::authorize::AuthorizedAccess;
use takk_server::hosted::{Paging, Refusal, names, service_tokens};
use takk_server::problem::Refused;

#[derive(Template)]
#[template(path = "service_tokens.html")]
struct ServiceTokensPage<'p> {
    shell: Shell,
    project: &'p str,
    address: String,
    /// The new token, whose text is shown only once.
    made: Option<MadeServiceToken>,
    tokens: Vec<ServiceToken>,
    typed: Typed<'p>,
    said: Said,
    now: i64,
}

/// The form as submitted.
struct Typed<'p> {
    account: &'p str,
    label: &'p str,
    role: &'p str,
    environments: &'p str,
    days: &'p str,
}

const USUAL: Typed<'_> = Typed { account: "", label: "", role: "", environments: "", days: "90" };

impl Typed<'_> {
    /// The requested token and its lifetime in days, or the field with an error.
    fn read(&self) -> Result<(NewServiceToken, Option<i64>), (&'static str, Refusal)> {
        names::program("a service account", self.account).map_err(|refusal| ("account", refusal))?;
        names::plain("a token", self.label).map_err(|refusal| ("label", refusal))?;
        let environments = self.environments.split([',', ' ']).filter(|name| !name.is_empty());
        let named: Result<Vec<&str>, Refusal> = environments.map(names::environment).collect();
        let days = (!self.days.is_empty()).then(|| days(self.days)).transpose().map_err(|refusal| ("days", refusal))?;
        let new = NewServiceToken {
            account: self.account.to_owned(),
            label: self.label.to_owned(),
            role: role(self.role).map_err(|refusal| ("role", refusal))?,
            environments: named.map_err(|refusal| ("environments", refusal))?.into_iter().map(str::to_owned).collect(),
            expires_at: None,
        };
        Ok((new, days))
    }
}

pub(crate) async fn show(State(app): State<App>, Inside { person, visit, .. }: Inside<People>) -> Answer {
    page(&app, &person, &visit, None, USUAL, Said::default()).await
}

/// Creates a token, and shows it this once.
pub(crate) async fn make(State(app): State<App>, Inside { person, visit, .. }: Inside<People>, filled: FormBody) -> Answer {
    let typed = Typed {
        account: filled.text("account").trim(),
        label: filled.text("label").trim(),
        role: filled.text("role"),
        environments: filled.text("environments"),
        days: filled.text("days").trim(),
    };
    let (new, days) = match typed.read() {
        Ok(wanted) => wanted,
        Err((field, refusal)) => return page(&app, &person, &visit, None, typed, Said::refused(field, refusal)?).await,
    };
    let place = visit.clone();
    let made = app.work(move |hosted| {
        let expires_at = days.map(|days| hosted.now() + days * DAY);
        service_tokens::create(hosted, &place, NewServiceToken { expires_at, ..new })
    });
    match made.await {
        Ok(made) => page(&app, &person, &visit, Some(made), USUAL, Said::default()).await,
        Err(Refused(refusal)) => page(&app, &person, &visit, None, typed, Said::refused("account", refusal)?).await,
    }
}

pub(crate) async fn revoke(State(app): State<App>, Inside { visit, .. }: Inside<People>, filled: FormBody) -> Answer {
    let id = filled.number("id")?;
    let address = address(&visit.project);
    app.work(move |hosted| service_tokens::revoke(hosted, &visit, id)).await?;
    Ok(see(&address))
}

async fn page(
    app: &App,
    person: &Person,
    visit: &AuthorizedAccess,
    made: Option<MadeServiceToken>,
    typed: Typed<'_>,
    said: Said,
) -> Answer {
    let asked = visit.clone();
    let paging = Paging { cursor: None, limit: Some(500) };
    let (page, now) = app.work(move |hosted| Ok((service_tokens::list(hosted, &asked, &paging)?, hosted.now()))).await?;
    Ok(shown(&ServiceTokensPage {
        shell: Shell::within(person, visit, "members"),
        project: &visit.project,
        address: address(&visit.project),
        made,
        tokens: page.items,
        typed,
        said,
        now,
    }))
}

/// The roles that a program may have.
fn roles() -> &'static [Role] {
    &Role::ALL[..3]
}

fn address(project: &str) -> String {
    format!("/projects/{}/service-tokens", segment(project))
}
