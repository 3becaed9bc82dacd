//! Components in an environment: port, schedule, domains, addresses.

use super::{PlannedService, PlannedVariable, address};
use crate::model::{ClassRef, Environment, Manifest, Service};

/// The components of the project as they are in `environment`, by name.
pub(super) fn services(manifest: &Manifest, environment: &Environment, variables: &[PlannedVariable]) -> Vec<PlannedService> {
    let present = manifest.services.iter().filter(|service| *service.present.value_in(environment.name.as_str()));
    present.map(|service| planned(service, manifest, environment, variables)).collect()
}

fn planned(service: &Service, manifest: &Manifest, environment: &Environment, variables: &[PlannedVariable]) -> PlannedService {
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
        variables: variables
            .iter()
            .filter(|variable| variable.declared.services.contains(&service.name))
            .map(|variable| variable.declared.name.clone())
            .collect(),
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
