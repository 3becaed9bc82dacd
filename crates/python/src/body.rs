//! The statements of a module, class or function as a list of events: which names each statement binds or mutates, and under
//! which conditions. `if`, `try` and `with` are expanded; a loop is one event.

use hashbrown::HashMap;
use ruff_python_ast::{ExceptHandler, Expr, Pattern, Stmt, StmtTry};

/// A condition under which a statement runs.
#[derive(Clone, Copy)]
pub(super) enum Guard<'a> {
    /// The test of an `if` is true (or false, if the flag is `false`) when it is evaluated at the given entry.
    Test(&'a Expr, bool, u32),
    /// The body of a `try` ran without an exception that one of its handlers catches.
    Succeeds(&'a StmtTry, u32),
    /// A handler of the `try` caught an exception.
    Fails(&'a StmtTry, u32),
    /// One case of a `match`, always undecided.
    Case,
}

pub(super) struct Entry<'a> {
    pub stmt: &'a Stmt,
    /// The innermost condition: an index into [`Body::guards`].
    pub guard: Option<u32>,
}

/// A list of statements, indexed by name.
#[derive(Default)]
pub(super) struct Body<'a> {
    pub entries: Vec<Entry<'a>>,
    pub guards: Vec<Guard<'a>>,
    /// For each condition, the enclosing one. The branches of a long `elif` chain share their conditions this way, since each
    /// branch implies that all earlier tests failed.
    outer: Vec<Option<u32>>,
    /// For each name, the entries that bind or mutate it, in order.
    pub events: HashMap<&'a str, Vec<u32>>,
    /// The entries that are star imports.
    pub stars: Vec<u32>,
}

impl<'a> Body<'a> {
    pub(crate) fn new(statements: &'a [Stmt]) -> Self {
        let mut body = Self::default();
        body.add(statements, None);
        body
    }

    fn position(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn outer_guard(&self, guard: u32) -> Option<u32> {
        self.outer[guard as usize]
    }

    fn guard(&mut self, guard: Guard<'a>, outer: Option<u32>) -> Option<u32> {
        self.guards.push(guard);
        self.outer.push(outer);
        u32::try_from(self.guards.len() - 1).ok()
    }

    fn guarded(&mut self, guard: Guard<'a>, statements: &'a [Stmt], outer: Option<u32>) {
        let inner = self.guard(guard, outer);
        self.add(statements, inner);
    }

    fn add(&mut self, statements: &'a [Stmt], guards: Option<u32>) {
        for stmt in statements {
            match stmt {
                Stmt::If(branch) => {
                    let at = self.position();
                    let mut outer = guards;
                    let mut last: &'a Expr = &branch.test;
                    self.guarded(Guard::Test(&branch.test, true, at), &branch.body, guards);
                    for clause in &branch.elif_else_clauses {
                        outer = self.guard(Guard::Test(last, false, at), outer);
                        match &clause.test {
                            Some(test) => {
                                last = test;
                                self.guarded(Guard::Test(test, true, at), &clause.body, outer);
                            }
                            None => self.add(&clause.body, outer),
                        }
                    }
                }
                Stmt::Try(attempt) => {
                    let at = self.position();
                    self.guarded(Guard::Succeeds(attempt, at), &attempt.body, guards);
                    for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                        self.guarded(Guard::Fails(attempt, at), &handler.body, guards);
                    }
                    self.guarded(Guard::Succeeds(attempt, at), &attempt.orelse, guards);
                    self.add(&attempt.finalbody, guards);
                }
                Stmt::With(with) => {
                    self.enter(stmt, guards);
                    self.add(&with.body, guards);
                }
                Stmt::Match(choice) => {
                    for case in &choice.cases {
                        self.guarded(Guard::Case, &case.body, guards);
                    }
                }
                _ => self.enter(stmt, guards),
            }
        }
    }

    fn enter(&mut self, stmt: &'a Stmt, guard: Option<u32>) {
        let at = self.position();
        let (events, stars) = (&mut self.events, &mut self.stars);
        names_of(stmt, &mut |name| {
            if name == "*" {
                stars.push(at);
            } else {
                let list = events.entry(name).or_default();
                if list.last() != Some(&at) {
                    list.push(at);
                }
            }
        });
        self.entries.push(Entry { stmt, guard });
    }
}

/// Calls `found` with every name that a statement binds or mutates; `*` for a star import.
fn names_of<'a>(stmt: &'a Stmt, found: &mut impl FnMut(&'a str)) {
    match stmt {
        Stmt::FunctionDef(def) => found(&def.name),
        Stmt::ClassDef(def) => found(&def.name),
        Stmt::Assign(assign) => assign.targets.iter().for_each(|target| targets_of(target, found)),
        Stmt::AugAssign(assign) => targets_of(&assign.target, found),
        Stmt::AnnAssign(assign) if assign.value.is_some() => targets_of(&assign.target, found),
        Stmt::TypeAlias(alias) => targets_of(&alias.name, found),
        Stmt::Delete(delete) => delete.targets.iter().for_each(|target| targets_of(target, found)),
        Stmt::Import(import) => {
            for alias in &import.names {
                match &alias.asname {
                    Some(name) => found(name),
                    None => found(alias.name.split('.').next().unwrap_or(&alias.name)),
                }
            }
        }
        Stmt::ImportFrom(import) => import.names.iter().for_each(|alias| found(alias.asname.as_ref().unwrap_or(&alias.name))),
        Stmt::For(each) => {
            targets_of(&each.target, found);
            each.body.iter().chain(&each.orelse).for_each(|stmt| names_of(stmt, found));
        }
        Stmt::While(each) => each.body.iter().chain(&each.orelse).for_each(|stmt| names_of(stmt, found)),
        Stmt::If(branch) => {
            branch.body.iter().for_each(|stmt| names_of(stmt, found));
            branch.elif_else_clauses.iter().flat_map(|clause| &clause.body).for_each(|stmt| names_of(stmt, found));
        }
        Stmt::With(with) => {
            with.items.iter().filter_map(|item| item.optional_vars.as_deref()).for_each(|target| targets_of(target, found));
            with.body.iter().for_each(|stmt| names_of(stmt, found));
        }
        Stmt::Try(attempt) => {
            attempt.body.iter().chain(&attempt.orelse).chain(&attempt.finalbody).for_each(|stmt| names_of(stmt, found));
            let handlers = attempt.handlers.iter().flat_map(|ExceptHandler::ExceptHandler(handler)| &handler.body);
            handlers.for_each(|stmt| names_of(stmt, found));
        }
        Stmt::Match(choice) => {
            for case in &choice.cases {
                captured(&case.pattern, found);
                case.body.iter().for_each(|stmt| names_of(stmt, found));
            }
        }
        Stmt::Expr(expression) => changed_by_call(&expression.value, found),
        _ => {}
    }
}

fn captured<'a>(pattern: &'a Pattern, found: &mut impl FnMut(&'a str)) {
    if let Pattern::MatchAs(pattern) = pattern
        && let Some(name) = &pattern.name
    {
        found(name);
    }
}

fn targets_of<'a>(target: &'a Expr, found: &mut impl FnMut(&'a str)) {
    match target {
        Expr::Name(name) => found(name.id.as_str()),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| targets_of(element, found)),
        Expr::List(list) => list.elts.iter().for_each(|element| targets_of(element, found)),
        Expr::Starred(starred) => targets_of(&starred.value, found),
        Expr::Subscript(subscript) => targets_of(&subscript.value, found),
        Expr::Attribute(attribute) => targets_of(&attribute.value, found),
        _ => {}
    }
}

/// Methods that mutate the list, dictionary or set on which they are called.
pub(super) const MUTATORS: [&str; 13] = [
    "append",
    "extend",
    "insert",
    "update",
    "setdefault",
    "add",
    "pop",
    "remove",
    "discard",
    "clear",
    "sort",
    "reverse",
    "popitem",
];

/// `names.append(x)` mutates `names`; an assignment expression binds its target.
fn changed_by_call<'a>(expression: &'a Expr, found: &mut impl FnMut(&'a str)) {
    if let Expr::Call(call) = expression
        && let Expr::Attribute(method) = call.func.as_ref()
        && MUTATORS.contains(&method.attr.as_str())
    {
        targets_of(&method.value, found);
    }
    if let Expr::Named(named) = expression {
        targets_of(&named.target, found);
    }
}
