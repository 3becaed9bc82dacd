//! The table of resources, which are the same in every environment.

use super::super::plan_rows::users;
use takk_plan::{EnvironmentPlan, PlannedResource};

pub(super) struct ResourceRow<'p> {
    pub resource: &'p PlannedResource,
    pub version: &'p str,
    /// The reason for this version, and where it is written.
    pub reason: &'p str,
    pub reason_place: Option<String>,
    /// The services that use it.
    pub users: String,
    pub place: String,
}

/// The resources of the program.
pub(super) fn rows(environments: &[EnvironmentPlan]) -> Vec<ResourceRow<'_>> {
    let Some(first) = environments.first() else { return Vec::new() };
    first.resources.iter().map(|resource| row(resource, first.services.len())).collect()
}

fn row(resource: &PlannedResource, services: usize) -> ResourceRow<'_> {
    let answer = resource.version.as_ref();
    ResourceRow {
        resource,
        version: answer.map_or("", |answer| &answer.version),
        reason: answer.map_or("", |answer| &answer.reason),
        reason_place: answer.and_then(|answer| Some(answer.place.as_ref()?.short())),
        users: users(&resource.services, services),
        place: resource.place.short(),
    }
}
