//! `/projects/{project}/environments/{environment}/set`: the form that sets values. What was typed is never sent back.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::answer::{Answer, Stopped, see, segment, shown};
use super::environments;
use super::filled::Filled;
use super::person::{Inside, Person};
use super::said::Said;
use super::shell::Shell;
use crate::ops::hosted::entry::Visit;
use crate::ops::hosted::{Refusal, changes, names, overview};
use crate::server::access::{Names, Values};
use crate::server::app::App;
use crate::server::body::all_of;
use crate::wire::{Change, Changes, Code, Plain};

#[derive(Template)]
#[template(path = "set.html")]
struct SetPage<'p> {
    shell: Shell,
    environment: &'p str,
    action: String,
    back: String,
    wrong: Option<String>,
    /// What has no value here, or what was asked for.
    wanted: Vec<Field>,
    is_asked: bool,
    others: Vec<Field>,
}

/// A field for one name.
struct Field {
    /// Its number on the page.
    id: usize,
    name: String,
    state: String,
    /// The version that it replaces.
    version: i64,
}

/// Goes to the form of the environment that is named in the query: it need not be there yet.
pub(in crate::server) async fn choose(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Names>,
    RawQuery(query): RawQuery,
) -> Answer {
    let environment = all_of(query.as_deref(), "environment").pop().unwrap_or_default();
    if let Err(refusal) = names::environment(environment.trim()) {
        let said = Said::refused("environment", refusal)?;
        return environments::page(&app, &person, &visit, &environment, said).await;
    }
    Ok(see(&format!("/projects/{}/environments/{}/set", segment(&visit.project), segment(environment.trim()))))
}

/// Shows the form.
pub(in crate::server) async fn show(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Values>,
    RawQuery(query): RawQuery,
) -> Answer {
    page(&app, &person, visit, all_of(query.as_deref(), "name"), None).await
}

/// Stores what was filled in.
pub(in crate::server) async fn store(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Values>,
    filled: Filled,
) -> Answer {
    let changes = wanted(&filled);
    let wrong = match stored(&app, &visit, changes).await {
        Ok(()) => return Ok(see(&format!("/projects/{}", segment(&visit.project)))),
        Err(refusal) if matches!(refusal.code, Code::Invalid | Code::VersionConflict) => format!("{}.", refusal.detail),
        Err(refusal) => return Err(refusal.into()),
    };
    page(&app, &person, visit, Vec::new(), Some(wrong)).await
}

async fn stored(app: &App, visit: &Visit, changes: Vec<Change>) -> Result<(), Refusal> {
    if changes.is_empty() {
        return Err(Refusal::invalid("no value was given"));
    }
    let asked = changes::asked(visit.into(), None, &[], Changes { changes })?;
    changes::done(app.ask(asked).await.map_err(|refused| refused.0)?).map(drop)
}

/// The changes that the fields ask for: those that are empty ask for none.
fn wanted(filled: &Filled) -> Vec<Change> {
    let change = |name: &str, value: &str, expected_version| Change {
        name: name.to_owned(),
        value: Some(Plain::new(value.replace("\r\n", "\n"))),
        expected_version,
        origin: None,
    };
    let known = filled.beginning("value:").filter(|(_, value)| !value.is_empty());
    let known = known.map(|(name, value)| change(name, value, filled.text(&format!("version:{name}")).parse().ok()));
    let named =
        filled.all("name").zip(filled.all("value")).filter(|(name, value)| !name.trim().is_empty() || !value.is_empty());
    known.chain(named.map(|(name, value)| change(name.trim(), value, None))).collect()
}

async fn page(
    app: &App,
    person: &Person,
    visit: Visit,
    asked: Vec<String>,
    wrong: Option<String>,
) -> Result<Response, Stopped> {
    let all = visit.clone();
    let columns = app.work(move |hosted| overview::columns(hosted, &all)).await?;
    asked.iter().try_for_each(|name| names::variable(name).map(drop))?;
    let here = columns.iter().find(|column| column.environment == visit.environment);
    let held = columns.iter().flat_map(|column| &column.secrets).filter(|held| held.is_set);
    let mut known: BTreeMap<&str, bool> = held.map(|held| (held.name.as_str(), false)).collect();
    for name in &asked {
        known.insert(name, true);
    }
    let fields = known.into_iter().enumerate().map(|(id, (name, is_asked))| {
        let held = here.and_then(|column| column.find(name));
        let (version, is_set) = held.map_or((0, false), |held| (held.version, held.is_set));
        let state = if is_set { format!("set, version {version}") } else { "missing".to_owned() };
        (is_asked || (asked.is_empty() && !is_set), Field { id, name: name.to_owned(), state, version })
    });
    let (wanted, others): (Vec<_>, Vec<_>) = fields.partition(|(is_wanted, _)| *is_wanted);
    let of_fields = |fields: Vec<(bool, Field)>| fields.into_iter().map(|(_, field)| field).collect();
    let project = segment(&visit.project);
    Ok(shown(&SetPage {
        shell: Shell::within(person, &visit, "secrets"),
        environment: &visit.environment,
        action: format!("/projects/{project}/environments/{}/set", segment(&visit.environment)),
        back: format!("/projects/{project}"),
        wrong,
        wanted: of_fields(wanted),
        is_asked: !asked.is_empty(),
        others: of_fields(others),
    }))
}
