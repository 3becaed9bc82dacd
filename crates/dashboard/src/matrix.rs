//! `/projects/{project}/secrets`: every secret in every environment. It must handle five hundred secrets, so its cells are short.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::answer::{Answer, segment, shown};
use super::form_errors::Said;
use super::person::{Inside, Person};
use super::shell::Shell;
use takk_api::Held;
use takk_model::Role;
use takk_model::age::{age, until};
use takk_server::access::Names;
use takk_server::app::App;
use takk_server::hosted::authorize::AuthorizedAccess;
use takk_server::hosted::overview::{self, Column};

#[derive(Template)]
#[template(path = "matrix.html")]
struct MatrixPage<'p> {
    shell: Shell,
    project: &'p str,
    address: String,
    columns: &'p [Column],
    rows: Vec<Row<'p>>,
    /// How many secrets lack a value in some environment.
    missing: usize,
    may_add: bool,
    /// The fields of an empty form.
    typed: &'static str,
    said: Said,
    now: i64,
}

/// A secret in each environment.
struct Row<'p> {
    name: &'p str,
    cells: Vec<Option<&'p Held>>,
}

pub(crate) async fn show(State(app): State<App>, Inside { person, visit, .. }: Inside<Names>) -> Answer {
    let written = app.slowly(visit.caller.user.id, move |hosted| {
        let (columns, now) = (overview::columns(hosted, &visit)?, hosted.now());
        Ok(page(&person, &visit, &columns, now))
    });
    Ok(written.await?)
}

fn page(person: &Person, visit: &AuthorizedAccess, columns: &[Column], now: i64) -> Response {
    let rows = rows(columns);
    shown(&MatrixPage {
        shell: Shell::within(person, visit, "secrets"),
        project: &visit.project,
        address: format!("/projects/{}", segment(&visit.project)),
        missing: rows.iter().filter(|row| row.cells.iter().any(Option::is_none)).count(),
        rows,
        columns,
        may_add: visit.role >= Role::Developer,
        typed: "",
        said: Said::default(),
        now,
    })
}

/// The names that have or had a value somewhere. A name that is unset everywhere is not shown.
fn rows(columns: &[Column]) -> Vec<Row<'_>> {
    let held = columns.iter().flat_map(|column| &column.secrets).filter(|held| held.is_set);
    let names: BTreeSet<&str> = held.map(|held| held.name.as_str()).collect();
    let row = |name| Row { name, cells: columns.iter().map(|column| column.find(name)).collect() };
    names.into_iter().map(row).collect()
}

/// An age, abbreviated to fit in a cell.
fn short_age(then: i64, now: i64) -> String {
    let age = age(then, now);
    age.strip_suffix(" ago").map_or_else(|| "now".to_owned(), |age| age.replacen(' ', "\u{a0}", 1))
}
