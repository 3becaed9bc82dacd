//! `super()`, as far as it decides the sources of a settings class.

use std::rc::Rc;

use super::Evaluator;
use super::attribute::class_of;
use super::call::{Site, known_by_call};
use crate::eval::value::{Call, Class, Method, Value};

/// The name of the variable that holds `super` in the frame of a method.
pub(super) const SUPER: &str = "super";

/// Hooks that call their inherited version. For other methods, `super()` is not evaluated.
const HANDED_ON: [&str; 2] = ["settings_customise_sources", "customise_sources"];

/// The value of `super` in a method of `owner` that runs for `subject`.
pub(super) fn of<'a>(owner: &Rc<Class<'a>>, subject: Value<'a>) -> Value<'a> {
    let receiver = Value::Tuple(Rc::new(vec![Value::Class(Rc::clone(owner)), subject]));
    Value::Method(Rc::new(Method { receiver, name: Rc::from(SUPER), function: None, owner: None }))
}

/// `super()` and `super(Class, cls)`.
pub(super) fn parent<'a>(method: &Method<'a>, given: &[Value<'a>], site: Option<&Site>) -> Option<Value<'a>> {
    let positional = if given.is_empty() { method.receiver.elements()?.to_vec() } else { given.to_vec() };
    Some(known_by_call(&Value::external("builtins.super"), positional, Vec::new(), site))
}

impl<'a> Evaluator<'a> {
    /// An attribute of `super()`: from the next class in the resolution order that defines it, or from an external base.
    pub(super) fn super_attribute(&self, call: &Call<'a>, name: &str) -> Option<Value<'a>> {
        let [Value::Class(owner), subject] = call.positional.as_slice() else { return None };
        if !HANDED_ON.contains(&name) {
            return None;
        }
        let class = match subject {
            Value::Class(class) => Rc::clone(class),
            Value::Call(made) => class_of(&made.callee)?,
            _ => return None,
        };
        let order = self.resolution_order(&class)?;
        let after = order.iter().skip_while(|base| class_of(base).is_none_or(|base| !Rc::ptr_eq(&base, owner))).skip(1);
        after.into_iter().find_map(|base| match (base, class_of(base)) {
            (_, Some(base)) => self.own_attribute(&base, name).map(|found| self.bind_attribute(found, subject, &class, &base)),
            (Value::External(path), None) if path.ends_with(".BaseSettings") => Some(Value::external(format!("{path}.{name}"))),
            _ => None,
        })
    }
}
