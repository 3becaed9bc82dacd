//! How the configuration of a model affects the types in it: `str_min_length`, `strict`, `allow_inf_nan` and the like. Each model has its
//! own; nested models inherit nothing.

use super::config::ModelConfig;
use super::rules_version::RulesVersion;
use takk_model::{Constraints, EnumMixin, ValueType};
use takk_python::Value;

/// The effect of a configuration on types. A key that is only known at run time leaves its effects uncertain.
#[expect(clippy::struct_excessive_bools, reason = "each is a key or a version of its own")]
#[derive(Clone, Default)]
pub(super) struct ConfigRules {
    text: Constraints,
    /// Whether constraints on strings also apply to string enums.
    enums_are_texts: bool,
    allow_inf_nan: Option<bool>,
    /// Whether values are converted.
    strict: Option<bool>,
    /// Whether names without a field are rejected.
    extra: Option<String>,
    validates_defaults: bool,
    /// Why strings are uncertain.
    text_doubt: Option<String>,
    /// Why floats and decimals are uncertain.
    float_doubt: Option<String>,
    /// Why bytes are uncertain.
    bytes_doubt: Option<String>,
    /// Why times are uncertain.
    time_doubt: Option<String>,
    /// Why all types are uncertain.
    doubt: Option<String>,
    /// Whether pydantic 1 applies, where fewer keys affect types.
    is_first: bool,
    /// Whether it affects no type.
    is_silent: bool,
}

impl ConfigRules {
    pub(super) fn of(config: &ModelConfig<'_>, version: &RulesVersion) -> Self {
        let is_first = version.is_pydantic_v1();
        let mut rules = Self { enums_are_texts: version.enums_are_texts() && !is_first, is_first, ..Self::default() };
        let truth = |key: &str, doubt: &mut Option<String>| match config.value(key) {
            None | Some(Value::None) => None,
            Some(Value::Bool(truth)) => Some(*truth),
            Some(_) => {
                *doubt = Some(undecided(key));
                None
            }
        };
        let key = |newer: &'static str, first: &'static str| if is_first { first } else { newer };
        rules.text.strip_whitespace = truth(key("str_strip_whitespace", "anystr_strip_whitespace"), &mut rules.text_doubt);
        rules.allow_inf_nan = truth("allow_inf_nan", &mut rules.float_doubt);
        if !is_first {
            rules.text.coerce_numbers = truth("coerce_numbers_to_str", &mut rules.text_doubt);
            rules.strict = truth("strict", &mut rules.doubt);
        }
        let mut length = |key: &str| match config.value(key) {
            None | Some(Value::None) => None,
            Some(Value::Int(length)) => u64::try_from(*length).ok(),
            Some(_) => {
                rules.text_doubt = Some(undecided(key));
                None
            }
        };
        rules.text.min_length = length(key("str_min_length", "min_anystr_length")).filter(|least| *least > 0);
        rules.text.max_length = length(key("str_max_length", "max_anystr_length"));
        if is_first {
            return rules.settled();
        }
        match config.value("regex_engine") {
            None | Some(Value::None) => {}
            Some(engine) => match engine.as_str() {
                Some(engine) => rules.text.python_pattern = (engine == "python-re").then_some(true),
                None => rules.text_doubt = Some(undecided("regex_engine")),
            },
        }
        let other_than = |key: &str, usual: &str| {
            let given = config.value(key).filter(|value| !matches!(value, Value::None))?;
            (given.as_str() != Some(usual)).then(|| format!("`{key}` is set"))
        };
        rules.extra = config.text("extra").map(str::to_owned);
        rules.validates_defaults = matches!(config.value("validate_default"), Some(Value::Bool(true)));
        rules.bytes_doubt = other_than("val_json_bytes", "utf8");
        rules.time_doubt = other_than("val_temporal_unit", "infer");
        rules.settled()
    }

    /// Most configurations do not affect types, which is checked only once.
    fn settled(self) -> Self {
        let doubts = [&self.text_doubt, &self.float_doubt, &self.bytes_doubt, &self.time_doubt, &self.doubt];
        let is_silent = self.text.is_empty()
            && self.allow_inf_nan.is_none()
            && self.strict.is_none()
            && doubts.into_iter().all(Option::is_none);
        Self { is_silent, ..self }
    }

    /// The same, but with conversion of texts regardless of `strict`.
    #[must_use]
    pub(super) fn lax(&self) -> Self {
        Self { strict: None, ..self.clone() }.settled()
    }

    pub(super) fn is_strict(&self) -> bool {
        self.strict == Some(true)
    }

    /// What happens to names without a field, in a class that inherits these rules from the enclosing model.
    pub(super) fn extra(&self) -> Option<&str> {
        self.extra.as_deref()
    }

    /// Whether a class with these rules validates its defaults.
    pub(super) fn validates_defaults(&self) -> bool {
        self.validates_defaults
    }

    /// Applies the configuration to a type. The type's own constraints take precedence.
    pub(super) fn on(&self, of: ValueType) -> ValueType {
        if self.is_silent {
            return of;
        }
        match of {
            ValueType::Constrained(own, inner) => match self.doubt_about(&inner) {
                Some(doubt) => inner.preceded(doubt),
                None => constrained(own.or(self.constraints(&inner)), *inner),
            },
            ValueType::Secret(inner) => match self.on(*inner) {
                ValueType::Unchecked(reason) => ValueType::Unchecked(reason),
                inner => ValueType::Secret(Box::new(inner)),
            },
            ValueType::Union(members) => ValueType::Union(members.into_iter().map(|member| self.on(member)).collect()),
            other => match self.doubt_about(&other) {
                Some(doubt) => other.preceded(doubt),
                None => constrained(self.constraints(&other), other),
            },
        }
    }

    fn constraints(&self, of: &ValueType) -> Constraints {
        use ValueType as T;
        match of {
            T::Str | T::Bytes if self.is_first => self.text.clone(),
            T::Float if self.is_first => Constraints { allow_inf_nan: self.allow_inf_nan, ..Constraints::default() },
            _ if self.is_first => Constraints::default(),
            T::Str => Constraints { strict: self.strict, ..self.text.clone() },
            T::Path => Constraints {
                strict: self.strict,
                strip_whitespace: self.text.strip_whitespace,
                min_length: self.text.min_length,
                max_length: self.text.max_length,
                ..Constraints::default()
            },
            T::Float | T::Decimal => {
                Constraints { strict: self.strict, allow_inf_nan: self.allow_inf_nan, ..Constraints::default() }
            }
            T::Int | T::Bool | T::Bytes | T::Uuid(_) | T::Enum(_) | T::Date | T::DateTime | T::Time | T::TimeDelta => {
                self.strictness()
            }
            T::List(_) | T::Set(_) | T::FrozenSet(_) | T::Tuple(_) | T::TupleOf(_) => self.strictness(),
            _ => Constraints::default(),
        }
    }

    fn strictness(&self) -> Constraints {
        Constraints { strict: self.strict, ..Constraints::default() }
    }

    fn doubt_about(&self, of: &ValueType) -> Option<String> {
        use ValueType as T;
        let own = match of {
            T::Str | T::Path => &self.text_doubt,
            T::Email | T::NameEmail if self.text != Constraints::default() => {
                &Some("the configuration changes strings".to_owned())
            }
            T::Enum(rule)
                if rule.mixin == Some(EnumMixin::Str) && self.enums_are_texts && self.text != Constraints::default() =>
            {
                &Some("the configuration changes strings".to_owned())
            }
            T::Email | T::NameEmail => &self.text_doubt,
            T::Float | T::Decimal => &self.float_doubt,
            T::Bytes => &self.bytes_doubt,
            T::Date | T::DateTime | T::Time | T::TimeDelta => &self.time_doubt,
            // Even strict URL types accept strings, and the content of `Json` is not converted.
            T::Json(of) if **of == T::Any => &None,
            T::Ip(_) | T::ByteSize | T::Pattern | T::Json(_) if self.is_strict() => &Some("`strict` is set".to_owned()),
            T::Unchecked(_) | T::Preceded(..) | T::Any | T::None | T::Model(_) => return None,
            _ => &None,
        };
        own.clone().or_else(|| self.doubt.clone())
    }
}

fn constrained(constraints: Constraints, of: ValueType) -> ValueType {
    if constraints.is_empty() { of } else { ValueType::Constrained(Box::new(constraints), Box::new(of)) }
}

fn undecided(key: &str) -> String {
    format!("`{key}` is computed")
}
