//! Classes with fields that are not pydantic models: dataclasses, `TypedDict` and `NamedTuple`.

use std::rc::Rc;

use super::class_kind::Base;
use super::config::{ModelConfig, read_class_of};
use super::field::{FieldFacts, typing_name};
use super::models::Models;
use super::reading::Reading;
use super::setting::{is_dataclass, is_pydantic_dataclass};
use super::variables::{Generated, generated_alias};
use takk_model::ModelForm;
use takk_python::{Class, Value, is_identifier};

/// The form of a class that is not a model; `None` if pydantic does not look for fields in it.
pub(super) fn form_of<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> Option<ModelForm> {
    let derives_from = |name: &str| {
        let is_it =
            |path: &Rc<str>| matches!(path.rsplit_once('.'), Some(("typing" | "typing_extensions", last)) if last == name);
        models.evaluator.external_bases(class).iter().any(is_it)
    };
    if is_pydantic_dataclass(class) {
        Some(ModelForm::PydanticDataclass)
    } else if is_dataclass(class) {
        Some(ModelForm::Dataclass)
    } else if derives_from("TypedDict") {
        Some(ModelForm::TypedDict)
    } else if derives_from("NamedTuple") {
        Some(ModelForm::NamedTuple)
    } else {
        None
    }
}

/// Whether its fields alone do not determine what the class accepts.
pub(super) fn decides_itself<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> bool {
    let evaluator = models.evaluator;
    let own = |name: &str| evaluator.defines(class, name);
    let init_only = |annotation: &Value<'a>| match annotation {
        Value::Subscript(generic) => typing_name(&generic.0) == Some("InitVar"),
        other => typing_name(other) == Some("InitVar"),
    };
    let order = evaluator.resolution_order(class);
    let mut bases = order.iter().flat_map(|order| order.iter()).filter_map(read_class_of);
    order.is_none()
        || ["__init__", "__new__", "__get_pydantic_core_schema__", "__get_validators__"].into_iter().any(own)
        || bases.any(|base| {
            let members = evaluator.class_members(&base);
            members.iter().filter_map(|member| member.annotation.as_ref()).any(|it| init_only(&evaluator.annotation(it)))
        })
}

/// Whether a field is required, and whether it can be set at all: not with `field(init=False)`.
pub(super) fn is_given<'a>(
    models: &Models<'_, 'a>,
    class: &Rc<Class<'a>>,
    field: &FieldFacts<'a>,
    form: ModelForm,
) -> (bool, bool) {
    match form {
        ModelForm::TypedDict => (is_required_key(models, class, &field.name), true),
        ModelForm::Dataclass | ModelForm::PydanticDataclass => {
            let can_be_given = field.attribute("init").and_then(Value::truth) != Some(false);
            (field.is_required() && can_be_given, can_be_given)
        }
        // pydantic 1: a field that allows `None` has the default `None`, unless `...` makes it required.
        ModelForm::Model if models.base(class) == Base::ModelV1 && !field.insists => {
            let allows_none = || {
                let said = Reading::of(models, &field.annotation);
                said.optional || said.anything || said.is_any_json()
            };
            (field.is_required() && !allows_none(), true)
        }
        ModelForm::Model | ModelForm::NamedTuple => (field.is_required(), true),
    }
}

/// Whether a key of a `TypedDict` is required: by `total` of the class that declares it, unless the annotation itself says so.
fn is_required_key<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>, name: &str) -> bool {
    let evaluator = models.evaluator;
    let order = evaluator.resolution_order(class);
    for owner in order.iter().flat_map(|order| order.iter()).filter_map(read_class_of) {
        let members = evaluator.class_members(&owner);
        let Some(member) = members.iter().rev().find(|member| &*member.name == name && member.annotation.is_some()) else {
            continue;
        };
        let annotation = member.annotation.as_ref().map_or(Value::None, |annotation| evaluator.annotation(annotation));
        let total = owner.keywords.iter().find(|(key, _)| &**key == "total").and_then(|(_, value)| value.truth());
        return said_of(&annotation).unwrap_or(total != Some(false));
    }
    true
}

/// `Required[T]` and `NotRequired[T]`, anywhere among `Annotated` and `ReadOnly`.
fn said_of(annotation: &Value<'_>) -> Option<bool> {
    let Value::Subscript(generic) = annotation else { return None };
    match typing_name(&generic.0) {
        Some("Required") => Some(true),
        Some("NotRequired") => Some(false),
        Some("Annotated" | "ReadOnly") => generic.1.first().and_then(said_of),
        _ => None,
    }
}

/// The keys by which a model looks up a field, and whether the value is only a part of one of them; `None` if they are not known.
pub(super) fn keys_of<'a>(
    models: &Models<'_, 'a>,
    field: &FieldFacts<'a>,
    config: &ModelConfig<'a>,
) -> Option<(Vec<String>, bool)> {
    let own = || Some((vec![field.name.to_string()], false));
    if models.rules.is_pydantic_v1() {
        return match field.attribute("alias").filter(|alias| !matches!(alias, Value::None)) {
            None => own(),
            Some(alias) => {
                let mut keys = vec![alias.as_str()?.to_owned()];
                if config.is_true("allow_population_by_field_name") {
                    keys.push(field.name.to_string());
                }
                Some((keys, false))
            }
        };
    }
    if matches!(config.value("validate_by_alias"), Some(Value::Bool(false))) {
        return own();
    }
    let given = field.attribute("validation_alias").filter(|alias| !matches!(alias, Value::None)).cloned();
    let generator = config.value("alias_generator").filter(|value| !matches!(value, Value::None));
    let alias = match (given, generator) {
        (Some(alias), _) => alias,
        (None, None) => return own(),
        (None, Some(generator)) => match generated_alias(models, generator, &field.name) {
            Generated::Alias(alias) => alias,
            Generated::None => return own(),
            Generated::Undecided => return None,
        },
    };
    let mut is_part = false;
    let mut key = |alias: &Value<'_>| match alias {
        Value::Str(alias) => Some(alias.to_string()),
        alias => {
            let (_, call) = alias.call_of().filter(|(path, call)| path.ends_with("AliasPath") && !call.partial)?;
            is_part |= call.positional.len() > 1;
            call.positional.first()?.as_str().map(str::to_owned)
        }
    };
    let mut keys = match alias.call_of() {
        Some((path, call)) if path.ends_with("AliasChoices") && !call.partial => {
            call.positional.iter().map(&mut key).collect::<Option<Vec<String>>>()?
        }
        _ => vec![key(&alias)?],
    };
    if config.is_true("populate_by_name") || config.is_true("validate_by_name") {
        keys.push(field.name.to_string());
    }
    Some((keys, is_part))
}

/// The name of a field in the signature of its class (`_field_name_for_signature`).
pub(super) fn name_in_signature(field: &FieldFacts<'_>) -> String {
    let given = |name: &str| field.attribute(name).and_then(Value::as_str).filter(|alias| is_identifier(alias));
    given("alias").or_else(|| given("validation_alias")).unwrap_or(&field.name).to_owned()
}
