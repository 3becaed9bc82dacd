//! Resources with who uses them.

use super::{PlannedResource, services_of};
use crate::model::{Manifest, Resource};

/// The resources of the program, the same in every environment.
pub(super) fn resources(manifest: &Manifest) -> Vec<PlannedResource> {
    manifest.resources.iter().map(|resource| planned(resource, manifest)).collect()
}

fn planned(resource: &Resource, manifest: &Manifest) -> PlannedResource {
    let mut variables: Vec<String> = Vec::new();
    let mut services: Vec<String> = Vec::new();
    for r#use in &resource.uses {
        if !variables.contains(&r#use.variable) {
            variables.push(r#use.variable.clone());
        }
        services.extend(services_of(manifest, &r#use.class));
    }
    services.sort();
    services.dedup();
    PlannedResource {
        kind: resource.kind.clone(),
        name: resource.name.clone(),
        version: resource.version.clone(),
        instance: resource.instance.clone(),
        variables,
        services,
        place: resource.place.clone(),
    }
}
