//! Calls.

use std::rc::Rc;

use hashbrown::HashMap;
use ruff_python_ast::{Arguments, Expr, ExprCall, Parameters};

use super::parent::SUPER;
use super::statement::Flow;
use super::{Evaluator, Scope};
use crate::eval::value::{Call, Class, Code, Function, Unknown, Value};
use takk_model::Place;

/// The source and place of a call, for a result that is represented by the call.
pub(super) struct Site {
    pub source: Rc<str>,
    pub place: Place,
}

/// Positional arguments, keyword arguments, and whether some could not be expanded.
pub(super) type Given<'a> = (Vec<Value<'a>>, Vec<(Rc<str>, Value<'a>)>, bool);

impl<'a> Evaluator<'a> {
    /// Evaluates a call expression.
    pub(super) fn call(&self, call: &'a ExprCall, whole: &'a Expr, scope: &Scope<'a>) -> Value<'a> {
        let callee = self.eval(&call.func, scope);
        let (positional, keywords, partial) = self.arguments(&call.arguments, scope);
        if let Value::Unknown(_) = callee {
            return self.unknown(whole, scope, "the function that it calls is unknown");
        }
        let site = Site { source: Rc::from(self.source(whole, scope)), place: self.place(whole, scope) };
        if partial && !matches!(callee, Value::External(_) | Value::Class(_)) {
            return self.unknown(whole, scope, "its arguments are only known at run time");
        }
        if partial {
            return Value::Call(Rc::new(Call {
                callee,
                positional,
                keywords,
                partial,
                source: site.source,
                place: site.place,
            }));
        }
        match self.apply(&callee, positional, keywords, Some(&site)) {
            Some(value) => value,
            None => self.unknown(whole, scope, "it is only known at run time"),
        }
    }

    /// Evaluates arguments, and expands `*` and `**` where they are decided.
    pub(super) fn arguments(&self, arguments: &'a Arguments, scope: &Scope<'a>) -> Given<'a> {
        let (mut positional, mut keywords, mut partial) = (Vec::new(), Vec::new(), false);
        for argument in &arguments.args {
            if let Expr::Starred(starred) = argument {
                match self.iterate(&self.eval(&starred.value, scope)) {
                    Some(items) => positional.extend(items),
                    None => partial = true,
                }
            } else {
                positional.push(self.eval(argument, scope));
            }
        }
        for keyword in &arguments.keywords {
            let value = self.eval(&keyword.value, scope);
            match (&keyword.arg, value) {
                (Some(name), value) => keywords.push((Rc::from(name.as_str()), value)),
                (None, Value::Dict(items)) => {
                    for (key, value) in items.iter() {
                        match key.as_str() {
                            Some(key) => keywords.push((Rc::from(key), value.clone())),
                            None => partial = true,
                        }
                    }
                }
                (None, _) => partial = true,
            }
        }
        (positional, keywords, partial)
    }

    /// The result of calling `callee`. `None`: undecided.
    pub(super) fn apply(
        &self,
        callee: &Value<'a>,
        positional: Vec<Value<'a>>,
        keywords: Vec<(Rc<str>, Value<'a>)>,
        site: Option<&Site>,
    ) -> Option<Value<'a>> {
        match callee {
            Value::Function(function) => Some(self.call_function(function, positional, keywords, site)),
            Value::Method(method) => match &method.function {
                Some(function) => {
                    let mut all = vec![method.receiver.clone()];
                    all.extend(positional);
                    Some(self.call_method(function, method.owner.as_ref(), all, keywords, site))
                }
                None if &*method.name == SUPER => super::parent::parent(method, &positional, site),
                None => super::method::call(self, &method.receiver, &method.name, &positional, &keywords),
            },
            Value::External(path) => self.call_external(path, positional, keywords, site),
            Value::Class(class) if self.is_enum(class) && keywords.is_empty() => {
                let wanted = positional.first()?;
                self.members(class).iter().find(|member| member.value.equals(wanted) == Some(true)).cloned().map(Value::Member)
            }
            Value::Class(class) if positional.is_empty() && self.is_dictionary(class) => {
                Some(Value::Dict(Rc::new(keywords.into_iter().map(|(key, value)| (Value::Str(key), value)).collect())))
            }
            Value::Call(inner) if matches!(&inner.callee, Value::External(path) if &**path == "functools.partial") => {
                let (target, first) = inner.positional.split_first()?;
                let positional = [first, &positional].concat();
                let mut merged = inner.keywords.clone();
                merged.retain(|(name, _)| !keywords.iter().any(|(given, _)| given == name));
                merged.extend(keywords);
                self.apply(target, positional, merged, site)
            }
            Value::Class(_) | Value::Subscript(_) | Value::Attribute(_) => {
                Some(known_by_call(callee, positional, keywords, site))
            }
            Value::Call(_) => None,
            _ => None,
        }
    }

    /// The result of calling a value with these arguments. `None`: undecided.
    pub fn result_of(&self, callee: &Value<'a>, positional: Vec<Value<'a>>) -> Option<Value<'a>> {
        let _guard = self.enter()?;
        self.apply(callee, positional, Vec::new(), None).filter(|value| !value.is_unknown())
    }

    /// Like [`Self::result_of`], with keyword arguments; an undecided result is returned as an unknown value.
    pub fn result_with(
        &self,
        callee: &Value<'a>,
        positional: Vec<Value<'a>>,
        keywords: Vec<(Rc<str>, Value<'a>)>,
    ) -> Value<'a> {
        let lost = || {
            let (expression, reason) = ("a call".to_owned(), "it is only known at run time".to_owned());
            Value::Unknown(Rc::new(Unknown { expression, reason, place: Place::new("", 1, 1), import: None }))
        };
        let Some(_guard) = self.enter() else { return lost() };
        self.apply(callee, positional, keywords, None).unwrap_or_else(lost)
    }

    /// The result of calling a function. Its body is evaluated unless it is asynchronous, or a decorator changes it.
    pub(super) fn call_function(
        &self,
        function: &Rc<Function<'a>>,
        positional: Vec<Value<'a>>,
        keywords: Vec<(Rc<str>, Value<'a>)>,
        site: Option<&Site>,
    ) -> Value<'a> {
        self.call_method(function, None, positional, keywords, site)
    }

    /// Like [`Self::call_function`], for a function in the body of the class `owner`, where `super()` has a meaning.
    pub(super) fn call_method(
        &self,
        function: &Rc<Function<'a>>,
        owner: Option<&Rc<Class<'a>>>,
        positional: Vec<Value<'a>>,
        keywords: Vec<(Rc<str>, Value<'a>)>,
        site: Option<&Site>,
    ) -> Value<'a> {
        let subject = positional.first().cloned();
        let lost = |reason: &str| {
            Value::Unknown(Rc::new(Unknown {
                expression: site.map_or_else(|| format!("{}()", function.name), |site| site.source.to_string()),
                reason: reason.to_owned(),
                place: site.map_or_else(|| function.place.clone(), |site| site.place.clone()),
                import: None,
            }))
        };
        if function.is_async || function.decorated {
            return lost("the return value is only known at run time");
        }
        let Some(_guard) = self.enter() else { return lost("it takes too many steps to compute") };
        let Some(mut variables) = self.bind_parameters(function, positional, keywords) else {
            return lost("its arguments do not match the function");
        };
        if let (Some(owner), Some(subject)) = (owner, subject) {
            variables.insert(Rc::from(SUPER), super::parent::of(owner, subject));
        }
        let prefix = Rc::from(format!("{}.<locals>.", function.name));
        let frame = Scope::frame_named(&function.scope, variables, prefix);
        match function.code {
            Code::Expression(body) => self.eval(body, &frame),
            Code::Statements(body) => match self.run(body, &frame) {
                Flow::Return(value) => value,
                Flow::Lost(Value::Unknown(unknown)) => lost(&unknown.reason),
                Flow::Lost(value) => value,
                Flow::Next | Flow::Break | Flow::Continue => Value::None,
            },
        }
    }

    pub(super) fn bind_parameters(
        &self,
        function: &Function<'a>,
        positional: Vec<Value<'a>>,
        mut keywords: Vec<(Rc<str>, Value<'a>)>,
    ) -> Option<HashMap<Rc<str>, Value<'a>>> {
        let mut variables = HashMap::new();
        let Some(parameters): Option<&'a Parameters> = function.parameters else {
            return (positional.is_empty() && keywords.is_empty()).then_some(variables);
        };
        let mut given = positional.into_iter();
        let mut by_name = |name: &str| keywords.iter().position(|(key, _)| &**key == name).map(|at| keywords.remove(at).1);
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            let name = parameter.parameter.name.as_str();
            let default = || parameter.default.as_deref().map(|default| self.eval(default, &function.scope));
            let value = given.next().or_else(|| by_name(name)).or_else(default)?;
            variables.insert(Rc::from(name), value);
        }
        for parameter in &parameters.kwonlyargs {
            let name = parameter.parameter.name.as_str();
            let default = || parameter.default.as_deref().map(|default| self.eval(default, &function.scope));
            let value = by_name(name).or_else(default)?;
            variables.insert(Rc::from(name), value);
        }
        let rest: Vec<Value<'a>> = given.collect();
        match &parameters.vararg {
            Some(name) => {
                variables.insert(Rc::from(name.name.as_str()), Value::Tuple(Rc::new(rest)));
            }
            None if !rest.is_empty() => return None,
            None => {}
        }
        match &parameters.kwarg {
            Some(name) => {
                let items = keywords.into_iter().map(|(key, value)| (Value::Str(key), value)).collect();
                variables.insert(Rc::from(name.name.as_str()), Value::Dict(Rc::new(items)));
            }
            None if !keywords.is_empty() => return None,
            None => {}
        }
        Some(variables)
    }
}

/// A result that is represented by its call.
pub(super) fn known_by_call<'a>(
    callee: &Value<'a>,
    positional: Vec<Value<'a>>,
    keywords: Vec<(Rc<str>, Value<'a>)>,
    site: Option<&Site>,
) -> Value<'a> {
    Value::Call(Rc::new(Call {
        callee: callee.clone(),
        positional,
        keywords,
        partial: false,
        source: site.map_or_else(|| Rc::from(""), |site| Rc::clone(&site.source)),
        place: site.map_or_else(|| Place::new("", 1, 1), |site| site.place.clone()),
    }))
}
