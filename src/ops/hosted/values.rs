//! Many values in one answer, for injection.

use super::entry::Visit;
use super::held::held;
use super::{Refusal, Result, names, unexpected};
use crate::secrets::{Access, Action, Given};
use crate::wire::{HeldValue, Plain, ValueList};

/// How many names one request may ask for.
const MOST: usize = 1000;

/// What a request for values wants: everything that is set, or what is set of these names.
pub fn wanted(visit: &Visit, wanted: Vec<String>) -> Result<Access> {
    if wanted.len() > MOST {
        return Err(Refusal::invalid(format!("there are more than {MOST} names")));
    }
    wanted.iter().try_for_each(|name| names::variable(name).map(drop))?;
    Ok(visit.access(Action::Read { names: (!wanted.is_empty()).then_some(wanted) }))
}

/// The values.
pub fn list(given: Given) -> Result<ValueList> {
    let Given::Values { revision, values } = given else { return Err(unexpected()) };
    let values =
        values.into_iter().map(|(entry, value)| HeldValue { held: held(entry), value: Plain::new(value.expose().to_owned()) });
    Ok(ValueList { revision, values: values.collect() })
}
