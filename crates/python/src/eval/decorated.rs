//! The functions of a class body and their decorators, which declare pydantic's validators.

use std::rc::Rc;

use ruff_python_ast::Stmt;

use super::Evaluator;
use crate::eval::value::{Class, Value};

impl<'a> Evaluator<'a> {
    /// The decorators of all functions in the class's own body, each with the name of its function.
    pub fn decorators_in(&self, class: &Rc<Class<'a>>) -> Vec<(&'a str, Value<'a>)> {
        let Some((scope, shared)) = class.scope.as_ref().and_then(|scope| Some((scope, scope.shared()?))) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (at, entry) in shared.body.entries.iter().enumerate() {
            let Stmt::FunctionDef(def) = entry.stmt else { continue };
            let here = scope.at(u32::try_from(at).unwrap_or(u32::MAX));
            let decorators = def.decorator_list.iter().map(|decorator| self.eval(&decorator.expression, &here));
            found.extend(decorators.map(|decorator| (def.name.as_str(), decorator)));
        }
        found
    }

    /// The names of the functions in the class's own body.
    pub fn functions_in(&self, class: &Rc<Class<'a>>) -> Vec<String> {
        let shared = class.scope.as_ref().and_then(|scope| scope.shared());
        let name = |stmt: &Stmt| if let Stmt::FunctionDef(def) = stmt { Some(def.name.to_string()) } else { None };
        shared.iter().flat_map(|shared| shared.body.entries.iter().filter_map(|entry| name(entry.stmt))).collect()
    }

    /// Whether the class's own body defines a function of that name.
    pub fn defines(&self, class: &Rc<Class<'a>>, name: &str) -> bool {
        let shared = class.scope.as_ref().and_then(|scope| scope.shared());
        shared.is_some_and(|shared| {
            shared.body.entries.iter().any(|entry| matches!(entry.stmt, Stmt::FunctionDef(def) if def.name.as_str() == name))
        })
    }
}
