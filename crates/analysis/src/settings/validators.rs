//! The validators that a class gives its fields with decorators: whether they can change what is accepted.

use std::rc::Rc;

use super::config::read_class_of;
use super::models::Models;
use takk_python::{Class, Value};

/// When a validator runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Before or around the type's own validation: anything may be accepted.
    Before,
    /// After it: less may be accepted.
    After,
}

/// What the decorators of a class say.
#[derive(Clone, Debug, Default)]
pub(super) struct Validators {
    /// By the name of the field; `*` for all.
    fields: Vec<(String, Moment)>,
    /// Of the whole model.
    pub model: Option<Moment>,
}

impl Validators {
    /// Those of a class and its bases.
    pub fn of<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> Self {
        let mut found = Self::default();
        let order = models.evaluator.resolution_order(class);
        for base in order.iter().flat_map(|order| order.iter()).filter_map(read_class_of) {
            for decorator in models.evaluator.decorators_in(&base) {
                found.add(&decorator);
            }
        }
        found
    }

    /// When a validator of that field runs, the earliest of several.
    pub fn moment(&self, field: &str) -> Option<Moment> {
        let own = self.fields.iter().filter(|(name, _)| name == field || name == "*").map(|(_, moment)| *moment);
        own.reduce(earlier)
    }

    fn add(&mut self, decorator: &Value<'_>) {
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
                let Some(call) = call.filter(|call| !call.partial) else {
                    self.fields.push(("*".to_owned(), moment));
                    return;
                };
                for name in &call.positional {
                    self.fields.push((name.as_str().unwrap_or("*").to_owned(), moment));
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
