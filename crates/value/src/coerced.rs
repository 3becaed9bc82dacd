//! Texts under `strict`: pydantic-settings first converts them to values (`_coerce_env_val_strict`).

use super::data::Data;
use super::json::{self, Dialect};
use super::verdict::{Check, Fault, refused_as};
use super::{check_data, choices};
use takk_model::ValueType;

/// A text that is converted to `lax` directly, or else via JSON, unless the JSON is a string itself. If neither works, `strict` gets the
/// text.
pub(super) fn check_coerced(lax: &ValueType, strict: &ValueType, text: &str, required: bool) -> Check {
    if choices::is_named(lax, text) {
        return Ok(());
    }
    let plain = Data::Text(text.to_owned());
    let first = check_data(lax, &plain);
    if !matches!(first, Err(Fault::Refused(_))) {
        return first;
    }
    match json::decode(text, Dialect::Python) {
        // `None` counts as not found.
        Ok(Data::Null) if check_data(lax, &Data::Null).is_ok() => {
            if required {
                refused_as("missing", "must not be null")
            } else {
                Ok(())
            }
        }
        Ok(data) if !matches!(data, Data::Text(_)) => match check_data(lax, &data) {
            Err(Fault::Refused(_)) => check_data(strict, &plain).and(first),
            other => other,
        },
        _ => check_data(strict, &plain).and(first),
    }
}
