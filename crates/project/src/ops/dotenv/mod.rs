//! `takk dotenv`: the program's variables as a dotenv file to fill in, or as lines to add to an existing one.

mod carried;

use self::carried::carried;
use super::project::ReadProject;
use crate::exchange::{self, Edited};
use takk_catalog::reserved;
use takk_model::{DefaultValue, Given, Manifest, NestedLeaf};
use takk_plan::{PlannedVariable, State, class_name, plan};

/// The file to write.
#[derive(Clone, Debug, PartialEq)]
pub struct DotenvFile {
    pub project: String,
    pub groups: Vec<DotenvGroup>,
    /// Names in the code that a dotenv file cannot hold. They are left out.
    pub unwritable: Vec<String>,
}

/// The variables whose first declaration is in one class.
#[derive(Clone, Debug, PartialEq)]
pub struct DotenvGroup {
    /// The class; `None` for variables that are read outside settings classes.
    pub class: Option<String>,
    pub description: Option<String>,
    /// The services that use it.
    pub services: Vec<String>,
    pub entries: Vec<DotenvEntry>,
}

/// One line of the file, with the comment above it.
#[derive(Clone, Debug, PartialEq)]
pub struct DotenvEntry {
    pub name: String,
    pub type_name: String,
    pub description: Option<String>,
    /// Whether the program fails to start without it.
    pub required: bool,
    /// Whether it must be kept secret.
    pub secret: bool,
    /// The values that are allowed.
    pub choices: Vec<String>,
    pub place: Option<String>,
    /// What follows the `=`.
    pub value: DotenvValue,
    /// Where it goes in the existing file.
    pub standing: Standing,
}

/// Where a variable goes in an existing file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The file mentions it already, perhaps in a comment: nothing is added.
    There,
    /// After that mention of [`Edited::mentions`], of the same class.
    Behind(usize),
    /// At the end, with the rest of its class.
    Last,
}

/// What follows the `=`.
#[derive(Clone, Debug, PartialEq)]
pub enum DotenvValue {
    /// The value that takk derives for `dev`.
    Resolved(String),
    /// Nothing: the user fills it in.
    Empty,
    /// A text that gives the default, in a comment, because no value is needed.
    Default(String),
    /// A comment with the default, if it may be shown: no value is needed, and no text gives the default.
    Unsaid(Option<DefaultValue>),
    /// Nothing: the variables of its nested fields follow.
    ByParts,
    /// A comment: a secret path provides it.
    Path(String),
}

/// What a project needs, placed in the existing file.
pub fn dotenv(project: &ReadProject, existing: &Edited) -> DotenvFile {
    let environment = project.environments.iter().find(|environment| environment.name.as_str() == "dev");
    let variables =
        environment.or(project.environments.first()).map(|environment| plan(&project.manifest, environment, &[]).variables);
    let mut groups: Vec<DotenvGroup> = Vec::new();
    // Shells and Docker would act on such names if they read the file.
    let is_read = |variable: &PlannedVariable| !matches!(variable.declared.given, Some(Given::Elsewhere { .. }));
    let is_own =
        |variable: &PlannedVariable| variable.state != State::Inherited && !variable.is_proposed() && is_read(variable);
    for variable in variables.unwrap_or_default().into_iter().filter(is_own) {
        let class = variable.declared.first_reader().class.as_ref().map(class_name);
        if groups.last().is_none_or(|group| group.class != class) {
            groups.push(group(&variable, project));
        }
        if let Some(group) = groups.last_mut() {
            group.entries.extend(entries(&variable, &project.manifest, existing));
        }
    }
    let unwritable = without_unwritable(&mut groups);
    for group in &mut groups {
        place(&mut group.entries, existing);
    }
    DotenvFile { project: project.manifest.project.name.clone(), groups, unwritable }
}

/// Removes the entries whose names a dotenv file cannot hold. A name with a line break would become two lines.
fn without_unwritable(groups: &mut Vec<DotenvGroup>) -> Vec<String> {
    let is_name = |entry: &DotenvEntry| exchange::dotenv_line(&entry.name, "").is_ok();
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

/// The entries of one variable: itself, and the variables of its nested fields. [`Standing::Behind`] is provisional: it says where the file
/// mentions the variable.
fn entries(variable: &PlannedVariable, manifest: &Manifest, existing: &Edited) -> Vec<DotenvEntry> {
    let declared = &variable.declared;
    let names: Vec<&str> = declared.names().collect();
    let found = existing.find(&names);
    let is_set = found.and_then(|at| existing.mentions().get(at)).is_some_and(|mention| mention.is_set);
    let mut entries = vec![DotenvEntry {
        name: declared.name.clone(),
        type_name: declared.type_name.clone(),
        description: declared.description.clone(),
        required: declared.required,
        secret: declared.secret,
        choices: declared.choices.clone(),
        place: Some(declared.place().short()),
        value: value(variable, manifest),
        standing: found.map_or(Standing::Last, Standing::Behind),
    }];
    let required = declared.required && !is_set;
    let needed = declared.needed();
    let is_needed = |leaf: &NestedLeaf| required && leaf.env.first().is_some_and(|name| needed.contains(name));
    entries.extend(declared.nested.iter().filter_map(|leaf| of_leaf(leaf, is_needed(leaf), existing)));
    entries
}

fn of_leaf(leaf: &NestedLeaf, required: bool, existing: &Edited) -> Option<DotenvEntry> {
    let names: Vec<&str> = leaf.env.iter().map(String::as_str).filter(|name| reserved(name).is_none()).collect();
    Some(DotenvEntry {
        name: (*names.first()?).to_owned(),
        type_name: leaf.type_name.clone(),
        description: None,
        required,
        secret: leaf.secret,
        choices: Vec::new(),
        place: None,
        value: if required { DotenvValue::Empty } else { DotenvValue::Unsaid(None) },
        standing: existing.find(&names).map_or(Standing::Last, Standing::Behind),
    })
}

/// What follows the `=`.
fn value(variable: &PlannedVariable, manifest: &Manifest) -> DotenvValue {
    let declared = &variable.declared;
    match variable.state {
        State::Inherited => DotenvValue::Unsaid(None),
        State::Path => DotenvValue::Path(declared.path.as_ref().map(|path| path.template.clone()).unwrap_or_default()),
        State::Resolved => DotenvValue::Resolved(variable.value.clone().unwrap_or_default()),
        State::Missing if !declared.nested.is_empty() => DotenvValue::ByParts,
        State::Missing | State::Set => DotenvValue::Empty,
        State::Default | State::Optional | State::Computed | State::Source => {
            let text = declared.default.as_ref().and_then(|default| carried(manifest, declared, default));
            let text = text.filter(|text| exchange::dotenv_line(&declared.name, text).is_ok());
            text.map_or_else(|| DotenvValue::Unsaid(declared.default.clone()), DotenvValue::Default)
        }
    }
}

/// Decides where the entries of a class go: nowhere if the file mentions them, else after the previous variable, else after the next one. A
/// variable that another value refers to goes last, where it does not change that value.
fn place(entries: &mut [DotenvEntry], existing: &Edited) {
    let found: Vec<Option<usize>> = entries
        .iter()
        .map(|entry| match entry.standing {
            Standing::Behind(at) => Some(at),
            Standing::There | Standing::Last => None,
        })
        .collect();
    for (at, entry) in entries.iter_mut().enumerate() {
        let before = || found[..at].iter().rev().find_map(|found| *found);
        let after = || found[at..].iter().find_map(|found| *found);
        entry.standing = match found[at] {
            Some(_) => Standing::There,
            None if existing.refers_to(&entry.name) => Standing::Last,
            None => before().or_else(after).map_or(Standing::Last, Standing::Behind),
        };
    }
}
