//! `/projects/{project}/compare`: compares two environments by the fingerprints of their values, and copies values from one to the other.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::answer::{Answer, see, segment, shown};
use super::form::FormBody;
use super::form_errors::Said;
use super::person::{Inside, Person};
use super::shell::Shell;
use takk_api::{Code, Held};
use takk_server::access::Names;
use takk_server::app::App;
use takk_server::hosted::authorize::{self, AuthorizedAccess, Need};
use takk_server::hosted::compare::{self, Compared, Differing, compared};
use takk_server::hosted::overview::{self, Column};
use takk_server::hosted::{self, Refusal, changes, names, values};
use takk_server::problem::Refused;

#[derive(Deserialize)]
pub(crate) struct Asked {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage<'p> {
    shell: Shell,
    project: &'p str,
    address: String,
    environments: Vec<&'p str>,
    from: &'p str,
    to: &'p str,
    /// How many names have the same value in both.
    same: usize,
    /// The names that are set in both, if the user may not know whether they differ.
    unknown: Vec<&'p str>,
    rows: Vec<Row<'p>>,
    may_promote: bool,
    said: Said,
}

/// A name whose values differ.
struct Row<'p> {
    name: &'p str,
    from: String,
    to: String,
    /// Whether the target environment lacks it.
    is_lacking: bool,
    can_promote: bool,
    /// The version that would be replaced.
    version: i64,
}

pub(crate) async fn show(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Names>,
    Query(asked): Query<Asked>,
) -> Answer {
    page(&app, person, visit, asked, Said::default()).await
}

/// Copies the selected values, all or none.
pub(crate) async fn promote(State(app): State<App>, Inside { visit, person, .. }: Inside<Names>, filled: FormBody) -> Answer {
    let asked = Asked { from: Some(filled.text("from").to_owned()), to: Some(filled.text("to").to_owned()) };
    match promoted(&app, &person, &visit, &filled).await {
        Ok(()) => {
            let (from, to) = (segment(filled.text("from")), segment(filled.text("to")));
            Ok(see(&format!("/projects/{}/compare?from={from}&to={to}", segment(&visit.project))))
        }
        Err(Refused(refusal)) if matches!(refusal.code, Code::Invalid | Code::VersionConflict) => {
            page(&app, person, visit, asked, Said::of_refusal("", &refusal)).await
        }
        Err(refused) => Err(refused.into()),
    }
}

async fn promoted(app: &App, person: &Person, visit: &AuthorizedAccess, filled: &FormBody) -> Result<(), Refused> {
    let wanted: Vec<String> = filled.all("name").map(str::to_owned).collect();
    if wanted.is_empty() {
        return Err(Refusal::invalid("select at least one value").into());
    }
    let from = inside(app, person, visit, filled.text("from")).await?;
    let to = inside(app, person, visit, filled.text("to")).await?;
    let given = app.write_queue().ask(values::asked((&from).into(), wanted.clone())?).await?;
    let version = |name: &String| Some((name.clone(), filled.text(&format!("version:{name}")).parse().ok()?));
    let versions = wanted.iter().filter_map(version).collect();
    let changes = compare::changes(given, &from.environment, &wanted, &versions)?;
    let given = app.write_queue().ask(changes::asked((&to).into(), None, &[], changes)?).await?;
    changes::done(given)?;
    Ok(())
}

/// The user's access to an environment of the project, if they may read and write its values.
async fn inside(app: &App, person: &Person, visit: &AuthorizedAccess, environment: &str) -> Result<AuthorizedAccess, Refused> {
    let environment = names::environment(environment)?.to_owned();
    let (caller, project) = (person.caller.clone(), visit.project.clone());
    app.work(move |hosted| authorize::enter(hosted, caller, Need::Values, project, Some(environment))).await
}

async fn page(app: &App, person: Person, visit: AuthorizedAccess, asked: Asked, said: Said) -> Answer {
    let written = app.slowly(visit.caller.user.id, move |hosted| {
        let columns = overview::columns(hosted, &visit)?;
        written(&person, &visit, &columns, &asked, said)
    });
    Ok(written.await?)
}

fn written(
    person: &Person,
    visit: &AuthorizedAccess,
    columns: &[Column],
    asked: &Asked,
    said: Said,
) -> hosted::Result<Response> {
    let named = |name: Option<&str>, other: usize| match name {
        Some(name) => columns
            .iter()
            .find(|column| column.environment == name)
            .map(Some)
            .ok_or_else(|| Refusal::not_found("there is no such environment")),
        None => Ok(columns.get(other)),
    };
    let (from, to) = (named(asked.from.as_deref(), 0)?, named(asked.to.as_deref(), 1)?);
    let Compared { same, differing, unknown } = from.zip(to).map(|(from, to)| compared(from, to)).unwrap_or_default();
    let name = |column: Option<&'_ Column>| column.map(|column| column.environment.clone()).unwrap_or_default();
    Ok(shown(&ComparePage {
        shell: Shell::within(person, visit, "compare"),
        project: &visit.project,
        address: format!("/projects/{}", segment(&visit.project)),
        environments: columns.iter().map(|column| column.environment.as_str()).collect(),
        from: &name(from),
        to: &name(to),
        same,
        unknown,
        rows: rows(differing),
        may_promote: from.zip(to).is_some_and(|(from, to)| from.is_open && to.is_open),
        said,
    }))
}

fn rows(differing: Vec<Differing<'_>>) -> Vec<Row<'_>> {
    let told =
        |held: Option<&Held>| held.map_or_else(|| "missing".to_owned(), |held| format!("v{} by {}", held.version, held.author));
    let row = differing.into_iter().map(|Differing { name, from, to, version }| Row {
        name,
        from: told(from),
        to: told(to),
        is_lacking: to.is_none(),
        can_promote: from.is_some(),
        version,
    });
    row.collect()
}
