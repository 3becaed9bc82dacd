//! Classes that a call creates: `type(...)`, pydantic's `create_model`, `dataclasses.make_dataclass`.

use std::cell::RefCell;
use std::rc::Rc;

use super::Evaluator;
use super::call::Site;
use crate::eval::value::{Class, MadeField, Value};
use crate::modules::FileId;
use takk_model::Place;

type Keywords<'a> = [(Rc<str>, Value<'a>)];

/// A class as a call declares it.
#[derive(Default)]
struct Blueprint<'a> {
    bases: Vec<Value<'a>>,
    keywords: Vec<(Rc<str>, Value<'a>)>,
    decorators: Vec<Value<'a>>,
    attributes: Vec<(Rc<str>, Value<'a>)>,
    fields: Vec<MadeField<'a>>,
}

impl<'a> Evaluator<'a> {
    /// `type("Name", (Base,), {...})`, with the dictionary's `__annotations__` as fields.
    pub(super) fn make_class(&self, positional: &[Value<'a>], site: Option<&Site>) -> Option<Value<'a>> {
        let [name, bases, namespace] = positional else { return None };
        let Value::Dict(items) = namespace else { return None };
        let place = place_of(site);
        let fields = match namespace.item("__annotations__") {
            Some(Value::Dict(fields)) => fields
                .iter()
                .filter_map(|(key, annotation)| {
                    let name = key.as_str()?;
                    let default = namespace.item(name).cloned();
                    Some(MadeField { name: Rc::from(name), annotation: annotation.clone(), default, place: place.clone() })
                })
                .collect(),
            _ => Vec::new(),
        };
        let attributes = items.iter().filter_map(|(key, value)| Some((Rc::from(key.as_str()?), value.clone()))).collect();
        let bases = bases.elements()?.to_vec();
        let blueprint = Blueprint { bases, attributes, fields, ..Blueprint::default() };
        Some(self.made_class(name.as_str()?, blueprint, place))
    }

    /// `pydantic.create_model("Name", __base__=Base, field=(type, default), ...)`.
    pub(super) fn create_model(
        &self,
        positional: &[Value<'a>],
        keywords: &Keywords<'a>,
        site: Option<&Site>,
    ) -> Option<Value<'a>> {
        let place = place_of(site);
        let bases = match keyword(keywords, "__base__") {
            None | Some(Value::None) => vec![Value::external("pydantic.BaseModel")],
            Some(Value::Tuple(bases)) => bases.to_vec(),
            Some(base) => vec![base.clone()],
        };
        let attribute = |given: &str, name: &str| keyword(keywords, given).map(|value| (Rc::from(name), value.clone()));
        let attributes = attribute("__config__", "model_config").into_iter().chain(attribute("__module__", "__module__"));
        let class_keywords = match keyword(keywords, "__cls_kwargs__") {
            Some(Value::Dict(items)) => {
                items.iter().filter_map(|(key, value)| Some((Rc::from(key.as_str()?), value.clone()))).collect()
            }
            _ => Vec::new(),
        };
        let fields = keywords.iter().filter(|(key, _)| !key.starts_with('_')).map(|(key, value)| {
            let (annotation, default) = match value {
                Value::Tuple(pair) if pair.len() == 2 => (pair[0].clone(), Some(pair[1].clone())),
                // pydantic 1 treats a single value as the default.
                value if self.assumptions.pydantic.starts_with("1.") => (Value::external("typing.Any"), Some(value.clone())),
                annotation => (annotation.clone(), None),
            };
            MadeField { name: Rc::clone(key), annotation, default, place: place.clone() }
        });
        let blueprint = Blueprint {
            bases,
            keywords: class_keywords,
            attributes: attributes.collect(),
            fields: fields.collect(),
            ..Blueprint::default()
        };
        let name = positional.first().or_else(|| keyword(keywords, "model_name"))?;
        Some(self.made_class(name.as_str()?, blueprint, place.clone()))
    }

    /// `make_dataclass("Name", [("field", type), ("other", type, default), "anything"], bases=(...))`.
    pub(super) fn make_dataclass(
        &self,
        positional: &[Value<'a>],
        keywords: &Keywords<'a>,
        site: Option<&Site>,
    ) -> Option<Value<'a>> {
        let argument = |at: usize, name: &str| positional.get(at).or_else(|| keyword(keywords, name));
        let place = place_of(site);
        let field = |declared: Value<'a>| {
            let (name, annotation, default) = match declared.elements() {
                None => (declared.clone(), Value::external("typing.Any"), None),
                Some([name, annotation]) => (name.clone(), annotation.clone(), None),
                Some([name, annotation, default]) => (name.clone(), annotation.clone(), Some(default.clone())),
                Some(_) => return None,
            };
            Some(MadeField { name: Rc::from(name.as_str()?), annotation, default, place: place.clone() })
        };
        let fields = self.iterate(argument(1, "fields")?)?.into_iter().map(field).collect::<Option<Vec<_>>>()?;
        let bases = keyword(keywords, "bases").and_then(Value::elements).unwrap_or_default().to_vec();
        let decorators = vec![Value::external("dataclasses.dataclass")];
        let blueprint = Blueprint { bases, decorators, fields, ..Blueprint::default() };
        let name = argument(0, "cls_name")?;
        Some(self.made_class(name.as_str()?, blueprint, place.clone()))
    }

    fn made_class(&self, name: &str, blueprint: Blueprint<'a>, place: Place) -> Value<'a> {
        let Blueprint { bases, keywords, decorators, attributes, fields } = blueprint;
        let text = |key: &str| {
            attributes.iter().find(|(known, _)| &**known == key).and_then(|(_, value)| value.as_str().map(Rc::from))
        };
        let file = self.modules.project_file(&place.file).unwrap_or(FileId(0));
        let module = text("__module__").unwrap_or_else(|| Rc::from(self.modules.module_name(&place.file)));
        Value::Class(Rc::new(Class {
            name: Rc::from(name),
            qualname: text("__qualname__").unwrap_or_else(|| Rc::from(name)),
            module,
            file,
            place,
            bases,
            keywords,
            decorators,
            definition: None,
            scope: None,
            attributes: RefCell::new(attributes),
            made_fields: fields,
            found: RefCell::default(),
        }))
    }
}

fn place_of(site: Option<&Site>) -> Place {
    site.map_or_else(|| Place::new("", 1, 1), |site| site.place.clone())
}

fn keyword<'v, 'a>(keywords: &'v Keywords<'a>, wanted: &str) -> Option<&'v Value<'a>> {
    keywords.iter().find(|(key, _)| &**key == wanted).map(|(_, value)| value)
}
