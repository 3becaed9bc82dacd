//! Which environments of a project are production: `prod`, and those that its owners name so.

use super::entry::{PRODUCTION, Visit};
use super::{Hosted, Refusal, Result, names};
use crate::wire::Production;

/// How many environments may be production.
const MOST: usize = 100;

/// Those that are production, `prod` first. They need not be there yet.
pub fn list(hosted: &mut Hosted, visit: &Visit) -> Result<Production> {
    let row = hosted.accounts()?.project(&visit.project)?;
    Ok(with_prod(row.map(|row| row.production).unwrap_or_default()))
}

/// Names those that are production, instead of those that were. `prod` is, also where it is not named.
pub fn name(hosted: &mut Hosted, visit: &Visit, production: Production) -> Result<Production> {
    if !visit.caller.token.environments.is_empty() {
        return Err(Refusal::forbidden("a token that is for some environments does not decide what others are"));
    }
    let mut named = production.environments;
    named.iter().try_for_each(|name| names::environment(name).map(drop))?;
    if named.len() > MOST {
        return Err(Refusal::invalid(format!("at most {MOST} environments are production")));
    }
    named.retain(|name| name != PRODUCTION);
    named.sort();
    named.dedup();
    let all = with_prod(named.clone());
    let record = hosted.record(&visit.caller, "production.named").project(&visit.project);
    let record = all.environments.iter().fold(record, super::Record::item);
    hosted.change(record, |accounts| Ok(accounts.set_production(&visit.project, &named).map(drop)?))?;
    Ok(all)
}

fn with_prod(named: Vec<String>) -> Production {
    Production { environments: std::iter::once(PRODUCTION.to_owned()).chain(named).collect() }
}
