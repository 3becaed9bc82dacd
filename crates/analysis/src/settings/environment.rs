//! How the sources of pydantic-settings treat a text before it is validated: whether it is decoded, means `None`, names an enum member, or
//! is ignored.

use super::config::ModelConfig;
use super::field::{FieldFacts, typing_name, unwrap_annotated};
use super::models::Models;
use super::rules_version::RulesVersion;
use takk_model::{PathStep, ValueType};
use takk_python::Value;

/// The part of the configuration that affects how sources read values, including those of nested models.
#[expect(clippy::struct_excessive_bools, reason = "each is a key or a version of its own")]
pub(super) struct Environment {
    /// Names of enum members are accepted (`env_parse_enums`).
    pub names_members: bool,
    /// With `strict`, texts are converted before validation.
    coerces: bool,
    /// The same for unions with strict members.
    coerces_unions: bool,
    /// Whether `NoDecode` and `ForceDecode` are supported.
    knows_no_decode: bool,
    /// Texts of complex types are not decoded (`enable_decoding=False`).
    leaves_texts: bool,
    /// For an `AliasPath`, only its first part is a variable.
    path_is_its_head: bool,
    /// The text that means `None`.
    none: Option<String>,
    /// An empty text counts as not set.
    ignores_empty: bool,
    doubt: Option<String>,
}

impl Environment {
    pub(super) fn of(models: &Models<'_, '_>, config: &ModelConfig<'_>) -> Self {
        let rules: &RulesVersion = models.rules;
        let mut doubt = None;
        let mut truth = |key: &str, known: bool| match config.value(key).filter(|_| known) {
            None | Some(Value::None) => None,
            Some(Value::Bool(truth)) => Some(*truth),
            Some(_) => {
                doubt = Some(format!("`{key}` is computed"));
                None
            }
        };
        let names_members = truth("env_parse_enums", rules.parses_enums()) == Some(true);
        let leaves_texts = truth("enable_decoding", rules.knows_no_decode()) == Some(false);
        let ignores_empty = truth("env_ignore_empty", rules.ignores_empty()) == Some(true);
        let strict = truth("strict", true) == Some(true);
        let none = match config.value("env_parse_none_str").filter(|_| rules.ignores_empty()) {
            None | Some(Value::None) => None,
            Some(Value::Str(text)) => Some(text.to_string()),
            Some(_) => {
                doubt = Some("`env_parse_none_str` is computed".to_owned());
                None
            }
        };
        Self {
            names_members,
            coerces: strict && rules.coerces_strict(),
            coerces_unions: rules.coerces_strict_unions(),
            knows_no_decode: rules.knows_no_decode(),
            leaves_texts,
            path_is_its_head: rules.alias_path_is_its_head(),
            none,
            ignores_empty,
            doubt,
        }
    }

    /// Whether the text of a field is not decoded.
    pub(super) fn leaves(&self, field: &FieldFacts<'_>) -> bool {
        let marked = |name: &str| self.knows_no_decode && field.metadata.iter().any(|item| is_named(item, name));
        marked("NoDecode") || (self.leaves_texts && !marked("ForceDecode"))
    }

    /// Whether the text of a field is converted to its type before validation (`_coerce_env_val_strict`).
    pub(super) fn turns(&self, field: &FieldFacts<'_>) -> bool {
        self.coerces || (self.coerces_unions && has_strict_members(&field.annotation))
    }

    /// The value is a part of the variable's content.
    pub(super) fn part(&self, field: &FieldFacts<'_>, path: Vec<PathStep>, read: ValueType) -> ValueType {
        let only_indices = path.iter().all(|step| matches!(step, PathStep::Index(_)));
        if self.leaves(field) || !(self.path_is_its_head || only_indices) {
            return ValueType::unchecked("the variable contains it as a part");
        }
        ValueType::Part(path, Box::new(read))
    }

    /// Wraps the type with what applies to the whole value.
    pub(super) fn around(&self, read: ValueType) -> ValueType {
        if let Some(doubt) = &self.doubt {
            return ValueType::unchecked(doubt.clone());
        }
        let read = match &self.none {
            Some(text) => ValueType::NoneText(text.clone(), Box::new(read)),
            None => read,
        };
        if self.ignores_empty { ValueType::EmptyIsUnset(Box::new(read)) } else { read }
    }
}

fn is_named(item: &Value<'_>, name: &str) -> bool {
    let path = match item {
        Value::External(path) => Some(&**path),
        other => other.call_of().map(|(path, _)| path),
    };
    path.is_some_and(|path| path.rsplit('.').next() == Some(name))
}

/// Whether a union has members that are marked strict (`_union_has_strict_types`).
fn has_strict_members(annotation: &Value<'_>) -> bool {
    let members: &[Value<'_>] = match annotation {
        Value::Union(members) => members,
        Value::Subscript(generic) if matches!(typing_name(&generic.0), Some("Optional" | "Union")) => &generic.1,
        _ => return false,
    };
    members.iter().any(|member| match member {
        Value::External(path) => path.starts_with("pydantic.") && path.contains(".Strict"),
        Value::Call(call) => call.keyword("strict").is_some_and(|strict| !matches!(strict, Value::None)),
        other => unwrap_annotated(other).1.iter().any(|item| is_named(item, "Strict")),
    })
}

/// Where a variable holds the value.
pub(super) enum AliasHead {
    /// It is the value itself.
    None,
    /// The value is the part at that path.
    Path(Vec<PathStep>),
    /// It depends on which variable is set.
    Several,
}

/// `AliasPath("a", 0)`, alone or among choices: the variable contains JSON, of which a part is used. In older versions only if the first
/// part is longer than one letter.
pub(super) fn alias_path(alias: Option<&Value<'_>>, heads_are_long: bool) -> AliasHead {
    match alias {
        None | Some(Value::None | Value::Str(_)) => AliasHead::None,
        Some(alias) => match alias.call_of() {
            Some((path, call)) if path.ends_with("AliasChoices") && !call.partial => match call.positional.as_slice() {
                [only] => alias_path(Some(only), heads_are_long),
                choices if choices.iter().all(|choice| matches!(choice, Value::Str(_))) => AliasHead::None,
                _ => AliasHead::Several,
            },
            Some((path, call)) if path.ends_with("AliasPath") && !call.partial => {
                let step = |value: &Value<'_>| match value {
                    Value::Int(index) => Some(PathStep::Index(*index)),
                    Value::Str(key) => Some(PathStep::Key(key.to_string())),
                    _ => None,
                };
                let one_letter = call.positional.first().and_then(Value::as_str).is_some_and(|head| head.chars().count() == 1);
                if heads_are_long && one_letter {
                    return AliasHead::Several;
                }
                call.positional.iter().skip(1).map(step).collect::<Option<_>>().map_or(AliasHead::Several, AliasHead::Path)
            }
            _ => AliasHead::Several,
        },
    }
}
