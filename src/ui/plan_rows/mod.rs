//! A plan as rows of cells, before layout as text or Markdown.

mod fold;
mod notes;

pub(super) use self::fold::{Block, blocks};
pub(super) use self::notes::{everywhere, here, rename, version};

use super::value_text::{listed, python};
use takk_model::{Extension, ServiceKind};
use takk_plan::{
    Address, Declared, EnvironmentPlan, PlannedResource, PlannedService, PlannedVariable, Provisioned, StaleValue, State,
    class_name,
};

use takk_model::age::moment;
use takk_model::visible::shown;

/// The kind of a piece of text, which determines its style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The word for the state of a variable.
    State(State),
    /// Another word that expresses doubt.
    Doubtful,
    /// The name of a variable, a service or a kind of resource.
    Name,
    /// Code: a type, a URL, a schedule.
    Code,
    /// An ordinary word.
    Word,
    /// A less important word.
    Minor,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub text: String,
    pub role: Role,
}

/// One item: its columns, its place, and the notes below it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Identifies it within its section, in every environment.
    pub key: String,
    /// The heading above it, if any.
    pub group: String,
    pub cells: Vec<Cell>,
    pub place: String,
    pub notes: Vec<String>,
    /// Rows of a low rank are shown first and folded last.
    pub rank: u8,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Section {
    pub title: &'static str,
    /// The meaning of each column.
    pub columns: [&'static str; 3],
    pub rows: Vec<Row>,
    /// The column that may be shortened.
    pub elastic: Option<usize>,
    /// Whether the first word of each row is a state to count in the title.
    pub has_states: bool,
}

/// The position of the variables among the sections.
const VARIABLES: usize = 1;

/// The sections of an environment, including empty ones, always in the same order. `shown` selects the variables by index; lists in a row
/// are folded unless `all`.
fn sections(environment: &EnvironmentPlan, shown: &dyn Fn(usize) -> bool, all: bool) -> Vec<Section> {
    let services = environment.services.len();
    let variables = environment.variables.iter().enumerate();
    let variables = variables.filter(|(index, variable)| shown(*index) && !variable.is_proposed());
    let section = |title, columns, rows, elastic| Section { title, columns, rows, elastic, has_states: false };
    let resources = environment.resources.iter().map(|one| resource(one, services)).collect();
    let variables = variables.map(|(_, variable)| self::variable(variable, services, all)).collect();
    let stale = environment.stale.iter().map(stale).collect();
    let addresses = environment.services.iter().flat_map(addresses).collect();
    let services = environment.services.iter().map(service).collect();
    vec![
        section("Resources", ["Kind", "Name", "Version"], resources, None),
        Section { has_states: true, ..section("Secrets and settings", ["State", "Variable", "Type"], variables, Some(2)) },
        section("Stored but not declared", ["State", "Variable", "Stored"], stale, Some(2)),
        section("Services", ["Service", "Kind", "Listens or runs"], services, Some(2)),
        section("Service URLs", ["Service", "Reached from", "URL"], addresses, None),
    ]
}

fn cell(role: Role, text: impl Into<String>) -> Cell {
    Cell { text: shown(&text.into()).into_owned(), role }
}

/// Services by name, or `all services`.
pub(super) fn users(names: &[String], services: usize) -> String {
    if names.len() > 2 && names.len() == services { "all services".to_owned() } else { listed(names) }
}

/// `provisioned: docker on 127.0.0.1:5432, version 18.1, since 2026-01-31 23:59:59`
fn provisioned(server: &Provisioned) -> String {
    let mut text = format!("provisioned: {}", server.provisioner);
    if let Some(address) = &server.address {
        text.push_str(&format!(" on {address}"));
    }
    if let Some(version) = &server.version {
        text.push_str(&format!(", version {version}"));
    }
    match server.live_at {
        Some(live) => text.push_str(&format!(", since {}", moment(live))),
        None => text.push_str(&format!(", {}", server.state)),
    }
    text
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
    notes.extend(Extension::listed(&resource.extensions));
    notes.extend(resource.provisioned.as_ref().map(provisioned));
    Row {
        key: format!("{} {}", resource.kind, resource.name),
        group: String::new(),
        cells: vec![cell(Role::Name, &resource.kind), cell(Role::Code, &resource.name), cell(Role::Code, version)],
        place: resource.place.short(),
        notes,
        rank: 0,
    }
}

fn variable(variable: &PlannedVariable, services: usize, all: bool) -> Row {
    let declared = &variable.declared;
    let group = group(declared, services);
    let key = format!("{group} {}", declared.name);
    let mut notes = here(variable);
    notes.extend(everywhere(declared, all));
    Row {
        key,
        group,
        cells: vec![
            cell(Role::State(variable.state), variable.state.as_str()),
            cell(Role::Name, &declared.name),
            cell(Role::Code, typed(variable)),
        ],
        place: declared.place().short(),
        notes,
        rank: state_rank(variable.state),
    }
}

/// The class with the first declaration of a variable, and the services that have this class.
pub(super) fn group(declared: &Declared, services: usize) -> String {
    let reader = declared.first_reader();
    let named = |class| match reader.made_shortly() {
        Some(made) => format!("{}, {made}", class_name(class)),
        None => class_name(class),
    };
    match &reader.class {
        Some(class) if services == 0 => named(class),
        Some(class) if reader.services.is_empty() => format!("{}, not listed by a component", named(class)),
        Some(class) => format!("{}, read by {}", named(class), users(&reader.services, services)),
        None => "Read outside settings classes".to_owned(),
    }
}

/// The type of a variable, with its default if it applies: `int = 25`.
pub(super) fn typed(variable: &PlannedVariable) -> String {
    let declared = &variable.declared;
    match &declared.default {
        Some(default) if variable.state == State::Default => format!("{} = {}", declared.type_name, python(default)),
        _ => declared.type_name.clone(),
    }
}

/// A stored value that the code does not declare.
fn stale(value: &StaleValue) -> Row {
    let nearest = rename(value);
    Row {
        key: value.stored.name.clone(),
        group: String::new(),
        cells: vec![
            cell(Role::Doubtful, "stale"),
            cell(Role::Name, &value.stored.name),
            cell(Role::Word, version(&value.stored, &value.stored.name)),
        ],
        place: String::new(),
        notes: nearest.into_iter().collect(),
        rank: 0,
    }
}

fn service(service: &PlannedService) -> Row {
    Row {
        key: service.name.clone(),
        group: String::new(),
        cells: vec![
            cell(Role::Name, &service.name),
            cell(Role::Word, service_kind(service.kind)),
            cell(Role::Code, service_detail(service)),
        ],
        place: service.place.short(),
        notes: Vec::new(),
        rank: 0,
    }
}

/// The kind of a service, in words.
pub(super) fn service_kind(kind: ServiceKind) -> &'static str {
    match kind {
        ServiceKind::NetworkApp => "network app",
        ServiceKind::Worker => "worker",
        ServiceKind::Subscriber => "subscriber",
        ServiceKind::Cron => "cron job",
        ServiceKind::Job => "job",
        ServiceKind::Resource => "resource",
        ServiceKind::Daemonset => "daemon set",
    }
}

/// Its port, its schedule, or what it listens to.
pub(super) fn service_detail(service: &PlannedService) -> String {
    let port = service.port.map(|port| format!("port {port}"));
    port.or_else(|| service.schedule.clone()).or_else(|| service.listens_to.clone()).unwrap_or_default()
}

fn addresses(service: &PlannedService) -> Vec<Row> {
    let known = [("external", &service.external_url), ("internal", &service.internal_url)];
    let row = |(kind, address): (&str, &Option<Address>)| {
        let (text, notes) = match address.as_ref()? {
            Address::Url(url) => (cell(Role::Code, url), Vec::new()),
            Address::Unresolved(reason) => (cell(Role::Doubtful, "unresolved"), vec![reason.clone()]),
        };
        Some(Row {
            key: format!("{} {kind}", service.name),
            group: String::new(),
            cells: vec![cell(Role::Name, &service.name), cell(Role::Minor, kind), text],
            place: String::new(),
            notes,
            rank: 0,
        })
    };
    known.into_iter().filter_map(row).collect()
}

/// States of a low rank are shown first.
pub(super) fn state_rank(state: State) -> u8 {
    match state {
        State::Missing => 0,
        State::Path => 1,
        State::Set => 2,
        State::Resolved => 3,
        State::Inherited => 4,
        State::Source => 5,
        State::Computed => 6,
        State::Default => 7,
        State::Optional => 8,
    }
}
