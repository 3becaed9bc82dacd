//! `/projects/{project}/members`: who may do what.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::filled::Filled;
use super::person::{Inside, Person};
use super::said::Said;
use super::shell::Shell;
use crate::ops::hosted::entry::Visit;
use crate::ops::hosted::{Paging, Refusal, members};
use crate::server::access::{Names, Ownership};
use crate::server::app::App;
use crate::server::problem::Refused;
use crate::wire::{Code, Member, Role};

#[derive(Template)]
#[template(path = "members.html")]
struct MembersPage<'p> {
    shell: Shell,
    project: &'p str,
    address: String,
    members: Vec<Member>,
    is_owner: bool,
    /// The name that was typed for somebody new.
    typed: &'p str,
    said: Said,
}

/// Shows them.
pub(in crate::server) async fn show(State(app): State<App>, Inside { person, visit, .. }: Inside<Names>) -> Answer {
    page(&app, &person, &visit, "", Said::default()).await
}

/// Gives somebody a role.
pub(in crate::server) async fn put(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Ownership>,
    filled: Filled,
) -> Answer {
    let role = role(filled.text("role"))?;
    let (typed, place) = (filled.text("name").trim(), visit.clone());
    let name = typed.to_owned();
    match app.work(move |hosted| members::put(hosted, &place, &name, role)).await {
        Ok(_) => Ok(see(&address(&visit.project))),
        // Somebody who is a member already has no field of their own for it.
        Err(Refused(refusal)) if refusal.code == Code::LastOwner => {
            page(&app, &person, &visit, "", Said::refused("", refusal)?).await
        }
        Err(Refused(refusal)) => page(&app, &person, &visit, typed, Said::refused("name", refusal)?).await,
    }
}

/// Takes somebody's role away.
pub(in crate::server) async fn remove(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Ownership>,
    filled: Filled,
) -> Answer {
    let (name, place) = (filled.text("name").to_owned(), visit.clone());
    match app.work(move |hosted| members::remove(hosted, &place, &name)).await {
        Ok(()) => Ok(see(&address(&visit.project))),
        Err(Refused(refusal)) => page(&app, &person, &visit, "", Said::refused("", refusal)?).await,
    }
}

async fn page(app: &App, person: &Person, visit: &Visit, typed: &str, said: Said) -> Answer {
    let place = visit.clone();
    let paging = Paging { cursor: None, limit: Some(500) };
    let page = app.work(move |hosted| members::list(hosted, &place, &paging)).await?;
    Ok(shown(&MembersPage {
        shell: Shell::within(person, visit, "members"),
        project: &visit.project,
        address: format!("/projects/{}", segment(&visit.project)),
        members: page.items,
        is_owner: visit.role == Role::Owner,
        typed,
        said,
    }))
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
