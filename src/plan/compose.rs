//! Values that are put together from stored ones: a template of parts of a resource, or its address from parts that are stored one by
//! one.

use std::sync::Arc;

use super::{Declared, stored};
use crate::catalog::catalog;
use crate::model::{Held, ResourcePart, TemplatePart};

/// The part of a resource that is its whole address.
pub const ADDRESS: &str = "dsn";
/// The parts that an address may have, in the order of a URL.
pub const PARTS: [&str; 5] = ["username", "password", "host", "port", "database"];

/// The names of the stored values that a part is taken from: its own variable, else the address of the same resource.
pub(super) fn source_of(part: &ResourcePart, declared: &[Arc<Declared>], held: &[Held]) -> Option<String> {
    let of = |wanted: &str| {
        let same = |other: &ResourcePart| other.kind == part.kind && other.name == part.name && other.part == wanted;
        let variables = declared.iter().filter(|variable| variable.resource.as_ref().is_some_and(same));
        variables.filter_map(|variable| stored::version(variable, None, held)).map(|stored| stored.name).next()
    };
    of(&part.part).or_else(|| if PARTS.contains(&part.part.as_str()) { of(ADDRESS) } else { None })
}

/// The names of the stored values that the address of a resource is put together from; `None` unless its host is among them.
pub(super) fn address_from_parts(variable: &Declared, declared: &[Arc<Declared>], held: &[Held]) -> Option<Vec<String>> {
    let address = variable.resource.as_ref().filter(|part| part.part == ADDRESS)?;
    catalog().kind(&address.kind)?.schemes.first()?;
    let source = |part: &&str| {
        let wanted = ResourcePart { part: (*part).to_owned(), ..address.clone() };
        let own = declared.iter().any(|other| other.resource.as_ref() == Some(&wanted));
        if own { source_of(&wanted, declared, held) } else { None }
    };
    source(&"host")?;
    Some(PARTS.iter().filter_map(source).collect())
}

/// The names of the stored values that a template is put together from, or the part that has none.
pub(super) fn template_from_parts<'d>(
    variable: &'d Declared,
    declared: &[Arc<Declared>],
    held: &[Held],
) -> Result<Vec<String>, &'d ResourcePart> {
    let mut names = Vec::new();
    for part in &variable.template {
        if let TemplatePart::Resource(part) = part {
            let name = source_of(part, declared, held).ok_or(part)?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Ok(names)
}
