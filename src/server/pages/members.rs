//! `/projects/{project}/members`: who may do what.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::filled::Filled;
use super::person::{Inside, Person};
use super::shell::Shell;
use crate::age::until;
use crate::ops::hosted::entry::Visit;
use crate::ops::hosted::{Paging, Refusal, invitations, members};
use crate::server::access::{Names, Ownership};
use crate::server::app::App;
use crate::wire::{InvitationInfo, MadeInvitation, Member, NewInvitation, NewMember, Role};

#[derive(Template)]
#[template(path = "members.html")]
struct MembersPage<'p> {
    shell: Shell,
    project: &'p str,
    address: String,
    members: Vec<Member>,
    is_owner: bool,
    /// Those that nobody has used yet; an owner sees them.
    invitations: Vec<InvitationInfo>,
    /// The one that was just made: its link is shown only now.
    made: Option<MadeInvitation>,
    now: i64,
}

/// Shows them.
pub(in crate::server) async fn show(State(app): State<App>, Inside { person, visit, .. }: Inside<Names>) -> Answer {
    page(&app, &person, &visit, None).await
}

/// Makes an invitation, and shows its link for the only time.
pub(in crate::server) async fn invite(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Ownership>,
    filled: Filled,
) -> Answer {
    let name = filled.text("name").trim().to_owned();
    let new = NewInvitation { name, role: role(filled.text("role"))?, expires_at: None };
    let (place, url) = (visit.clone(), app.public_url().to_owned());
    let made = app.work(move |hosted| invitations::create(hosted, &place, new, &url)).await?;
    page(&app, &person, &visit, Some(made)).await
}

/// Takes an invitation back.
pub(in crate::server) async fn revoke_invitation(
    State(app): State<App>,
    Inside { visit, .. }: Inside<Ownership>,
    filled: Filled,
) -> Answer {
    let id = filled.text("id").parse().map_err(|_| Refusal::invalid("`id` is not a number"))?;
    let address = address(&visit.project);
    app.work(move |hosted| invitations::revoke(hosted, &visit, id)).await?;
    Ok(see(&address))
}

async fn page(app: &App, person: &Person, visit: &Visit, made: Option<MadeInvitation>) -> Answer {
    let (asked, is_owner) = (visit.clone(), visit.role == Role::Owner);
    let paging = Paging { cursor: None, limit: Some(500) };
    let listed = app.work(move |hosted| {
        let members = members::list(hosted, &asked, &paging)?.items;
        let invitations = if is_owner { invitations::list(hosted, &asked, &paging)?.items } else { Vec::new() };
        Ok((members, invitations, hosted.now()))
    });
    let (members, invitations, now) = listed.await?;
    Ok(shown(&MembersPage {
        shell: Shell::within(person, visit, "members"),
        project: &visit.project,
        address: format!("/projects/{}", segment(&visit.project)),
        members,
        is_owner,
        invitations,
        made,
        now,
    }))
}

/// Gives somebody a role.
pub(in crate::server) async fn put(State(app): State<App>, Inside { visit, .. }: Inside<Ownership>, filled: Filled) -> Answer {
    let email = Some(filled.text("email").trim().to_owned()).filter(|email| !email.is_empty());
    let new = NewMember { role: role(filled.text("role"))?, email };
    let (name, address) = (filled.text("name").trim().to_owned(), address(&visit.project));
    app.work(move |hosted| members::put(hosted, &visit, &name, &new)).await?;
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
