//! Manifest × environment → plan. Pure: no I/O, no clock, the same answer on every run.
//!
//! A plan holds names, types, places and states; never a value that must be kept secret.

mod address;
mod component_name;
mod declared;
mod environment_plan;
mod next_step;
mod readers;
mod resources;
mod secret_path;
mod services;
mod variables;

pub use address::Address;
pub use component_name::{ComponentNameError, resolve_component_name};
pub use declared::{Declared, Reader, declared};
pub use environment_plan::{EnvironmentPlan, Plan, PlannedResource, PlannedService, PlannedVariable, SCHEMA_VERSION, State};
pub use readers::{class_name, services_of};
pub use secret_path::PlannedPath;

use std::sync::Arc;

use crate::model::{Environment, Manifest};

/// What the program needs in each of `environments`, in their order.
pub fn plan_all(manifest: &Manifest, environments: &[Environment]) -> Plan {
    let declared = shared(manifest);
    Plan {
        schema_version: SCHEMA_VERSION,
        project: manifest.project.clone(),
        files: manifest.files,
        settings_classes: manifest.settings.len(),
        environments: environments.iter().map(|environment| in_environment(&declared, manifest, environment)).collect(),
        suggestions: manifest.suggestions.clone(),
    }
}

/// What the program needs in `environment`. There is no store: every environment is empty.
pub fn plan(manifest: &Manifest, environment: &Environment) -> EnvironmentPlan {
    in_environment(&shared(manifest), manifest, environment)
}

/// What the code declares, for all environments.
fn shared(manifest: &Manifest) -> Vec<Arc<Declared>> {
    declared(manifest).into_iter().map(Arc::new).collect()
}

fn in_environment(declared: &[Arc<Declared>], manifest: &Manifest, environment: &Environment) -> EnvironmentPlan {
    let variables = variables::variables(declared, manifest, environment);
    let services = services::services(manifest, environment, &variables);
    let next_step = next_step::next_step(&variables);
    EnvironmentPlan {
        name: environment.name.clone(),
        domain: environment.domain.clone(),
        resources: resources::resources(manifest),
        variables,
        services,
        next_step,
    }
}
