//! Defaults as values to validate.

use std::rc::Rc;

use takk_model::EnumMixin;
use takk_python::{Class, Evaluator, Value, fold};
use takk_value::Data;

/// The value as a validator sees it. Parts that the source does not determine are unknown.
pub(super) fn data_of<'a>(evaluator: &Evaluator<'a>, value: &Value<'a>) -> Data {
    let each = |items: &[Value<'a>]| items.iter().map(|item| data_of(evaluator, item)).collect();
    match value {
        Value::None => Data::Null,
        Value::Bool(truth) => Data::Bool(*truth),
        Value::Int(int) => Data::int(*int),
        Value::Float(float) => Data::Float(*float),
        Value::Str(text) => Data::Text(text.to_string()),
        Value::Bytes(bytes) => Data::Bytes(bytes.to_vec()),
        Value::List(items) => Data::List(each(items)),
        Value::Tuple(items) => Data::Tuple(each(items)),
        Value::Set(items) => Data::Set(each(items)),
        Value::Dict(items) => {
            Data::Object(items.iter().map(|(key, value)| (data_of(evaluator, key), data_of(evaluator, value))).collect())
        }
        Value::Member(member) => {
            Data::Member(Box::new(data_of(evaluator, &member.value)), enum_mixin(evaluator, &member.class))
        }
        other => made(evaluator, other).unwrap_or_else(|| Data::Unknown("it is only known at run time".to_owned())),
    }
}

/// The result of calling a known class.
fn made<'a>(evaluator: &Evaluator<'a>, value: &Value<'a>) -> Option<Data> {
    if let Some(text) = fold::path_text(value) {
        return Some(Data::Written("Path".to_owned(), text));
    }
    let (path, call) = value.call_of()?;
    let name = path.rsplit('.').next()?;
    if call.partial {
        return None;
    }
    let first = call.positional.first();
    match path.split('.').next()? {
        "pydantic" if matches!(name, "SecretStr" | "SecretBytes") => {
            let inner = call.argument(0, "secret_value")?;
            Some(Data::Secret(name.to_owned(), Box::new(data_of(evaluator, inner))))
        }
        "pydantic" if name.ends_with("Url") || name.ends_with("Dsn") => {
            Some(Data::Written(name.to_owned(), call.argument(0, "url")?.as_str()?.to_owned()))
        }
        "decimal" if name == "Decimal" => {
            let text = match first? {
                Value::Int(int) => int.to_string(),
                Value::Str(text) => text.to_string(),
                _ => return None,
            };
            Some(Data::Written(name.to_owned(), text))
        }
        "uuid" if name == "UUID" && call.keywords.is_empty() => {
            Some(Data::Written(name.to_owned(), first?.as_str()?.to_owned()))
        }
        "datetime" if matches!(name, "timedelta" | "date" | "datetime" | "time") => Some(Data::Instance(name.to_owned())),
        _ => None,
    }
}

/// The type that is mixed into an enum.
pub(super) fn enum_mixin<'a>(evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>) -> Option<EnumMixin> {
    evaluator.external_bases(class).iter().find_map(|base| match base.rsplit('.').next() {
        Some("int" | "IntEnum") => Some(EnumMixin::Int),
        Some("str" | "StrEnum") => Some(EnumMixin::Str),
        Some("float") => Some(EnumMixin::Float),
        _ => None,
    })
}
