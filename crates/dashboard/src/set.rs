//! `/projects/{project}/environments/{environment}/set`: the form that sets values, generated from what the code needs. Errors are shown
//! next to their field. A secret that was typed is never sent back.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::answer::{Answer, see, segment, shown};
use super::answers::{self, Answers};
use super::environments;
use super::form::FormBody;
use super::form_errors::{Said, Sentence};
use super::person::{Inside, Person};
use super::shell::Shell;
use super::stopped::Stopped;
use super::value_field::{FieldGroup, Input, ValueField, grouped};
use takk_api::{Change, Changes, Code};
use takk_model::age::age;
use takk_plan::{PlannedVariable, State as PlanState};
use takk_project::ops::secrets::missing::missing;
use takk_project::ops::secrets::names::of_variable;
use takk_server::access::{Names, Values};
use takk_server::app::App;
use takk_server::body::all_of;
use takk_server::hosted::authorize::AuthorizedAccess;
use takk_server::hosted::manifests::Needed;
use takk_server::hosted::overview::{self, Column};
use takk_server::hosted::{Refusal, changes, manifests, names};

#[derive(Template)]
#[template(path = "set.html")]
struct SetPage<'p> {
    shell: Shell,
    environment: &'p str,
    action: String,
    back: String,
    /// The path of the page that lists everything the code needs.
    needs: String,
    wrong: Option<Sentence>,
    /// Who stored the manifest, and when.
    told: Option<(&'p str, String)>,
    /// The names that have no value, or that the user selected.
    wanted: Vec<FieldGroup>,
    /// How many of these there are.
    wanted_count: usize,
    is_asked: bool,
    /// Optional variables.
    optional: Vec<ValueField>,
    others: Vec<ValueField>,
}

/// Redirects to the form of the environment in the query, which need not exist yet.
pub(crate) async fn choose(
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

pub(crate) async fn show(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Values>,
    RawQuery(query): RawQuery,
) -> Answer {
    let asked = all_of(query.as_deref(), "name");
    asked.iter().try_for_each(|name| names::variable(name).map(drop))?;
    page(&app, person, visit, asked, Answers::default(), None).await
}

/// Stores the submitted values.
pub(crate) async fn store(State(app): State<App>, Inside { person, visit, .. }: Inside<Values>, filled: FormBody) -> Answer {
    let asked = visit.clone();
    // The form may be on the page of a resource, which is where the user continues.
    let resource = filled.optional("resource").map(str::to_owned);
    let read = app.slowly(visit.caller.user.id, move |hosted| {
        let needed = manifests::needed(hosted, &asked)?;
        answers::read(&filled, needed.as_deref())
    });
    let mut answers = read.await?;
    if !answers.wrong.is_empty() {
        let names: Vec<String> = answers.wrong.keys().map(|name| format!("`{name}`")).collect();
        let wrong = format!("Not accepted: {}.", names.join(", "));
        return page(&app, person, visit, Vec::new(), answers, Some(wrong)).await;
    }
    let wrong = match stored(&app, &visit, std::mem::take(&mut answers.changes)).await {
        Ok(()) => return Ok(see(&next(&visit, resource.as_deref()))),
        Err(refusal) if matches!(refusal.code, Code::Invalid | Code::VersionConflict) => format!("{}.", refusal.detail),
        Err(refusal) => return Err(refusal.into()),
    };
    page(&app, person, visit, Vec::new(), answers, Some(wrong)).await
}

/// The page after values were stored.
fn next(visit: &AuthorizedAccess, resource: Option<&str>) -> String {
    let project = format!("/projects/{}", segment(&visit.project));
    match resource {
        Some(resource) => {
            format!("{project}/environments/{}/resources/{}", segment(&visit.environment), segment(resource))
        }
        None => format!("{project}/secrets"),
    }
}

async fn stored(app: &App, visit: &AuthorizedAccess, changes: Vec<Change>) -> Result<(), Refusal> {
    if changes.is_empty() {
        return Err(Refusal::invalid("enter a value"));
    }
    let asked = changes::asked(visit.into(), None, &[], Changes { changes })?;
    changes::done(app.write_queue().ask(asked).await?).map(drop)
}

async fn page(
    app: &App,
    person: Person,
    visit: AuthorizedAccess,
    asked: Vec<String>,
    answers: Answers,
    wrong: Option<String>,
) -> Result<Response, Stopped> {
    let written = app.slowly(visit.caller.user.id, move |hosted| {
        let found = (overview::columns(hosted, &visit)?, manifests::needed(hosted, &visit)?, hosted.now());
        Ok(form(&person, &visit, &asked, answers, wrong, found))
    });
    Ok(written.await?)
}

/// The metadata of the project's values, what the code needs, and the current time.
type Found = (Vec<Column>, Option<Arc<Needed>>, i64);

fn form(
    person: &Person,
    visit: &AuthorizedAccess,
    asked: &[String],
    answers: Answers,
    wrong: Option<String>,
    (columns, needed, now): Found,
) -> Response {
    let here = columns.iter().find(|column| column.environment == visit.environment);
    let mut form = Form::new(here, needed.as_deref(), answers);
    let wanted = if asked.is_empty() { form.lacking(&columns) } else { form.fields(asked.iter().map(String::as_str)) };
    let optional = form.optional();
    let others = form.others(&columns);
    let project = segment(&visit.project);
    shown(&SetPage {
        shell: Shell::within(person, visit, "secrets"),
        environment: &visit.environment,
        action: format!("/projects/{project}/environments/{}/set", segment(&visit.environment)),
        back: format!("/projects/{project}/secrets"),
        needs: format!("/projects/{project}/environments/{}/resources", segment(&visit.environment)),
        wrong: wrong.map(Sentence::from),
        told: needed.as_ref().map(|needed| (needed.author.as_str(), age(needed.stored_at, now))),
        wanted_count: wanted.len(),
        wanted: grouped(wanted),
        is_asked: !asked.is_empty(),
        optional,
        others,
    })
}

/// The fields of the form, each name once.
struct Form<'f> {
    here: Option<&'f Column>,
    needed: Option<&'f Needed>,
    /// The variables by all of their names.
    variables: HashMap<&'f str, &'f PlannedVariable>,
    answers: Answers,
    seen: BTreeSet<String>,
}

impl<'f> Form<'f> {
    fn new(here: Option<&'f Column>, needed: Option<&'f Needed>, answers: Answers) -> Self {
        let mut variables = HashMap::new();
        for variable in needed.iter().flat_map(|needed| &needed.plan.variables) {
            for name in of_variable(variable) {
                variables.entry(name).or_insert(variable);
            }
        }
        Self { here, needed, variables, answers, seen: BTreeSet::new() }
    }

    /// The required names without a value; without a manifest, the names that are set in other environments.
    fn lacking(&mut self, columns: &[Column]) -> Vec<ValueField> {
        let Some(needed) = self.needed else {
            let names = set_in(columns).into_iter().filter(|name| !self.is_set(name));
            let names: Vec<&str> = names.collect();
            return self.fields(names.into_iter());
        };
        // A rejected value has to be entered again.
        let refused = self.answers.wrong.keys().cloned();
        let names: Vec<String> =
            missing(&needed.manifest, &needed.plan).into_iter().map(|ask| ask.name).chain(refused).collect();
        self.fields(names.iter().map(String::as_str))
    }

    /// Optional variables.
    fn optional(&mut self) -> Vec<ValueField> {
        let Some(needed) = self.needed else { return Vec::new() };
        let is_optional = |state| !matches!(state, PlanState::Set | PlanState::Missing | PlanState::Inherited);
        let variables = needed.plan.variables.iter().filter(|variable| is_optional(variable.state));
        self.fields(variables.map(|variable| variable.declared.name.as_str()))
    }

    /// The names that are set here, and those that are set elsewhere but that the code does not read here.
    fn others(&mut self, columns: &[Column]) -> Vec<ValueField> {
        self.fields(set_in(columns).into_iter())
    }

    fn fields<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> Vec<ValueField> {
        names.filter_map(|name| self.field(name)).collect()
    }

    /// A field for a name, unless it already has one.
    fn field(&mut self, name: &str) -> Option<ValueField> {
        if !self.seen.insert(name.to_owned()) {
            return None;
        }
        let id = self.seen.len();
        let held = self.here.and_then(|column| column.find(name));
        let (version, is_set) = held.map_or((0, false), |held| (held.version, held.is_set));
        let state = || if is_set { format!("set, version {version}") } else { "missing".to_owned() };
        let variable = self.variables.get(name).copied();
        let declared = self.needed.zip(variable).map(|(needed, variable)| ValueField::of(id, name, version, needed, variable));
        let mut field = declared.unwrap_or_else(|| ValueField::unknown(id, name.to_owned(), state(), version));
        field.wrong = self.answers.wrong.remove(name).map(Sentence::from);
        field.kept = self.answers.kept.remove(name).filter(|_| field.is_open()).unwrap_or_default();
        Some(field)
    }

    fn is_set(&self, name: &str) -> bool {
        self.here.and_then(|column| column.find(name)).is_some_and(|held| held.is_set)
    }
}

/// The fields of some variables, for the page of the resource that they belong to.
pub(super) fn fields_of(here: Option<&Column>, needed: &Needed, names: &[String]) -> Vec<ValueField> {
    Form::new(here, Some(needed), Answers::default()).fields(names.iter().map(String::as_str))
}

/// The names that have a value in some environment.
fn set_in(columns: &[Column]) -> BTreeSet<&str> {
    let held = columns.iter().flat_map(|column| &column.secrets).filter(|held| held.is_set);
    held.map(|held| held.name.as_str()).collect()
}
