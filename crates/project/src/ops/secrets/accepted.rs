//! Whether the program accepts a value under a name: every field that reads the name must accept it.

use takk_model::{Api, Manifest, NestedLeaf, NestedNames, Place, Setting, SettingsClass};
use takk_plan::class_name;
use takk_value::{Refusal, Verdict, together};

/// The verdict of the fields that read a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// All of them accept it.
    Yes,
    /// No field rejects it for certain, but at least one decides at run time. With the reason.
    Unchecked(String),
    No(Refused),
}

/// Why a value is rejected. Does not contain any of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The field: `shop.settings.Settings.port`.
    pub field: String,
    pub type_name: String,
    pub place: Place,
    /// The type of pydantic's error, what the value must be, and where the fault is within it.
    pub refusal: Refusal,
}

impl Refused {
    /// A value that a field, or a field nested in it, rejects.
    pub(in crate::ops) fn of(class: &SettingsClass, field: &Setting, leaf: Option<&NestedLeaf>, refusal: Refusal) -> Self {
        let path = leaf.map_or_else(|| field.name.clone(), |leaf| leaf.path.join("."));
        Self {
            field: format!("{}.{path}", class_name(&class.class_ref())),
            type_name: leaf.map_or(&field.type_name, |leaf| &leaf.type_name).clone(),
            place: field.place(),
            refusal,
        }
    }

    /// A sentence without a full stop: `value must be an integer`.
    pub fn sentence(&self) -> String {
        self.refusal.sentence()
    }
}

/// The nested field that reads the variable of that name.
pub(in crate::ops) fn leaf_of<'f>(field: &'f Setting, name: &str) -> Option<&'f NestedLeaf> {
    field.nested.iter().find(|leaf| leaf.env.iter().any(|known| known == name))
}

/// The maximum number of fields that check one value.
const MOST_READERS: usize = 200;

/// What the program would say of `text` under `name`, regardless of the other values. A name that no field reads accepts everything.
pub fn accepted(manifest: &Manifest, name: &str, text: &str) -> Accepted {
    asked(manifest, name, text, |_| true)
}

/// The same if the other values are known as well. Skips fields that several values set together, since the others may override this one.
/// [`faults`](crate::ops::together::faults) judges those.
pub fn accepted_among_others(manifest: &Manifest, name: &str, text: &str) -> Accepted {
    asked(manifest, name, text, |names| !names.has_types())
}

/// Checks the value with the fields that read the name; those that several values set only if they are `wanted`.
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

/// Whether no field of a class that forbids extra values uses the value: each field reads a part of it (`AliasPath`) that is missing
/// (`ModelFieldsValidator` counts a key as used if something is found under it).
fn is_left_over(class: &SettingsClass, field: &Setting, (name, text): (&str, &str)) -> bool {
    let forbids = class.api == Api::V2 && class.config.extra.as_deref() == Some("forbid") && class.config.undecided.is_empty();
    let leaves =
        |field: &Setting| field.env.first().is_some_and(|head| head == name) && takk_value::lacks_part(&field.accepts, text);
    let reads = |other: &&Setting| other.env.iter().any(|known| known == name);
    forbids && leaves(field) && class.fields.iter().filter(reads).all(leaves)
}

/// The verdict of one field; `None` if it does not read the name.
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
