//! `/projects/{project}/environments`: the environments of a project, and which of them are production.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::filled::Filled;
use super::person::{Inside, Person};
use super::said::Said;
use super::shell::Shell;
use crate::age::{age, until};
use crate::ops::hosted::entry::{PRODUCTION, Visit};
use crate::ops::hosted::{Hosted, Paging, Result, environments, production};
use crate::server::access::{Names, Ownership};
use crate::server::app::App;
use crate::server::problem::Refused;
use crate::wire::{Production, Role};

#[derive(Template)]
#[template(path = "environments.html")]
struct EnvironmentsPage<'p> {
    shell: Shell,
    project: &'p str,
    address: String,
    rows: Vec<Row>,
    is_owner: bool,
    may_add: bool,
    /// The name that was typed for a new one.
    typed: &'p str,
    said: Said,
    now: i64,
}

/// An environment, or a name that is production before there is one.
struct Row {
    name: String,
    is_production: bool,
    /// Whether that cannot be changed.
    is_always: bool,
    /// Whether the caller may set its values.
    is_open: bool,
    /// How many values it has; `None` if it is not there yet.
    values: Option<usize>,
    made_at: Option<i64>,
    expires_at: Option<i64>,
}

/// Shows them.
pub(in crate::server) async fn show(State(app): State<App>, Inside { person, visit, .. }: Inside<Names>) -> Answer {
    page(&app, &person, &visit, "", Said::default()).await
}

/// Names those that are production.
pub(in crate::server) async fn name_production(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Ownership>,
    filled: Filled,
) -> Answer {
    let named = Production { environments: filled.all("production").map(str::to_owned).collect() };
    let place = visit.clone();
    match app.work(move |hosted| production::name(hosted, &place, named)).await {
        Ok(_) => Ok(see(&format!("/projects/{}/environments", segment(&visit.project)))),
        Err(Refused(refusal)) => page(&app, &person, &visit, "", Said::refused("", refusal)?).await,
    }
}

/// The page, with what is wrong with a form of it.
pub(super) async fn page(app: &App, person: &Person, visit: &Visit, typed: &str, said: Said) -> Answer {
    let place = visit.clone();
    let (rows, now) = app.work(move |hosted| Ok((rows(hosted, &place)?, hosted.now()))).await?;
    Ok(shown(&EnvironmentsPage {
        shell: Shell::within(person, visit, "environments"),
        project: &visit.project,
        address: format!("/projects/{}", segment(&visit.project)),
        rows,
        is_owner: visit.role == Role::Owner,
        may_add: visit.role >= Role::Developer,
        typed,
        said,
        now,
    }))
}

/// Those that are there, then names of production that are not.
fn rows(hosted: &mut Hosted, visit: &Visit) -> Result<Vec<Row>> {
    let paging = Paging { cursor: None, limit: Some(500) };
    let there = environments::list(hosted, visit, &paging)?.items;
    let named = production::list(hosted, visit)?.environments;
    let is_open = |is_production| visit.role >= if is_production { Role::Operator } else { Role::Developer };
    let mut rows: Vec<Row> = there
        .into_iter()
        .map(|info| Row {
            is_always: info.name == PRODUCTION,
            is_production: info.is_production,
            is_open: is_open(info.is_production),
            values: Some(info.values),
            made_at: Some(info.created_at),
            expires_at: info.expires_at,
            name: info.name,
        })
        .collect();
    let to_come = named.into_iter().filter(|name| name != PRODUCTION && visit.caller.covers(name));
    let to_come: Vec<String> = to_come.filter(|name| rows.iter().all(|row| row.name != *name)).collect();
    rows.extend(to_come.into_iter().map(|name| Row {
        name,
        is_production: true,
        is_always: false,
        is_open: is_open(true),
        values: None,
        made_at: None,
        expires_at: None,
    }));
    Ok(rows)
}
