//! `takk dotenv`: the variables of the program as a dotenv file to fill in.

mod assignments;

use self::assignments::{Assignment, assignments};
use super::project::ReadProject;
use crate::catalog::reserved;
use crate::exchange::{self, WriteFormat};
use crate::model::{DefaultValue, NestedLeaf};
use crate::plan::{PlannedVariable, State, class_name, plan};

/// The file to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct DotenvFile {
    /// The project's name.
    pub project: String,
    /// One group per class.
    pub groups: Vec<DotenvGroup>,
    /// What the existing file sets and no code declares: name and text after the `=`, as written.
    pub unknown: Vec<(String, String)>,
    /// Names in the code that no dotenv file can hold: they are left out.
    pub unwritable: Vec<String>,
}

/// The variables that are declared first in one class.
#[derive(Clone, Debug, PartialEq)]
pub struct DotenvGroup {
    /// The class; `None` for variables that are read outside settings classes.
    pub class: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// The services that have it.
    pub services: Vec<String>,
    /// Its variables in order.
    pub entries: Vec<DotenvEntry>,
}

/// One line of the file with what is said above it.
#[derive(Clone, Debug, PartialEq)]
pub struct DotenvEntry {
    /// The name: of several the one that the existing file uses.
    pub name: String,
    /// The type.
    pub type_name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether the program does not start without it.
    pub required: bool,
    /// Whether it must be kept secret.
    pub secret: bool,
    /// The values that are allowed.
    pub choices: Vec<String>,
    /// Where it is declared.
    pub place: Option<String>,
    /// What the line says after the `=`.
    pub value: DotenvValue,
}

/// What stands after the `=`.
#[derive(Clone, Debug, PartialEq)]
pub enum DotenvValue {
    /// What the existing file says, as written.
    Kept(String),
    /// What takk makes of it for `dev`.
    Resolved(String),
    /// Nothing: to be filled in.
    Empty,
    /// Nothing is needed; the default is shown in a comment, if it may be shown.
    Default(Option<DefaultValue>),
    /// It is set by the single variables that follow.
    ByParts,
    /// It comes from a secret store.
    Path(String),
}

/// The file for a project, with the values in `existing`.
pub fn dotenv(project: &ReadProject, existing: &str) -> DotenvFile {
    let mut kept = Kept { assignments: assignments(existing) };
    let environment = project.environments.iter().find(|environment| environment.name.as_str() == "dev");
    let variables =
        environment.or(project.environments.first()).map(|environment| plan(&project.manifest, environment, &[]).variables);
    let mut groups: Vec<DotenvGroup> = Vec::new();
    // A shell that reads the file would obey them, and so would docker.
    let is_own = |variable: &PlannedVariable| variable.state != State::Inherited;
    for variable in variables.unwrap_or_default().into_iter().filter(is_own) {
        let class = variable.declared.first_reader().class.as_ref().map(class_name);
        if groups.last().is_none_or(|group| group.class != class) {
            groups.push(group(&variable, project));
        }
        if let Some(group) = groups.last_mut() {
            group.entries.extend(kept.entries(&variable));
        }
    }
    let unknown = kept.assignments.into_iter().map(|assignment| (assignment.name, assignment.value)).collect();
    let unwritable = without_unwritable(&mut groups);
    DotenvFile { project: project.manifest.project.name.clone(), groups, unknown, unwritable }
}

/// Takes the entries out whose names no dotenv file can hold: with a line break in it, one name would be two lines.
fn without_unwritable(groups: &mut Vec<DotenvGroup>) -> Vec<String> {
    let is_name = |entry: &DotenvEntry| exchange::write(WriteFormat::Dotenv, &[(entry.name.as_str(), "")]).is_ok();
    let mut unwritable = Vec::new();
    for group in groups.iter_mut() {
        unwritable.extend(group.entries.extract_if(.., |entry| !is_name(entry)).map(|entry| entry.name));
    }
    groups.retain(|group| !group.entries.is_empty());
    unwritable
}

fn group(variable: &PlannedVariable, project: &ReadProject) -> DotenvGroup {
    let reader = variable.declared.first_reader();
    let class = project.manifest.settings.iter().find(|class| Some(class.class_ref()) == reader.class);
    DotenvGroup {
        class: reader.class.as_ref().map(class_name),
        description: class.and_then(|class| class.description.clone()),
        services: reader.services.clone(),
        entries: Vec::new(),
    }
}

/// The assignments of the existing file that no variable has taken yet.
struct Kept {
    assignments: Vec<Assignment>,
}

impl Kept {
    /// The lines of one variable: itself, and the single variables of its nested fields.
    fn entries(&mut self, variable: &PlannedVariable) -> Vec<DotenvEntry> {
        let declared = &variable.declared;
        let names: Vec<&str> = declared.names().collect();
        let taken = self.take(&names);
        let name = taken.as_ref().map_or(&declared.name, |assignment| &assignment.name).clone();
        let whole = taken.is_some();
        let value = taken.map_or_else(|| fresh(variable), |assignment| DotenvValue::Kept(assignment.value));
        let mut entries = vec![DotenvEntry {
            name,
            type_name: declared.type_name.clone(),
            description: declared.description.clone(),
            required: declared.required,
            secret: declared.secret,
            choices: declared.choices.clone(),
            place: Some(declared.place().short()),
            value,
        }];
        let required = declared.required && !whole;
        let needed = declared.needed();
        let is_needed = |leaf: &NestedLeaf| required && leaf.env.first().is_some_and(|name| needed.contains(name));
        entries.extend(declared.nested.iter().filter_map(|leaf| self.leaf(leaf, is_needed(leaf))));
        entries
    }

    fn leaf(&mut self, leaf: &NestedLeaf, required: bool) -> Option<DotenvEntry> {
        let names: Vec<&str> = leaf.env.iter().map(String::as_str).filter(|name| reserved(name).is_none()).collect();
        let taken = self.take(&names);
        let name = taken.as_ref().map_or(names.first().copied(), |assignment| Some(assignment.name.as_str()))?.to_owned();
        let fresh = || if required { DotenvValue::Empty } else { DotenvValue::Default(None) };
        let value = taken.map_or_else(fresh, |assignment| DotenvValue::Kept(assignment.value));
        Some(DotenvEntry {
            name,
            type_name: leaf.type_name.clone(),
            description: None,
            required,
            secret: leaf.secret,
            choices: Vec::new(),
            place: None,
            value,
        })
    }

    /// Takes the assignment of one of the names: as written, else in another case, as pydantic compares by default.
    fn take(&mut self, names: &[&str]) -> Option<Assignment> {
        let exact = |name: &&str| self.assignments.iter().position(|assignment| assignment.name == **name);
        let any_case = |name: &&str| self.assignments.iter().position(|assignment| assignment.name.eq_ignore_ascii_case(name));
        let index = names.iter().find_map(exact).or_else(|| names.iter().find_map(any_case))?;
        Some(self.assignments.remove(index))
    }
}

/// What stands after the `=` where the existing file says nothing.
fn fresh(variable: &PlannedVariable) -> DotenvValue {
    let declared = &variable.declared;
    match variable.state {
        State::Inherited => DotenvValue::Default(None),
        State::Path => DotenvValue::Path(declared.path.as_ref().map(|path| path.template.clone()).unwrap_or_default()),
        State::Resolved => DotenvValue::Resolved(variable.value.clone().unwrap_or_default()),
        State::Missing if !declared.nested.is_empty() => DotenvValue::ByParts,
        State::Missing | State::Set => DotenvValue::Empty,
        State::Default | State::Optional | State::Computed => DotenvValue::Default(declared.default.clone()),
    }
}
