//! Which fields read a name: computed once for all names, because a manifest may have thousands of fields, each of which is looked up.

use std::fmt;
use std::sync::OnceLock;

use hashbrown::HashMap;

use super::{Manifest, NestedNames, Setting, SettingsClass};

/// Which fields read each name. The index is built on the first lookup; a copy of a manifest builds its own.
#[derive(Default)]
pub struct FieldNames(OnceLock<Index>);

/// The fields by the names listed for them, in lower case, and the fields that can have nested names.
struct Index {
    names: HashMap<String, Vec<At>>,
    nested: Vec<At>,
}

/// A field: the index of its class (variants come after the classes), and its own index in the class.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct At {
    class: usize,
    field: usize,
}

impl Manifest {
    /// The fields that read a name, themselves or through a nested field, in order. A class that ignores case also reads the spelling that
    /// a case-sensitive class uses.
    pub fn readers<'m>(&'m self, name: &str) -> impl Iterator<Item = (&'m SettingsClass, &'m Setting)> {
        let index = self.index();
        let alike = index.names.get(&name.to_lowercase()).into_iter().flatten();
        let listed: Vec<At> = alike.filter(|at| self.lists(**at, name)).copied().collect();
        let is_inside = |at: &&At| !listed.contains(at) && self.nested_at(**at).is_some_and(|names| names.reads(name));
        let mut found: Vec<At> = listed.iter().chain(index.nested.iter().filter(is_inside)).copied().collect();
        found.sort_unstable();
        found.into_iter().filter_map(|at| self.field_at(at))
    }

    /// The fields that can have nested variables.
    pub fn nested(&self) -> impl Iterator<Item = (&SettingsClass, NestedNames<'_>)> {
        self.index().nested.iter().filter_map(|at| Some((self.field_at(*at)?.0, self.nested_at(*at)?)))
    }

    /// Whether a field lists the name, compared as its class compares names.
    fn lists(&self, at: At, name: &str) -> bool {
        let is_it = |(class, field): (&SettingsClass, &Setting)| {
            let mut names = field.env.iter().chain(field.nested.iter().flat_map(|leaf| &leaf.env));
            !class.config.case_sensitive || names.any(|known| known == name)
        };
        self.field_at(at).is_some_and(is_it)
    }

    fn index(&self) -> &Index {
        self.names.0.get_or_init(|| index(self))
    }

    fn field_at(&self, at: At) -> Option<(&SettingsClass, &Setting)> {
        let class = self.settings.get(at.class).or_else(|| self.variants.get(at.class.checked_sub(self.settings.len())?))?;
        Some((class, class.fields.get(at.field)?))
    }

    fn nested_at(&self, at: At) -> Option<NestedNames<'_>> {
        let (class, field) = self.field_at(at)?;
        NestedNames::of(self, class, field)
    }

    /// The first field that reads a name itself, not through a nested field.
    pub fn field(&self, name: &str) -> Option<&Setting> {
        self.fields(name).next()
    }

    /// The fields that read a name themselves, not through a nested field.
    pub fn fields<'m>(&'m self, name: &str) -> impl Iterator<Item = &'m Setting> {
        self.readers(name).map(|(_, field)| field).filter(move |field| field.env.iter().any(|known| known == name))
    }
}

fn index(manifest: &Manifest) -> Index {
    let mut found = Index { names: HashMap::new(), nested: Vec::new() };
    for (class, declared) in manifest.settings.iter().chain(&manifest.variants).enumerate() {
        if !declared.usage.has_own_names() {
            continue;
        }
        let fields = declared.fields.iter().enumerate().filter(|(_, field)| declared.usage.reads(field));
        for (field, setting) in fields {
            let at = At { class, field };
            for name in setting.env.iter().chain(setting.nested.iter().flat_map(|leaf| &leaf.env)) {
                let places = found.names.entry(name.to_lowercase()).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
            }
            if NestedNames::of(manifest, declared, setting).is_some() {
                found.nested.push(at);
            }
        }
    }
    found
}

impl Clone for FieldNames {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Derived from the manifest, so it adds nothing to a comparison.
impl PartialEq for FieldNames {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for FieldNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldNames")
    }
}
