//! A plan of one environment as rows of cells, before they are laid out.

use anstyle::Style;

use super::super::palette::{BAD, DIM, DOUBTFUL, GOOD, NAME, PLAIN};
use super::super::value_text::{driver, listed, python};
use crate::model::ServiceKind;
use crate::plan::{
    Address, EnvironmentPlan, PlannedResource, PlannedService, PlannedVariable, StaleValue, State, StoredVersion, class_name,
};

/// A piece of text in one style.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub text: String,
    pub style: Style,
}

/// One thing: its columns, where it is declared, and what is said below it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// What tells it apart from the others of its section, the same in every environment.
    pub key: String,
    /// The heading it stands under, if any.
    pub group: String,
    /// Its columns.
    pub cells: Vec<Cell>,
    /// Where it is declared.
    pub place: String,
    /// Lines below it.
    pub notes: Vec<String>,
    /// Rows of a low rank are shown first, and are folded last.
    pub rank: u8,
}

/// Rows of one kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Section {
    pub title: &'static str,
    pub rows: Vec<Row>,
    /// The column that may be shortened.
    pub elastic: Option<usize>,
    /// Whether the first word of each row is a state to be counted in the title.
    pub has_states: bool,
}

/// Where the variables stand among the sections.
pub(super) const VARIABLES: usize = 1;

/// The sections of an environment, empty ones included, always in the same order. `shown` says which variables are in them, by index.
pub(super) fn sections(environment: &EnvironmentPlan, shown: &dyn Fn(usize) -> bool) -> Vec<Section> {
    let services = environment.services.len();
    let variables = environment.variables.iter().enumerate().filter(|(index, _)| shown(*index));
    let section = |title, rows, elastic| Section { title, rows, elastic, has_states: false };
    vec![
        section("Resources", environment.resources.iter().map(|one| resource(one, services)).collect(), None),
        Section {
            title: "Secrets and settings",
            rows: variables.map(|(_, variable)| self::variable(variable, services)).collect(),
            elastic: Some(2),
            has_states: true,
        },
        section("Stored, and declared nowhere", environment.stale.iter().map(stale).collect(), Some(2)),
        section("Services", environment.services.iter().map(service).collect(), Some(2)),
        section("Service URLs", environment.services.iter().flat_map(addresses).collect(), None),
    ]
}

fn cell(style: Style, text: impl Into<String>) -> Cell {
    Cell { text: text.into(), style }
}

/// Services by name, or all of them in two words.
fn users(names: &[String], services: usize) -> String {
    if names.len() > 2 && names.len() == services { "all services".to_owned() } else { listed(names) }
}

fn resource(resource: &PlannedResource, services: usize) -> Row {
    let version = resource.version.as_ref().map(|answer| answer.version.clone()).unwrap_or_default();
    let mut notes = Vec::new();
    if let Some(answer) = &resource.version {
        let place = answer.place.as_ref().map(|place| format!(" ({})", place.short())).unwrap_or_default();
        notes.push(format!("{}{place}", answer.reason));
    }
    let mut carried = format!("in {}", listed(&resource.variables));
    if !resource.services.is_empty() {
        carried.push_str(&format!(", used by {}", users(&resource.services, services)));
    }
    if !resource.variables.is_empty() {
        notes.push(carried);
    }
    Row {
        key: format!("{} {}", resource.kind, resource.name),
        group: String::new(),
        cells: vec![cell(NAME, &resource.kind), cell(PLAIN, &resource.name), cell(PLAIN, version)],
        place: resource.place.short(),
        notes,
        rank: 0,
    }
}

fn variable(variable: &PlannedVariable, services: usize) -> Row {
    let declared = &variable.declared;
    let reader = declared.first_reader();
    let group = match &reader.class {
        Some(class) if services == 0 => class_name(class),
        Some(class) if reader.services.is_empty() => format!("{}, not listed by a component", class_name(class)),
        Some(class) => format!("{}, read by {}", class_name(class), users(&reader.services, services)),
        None => "Read outside settings classes".to_owned(),
    };
    let typed = match &declared.default {
        Some(default) if variable.state == State::Default => format!("{} = {}", declared.type_name, python(default)),
        _ => declared.type_name.clone(),
    };
    let key = format!("{group} {}", declared.name);
    Row {
        key,
        group,
        cells: vec![cell(state_style(variable.state), variable.state.as_str()), cell(NAME, &declared.name), cell(PLAIN, typed)],
        place: declared.place().short(),
        notes: variable_notes(variable),
        rank: state_rank(variable.state),
    }
}

fn variable_notes(variable: &PlannedVariable) -> Vec<String> {
    let declared = &variable.declared;
    let mut notes = Vec::new();
    notes.extend(variable.value.clone());
    if !variable.composed_of.is_empty() {
        notes.push(format!("composed of {}", listed(&variable.composed_of)));
    }
    notes.extend(variable.stored.as_ref().map(|stored| version(stored, &declared.name)));
    if let Some(path) = &variable.secret_path {
        let version = path.version.as_ref().map(|version| format!(", version {version}")).unwrap_or_default();
        notes.push(format!("{}{version}, or {} in the environment", path.path, path.env));
    }
    notes.extend(variable.reason.clone());
    if let Some(part) = &declared.resource {
        notes.push(format!("the {} of {} `{}`", part.part, part.kind, part.name));
    }
    notes.extend(declared.driver.as_ref().map(driver));
    if !declared.alternatives.is_empty() {
        notes.push(format!("or {}", declared.alternatives.join(", ")));
    }
    let leaves: Vec<&str> = declared.nested.iter().filter_map(|leaf| leaf.env.first()).map(String::as_str).collect();
    if !leaves.is_empty() {
        notes.push(format!("or one by one: {}", leaves.join(", ")));
    }
    for reader in declared.readers.iter().skip(1) {
        let place = reader.place.short();
        notes.push(match &reader.class {
            Some(class) => format!("also {} ({place})", class_name(class)),
            None => format!("also read directly ({place})"),
        });
    }
    notes
}

/// `version 3, generated by ada`, and under which name if it is another one.
fn version(stored: &StoredVersion, name: &str) -> String {
    let under = if stored.name == name { String::new() } else { format!("{}, ", stored.name) };
    format!("{under}version {}, {} by {}", stored.version, stored.origin, stored.author)
}

/// A stored value that no code declares.
fn stale(value: &StaleValue) -> Row {
    let rename = value.nearest.as_ref().map(|name| format!("perhaps it is {name} now"));
    Row {
        key: value.stored.name.clone(),
        group: String::new(),
        cells: vec![
            cell(DOUBTFUL, "stale"),
            cell(NAME, &value.stored.name),
            cell(PLAIN, version(&value.stored, &value.stored.name)),
        ],
        place: String::new(),
        notes: rename.into_iter().collect(),
        rank: 0,
    }
}

fn service(service: &PlannedService) -> Row {
    let kind = match service.kind {
        ServiceKind::NetworkApp => "network app",
        ServiceKind::Worker => "worker",
        ServiceKind::Subscriber => "subscriber",
        ServiceKind::Cron => "cron job",
        ServiceKind::Job => "job",
        ServiceKind::Resource => "resource",
        ServiceKind::Daemonset => "daemon set",
    };
    let port = service.port.map(|port| format!("port {port}"));
    let detail = port.or_else(|| service.schedule.clone()).or_else(|| service.listens_to.clone()).unwrap_or_default();
    Row {
        key: service.name.clone(),
        group: String::new(),
        cells: vec![cell(NAME, &service.name), cell(PLAIN, kind), cell(PLAIN, detail)],
        place: service.place.short(),
        notes: Vec::new(),
        rank: 0,
    }
}

fn addresses(service: &PlannedService) -> Vec<Row> {
    let known = [("external", &service.external_url), ("internal", &service.internal_url)];
    let row = |(kind, address): (&str, &Option<Address>)| {
        let (text, notes) = match address.as_ref()? {
            Address::Url(url) => (cell(PLAIN, url), Vec::new()),
            Address::Unresolved(reason) => (cell(DOUBTFUL, "unresolved"), vec![reason.clone()]),
        };
        Some(Row {
            key: format!("{} {kind}", service.name),
            group: String::new(),
            cells: vec![cell(NAME, &service.name), cell(DIM, kind), text],
            place: String::new(),
            notes,
            rank: 0,
        })
    };
    known.into_iter().filter_map(row).collect()
}

fn state_style(state: State) -> Style {
    match state {
        State::Missing => BAD,
        State::Set | State::Resolved | State::Path => GOOD,
        State::Computed => DOUBTFUL,
        State::Default | State::Optional => DIM,
    }
}

fn state_rank(state: State) -> u8 {
    match state {
        State::Missing => 0,
        State::Path => 1,
        State::Set => 2,
        State::Resolved => 3,
        State::Computed => 4,
        State::Default => 5,
        State::Optional => 6,
    }
}
