//! A form field for a value, generated from the code: its type, what it is for, where it is declared.

use serde_json::Value as Json;

use super::form_errors::Sentence;
use takk_model::{Constraints, DefaultValue, ValueType};
use takk_plan::{PlannedVariable, State};
use takk_project::ops::secrets::missing::{Ask, ask_for};
use takk_server::hosted::manifests::Needed;
use takk_value::in_words;

/// The field of a name.
pub(super) struct ValueField {
    /// Its number on the page.
    pub id: usize,
    /// The resource that it is a part of: `postgres default`.
    pub resource: Option<String>,
    /// The name under which the value is stored.
    pub name: String,
    /// The current state, in a few words.
    pub state: String,
    /// The version that it replaces; 0 for none.
    pub version: i64,
    /// What the code declares; `None` for a name that no code reads.
    pub declared: Option<Said>,
    pub input: Input,
    /// The schemes of a URL whose field is hidden.
    url: Option<Vec<String>>,
    /// What was entered before, if it may be sent back.
    pub kept: String,
    /// What is wrong with what was entered.
    pub wrong: Option<Sentence>,
}

/// What the code declares about a value.
pub(super) struct Said {
    /// Its type, in Python syntax.
    pub type_name: String,
    pub words: String,
    pub description: Option<String>,
    /// The class that declares it, and where.
    pub place: String,
    /// Its default, if it may be shown.
    pub default: Option<String>,
    /// The resource that it is a part of.
    pub part: Option<Sentence>,
    /// Whether a value can be generated.
    pub is_generable: bool,
}

pub(super) enum Input {
    /// A hidden line of text.
    Secret,
    /// A line of text, with an optional pattern.
    Text(Option<String>),
    Lines,
    /// A number, with its step and bounds.
    Number(&'static str, Option<i64>, Option<i64>),
    Choice(Vec<String>),
    /// A URL, entered whole or in parts, with the allowed schemes.
    Url(Vec<String>),
}

impl ValueField {
    /// A field for a name that no code reads.
    pub(super) fn unknown(id: usize, name: String, state: String, version: i64) -> Self {
        Self {
            id,
            resource: None,
            name,
            state,
            version,
            declared: None,
            input: Input::Secret,
            url: None,
            kept: String::new(),
            wrong: None,
        }
    }

    /// A field for a name that the code reads.
    pub(super) fn of(id: usize, name: &str, version: i64, needed: &Needed, variable: &PlannedVariable) -> Self {
        let ask = ask_for(&needed.manifest, variable, name);
        let accepts = needed.manifest.accepts(&ask.name, variable.declared.first_reader().field());
        let input = input(&accepts, &ask);
        Self {
            id,
            resource: variable.declared.resource.as_ref().map(|part| format!("{} {}", part.kind, part.name)),
            state: state(variable, version),
            version,
            input,
            url: schemes(&accepts),
            kept: String::new(),
            wrong: None,
            declared: Some(Said {
                words: in_words(&accepts),
                place: place(&ask),
                default: variable.declared.default.as_ref().and_then(default),
                type_name: ask.type_name,
                description: ask.description,
                part: ask.part.map(Sentence::from),
                is_generable: ask.generable,
            }),
            name: ask.name,
        }
    }

    /// Whether a value can be generated.
    pub(super) fn is_generable(&self) -> bool {
        self.declared.as_ref().is_some_and(|said| said.is_generable)
    }

    /// The schemes of a URL, which may be entered in parts.
    pub(super) fn schemes(&self) -> Option<&[String]> {
        match &self.input {
            Input::Url(schemes) => Some(schemes),
            Input::Secret => self.url.as_deref(),
            _ => None,
        }
    }

    /// Whether the entered value is visible.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.input, Input::Secret)
    }
}

/// Fields that belong together.
pub(super) struct FieldGroup {
    /// The resource whose variables they are; `None` for a field that stands alone.
    pub resource: Option<String>,
    pub fields: Vec<ValueField>,
}

impl FieldGroup {
    /// The resource, if more than one of its variables is here.
    pub(super) fn heading(&self) -> Option<&str> {
        self.resource.as_deref().filter(|_| self.fields.len() > 1)
    }
}

/// Brings the fields of each resource together, at the place of its first one.
pub(super) fn grouped(fields: Vec<ValueField>) -> Vec<FieldGroup> {
    let mut groups: Vec<FieldGroup> = Vec::new();
    for field in fields {
        let known = groups.iter_mut().find(|group| group.resource.is_some() && group.resource == field.resource);
        match known {
            Some(group) => group.fields.push(field),
            None => groups.push(FieldGroup { resource: field.resource.clone(), fields: vec![field] }),
        }
    }
    groups
}

fn state(variable: &PlannedVariable, version: i64) -> String {
    match variable.state {
        State::Set => format!("set, version {version}"),
        State::Resolved => "set by takk".to_owned(),
        State::Inherited => "inherited from the machine".to_owned(),
        State::Path => "from a secret store".to_owned(),
        State::Source => "set by another source of its class".to_owned(),
        State::Computed => "computed by the program".to_owned(),
        State::Default => "has a default".to_owned(),
        State::Optional => "optional".to_owned(),
        State::Missing => "missing".to_owned(),
    }
}

fn place(ask: &Ask) -> String {
    let class = ask.class.as_ref().map(|class| format!("{class}, ")).unwrap_or_default();
    let made = ask.made.as_ref().map(|made| format!(", {made}")).unwrap_or_default();
    format!("{class}{}{made}", ask.place.short())
}

/// A default as text; empty for `None`.
fn default(default: &DefaultValue) -> Option<String> {
    match default {
        DefaultValue::Computed(expression) => Some(expression.clone()),
        DefaultValue::Value(Json::Null) => None,
        DefaultValue::Value(Json::String(text)) => Some(text.clone()),
        DefaultValue::Value(value) => {
            Some(value.get("value").filter(|_| value.get("enum").is_some()).unwrap_or(value).to_string())
        }
    }
}

fn input(accepts: &ValueType, ask: &Ask) -> Input {
    let (core, constraints) = core(accepts, Constraints::default());
    if ask.secret || matches!(core, ValueType::Secret(_)) {
        return Input::Secret;
    }
    match core {
        ValueType::Literal(values) => Input::Choice(values.iter().map(plain).collect()),
        ValueType::Enum(rule) if !rule.open => Input::Choice(rule.values.iter().map(plain).collect()),
        ValueType::Bool => Input::Choice(vec!["true".to_owned(), "false".to_owned()]),
        ValueType::Int => Input::Number("1", bound(&constraints, true), bound(&constraints, false)),
        ValueType::Float | ValueType::Decimal => {
            Input::Number("any", constraints.ge.as_ref().and_then(Json::as_i64), constraints.le.as_ref().and_then(Json::as_i64))
        }
        ValueType::Url(rule) => Input::Url(rule.schemes.clone()),
        other if other.is_complex() || matches!(other, ValueType::Json(_)) => Input::Lines,
        _ => Input::Text(ask.example.clone()),
    }
}

/// The schemes of a URL, if it is one.
fn schemes(accepts: &ValueType) -> Option<Vec<String>> {
    match core(accepts, Constraints::default()).0 {
        ValueType::Url(rule) => Some(rule.schemes.clone()),
        _ => None,
    }
}

/// The single type of a value without its wrappers, and the constraints around it.
fn core(accepts: &ValueType, around: Constraints) -> (&ValueType, Constraints) {
    match accepts {
        ValueType::Constrained(constraints, inner) => core(inner, (**constraints).clone()),
        ValueType::Union(members) => {
            let mut some = members.iter().filter(|member| **member != ValueType::None);
            match (some.next(), some.next()) {
                (Some(only), None) => core(only, around),
                _ => (accepts, around),
            }
        }
        other => other.inside().map_or((accepts, around.clone()), |inner| core(inner, around)),
    }
}

/// The minimum or maximum integer that is allowed.
fn bound(constraints: &Constraints, is_least: bool) -> Option<i64> {
    let (open, closed, step) =
        if is_least { (&constraints.gt, &constraints.ge, 1) } else { (&constraints.lt, &constraints.le, -1) };
    let integer = |bound: &Option<Json>| bound.as_ref().and_then(Json::as_i64);
    integer(closed).or_else(|| integer(open)?.checked_add(step))
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
