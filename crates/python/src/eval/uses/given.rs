//! The arguments of a call.

use std::collections::BTreeMap;
use std::rc::Rc;

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Arguments, Expr, ExprCall, Keyword, Stmt};

use super::Given;
use super::condition::last_name;
use super::tables::{FROM_DICTIONARY, FROM_JSON};
use super::walk::Walk;
use crate::eval::value::Value;

impl<'a> Walk<'_, 'a> {
    pub(super) fn given(&mut self, arguments: &'a Arguments) -> Given<'a> {
        self.given_by(&arguments.keywords)
    }

    pub(super) fn given_by(&mut self, keywords: &'a [Keyword]) -> Given<'a> {
        let mut given = Given::default();
        for keyword in keywords {
            match &keyword.arg {
                Some(name) if name.starts_with('_') => {
                    let value = self.eval(&keyword.value);
                    given.options.push((Rc::from(name.as_str()), value));
                }
                Some(name) => given.fields.push((Rc::from(name.as_str()), is_dictionary(&keyword.value))),
                None => self.opened(&keyword.value, &mut given),
            }
        }
        given
    }

    /// `**values`
    fn opened(&mut self, values: &'a Expr, given: &mut Given<'a>) {
        let Value::Dict(items) = self.eval(values) else {
            given.data |= self.is_data(values);
            return;
        };
        for (key, value) in items.iter() {
            match key.as_str() {
                Some(name) if name.starts_with('_') => given.options.push((Rc::from(name), value.clone())),
                Some(name) => given.fields.push((Rc::from(name), matches!(value, Value::Dict(_)))),
                None => {}
            }
        }
    }

    /// The arguments that a literal passes to a method that validates data: its items become keyword arguments of the class.
    /// The literal is a dictionary or a string of JSON; `None` for anything else. `at` is the position of the data.
    pub(super) fn given_by_data(&mut self, method: &str, call: &'a ExprCall, at: usize) -> Option<Given<'a>> {
        let data = call.arguments.args.get(at).or_else(|| {
            let named = call.arguments.keywords.iter();
            named.filter(|keyword| keyword.arg.as_deref() == Some("obj")).map(|keyword| &keyword.value).next()
        })?;
        if FROM_JSON.contains(&method) {
            let Expr::StringLiteral(text) = data else { return None };
            let items: BTreeMap<String, serde_json::Value> = serde_json::from_str(text.value.to_str()).ok()?;
            let fields = items.iter().map(|(name, value)| (Rc::from(name.as_str()), value.is_object())).collect();
            return Some(Given { fields, ..Given::default() });
        }
        let is_written = match data {
            Expr::Dict(dict) => dict.items.iter().all(|item| item.key.as_ref().is_some_and(Expr::is_string_literal_expr)),
            Expr::Call(made) => {
                last_name(&made.func) == Some("dict")
                    && made.arguments.args.is_empty()
                    && made.arguments.keywords.iter().all(|keyword| keyword.arg.is_some())
            }
            _ => false,
        };
        if !is_written || !FROM_DICTIONARY.contains(&method) {
            return None;
        }
        let mut given = Given::default();
        self.opened(data, &mut given);
        (!given.data).then_some(given)
    }

    /// Whether the values after `**` are data from elsewhere, rather than options that callers may pass.
    fn is_data(&self, values: &'a Expr) -> bool {
        self.comes_from_elsewhere(values, &mut Vec::new())
    }

    /// Like [`Self::is_data`]. `followed` are the names that are being resolved: `options = {**options, "a": 1}` refers to
    /// itself.
    fn comes_from_elsewhere<'n>(&self, values: &'n Expr, followed: &mut Vec<&'n str>) -> bool
    where
        'a: 'n,
    {
        match values {
            Expr::Name(name) => self.is_data_by_name(name.id.as_str(), followed),
            Expr::Dict(dict) => {
                dict.items.iter().any(|item| item.key.is_none() && self.comes_from_elsewhere(&item.value, followed))
            }
            Expr::BoolOp(op) => op.values.iter().any(|value| self.comes_from_elsewhere(value, followed)),
            Expr::If(choice) => {
                self.comes_from_elsewhere(&choice.body, followed) || self.comes_from_elsewhere(&choice.orelse, followed)
            }
            Expr::Call(call) if last_name(&call.func) == Some("dict") => {
                call.arguments.args.iter().any(|argument| self.comes_from_elsewhere(argument, followed))
            }
            _ => true,
        }
    }

    /// The function's own `**options` are not data, since callers usually pass none. Neither is a name to which the function
    /// only assigns dictionaries that are written there.
    fn is_data_by_name<'n>(&self, name: &'n str, followed: &mut Vec<&'n str>) -> bool
    where
        'a: 'n,
    {
        let Some((parameters, body)) = self.innermost_function() else { return true };
        if parameters.is_some_and(|all| all.kwarg.as_deref().is_some_and(|options| options.name.as_str() == name)) {
            return false;
        }
        if followed.contains(&name) {
            return false;
        }
        followed.push(name);
        let mut assigned = Assigned { name, values: Vec::new() };
        assigned.visit_body(body);
        assigned.values.is_empty() || assigned.values.iter().any(|value| self.comes_from_elsewhere(value, followed))
    }
}

fn is_dictionary(value: &Expr) -> bool {
    match value {
        Expr::Dict(_) | Expr::DictComp(_) => true,
        Expr::Call(call) => last_name(&call.func) == Some("dict"),
        _ => false,
    }
}

/// The values that statements assign to a name.
struct Assigned<'n, 'a> {
    name: &'n str,
    values: Vec<&'a Expr>,
}

impl<'a> Visitor<'a> for Assigned<'_, 'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let is_it = |target: &Expr| matches!(target, Expr::Name(name) if name.id.as_str() == self.name);
        match stmt {
            Stmt::Assign(assign) if assign.targets.iter().any(is_it) => self.values.push(&assign.value),
            Stmt::AnnAssign(assign) if is_it(&assign.target) => self.values.extend(assign.value.as_deref()),
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

impl<'a> crate::eval::Evaluator<'a> {
    /// The keyword arguments that the `__init__` of a class, if it defines one, passes to that of pydantic.
    pub fn given_by_init(&self, class: &Rc<crate::eval::value::Class<'a>>) -> Given<'a> {
        use crate::eval::value::Code;
        let Some((function, source)) = self.method(class, "__init__", false) else { return Given::default() };
        let Code::Statements(body) = function.code else { return Given::default() };
        if !source.contains("__init__(") {
            return Given::default();
        }
        let mut calls = InitCalls(Vec::new());
        calls.visit_body(body);
        let names = super::ClassNames::new([]);
        let factories = std::collections::HashSet::new();
        let sought =
            super::Sought { names: &names, counts: &|_| false, factories: &factories, follows: &std::cell::Cell::new(0) };
        let mut given = Given::default();
        for call in calls.0 {
            let mut walk = Walk::new(self, &sought, function.file);
            walk.base = function.scope.clone();
            let here = walk.given(&call.arguments);
            given.fields.extend(here.fields);
            given.options.extend(here.options);
        }
        given
    }
}

/// The calls of `super().__init__(...)`.
struct InitCalls<'a>(Vec<&'a ruff_python_ast::ExprCall>);

impl<'a> Visitor<'a> for InitCalls<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            let of_super = matches!(call.func.as_ref(), Expr::Attribute(method)
                if method.attr.as_str() == "__init__" && matches!(method.value.as_ref(), Expr::Call(_)));
            if of_super {
                self.0.push(call);
            }
        }
        ruff_python_ast::visitor::walk_expr(self, expr);
    }
}
