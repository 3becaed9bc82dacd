//! Display names of the variables inside a field: dictionary keys, which the program does not know, are `<key>`.

use crate::in_words::in_words;
use takk_model::{NestedNames, TaggedRule, TypeAt, ValueType, peeled};

/// The number of levels to show.
const DEEPEST: usize = 4;
/// The maximum number of names to show for one field.
const MOST: usize = 200;
/// Stands for a key of a dictionary.
pub const KEY: &str = "<key>";

/// A nested name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestedPattern {
    /// The variable: `HOSTS__<key>__PORT`.
    pub env: String,
    /// What it accepts, in words.
    pub accepts: String,
    /// Whether the enclosing model requires it.
    pub required: bool,
}

impl NestedPattern {
    /// Whether it contains a dictionary key.
    pub fn has_key(&self) -> bool {
        self.env.contains(KEY)
    }
}

/// The nested names of a field, down to the maximum level.
pub fn nested_patterns(names: &NestedNames<'_>) -> Vec<NestedPattern> {
    let mut found = Vec::new();
    below(names, &names.outermost(), &mut Vec::new(), true, &mut found);
    found
}

fn below(names: &NestedNames<'_>, at: &TypeAt<'_>, keys: &mut Vec<String>, required: bool, found: &mut Vec<NestedPattern>) {
    let Some(own) = names.field.env.first().filter(|_| found.len() < MOST && keys.len() < DEEPEST) else { return };
    if let Some(model) = at.model() {
        for field in &model.fields {
            // There is no variable for keys that variables cannot spell.
            let arrives = |key: &&String| model.field_of(&names.compared(key)).is_some_and(|found| found.name == field.name);
            let Some(key) = field.keys.iter().find(arrives) else { continue };
            keys.push(names.written(key));
            below(names, &at.field(field), keys, field.required, found);
            keys.pop();
        }
        return;
    }
    match at.accepts {
        ValueType::Dict(_, value) => {
            keys.push(KEY.to_owned());
            below(names, &at.with(value), keys, false, found);
            keys.pop();
        }
        ValueType::Union(members) | ValueType::Tagged(TaggedRule { members, .. }) if members.iter().any(is_object) => {
            for member in members.iter().filter(|member| is_object(member)) {
                below(names, &at.with(member), keys, false, found);
            }
        }
        accepts if !keys.is_empty() => {
            let delimiter = names.config.env_nested_delimiter.as_deref().unwrap_or_default();
            let env = format!("{own}{delimiter}{}", keys.join(delimiter));
            if found.iter().all(|known| known.env != env) {
                found.push(NestedPattern { env, accepts: in_words(accepts), required });
            }
        }
        _ => {}
    }
}

fn is_object(accepts: &ValueType) -> bool {
    matches!(peeled(accepts), ValueType::Model(_) | ValueType::Dict(..) | ValueType::Tagged(_))
}
