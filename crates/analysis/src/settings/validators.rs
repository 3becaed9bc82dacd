//! The validators that a class declares with decorators: whether they can change what its fields accept.

use std::rc::Rc;

use super::config::read_class_of;
use super::models::Models;
use takk_python::{Class, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Before or around the type's own validation: it may accept anything.
    Before,
    /// After it: it may reject more.
    After,
}

#[derive(Clone, Debug)]
struct Validator {
    /// The field; `*` for all.
    field: String,
    moment: Moment,
    /// The function, if it only runs before the type's own validation.
    before: Option<String>,
}

/// The validators that the decorators of a class define.
#[derive(Clone, Debug, Default)]
pub(super) struct Validators {
    fields: Vec<Validator>,
    pub model: Option<Moment>,
}

impl Validators {
    /// The validators of a class and its bases.
    pub(super) fn of<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> Self {
        let mut found = Self::default();
        let order = models.evaluator.resolution_order(class);
        for base in order.iter().flat_map(|order| order.iter()).filter_map(read_class_of) {
            for (function, decorator) in models.evaluator.decorators_in(&base) {
                found.add(function, &decorator);
            }
        }
        found
    }

    /// When a validator of that field runs, the earliest if there are several.
    pub(super) fn moment(&self, field: &str) -> Option<Moment> {
        self.of_field(field).map(|validator| validator.moment).reduce(earlier)
    }

    /// The result of the validators that run before the type, for a value in the code. `None` if only the program knows.
    pub(super) fn prepared<'a>(
        &self,
        models: &Models<'_, 'a>,
        class: &Rc<Class<'a>>,
        field: &str,
        value: Value<'a>,
    ) -> Option<Value<'a>> {
        let mut early = self.of_field(field).filter(|validator| validator.moment == Moment::Before);
        let Some(first) = early.next() else { return Some(value) };
        let function = first.before.as_ref().filter(|_| early.next().is_none())?;
        let method = models.evaluator.member(&Value::Class(Rc::clone(class)), function)?;
        models.evaluator.result_of(&method, vec![value])
    }

    fn of_field<'v>(&'v self, field: &'v str) -> impl Iterator<Item = &'v Validator> {
        self.fields.iter().filter(move |validator| validator.field == field || validator.field == "*")
    }

    fn add(&mut self, function: &str, decorator: &Value<'_>) {
        let (path, call) = match decorator {
            Value::External(path) => (&**path, None),
            Value::Call(call) => match &call.callee {
                Value::External(path) => (&**path, Some(call)),
                _ => return,
            },
            _ => return,
        };
        let keyword = |name: &str| call.and_then(|call| call.keyword(name));
        match path.rsplit('.').next() {
            Some("field_validator" | "validator") => {
                let default_after = keyword("pre").is_none_or(|pre| pre.truth() == Some(false));
                let after = match keyword("mode") {
                    Some(mode) => mode.as_str() == Some("after"),
                    None => default_after,
                };
                let moment = if after { Moment::After } else { Moment::Before };
                let is_before = keyword("mode").and_then(Value::as_str) == Some("before");
                let before = is_before.then(|| function.to_owned());
                let mut add = |field: &str| {
                    self.fields.push(Validator { field: field.to_owned(), moment, before: before.clone() });
                };
                let Some(call) = call.filter(|call| !call.partial) else { return add("*") };
                for name in &call.positional {
                    add(name.as_str().unwrap_or("*"));
                }
            }
            Some("model_validator") => {
                let after = keyword("mode").and_then(Value::as_str) == Some("after");
                let moment = if after { Moment::After } else { Moment::Before };
                self.model = Some(self.model.map_or(moment, |known| earlier(known, moment)));
            }
            Some("root_validator") => self.model = Some(Moment::Before),
            _ => {}
        }
    }
}

fn earlier(one: Moment, other: Moment) -> Moment {
    if one == Moment::Before { one } else { other }
}
