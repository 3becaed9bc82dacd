//! `/projects/{project}/environments`: the environments of a project, and which of them are production.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::form::FormBody;
use super::form_errors::Said;
use super::person::{Inside, Person};
use super::shell::Shell;
use takk_api::Production;
use takk_model::Role;
use takk_model::age::{age, until};
use takk_model::is_production_by_name;
use takk_server::access::{Names, People};
use takk_server::app::App;
use takk_server::hosted::authorize::{AuthorizedAccess, PRODUCTION};
use takk_server::hosted::{Hosted, Paging, Result, environments, production};
use takk_server::problem::Refused;

#[derive(Template)]
#[template(path = "environments.html")]
struct EnvironmentsPage<'p> {
    shell: Shell,
    project: &'p str,
    address: String,
    rows: Vec<Row>,
    is_owner: bool,
    /// Whether the user may declare what is production.
    decides: bool,
    may_add: bool,
    /// The name entered for a new environment.
    typed: &'p str,
    said: Said,
    now: i64,
}

/// An environment, or a name that was declared before its environment exists.
struct Row {
    name: String,
    is_production: bool,
    said: By,
    /// Whether the user may set its values.
    is_open: bool,
    /// The number of values; `None` if it does not exist yet.
    values: Option<usize>,
    made_at: Option<i64>,
    expires_at: Option<i64>,
}

/// Who decided whether an environment is production.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// takk, and owners cannot change it.
    Takk,
    /// An owner, who declared it as production.
    Owner,
    /// Its name, or an owner who declared it as not production.
    Name,
}

impl By {
    fn of(name: &str, named: &[String]) -> Self {
        match name {
            PRODUCTION => Self::Takk,
            _ if named.iter().any(|named| named == name) => Self::Owner,
            _ => Self::Name,
        }
    }
}

pub(crate) async fn show(State(app): State<App>, Inside { person, visit, .. }: Inside<Names>) -> Answer {
    page(&app, &person, &visit, "", Said::default()).await
}

/// Declares which environments are production, and which are not.
pub(crate) async fn name_production(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<People>,
    filled: FormBody,
) -> Answer {
    let ticked: Vec<String> = filled.all("production").map(str::to_owned).collect();
    // An environment that was listed but not selected is not production. Nothing is declared if the name already says so.
    let shown = filled.all("shown").filter(|name| !ticked.iter().any(|ticked| ticked == name) && *name != PRODUCTION);
    let not_production = shown.filter(|name| is_production_by_name(name)).map(str::to_owned).collect();
    let named = filled.all("named").collect::<Vec<_>>();
    let is_said = |name: &String| !is_production_by_name(name) || named.contains(&name.as_str());
    let environments = ticked.into_iter().filter(is_said).collect();
    let named = Production { environments, not_production };
    let place = visit.clone();
    match app.work(move |hosted| production::name(hosted, &place, named)).await {
        Ok(_) => Ok(see(&format!("/projects/{}/environments", segment(&visit.project)))),
        Err(Refused(refusal)) => page(&app, &person, &visit, "", Said::refused("", refusal)?).await,
    }
}

/// The page, with the errors of its forms.
pub(super) async fn page(app: &App, person: &Person, visit: &AuthorizedAccess, typed: &str, said: Said) -> Answer {
    let place = visit.clone();
    let (rows, now) = app.work(move |hosted| Ok((rows(hosted, &place)?, hosted.now()))).await?;
    Ok(shown(&EnvironmentsPage {
        shell: Shell::within(person, visit, "environments"),
        project: &visit.project,
        address: format!("/projects/{}", segment(&visit.project)),
        rows,
        is_owner: visit.role == Role::Owner,
        decides: visit.decides(),
        may_add: visit.role >= Role::Developer,
        typed,
        said,
        now,
    }))
}

/// The existing environments, then those that were only declared.
fn rows(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<Vec<Row>> {
    let paging = Paging { cursor: None, limit: Some(500) };
    let there = environments::list(hosted, visit, &paging)?.items;
    let Production { environments: named, not_production } = production::list(hosted, visit)?;
    let is_open = |is_production| visit.role >= if is_production { Role::Operator } else { Role::Developer };
    let mut rows: Vec<Row> = there
        .into_iter()
        .map(|info| Row {
            said: By::of(&info.name, &named),
            is_production: info.is_production,
            is_open: is_open(info.is_production),
            values: Some(info.values),
            made_at: Some(info.created_at),
            expires_at: info.expires_at,
            name: info.name,
        })
        .collect();
    let both = [(named, true), (not_production, false)].into_iter();
    let to_come = both.flat_map(|(names, is_production)| names.into_iter().map(move |name| (name, is_production)));
    let to_come = to_come.filter(|(name, _)| name != PRODUCTION && visit.caller.covers(name));
    let to_come: Vec<(String, bool)> = to_come.filter(|(name, _)| rows.iter().all(|row| row.name != *name)).collect();
    rows.extend(to_come.into_iter().map(|(name, is_production)| Row {
        name,
        is_production,
        said: if is_production { By::Owner } else { By::Name },
        is_open: is_open(is_production),
        values: None,
        made_at: None,
        expires_at: None,
    }));
    Ok(rows)
}
