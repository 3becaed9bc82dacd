//! Values composed of stored ones: a template of parts of a resource, or its address from parts that are stored one by one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Declared, stored};
use takk_catalog::catalog;
use takk_model::{Held, ResourcePart, TemplatePart};

/// The part of a resource that is its whole URL.
pub const ADDRESS: &str = "dsn";
/// The parts of a URL, in their order.
pub const PARTS: [&str; 5] = ["username", "password", "host", "port", "database"];

/// The parts of resources that variables hold, each with the name of the stored value that it is taken from, if there is one.
pub(super) struct Parts<'d>(HashMap<&'d ResourcePart, Option<String>>);

impl<'d> Parts<'d> {
    pub(crate) fn new(declared: &'d [Arc<Declared>], held: &[Held]) -> Self {
        let mut parts = HashMap::new();
        for variable in declared {
            let Some(part) = &variable.resource else { continue };
            let source = parts.entry(part).or_insert(None);
            if source.is_none() {
                *source = stored::version(variable, None, held).map(|stored| stored.name);
            }
        }
        Self(parts)
    }

    /// The name of the stored value that a part is taken from: its own variable, else the URL of the same resource.
    pub(crate) fn source_of(&self, part: &ResourcePart) -> Option<&str> {
        let of = |part: &ResourcePart| self.0.get(part).and_then(Option::as_deref);
        let is_of_address = PARTS.contains(&part.part.as_str());
        of(part).or_else(|| of(&part_of(part, ADDRESS)).filter(|_| is_of_address))
    }

    /// The names of the stored values that the URL of a resource is composed of; `None` unless the host is among them.
    pub(crate) fn of_address(&self, variable: &Declared) -> Option<Vec<String>> {
        let address = variable.resource.as_ref().filter(|part| part.part == ADDRESS)?;
        catalog().kind(&address.kind)?.schemes.first()?;
        let source = |part: &&str| {
            let wanted = part_of(address, part);
            if self.0.contains_key(&wanted) { self.source_of(&wanted).map(str::to_owned) } else { None }
        };
        source(&"host")?;
        Some(PARTS.iter().filter_map(source).collect())
    }

    /// The names of the stored values that a template is composed of, or the part that has none.
    pub(crate) fn of_template<'v>(&self, variable: &'v Declared) -> Result<Vec<String>, &'v ResourcePart> {
        let mut names = Vec::new();
        let mut seen = HashSet::new();
        for part in &variable.template {
            if let TemplatePart::Resource(part) = part {
                let name = self.source_of(part).ok_or(part)?;
                if seen.insert(name) {
                    names.push(name.to_owned());
                }
            }
        }
        Ok(names)
    }
}

/// Another part of the same resource.
fn part_of(other: &ResourcePart, part: &str) -> ResourcePart {
    ResourcePart { part: part.to_owned(), ..other.clone() }
}
