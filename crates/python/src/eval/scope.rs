//! Scopes: where a name is looked up, and to what it is bound at a given point of execution.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use hashbrown::{Equivalent, HashMap};
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtTry};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::Evaluator;
use crate::body::{Body, Guard};
use crate::eval::value::Value;
use crate::modules::FileId;
use takk_model::Place;

/// A scope at one point of execution. Cheap to clone.
#[derive(Clone)]
pub struct Scope<'a>(pub(super) Rc<Node<'a>>);

pub(super) struct Node<'a> {
    pub kind: Kind<'a>,
    pub parent: Option<Scope<'a>>,
    pub file: FileId,
    /// The prefix of the qualified names that are defined here: `""`, `"Outer."`, `"make.<locals>."`.
    pub prefix: Rc<str>,
    /// For the scope of a quoted annotation: its text, to which ranges refer, and its place.
    pub quoted: Option<(Rc<str>, Place)>,
}

pub(super) enum Kind<'a> {
    /// The statements of a module, class or function, up to a position.
    Statements { shared: Rc<Shared<'a>>, position: u32 },
    /// The variables of a running function, a comprehension or a replayed statement.
    Frame(RefCell<HashMap<Rc<str>, Value<'a>>>),
}

/// What a scope has in common at all points of execution.
pub(super) struct Shared<'a> {
    pub body: Body<'a>,
    pub is_class: bool,
    /// Whether it is registered in [`super::cycles`].
    is_registered: Cell<bool>,
    /// Cached results that are valid in every environment.
    settled: RefCell<Known<'a>>,
    /// Cached results that are only valid in the environment of that number.
    varying: RefCell<(u32, Known<'a>)>,
}

/// Cached results of a scope.
#[derive(Default)]
struct Known<'a> {
    /// The value to which an entry binds a name.
    names: HashMap<(u32, Rc<str>), Value<'a>>,
    /// Whether a condition holds. The flag of the key says whether `TYPE_CHECKING` is assumed to be true.
    guards: FxHashMap<(u32, bool), Option<bool>>,
    /// Whether a condition and all enclosing conditions hold, with the same flag.
    chains: FxHashMap<(u32, bool), Option<bool>>,
}

/// A lookup key of [`Known::names`] that borrows the name.
#[derive(Hash)]
struct Key<'n>(u32, &'n str);

impl Equivalent<(u32, Rc<str>)> for Key<'_> {
    fn equivalent(&self, (entry, name): &(u32, Rc<str>)) -> bool {
        self.0 == *entry && *self.1 == **name
    }
}

pub(super) const END: u32 = u32::MAX;

impl<'a> Shared<'a> {
    /// Empties the caches, and returns their contents.
    pub(super) fn forget(&self) -> impl Sized + use<'a> {
        (self.settled.take(), self.varying.take())
    }
}

impl<'a> Node<'a> {
    pub(super) fn variables(&self) -> Option<&RefCell<HashMap<Rc<str>, Value<'a>>>> {
        match &self.kind {
            Kind::Frame(variables) => Some(variables),
            Kind::Statements { .. } => None,
        }
    }
}

impl<'a> Scope<'a> {
    pub(super) fn statements(
        statements: &'a [Stmt],
        is_class: bool,
        parent: Option<Self>,
        file: FileId,
        prefix: Rc<str>,
    ) -> Self {
        let shared = Shared {
            body: Body::new(statements),
            is_class,
            is_registered: Cell::new(false),
            settled: RefCell::default(),
            varying: RefCell::default(),
        };
        Self(Rc::new(Node {
            kind: Kind::Statements { shared: Rc::new(shared), position: END },
            parent,
            file,
            prefix,
            quoted: None,
        }))
    }

    pub(super) fn frame(parent: &Self, variables: HashMap<Rc<str>, Value<'a>>) -> Self {
        let prefix = Rc::clone(&parent.0.prefix);
        Self::frame_named(parent, variables, prefix)
    }

    pub(super) fn frame_named(parent: &Self, variables: HashMap<Rc<str>, Value<'a>>, prefix: Rc<str>) -> Self {
        Self(Rc::new(Node {
            kind: Kind::Frame(RefCell::new(variables)),
            parent: Some(parent.clone()),
            file: parent.0.file,
            prefix,
            quoted: parent.0.quoted.clone(),
        }))
    }

    /// The same scope at another point of execution.
    pub(super) fn at(&self, moment: u32) -> Self {
        match &self.0.kind {
            Kind::Statements { shared, .. } => Self(Rc::new(Node {
                kind: Kind::Statements { shared: Rc::clone(shared), position: moment },
                parent: self.0.parent.clone(),
                file: self.0.file,
                prefix: Rc::clone(&self.0.prefix),
                quoted: self.0.quoted.clone(),
            })),
            Kind::Frame(_) => self.clone(),
        }
    }

    /// The scope in which the text of a quoted annotation at `place` is evaluated.
    pub(super) fn quoting(&self, text: &str, place: Place) -> Self {
        let mut inner = Self::frame(self, HashMap::new());
        if let Some(node) = Rc::get_mut(&mut inner.0) {
            node.quoted = Some((Rc::from(text), place));
        }
        inner
    }

    pub fn file(&self) -> FileId {
        self.0.file
    }

    pub(super) fn shared(&self) -> Option<&Rc<Shared<'a>>> {
        match &self.0.kind {
            Kind::Statements { shared, .. } => Some(shared),
            Kind::Frame(_) => None,
        }
    }

    pub(super) fn variables(&self) -> Option<&RefCell<HashMap<Rc<str>, Value<'a>>>> {
        self.0.variables()
    }

    pub(super) fn place_of(&self, node: &impl Ranged, evaluator: &Evaluator<'a>) -> Place {
        match &self.0.quoted {
            Some((_, place)) => place.clone(),
            None => evaluator.file(self.0.file).place_at(node.range().start()),
        }
    }

    pub(super) fn source_of(&self, node: &impl Ranged, evaluator: &Evaluator<'a>) -> String {
        match &self.0.quoted {
            Some((text, _)) => text.get(node.range().to_std_range()).unwrap_or(text).to_owned(),
            None => evaluator.file(self.0.file).source_of(node).to_owned(),
        }
    }

    /// The nearest scope that is visible to functions and classes defined here. Class bodies are not.
    pub(super) fn enclosing(&self) -> Self {
        let mut scope = self.clone();
        while scope.shared().is_some_and(|shared| shared.is_class) {
            match &scope.0.parent {
                Some(parent) => scope = parent.clone(),
                None => break,
            }
        }
        scope
    }

    /// The point of execution of the scope; the end for a frame.
    fn moment(&self) -> u32 {
        match &self.0.kind {
            Kind::Statements { position, .. } => *position,
            Kind::Frame(_) => END,
        }
    }
}

impl<'a> Evaluator<'a> {
    /// The scope of a module after it has run.
    pub(crate) fn module_scope(&self, file: FileId) -> Scope<'a> {
        if let Some(scope) = self.scopes.borrow().get(&file) {
            return scope.clone();
        }
        let scope = Scope::statements(self.file(file).body(), false, None, file, Rc::from(""));
        self.scopes.borrow_mut().insert(file, scope.clone());
        scope
    }

    /// The value of a name as seen by code in `scope`; `None` if nothing binds it, not counting built-in names.
    pub(super) fn lookup(&self, name: &str, scope: &Scope<'a>) -> Option<Value<'a>> {
        self.lookup_once(name, scope, false).or_else(|| self.lookup_once(name, scope, true)).or_else(|| {
            // A name that exists only for type checkers still shows what the author means.
            if self.type_checking.replace(true) {
                return None;
            }
            let found = self.lookup_once(name, scope, true);
            self.type_checking.set(false);
            found
        })
    }

    fn lookup_once(&self, name: &str, scope: &Scope<'a>, at_end: bool) -> Option<Value<'a>> {
        let mut current = Some(scope.clone());
        while let Some(here) = current {
            let found = match &here.0.kind {
                Kind::Frame(variables) => variables.borrow().get(name).cloned(),
                Kind::Statements { .. } => self.lookup_at(name, &here, if at_end { END } else { here.moment() }),
            };
            if found.is_some() {
                return found;
            }
            current = here.0.parent.clone();
        }
        None
    }

    /// The value to which the statements of `scope` before `moment` bind `name`.
    pub(super) fn lookup_at(&self, name: &str, scope: &Scope<'a>, moment: u32) -> Option<Value<'a>> {
        let shared = scope.shared()?;
        let mut undecided: Vec<Value<'a>> = Vec::new();
        for entry in Before::of(shared, name, moment) {
            let holds = self.guards_hold(scope, shared, entry);
            if holds == Some(false) {
                continue;
            }
            let Some(value) = self.event(scope, shared, entry, name) else { continue };
            if holds.is_none() {
                undecided.push(value);
                continue;
            }
            if undecided.is_empty() {
                return Some(value);
            }
            return Some(self.choose(undecided, Some(value), name, scope, shared, entry));
        }
        if undecided.is_empty() {
            return None;
        }
        Some(self.choose(undecided, None, name, scope, shared, 0))
    }

    /// The value on which all outcomes of an undecided condition agree, or unknown.
    fn choose(
        &self,
        mut undecided: Vec<Value<'a>>,
        certain: Option<Value<'a>>,
        name: &str,
        scope: &Scope<'a>,
        shared: &Rc<Shared<'a>>,
        entry: u32,
    ) -> Value<'a> {
        undecided.extend(certain);
        let first = undecided[0].clone();
        if undecided.iter().all(|value| value.equals(&first).unwrap_or(false)) || undecided.len() == 1 {
            return first;
        }
        let at = shared.body.entries[entry as usize].stmt;
        self.unknown(at, scope, format!("`{name}` depends on a condition that is only known at run time"))
    }

    /// Whether all conditions of an entry hold; `None` if that is undecided.
    pub(super) fn guards_hold(&self, scope: &Scope<'a>, shared: &Rc<Shared<'a>>, entry: u32) -> Option<bool> {
        let type_checking = self.type_checking.get();
        let mut all = Some(true);
        let mut open = Vec::new();
        // The branches of a long `if` share their conditions, so this walks from the innermost outwards until it finds a cached
        // result.
        let mut guard = shared.body.entries[entry as usize].guard;
        let mut vary = false;
        while let Some(current) = guard {
            if let Some(known) = self.known(shared, |known| known.chains.get(&(current, type_checking)).copied()) {
                all = known;
                break;
            }
            open.push(current);
            guard = shared.body.outer_guard(current);
        }
        for current in open.into_iter().rev() {
            if all != Some(false) {
                let (holds, varies) = self.watched(|| self.guard_holds(scope, shared, current));
                vary |= varies;
                all = match (all, holds) {
                    (_, Some(false)) => Some(false),
                    (Some(true), holds) => holds,
                    (undecided, _) => undecided,
                };
            }
            self.keep(shared, vary, |known| known.chains.insert((current, type_checking), all));
        }
        all
    }

    fn guard_holds(&self, scope: &Scope<'a>, shared: &Rc<Shared<'a>>, guard: u32) -> Option<bool> {
        let key = (guard, self.type_checking.get());
        if let Some(known) = self.known(shared, |known| known.guards.get(&key).copied()) {
            return known;
        }
        // A condition that depends on itself is undecided.
        self.keep(shared, true, |known| known.guards.insert(key, None));
        let (holds, varies) = self.watched(|| match shared.body.guards[guard as usize] {
            Guard::Test(test, wanted, at) => self.truth_of(test, &scope.at(at)).map(|truth| truth == wanted),
            Guard::Succeeds(attempt, at) => Some(!self.import_fails(attempt, &scope.at(at))),
            Guard::Fails(attempt, at) => Some(self.import_fails(attempt, &scope.at(at))),
            Guard::Case => None,
        });
        self.keep(shared, varies, |known| known.guards.insert(key, holds));
        holds
    }

    /// Python's truth value of an expression, if it is decided.
    pub(super) fn truth_of(&self, test: &'a Expr, scope: &Scope<'a>) -> Option<bool> {
        self.eval(test, scope).truth()
    }

    /// Whether an import in the body of a `try` is known to fail, and a handler catches the error.
    fn import_fails(&self, attempt: &'a StmtTry, scope: &Scope<'a>) -> bool {
        let takes_import_errors = attempt.handlers.iter().any(|ExceptHandler::ExceptHandler(handler)| {
            handler.type_.as_deref().is_none_or(|kind| {
                let text = scope.source_of(kind, self);
                ["ImportError", "ModuleNotFoundError", "Exception", "BaseException"].iter().any(|name| text.contains(name))
            })
        });
        takes_import_errors && attempt.body.iter().any(|stmt| self.is_failing_import(stmt, scope))
    }

    /// The value to which one entry binds a name.
    fn event(&self, scope: &Scope<'a>, shared: &Rc<Shared<'a>>, entry: u32, name: &str) -> Option<Value<'a>> {
        if let Some(known) = self.known(shared, |known| known.names.get(&Key(entry, name)).cloned()) {
            return Some(known);
        }
        let stmt = shared.body.entries[entry as usize].stmt;
        let running = Rc::as_ptr(shared) as usize;
        // A star import that is already being evaluated, or that is nested too deeply, contributes nothing.
        let star = shared.body.stars.binary_search(&entry).is_ok();
        let is_running = |(scope, other, known): &(usize, u32, Rc<str>)| (*scope, *other, &**known) == (running, entry, name);
        if self.active.borrow().iter().any(is_running) {
            self.cuts.set(self.cuts.get() + 1);
            if star {
                return None;
            }
            return Some(self.unknown(stmt, scope, format!("`{name}` refers to itself")));
        }
        let kept: Rc<str> = Rc::from(name);
        self.active.borrow_mut().push((running, entry, Rc::clone(&kept)));
        let cuts = self.cuts.get();
        let (value, varies) = self.watched(|| match self.enter() {
            Some(_guard) => self.bind(stmt, name, &scope.at(entry)),
            None if star => None,
            None => Some(self.unknown(stmt, scope, "it takes too many steps to compute")),
        });
        self.active.borrow_mut().pop();
        // A result that was found while a cycle was cut is only valid for the lookup that started the cycle.
        let whole = self.cuts.get() == cuts || self.active.borrow().is_empty();
        if let Some(value) = &value
            && whole
            && !self.type_checking.get()
        {
            self.keep(shared, varies, |known| known.names.insert((entry, kept), value.clone()));
        }
        value
    }

    /// A cached result of a scope, for all environments or for the current one.
    fn known<T>(&self, shared: &Shared<'a>, find: impl Fn(&Known<'a>) -> Option<T>) -> Option<T> {
        if let Some(settled) = find(&shared.settled.borrow()) {
            return Some(settled);
        }
        let varying = shared.varying.borrow();
        let found = if varying.0 == self.environment_number.get() { find(&varying.1) } else { None };
        if found.is_some() {
            self.asked_environment.set(true);
        }
        found
    }

    /// Caches a result of a scope; if it `varies`, for the current environment only.
    fn keep<T>(&self, shared: &Rc<Shared<'a>>, varies: bool, put: impl FnOnce(&mut Known<'a>) -> T) {
        if !shared.is_registered.replace(true) {
            self.cycles.scope(shared);
        }
        if !varies {
            put(&mut shared.settled.borrow_mut());
            return;
        }
        let mut varying = shared.varying.borrow_mut();
        let number = self.environment_number.get();
        if varying.0 != number {
            *varying = (number, Known::default());
        }
        put(&mut varying.1);
    }

    /// Runs `evaluate`, and returns whether its result depends on the environment.
    fn watched<T>(&self, evaluate: impl FnOnce() -> T) -> (T, bool) {
        let before = self.asked_environment.replace(false);
        let result = evaluate();
        let asked = self.asked_environment.get();
        self.asked_environment.set(before || asked);
        (result, asked)
    }

    /// The value to which the statement at `entry` of `scope` binds a name.
    pub(super) fn lookup_entry(&self, scope: &Scope<'a>, entry: u32, name: &str) -> Option<Value<'a>> {
        self.event(scope, scope.shared()?, entry, name)
    }

    /// The value to which `stmt` binds `name` when it runs in `scope`.
    fn bind(&self, stmt: &'a Stmt, name: &str, scope: &Scope<'a>) -> Option<Value<'a>> {
        match stmt {
            Stmt::FunctionDef(def) => Some(self.function(def, scope)),
            Stmt::ClassDef(def) => Some(self.class(def, scope)),
            Stmt::Import(import) => self.import(import, name, scope),
            Stmt::ImportFrom(import) => self.import_from(import, name, scope),
            Stmt::TypeAlias(alias) => Some(self.type_alias(alias, scope)),
            Stmt::Assign(assign) if assign.targets.iter().all(Expr::is_name_expr) => {
                Some(self.eval_named(&assign.value, name, scope))
            }
            Stmt::AnnAssign(assign) if assign.target.is_name_expr() => {
                assign.value.as_deref().map(|value| self.eval_named(value, name, scope))
            }
            _ => self.replay(stmt, name, scope),
        }
    }

    /// Runs a statement in a new frame, and reads the name from there.
    fn replay(&self, stmt: &'a Stmt, name: &str, scope: &Scope<'a>) -> Option<Value<'a>> {
        let frame = Scope::frame(scope, HashMap::new());
        self.run(std::slice::from_ref(stmt), &frame);
        let variables = frame.variables()?.borrow();
        variables.get(name).cloned()
    }
}

/// The entries before a point of execution that may bind a name, last first: those that mention it, and the star imports.
struct Before<'s> {
    named: &'s [u32],
    stars: &'s [u32],
}

impl<'s> Before<'s> {
    fn of(shared: &'s Shared<'_>, name: &str, moment: u32) -> Self {
        let until = |entries: &'s [u32]| &entries[..entries.partition_point(|&entry| entry < moment)];
        Self { named: until(shared.body.events.get(name).map_or(&[], Vec::as_slice)), stars: until(&shared.body.stars) }
    }
}

impl Iterator for Before<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let last = if self.stars.last() > self.named.last() { &mut self.stars } else { &mut self.named };
        let (entry, rest) = last.split_last()?;
        *last = rest;
        Some(*entry)
    }
}
