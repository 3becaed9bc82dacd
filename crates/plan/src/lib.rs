//! Manifest × environment → plan. Pure: no I/O, no clock, the same result on every run.
//!
//! A plan contains names, types, places and states; never a secret value.

mod address;
mod component_name;
mod compose;
mod declared;
mod environment_plan;
mod next_step;
mod readers;
mod resources;
mod secret_path;
mod services;
mod stored;
mod variables;

pub use address::{Address, Components};
pub use component_name::{ComponentNameError, resolve_component_name};
pub use compose::{ADDRESS, PARTS};
pub use declared::{Declared, Reader, declared};
pub use environment_plan::{
    EnvironmentPlan, NotRead, Plan, PlannedResource, PlannedService, PlannedVariable, Provisioned, SCHEMA_VERSION, StaleValue,
    State, StoredVersion,
};
pub use readers::class_name;
pub use secret_path::{LivePath, LiveState, PlannedPath};
pub use stored::missing_of;

use stored::Stored;

use std::sync::Arc;

use takk_model::{Environment, Held, Holdings, Manifest, Suggestion};

/// What the program needs in each of `environments`, in their order, given what each of them holds.
pub fn plan_all(manifest: &Manifest, environments: &[Environment], holdings: &Holdings) -> Plan {
    let declared = shared(manifest);
    Plan {
        schema_version: SCHEMA_VERSION,
        project: manifest.project.clone(),
        files: manifest.files,
        settings_classes: manifest.settings.len(),
        environments: environments
            .iter()
            .map(|environment| in_environment(&declared, manifest, environment, Stored::names(holdings.of(&environment.name))))
            .collect(),
        not_read: not_read(manifest),
        suggestions: suggestions(manifest),
    }
}

/// What the code suggests, and what libraries need that the project has neither accepted nor rejected.
fn suggestions(manifest: &Manifest) -> Vec<Suggestion> {
    let wanted = manifest.libraries.iter().filter(|variable| variable.required && !variable.accepted);
    let proposed = wanted.map(|variable| Suggestion {
        kind: variable.name.clone(),
        evidence: format!("{} ({})", variable.reason(), variable.source),
        place: variable.place.clone(),
        change: format!(
            "takk secrets set {}, or libraries = {{ accept = [\"{}\"] }} in [tool.takk]",
            variable.name, variable.library
        ),
        version: None,
    });
    manifest.suggestions.iter().cloned().chain(proposed).collect()
}

/// The classes that read nothing by themselves, in their order.
fn not_read(manifest: &Manifest) -> Vec<NotRead> {
    let classes = manifest.settings.iter().filter(|class| !class.usage.is_read());
    classes
        .map(|class| NotRead { class: class.class_ref(), why: class.usage.phrase().unwrap_or_default(), place: class.place() })
        .collect()
}

/// What the program needs in `environment`, which holds `held`.
pub fn plan(manifest: &Manifest, environment: &Environment, held: &[Held]) -> EnvironmentPlan {
    in_environment(&shared(manifest), manifest, environment, Stored::names(held))
}

/// The same with known values: they decide what a nested field lacks. With `env_ignore_empty` an empty value counts as none, and JSON
/// may contain what would be missing.
pub fn plan_with_values<'s>(
    manifest: &Manifest,
    environment: &Environment,
    held: &'s [Held],
    value: &'s dyn Fn(&str) -> Option<&'s str>,
) -> EnvironmentPlan {
    in_environment(&shared(manifest), manifest, environment, Stored { held, value })
}

/// What the code declares, for all environments.
fn shared(manifest: &Manifest) -> Vec<Arc<Declared>> {
    declared(manifest).into_iter().map(Arc::new).collect()
}

fn in_environment(
    declared: &[Arc<Declared>],
    manifest: &Manifest,
    environment: &Environment,
    stored: Stored<'_>,
) -> EnvironmentPlan {
    let variables = variables::variables(declared, manifest, environment, stored);
    let stale = stored::stale(&variables, stored.held);
    let services = services::services(manifest, environment, &variables);
    let next_step = next_step::next_step(&environment.name, &variables);
    EnvironmentPlan {
        name: environment.name.clone(),
        domain: environment.domain.clone(),
        resources: resources::resources(manifest),
        variables,
        stale,
        services,
        next_step,
    }
}
