//! Resources and the services that use them.

use std::collections::HashSet;

use super::PlannedResource;
use super::readers::Readers;
use takk_model::{Manifest, Resource};

/// The resources of the program, the same in every environment.
pub(super) fn resources(manifest: &Manifest) -> Vec<PlannedResource> {
    let readers = Readers::new(manifest);
    manifest.resources.iter().map(|resource| planned(resource, &readers)).collect()
}

fn planned(resource: &Resource, readers: &Readers) -> PlannedResource {
    let mut variables: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    let mut services: Vec<String> = Vec::new();
    for r#use in &resource.uses {
        if seen.insert(&r#use.variable) {
            variables.push(r#use.variable.clone());
        }
        services.extend_from_slice(readers.of(&r#use.class));
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
        extensions: resource.extensions.clone(),
        place: resource.place.clone(),
        provisioned: None,
    }
}
