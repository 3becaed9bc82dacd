//! Import statements: which names they bind, and to what.

use std::rc::Rc;

use ruff_python_ast::{Alias, Stmt, StmtImport, StmtImportFrom};

use super::{Evaluator, Scope};
use crate::eval::value::{Unknown, Value};
use crate::file::Origin;
use crate::modules::{FileId, Found};

impl<'a> Evaluator<'a> {
    /// `import a.b as c`, `import a.b`.
    pub(super) fn import(&self, import: &'a StmtImport, name: &str, scope: &Scope<'a>) -> Option<Value<'a>> {
        import.names.iter().rev().find_map(|alias| match &alias.asname {
            Some(bound) if bound.as_str() == name => Some(self.module(&alias.name, scope)),
            Some(_) => None,
            None => {
                let top = alias.name.split('.').next().unwrap_or(&alias.name);
                (top == name).then(|| match self.modules.find_top(&alias.name, scope.file()) {
                    Some(found) => module_value(found),
                    None => Value::external(top),
                })
            }
        })
    }

    /// `from a import b as c`, `from . import b`, `from a import *`.
    pub(super) fn import_from(&self, import: &'a StmtImportFrom, name: &str, scope: &Scope<'a>) -> Option<Value<'a>> {
        let module = self.module_of(import, scope);
        let alias = import.names.iter().rev().find(|alias| bound_name(alias) == name);
        if let Some(alias) = alias {
            return Some(match module {
                Some(module) => self
                    .member_of_module(&module, &alias.name)
                    .unwrap_or_else(|| self.missing(import, &alias.name, &module_text(import), scope)),
                None => self.missing(import, &alias.name, &module_text(import), scope),
            });
        }
        let star = import.names.iter().any(|alias| alias.name.as_str() == "*");
        if !star {
            return None;
        }
        match module? {
            Value::Module(file) => self.starred(file, name),
            _ => None,
        }
    }

    /// The value of a name that `from module import *` imports, if the module provides it.
    fn starred(&self, file: FileId, name: &str) -> Option<Value<'a>> {
        let key = (file, Box::from(name));
        if self.absent.borrow().contains(&key) || !self.searching.borrow_mut().insert(key.clone()) {
            return None;
        }
        let exported = match self.exports(file) {
            Some(names) => names.iter().any(|exported| exported == name),
            None => !name.starts_with('_'),
        };
        let found = if exported { self.lookup_at(name, &self.module_scope(file), super::scope::END) } else { None };
        let mut searching = self.searching.borrow_mut();
        searching.remove(&key);
        // A module that does not provide the name on one path through the star imports does not provide it on another, so this
        // lookup remembers it. The next one starts over, because where a cycle is cut depends on where the lookup began.
        if searching.is_empty() {
            self.absent.borrow_mut().clear();
        } else if found.is_none() {
            self.absent.borrow_mut().insert(key);
        }
        found
    }

    /// The names in a module's `__all__`, if it has one whose value is decided.
    fn exports(&self, file: FileId) -> Option<Vec<String>> {
        let scope = self.module_scope(file);
        let shared = scope.shared()?;
        if !shared.body.events.contains_key("__all__") {
            return None;
        }
        let names = self.lookup_at("__all__", &scope, super::scope::END)?;
        Some(names.elements()?.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
    }

    /// The value of a module, by its dotted name.
    fn module(&self, name: &str, scope: &Scope<'a>) -> Value<'a> {
        self.modules.find(name, Some(scope.file())).map_or_else(|| Value::external(name), module_value)
    }

    /// The module in `from X import ...`. `None`: a module that should be in the project, but is not.
    fn module_of(&self, import: &'a StmtImportFrom, scope: &Scope<'a>) -> Option<Value<'a>> {
        let tail = import.module.as_ref().map_or("", |module| module.as_str());
        if import.level > 0 && self.file(scope.file()).origin == Origin::Project {
            let found = self.modules.find_relative(scope.file(), import.level, tail);
            if let Some(Found::File(_)) = found {
                return found.map(module_value);
            }
            let named = self.absolute_name(import, scope).and_then(|name| self.modules.find(&name, Some(scope.file())));
            return named.filter(|named| matches!(named, Found::File(_))).or(found).map(module_value);
        }
        let name = self.absolute_name(import, scope)?;
        let members = || import.names.iter().map(|alias| alias.name.as_str());
        let beside = || members().find_map(|member| self.modules.namespace_beside(&name, member, scope.file()));
        match self.modules.find(&name, Some(scope.file())) {
            Some(Found::Namespace(namespace)) if import.level == 0 => {
                let has = |member| self.modules.find_in_namespace(namespace, member).is_some();
                let other = if members().any(has) { None } else { beside() };
                Some(module_value(other.unwrap_or(Found::Namespace(namespace))))
            }
            Some(found) => Some(module_value(found)),
            None if import.level > 0 => None,
            None => Some(beside().map_or_else(|| Value::external(name.as_str()), module_value)),
        }
    }

    /// The absolute name of the module in `from ..a import b`. `None`: it leads out of the top-level package.
    fn absolute_name(&self, import: &StmtImportFrom, scope: &Scope<'a>) -> Option<String> {
        let tail = import.module.as_ref().map_or("", |module| module.as_str());
        if import.level == 0 {
            return Some(tail.to_owned());
        }
        let file = self.file(scope.file());
        let mut parts: Vec<&str> = file.module.split('.').collect();
        let drop = import.level as usize - usize::from(file.is_package);
        parts.truncate(parts.len().checked_sub(drop)?);
        parts.extend(tail.split('.').filter(|part| !part.is_empty()));
        Some(parts.join("."))
    }

    /// A name in a module: an attribute, or else a submodule.
    pub(super) fn member_of_module(&self, module: &Value<'a>, name: &str) -> Option<Value<'a>> {
        match module {
            Value::Module(file) => self.lookup_in_module(*file, name).or_else(|| self.submodule(*file, name)),
            Value::Namespace(package) => self.modules.find_in_namespace(package, name).map(module_value),
            Value::External(path) => Some(self.external_member(path, name)),
            _ => None,
        }
    }

    fn submodule(&self, package: FileId, name: &str) -> Option<Value<'a>> {
        let file = self.file(package);
        let dotted = [&file.module, ".", name].concat();
        match file.origin {
            Origin::Builtin => Some(Value::external(dotted)),
            Origin::Installed => self.modules.find(&dotted, Some(package)).map(module_value),
            Origin::Project => {
                let here = self.modules.find_in_package(package, name);
                here.or_else(|| self.modules.find(&dotted, Some(package))).map(module_value)
            }
        }
    }

    /// The value of a name after the module has run, or else the result of the module's `__getattr__`.
    pub(super) fn lookup_in_module(&self, file: FileId, name: &str) -> Option<Value<'a>> {
        let scope = self.module_scope(file);
        if let Some(value) = self.lookup_at(name, &scope, super::scope::END) {
            return Some(value);
        }
        match name {
            "__name__" => return Some(Value::str(&self.file(file).module)),
            "__file__" => return Some(super::path::file_of(file)),
            _ => {}
        }
        if !self.type_checking.replace(true) {
            let found = self.lookup_at(name, &scope, super::scope::END);
            self.type_checking.set(false);
            if found.is_some() {
                return found;
            }
        }
        self.lazy_member(&scope, name)
    }

    /// The result of a module's `__getattr__`, which is evaluated like any function.
    fn lazy_member(&self, scope: &Scope<'a>, name: &str) -> Option<Value<'a>> {
        if name.starts_with("__") || !scope.shared()?.body.events.contains_key("__getattr__") {
            return None;
        }
        let key = (scope.file(), Box::from(name));
        if !self.searching.borrow_mut().insert(key.clone()) {
            return None;
        }
        let hook = self.lookup_at("__getattr__", scope, super::scope::END);
        let found = match hook {
            Some(Value::Function(hook)) => {
                let value = self.call_function(&hook, vec![Value::str(name)], Vec::new(), None);
                Some(value).filter(|value| !value.is_unknown())
            }
            _ => None,
        };
        self.searching.borrow_mut().remove(&key);
        found
    }

    fn missing(&self, import: &'a StmtImportFrom, name: &str, module: &str, scope: &Scope<'a>) -> Value<'a> {
        Value::Unknown(Rc::new(Unknown {
            expression: name.to_owned(),
            reason: format!("`{name}` is not found in `{module}`"),
            place: self.place(import, scope),
            import: Some(format!("{module}.{name}")),
        }))
    }

    /// Whether an import statement is known to raise.
    pub(super) fn is_failing_import(&self, stmt: &'a Stmt, scope: &Scope<'a>) -> bool {
        match stmt {
            Stmt::ImportFrom(import) => match self.module_of(import, scope) {
                None => true,
                Some(Value::External(path)) => {
                    self.is_absent(&path, scope) || import.names.iter().any(|alias| self.is_removed(&path, alias))
                }
                Some(module @ Value::Module(_)) => import
                    .names
                    .iter()
                    .any(|alias| alias.name.as_str() != "*" && self.member_of_module(&module, &alias.name).is_none()),
                Some(_) => false,
            },
            Stmt::Import(import) => import.names.iter().any(|alias| self.is_absent(&alias.name, scope)),
            _ => false,
        }
    }

    /// Whether a module outside the project is known not to be installed.
    fn is_absent(&self, path: &str, scope: &Scope<'a>) -> bool {
        let top = path.split('.').next().unwrap_or(path);
        let v1 = self.assumptions.pydantic.starts_with("1.");
        if top == "pydantic_settings" && v1 {
            return true;
        }
        if !self.modules.is_not_installed(path, scope.file()) {
            return false;
        }
        self.modules.has_installed()
            || self.assumptions.packages.as_ref().is_some_and(|packages| !packages.iter().any(|name| is_like(name, top)))
    }

    /// `from pydantic import BaseSettings` raises under pydantic 2.
    fn is_removed(&self, path: &str, alias: &Alias) -> bool {
        path == "pydantic" && alias.name.as_str() == "BaseSettings" && !self.assumptions.pydantic.starts_with("1.")
    }
}

/// Whether a package may install a top-level module: one name is contained in the other (`pyyaml` and `yaml`).
fn is_like(package: &str, module: &str) -> bool {
    let fold = |name: &str| name.to_ascii_lowercase().replace(['-', '_', '.'], "");
    let (package, module) = (fold(package), fold(module));
    package.contains(&module) || module.contains(&package)
}

fn module_value(found: Found<'_>) -> Value<'_> {
    match found {
        Found::File(file) => Value::Module(file),
        Found::Namespace(namespace) => Value::Namespace(namespace),
    }
}

fn bound_name(alias: &Alias) -> &str {
    alias.asname.as_ref().unwrap_or(&alias.name).as_str()
}

fn module_text(import: &StmtImportFrom) -> String {
    let dots = ".".repeat(import.level as usize);
    format!("{dots}{}", import.module.as_ref().map_or("", |module| module.as_str()))
}
