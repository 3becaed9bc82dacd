//! Finds the classes that a file defines: at module level, in other classes and in functions.

use std::rc::Rc;

use hashbrown::HashSet;
use ruff_python_ast::{Stmt, StmtClassDef};

use super::{Evaluator, Scope};
use crate::eval::value::{Class, Value};
use crate::modules::FileId;
use crate::scan::identifiers;

/// Decides whether a class is wanted, from the source of its bases and that of the whole statement.
pub(super) type Wanted<'w> = &'w dyn Fn(&str, &str) -> bool;

impl<'a> Evaluator<'a> {
    /// The wanted classes of a file, and those that contain one, in the order of their statements.
    pub fn classes_in(&self, file: FileId, wanted: Wanted<'_>) -> Vec<Rc<Class<'a>>> {
        let mut found = Vec::new();
        self.classes_of(&self.module_scope(file), wanted, &mut found);
        found
    }

    fn classes_of(&self, scope: &Scope<'a>, wanted: Wanted<'_>, found: &mut Vec<Rc<Class<'a>>>) {
        let Some(shared) = scope.shared() else { return };
        for at in self.wanted_statements(scope, wanted) {
            let entry = &shared.body.entries[at];
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            match entry.stmt {
                Stmt::ClassDef(def) => {
                    if entry.guard.is_some() && self.guards_hold(scope, shared, at) == Some(false) {
                        continue;
                    }
                    let Some(Value::Class(class)) = self.event_of(scope, at, &def.name) else { continue };
                    let inner = class.scope.clone();
                    found.push(class);
                    if let Some(inner) = inner {
                        self.classes_of(&inner, wanted, found);
                    }
                }
                Stmt::FunctionDef(def) => {
                    let prefix = Rc::from(format!("{}{}.<locals>.", scope.0.prefix, def.name));
                    let inner = Scope::statements(&def.body, false, Some(scope.enclosing()), scope.file(), prefix);
                    self.classes_of(&inner, wanted, found);
                }
                _ => {}
            }
        }
    }

    /// The indices of the statements that define or contain a wanted class, and of those that define bases of one in this
    /// scope. Bases come before the classes derived from them, so that a long chain of classes is not evaluated recursively.
    fn wanted_statements(&self, scope: &Scope<'a>, wanted: Wanted<'_>) -> Vec<usize> {
        let Some(shared) = scope.shared() else { return Vec::new() };
        let file = self.file(scope.file());
        let mut bases: HashSet<&str> = HashSet::new();
        let mut places = Vec::new();
        for (at, entry) in shared.body.entries.iter().enumerate().rev() {
            let taken = match entry.stmt {
                Stmt::ClassDef(def) => {
                    let taken = bases.contains(def.name.as_str()) || self.is_wanted(def, scope, wanted);
                    if let Some(arguments) = def.arguments.as_deref().filter(|_| taken) {
                        bases.extend(identifiers(file.source_of(arguments)));
                    }
                    taken
                }
                Stmt::FunctionDef(def) => contains(&def.body, &|class| self.is_wanted(class, scope, wanted)),
                _ => false,
            };
            if taken {
                places.push(at);
            }
        }
        places.reverse();
        places
    }

    fn is_wanted(&self, def: &StmtClassDef, scope: &Scope<'a>, wanted: Wanted<'_>) -> bool {
        let file = self.file(scope.file());
        def.arguments.as_deref().is_some_and(|bases| wanted(file.source_of(bases), file.source_of(def)))
            || contains(&def.body, &|class| self.is_wanted(class, scope, wanted))
    }

    fn event_of(&self, scope: &Scope<'a>, entry: u32, name: &str) -> Option<Value<'a>> {
        let _guard = self.enter()?;
        self.lookup_entry(scope, entry, name)
    }
}

/// Whether the statements define a class that is `wanted`, at any depth.
fn contains(statements: &[Stmt], wanted: &dyn Fn(&StmtClassDef) -> bool) -> bool {
    statements.iter().any(|stmt| match stmt {
        Stmt::ClassDef(def) => wanted(def),
        Stmt::FunctionDef(def) => contains(&def.body, wanted),
        Stmt::If(branch) => {
            contains(&branch.body, wanted) || branch.elif_else_clauses.iter().any(|clause| contains(&clause.body, wanted))
        }
        Stmt::With(with) => contains(&with.body, wanted),
        Stmt::Try(attempt) => contains(&attempt.body, wanted),
        _ => false,
    })
}
