//! `Project(...)` and everything in it. If it uses `value_for(...)` or `current_env()`, the project is read once more for each environment,
//! so that their results are known, and the readings are merged.

mod arguments;
mod container;
mod listed;
mod merge;
mod project;
mod reading;
mod written;

use std::collections::{BTreeMap, HashSet};

use super::notes::{Notes, Observation};
use super::settings::Models;
use listed::{ClassLists, Listed};
use merge::Readings;
use project::ProjectReading;
use takk_catalog::{Component, catalog, server_version};
use takk_model::{ClassRef, EnvironmentName, Packages, PerEnvironment, Place, Service, SettingsClass};
use takk_python::FileId;
use written::written;

pub(crate) use listed::settle_places;

/// Stands for all environments that `value_for(...)` does not name.
const DEFAULT: &str = "default";

/// The components of a project.
#[derive(Default)]
pub(crate) struct Components {
    /// The project's name, with `_` replaced by `-`.
    pub name: Option<String>,
    /// Where `Project(...)` is called.
    pub place: Option<Place>,
    pub services: Vec<Service>,
    /// The classes that every component has.
    pub shared: Vec<ClassRef>,
    /// `*Instance` components and other servers of resources, by name.
    pub instances: Vec<Instance>,
    /// The listed classes.
    pub classes: Vec<SettingsClass>,
}

/// A resource that the project describes.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// Its name in the project, with groups joined by dots.
    pub name: String,
    /// The definition of its component.
    pub definition: &'static Component,
    pub version: Option<String>,
    /// Whether it serves fields that name no resource.
    pub is_default: bool,
    pub place: Place,
}

/// Reads the project that the files define. `models`: the classes, evaluated without an environment. `found`: the classes that are known
/// otherwise. `packages`: for servers whose version follows the client's.
pub(crate) fn read(
    models: &Models<'_, '_>,
    files: &[FileId],
    (found, packages): (&HashSet<ClassRef>, &Packages),
    notes: &mut Notes,
) -> Components {
    let mut listed = (found, Listed::new());
    // Reads the arguments as written, without deciding anything that depends on the environment.
    let mut written_notes = Notes::default();
    let written = read_with(models, files, &HashSet::new(), &mut listed, &mut written_notes);
    let Some(place) = written.place.clone() else { return Components::default() };
    let varies = models.evaluator.asked_environment();
    let environments = if varies { &EnvironmentName::DEFAULT[..] } else { &[] };
    let described = written.components.iter().map(|component| component.name.clone()).collect();
    let readings: Vec<(&'static str, ProjectReading)> = if varies {
        let names = [DEFAULT].into_iter().chain(environments.iter().copied());
        names.map(|name| (name, read_in(models, name, files, &described, &mut listed, notes))).collect()
    } else {
        notes.extend(written_notes);
        vec![(DEFAULT, written.clone())]
    };
    for other in &written.others {
        notes.add(other.clone(), Observation::SecondProject { first: place.clone() });
    }
    let shared = reading::distinct(readings.iter().flat_map(|(_, reading)| reading.shared.iter().cloned()));
    let mut components = Components {
        name: readings.iter().find_map(|(_, reading)| reading.name.clone()),
        place: Some(place),
        shared,
        classes: listed.1.into_values().collect(),
        ..Components::default()
    };
    for component in by_name(readings).into_values() {
        add(&mut components, packages, &component, &written, environments);
    }
    components
}

/// Evaluates the project for one environment.
fn read_in(
    models: &Models<'_, '_>,
    environment: &str,
    files: &[FileId],
    described: &HashSet<String>,
    listed: &mut (&HashSet<ClassRef>, Listed),
    notes: &mut Notes,
) -> ProjectReading {
    let evaluator = models.evaluator;
    evaluator.in_environment(environment, || read_with(&Models::new(evaluator, models.rules), files, described, listed, notes))
}

fn read_with(
    models: &Models<'_, '_>,
    files: &[FileId],
    described: &HashSet<String>,
    (found, listed): &mut (&HashSet<ClassRef>, Listed),
    notes: &mut Notes,
) -> ProjectReading {
    let mut lists = ClassLists { models, found, described, listed: std::mem::take(listed), notes: std::mem::take(notes) };
    let reading = project::project(&mut lists, files);
    (*listed, *notes) = (lists.listed, lists.notes);
    reading
}

/// The components of all environments, by name.
fn by_name(readings: Vec<(&'static str, ProjectReading)>) -> BTreeMap<String, Readings> {
    let mut found: BTreeMap<String, Readings> = BTreeMap::new();
    for (environment, reading) in readings {
        for component in reading.components {
            let same = found.entry(component.name.clone()).or_default();
            // Of two components with one name, the last one wins, as in the project itself.
            same.retain(|(known, _)| *known != environment);
            same.push((environment, component));
        }
    }
    found
}

fn add(
    components: &mut Components,
    packages: &Packages,
    readings: &Readings,
    written: &ProjectReading,
    environments: &[&'static str],
) {
    let (_, first) = &readings[0];
    let as_written = written.components.iter().find(|component| component.name == first.name).unwrap_or(first);
    if first.definition.instance.is_some() {
        components.instances.push(Instance {
            name: first.name.clone(),
            definition: first.definition,
            version: first.version.clone(),
            is_default: readings.iter().any(|(_, reading)| reading.is_default),
            place: first.place.clone(),
        });
    }
    if let Some(mut service) = merge::service(readings, as_written.options.clone(), environments) {
        complete_image(&mut service, first.version.as_deref(), first.definition, packages);
        components.services.push(service);
    }
}

/// The tag of an image whose version follows the client's, unless it has one (`MlflowServer.network_app`).
fn complete_image(service: &mut Service, version: Option<&str>, definition: &Component, packages: &Packages) {
    // The version that takk 0.1.40 uses if no client is installed.
    const WITHOUT_CLIENT: &str = "3.5.0";
    let Some(instance) = &definition.instance else { return };
    let of_client =
        || catalog().kind(instance.kind).and_then(|kind| server_version(kind, packages)).map(|answer| answer.version);
    let version = version.map(str::to_owned).or_else(of_client).unwrap_or_else(|| WITHOUT_CLIENT.to_owned());
    let tagged = |image: &mut Option<String>| {
        if let Some(name) = image.as_mut().filter(|name| !name.contains(':')) {
            name.push_str(":v");
            name.push_str(&version);
        }
    };
    match &mut service.image {
        None => {}
        Some(PerEnvironment::Same(image)) => tagged(image),
        Some(PerEnvironment::Varies { default, environments }) => {
            tagged(default);
            environments.values_mut().for_each(tagged);
        }
    }
}

#[cfg(test)]
mod tests;
