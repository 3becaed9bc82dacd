//! `/projects/{project}/members`: who may do what.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::filled::Filled;
use super::person::Inside;
use super::shell::Shell;
use crate::ops::hosted::{Paging, Refusal, members};
use crate::server::access::{Names, Ownership};
use crate::server::app::App;
use crate::wire::{Member, Role};

#[derive(Template)]
#[template(path = "members.html")]
struct MembersPage<'p> {
    shell: Shell,
    project: &'p str,
    address: String,
    members: Vec<Member>,
    is_owner: bool,
}

/// Shows them.
pub(in crate::server) async fn show(State(app): State<App>, Inside { person, visit, .. }: Inside<Names>) -> Answer {
    let asked = visit.clone();
    let paging = Paging { cursor: None, limit: Some(500) };
    let page = app.work(move |hosted| members::list(hosted, &asked, &paging)).await?;
    Ok(shown(&MembersPage {
        shell: Shell::within(&person, &visit, "members"),
        project: &visit.project,
        address: format!("/projects/{}", segment(&visit.project)),
        members: page.items,
        is_owner: visit.role == Role::Owner,
    }))
}

/// Gives somebody a role.
pub(in crate::server) async fn put(State(app): State<App>, Inside { visit, .. }: Inside<Ownership>, filled: Filled) -> Answer {
    let role = role(filled.text("role"))?;
    let (name, address) = (filled.text("name").trim().to_owned(), address(&visit.project));
    app.work(move |hosted| members::put(hosted, &visit, &name, role)).await?;
    Ok(see(&address))
}

/// Takes somebody's role away.
pub(in crate::server) async fn remove(
    State(app): State<App>,
    Inside { visit, .. }: Inside<Ownership>,
    filled: Filled,
) -> Answer {
    let (name, address) = (filled.text("name").to_owned(), address(&visit.project));
    app.work(move |hosted| members::remove(hosted, &visit, &name)).await?;
    Ok(see(&address))
}

/// Every role, the least first.
pub(super) fn roles() -> [Role; 4] {
    Role::ALL
}

/// The role that a word stands for.
pub(super) fn role(word: &str) -> Result<Role, Refusal> {
    Role::from_word(word).ok_or_else(|| Refusal::invalid("a role is `viewer`, `developer`, `operator` or `owner`"))
}

fn address(project: &str) -> String {
    format!("/projects/{}/members", segment(project))
}
