//! One field as pydantic sees it: its type, and the arguments of `Field(...)` in `Annotated` and as the default, merged in pydantic's order
//! (`FieldInfo._construct`).

use std::rc::Rc;

use super::rules_version::RulesVersion;
use super::runtime_names::is_runtime;
use takk_model::{Api, Place};
use takk_python::{Call, Class, Value};

/// A field before its variables are known.
#[derive(Clone)]
pub struct FieldFacts<'a> {
    pub name: Rc<str>,
    /// Its type without `Annotated`.
    pub annotation: Value<'a>,
    /// The items of `Annotated`, except `Field(...)`.
    pub metadata: Vec<Value<'a>>,
    /// The keywords of `Field(...)`.
    pub attributes: Vec<(Rc<str>, Value<'a>)>,
    /// All of its `Secret("/path")`.
    pub secrets: Vec<Rc<Call<'a>>>,
    pub default_source: String,
    /// The docstring below the field.
    pub docstring: Option<Rc<str>>,
    /// The class that declares it.
    pub owner: Rc<Class<'a>>,
    pub place: Place,
    /// Whether its default is `...`: pydantic 1 then requires a value even if `None` is allowed.
    pub insists: bool,
    /// Whether `Field` has unknown `**` arguments, or the field is under an undecided condition.
    pub undecided: bool,
    /// Whether several `Field(...)` are merged.
    pub several: bool,
}

impl<'a> FieldFacts<'a> {
    /// The keyword of `Field(...)` with that name.
    pub fn attribute(&self, name: &str) -> Option<&Value<'a>> {
        self.attributes.iter().rev().find(|(key, _)| &**key == name).map(|(_, value)| value)
    }

    /// The default, if there is one: `...` does not count.
    pub fn default(&self) -> Option<&Value<'a>> {
        self.attribute("default").filter(|value| !is_undefined(value))
    }

    /// The function that creates the default.
    pub fn default_factory(&self) -> Option<&Value<'a>> {
        self.attribute("default_factory").filter(|value| !matches!(value, Value::None))
    }

    /// Whether pydantic requires a value.
    pub fn is_required(&self) -> bool {
        self.default().is_none() && self.default_factory().is_none() && self.secrets.is_empty()
    }

    fn set(&mut self, name: &str, value: Value<'a>) {
        self.attributes.retain(|(key, _)| &**key != name);
        self.attributes.push((Rc::from(name), value));
    }

    /// Merges the annotation: the metadata of `Annotated[T, ...]`, and the keywords of `Field(...)` in it.
    pub fn annotate(&mut self, annotation: &Value<'a>) {
        let (inner, metadata) = unwrap_annotated(annotation);
        self.annotation = inner;
        for item in metadata {
            match as_field(&item) {
                Some(call) => self.merge(&call),
                None => match secret_call(&item) {
                    Some(call) => self.secrets.push(call),
                    None => self.metadata.push(item),
                },
            }
        }
    }

    /// Merges the assigned value: `Field(...)`, `Secret(...)`, or the default itself.
    pub fn assign(&mut self, value: &Value<'a>) {
        if let Some(call) = as_field(value) {
            self.merge(&call);
        } else if let Some(call) = secret_call(value) {
            self.secrets.push(call);
        } else if let Some((_, call)) = value.call_of().filter(|(path, _)| *path == "dataclasses.field") {
            call.keywords.iter().for_each(|(key, value)| self.set(key, value.clone()));
        } else {
            self.insists |= matches!(value, Value::Ellipsis);
            // A factory in `Annotated` wins (`FieldInfo.get_default`); from pydantic 2.12 on, the class definition fails.
            if self.default_factory().is_none() {
                self.set("default", value.clone());
            }
        }
    }

    /// `Field(default, alias=..., ...)`: for each keyword, the last one wins. `alias` also sets `validation_alias` unless that is given too
    /// (`pydantic.Field`).
    fn merge(&mut self, call: &Call<'a>) {
        self.undecided |= call.partial;
        self.several |= !self.attributes.is_empty();
        self.insists |= matches!(call.argument(0, "default"), Some(Value::Ellipsis));
        if let Some(default) = call.positional.first()
            && !is_undefined(default)
        {
            self.set("default", default.clone());
        }
        for (key, value) in &call.keywords {
            if &**key == "default" && is_undefined(value) {
                continue;
            }
            self.set(key, value.clone());
        }
        let unset = |name: &str| matches!(call.keyword(name), None | Some(Value::None));
        if let Some(alias) = call.keyword("alias")
            && unset("validation_alias")
        {
            self.set("validation_alias", alias.clone());
        }
        if call.keyword("default_factory").is_some() {
            self.attributes.retain(|(key, _)| &**key != "default");
        }
    }
}

/// `...`, `PydanticUndefined`, `Undefined`
pub(super) fn is_undefined(value: &Value<'_>) -> bool {
    match value {
        Value::Ellipsis => true,
        Value::External(path) => path.ends_with("Undefined") || path.ends_with("dataclasses.MISSING"),
        _ => false,
    }
}

/// The call, if the value is `Field(...)`.
pub(super) fn as_field<'a>(value: &Value<'a>) -> Option<Rc<Call<'a>>> {
    let Value::Call(call) = value else { return None };
    let Value::External(path) = &call.callee else { return None };
    matches!(path.rsplit('.').next(), Some("Field" | "FieldInfo")).then(|| Rc::clone(call))
}

/// The call, if the value is `Secret(...)` of `takk.runtime` or vaultly.
pub(super) fn secret_call<'a>(value: &Value<'a>) -> Option<Rc<Call<'a>>> {
    let Value::Call(call) = value else { return None };
    let Value::External(path) = &call.callee else { return None };
    is_runtime(path, "Secret").then(|| Rc::clone(call))
}

/// `Annotated[T, a, b]` → (T, [a, b]), with nested ones flattened. `Final[T]`, `Required[T]` and the like are unwrapped.
pub(super) fn unwrap_annotated<'a>(annotation: &Value<'a>) -> (Value<'a>, Vec<Value<'a>>) {
    let Value::Subscript(generic) = annotation else { return bare(annotation) };
    let (base, arguments) = &**generic;
    let Some(first) = arguments.first() else { return (annotation.clone(), Vec::new()) };
    if let Some(name) = command_line_name(base) {
        let (inner, mut metadata) = unwrap_annotated(first);
        metadata.push(base.clone());
        let inner = if name == "CliSubCommand" { Value::Union(Rc::new(vec![inner, Value::None])) } else { inner };
        return (inner, metadata);
    }
    match typing_name(base) {
        Some("Annotated") => {
            let (inner, mut metadata) = unwrap_annotated(first);
            metadata.extend(arguments[1..].iter().cloned());
            (inner, metadata)
        }
        Some("Final" | "Required" | "NotRequired" | "ReadOnly" | "InitVar") => unwrap_annotated(first),
        _ => (annotation.clone(), Vec::new()),
    }
}

/// An annotation without arguments: a bare `Final` does not determine the type, and `CliUnknownArgs` stands for a list with a default.
fn bare<'a>(annotation: &Value<'a>) -> (Value<'a>, Vec<Value<'a>>) {
    if typing_name(annotation) == Some("Final") {
        return (Value::external("typing.Any"), Vec::new());
    }
    if command_line_name(annotation) != Some("CliUnknownArgs") {
        return (annotation.clone(), Vec::new());
    }
    let texts = Value::Subscript(Rc::new((Value::external("builtins.list"), vec![Value::external("builtins.str")])));
    let default = Value::Call(Rc::new(Call {
        callee: Value::external("pydantic.Field"),
        positional: Vec::new(),
        keywords: vec![(Rc::from("default"), Value::List(Rc::default()))],
        partial: false,
        source: Rc::from(""),
        place: Place::new("", 1, 1),
    }));
    (texts, vec![default, annotation.clone(), Value::external("pydantic_settings.NoDecode")])
}

/// The type by which pydantic-settings recognizes a command-line argument: `CliSubCommand`, `CliPositionalArg`, ...
pub(super) fn command_line_name<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    let Value::External(path) = value else { return None };
    let name = path.rsplit('.').next()?;
    (path.starts_with("pydantic_settings.") && name.starts_with("Cli")).then_some(name)
}

/// Whether `Final` makes it a class variable, because it has a value (`collect_model_fields` in pydantic 2, `is_finalvar_with_default_val`
/// in pydantic 1).
pub(super) fn is_final_constant(annotation: &Value<'_>, assigned: Option<&Value<'_>>, rules: &RulesVersion, api: Api) -> bool {
    let Some(value) = assigned else { return false };
    let final_in_annotated = api == Api::V2 && rules.finds_final_in_annotated();
    if !is_final(annotation, final_in_annotated) {
        return false;
    }
    match as_field(value) {
        Some(_) if api == Api::V1 => false,
        Some(call) => {
            let default = call.argument(0, "default");
            default.is_some_and(|default| !is_undefined(default)) || call.keyword("default_factory").is_some()
        }
        None => !(final_in_annotated && is_undefined(value)),
    }
}

fn is_final(annotation: &Value<'_>, in_annotated: bool) -> bool {
    match annotation {
        Value::External(_) => typing_name(annotation) == Some("Final"),
        Value::Subscript(generic) => match typing_name(&generic.0) {
            Some("Final") => true,
            Some("Annotated") => in_annotated && generic.1.first().is_some_and(|inner| is_final(inner, true)),
            _ => false,
        },
        _ => false,
    }
}

/// The name of a special form of `typing`.
pub(super) fn typing_name<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    let Value::External(path) = value else { return None };
    let (module, name) = path.rsplit_once('.')?;
    matches!(module, "typing" | "typing_extensions" | "dataclasses").then_some(name)
}

/// Whether an annotation is `ClassVar` or `ClassVar[T]`.
pub(super) fn is_class_variable(annotation: &Value<'_>) -> bool {
    match annotation {
        Value::External(_) => typing_name(annotation) == Some("ClassVar"),
        Value::Subscript(generic) => {
            typing_name(&generic.0) == Some("ClassVar")
                || (typing_name(&generic.0) == Some("Annotated") && generic.1.first().is_some_and(is_class_variable))
        }
        _ => false,
    }
}
