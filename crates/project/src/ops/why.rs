//! `takk why NAME`: who declares a variable, who reads it, and its state in each environment.

use std::ffi::OsString;
use std::sync::Arc;

use serde::Serialize;

use super::other_sources::OtherSources;
use super::paths;
use super::project::ReadProject;
use crate::platform::{Platform, holdings};
use takk_model::error::{Error, Result};
use takk_model::nearest::nearest_few;
use takk_model::{
    DefaultValue, Environment, EnvironmentName, Extension, Given, Manifest, Place, Setting, SettingsClass,
    Source as ClassSource,
};
use takk_plan::{
    Declared, EnvironmentPlan, PlannedPath, PlannedResource, PlannedVariable, Reader, State, StoredVersion, class_name, plan,
};

/// Everything that is known about the variables with a name.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WhyAnswer {
    /// The name as asked.
    pub asked: String,
    /// The server that stores the values; `None` for the store of this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The variables, usually one.
    pub variables: Vec<WhyVariable>,
}

/// One variable.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WhyVariable {
    /// Its declarations and readers.
    #[serde(flatten)]
    pub declared: Arc<Declared>,
    /// The services that read it.
    pub used_by: Vec<ServiceUse>,
    /// The extensions that the database needs to which it leads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// Its state in each environment.
    pub environments: Vec<WhyEnvironment>,
}

/// A service that reads the variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceUse {
    /// The service.
    pub service: String,
    /// The classes through which the service reads it.
    pub through: Vec<String>,
    /// Whether the class is shared by all services.
    pub shared: bool,
    /// Where the service is declared.
    pub place: Place,
}

/// The variable in one environment.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WhyEnvironment {
    /// The environment.
    pub name: EnvironmentName,
    /// The state.
    pub state: State,
    /// The stored version, if it is `set`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored: Option<StoredVersion>,
    /// The value that takk derives, or its secret path.
    pub value: Option<String>,
    /// Its path, with the backend's answer if it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_path: Option<PlannedPath>,
    /// The backend of its path: its address and the identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend: Option<String>,
    /// Why there is no value.
    pub reason: Option<String>,
    /// The possible sources of its value; the program uses the first.
    pub sources: Vec<Source>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "from")]
pub enum Source {
    /// The store, by `takk run`.
    Stored(StoredVersion),
    /// takk derives it, in `takk run`: the URL of a service, or a template.
    Made {
        /// What it is.
        value: String,
    },
    /// The inherited environment.
    Shell,
    /// A dotenv file that a class reads.
    Dotenv {
        /// Where.
        place: Place,
    },
    /// A settings file that a class reads.
    File {
        /// Where.
        place: Place,
    },
    /// The command line that a class parses.
    CommandLine {
        /// The class.
        class: String,
    },
    /// The backend of secret paths.
    Path {
        /// The path.
        path: String,
    },
    /// The code.
    Default {
        /// The default; not shown for a secret.
        default: Option<DefaultValue>,
        /// Where.
        place: Place,
    },
}

/// Explains the variables that `name` means: a variable, a field, or `Class.field`, in any case.
pub fn why(platform: &mut dyn Platform, project: &ReadProject, name: &str, inherited: &[OsString]) -> Result<WhyAnswer> {
    let holdings = holdings(platform, &project.environments)?;
    let in_environment = |environment: &Environment| plan(&project.manifest, environment, holdings.of(&environment.name));
    let plans: Vec<EnvironmentPlan> = project.environments.iter().map(in_environment).collect();
    let first = plans.first().ok_or_else(|| Error::internal("the project has no environment"))?;
    let wanted = name.to_lowercase();
    let found: Vec<usize> =
        (0..first.variables.len()).filter(|index| is_named(&first.variables[*index].declared, &wanted)).collect();
    if found.is_empty() {
        return Err(not_read(&project.manifest, name).unwrap_or_else(|| unknown(name, &first.variables)));
    }
    let beside = OtherSources::of(project, inherited);
    let variables = found.into_iter().map(|index| explained(index, &plans, project, &beside)).collect();
    Ok(WhyAnswer { asked: name.to_owned(), server: platform.server().map(str::to_owned), variables })
}

/// Asks the backends of secret paths, and records their answers. Returns why some could not be reached.
///
/// # Errors
///
/// If a backend is misconfigured.
pub fn look(answer: &mut WhyAnswer, project: &ReadProject) -> Result<Vec<Error>> {
    let mut failed = Vec::new();
    for (at, environment) in project.environments.iter().enumerate() {
        let known = answer.variables.iter_mut().map(|variable| &mut variable.environments[at]);
        let known = known.filter_map(|known| Some((known.secret_path.as_mut()?, known.stored.as_ref())));
        failed.extend(paths::prove(project, environment, known)?);
    }
    Ok(failed)
}

fn is_named(declared: &Declared, wanted: &str) -> bool {
    let leaves = declared.nested.iter().flat_map(|leaf| leaf.env.iter().map(String::as_str));
    declared.names().chain(leaves).any(|name| name.to_lowercase() == wanted)
        || declared.inside(wanted).is_some()
        || declared.readers.iter().any(|reader| match (&reader.class, &reader.field) {
            (Some(class), Some(field)) => {
                let field = field.to_lowercase();
                let dotted = format!("{}.{field}", class_name(class).to_lowercase());
                field == wanted || dotted == wanted || dotted.ends_with(&format!(".{wanted}"))
            }
            _ => false,
        })
}

fn explained(index: usize, plans: &[EnvironmentPlan], project: &ReadProject, beside: &OtherSources) -> WhyVariable {
    let declared = plans[0].variables[index].declared.clone();
    let environments = project
        .environments
        .iter()
        .zip(plans)
        .map(|(environment, plan)| {
            let variable = &plan.variables[index];
            let has_path = variable.secret_path.is_some();
            // A misconfigured backend is reported when it is asked.
            let backend = if has_path { paths::backend_name(project, environment).ok().flatten() } else { None };
            in_environment(&plan.name, variable, backend, sources(variable, &project.manifest, beside))
        })
        .collect();
    let leads_to = |resource: &&PlannedResource| {
        declared.resource.as_ref().is_some_and(|part| part.kind == resource.kind) && resource.variables.contains(&declared.name)
    };
    let extensions = plans[0].resources.iter().find(leads_to).map(|resource| resource.extensions.clone());
    WhyVariable { used_by: used_by(&declared, project), extensions: extensions.unwrap_or_default(), declared, environments }
}

/// The possible sources of the value, by precedence: the environment wins over dotenv files, and these over defaults
/// (`BaseSettings.settings_customise_sources`); `takk run` sets stored values over inherited ones.
fn sources(variable: &PlannedVariable, manifest: &Manifest, beside: &OtherSources) -> Vec<Source> {
    let declared = &variable.declared;
    let (file, wins) = match &declared.given {
        Some(Given::File { place, first }) => (Some(Source::File { place: place.clone() }), *first),
        _ => (None, false),
    };
    let mut sources = command_lines(declared, manifest);
    sources.extend(file.clone().filter(|_| wins));
    sources.extend(variable.stored.clone().map(Source::Stored));
    sources.extend(variable.value.clone().map(|value| Source::Made { value }));
    if beside.is_inherited(manifest, variable) {
        sources.push(Source::Shell);
    }
    sources.extend(beside.in_file(manifest, variable).map(|place| Source::Dotenv { place }));
    sources.extend(file.filter(|_| !wins));
    sources.extend(variable.secret_path.as_ref().map(|path| Source::Path { path: path.path.clone() }));
    let has_default = declared.default.is_some() || declared.has_default || declared.given.is_none();
    if !declared.required && declared.spared.is_none() && declared.path.is_none() && has_default {
        let (default, place) = (declared.default.clone(), declared.place().clone());
        sources.push(Source::Default { default, place });
    }
    sources
}

/// The command lines that are parsed by classes which read the variable.
fn command_lines(declared: &Declared, manifest: &Manifest) -> Vec<Source> {
    let parses = |reader: &&Reader| {
        let class = manifest.settings.iter().find(|class| Some(class.class_ref()) == reader.class);
        class.and_then(|class| class.sources.as_ref()).is_some_and(|sources| sources.order.contains(&ClassSource::CommandLine))
    };
    let named = declared.readers.iter().filter(parses).filter_map(|reader| reader.class.as_ref());
    named.map(|class| Source::CommandLine { class: class_name(class) }).collect()
}

fn in_environment(
    name: &EnvironmentName,
    variable: &PlannedVariable,
    backend: Option<String>,
    sources: Vec<Source>,
) -> WhyEnvironment {
    let path = variable.secret_path.as_ref().map(|path| path.path.clone());
    WhyEnvironment {
        name: name.clone(),
        state: variable.state,
        stored: variable.stored.clone(),
        value: variable.value.clone().or(path),
        secret_path: variable.secret_path.clone(),
        backend,
        reason: variable.reason.clone(),
        sources,
    }
}

fn used_by(declared: &Declared, project: &ReadProject) -> Vec<ServiceUse> {
    let services = project.manifest.services.iter().filter(|service| declared.services.contains(&service.name));
    services
        .map(|service| {
            let classes: Vec<_> = declared
                .readers
                .iter()
                .filter(|reader| reader.services.contains(&service.name))
                .filter_map(|reader| reader.class.as_ref())
                .collect();
            ServiceUse {
                service: service.name.clone(),
                through: classes.iter().map(|class| class_name(class)).collect(),
                shared: classes.iter().any(|class| project.manifest.shared_settings.contains(class)),
                place: service.place.clone(),
            }
        })
        .collect()
}

/// The error for a variable of a class that reads none by itself, or under other names.
fn not_read(manifest: &Manifest, name: &str) -> Option<Error> {
    let wanted = name.to_lowercase();
    let is_it = |class: &SettingsClass, field: &Setting| {
        let dotted = format!("{}.{}", class_name(&class.class_ref()), field.name).to_lowercase();
        field.env.iter().any(|name| name.to_lowercase() == wanted)
            || dotted == wanted
            || dotted.ends_with(&format!(".{wanted}"))
    };
    let (class, field) = manifest.settings.iter().find_map(|class| {
        let field = class.fields.iter().find(|field| is_it(class, field))?;
        Some((class, field))
    })?;
    let usage = &class.usage;
    let how = usage.phrase().unwrap_or_else(|| "not instantiated".to_owned());
    let what = if usage.has_own_names() {
        "gets a value wherever the class is instantiated"
    } else {
        "reads no variable of this name"
    };
    let error = Error::usage(format!("nothing reads `{name}`: `{}.{}` {what}", class.qualname, field.name));
    let error = error.about(format!("{} ({}) is {how}", class_name(&class.class_ref()), class.place().short()));
    Some(error.hint("`takk plan --all` lists all variables"))
}

fn unknown(name: &str, variables: &[PlannedVariable]) -> Error {
    let names = variables.iter().flat_map(|variable| {
        let fields = variable.declared.readers.iter().filter_map(|reader| reader.field.as_deref());
        variable.declared.names().chain(fields)
    });
    let near = nearest_few(name, names, 3);
    let error = Error::usage(format!("no variable or field is named `{name}`"));
    if near.is_empty() {
        return error.hint("`takk plan --all` lists all variables");
    }
    let near: Vec<String> = near.iter().map(|near| format!("`{near}`")).collect();
    error.hint(format!("did you mean {}?", near.join(" or ")))
}
