//! Generic types: the values of their type variables, and the result of applying arguments.

use std::rc::Rc;

use super::field::typing_name;
use takk_python::{Evaluator, Value};

/// The maximum nesting and number of types; beyond, type variables are not substituted.
const DEEPEST: u32 = 24;
const MOST: u32 = 2_000;

/// The type that a generic alias stands for with these arguments; `None` if the base is not an alias.
pub(super) fn generic_target<'a>(evaluator: &Evaluator<'a>, base: &Value<'a>, arguments: &[Value<'a>]) -> Option<Value<'a>> {
    match base {
        Value::Alias(alias) => {
            let map: Vec<(Rc<str>, Value<'a>)> = alias.parameters.iter().cloned().zip(arguments.iter().cloned()).collect();
            Some(substitute(&evaluator.alias_target(alias), &map))
        }
        // A generic alias by plain assignment: `Tagged = Annotated[T, x]`, used as `Tagged[int]`.
        Value::Subscript(_) | Value::Union(_) => {
            let mut names = Vec::new();
            type_variables(base, &mut names, &mut { MOST });
            let map: Vec<(Rc<str>, Value<'a>)> = names.into_iter().zip(arguments.iter().cloned()).collect();
            Some(substitute(base, &map))
        }
        _ => None,
    }
}

pub(super) fn substitute<'a>(value: &Value<'a>, map: &[(Rc<str>, Value<'a>)]) -> Value<'a> {
    fill(value, map, DEEPEST, &mut { MOST })
}

/// The members of a union, flattened; any other type is its own only member.
pub(super) fn union_members<'a>(annotation: &Value<'a>) -> Vec<Value<'a>> {
    let all = |members: &[Value<'a>]| members.iter().flat_map(union_members).collect();
    match annotation {
        Value::Union(members) => all(members),
        Value::Subscript(generic) => match typing_name(&generic.0) {
            Some("Union") => all(&generic.1),
            Some("Optional") => [all(&generic.1), vec![Value::None]].concat(),
            _ => vec![annotation.clone()],
        },
        _ => vec![annotation.clone()],
    }
}

/// Substitutes in as many types as are `left`.
fn fill<'a>(value: &Value<'a>, map: &[(Rc<str>, Value<'a>)], depth: u32, left: &mut u32) -> Value<'a> {
    if depth == 0 || *left == 0 {
        return value.clone();
    }
    *left -= 1;
    let mut all = |items: &[Value<'a>]| items.iter().map(|item| fill(item, map, depth - 1, left)).collect::<Vec<_>>();
    match value {
        Value::TypeVar(name) => {
            map.iter().find(|(known, _)| known == name).map_or_else(|| value.clone(), |(_, filled)| filled.clone())
        }
        Value::Subscript(generic) => {
            let arguments = all(&generic.1);
            Value::Subscript(Rc::new((fill(&generic.0, map, depth - 1, left), arguments)))
        }
        Value::Union(members) => Value::Union(Rc::new(all(members))),
        _ => value.clone(),
    }
}

fn type_variables(value: &Value<'_>, names: &mut Vec<Rc<str>>, left: &mut u32) {
    *left = left.saturating_sub(1);
    if *left == 0 {
        return;
    }
    match value {
        Value::TypeVar(name) if !names.contains(name) => names.push(Rc::clone(name)),
        Value::Subscript(generic) => generic.1.iter().for_each(|argument| type_variables(argument, names, left)),
        Value::Union(members) => members.iter().for_each(|member| type_variables(member, names, left)),
        _ => {}
    }
}
