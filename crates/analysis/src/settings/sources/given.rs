//! What files provide: which fields, and which fields inside them.

use std::rc::Rc;

use super::order::Order;
use crate::settings::config::{ModelConfig, read_class_of};
use crate::settings::field::FieldFacts;
use crate::settings::fields::substitution;
use crate::settings::generics::{substitute, union_members};
use crate::settings::models::Models;
use crate::settings::reading::Reading;
use crate::settings::variables;
use takk_document::data::{Mapping, Scalar, Shape};
use takk_model::{Api, Given, Place, Setting, Source, ValueType};
use takk_python::{Class, Value};
use takk_value::{Data, Verdict, check_value};

/// The maximum depth and number of nested fields to visit.
const DEEPEST: usize = 8;
const MOST: usize = 5_000;

/// The values of files for one name, by precedence.
struct Values<'s>(Vec<Found<'s>>);

#[derive(Clone, Copy)]
struct Found<'s> {
    file: &'s str,
    line: u32,
    shape: &'s Shape,
    /// The index of its source.
    source: usize,
}

/// What was found for a nested model.
#[derive(Default)]
struct Inside {
    /// The fields with a value, by their path.
    given: Vec<(Vec<String>, Place)>,
    /// Whether a required field has no value.
    lacks: bool,
}

/// A value in a file that its field rejects, and that no variable can override.
pub(super) struct Refused {
    pub place: Place,
    pub field: String,
    /// What the value must be: `must be an integer`.
    pub reason: String,
}

/// Records which fields get values from files. Returns what prevents the program from starting.
pub(super) fn mark<'a>(
    models: &Models<'_, 'a>,
    class: &Rc<Class<'a>>,
    config: &ModelConfig<'a>,
    order: &Order,
    settings: &mut [Setting],
) -> Vec<Refused> {
    let mut refused = Vec::new();
    if order.files.is_empty() {
        return refused;
    }
    let environment = order.sources.iter().position(|source| *source == Source::Environment);
    for (field, setting) in models.fields(class).iter().zip(settings) {
        let values = outermost(models, field, config, order);
        let Some(first) = values.0.first().filter(|found| setting.optional || *found.shape != Shape::Null) else { continue };
        let place = first.place();
        let wins = environment.is_none_or(|at| first.source < at);
        if let Some(reason) = refused_by(&setting.accepts, first.shape) {
            if wins {
                refused.push(Refused { place: place.clone(), field: setting.name.clone(), reason });
            } else {
                setting.refused_default = Some(format!("in {}: value {reason}", place.short()));
                continue;
            }
        }
        let mut inside = Inside::default();
        if let Some(model) = model_of(models, &field.annotation) {
            let path = vec![setting.name.clone()];
            values.look_into(models, &model, &path, &mut inside);
        }
        for leaf in &mut setting.nested {
            leaf.given = inside.given.iter().find(|(path, _)| *path == leaf.path).map(|(_, place)| place.clone());
        }
        if !inside.lacks {
            setting.given = Some(Given::File { place, first: wins });
        }
    }
    refused
}

/// What the value must be, if the field rejects it.
fn refused_by(accepts: &ValueType, shape: &Shape) -> Option<String> {
    let Shape::Scalar(scalar) = shape else { return None };
    let data = match scalar {
        Scalar::Bool(truth) => Data::Bool(*truth),
        Scalar::Int(number) => Data::int(*number),
        Scalar::Float(number) => Data::Float(*number),
        Scalar::Text(text) => Data::Text(text.clone()),
        Scalar::Other => return None,
    };
    match check_value(accepts, &data) {
        Verdict::Refused(refusal) if !is_part(accepts) => Some(refusal.reason),
        _ => None,
    }
}

/// Whether the value of the field is a part of what its names hold.
fn is_part(accepts: &ValueType) -> bool {
    matches!(accepts, ValueType::Part(..)) || accepts.inside().is_some_and(is_part)
}

/// The top-level names in all files without a field, each with its place.
pub(super) fn unknown_names<'a>(
    models: &Models<'_, 'a>,
    class: &Rc<Class<'a>>,
    config: &ModelConfig<'a>,
    order: &Order,
) -> Vec<(String, Place)> {
    let fields = models.fields(class);
    let known: Vec<String> = fields.iter().flat_map(|field| keys(models, field, config)).collect();
    let same = is_same(models, config);
    let mut found = Vec::new();
    for (path, _, names) in order.files.iter().flat_map(|(_, source)| &source.files) {
        let unknown = names.iter().filter(|(name, _)| !known.iter().any(|key| same(key, name)));
        found.extend(unknown.map(|(name, (line, _))| (name.clone(), Place::new(path.clone(), *line, 1))));
        if found.len() > MOST {
            break;
        }
    }
    found
}

/// The names by which a file can set a field.
fn keys<'a>(models: &Models<'_, 'a>, field: &FieldFacts<'a>, config: &ModelConfig<'a>) -> Vec<String> {
    variables::inner_names(models, field, config, Api::V2, true).into_iter().map(|inner| inner.name).collect()
}

fn is_same<'a>(models: &Models<'_, 'a>, config: &ModelConfig<'a>) -> fn(&str, &str) -> bool {
    if models.rules.file_keys_ignore_case() && !config.is_true("case_sensitive") {
        |key, name| key.to_lowercase() == name.to_lowercase()
    } else {
        |key, name| key == name
    }
}

fn outermost<'s, 'a>(
    models: &Models<'_, 'a>,
    field: &FieldFacts<'a>,
    config: &ModelConfig<'a>,
    order: &'s Order,
) -> Values<'s> {
    let keys = keys(models, field, config);
    let same = is_same(models, config);
    let mut found = Vec::new();
    for (at, source) in &order.files {
        for (file, _, names) in &source.files {
            let hit = |key: &String| {
                let exact = names.get_key_value(key);
                exact.or_else(|| names.iter().find(|(name, _)| same(key, name)))
            };
            let Some((_, (line, shape))) = keys.iter().find_map(hit) else { continue };
            found.push(Found { file, line: *line, shape, source: *at });
            if !source.deep {
                break;
            }
        }
    }
    Values(found)
}

/// The nested model of a type: `None` for a list of models, or one of several.
fn model_of<'a>(models: &Models<'_, 'a>, annotation: &Value<'a>) -> Option<Value<'a>> {
    let (bare, _) = crate::settings::field::unwrap_annotated(annotation);
    let members: Vec<Value<'a>> = union_members(&bare).into_iter().filter(|member| !matches!(member, Value::None)).collect();
    let [one] = members.as_slice() else { return None };
    let class = read_class_of(one)?;
    models.base(&class).is_model().then(|| one.clone())
}

impl Found<'_> {
    fn place(&self) -> Place {
        Place::new(self.file, self.line, 1)
    }
}

impl<'s> Values<'s> {
    /// The mappings that are merged, if the value with the highest precedence is one.
    fn merged(&self) -> Vec<(&Found<'s>, &'s Mapping)> {
        let mapping = |found: &'_ Found<'s>| if let Shape::Mapping(names) = found.shape { Some(names) } else { None };
        if self.0.first().is_none_or(|first| mapping(first).is_none()) {
            return Vec::new();
        }
        self.0.iter().filter_map(|found| Some((found, mapping(found)?))).collect()
    }

    fn look_into<'a>(&self, models: &Models<'_, 'a>, model: &Value<'a>, path: &[String], inside: &mut Inside) {
        let merged = self.merged();
        let Some(class) = read_class_of(model).filter(|_| !merged.is_empty() && path.len() <= DEEPEST) else { return };
        let filled = substitution(model, &class);
        let config = models.config(&class);
        for field in models.fields(&class).iter() {
            if inside.given.len() >= MOST {
                return;
            }
            let keys = keys(models, field, &config);
            let values = merged.iter().filter_map(|(found, names)| {
                let (line, shape) = keys.iter().find_map(|key| names.get(key))?;
                Some(Found { line: *line, shape, ..**found })
            });
            let values = Values(values.collect());
            let Some(first) = values.0.first() else {
                inside.lacks |= field.is_required();
                continue;
            };
            let path = [path, &[field.name.to_string()]].concat();
            inside.given.push((path.clone(), first.place()));
            let annotation = if filled.is_empty() { field.annotation.clone() } else { substitute(&field.annotation, &filled) };
            let null = *first.shape == Shape::Null && !Reading::of(models, &annotation).optional;
            inside.lacks |= null;
            if let Some(model) = model_of(models, &annotation) {
                values.look_into(models, &model, &path, inside);
            }
        }
    }
}
