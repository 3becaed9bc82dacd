//! `/projects/{project}/environments/{environment}/resources/{resource}`: one resource: what the code needs of it, what takk has created for
//! it, and the forms that create and remove it.

use std::sync::atomic::AtomicBool;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use serde::Deserialize;

use super::answer::{Answer, see, segment, shown};
use super::form::FormBody;
use super::form_errors::{Said, capitalised};
use super::person::{Inside, Person};
use super::resources::{Variable, variables_of};
use super::shell::Shell;
use crate::access::{Names, Ownership, Values};
use crate::app::App;
use crate::hosted::authorize::AuthorizedAccess;
use crate::hosted::overview;
use crate::hosted::{Refusal, manifests, resources};
use crate::problem::Refused;
use takk_api::{ProvisionRequest, ResourceEvent, ResourceFailure, ResourceInfo};
use takk_model::Role;
use takk_model::age::{age, until};
use takk_provision::server::KINDS;

/// The resource in the path: `postgres/default`.
#[derive(Deserialize)]
pub(crate) struct Named {
    resource: String,
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
    /// The form with the variables of this resource.
    set: Option<String>,
    needed: Option<NeededResource<'p>>,
    created: Option<Created>,
    /// Whether takk can create this kind on other servers.
    is_creatable: bool,
    may: Permissions,
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
    services: String,
    variables: Vec<Variable<'p>>,
}

/// What takk has created.
struct Created {
    info: ResourceInfo,
    /// Whether it must not be removed now.
    is_protected: bool,
}

pub(crate) async fn show(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Names>,
    Path(Named { resource }): Path<Named>,
    uri: Uri,
) -> Answer {
    page(&app, &person, visit, resource, uri.query() == Some("check"), Said::default()).await
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
        return page(&app, &person, visit, resource, false, said).await;
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
    outcome: Result<Option<ResourceFailure>, Refused>,
) -> Answer {
    let said = match outcome {
        Ok(None) => return Ok(see(&address(&visit, &key))),
        Ok(Some(failure)) => Said::of("", text_of(&failure.detail, &failure.about, &failure.hints)),
        Err(Refused(refusal)) => Said::of("", text_of(&refusal.detail, &[], &refusal.hints)),
    };
    page(app, person, visit, key, false, said).await
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

fn address(visit: &AuthorizedAccess, key: &str) -> String {
    format!("/projects/{}/environments/{}/resources/{}", segment(&visit.project), segment(&visit.environment), segment(key))
}

async fn page(app: &App, person: &Person, visit: AuthorizedAccess, key: String, looks: bool, said: Said) -> Answer {
    let (person, user) = (person.clone(), visit.caller.user.id);
    let show = move |hosted: &mut crate::hosted::Hosted| {
        let needed = manifests::needed(hosted, &visit)?;
        let is_open = overview::is_open(hosted, &visit)?;
        let list = resources::list(hosted, &visit, looks)?.resources;
        let now = hosted.now();
        let info = list.into_iter().find(|info| info.resource == key);
        let planned = needed.as_ref().and_then(|needed| {
            let mut all = needed.plan.resources.iter();
            all.find(|resource| format!("{}/{}", resource.kind, resource.name) == key).map(|resource| (needed, resource))
        });
        if info.is_none() && planned.is_none() {
            return Err(Refusal::not_found(format!("`{}` has no resource of that name", visit.environment)));
        }
        let kind = key.split('/').next().unwrap_or_default();
        let is_creatable = KINDS.iter().any(|known| known.creates(kind));
        let created = info.map(|info| Created {
            is_protected: info.protected && info.unprotected_until.is_none_or(|until| until <= now),
            info,
        });
        let is_protected = created.as_ref().is_some_and(|created| created.is_protected);
        let is_owner = visit.role == Role::Owner;
        let environment = format!("/projects/{}/environments/{}", segment(&visit.project), segment(&visit.environment));
        let names = planned.map(|(_, resource)| resource.variables.as_slice()).unwrap_or_default();
        let query: Vec<String> = names.iter().map(|name| format!("name={}", segment(name))).collect();
        Ok(shown(&ResourcePage {
            shell: Shell::within(&person, &visit, "resources"),
            environment: &visit.environment,
            key: &key,
            address: address(&visit, &key),
            back: format!("{environment}/resources"),
            set: (is_open && !query.is_empty()).then(|| format!("{environment}/set?{}", query.join("&"))),
            needed: planned.map(|(needed, resource)| NeededResource {
                version: resource.version.as_ref().map(|answer| answer.version.as_str()),
                reason: resource.version.as_ref().map(|answer| answer.reason.as_str()),
                place: resource.place.short(),
                services: resource.services.join(", "),
                variables: variables_of(needed, resource),
            }),
            is_creatable,
            may: Permissions {
                create: is_open && is_creatable && planned.is_some(),
                remove: is_open && !is_protected && (is_owner || created.as_ref().is_some_and(|one| !one.info.protected)),
                unprotect: is_owner && is_protected,
            },
            created,
            said,
            now,
        }))
    };
    let written = if looks { app.provisioning(user, show).await } else { app.slowly(user, show).await };
    Ok(written?)
}
