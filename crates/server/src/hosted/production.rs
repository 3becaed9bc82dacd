//! Which environments of a project are production: `prod`, those that its owners choose, and every other one unless its owners or its name
//! exempt it.

use super::authorize::{AuthorizedAccess, PRODUCTION};
use super::{Hosted, Record, Refusal, Result, names};
use takk_api::Production;

/// The maximum number of environments that may be declared.
const MOST: usize = 100;

/// The declared environments, `prod` first. They need not exist yet.
pub fn list(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<Production> {
    let row = hosted.accounts()?.project(&visit.project)?;
    let (production, not_production) = row.map(|row| (row.production, row.not_production)).unwrap_or_default();
    Ok(Production { environments: with_prod(production), not_production })
}

/// Declares which environments are production and which are not, replacing earlier declarations. `prod` is always production.
pub fn name(hosted: &mut Hosted, visit: &AuthorizedAccess, named: Production) -> Result<Production> {
    let Production { environments: mut production, mut not_production } = named;
    production.iter().chain(&not_production).try_for_each(|name| names::environment(name).map(drop))?;
    if production.len() > MOST || not_production.len() > MOST {
        return Err(Refusal::invalid(format!("each list can have at most {MOST} environments")));
    }
    if let Some(name) = not_production.iter().find(|name| *name == PRODUCTION || production.contains(name)) {
        let detail = format!("`{name}` cannot be both production and not production");
        return Err(Refusal::invalid(detail).hint("`prod` is always production"));
    }
    production.retain(|name| name != PRODUCTION);
    for list in [&mut production, &mut not_production] {
        list.sort();
        list.dedup();
    }
    let all = Production { environments: with_prod(production.clone()), not_production: not_production.clone() };
    let record = all.environments.iter().fold(Record::new("production.named"), Record::item);
    let record = not_production.iter().fold(record, |record, name| record.item(format!("not {name}")));
    hosted.change(visit, record, |accounts, _| {
        Ok(accounts.set_production(&visit.project, &production, &not_production).map(drop)?)
    })?;
    Ok(all)
}

fn with_prod(named: Vec<String>) -> Vec<String> {
    std::iter::once(PRODUCTION.to_owned()).chain(named).collect()
}
