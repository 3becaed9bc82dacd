//! `/projects/{project}/environments/{environment}/resources`: what the code needs in an environment: resources, the services that use
//! them, and every variable with its state.

use std::collections::{BTreeSet, HashMap};

use askama::Template;
use axum::extract::State as AppState;
use axum::http::Uri;

use super::answer::{Answer, segment, shown};
use super::form_errors::capitalised;
use super::graph::{BOX, Graph, HEIGHT, WIDTH, graph};
use super::person::Inside;
use super::resource_state::ResourceState;
use super::shell::Shell;
use takk_api::ResourceInfo;
use takk_model::age::age;
use takk_model::{Extension, Manifest, Role};
use takk_plan::{EnvironmentPlan, PlannedResource, PlannedVariable, State, class_name};
use takk_server::access::Names;
use takk_server::app::App;
use takk_server::hosted::Hosted;
use takk_server::hosted::manifests::{self, Needed};
use takk_server::hosted::overview;
use takk_server::hosted::resources as created;
use takk_value::in_words;

#[derive(Template)]
#[template(path = "resources.html")]
struct ResourcesPage<'p> {
    shell: Shell,
    environment: &'p str,
    /// The page to set values, if the user may.
    set: Option<String>,
    /// The page of the admin addresses, if the user may see them.
    admin: Option<String>,
    /// The path of this page.
    here: String,
    needs: Option<Needs<'p>>,
}

struct Needs<'p> {
    author: &'p str,
    age: String,
    missing: usize,
    resources: Vec<ResourceRow<'p>>,
    /// Whether takk has created anything.
    has_created: bool,
    graph: Option<Graph>,
    services: Vec<ServiceRow<'p>>,
    /// How many variables there are.
    count: usize,
    /// The variables that are part of no resource, by what there is to do.
    groups: Vec<Group<'p>>,
    unread: Vec<&'p str>,
}

struct ResourceRow<'p> {
    kind: &'p str,
    name: &'p str,
    version: Option<&'p str>,
    reason: Option<&'p str>,
    place: String,
    /// The extensions that the code uses in the database, in words.
    extensions: Option<String>,
    /// The path of its page.
    address: String,
    state: ResourceState,
    variables: Vec<Variable<'p>>,
    services: String,
}

/// Variables in the same situation.
struct Group<'p> {
    id: &'static str,
    title: &'static str,
    is_open: bool,
    variables: Vec<Variable<'p>>,
}

struct ServiceRow<'p> {
    name: &'p str,
    component: &'p str,
    /// The resources that it uses.
    uses: String,
    /// The services whose URLs it reads.
    calls: String,
    variables: usize,
}

/// A variable, with its state.
pub(super) struct Variable<'p> {
    pub name: &'p str,
    pub state: &'static str,
    pub type_name: &'p str,
    pub words: String,
    pub place: String,
    pub reason: Option<&'p str>,
}

pub(crate) async fn show(AppState(app): AppState<App>, Inside { person, visit, .. }: Inside<Names>, uri: Uri) -> Answer {
    let (user, looks) = (visit.caller.user.id, uri.query() == Some("check"));
    let show = move |hosted: &mut Hosted| {
        let needed = manifests::needed(hosted, &visit)?;
        let is_open = overview::is_open(hosted, &visit)?;
        let address = format!("/projects/{}/environments/{}", segment(&visit.project), segment(&visit.environment));
        let created = created::list(hosted, &visit, looks)?.resources;
        let now = hosted.now();
        Ok(shown(&ResourcesPage {
            shell: Shell::within(&person, &visit, "resources"),
            environment: &visit.environment,
            set: is_open.then(|| format!("{address}/set")),
            admin: (visit.role >= Role::Operator).then(|| format!("{address}/admin-addresses")),
            here: format!("{address}/resources"),
            needs: needed.as_deref().map(|needed| needs(needed, &created, &address, now)),
        }))
    };
    let written = if looks { app.provisioning(user, show).await } else { app.slowly(user, show).await };
    Ok(written?)
}

fn needs<'n>(needed: &'n Needed, created: &[ResourceInfo], environment: &str, now: i64) -> Needs<'n> {
    let plan = &needed.plan;
    let state_of = |resource: &PlannedResource| {
        let key = key_of(resource);
        (state_of(plan, resource, created), format!("{environment}/resources/{}", segment(&key)))
    };
    Needs {
        author: &needed.author,
        age: age(needed.stored_at, now),
        missing: needed.missing(),
        resources: resources(needed, created, environment),
        has_created: !created.is_empty(),
        graph: graph(plan, &state_of),
        services: services(plan),
        count: plan.variables.len(),
        groups: groups(needed),
        unread: plan.stale.iter().map(|stale| stale.stored.name.as_str()).collect(),
    }
}

/// The name of a resource in the ledger and in paths.
pub(super) fn key_of(resource: &PlannedResource) -> String {
    format!("{}/{}", resource.kind, resource.name)
}

/// The state of a resource, with what takk has created.
pub(super) fn state_of(plan: &EnvironmentPlan, resource: &PlannedResource, created: &[ResourceInfo]) -> ResourceState {
    let key = key_of(resource);
    let is_of = |variable: &&PlannedVariable| resource.variables.contains(&variable.declared.name);
    let variables: Vec<&PlannedVariable> = plan.variables.iter().filter(is_of).collect();
    ResourceState::of(&variables, created.iter().find(|info| info.resource == key))
}

/// The variables of a resource.
pub(super) fn variables_of<'n>(needed: &'n Needed, resource: &PlannedResource) -> Vec<Variable<'n>> {
    let of_name = |name: &String| needed.plan.variables.iter().find(|variable| variable.declared.name == *name);
    resource.variables.iter().filter_map(of_name).map(|variable| row(&needed.manifest, variable)).collect()
}

/// The extensions that the code uses in a database, as a sentence without its full stop.
pub(super) fn extensions_of(resource: &PlannedResource) -> Option<String> {
    Extension::listed(&resource.extensions).as_deref().map(capitalised)
}

fn resources<'n>(needed: &'n Needed, created: &[ResourceInfo], environment: &str) -> Vec<ResourceRow<'n>> {
    let row = needed.plan.resources.iter().map(|resource| ResourceRow {
        state: state_of(&needed.plan, resource, created),
        address: format!("{environment}/resources/{}", segment(&key_of(resource))),
        kind: &resource.kind,
        name: &resource.name,
        version: resource.version.as_ref().map(|answer| answer.version.as_str()),
        reason: resource.version.as_ref().map(|answer| answer.reason.as_str()),
        place: resource.place.short(),
        extensions: extensions_of(resource),
        variables: variables_of(needed, resource),
        services: resource.services.join(", "),
    });
    row.collect()
}

/// The variables that no resource lists.
fn groups(needed: &Needed) -> Vec<Group<'_>> {
    let listed: BTreeSet<&str> =
        needed.plan.resources.iter().flat_map(|resource| &resource.variables).map(String::as_str).collect();
    let mut groups = [("missing", "Missing", true), ("given", "Set", false), ("others", "Optional, or with a default", false)]
        .map(|(id, title, is_open)| Group { id, title, is_open, variables: Vec::new() });
    for variable in needed.plan.variables.iter().filter(|variable| !listed.contains(variable.declared.name.as_str())) {
        let place = match variable.state {
            State::Missing => 0,
            State::Default | State::Optional => 2,
            _ => 1,
        };
        groups[place].variables.push(row(&needed.manifest, variable));
    }
    groups.into_iter().filter(|group| !group.variables.is_empty()).collect()
}

fn services(plan: &EnvironmentPlan) -> Vec<ServiceRow<'_>> {
    let mut connected: HashMap<&str, Vec<String>> = HashMap::new();
    for resource in &plan.resources {
        for service in &resource.services {
            connected.entry(service).or_default().push(format!("{} {}", resource.kind, resource.name));
        }
    }
    let mut calls: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for variable in &plan.variables {
        let Some(called) = &variable.declared.service else { continue };
        for service in &variable.declared.services {
            calls.entry(service).or_default().insert(&called.name);
        }
    }
    let row = plan.services.iter().map(|service| {
        let used = connected.remove(service.name.as_str()).unwrap_or_default();
        let called: Vec<&str> = calls.remove(service.name.as_str()).unwrap_or_default().into_iter().collect();
        ServiceRow {
            name: &service.name,
            component: &service.component,
            uses: used.join(", "),
            calls: called.join(", "),
            variables: service.variables.len(),
        }
    });
    row.collect()
}

fn row<'n>(manifest: &Manifest, variable: &'n PlannedVariable) -> Variable<'n> {
    let declared = &variable.declared;
    let class = declared.first_reader().class.as_ref().map(class_name);
    let made = declared.first_reader().made_shortly().map(|made| format!(", {made}")).unwrap_or_default();
    let place = format!("{}{made}", declared.place().short());
    Variable {
        name: &declared.name,
        state: word(variable),
        type_name: &declared.type_name,
        words: in_words(&manifest.accepts(&declared.name, declared.first_reader().field())),
        place: class.map_or_else(|| place.clone(), |class| format!("{class}, {place}")),
        reason: variable.reason.as_deref(),
    }
}

/// The state in a word, for a table.
fn word(variable: &PlannedVariable) -> &'static str {
    match variable.state.as_str() {
        "resolved" => "made",
        "path" => "in a secret store",
        other => other,
    }
}
