//! The values of a module: what its statements bind at the top.

use ruff_python_ast::Stmt;

use super::Evaluator;
use crate::python::modules::FileId;
use crate::python::value::Value;

impl<'a> Evaluator<'a> {
    /// Every name that a module binds by itself, other than by `def`, `class` and imports, with its value after the module has
    /// run. Sorted by name.
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
}
