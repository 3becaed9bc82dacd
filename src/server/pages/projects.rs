//! `/`: the projects of whoever is signed in.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::filled::Filled;
use super::person::Person;
use super::shell::Shell;
use crate::age::age;
use crate::ops::hosted::{Paging, projects};
use crate::server::app::App;
use crate::wire::ProjectInfo;

#[derive(Template)]
#[template(path = "projects.html")]
struct ProjectsPage {
    shell: Shell,
    projects: Vec<ProjectInfo>,
    now: i64,
}

/// Lists them.
pub(in crate::server) async fn show(State(app): State<App>, person: Person) -> Answer {
    let caller = person.caller.clone();
    let paging = Paging { cursor: None, limit: Some(500) };
    let (page, now) = app.work(move |hosted| Ok((projects::list(hosted, &caller, &paging)?, hosted.now()))).await?;
    Ok(shown(&ProjectsPage { shell: Shell::new(&person, "projects"), projects: page.items, now }))
}

/// Makes one.
pub(in crate::server) async fn make(State(app): State<App>, person: Person, filled: Filled) -> Answer {
    let name = filled.text("name").trim().to_owned();
    let address = format!("/projects/{}", segment(&name));
    app.work(move |hosted| projects::put(hosted, &person.caller, &name)).await?;
    Ok(see(&address))
}
