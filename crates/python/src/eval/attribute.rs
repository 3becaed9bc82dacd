//! Attribute access: `value.name`.

use std::rc::Rc;

use ruff_python_ast::Expr;

use super::{Evaluator, Scope};
use crate::eval::value::{Class, FunctionKind, Method, Value};

impl<'a> Evaluator<'a> {
    /// Evaluates the expression `value.name`; unknown if the attribute is undecided.
    pub(super) fn attribute(&self, value: &Value<'a>, name: &str, whole: &'a Expr, scope: &Scope<'a>) -> Value<'a> {
        match self.member(value, name) {
            Some(found) => found,
            None => match value {
                Value::Unknown(_) => value.clone(),
                Value::Call(_) | Value::Attribute(_) => Value::Attribute(Rc::new((value.clone(), Box::from(name)))),
                _ => self.unknown(whole, scope, format!("`{name}` does not exist there")),
            },
        }
    }

    /// The attribute `name` of a value, if it is decided.
    pub fn member(&self, value: &Value<'a>, name: &str) -> Option<Value<'a>> {
        match value {
            Value::Module(_) | Value::Namespace(_) | Value::External(_) => self.member_of_module(value, name),
            Value::Class(class) => self.class_attribute(class, name, value),
            Value::Member(member) => match name {
                "value" | "_value_" => Some(member.value.clone()),
                "name" | "_name_" => Some(Value::Str(Rc::clone(&member.name))),
                _ => self.method_or(value, name, || self.class_attribute(&member.class, name, value)),
            },
            Value::Call(call) => match &call.callee {
                Value::Class(class) => self.instance_attribute(call, class, name, value),
                Value::External(path) => {
                    let path = Rc::clone(path);
                    match &*path {
                        "functools.partial" => return None,
                        "builtins.super" => return self.super_attribute(call, name),
                        _ => {}
                    }
                    self.method_or(value, name, || super::builtin::attribute_of_call(&path, call, name))
                }
                _ => None,
            },
            Value::Function(function) if name == "__name__" => Some(Value::Str(Rc::clone(&function.name))),
            Value::Function(function) if name == "__doc__" => {
                Some(function.docstring.as_ref().map_or(Value::None, |doc| Value::Str(Rc::clone(doc))))
            }
            Value::Str(_) | Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::Set(_) | Value::Bytes(_) => {
                Some(Value::Method(Rc::new(Method {
                    receiver: value.clone(),
                    name: Rc::from(name),
                    function: None,
                    owner: None,
                })))
            }
            Value::Subscript(generic) => self.member(&generic.0, name),
            _ => None,
        }
    }

    fn method_or(&self, value: &Value<'a>, name: &str, other: impl FnOnce() -> Option<Value<'a>>) -> Option<Value<'a>> {
        let text = value.as_str().is_some() && super::method::is_text_method(name);
        if text {
            let receiver = value.as_str().map(Value::str)?;
            return Some(Value::Method(Rc::new(Method { receiver, name: Rc::from(name), function: None, owner: None })));
        }
        other()
    }

    /// An attribute of an instance that is represented by the call that created it.
    fn instance_attribute(
        &self,
        call: &crate::eval::value::Call<'a>,
        class: &Rc<Class<'a>>,
        name: &str,
        instance: &Value<'a>,
    ) -> Option<Value<'a>> {
        if name == "__class__" {
            return Some(Value::Class(Rc::clone(class)));
        }
        if let Some(given) = call.keyword(name) {
            return Some(given.clone());
        }
        if self.reads_environment(class) && self.annotation_in_class(class, name) {
            return None;
        }
        if !call.positional.is_empty()
            && let Some(at) = self.positional_fields(class).iter().position(|field| **field == *name)
            && let Some(given) = call.positional.get(at)
        {
            return Some(given.clone());
        }
        self.class_attribute(class, name, instance)
    }

    /// Looks up `name` along the method resolution order, bound to `receiver`.
    pub(super) fn class_attribute(&self, class: &Rc<Class<'a>>, name: &str, receiver: &Value<'a>) -> Option<Value<'a>> {
        match name {
            "__name__" => return Some(Value::Str(Rc::clone(&class.name))),
            "__qualname__" => return Some(Value::Str(Rc::clone(&class.qualname))),
            "__module__" => return Some(Value::Str(Rc::clone(&class.module))),
            "model_config" => {
                if let Some(config) = self.model_config(class) {
                    return Some(config);
                }
            }
            _ => {}
        }
        if matches!(receiver, Value::Class(_))
            && self.is_enum(class)
            && let Some(member) = self.members(class).iter().find(|member| &*member.name == name).cloned()
        {
            return Some(Value::Member(member));
        }
        let order = self.resolution_order(class)?;
        for base in order.iter() {
            let Some(base) = class_of(base) else { continue };
            if let Some(found) = self.own_attribute(&base, name) {
                return Some(self.bind_attribute(found, receiver, class, &base));
            }
        }
        None
    }

    pub(super) fn bind_attribute(
        &self,
        found: Value<'a>,
        receiver: &Value<'a>,
        class: &Rc<Class<'a>>,
        owner: &Rc<Class<'a>>,
    ) -> Value<'a> {
        let Value::Function(function) = &found else { return found };
        let to = match function.kind {
            FunctionKind::StaticMethod => return found,
            FunctionKind::ClassMethod => Value::Class(Rc::clone(class)),
            FunctionKind::Property if !matches!(receiver, Value::Class(_)) => {
                return self.call_function(function, vec![receiver.clone()], Vec::new(), None);
            }
            _ if matches!(receiver, Value::Class(_)) => return found,
            _ => receiver.clone(),
        };
        let (name, owner) = (Rc::clone(&function.name), Some(Rc::clone(owner)));
        Value::Method(Rc::new(Method { receiver: to, name, function: Some(Rc::clone(function)), owner }))
    }

    /// The attribute that the class itself defines.
    pub fn own_attribute(&self, class: &Rc<Class<'a>>, name: &str) -> Option<Value<'a>> {
        if let Some((_, value)) = class.attributes.borrow().iter().rev().find(|(key, _)| &**key == name) {
            return Some(value.clone());
        }
        let scope = class.scope.as_ref()?;
        self.lookup_at(name, scope, super::scope::END)
    }
}

/// The class behind a base, without its type arguments; `None` if its source is not read.
pub(crate) fn class_of<'a>(base: &Value<'a>) -> Option<Rc<Class<'a>>> {
    match base {
        Value::Class(class) => Some(Rc::clone(class)),
        Value::Subscript(generic) => class_of(&generic.0),
        _ => None,
    }
}
