//! Components in an environment: port, schedule, domains, addresses.

use std::collections::HashMap;

use super::{PlannedService, PlannedVariable, address};
use takk_model::{ClassRef, Environment, Manifest, Service};

/// The components of the project as they are in `environment`, by name.
pub(super) fn services(manifest: &Manifest, environment: &Environment, variables: &[PlannedVariable]) -> Vec<PlannedService> {
    let present = manifest.services.iter().filter(|service| *service.present.value_in(environment.name.as_str()));
    let mut read: HashMap<&str, Vec<String>> = HashMap::new();
    for variable in variables {
        for service in &variable.declared.services {
            read.entry(service).or_default().push(variable.declared.name.clone());
        }
    }
    present.map(|service| planned(service, manifest, environment, &read)).collect()
}

/// A service, with the variables that it reads.
fn planned(
    service: &Service,
    manifest: &Manifest,
    environment: &Environment,
    read: &HashMap<&str, Vec<String>>,
) -> PlannedService {
    let name = environment.name.as_str();
    let port = address::port_in(service, environment);
    PlannedService {
        name: service.name.clone(),
        component: service.component.clone(),
        kind: service.kind,
        port,
        schedule: service.schedule.as_ref().and_then(|schedule| schedule.value_in(name).clone()),
        domains: address::domains_in(service, environment).to_vec(),
        listens_to: service.listens_to.clone(),
        image: service.image.as_ref().and_then(|image| image.value_in(name).clone()),
        internal_url: port.map(|_| address::internal(service, &manifest.project.name, environment, "http")),
        external_url: service.external.then(|| address::external(service, environment, "http")),
        settings: settings_of(service, manifest),
        variables: read.get(service.name.as_str()).cloned().unwrap_or_default(),
        description: service.description.clone(),
        place: service.place.clone(),
    }
}

fn settings_of(service: &Service, manifest: &Manifest) -> Vec<ClassRef> {
    let mut classes: Vec<ClassRef> = manifest.shared_settings.iter().chain(&service.settings).cloned().collect();
    classes.sort();
    classes.dedup();
    classes
}
