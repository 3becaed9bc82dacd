//! Validates the values of one environment together, field by field: finds faults that no single value has.

use super::secrets::accepted::{Refused, leaf_of};
use takk_model::{Manifest, NestedNames, Place, SettingsClass};
use takk_value::Refusal;
use takk_value::together::{Fault, Given, Problem, together};

/// A fault of a field that several variables set together.
pub enum Found {
    /// A variable is missing without which the field is incomplete.
    Missing {
        name: String,
        /// Where the field is declared.
        place: Place,
    },
    /// A value is rejected in combination with the others.
    Refused { name: String, refused: Refused },
}

/// The faults of fields in the `wanted` classes for which at least one variable is set. `values` are all values that the program receives;
/// `beside` are the names that a class finds elsewhere, whose values are not known.
pub fn faults<'v>(
    manifest: &Manifest,
    values: &(impl Iterator<Item = (&'v str, &'v str)> + Clone),
    wanted: &dyn Fn(&SettingsClass) -> bool,
    beside: &dyn Fn(&SettingsClass) -> Vec<String>,
) -> Vec<Found> {
    let mut found = Vec::new();
    for (class, names) in manifest.nested().filter(|(class, names)| names.has_types() && wanted(class)) {
        let mut given: Vec<Given<'_>> = values
            .clone()
            .filter(|(name, _)| names.are_given_by(name))
            .map(|(name, text)| Given { name, text: Some(text) })
            .collect();
        if given.is_empty() {
            continue;
        }
        let others = beside(class);
        let is_new = |name: &&String| names.are_given_by(name) && given.iter().all(|given| given.name != name.as_str());
        let others: Vec<Given<'_>> = others.iter().filter(is_new).map(|name| Given { name, text: None }).collect();
        given.extend(others);
        given.sort_by_key(|given| given.name);
        let together = together(&names, &given);
        found.extend(together.faults.iter().filter_map(|fault| refused(class, &names, fault, &given)));
        let missing = together.missing.into_iter();
        found.extend(missing.map(|name| Found::Missing { name, place: names.field.place() }));
    }
    found
}

fn refused(class: &SettingsClass, names: &NestedNames<'_>, fault: &Fault, given: &[Given<'_>]) -> Option<Found> {
    let Problem::Refused(refusal) = &fault.problem else { return None };
    let name = (*fault.names(given).first()?).to_owned();
    let leaf = leaf_of(names.field, &name).filter(|leaf| fault.path.starts_with(&leaf.path));
    let inside = fault.path.iter().skip(leaf.map_or(1, |leaf| leaf.path.len()));
    let inside = inside.flat_map(|step| [".", step.as_str()]).collect::<String>();
    let refusal = Refusal { place: format!("{inside}{}", refusal.place), ..refusal.clone() };
    Some(Found::Refused { name, refused: Refused::of(class, names.field, leaf, refusal) })
}
