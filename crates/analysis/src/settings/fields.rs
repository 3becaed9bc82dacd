//! The fields of a model in order, inherited ones included, as `collect_model_fields` of pydantic 2 finds them.

use std::rc::Rc;

use hashbrown::HashMap;

use super::class_kind::Base;
use super::config::read_class_of;
use super::field::{FieldFacts, is_class_variable, is_final_constant};
use super::fields_v1;
use super::models::Models;
use super::variables::{Generated, generated_alias};
use takk_model::Api;
use takk_python::{Class, ClassMember, Evaluator, Value};

/// The names to which a class of the resolution order assigns values, with the index of the last assignment, so that lookups need no
/// search.
struct Values<'a> {
    base: Rc<Class<'a>>,
    members: Rc<[ClassMember<'a>]>,
    last: HashMap<Rc<str>, usize>,
}

impl<'a> Values<'a> {
    fn of(evaluator: &Evaluator<'a>, base: Rc<Class<'a>>) -> Self {
        let members = evaluator.class_members(&base);
        let assigned = members.iter().enumerate().filter(|(_, member)| member.assigned);
        let last = assigned.map(|(at, member)| (Rc::clone(&member.name), at)).collect();
        Self { base, members, last }
    }
}

/// The fields of a class. For a class that is not a model, its annotated attributes, as in a dataclass.
pub(super) fn fields_of<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> Vec<FieldFacts<'a>> {
    match models.base(class) {
        Base::SettingsV1 | Base::ModelV1 => fields_v1::fields_v1(models, class),
        Base::Plain => dataclass_fields(models.evaluator, class),
        _ => fields_v2(models, class),
    }
}

/// An annotation in a class of the resolution order.
struct Hint<'a> {
    member: ClassMember<'a>,
    owner: Rc<Class<'a>>,
}

fn fields_v2<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> Vec<FieldFacts<'a>> {
    let evaluator = models.evaluator;
    let parents = parent_fields(models, class);
    let order = evaluator.resolution_order(class);
    let order: Vec<Rc<Class<'a>>> = order.iter().flat_map(|order| order.iter()).filter_map(read_class_of).collect();
    let (names, hints) = hints(evaluator, &order);
    let order: Vec<Values<'a>> = order.into_iter().map(|base| Values::of(evaluator, base)).collect();
    let mut fields = Vec::new();
    for name in names {
        let Some(hint) = hints.get(&name) else { continue };
        if name.starts_with('_') || &*name == "model_config" {
            continue;
        }
        let own = Rc::ptr_eq(&hint.owner, class);
        let parent = parents.iter().find(|field| field.name == name);
        let inherited = if own { None } else { inherited_annotation(models, &hint.owner, &name) };
        let written = || hint.member.annotation.as_ref().map_or(Value::None, |annotation| evaluator.annotation(annotation));
        // The annotations of a base that is a model were read with that model.
        let annotation = if inherited.is_none() { Some(written()) } else { None };
        if annotation.as_ref().is_some_and(is_class_variable) {
            continue;
        }
        let assigned = assigned_value(models, class, &order, &name);
        let value = assigned.as_ref().map(|(value, _)| value);
        if annotation.as_ref().is_some_and(|annotation| is_final_constant(annotation, value, models.rules, Api::V2)) {
            continue;
        }
        if assigned.is_none()
            && !own
            && let Some(parent) = parent
        {
            let mut field = parent.clone();
            keep_generated_alias(models, class, &mut field);
            fields.push(field);
            continue;
        }
        let annotation = annotation
            // Such a model has already unwrapped the annotation, so the items of `Annotated` are not visible again.
            .or_else(|| inherited.filter(|_| models.rules.annotates_by_fields()))
            .unwrap_or_else(written);
        let mut field = new_field(hint, &annotation, assigned);
        // Docstrings are only taken from the source of the class itself (`_update_fields_from_docstrings`).
        field.docstring = field.docstring.filter(|_| own);
        keep_generated_alias(models, class, &mut field);
        fields.push(field);
    }
    fields
}

/// A field with its own `serialization_alias` keeps the first alias generated for it; for others, every class generates a new one
/// (`_apply_alias_generator_to_field_info`: their priority is 1).
fn keep_generated_alias<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>, field: &mut FieldFacts<'a>) {
    let given = |name: &str| field.attribute(name).is_some_and(|value| !matches!(value, Value::None));
    if !given("serialization_alias") || given("validation_alias") || given("alias_priority") {
        return;
    }
    let config = models.config(class);
    let Some(generator) = config.value("alias_generator").filter(|value| !matches!(value, Value::None)) else { return };
    if let Generated::Alias(alias) = generated_alias(models, generator, &field.name) {
        field.attributes.push((Rc::from("validation_alias"), alias));
    }
}

/// The annotation of a field that a model declares itself.
fn inherited_annotation<'a>(models: &Models<'_, 'a>, model: &Rc<Class<'a>>, name: &str) -> Option<Value<'a>> {
    if models.base(model) == Base::Plain {
        return None;
    }
    models.fields(model).iter().find(|field| &*field.name == name).map(|field| field.annotation.clone())
}

fn new_field<'a>(hint: &Hint<'a>, annotation: &Value<'a>, assigned: Option<(Value<'a>, String)>) -> FieldFacts<'a> {
    let mut field = FieldFacts {
        name: Rc::clone(&hint.member.name),
        annotation: Value::None,
        metadata: Vec::new(),
        attributes: Vec::new(),
        secrets: Vec::new(),
        default_source: String::new(),
        docstring: hint.member.docstring.clone(),
        owner: Rc::clone(&hint.owner),
        place: hint.member.place.clone(),
        insists: false,
        undecided: hint.member.undecided,
        several: false,
    };
    field.annotate(annotation);
    if let Some((value, source)) = assigned {
        field.assign(&value);
        field.default_source = source;
    }
    field
}

/// The annotations of all classes in the order: the first class that declares a field determines its position, the nearest its annotation.
fn hints<'a>(evaluator: &Evaluator<'a>, order: &[Rc<Class<'a>>]) -> (Vec<Rc<str>>, HashMap<Rc<str>, Hint<'a>>) {
    let mut names: Vec<Rc<str>> = Vec::new();
    let mut hints: HashMap<Rc<str>, Hint<'a>> = HashMap::new();
    for owner in order.iter().rev() {
        for member in evaluator.class_members(owner).iter().filter(|member| member.annotation.is_some()) {
            if !hints.contains_key(&member.name) {
                names.push(Rc::clone(&member.name));
            }
            hints.insert(Rc::clone(&member.name), Hint { member: member.clone(), owner: Rc::clone(owner) });
        }
    }
    (names, hints)
}

/// The fields of the direct bases; if two have the same name, that of the first base. Type variables of generic bases are substituted.
fn parent_fields<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> Vec<FieldFacts<'a>> {
    let mut found: Vec<FieldFacts<'a>> = Vec::new();
    for base in class.bases.iter().rev() {
        let Some(parent) = read_class_of(base) else { continue };
        if models.base(&parent) == Base::Plain {
            continue;
        }
        let filled = substitution(base, &parent);
        for field in models.fields(&parent).iter() {
            let mut field = field.clone();
            if !filled.is_empty() {
                field.annotation = super::generics::substitute(&field.annotation, &filled);
            }
            found.retain(|known| known.name != field.name);
            found.push(field);
        }
    }
    found
}

/// The values of the type variables of a generic class in `Base[int, str]`.
pub(super) fn substitution<'a>(base: &Value<'a>, class: &Class<'a>) -> Vec<(Rc<str>, Value<'a>)> {
    let Value::Subscript(generic) = base else { return Vec::new() };
    let parameters = class.bases.iter().find_map(|base| match base {
        Value::Subscript(declared) => {
            let names: Vec<Rc<str>> = declared
                .1
                .iter()
                .filter_map(|p| if let Value::TypeVar(name) = p { Some(Rc::clone(name)) } else { None })
                .collect();
            (!names.is_empty()).then_some(names)
        }
        _ => None,
    });
    parameters.unwrap_or_else(|| class.type_parameters()).into_iter().zip(generic.1.iter().cloned()).collect()
}

/// The result of `getattr(cls, name)` before the fields are created: the class's own value, or that of a mixin that is not a model. Models
/// have removed the values of their fields.
fn assigned_value<'a>(
    models: &Models<'_, 'a>,
    class: &Rc<Class<'a>>,
    order: &[Values<'a>],
    name: &str,
) -> Option<(Value<'a>, String)> {
    for Values { base, members, last } in order {
        let own = Rc::ptr_eq(base, class);
        let Some(member) = last.get(name).map(|at| &members[*at]) else { continue };
        // A model only keeps the values of class variables.
        let kept = || {
            let annotation = member.annotation.as_ref().map(|annotation| models.evaluator.annotation(annotation));
            annotation.is_some_and(|annotation| {
                let value = member.value(models.evaluator);
                is_class_variable(&annotation) || is_final_constant(&annotation, value.as_ref(), models.rules, Api::V2)
            })
        };
        if own || models.base(base) == Base::Plain || kept() {
            return Some((member.value(models.evaluator)?, member.value_source(models.evaluator)));
        }
    }
    None
}

/// The fields of a dataclass (or any annotated class) in order.
fn dataclass_fields<'a>(evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>) -> Vec<FieldFacts<'a>> {
    let order = evaluator.resolution_order(class);
    let order: Vec<Rc<Class<'a>>> = order.iter().flat_map(|order| order.iter()).filter_map(read_class_of).collect();
    let (names, hints) = hints(evaluator, &order);
    let mut fields = Vec::new();
    for name in names {
        let Some(hint) = hints.get(&name) else { continue };
        let annotation = hint.member.annotation.as_ref().map_or(Value::None, |annotation| evaluator.annotation(annotation));
        if is_class_variable(&annotation) || is_argument_only(&annotation) {
            continue;
        }
        let assigned = hint.member.value(evaluator).map(|value| (value, hint.member.value_source(evaluator)));
        fields.push(new_field(hint, &annotation, assigned));
    }
    fields
}

/// `InitVar[int]` and `_: KW_ONLY` concern the arguments of a dataclass, and are not fields.
fn is_argument_only(annotation: &Value<'_>) -> bool {
    match annotation {
        Value::External(path) => matches!(&**path, "dataclasses.InitVar" | "dataclasses.KW_ONLY"),
        Value::Subscript(generic) => is_argument_only(&generic.0),
        _ => false,
    }
}
