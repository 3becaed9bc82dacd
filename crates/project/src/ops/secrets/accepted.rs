//! Would the program accept a value under that name? Every field that reads it must.

use takk_model::{Manifest, NestedNames, Place, Setting, SettingsClass};
use takk_plan::class_name;
use takk_value::{Refusal, Verdict, together};

/// What the fields that read a name say of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// All of them accept it.
    Yes,
    /// None of those that can be asked refuses it; at least one decides when the program runs. With the reason.
    Unchecked(String),
    /// One refuses it.
    No(Refused),
}

/// Why a value is refused. Nothing of the value is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The field: `shop.settings.Settings.port`.
    pub field: String,
    /// Its type.
    pub type_name: String,
    /// Where it is declared.
    pub place: Place,
    /// The type of pydantic's error, what is expected, and where inside the value.
    pub refusal: Refusal,
}

impl Refused {
    /// As a sentence without a full stop: `expected an integer`.
    pub fn sentence(&self) -> String {
        match self.refusal.place.as_str() {
            "" => format!("expected {}", self.refusal.expected),
            place => format!("expected {} at {place}", self.refusal.expected),
        }
    }
}

/// How many fields are asked about one value.
const MOST_READERS: usize = 200;

/// What the program would say of the value `text` under `name`. A name that no field reads accepts everything.
pub fn accepted(manifest: &Manifest, name: &str, text: &str) -> Accepted {
    let mut open = None;
    for (number, (class, field)) in manifest.readers(name).enumerate() {
        if number == MOST_READERS {
            open = open.or_else(|| Some("more fields read it than are asked".to_owned()));
            break;
        }
        let Some(verdict) = verdict(manifest, class, field, (name, text)) else { continue };
        match verdict {
            Verdict::Accepted => {}
            Verdict::Unchecked(reason) => open = open.or(Some(reason)),
            Verdict::Refused(refusal) => {
                let leaf = field.nested.iter().find(|leaf| leaf.env.iter().any(|known| known == name));
                let path = leaf.map_or_else(|| field.name.clone(), |leaf| leaf.path.join("."));
                return Accepted::No(Refused {
                    field: format!("{}.{path}", class_name(&class.class_ref())),
                    type_name: leaf.map_or(&field.type_name, |leaf| &leaf.type_name).clone(),
                    place: field.place(),
                    refusal,
                });
            }
        }
    }
    open.map_or(Accepted::Yes, Accepted::Unchecked)
}

/// What one field says; `None` if it does not read the name.
fn verdict(manifest: &Manifest, class: &SettingsClass, field: &Setting, (name, text): (&str, &str)) -> Option<Verdict> {
    match NestedNames::of(manifest, class, field) {
        Some(names) => names.reads(name).then(|| together::alone(&names, name, text)),
        None if field.env.iter().any(|known| known == name) => Some(takk_value::check_setting(field, text)),
        None => {
            let leaf = field.nested.iter().find(|leaf| leaf.env.iter().any(|known| known == name))?;
            Some(takk_value::check_leaf(&field.accepts, &leaf.path, text))
        }
    }
}
