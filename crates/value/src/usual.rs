//! Texts that every version reads alike. Older versions of pydantic differ only in unusual forms: white space around numbers, underscores,
//! dates in seconds. The usual forms have one verdict in all versions; the rest is undecided.

use std::sync::LazyLock;

use regex::Regex;

use super::data::Data;
use takk_model::{EnumMixin, UrlRule, ValueType};

/// Whether all versions parse the value in the same way for that type.
pub(super) fn is_usual(accepts: &ValueType, data: &Data) -> bool {
    use ValueType as T;
    match (accepts, data) {
        (T::Constrained(_, inner) | T::Checked(_, inner), _) => is_usual(inner, data),
        // pydantic 1 also creates a dictionary or a model from pairs or an empty text, and forgets whether a complex type may be `None`.
        (T::Dict(..) | T::Model(_), Data::List(_)) => false,
        (T::Dict(..) | T::Model(_), Data::Text(text)) if text.is_empty() => false,
        (_, Data::Null) if accepts.is_complex() => false,
        _ if accepts.is_complex() => true,
        (T::Any | T::None | T::Bool | T::Path | T::Bytes | T::Str, Data::Text(_)) => true,
        (T::Int | T::Float | T::Decimal, Data::Int(_)) | (T::Bool, Data::Bool(_)) | (T::None, Data::Null) => true,
        (T::Literal(_) | T::Enum(_), Data::Text(text)) => is_enum_text(accepts, text),
        (_, Data::Null) => !matches!(accepts, T::Json(_) | T::Enum(_)),
        (_, Data::Text(text)) => is_usual_text(accepts, text),
        _ => false,
    }
}

fn is_enum_text(accepts: &ValueType, text: &str) -> bool {
    match accepts {
        ValueType::Enum(rule) => match rule.mixin {
            Some(EnumMixin::Int) => is_usual_text(&ValueType::Int, text),
            Some(EnumMixin::Float) => is_usual_text(&ValueType::Float, text),
            _ => true,
        },
        _ => true,
    }
}

fn is_usual_text(accepts: &ValueType, text: &str) -> bool {
    use ValueType as T;
    let has_digit = text.chars().any(char::is_numeric);
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let plain = |form: &LazyLock<Option<Regex>>| form.as_ref().is_some_and(|form| form.is_match(text));
    match accepts {
        T::Int => !has_digit && text.is_ascii() || plain(&INTEGER),
        T::Float | T::Decimal => plain(&NUMBER) || (text.is_ascii() && !has_digit && !is_special(text)),
        T::Uuid(Some(_)) => text.is_ascii() && text.len() < 20,
        T::Uuid(None) => plain(&UUID) || (text.is_ascii() && text.len() < 20),
        T::Date => plain(&DATE) || is_word,
        T::DateTime => plain(&DATE_TIME) || is_word,
        T::Time => plain(&TIME) || is_word,
        T::TimeDelta => plain(&SECONDS) || (is_word && !text.contains(['P', 'p'])),
        T::Url(rule) => plain(&URL) || has_other_scheme(text, rule) || (text.is_ascii() && !text.contains([':', '/', '\\'])),
        T::Email | T::NameEmail => text.is_ascii() && !text.contains(char::is_whitespace) && !text.contains(['<', '>', '"']),
        T::ByteSize => plain(&SIZE) || (text.is_ascii() && !has_digit),
        T::Secret(_) => text.is_ascii(),
        T::Ip(_) => text.is_ascii() && !text.contains(char::is_whitespace) && !text.contains('%'),
        T::Json(_) => text.is_ascii() && !text.contains(['e', 'E', 'N', 'I', '\\']) && text.len() < 16,
        _ => false,
    }
}

/// Whether a text is a URL with a scheme that the type does not allow: every version rejects it, whatever follows.
fn has_other_scheme(text: &str, rule: &UrlRule) -> bool {
    let Some((scheme, _)) = text.split_once("://") else { return false };
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'+');
    is_scheme && text.is_ascii() && !rule.schemes.is_empty() && rule.schemes.iter().all(|known| known != scheme)
}

fn is_special(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("inf") || lower.contains("nan")
}

static INTEGER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(-?[1-9][0-9]{0,16}|0|-?[0-9]{1,16}\.[0-9]*[1-9])$").ok());
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$").ok());
static UUID: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$").ok());
static DATE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|30)$").ok());
static DATE_TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?$").ok()
});
static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$").ok());
static SECONDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[0-9]{1,8}$").ok());
static URL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[a-z][a-z0-9+]*://([A-Za-z0-9]+(:[A-Za-z0-9]+)?@)?[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)*(:[1-9][0-9]{1,3})?/[A-Za-z0-9/]+$").ok()
});
static SIZE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[0-9]{1,9}((KB|MB|GB|TB|KiB|MiB|GiB|TiB|kb|mb|gb)?|[hjq]+)$").ok());
