//! `Secret("/path", ...)` of `takk.runtime` and of vaultly: the static half of the second seed.

use super::FieldFacts;
use super::reading::Reading;
use super::runtime_names::is_runtime;
use crate::notes::{Notes, Observation};
use takk_model::{CastRule, SecretPath, path_variables};
use takk_python::{Value, fold};

/// The path of a field with `Secret(...)`. Misuse is recorded in `notes`.
pub(super) fn path_of(field: &FieldFacts<'_>, said: &Reading<'_>, notes: &mut Notes) -> Option<SecretPath> {
    if is_secret_annotation(&field.annotation) {
        misuse(field, notes, "`Secret` is not a type", format!("write `{}: str = Secret(\"/path\")`", field.name));
    }
    let call = field.secrets.first()?;
    if field.secrets.len() > 1 {
        misuse(field, notes, "two `Secret(...)` on one field", "keep one of them".to_owned());
    }
    let combined = field.attributes.iter().find(|(key, _)| &**key != "default");
    if let Some((key, _)) = combined {
        misuse(
            field,
            notes,
            &format!("`Field({key}=...)` cannot be combined with `Secret`"),
            "the model of the secret validates the field: check the value where it is used, or in `transform=`".to_owned(),
        );
    }
    let template = call.argument(0, "path").and_then(Value::as_str).map(str::to_owned);
    let template = template.unwrap_or_else(|| {
        misuse(field, notes, "the path is only known at run time", "write it as a literal with {var} placeholders".to_owned());
        call.source.to_string()
    });
    let ttl = match call.keyword("ttl") {
        Some(Value::Int(seconds)) => seconds.to_string().parse().ok(),
        Some(Value::Float(seconds)) => Some(*seconds),
        _ => None,
    };
    if ttl.is_some_and(|seconds: f64| seconds < 0.0) {
        misuse(field, notes, "`ttl` is negative", "use 0 to never cache, or omit it to cache forever".to_owned());
    }
    let version = call.keyword("version").and_then(fold::json).filter(|version| !version.is_null());
    Some(SecretPath {
        variables: path_variables(&template),
        template,
        version: version.map(|version| version.as_str().map_or_else(|| version.to_string(), str::to_owned)),
        ttl,
        cast: if call.keyword("transform").is_some_and(|value| !matches!(value, Value::None)) {
            CastRule::Transform
        } else {
            cast_rule(said)
        },
    })
}

fn misuse(field: &FieldFacts<'_>, notes: &mut Notes, problem: &str, help: String) {
    let observation = Observation::SecretMisuse { field: field.name.to_string(), problem: problem.to_owned(), help };
    notes.add(field.place.clone(), observation);
}

/// `Secret(str)` or `Secret[str]` as an annotation.
fn is_secret_annotation(annotation: &Value<'_>) -> bool {
    let is_secret = |value: &Value<'_>| matches!(value, Value::External(path) if is_runtime(path, "Secret"));
    match annotation {
        Value::Subscript(generic) => is_secret(&generic.0),
        Value::Call(call) => is_secret(&call.callee),
        other => is_secret(other),
    }
}

/// The conversion for the type.
fn cast_rule(said: &Reading<'_>) -> CastRule {
    let Some(only) = said.only() else { return CastRule::Text };
    match (only.package.as_str(), only.name.as_str()) {
        ("builtins", "int") => CastRule::Int,
        ("builtins", "float") => CastRule::Float,
        ("builtins", "bool") => CastRule::Bool,
        ("builtins", "dict" | "list") => CastRule::Json,
        _ => CastRule::Text,
    }
}
