//! The text of a variable's default: pydantic reads it back as the default.

use serde_json::Value as Json;

use takk_model::{DefaultValue, Manifest, ValueType};
use takk_plan::Declared;
use takk_value::{Verdict, check_setting};

/// The text of the default; `None` if there is none (as for `None` itself), or if the program might not read the text back as
/// the default.
pub(super) fn carried(manifest: &Manifest, declared: &Declared, default: &DefaultValue) -> Option<String> {
    let text = default.text()?;
    let DefaultValue::Value(value) = default else { return None };
    let Some(field) = manifest.field(&declared.name) else { return Some(text) };
    let is_refused = matches!(check_setting(field, &text), Verdict::Refused(_));
    (!is_refused && is_certain(&field.accepts, value)).then_some(text)
}

/// Whether only one member of a union accepts the text: `int | str` could turn `5` into a text.
fn is_certain(accepts: &ValueType, default: &Json) -> bool {
    use ValueType as T;
    match accepts {
        T::Constrained(_, inner) | T::Checked(_, inner) | T::EmptyIsUnset(inner) | T::Undecoded(inner) | T::First(inner) => {
            is_certain(inner, default)
        }
        T::Union(members) => {
            let mut some = members.iter().filter(|member| **member != T::None);
            let first = some.next();
            match (first, some.next()) {
                (Some(only), None) => is_certain(only, default),
                _ => default.is_string() && members.contains(&T::Str),
            }
        }
        _ => true,
    }
}
