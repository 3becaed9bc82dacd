//! `/projects/{project}/members`: members and their roles.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::form::FormBody;
use super::form_errors::Said;
use super::person::{Inside, Person};
use super::shell::Shell;
use takk_api::{ChangedMember, Code, Ended, InvitationInfo, MadeInvitation, Member, NewInvitation, NewMember};
use takk_model::Role;
use takk_model::age::until;
use takk_server::access::{People, Project};
use takk_server::app::App;
use takk_server::hosted::authorize::AuthorizedAccess;
use takk_server::hosted::{Paging, Refusal, invitations, members};
use takk_server::problem::Refused;

#[derive(Template)]
#[template(path = "members.html")]
struct MembersPage<'p> {
    shell: Shell,
    project: &'p str,
    address: String,
    members: Vec<Member>,
    is_owner: bool,
    /// The unused invitations, for owners.
    invitations: Vec<InvitationInfo>,
    told: Told<'p>,
    /// The name of the provider, if there is one.
    provider: Option<&'p str>,
    now: i64,
}

/// The result of a form on this page.
#[derive(Default)]
struct Told<'p> {
    /// The new invitation, whose link is shown only once.
    made: Option<MadeInvitation>,
    /// The name entered for an invitation.
    invited: &'p str,
    /// The name entered for an existing user.
    typed: &'p str,
    /// What a member had created that was revoked along with their role.
    ended: Option<Ended>,
    said: Said,
}

pub(crate) async fn show(State(app): State<App>, Inside { person, visit, .. }: Inside<Project>) -> Answer {
    page(&app, &person, &visit, Told::default()).await
}

/// Creates an invitation, and shows its link this once.
pub(crate) async fn invite(State(app): State<App>, Inside { person, visit, .. }: Inside<People>, filled: FormBody) -> Answer {
    let invited = filled.text("name").trim();
    let new = NewInvitation { name: invited.to_owned(), role: role(filled.text("role"))?, expires_at: None };
    let (place, url) = (visit.clone(), app.public_url().to_owned());
    let told = match app.work(move |hosted| invitations::create(hosted, &place, new, &url)).await {
        Ok(made) => Told { made: Some(made), ..Told::default() },
        Err(Refused(refusal)) => Told { invited, said: Said::refused("invited", refusal)?, ..Told::default() },
    };
    page(&app, &person, &visit, told).await
}

pub(crate) async fn revoke_invitation(
    State(app): State<App>,
    Inside { visit, .. }: Inside<People>,
    filled: FormBody,
) -> Answer {
    let id = filled.number("id")?;
    let address = address(&visit.project);
    app.work(move |hosted| invitations::revoke(hosted, &visit, id)).await?;
    Ok(see(&address))
}

pub(crate) async fn put(State(app): State<App>, Inside { person, visit, .. }: Inside<People>, filled: FormBody) -> Answer {
    let email = Some(filled.text("email").trim().to_owned()).filter(|email| !email.is_empty());
    let new = NewMember { role: role(filled.text("role"))?, email };
    let (typed, place) = (filled.text("name").trim(), visit.clone());
    let name = typed.to_owned();
    let told = match app.work(move |hosted| members::put(hosted, &place, &name, &new)).await {
        Ok(ChangedMember { ended, .. }) if ended != Ended::default() => Told { ended: Some(ended), ..Told::default() },
        Ok(_) => return Ok(see(&address(&visit.project))),
        // An existing member has no separate field for this error.
        Err(Refused(refusal)) if refusal.code == Code::LastOwner => {
            Told { said: Said::refused("", refusal)?, ..Told::default() }
        }
        Err(Refused(refusal)) => Told { typed, said: Said::refused("name", refusal)?, ..Told::default() },
    };
    page(&app, &person, &visit, told).await
}

pub(crate) async fn remove(State(app): State<App>, Inside { person, visit, .. }: Inside<People>, filled: FormBody) -> Answer {
    let (name, place) = (filled.text("name").to_owned(), visit.clone());
    let told = match app.work(move |hosted| members::remove(hosted, &place, &name)).await {
        Ok(ended) if ended != Ended::default() => Told { ended: Some(ended), ..Told::default() },
        Ok(_) => return Ok(see(&address(&visit.project))),
        Err(Refused(refusal)) => Told { said: Said::refused("", refusal)?, ..Told::default() },
    };
    page(&app, &person, &visit, told).await
}

async fn page(app: &App, person: &Person, visit: &AuthorizedAccess, told: Told<'_>) -> Answer {
    let (asked, is_owner) = (visit.clone(), visit.decides());
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
        told,
        provider: app.elsewhere().map(|elsewhere| elsewhere.settings.name.as_str()),
        now,
    }))
}

/// Every role, in ascending order.
pub(super) fn roles() -> [Role; 4] {
    Role::ALL
}

/// The role of that name.
pub(super) fn role(word: &str) -> Result<Role, Refusal> {
    Role::from_word(word).ok_or_else(|| Refusal::invalid("the role must be `viewer`, `developer`, `operator` or `owner`"))
}

fn address(project: &str) -> String {
    format!("/projects/{}/members", segment(project))
}
