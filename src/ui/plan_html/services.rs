//! The matrix of services: the port or schedule of each, and its addresses, in each environment.

use super::super::plan_rows::{service_detail, service_kind};
use takk_plan::{Address, EnvironmentPlan, PlannedService};

/// One service in all environments.
pub(super) struct ServiceRow<'p> {
    pub service: &'p PlannedService,
    pub kind: &'static str,
    /// The service in each environment that has it.
    pub cells: Vec<Option<ServiceCell<'p>>>,
    pub place: String,
}

/// One service in one environment.
pub(super) struct ServiceCell<'p> {
    /// Its port, its schedule, or what it listens to.
    pub detail: String,
    /// Its URLs, internal and external.
    pub addresses: Vec<(&'static str, &'p Address)>,
}

/// The services of all environments, sorted by name.
pub(super) fn rows(environments: &[EnvironmentPlan]) -> Vec<ServiceRow<'_>> {
    let mut services: Vec<&PlannedService> = environments.iter().flat_map(|environment| &environment.services).collect();
    services.sort_by(|a, b| a.name.cmp(&b.name));
    services.dedup_by(|a, b| a.name == b.name);
    services.into_iter().map(|service| row(service, environments)).collect()
}

fn row<'p>(service: &'p PlannedService, environments: &'p [EnvironmentPlan]) -> ServiceRow<'p> {
    let here =
        |environment: &'p EnvironmentPlan| environment.services.iter().find(|other| other.name == service.name).map(cell);
    ServiceRow {
        service,
        kind: service_kind(service.kind),
        cells: environments.iter().map(here).collect(),
        place: service.place.short(),
    }
}

fn cell(service: &PlannedService) -> ServiceCell<'_> {
    let known = [("external", &service.external_url), ("internal", &service.internal_url)];
    let addresses = known.into_iter().filter_map(|(kind, address)| Some((kind, address.as_ref()?)));
    ServiceCell { detail: service_detail(service), addresses: addresses.collect() }
}
