//! URL classes that the project defines: `class QueueUrl(AnyUrl): _constraints = UrlConstraints(...)`, since pydantic 2.10.

use std::rc::Rc;

use super::annotated::url_constraints;
use super::config::read_class_of;
use super::models::Models;
use takk_model::{UrlRule, ValueType, plain_type};
use takk_python::{Class, Value};

/// Methods with which such a class takes over validation.
const DECIDES: [&str; 5] = ["__init__", "__new__", "_build", "__get_pydantic_core_schema__", "_constraints"];

/// What a class of the project accepts that derives from a pydantic URL type. `None` if it does not, or takes over validation.
pub(super) fn own_url<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> Option<ValueType> {
    if !models.rules.has_url_classes() {
        return None;
    }
    let evaluator = models.evaluator;
    let bases = evaluator.external_bases(class);
    let rule = bases.iter().filter(|base| base.starts_with("pydantic")).find_map(|base| match plain_type(base) {
        ValueType::Url(rule) => Some(rule),
        _ => None,
    })?;
    let order = evaluator.resolution_order(class)?;
    let own: Vec<Rc<Class<'a>>> = order.iter().filter_map(read_class_of).collect();
    if own.iter().flat_map(|class| evaluator.functions_in(class)).any(|name| DECIDES.contains(&name.as_str())) {
        return None;
    }
    let given = own.iter().find_map(|class| evaluator.own_attribute(class, "_constraints"));
    let Some(given) = given else { return Some(ValueType::Url(rule)) };
    match given.call_of() {
        // Given constraints replace all of the base's.
        Some((path, call)) if path.ends_with(".UrlConstraints") && !call.partial && call.positional.is_empty() => {
            let rule = UrlRule { name: class.name.to_string(), many_hosts: rule.many_hosts, ..UrlRule::default() };
            Some(url_constraints(rule, call))
        }
        _ if matches!(given, Value::None) => {
            Some(ValueType::Url(UrlRule { name: class.name.to_string(), ..UrlRule::default() }))
        }
        _ => None,
    }
}
