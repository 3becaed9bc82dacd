//! The fields of a pydantic 1 model, as its `ModelMetaclass.__new__` finds them.

use std::rc::Rc;

use super::config::read_class_of;
use super::field::{FieldFacts, is_class_variable, is_final_constant};
use super::models::Models;
use takk_model::Api;
use takk_python::{Class, ClassMember, Evaluator, Value};

/// The fields of the bases (the first base last, so that it wins), then the class's own: annotated ones, and plain assignments, whose type
/// is inferred.
pub(super) fn fields_v1<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> Vec<FieldFacts<'a>> {
    let evaluator = models.evaluator;
    let mut fields: Vec<FieldFacts<'a>> = Vec::new();
    let mut put = |field: FieldFacts<'a>| match fields.iter_mut().find(|known| known.name == field.name) {
        Some(known) => *known = field,
        None => fields.push(field),
    };
    for base in class.bases.iter().rev().filter_map(read_class_of) {
        models.fields(&base).iter().cloned().for_each(&mut put);
    }
    let members = evaluator.class_members(class);
    let annotated = members.iter().filter_map(|member| annotated(models, class, member));
    let own = annotated.chain(members.iter().filter_map(|member| inferred(evaluator, class, member)));
    let config = models.config(class);
    for mut field in own {
        // Settings in `Config.fields` of the declaring class stay with the field (`FieldInfo.update_from_config`).
        if let Some(env) = config.value("fields").and_then(|fields| fields.item(&field.name)).and_then(|info| info.item("env"))
            && field.attribute("env").is_none()
        {
            field.attributes.push((Rc::from("env"), env.clone()));
        }
        put(field);
    }
    fields
}

fn annotated<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>, member: &ClassMember<'a>) -> Option<FieldFacts<'a>> {
    let evaluator = models.evaluator;
    if member.name.starts_with('_') {
        return None;
    }
    let annotation = evaluator.annotation(member.annotation.as_ref()?);
    if is_class_variable(&annotation) {
        return None;
    }
    let value = member.value(evaluator);
    if is_final_constant(&annotation, value.as_ref(), models.rules, Api::V1) {
        return None;
    }
    let mut field = empty(class, member);
    field.annotate(&annotation);
    if let Some(value) = value {
        field.assign(&value);
        field.default_source = member.value_source(evaluator);
    }
    Some(field)
}

/// `name = value` without an annotation is a field, unless the value is a function, a class or a property.
fn inferred<'a>(evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>, member: &ClassMember<'a>) -> Option<FieldFacts<'a>> {
    if member.annotation.is_some() || member.name.starts_with('_') {
        return None;
    }
    let value = member.value(evaluator)?;
    if matches!(value, Value::Function(_) | Value::Class(_) | Value::Method(_) | Value::Module(_)) {
        return None;
    }
    let mut field = empty(class, member);
    field.assign(&value);
    field.default_source = member.value_source(evaluator);
    field.annotation = type_of(&value);
    Some(field)
}

fn empty<'a>(class: &Rc<Class<'a>>, member: &ClassMember<'a>) -> FieldFacts<'a> {
    FieldFacts {
        name: Rc::clone(&member.name),
        annotation: Value::external("typing.Any"),
        metadata: Vec::new(),
        attributes: Vec::new(),
        secrets: Vec::new(),
        default_source: String::new(),
        docstring: member.docstring.clone(),
        owner: Rc::clone(class),
        place: member.place.clone(),
        insists: false,
        undecided: member.undecided,
        several: false,
    }
}

fn type_of<'a>(value: &Value<'a>) -> Value<'a> {
    let name = match value {
        Value::Bool(_) => "builtins.bool",
        Value::Int(_) => "builtins.int",
        Value::Float(_) => "builtins.float",
        Value::Str(_) => "builtins.str",
        Value::Bytes(_) => "builtins.bytes",
        Value::List(_) => "builtins.list",
        Value::Tuple(_) => "builtins.tuple",
        Value::Set(_) => "builtins.set",
        Value::Dict(_) => "builtins.dict",
        Value::Member(member) => return Value::Class(Rc::clone(&member.class)),
        Value::Call(call) => return call.callee.clone(),
        _ => "typing.Any",
    };
    Value::external(name)
}
