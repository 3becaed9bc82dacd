//! The arguments of a component by name, whether they are positional or keywords.

use std::rc::Rc;

use takk_catalog::{Component, Role, catalog};
use takk_python::{Call, Evaluator, Value};

/// A call of one of takk's components.
pub(super) struct Arguments<'a> {
    /// The definition of the component.
    pub definition: &'static Component,
    pub call: Rc<Call<'a>>,
    named: Vec<(Rc<str>, Value<'a>)>,
}

impl<'a> Arguments<'a> {
    /// The arguments of `value`, if it is a call of a component.
    pub(super) fn of(evaluator: &Evaluator<'a>, value: &Value<'a>) -> Option<Self> {
        let Value::Call(call) = value else { return None };
        let definition = called(evaluator, &call.callee)?;
        let positional =
            definition.positional.iter().zip(&call.positional).map(|(name, value)| (Rc::from(*name), value.clone()));
        let named = positional.chain(call.keywords.iter().cloned()).collect();
        Some(Self { definition, call: Rc::clone(call), named })
    }

    /// The argument of that name; the last one wins.
    pub(super) fn given(&self, name: &str) -> Option<&Value<'a>> {
        self.named.iter().rev().find(|(known, _)| &**known == name).map(|(_, value)| value)
    }

    /// The argument with that role, unless it is `None`.
    pub(super) fn with_role(&self, role: Role) -> Option<&Value<'a>> {
        self.definition.parameters(role).find_map(|name| self.given(name)).filter(|value| !matches!(value, Value::None))
    }

    /// Whether the component has a parameter of that name.
    pub(super) fn has_parameter(&self, name: &str) -> bool {
        self.definition.positional.contains(&name) || self.definition.keywords.contains(&name)
    }

    /// Keyword arguments that are not parameters: the components of a `Project` or a `Group`.
    pub(super) fn held(&self) -> impl Iterator<Item = &(Rc<str>, Value<'a>)> {
        self.call.keywords.iter().filter(|(name, _)| !self.has_parameter(name))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &(Rc<str>, Value<'a>)> {
        self.named.iter()
    }
}

/// The component that a callable creates: takk's own under any name, a subclass of it, or `subscriber` of a `PubSub`.
fn called<'a>(evaluator: &Evaluator<'a>, callee: &Value<'a>) -> Option<&'static Component> {
    match callee {
        Value::External(path) => of_takk(path),
        Value::Subscript(generic) => called(evaluator, &generic.0),
        Value::Class(class) => evaluator.external_bases(class).iter().find_map(|path| of_takk(path)),
        Value::Attribute(attribute) => {
            let (receiver, name) = &**attribute;
            let owner = Arguments::of(evaluator, receiver)?.definition;
            catalog().component(&format!("{}.{name}", owner.name))
        }
        _ => None,
    }
}

fn of_takk(path: &str) -> Option<&'static Component> {
    let (module, name) = path.rsplit_once('.')?;
    (module == "takk" || module.starts_with("takk.")).then(|| catalog().component(name)).flatten()
}
