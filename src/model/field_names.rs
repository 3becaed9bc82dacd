//! Which fields read a name: found once for all names, because a manifest may have thousands of fields and each is asked for.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use super::{Manifest, Setting, SettingsClass};

/// Where each name is read, as it is found out when it is asked for the first time. A copy of a manifest finds it out anew.
#[derive(Default)]
pub struct FieldNames(OnceLock<HashMap<String, Vec<At>>>);

/// A field by the number of its class, of which the variants follow the others, and its own.
#[derive(Clone, Copy, PartialEq, Eq)]
struct At {
    class: usize,
    field: usize,
}

impl Manifest {
    /// The fields that read a name, themselves or by a field nested in them, in their order.
    pub fn readers<'m>(&'m self, name: &str) -> impl Iterator<Item = (&'m SettingsClass, &'m Setting)> {
        let found = self.names.0.get_or_init(|| index(self)).get(name);
        let of = |at: &At| {
            let class =
                self.settings.get(at.class).or_else(|| self.variants.get(at.class.checked_sub(self.settings.len())?))?;
            Some((class, class.fields.get(at.field)?))
        };
        found.into_iter().flatten().filter_map(of)
    }

    /// The first field that reads a name itself.
    pub fn field(&self, name: &str) -> Option<&Setting> {
        self.fields(name).next()
    }

    /// The fields that read a name themselves.
    pub fn fields<'m>(&'m self, name: &str) -> impl Iterator<Item = &'m Setting> {
        self.readers(name).map(|(_, field)| field).filter(move |field| field.env.iter().any(|known| known == name))
    }
}

fn index(manifest: &Manifest) -> HashMap<String, Vec<At>> {
    let mut found: HashMap<String, Vec<At>> = HashMap::new();
    for (class, declared) in manifest.settings.iter().chain(&manifest.variants).enumerate() {
        if !declared.usage.has_own_names() {
            continue;
        }
        let fields = declared.fields.iter().enumerate().filter(|(_, field)| declared.usage.reads(field));
        for (field, setting) in fields {
            let at = At { class, field };
            for name in setting.env.iter().chain(setting.nested.iter().flat_map(|leaf| &leaf.env)) {
                let places = found.entry(name.clone()).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
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

/// It says nothing that the manifest does not.
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
