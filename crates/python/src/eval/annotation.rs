//! Annotations: evaluated like expressions, with quoted parts evaluated in the scope that contains them.

use std::rc::Rc;

use super::class::Annotation;
use super::{Evaluator, Scope};
use crate::eval::value::Value;
use takk_model::Place;

impl<'a> Evaluator<'a> {
    /// The type to which an annotation evaluates.
    pub fn annotation(&self, annotation: &Annotation<'a>) -> Value<'a> {
        match annotation {
            Annotation::Known(value) => value.clone(),
            Annotation::Written(source) => {
                let _guard = self.enter();
                let value = self.eval(source.expr, &source.scope);
                let place = self.place(source.expr, &source.scope);
                self.unquote(value, &source.scope, &place, 0)
            }
        }
    }

    pub fn annotation_source(&self, annotation: &Annotation<'a>) -> String {
        match annotation {
            Annotation::Known(_) => String::new(),
            Annotation::Written(source) => self.source(source.expr, &source.scope),
        }
    }

    /// Evaluates the strings inside a type.
    fn unquote(&self, value: Value<'a>, scope: &Scope<'a>, place: &Place, depth: u32) -> Value<'a> {
        const DEEPEST: u32 = 32;
        if depth > DEEPEST {
            return value;
        }
        match &value {
            Value::Str(text) => {
                let Some(expr) = self.parse_quoted(text) else { return value };
                let inner = scope.quoting(text.trim(), place.clone());
                let inside = self.eval(expr, &inner);
                self.unquote(inside, scope, place, depth + 1)
            }
            Value::Subscript(generic) => {
                let (base, arguments) = &**generic;
                let last = match base {
                    Value::External(path) => path.rsplit('.').next().unwrap_or_default(),
                    _ => "",
                };
                let types = match last {
                    "Literal" => 0,
                    "Annotated" => 1,
                    _ => usize::MAX,
                };
                if types == 0 || !arguments.iter().take(types).any(has_quoted) {
                    return value;
                }
                let arguments = arguments.iter().enumerate();
                let arguments = arguments.map(|(at, argument)| {
                    if at < types { self.unquote(argument.clone(), scope, place, depth + 1) } else { argument.clone() }
                });
                Value::Subscript(Rc::new((base.clone(), arguments.collect())))
            }
            Value::Union(members) if members.iter().any(has_quoted) => Value::Union(Rc::new(
                members.iter().map(|member| self.unquote(member.clone(), scope, place, depth + 1)).collect(),
            )),
            _ => value,
        }
    }
}

/// Whether a type has a quoted part.
fn has_quoted(value: &Value<'_>) -> bool {
    match value {
        Value::Str(_) => true,
        Value::Subscript(generic) => generic.1.iter().any(has_quoted),
        Value::Union(members) => members.iter().any(has_quoted),
        _ => false,
    }
}
