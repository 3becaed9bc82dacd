//! `/projects/{project}/secrets/{name}`: the versions of one secret in every environment; reveals a value if a form requests it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::answer::{Answer, see, segment, shown};
use super::form::FormBody;
use super::form_errors::Said;
use super::person::{Inside, Person};
use super::shell::Shell;
use super::stopped::Stopped;
use takk_api::{Change, Changes, Code, Held, Plain, Version};
use takk_model::Origin;
use takk_model::age::age;
use takk_model::visible::visible;
use takk_server::access::{Names, Values};
use takk_server::app::App;
use takk_server::hosted::authorize::AuthorizedAccess;
use takk_server::hosted::{Refusal, changes, overview, versions};

/// The name in the path.
#[derive(Deserialize)]
pub(crate) struct Named {
    name: String,
}

#[derive(Template)]
#[template(path = "secret.html")]
struct SecretPage<'p> {
    shell: Shell,
    project: &'p str,
    name: &'p str,
    here: String,
    /// The path of the list of secrets.
    back: String,
    said: Said,
    revealed: Option<Revealed>,
    histories: Vec<History>,
    now: i64,
}

/// A value to show.
struct Revealed {
    environment: String,
    version: i64,
    value: Option<Plain>,
}

/// The versions in one environment.
struct History {
    environment: String,
    is_production: bool,
    /// Whether the user may read and write its values.
    is_open: bool,
    /// The current version.
    current: i64,
    versions: Vec<Held>,
    /// The prefix of the paths of its forms.
    address: String,
    set_address: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Names>,
    Path(Named { name }): Path<Named>,
) -> Answer {
    page(&app, &person, visit, &name, None, Said::default()).await
}

/// Shows the page with the value of one version.
pub(crate) async fn reveal(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Values>,
    Path(Named { name }): Path<Named>,
    filled: FormBody,
) -> Answer {
    let given = app.write_queue().ask(versions::asked((&visit).into(), &name, Some(filled.number("version")?))?).await?;
    let Version { held, value } = versions::one(given)?;
    let revealed = Revealed { environment: visit.environment.clone(), version: held.version, value };
    page(&app, &person, visit, &name, Some(revealed), Said::default()).await
}

/// Restores an earlier version.
pub(crate) async fn roll_back(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Values>,
    Path(Named { name }): Path<Named>,
    filled: FormBody,
) -> Answer {
    let current = filled.number("current")?;
    let given = app.write_queue().ask(versions::asked((&visit).into(), &name, Some(filled.number("version")?))?).await?;
    let Version { value, .. } = versions::one(given)?;
    let Some(value) = value else { return Err(Refusal::invalid("that version has no value").into()) };
    let origin = Some(Origin::RolledBack);
    change(&app, &person, visit, Change { name, value: Some(value), expected_version: Some(current), origin }).await
}

pub(crate) async fn unset(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Values>,
    Path(Named { name }): Path<Named>,
    filled: FormBody,
) -> Answer {
    let current = filled.number("version")?;
    change(&app, &person, visit, Change { name, value: None, expected_version: Some(current), origin: None }).await
}

/// Changes the value, unless somebody else has: then the page shows what they did.
async fn change(app: &App, person: &Person, visit: AuthorizedAccess, change: Change) -> Answer {
    let name = change.name.clone();
    let asked = changes::asked((&visit).into(), None, &[], Changes { changes: vec![change] })?;
    match app.write_queue().ask(asked).await {
        Ok(given) => changes::done(given).map(drop)?,
        Err(refusal) if refusal.code == Code::VersionConflict => {
            return page(app, person, visit, &name, None, Said::of_refusal("", &refusal)).await;
        }
        Err(refusal) => return Err(refusal.into()),
    }
    Ok(see(&address(&visit.project, &name)))
}

async fn page(
    app: &App,
    person: &Person,
    visit: AuthorizedAccess,
    name: &str,
    revealed: Option<Revealed>,
    said: Said,
) -> Result<Response, Stopped> {
    let (asked, wanted) = (visit.clone(), name.to_owned());
    let found = app.work(move |hosted| {
        let columns = overview::columns(hosted, &asked)?;
        let histories = overview::histories(hosted, &asked, &columns, &wanted)?;
        Ok((columns, histories, hosted.now()))
    });
    let (columns, histories, now) = found.await?;
    if histories.iter().all(Vec::is_empty) {
        return Err(Refusal::not_found(format!("`{name}` was never set in `{}`", visit.project)).into());
    }
    let project = segment(&visit.project);
    let histories = columns.into_iter().zip(histories).map(|(column, versions)| {
        let environment = segment(&column.environment);
        History {
            current: versions.first().map_or(0, |held| held.version),
            address: format!("/projects/{project}/environments/{environment}/secrets/{}", segment(name)),
            set_address: format!("/projects/{project}/environments/{environment}/set?name={}", segment(name)),
            environment: column.environment,
            is_production: column.is_production,
            is_open: column.is_open,
            versions,
        }
    });
    Ok(shown(&SecretPage {
        shell: Shell::within(person, &visit, "secrets"),
        project: &visit.project,
        name,
        here: address(&visit.project, name),
        back: format!("/projects/{project}"),
        said,
        revealed,
        histories: histories.collect(),
        now,
    }))
}

fn address(project: &str, name: &str) -> String {
    format!("/projects/{}/secrets/{}", segment(project), segment(name))
}

/// Whether a text contains invisible characters.
fn has_unseen(text: &str) -> bool {
    visible(text) != text
}
