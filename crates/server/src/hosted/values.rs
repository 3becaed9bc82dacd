//! Many values in one response, for injection.

use super::versions::held;
use super::{AccessRequest, Refusal, Result, Visitor, names, unexpected};
use takk_api::{HeldValue, Plain, ValueList};
use takk_vault::{AccessResponse, Action};

/// The maximum number of names in a request.
const MOST: usize = 1000;

/// A request for values: all that are set, or those of these names that are.
pub fn asked(visitor: Visitor, wanted: Vec<String>) -> Result<AccessRequest> {
    if wanted.len() > MOST {
        return Err(Refusal::invalid(format!("a request can have at most {MOST} names")));
    }
    wanted.iter().try_for_each(|name| names::variable(name).map(drop))?;
    Ok(AccessRequest::new(visitor, Action::Read { names: (!wanted.is_empty()).then_some(wanted) }))
}

pub fn list(given: AccessResponse) -> Result<ValueList> {
    let AccessResponse::Values { revision, values } = given else { return Err(unexpected()) };
    let values =
        values.into_iter().map(|(entry, value)| HeldValue { held: held(entry), value: Plain::new(value.expose().to_owned()) });
    Ok(ValueList { revision, values: values.collect() })
}
