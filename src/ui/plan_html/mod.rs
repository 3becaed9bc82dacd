//! The plan as one HTML page, which needs no script and loads nothing.
//!
//! The page is `templates/plan.html`, with its style in `templates/plan.css`. The template escapes every text; invisible characters are
//! made visible in the whole page at once.

mod resources;
mod services;
mod variables;

use askama::Template;

use self::resources::ResourceRow;
use self::services::ServiceRow;
use self::variables::{Group, StaleRow};
use super::plan_words::{Nothing, count, next_step, not_read, nothing, severities, severity, states, suggested, summary};
use super::value_text::{Piece, pieces};
use takk_model::error::{Error, Result};
use takk_model::visible::visible;
use takk_model::{Finding, Place, Severity};
use takk_plan::{Address, EnvironmentPlan, Plan, State};

/// The maximum number of environments side by side on a screen; more require scrolling.
const SIDE_BY_SIDE: usize = 4;

/// A longer word may not fit in a column.
const LONG_WORD: usize = 26;

/// The plan and what was found.
pub fn render(plan: &Plan, findings: &[Finding]) -> Result<String> {
    let page = Page::of(plan, findings);
    let text = page.render().map_err(|error| Error::internal("cannot write the page").caused_by(error))?;
    Ok(visible(&text))
}

/// The data of the page, in order.
#[derive(Template)]
#[template(path = "plan.html")]
struct Page<'p> {
    project: &'p str,
    summary: String,
    nothing: Option<Nothing>,
    next: Vec<Piece<'p>>,
    environments: Vec<&'p str>,
    /// Whether there are too many environments for one screen.
    is_wide: bool,
    /// The states that occur.
    states: Vec<State>,
    /// How many variables of each environment have each of them.
    counts: Vec<Vec<usize>>,
    groups: Vec<Group<'p>>,
    /// The classes that read no variables themselves.
    not_read: Option<String>,
    stale: Vec<StaleRow<'p>>,
    resources: Vec<ResourceRow<'p>>,
    services: Vec<ServiceRow<'p>>,
    suggestions: Vec<SuggestionRow<'p>>,
    /// The numbers of errors and warnings.
    severities: String,
    findings: Vec<FindingRow<'p>>,
}

struct SuggestionRow<'p> {
    resource: String,
    evidence: Vec<Piece<'p>>,
    change: &'p str,
    place: String,
}

struct FindingRow<'p> {
    code: String,
    severity: &'static str,
    is_error: bool,
    message: Vec<Piece<'p>>,
    help: Vec<Piece<'p>>,
    place: String,
}

impl<'p> Page<'p> {
    fn of(plan: &'p Plan, findings: &'p [Finding]) -> Self {
        let environments = &plan.environments;
        let states = states(plan);
        let counted = |environment: &EnvironmentPlan| states.iter().map(|state| count(environment, *state)).collect();
        Self {
            project: &plan.project.name,
            summary: summary(plan),
            nothing: nothing(plan),
            next: pieces(next_step(plan)),
            environments: environments.iter().map(|environment| environment.name.as_str()).collect(),
            is_wide: environments.len() > SIDE_BY_SIDE,
            counts: environments.iter().map(counted).collect(),
            states,
            groups: variables::groups(environments),
            not_read: not_read(plan),
            stale: variables::stale(environments),
            resources: resources::rows(environments),
            services: services::rows(environments),
            suggestions: suggestions(plan),
            severities: severities(findings),
            findings: findings.iter().map(finding).collect(),
        }
    }

    /// Whether some variables are missing and others are not, so that a filter is useful.
    fn has_choice(&self) -> bool {
        let mut variables = self.groups.iter().flat_map(|group| &group.variables);
        let lacking = variables.clone().any(|variable| variable.is_lacking);
        lacking && variables.any(|variable| !variable.is_lacking)
    }

    /// The number of columns in the table of variables.
    fn columns(&self) -> usize {
        self.environments.len() + 2
    }
}

fn suggestions(plan: &Plan) -> Vec<SuggestionRow<'_>> {
    let rows = plan.suggestions.iter().map(|suggestion| SuggestionRow {
        resource: suggested(suggestion),
        evidence: pieces(&suggestion.evidence),
        change: &suggestion.change,
        place: suggestion.place.short(),
    });
    rows.collect()
}

fn finding(finding: &Finding) -> FindingRow<'_> {
    FindingRow {
        code: finding.code.to_string(),
        severity: severity(finding.severity),
        is_error: finding.severity == Severity::Error,
        message: pieces(&finding.message),
        help: finding.help.as_deref().map(pieces).unwrap_or_default(),
        place: finding.place.as_ref().map(Place::short).unwrap_or_default(),
    }
}

/// The meaning of a state, for new users.
fn meaning(state: State) -> &'static str {
    match state {
        State::Missing => "Required but not set: the program does not start.",
        State::Set => "A value is stored.",
        State::Resolved => "Set by takk: the URL of a service, or a value composed from others.",
        State::Inherited => "Inherited from the machine: takk does not set a name that other programs use.",
        State::Path => "Fetched from a secret store by its path.",
        State::Source => "Set, or possibly set, by another source of its class: a file in the project, or the command line.",
        State::Computed => "Its default is computed at run time.",
        State::Default => "The code has a default.",
        State::Optional => "Optional.",
    }
}

/// Splits a text where long words may be broken: after separators within them.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut start) = (0, 0);
    for word in text.split_inclusive(' ') {
        let pairs = word.as_bytes().windows(2).enumerate().filter(|_| word.len() > LONG_WORD);
        for (at, _) in pairs.filter(|(_, pair)| b"/._".contains(&pair[0]) && pair[1].is_ascii_alphanumeric()) {
            let end = start + at + 1;
            parts.push(&text[from..end]);
            from = end;
        }
        start += word.len();
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_broken_after_its_separators() {
        let parted = ["see https://", "a_", "service.", "shop.", "example/über ü.b"];
        assert_eq!(parts("see https://a_service.shop.example/über ü.b"), parted);
        assert_eq!(parts(""), [""]);
    }
}
