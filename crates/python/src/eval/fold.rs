//! Converts values to data: a default as JSON.

use serde_json::{Value as Json, json};

use super::value::Value;

/// The value as JSON. Enum members become `{"enum": "Cls.MEMBER", "value": v}`, secrets `{"secret": v}`, paths their text.
/// `None`: only known at run time.
pub fn json(value: &Value<'_>) -> Option<Json> {
    Some(match value {
        Value::None => Json::Null,
        Value::Bool(truth) => json!(truth),
        Value::Int(int) => json!(int),
        Value::Float(float) if float.is_finite() => json!(float),
        Value::Str(text) => json!(&**text),
        Value::Bytes(bytes) => json!(std::str::from_utf8(bytes).ok()?),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
            Json::Array(items.iter().map(json).collect::<Option<_>>()?)
        }
        Value::Dict(items) => {
            let mut object = serde_json::Map::new();
            for (key, value) in items.iter() {
                let key = match key {
                    Value::Int(int) => int.to_string(),
                    other => other.as_str()?.to_owned(),
                };
                object.insert(key, json(value)?);
            }
            Json::Object(object)
        }
        Value::Member(member) => {
            json!({ "enum": format!("{}.{}", member.class.qualname, member.name), "value": json(&member.value)? })
        }
        Value::Call(_) => return secret(value).or_else(|| path_text(value).map(Json::String)).or_else(|| wrapped(value)),
        _ => return None,
    })
}

/// `SecretStr("x")` as `{"secret": "x"}`.
fn secret(value: &Value<'_>) -> Option<Json> {
    let (path, call) = value.call_of()?;
    let name = path.rsplit('.').next()?;
    if !matches!(name, "SecretStr" | "SecretBytes" | "Secret") || !path.starts_with("pydantic") || call.partial {
        return None;
    }
    let inner = call.positional.first().or_else(|| call.keyword("secret_value"))?;
    Some(json!({ "secret": json(inner)? }))
}

/// `AnyUrl("x")`, `Decimal("1")` and similar: the string from which they are created.
fn wrapped(value: &Value<'_>) -> Option<Json> {
    let (path, call) = value.call_of()?;
    let name = path.rsplit('.').next()?;
    let url = path.starts_with("pydantic") && (name.ends_with("Url") || name.ends_with("Dsn"));
    let known = url || path == "decimal.Decimal";
    if let ("uuid.UUID", [Value::Str(text)]) = (path, call.positional.as_slice()) {
        return uuid_text(text).map(Json::String);
    }
    match (known, call.positional.as_slice(), call.keywords.is_empty()) {
        (true, [Value::Str(text)], true) => Some(Json::String(text.to_string())),
        _ => None,
    }
}

/// A UUID as `str()` formats it. The input may have braces, hyphens and a URN prefix.
fn uuid_text(text: &str) -> Option<String> {
    let digits: String =
        text.replace("urn:", "").replace("uuid:", "").trim_matches(['{', '}']).replace('-', "").to_ascii_lowercase();
    if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    Some(parts.join("-"))
}

/// The text of `pathlib.Path("a", "b")`, normalized as `pathlib` does.
pub fn path_text(value: &Value<'_>) -> Option<String> {
    let (path, call) = value.call_of()?;
    if !path.starts_with("pathlib.") || !path.ends_with("Path") || call.partial || !call.keywords.is_empty() {
        return None;
    }
    let mut whole = String::new();
    for part in &call.positional {
        let part = match part {
            Value::Call(_) => path_text(part)?,
            other => other.as_str()?.to_owned(),
        };
        if part.starts_with('/') {
            whole = "/".to_owned();
        }
        for segment in part.split('/').filter(|segment| !segment.is_empty() && *segment != ".") {
            if !whole.is_empty() && !whole.ends_with('/') {
                whole.push('/');
            }
            whole.push_str(segment);
        }
    }
    Some(if whole.is_empty() { ".".to_owned() } else { whole })
}
