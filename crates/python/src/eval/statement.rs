//! Runs statements: function bodies, and single statements that are replayed to find what they bind.

use std::rc::Rc;

use hashbrown::HashMap;
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFor, StmtIf, StmtWhile};

use super::{Evaluator, Scope};
use crate::body::MUTATORS;
use crate::eval::value::Value;

/// How a list of statements ended.
pub(super) enum Flow<'a> {
    /// It reached its end.
    Next,
    /// `return`
    Return(Value<'a>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// It is undecided, or raised an exception.
    Lost(Value<'a>),
}

impl<'a> Evaluator<'a> {
    /// Runs statements in a frame.
    pub(super) fn run(&self, statements: &'a [Stmt], frame: &Scope<'a>) -> Flow<'a> {
        for stmt in statements {
            let Some(_guard) = self.enter() else {
                return Flow::Lost(self.unknown(stmt, frame, "it takes too many steps to compute"));
            };
            match self.step(stmt, frame) {
                Flow::Next => {}
                other => return other,
            }
        }
        Flow::Next
    }

    fn step(&self, stmt: &'a Stmt, frame: &Scope<'a>) -> Flow<'a> {
        match stmt {
            Stmt::Return(result) => Flow::Return(result.value.as_deref().map_or(Value::None, |value| self.eval(value, frame))),
            Stmt::Assign(assign) => {
                let value = self.eval(&assign.value, frame);
                assign.targets.iter().for_each(|target| self.assign(target, value.clone(), frame));
                Flow::Next
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let value = self.eval(value, frame);
                    self.assign(&assign.target, value, frame);
                }
                Flow::Next
            }
            Stmt::AugAssign(assign) => {
                let before = self.eval(&assign.target, frame);
                let by = self.eval(&assign.value, frame);
                let after = match (&before, &by) {
                    (Value::List(items), more) if assign.op == ruff_python_ast::Operator::Add => {
                        self.iterate(more).map(|more| Value::List(Rc::new([items.as_slice(), &more].concat())))
                    }
                    _ => self.binary(&before, assign.op, &by),
                };
                let after = after.filter(|after| !self.is_too_large(after));
                let after = after.unwrap_or_else(|| self.unknown(stmt, frame, "it is only known at run time"));
                self.assign(&assign.target, after, frame);
                Flow::Next
            }
            Stmt::FunctionDef(def) => {
                let function = self.function(def, frame);
                self.set(&def.name, function, frame);
                Flow::Next
            }
            Stmt::ClassDef(def) => {
                let class = self.class(def, frame);
                self.set(&def.name, class, frame);
                Flow::Next
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name =
                        alias.asname.as_ref().map_or_else(|| alias.name.split('.').next().unwrap_or_default(), |n| n.as_str());
                    if let Some(value) = self.import(import, name, frame) {
                        self.set(name, value, frame);
                    }
                }
                Flow::Next
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    if let Some(value) = self.import_from(import, name, frame) {
                        self.set(name, value, frame);
                    }
                }
                Flow::Next
            }
            Stmt::Delete(delete) => {
                delete.targets.iter().for_each(|target| self.delete(target, frame));
                Flow::Next
            }
            Stmt::Expr(expression) => {
                self.effect(&expression.value, frame);
                Flow::Next
            }
            Stmt::If(branch) => self.branch(branch, frame),
            Stmt::For(each) => self.each(each, frame),
            Stmt::While(each) => self.repeat(each, frame),
            Stmt::With(with) => self.run(&with.body, frame),
            Stmt::Try(attempt) => {
                let fails = attempt.body.iter().any(|stmt| self.is_failing_import(stmt, frame));
                let flow = match (fails, attempt.handlers.first()) {
                    (true, Some(ExceptHandler::ExceptHandler(handler))) => self.run(&handler.body, frame),
                    _ => match self.run(&attempt.body, frame) {
                        Flow::Next => self.run(&attempt.orelse, frame),
                        other => other,
                    },
                };
                match self.run(&attempt.finalbody, frame) {
                    Flow::Next => flow,
                    other => other,
                }
            }
            Stmt::Break(_) => Flow::Break,
            Stmt::Continue(_) => Flow::Continue,
            Stmt::Raise(_) => Flow::Lost(self.unknown(stmt, frame, "it raises an exception")),
            Stmt::Match(_) => Flow::Lost(self.unknown(stmt, frame, "`match` is only known at run time")),
            Stmt::Pass(_)
            | Stmt::Assert(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::TypeAlias(_)
            | Stmt::IpyEscapeCommand(_) => Flow::Next,
        }
    }

    fn branch(&self, branch: &'a StmtIf, frame: &Scope<'a>) -> Flow<'a> {
        let mut arms: Vec<(Option<&'a Expr>, &'a [Stmt])> = vec![(Some(&branch.test), &branch.body)];
        arms.extend(branch.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), clause.body.as_slice())));
        for (at, (test, body)) in arms.iter().enumerate() {
            match test.map_or(Some(true), |test| self.truth_of(test, frame)) {
                Some(true) => return self.run(body, frame),
                Some(false) => {}
                None => {
                    let rest: Vec<&'a [Stmt]> = arms[at..].iter().map(|(_, body)| *body).collect();
                    let complete = arms.last().is_some_and(|(test, _)| test.is_none());
                    return self.either(&rest, complete, branch, frame);
                }
            }
        }
        Flow::Next
    }

    /// Runs every branch that may run, each from the same state, and keeps the values on which they agree.
    fn either(&self, arms: &[&'a [Stmt]], complete: bool, branch: &'a StmtIf, frame: &Scope<'a>) -> Flow<'a> {
        let Some(variables) = frame.variables() else { return Flow::Next };
        let before = variables.borrow().clone();
        let reason = "it depends on a condition that is only known at run time";
        let mut states = if complete { Vec::new() } else { vec![before.clone()] };
        let mut ends = Vec::new();
        for arm in arms {
            variables.replace(before.clone());
            match self.run(arm, frame) {
                Flow::Next => states.push(variables.borrow().clone()),
                // The program does not continue after a branch that raises.
                Flow::Lost(_) if arm.iter().any(|stmt| matches!(stmt, Stmt::Raise(_))) => {}
                end => ends.push(end),
            }
        }
        if states.is_empty() && ends.len() == 1 {
            return ends.remove(0);
        }
        if let Some(Flow::Return(first)) = ends.first()
            && states.is_empty()
            && ends.iter().all(|end| matches!(end, Flow::Return(value) if value.equals(first) == Some(true)))
        {
            return Flow::Return(first.clone());
        }
        if !ends.is_empty() {
            return Flow::Lost(self.unknown(branch, frame, reason));
        }
        variables.replace(self.agree(&states, branch, frame, reason));
        Flow::Next
    }

    fn agree(
        &self,
        states: &[HashMap<Rc<str>, Value<'a>>],
        branch: &'a StmtIf,
        frame: &Scope<'a>,
        reason: &str,
    ) -> HashMap<Rc<str>, Value<'a>> {
        let mut merged: HashMap<Rc<str>, Value<'a>> = HashMap::new();
        let names: Vec<Rc<str>> = states.iter().flat_map(HashMap::keys).cloned().collect();
        for name in names {
            let mut values = states.iter().map(|state| state.get(&name));
            let first = values.next().flatten();
            let same = first.is_some_and(|first| values.all(|value| value.is_some_and(|value| same(value, first))));
            let value = match first {
                Some(first) if same => first.clone(),
                _ => self.unknown(branch, frame, reason),
            };
            merged.insert(name, value);
        }
        merged
    }

    fn each(&self, each: &'a StmtFor, frame: &Scope<'a>) -> Flow<'a> {
        let Some(items) = self.iterate(&self.eval(&each.iter, frame)) else {
            self.lose(&each.body, frame, "it is bound in a loop over values only known at run time");
            return Flow::Next;
        };
        for item in items {
            let Some(_guard) = self.enter() else {
                return Flow::Lost(self.unknown(each, frame, "it takes too many steps to compute"));
            };
            self.assign(&each.target, item, frame);
            match self.run(&each.body, frame) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Flow::Next,
                other => return other,
            }
        }
        self.run(&each.orelse, frame)
    }

    fn repeat(&self, each: &'a StmtWhile, frame: &Scope<'a>) -> Flow<'a> {
        const LONGEST: usize = 1_000;
        for _ in 0..LONGEST {
            match self.truth_of(&each.test, frame) {
                Some(true) => match self.run(&each.body, frame) {
                    Flow::Next | Flow::Continue => {}
                    Flow::Break => return Flow::Next,
                    other => return other,
                },
                Some(false) => return self.run(&each.orelse, frame),
                None => break,
            }
        }
        self.lose(&each.body, frame, "it is bound in a loop that is only known at run time");
        Flow::Next
    }

    /// Makes everything that the statements bind unknown.
    fn lose(&self, statements: &'a [Stmt], frame: &Scope<'a>, reason: &str) {
        let body = crate::body::Body::new(statements);
        for name in body.events.keys() {
            if let Some(stmt) = statements.first() {
                self.set(name, self.unknown(stmt, frame, reason), frame);
            }
        }
    }

    fn set(&self, name: &str, value: Value<'a>, frame: &Scope<'a>) {
        if let Some(variables) = frame.variables() {
            self.cycles.frame(&frame.0);
            variables.borrow_mut().insert(Rc::from(name), value);
        }
    }

    /// Assigns to a name, an element, a class attribute, or several targets.
    pub(super) fn assign(&self, target: &'a Expr, value: Value<'a>, frame: &Scope<'a>) {
        match target {
            Expr::Name(name) => self.set(name.id.as_str(), value, frame),
            Expr::Tuple(_) | Expr::List(_) => self.unpack(target, &value, frame),
            Expr::Subscript(subscript) => {
                let container = self.eval(&subscript.value, frame);
                let key = self.eval(&subscript.slice, frame);
                let changed = match (&container, &key) {
                    (Value::Dict(items), key) => {
                        let mut items = items.to_vec();
                        super::expression::insert(&mut items, key.clone(), value);
                        Value::Dict(Rc::new(items))
                    }
                    (Value::List(items), Value::Int(at)) => {
                        let mut items = items.to_vec();
                        if let Some(item) = usize::try_from(*at).ok().and_then(|at| items.get_mut(at)) {
                            *item = value;
                        }
                        Value::List(Rc::new(items))
                    }
                    _ => return,
                };
                let changed = if self.is_too_large(&changed) {
                    self.unknown(target, frame, "its value is too large to compute")
                } else {
                    changed
                };
                self.assign(&subscript.value, changed, frame);
            }
            Expr::Attribute(attribute) => {
                let object = self.eval(&attribute.value, frame);
                if let Value::Class(class) = &object {
                    self.cycles.class(class);
                    class.attributes.borrow_mut().push((Rc::from(attribute.attr.as_str()), value));
                }
                if let Expr::Name(name) = attribute.value.as_ref() {
                    self.set(name.id.as_str(), object, frame);
                }
            }
            _ => {}
        }
    }

    fn unpack(&self, target: &'a Expr, value: &Value<'a>, frame: &Scope<'a>) {
        let (Expr::Tuple(ruff_python_ast::ExprTuple { elts, .. }) | Expr::List(ruff_python_ast::ExprList { elts, .. })) =
            target
        else {
            return;
        };
        let items = self.iterate(value);
        let starred = elts.iter().position(Expr::is_starred_expr);
        for (at, element) in elts.iter().enumerate() {
            let part = match (&items, starred) {
                (Some(items), None) => items.get(at).cloned(),
                (Some(items), Some(star)) if at < star => items.get(at).cloned(),
                (Some(items), Some(star)) if at == star => {
                    let end = items.len().saturating_sub(elts.len() - star - 1);
                    Some(Value::List(Rc::new(items.get(star..end).unwrap_or_default().to_vec())))
                }
                (Some(items), Some(_)) => (items.len() + at).checked_sub(elts.len()).and_then(|at| items.get(at).cloned()),
                (None, _) => None,
            };
            let part = part.unwrap_or_else(|| self.unknown(element, frame, "it is only known at run time"));
            let element = if let Expr::Starred(starred) = element { starred.value.as_ref() } else { element };
            self.assign(element, part, frame);
        }
    }

    fn delete(&self, target: &'a Expr, frame: &Scope<'a>) {
        if let Expr::Subscript(subscript) = target
            && let Value::Dict(items) = self.eval(&subscript.value, frame)
        {
            let key = self.eval(&subscript.slice, frame);
            let kept = items.iter().filter(|(known, _)| known.equals(&key) != Some(true)).cloned().collect();
            self.assign(&subscript.value, Value::Dict(Rc::new(kept)), frame);
        }
    }

    /// Runs an expression for its side effect: `names.append(x)`.
    fn effect(&self, expression: &'a Expr, frame: &Scope<'a>) {
        if let Expr::Call(call) = expression
            && let Expr::Attribute(method) = call.func.as_ref()
            && MUTATORS.contains(&method.attr.as_str())
        {
            let receiver = self.eval(&method.value, frame);
            let (positional, keywords, _) = self.arguments(&call.arguments, frame);
            let changed = super::method::changed(self, &receiver, &method.attr, &positional, &keywords);
            let changed = changed.filter(|changed| !self.is_too_large(changed)).unwrap_or_else(|| match receiver {
                Value::List(_) | Value::Dict(_) | Value::Set(_) => {
                    self.unknown(expression, frame, "it is only known at run time")
                }
                other => other,
            });
            self.assign(&method.value, changed, frame);
        } else {
            self.eval(expression, frame);
        }
    }
}

fn same<'a>(a: &Value<'a>, b: &Value<'a>) -> bool {
    match (a, b) {
        (Value::Dict(a), Value::Dict(b)) if Rc::ptr_eq(a, b) => true,
        (Value::List(a), Value::List(b)) if Rc::ptr_eq(a, b) => true,
        (Value::Call(a), Value::Call(b)) if Rc::ptr_eq(a, b) => true,
        (Value::Dict(a), Value::Dict(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(x, y)| same(&x.0, &y.0) && same(&x.1, &y.1))
        }
        (Value::Unknown(a), Value::Unknown(b)) => a == b,
        _ => a.equals(b) == Some(true),
    }
}
