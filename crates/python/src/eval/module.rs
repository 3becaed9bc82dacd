//! The values of a module: what its top-level statements bind.

use std::collections::BTreeSet;
use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt};

use super::Evaluator;
use crate::eval::value::{Class, Value};
use crate::modules::FileId;

impl<'a> Evaluator<'a> {
    /// Every name that a module binds by other means than `def`, `class` and imports, with its value after the module has run.
    /// Sorted by name.
    pub fn module_values(&self, file: FileId) -> Vec<(&'a str, Value<'a>)> {
        let scope = self.module_scope(file);
        let Some(shared) = scope.shared() else { return Vec::new() };
        let computed = |entry: &u32| {
            let stmt = shared.body.entries[*entry as usize].stmt;
            !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::Import(_) | Stmt::ImportFrom(_))
        };
        let bound = shared.body.events.iter().filter(|(_, entries)| entries.iter().any(computed));
        let mut names: Vec<&'a str> = bound.map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.into_iter().filter_map(|name| Some((name, self.module_name(file, name)?))).collect()
    }

    /// The names to which a module assigns the result of a call, each with the last part of the callee's name.
    pub fn assigned_calls(&self, file: FileId) -> Vec<(&'a str, &'a str)> {
        let scope = self.module_scope(file);
        let Some(shared) = scope.shared() else { return Vec::new() };
        let assigned = |stmt: &'a Stmt| match stmt {
            Stmt::Assign(assign) => match assign.targets.as_slice() {
                [Expr::Name(name)] => Some((name.id.as_str(), assign.value.as_ref())),
                _ => None,
            },
            Stmt::AnnAssign(assign) => match assign.target.as_ref() {
                Expr::Name(name) => Some((name.id.as_str(), assign.value.as_deref()?)),
                _ => None,
            },
            _ => None,
        };
        let callee = |expr: &'a Expr| match expr {
            Expr::Call(call) => match call.func.as_ref() {
                Expr::Name(name) => Some(name.id.as_str()),
                Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
                _ => None,
            },
            _ => None,
        };
        let entries = shared.body.entries.iter().filter_map(|entry| assigned(entry.stmt));
        entries.filter_map(|(name, value)| Some((name, callee(value)?))).collect()
    }

    /// The top-level functions of a module that may return a class: those among `holders` that return something, and those that
    /// call `create_model`.
    pub fn class_makers(&self, file: FileId, holders: &BTreeSet<String>) -> Vec<&'a str> {
        let scope = self.module_scope(file);
        let Some(shared) = scope.shared() else { return Vec::new() };
        let source = self.file(file);
        let makes = |stmt: &'a Stmt| match stmt {
            Stmt::FunctionDef(def) => {
                let text = source.source_of(def);
                let holds = holders.contains(def.name.as_str()) && text.contains("return ");
                (holds || text.contains("create_model(")).then_some(def.name.as_str())
            }
            _ => None,
        };
        shared.body.entries.iter().filter_map(|entry| makes(entry.stmt)).collect()
    }

    /// Runs the statements that modify a top-level class after its definition: `Settings.model_config["env_prefix"] = "X_"`.
    pub fn settle(&self, class: &Rc<Class<'a>>) {
        if !class.is_defined() || class.qualname != class.name {
            return;
        }
        let scope = self.module_scope(class.file);
        let Some(shared) = scope.shared() else { return };
        let changes = |at: &u32| !matches!(shared.body.entries[*at as usize].stmt, Stmt::ClassDef(_));
        if shared.body.events.get(&*class.name).is_some_and(|entries| entries.iter().any(changes)) {
            self.module_name(class.file, &class.name);
        }
    }
}
