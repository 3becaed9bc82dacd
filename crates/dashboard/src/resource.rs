//! `/projects/{project}/environments/{environment}/resources/{resource}`: one resource: its state, what takk has created for it with the
//! history of its credentials, who is connected, and three ways to get one: create it, use an existing one, or enter values.

use std::sync::atomic::AtomicBool;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;

use super::answer::{Answer, see, segment, shown};
use super::form::FormBody;
use super::form_errors::{Said, capitalised};
use super::person::{Inside, Person};
use super::resource_state::ResourceState;
use super::resource_ways::{FIELD, Ways};
use super::resources::{Variable, extensions_of, key_of, state_of, variables_of};
use super::shell::Shell;
use super::value_field::Input;
use takk_api::{Code, ProvisionRequest, ResourceEvent, ResourceFailure, ResourceInfo, SessionList};
use takk_model::Role;
use takk_model::age::{age, until};
use takk_plan::PlannedResource;
use takk_project::config::Level;
use takk_provision::server::KINDS;
use takk_server::access::{Names, Ownership, Values};
use takk_server::app::App;
use takk_server::hosted::authorize::AuthorizedAccess;
use takk_server::hosted::manifests::{self, Needed};
use takk_server::hosted::resource_history::{self, Happening};
use takk_server::hosted::{Hosted, Refusal, Result, overview, resources};
use takk_server::problem::Refused;

/// How much of its history a page shows.
const MOST_HISTORY: usize = 30;

/// The resource in the path: `postgres/default`.
#[derive(Deserialize)]
pub(crate) struct Named {
    pub(super) resource: String,
}

#[derive(Template)]
#[template(path = "resource.html")]
struct ResourcePage<'p> {
    shell: Shell,
    environment: &'p str,
    key: &'p str,
    /// The path of this page, which is also the prefix of its forms.
    address: String,
    /// The page of everything that the code needs.
    back: String,
    /// The path of the project's secrets.
    secrets: String,
    state: ResourceState,
    needed: Option<NeededResource<'p>>,
    created: Option<Created>,
    /// How to get one, if takk has created none and the user may decide.
    ways: Option<Ways>,
    /// Whether the user may see who is connected.
    may_ask: bool,
    sessions: Option<SessionList>,
    /// The latest of what happened to it.
    history: Vec<Happening>,
    /// How much more there is.
    earlier: usize,
    may: Permissions,
    tested: Option<String>,
    said: Said,
    now: i64,
}

/// What the user may do with it.
struct Permissions {
    create: bool,
    remove: bool,
    unprotect: bool,
}

/// What the code needs.
struct NeededResource<'p> {
    version: Option<&'p str>,
    reason: Option<&'p str>,
    place: String,
    /// The extensions that the code uses in the database, in words.
    extensions: Option<String>,
    services: String,
    variables: Vec<Variable<'p>>,
    /// The form with its variables, if the user may set them.
    set: Option<String>,
}

/// What takk has created.
struct Created {
    info: ResourceInfo,
    /// Whether it must not be removed now.
    is_protected: bool,
}

/// What a request adds to the page.
#[derive(Default)]
pub(super) struct View {
    /// Whether the server logs in to the resource.
    pub looks: bool,
    /// Whether it asks who is connected.
    pub asks_sessions: bool,
    /// What a login with a typed address said.
    pub tested: Option<String>,
    pub said: Said,
}

impl View {
    pub(super) fn of(said: Said) -> Self {
        Self { said, ..Self::default() }
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Names>,
    Path(Named { resource }): Path<Named>,
    uri: Uri,
) -> Answer {
    let (looks, asks_sessions) = (uri.query() == Some("check"), uri.query() == Some("sessions"));
    page(&app, &person, visit, resource, View { looks, asks_sessions, ..View::default() }).await
}

/// Creates the resource, or repairs it.
pub(crate) async fn create(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Values>,
    Path(Named { resource }): Path<Named>,
    _: FormBody,
) -> Answer {
    let request = ProvisionRequest { resources: vec![resource.clone()], adopt: false, from: None };
    let place = visit.clone();
    let prepared = app.slowly(visit.caller.user.id, move |hosted| resources::prepare(hosted, place, request)).await;
    let created = match prepared {
        Err(refused) => Err(refused),
        Ok(prepared) => {
            let create = app.provisioning(visit.caller.user.id, move |hosted| {
                let mut failure = None;
                let mut report = |event| {
                    if let ResourceEvent::Failed { failure: why, .. } = event {
                        failure = Some(why);
                    }
                };
                // Nobody sees progress: a page that is left does not stop it halfway.
                resources::create(hosted, &prepared, &AtomicBool::new(false), &mut report)?;
                Ok(failure)
            });
            create.await
        }
    };
    done(&app, &person, visit, resource, created).await
}

/// Removes the resource with its data, if the user entered the name of the environment.
pub(crate) async fn remove(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Values>,
    Path(Named { resource }): Path<Named>,
    filled: FormBody,
) -> Answer {
    if filled.text("name").trim() != visit.environment {
        let said = Said::of("name", format!("The name does not match `{}`. Nothing was removed.", visit.environment));
        return page(&app, &person, visit, resource, View::of(said)).await;
    }
    let (place, key) = (visit.clone(), resource.clone());
    let removed = app.provisioning(visit.caller.user.id, move |hosted| {
        let prepared = resources::prepare_removal(hosted, place, key)?;
        resources::remove(hosted, &prepared, &mut |_| {})?;
        Ok(None)
    });
    let removed = removed.await;
    done(&app, &person, visit, resource, removed).await
}

/// Lifts the protection for an hour.
pub(crate) async fn unprotect(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Ownership>,
    Path(Named { resource }): Path<Named>,
    _: FormBody,
) -> Answer {
    let (place, key) = (visit.clone(), resource.clone());
    let lifted = app.slowly(visit.caller.user.id, move |hosted| resources::unprotect(hosted, &place, key).map(|_| None));
    let lifted = lifted.await;
    done(&app, &person, visit, resource, lifted).await
}

/// Leads back to the page, or shows on it what went wrong.
async fn done(
    app: &App,
    person: &Person,
    visit: AuthorizedAccess,
    key: String,
    outcome: std::result::Result<Option<ResourceFailure>, Refused>,
) -> Answer {
    let said = match outcome {
        Ok(None) => return Ok(see(&address(&visit, &key))),
        Ok(Some(failure)) => Said::of("", text_of(&failure.detail, &failure.about, &failure.hints)),
        Err(Refused(refusal)) => Said::of("", text_of(&refusal.detail, &[], &refusal.hints)),
    };
    page(app, person, visit, key, View::of(said)).await
}

/// What went wrong, in sentences. A hint that is a command is code.
fn text_of(detail: &str, about: &[String], hints: &[String]) -> String {
    let sentences = std::iter::once(detail).chain(about.iter().map(String::as_str)).map(|text| capitalised(text) + ".");
    let hints = hints.iter().map(|hint| {
        let is_command = hint.starts_with("takk ") && !hint.contains('`');
        if is_command { format!("Run `{hint}`.") } else { capitalised(hint) + "." }
    });
    sentences.chain(hints).collect::<Vec<_>>().join(" ")
}

pub(super) fn address(visit: &AuthorizedAccess, key: &str) -> String {
    format!("/projects/{}/environments/{}/resources/{}", segment(&visit.project), segment(&visit.environment), segment(key))
}

pub(super) async fn page(app: &App, person: &Person, visit: AuthorizedAccess, key: String, view: View) -> Answer {
    let (person, user) = (person.clone(), visit.caller.user.id);
    let waits = view.looks || view.asks_sessions;
    let show = move |hosted: &mut Hosted| written(hosted, &person, &visit, &key, view);
    let written = if waits { app.provisioning(user, show).await } else { app.slowly(user, show).await };
    Ok(written?)
}

fn written(hosted: &mut Hosted, person: &Person, visit: &AuthorizedAccess, key: &str, mut view: View) -> Result<Response> {
    let needed = manifests::needed(hosted, visit)?;
    let is_open = overview::is_open(hosted, visit)?;
    let list = resources::list(hosted, visit, view.looks)?.resources;
    let planned = needed.as_ref().and_then(|needed| {
        let mut all = needed.plan.resources.iter();
        all.find(|resource| key_of(resource) == key).map(|resource| (&**needed, resource))
    });
    let state = match planned {
        Some((needed, resource)) => state_of(&needed.plan, resource, &list),
        None => ResourceState::of(&[], list.iter().find(|info| info.resource == key)),
    };
    let info = list.into_iter().find(|info| info.resource == key);
    if info.is_none() && planned.is_none() {
        return Err(Refusal::not_found(format!("`{}` has no resource of that name", visit.environment)));
    }
    let mut names = planned.map(|(_, resource)| resource.variables.clone()).unwrap_or_default();
    names
        .extend(info.iter().flat_map(|info| &info.variables).filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
    let mut history = resource_history::history(hosted, visit, key, &names)?;
    let earlier = history.len().saturating_sub(MOST_HISTORY);
    history.truncate(MOST_HISTORY);
    let sessions = if view.asks_sessions { sessions(hosted, visit, key, &mut view)? } else { None };
    let ways = match planned.filter(|_| info.is_none() && is_open) {
        Some((needed, resource)) => Some(Ways::read(hosted, visit, needed, resource, state)?),
        None => None,
    };
    let kind = key.split('/').next().unwrap_or_default();
    let is_creatable = KINDS.iter().any(|known| known.creates(kind));
    let now = hosted.now();
    let created = info
        .map(|info| Created { is_protected: info.protected && info.unprotected_until.is_none_or(|until| until <= now), info });
    let project = format!("/projects/{}", segment(&visit.project));
    let environment = format!("{project}/environments/{}", segment(&visit.environment));
    Ok(shown(&ResourcePage {
        shell: Shell::within(person, visit, "resources"),
        environment: &visit.environment,
        key,
        address: address(visit, key),
        back: format!("{environment}/resources"),
        secrets: format!("{project}/secrets"),
        state,
        needed: planned.map(|(needed, resource)| needed_resource(needed, resource, is_open, &environment)),
        may: permissions(visit, is_open, is_open && is_creatable && planned.is_some(), created.as_ref()),
        may_ask: is_open && may_ask(visit, created.as_ref()),
        created,
        ways,
        sessions,
        history,
        earlier,
        tested: view.tested,
        said: view.said,
        now,
    }))
}

fn needed_resource<'n>(
    needed: &'n Needed,
    resource: &'n PlannedResource,
    is_open: bool,
    environment: &str,
) -> NeededResource<'n> {
    let query: Vec<String> = resource.variables.iter().map(|name| format!("name={}", segment(name))).collect();
    NeededResource {
        version: resource.version.as_ref().map(|answer| answer.version.as_str()),
        reason: resource.version.as_ref().map(|answer| answer.reason.as_str()),
        place: resource.place.short(),
        extensions: extensions_of(resource),
        services: resource.services.join(", "),
        variables: variables_of(needed, resource),
        set: (is_open && !query.is_empty()).then(|| format!("{environment}/set?{}", query.join("&"))),
    }
}

fn permissions(visit: &AuthorizedAccess, is_open: bool, create: bool, created: Option<&Created>) -> Permissions {
    let is_owner = visit.role == Role::Owner;
    let is_protected = created.is_some_and(|created| created.is_protected);
    Permissions {
        create,
        remove: is_open && !is_protected && (is_owner || created.is_some_and(|one| !one.info.protected)),
        unprotect: is_owner && is_protected,
    }
}

/// Whether the role suffices to ask who is connected, which only a server with an admin address tells.
fn may_ask(visit: &AuthorizedAccess, created: Option<&Created>) -> bool {
    created.is_some_and(|Created { info, .. }| {
        let is_full = Level::parse(&info.level) == Some(Level::Full);
        info.host.is_some() && (!is_full || visit.role >= Role::Operator)
    })
}

/// Who is connected. What the server of the resource says against it is shown on the page.
fn sessions(hosted: &mut Hosted, visit: &AuthorizedAccess, key: &str, view: &mut View) -> Result<Option<SessionList>> {
    let prepared = resources::prepare_sessions(hosted, visit.clone(), key.to_owned())?;
    match resources::sessions(hosted, &prepared) {
        Ok(list) => Ok(Some(list)),
        Err(refusal) if refusal.code == Code::Invalid => {
            view.said = Said::of("", text_of(&refusal.detail, &[], &refusal.hints));
            Ok(None)
        }
        Err(refusal) => Err(refusal),
    }
}
