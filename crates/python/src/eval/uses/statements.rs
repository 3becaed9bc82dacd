//! The walk over statements: the scopes they open, and the conditions that apply to the statements inside them.

use std::rc::Rc;

use hashbrown::HashMap;
use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtAnnAssign, StmtClassDef, StmtFunctionDef, StmtIf, StmtMatch, StmtTry};
use ruff_text_size::Ranged;

use super::condition::{Test, caught, raises, suppresses, test_of};
use super::walk::{Walk, unknown_parameter};
use super::{Choice, ClassNames, Condition, FunctionKey, How};
use crate::eval::Scope;
use crate::eval::scope::END;
use crate::eval::value::{Class, Value};

/// An enclosing function or class. Its scope is created when a name is first looked up.
pub(super) struct Frame<'a> {
    def: Definition<'a>,
    scope: Option<Scope<'a>>,
}

enum Definition<'a> {
    Function(&'a StmtFunctionDef),
    Class(&'a StmtClassDef),
}

impl<'a> Frame<'a> {
    pub(super) fn function(&self) -> Option<&'a StmtFunctionDef> {
        match self.def {
            Definition::Function(def) => Some(def),
            Definition::Class(_) => None,
        }
    }
}

impl<'a> Walk<'_, 'a> {
    /// The scope of the current statement.
    pub(super) fn scope(&mut self) -> Scope<'a> {
        let file = self.file;
        let text = self.text;
        let mut scope = self.base.clone();
        for frame in &mut self.frames {
            if let Some(known) = &frame.scope {
                scope = known.clone();
                continue;
            }
            let outer = scope.enclosing();
            let prefix = &scope.0.prefix;
            scope = match frame.def {
                Definition::Function(def) => {
                    let place = text.place_at(def.name.start());
                    let names = def.parameters.iter().map(|parameter| parameter.name().as_str());
                    let bound: HashMap<Rc<str>, Value<'a>> =
                        names.map(|name| (Rc::from(name), unknown_parameter(name, &place))).collect();
                    let prefix: Rc<str> = Rc::from(format!("{prefix}{}.<locals>.", def.name));
                    let parameters = Scope::frame_named(&outer, bound, Rc::clone(&prefix));
                    Scope::statements(&def.body, false, Some(parameters), file, prefix)
                }
                Definition::Class(def) => {
                    let prefix = Rc::from(format!("{prefix}{}.", def.name));
                    Scope::statements(&def.body, true, Some(outer), file, prefix)
                }
            };
            frame.scope = Some(scope.clone());
        }
        scope
    }

    /// The innermost function, identified by its place.
    pub(super) fn function_key(&self) -> Option<FunctionKey> {
        let def = self.frames.iter().rev().find_map(Frame::function)?;
        Some(FunctionKey { name: def.name.to_string(), place: self.text.place_at(def.name.start()) })
    }

    pub(super) fn statement(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(def) => self.class(def),
            Stmt::If(branches) => self.branches(branches),
            Stmt::Match(choice) => self.cases(choice),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::With(with) => {
                with.items.iter().for_each(|item| self.visit_expr(&item.context_expr));
                let takes = with.items.iter().find(|item| suppresses(&item.context_expr));
                let text = takes.map(|item| format!("with errors handled by `{}`", self.source(&item.context_expr)));
                self.below(text.map(|text| Condition { text, choice: None }), &with.body);
            }
            Stmt::Assign(assign) => {
                if let Some(class) = self.class_at(&assign.value) {
                    self.alias(class, &assign.targets, &assign.value);
                } else {
                    self.visit_expr(&assign.value);
                }
                assign.targets.iter().for_each(|target| self.in_types(target));
            }
            Stmt::AnnAssign(assign) => self.annotated(assign),
            Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::TypeAlias(_) | Stmt::Delete(_) | Stmt::Global(_) => {}
            _ => walk_stmt(self, stmt),
        }
    }

    /// `Config = Settings`: uses of the new name are uses of the class.
    fn alias(&mut self, class: Rc<Class<'a>>, targets: &'a [Expr], value: &'a Expr) {
        let named: Vec<&str> = targets
            .iter()
            .filter_map(|target| if let Expr::Name(name) = target { Some(name.id.as_str()) } else { None })
            .collect();
        self.found.aliases.extend(named.iter().map(|name| (*name).to_owned()));
        if !self.ignoring {
            let phrase = match named.first() {
                Some(name) => format!("also named `{name}`"),
                None => "used as a value".to_owned(),
            };
            self.add(class, How::HandedOn(phrase), value);
        }
    }

    fn function(&mut self, def: &'a StmtFunctionDef) {
        def.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
        for parameter in def.parameters.iter_non_variadic_params() {
            let default = parameter.default.as_deref();
            if let Some(default) = default {
                self.visit_expr(default);
            }
            let Some(annotation) = parameter.parameter.annotation.as_deref() else { continue };
            if default.is_some_and(|default| self.source(default).ends_with("Depends()")) && self.matters(annotation.range()) {
                self.injected(annotation);
            }
            self.visit_annotation(annotation);
        }
        // The body runs when the function is called, whatever conditions apply to its definition.
        let conditions = std::mem::take(&mut self.conditions);
        let ignoring = std::mem::replace(&mut self.ignoring, false);
        self.frames.push(Frame { def: Definition::Function(def), scope: None });
        self.visit_body(&def.body);
        self.frames.pop();
        (self.conditions, self.ignoring) = (conditions, ignoring);
    }

    fn class(&mut self, def: &'a StmtClassDef) {
        def.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
        for argument in def.arguments.iter().flat_map(|arguments| &arguments.args) {
            self.in_types(argument);
        }
        for keyword in def.arguments.iter().flat_map(|arguments| &arguments.keywords) {
            self.visit_expr(&keyword.value);
        }
        self.frames.push(Frame { def: Definition::Class(def), scope: None });
        self.visit_body(&def.body);
        self.frames.pop();
    }

    fn annotated(&mut self, assign: &'a StmtAnnAssign) {
        if self.matters(assign.annotation.range()) {
            if let (Some(owner), Expr::Name(field)) = (self.owner(), assign.target.as_ref()) {
                self.held(&owner, field.id.as_str(), &assign.annotation);
            }
            self.visit_annotation(&assign.annotation);
        }
        let Some(value) = assign.value.as_deref() else { return };
        match self.class_at(value) {
            Some(class) => self.alias(class, std::slice::from_ref(assign.target.as_ref()), value),
            None => self.visit_expr(value),
        }
    }

    /// The class whose body is being walked.
    fn owner(&mut self) -> Option<Rc<Class<'a>>> {
        let Some(Frame { def: Definition::Class(def), .. }) = self.frames.last() else { return None };
        let name = def.name.as_str();
        let inner = self.frames.pop()?;
        let scope = self.scope();
        self.frames.push(inner);
        match self.evaluator.lookup_at(name, &scope, END)? {
            Value::Class(class) => Some(class),
            _ => None,
        }
    }

    /// Adds the classes in the type of a field.
    fn held(&mut self, owner: &Rc<Class<'a>>, field: &str, annotation: &'a Expr) {
        for class in self.classes_in(annotation) {
            let how = How::InField { owner: Rc::clone(owner), field: field.to_owned() };
            self.add(class, how, annotation);
        }
    }

    /// The classes that a type mentions.
    pub(super) fn classes_in(&mut self, annotation: &'a Expr) -> Vec<Rc<Class<'a>>> {
        let mut names = Named(Vec::new());
        names.visit_expr(annotation);
        let of_name = |expr: &'a Expr| match expr {
            Expr::StringLiteral(text) => self.quoted(text.value.to_str()),
            plain => self.class_at(plain).into_iter().collect(),
        };
        names.0.into_iter().flat_map(of_name).collect()
    }

    /// The classes that a quoted type mentions.
    fn quoted(&mut self, text: &str) -> Vec<Rc<Class<'a>>> {
        let Some(parsed) = self.evaluator.parse_quoted(text) else { return Vec::new() };
        let mut names = Named(Vec::new());
        names.visit_expr(parsed);
        names.0.into_iter().filter_map(|expr| self.class_at(expr)).collect()
    }

    /// Walks a body, under a condition if there is one.
    fn below(&mut self, condition: Option<Condition>, body: &'a [Stmt]) {
        let is_open = condition.is_some();
        self.conditions.extend(condition);
        self.visit_body(body);
        if is_open {
            self.conditions.pop();
        }
    }

    fn branches(&mut self, stmt: &'a StmtIf) {
        let first = (Some(stmt.test.as_ref()), stmt.body.as_slice());
        let others = stmt.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), clause.body.as_slice()));
        let branches: Vec<(Option<&'a Expr>, &'a [Stmt])> = std::iter::once(first).chain(others).collect();
        let tests: Vec<Test> = branches.iter().filter_map(|(test, _)| *test).map(|test| test_of(test, self.text)).collect();
        let is_open = tests.contains(&Test::Open);
        let is_whole = branches.last().is_some_and(|(test, _)| test.is_none());
        // A branch that raises is not one with which the program continues.
        let counted = branches.iter().filter(|(_, body)| !raises(body)).count();
        let counted = u32::try_from(counted).unwrap_or(u32::MAX);
        let mut last = String::new();
        for (branch, (test, body)) in (0_u32..).zip(branches) {
            if let Some(test) = test {
                self.visit_expr(test);
                if test_of(test, self.text) == Test::Never {
                    continue;
                }
                self.source(test).clone_into(&mut last);
            }
            let text = if test.is_some() { format!("if `{last}`") } else { format!("if not `{last}`") };
            let choice = is_whole.then_some(Choice { at: (self.file, stmt.start().to_u32()), branch, branches: counted });
            let only = is_whole && counted == 1 && !raises(body);
            self.below((is_open && !only).then_some(Condition { text, choice }), body);
        }
    }

    fn cases(&mut self, stmt: &'a StmtMatch) {
        self.visit_expr(&stmt.subject);
        let subject = self.source(&stmt.subject).to_owned();
        let is_whole = stmt.cases.last().is_some_and(|case| case.pattern.is_irrefutable() && case.guard.is_none());
        let counted = u32::try_from(stmt.cases.iter().filter(|case| !raises(&case.body)).count()).unwrap_or(u32::MAX);
        for (branch, case) in (0_u32..).zip(&stmt.cases) {
            let pattern = self.text.source_of(&case.pattern);
            let text = format!("if `{subject}` is `{pattern}`");
            let choice = is_whole.then_some(Choice { at: (self.file, stmt.start().to_u32()), branch, branches: counted });
            self.below(Some(Condition { text, choice }), &case.body);
        }
    }

    fn attempt(&mut self, attempt: &'a StmtTry) {
        let taken = caught(attempt, self.text);
        let text = taken.map(|handler| format!("with errors handled by `{handler}`"));
        self.below(text.map(|text| Condition { text, choice: None }), &attempt.body);
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            self.visit_body(&handler.body);
        }
        self.visit_body(&attempt.orelse);
        self.visit_body(&attempt.finalbody);
    }
}

/// The names and strings in a type.
struct Named<'a>(Vec<&'a Expr>);

impl<'a> Visitor<'a> for Named<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(_) | Expr::Attribute(_) | Expr::StringLiteral(_) => self.0.push(expr),
            Expr::Call(_) | Expr::Lambda(_) => {}
            _ => ruff_python_ast::visitor::walk_expr(self, expr),
        }
    }
}

/// The aliases that imports anywhere in a file give to the sought classes.
pub(super) fn import_aliases(body: &[Stmt], names: &ClassNames) -> Vec<String> {
    let mut found = Aliases { names, found: Vec::new() };
    found.visit_body(body);
    found.found
}

struct Aliases<'n> {
    names: &'n ClassNames,
    found: Vec<String>,
}

impl<'a> Visitor<'a> for Aliases<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::ImportFrom(import) = stmt {
            let renamed = import.names.iter().filter(|alias| self.names.contains(&alias.name));
            self.found.extend(renamed.filter_map(|alias| Some(alias.asname.as_ref()?.to_string())));
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
