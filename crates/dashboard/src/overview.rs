//! `/projects/{project}`: a card for each environment: whether it is ready or what it lacks, when it expires, and who changed what last.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, segment, shown};
use super::form_errors::Said;
use super::person::Inside;
use super::shell::Shell;
use takk_model::Role;
use takk_model::age::{age, until};
use takk_server::access::Names;
use takk_server::app::App;
use takk_server::hosted::overview::{self, Summary};

/// How many names of missing variables a card shows.
const MOST_NAMES: usize = 4;

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage<'p> {
    shell: Shell,
    project: &'p str,
    address: String,
    cards: Vec<Card<'p>>,
    /// How many environments lack a value that their code needs.
    lacking: usize,
    may_add: bool,
    /// The fields of an empty form.
    typed: &'static str,
    said: Said,
    now: i64,
}

/// An environment.
struct Card<'p> {
    environment: &'p str,
    /// The path of its pages.
    address: String,
    is_production: bool,
    /// Whether the user may set its values.
    is_open: bool,
    expires_at: Option<i64>,
    /// How many values it has.
    values: usize,
    /// `None` if nothing was pushed.
    code: Option<Code<'p>>,
    change: Option<Change<'p>>,
}

impl Card<'_> {
    /// Whether the code needs a value that is not there.
    fn lacks(&self) -> bool {
        self.code.as_ref().is_some_and(|code| code.missing > 0)
    }
}

/// What the code needs there.
struct Code<'p> {
    missing: usize,
    /// Some of the missing variables.
    names: &'p [String],
    /// Each with its version.
    resources: Vec<String>,
}

/// The last change of a value.
struct Change<'p> {
    name: &'p str,
    /// The path of its page.
    address: String,
    verb: &'static str,
    author: &'p str,
    at: i64,
}

pub(crate) async fn show(State(app): State<App>, Inside { person, visit, .. }: Inside<Names>) -> Answer {
    let written = app.slowly(visit.caller.user.id, move |hosted| {
        let (found, now) = (overview::summaries(hosted, &visit)?, hosted.now());
        let address = format!("/projects/{}", segment(&visit.project));
        let cards: Vec<Card<'_>> = found.iter().map(|summary| card(summary, &address)).collect();
        Ok(shown(&OverviewPage {
            shell: Shell::within(&person, &visit, "overview"),
            project: &visit.project,
            lacking: cards.iter().filter(|card| card.lacks()).count(),
            cards,
            address,
            may_add: visit.role >= Role::Developer,
            typed: "",
            said: Said::default(),
            now,
        }))
    });
    Ok(written.await?)
}

fn card<'p>(summary: &'p Summary, project: &str) -> Card<'p> {
    let column = &summary.column;
    let last = column.secrets.iter().max_by_key(|held| held.set_at);
    Card {
        environment: &column.environment,
        address: format!("{project}/environments/{}", segment(&column.environment)),
        is_production: column.is_production,
        is_open: column.is_open,
        expires_at: column.expires_at,
        values: column.secrets.iter().filter(|held| held.is_set).count(),
        code: summary.code.as_ref().map(|code| Code {
            missing: code.missing.len(),
            names: &code.missing[..code.missing.len().min(MOST_NAMES)],
            resources: code.resources.clone(),
        }),
        change: last.map(|held| Change {
            name: &held.name,
            address: format!("{project}/secrets/{}", segment(&held.name)),
            verb: if held.is_set { "set" } else { "unset" },
            author: &held.author,
            at: held.set_at,
        }),
    }
}
