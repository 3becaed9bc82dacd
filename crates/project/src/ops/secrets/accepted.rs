//! Whether the program accepts a value under a name: every field that reads the name must accept it.

use takk_model::{Api, Manifest, NestedLeaf, NestedNames, Place, Setting, SettingsClass};
use takk_plan::class_name;
use takk_value::{Refusal, Verdict, together};

/// What the fields that read a name say of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// All of them accept it.
    Yes,
    /// None of those that can be asked refuses it; at least one decides when the program runs. With the reason.
    Unchecked(String),
    No(Refused),
}

/// Why a value is refused. Nothing of the value is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The field: `shop.settings.Settings.port`.
    pub field: String,
    pub type_name: String,
    pub place: Place,
    /// The type of pydantic's error, what the value must be, and where inside the value.
    pub refusal: Refusal,
}

impl Refused {
    /// A value that a field refuses, or what is nested in it.
    pub(in crate::ops) fn of(class: &SettingsClass, field: &Setting, leaf: Option<&NestedLeaf>, refusal: Refusal) -> Self {
        let path = leaf.map_or_else(|| field.name.clone(), |leaf| leaf.path.join("."));
        Self {
            field: format!("{}.{path}", class_name(&class.class_ref())),
            type_name: leaf.map_or(&field.type_name, |leaf| &leaf.type_name).clone(),
            place: field.place(),
            refusal,
        }
    }

    /// As a sentence without a full stop: `value must be an integer`.
    pub fn sentence(&self) -> String {
        self.refusal.sentence()
    }
}

/// What is nested in a field and read from a variable of that name.
pub(in crate::ops) fn leaf_of<'f>(field: &'f Setting, name: &str) -> Option<&'f NestedLeaf> {
    field.nested.iter().find(|leaf| leaf.env.iter().any(|known| known == name))
}

/// How many fields are asked about one value.
const MOST_READERS: usize = 200;

/// What the program would say of the value `text` under `name`, whatever the other values are. A name that no field reads accepts
/// everything.
pub fn accepted(manifest: &Manifest, name: &str, text: &str) -> Accepted {
    asked(manifest, name, text, |_| true)
}

/// The same where the other values are known as well. Fields that several of them can set are left out:
/// [`faults`](crate::ops::together::faults) judges these, and there the others may replace what this one says.
pub fn accepted_among_others(manifest: &Manifest, name: &str, text: &str) -> Accepted {
    asked(manifest, name, text, |names| !names.has_types())
}

/// Asks the fields that read the name; those that several values can set if they are `wanted`.
fn asked(manifest: &Manifest, name: &str, text: &str, wanted: impl Fn(&NestedNames<'_>) -> bool) -> Accepted {
    let mut open = None;
    for (number, (class, field)) in manifest.readers(name).enumerate() {
        if number == MOST_READERS {
            open = open.or_else(|| Some(format!("more than {MOST_READERS} fields read it")));
            break;
        }
        let names = NestedNames::of(manifest, class, field);
        if names.as_ref().is_some_and(|names| !wanted(names)) {
            continue;
        }
        let Some(verdict) = verdict(class, field, names.as_ref(), (name, text)) else { continue };
        match verdict {
            Verdict::Accepted => {}
            Verdict::Unchecked(reason) => open = open.or(Some(reason)),
            Verdict::Refused(refusal) => return Accepted::No(Refused::of(class, field, leaf_of(field, name), refusal)),
        }
    }
    open.map_or(Accepted::Yes, Accepted::Unchecked)
}

/// Whether a value is one that no field of the class takes, which forbids it: each takes a part (`AliasPath`) that is not there
/// (`ModelFieldsValidator`: a key counts as used where something is found under it).
fn is_left_over(class: &SettingsClass, field: &Setting, (name, text): (&str, &str)) -> bool {
    let forbids = class.api == Api::V2 && class.config.extra.as_deref() == Some("forbid") && class.config.undecided.is_empty();
    let leaves =
        |field: &Setting| field.env.first().is_some_and(|head| head == name) && takk_value::lacks_part(&field.accepts, text);
    let reads = |other: &&Setting| other.env.iter().any(|known| known == name);
    forbids && leaves(field) && class.fields.iter().filter(reads).all(leaves)
}

/// What one field says; `None` if it does not read the name.
fn verdict(
    class: &SettingsClass,
    field: &Setting,
    names: Option<&NestedNames<'_>>,
    (name, text): (&str, &str),
) -> Option<Verdict> {
    let is_it =
        |known: &String| *known == name || (!class.config.case_sensitive && known.to_lowercase() == name.to_lowercase());
    match names {
        Some(names) => names.reads(name).then(|| together::alone(names, name, text)),
        None if let Some(known) = field.env.iter().find(|known| is_it(known)) => {
            Some(match takk_value::check_named(field, known, text) {
                Verdict::Accepted if is_left_over(class, field, (known, text)) => Verdict::Refused(Refusal {
                    error: "extra_forbidden",
                    reason:
                        "must be JSON that contains the part this field reads: the class forbids values that no field reads"
                            .to_owned(),
                    place: String::new(),
                }),
                verdict => verdict,
            })
        }
        None => {
            let leaf = field.nested.iter().find(|leaf| leaf.env.iter().any(is_it))?;
            Some(takk_value::check_leaf(&field.accepts, &leaf.path, text))
        }
    }
}
