//! What a field accepts, as structure: enough to validate a text from the environment without the program.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::UrlRule;

/// A type, with constraints, aliases and `Annotated` resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ValueType {
    /// Anything.
    Any,
    /// `None` only.
    None,
    /// `str`
    Str,
    /// `bytes`
    Bytes,
    /// `int`
    Int,
    /// `float`
    Float,
    /// `bool`
    Bool,
    /// `Decimal`
    Decimal,
    /// `UUID`, of one version if the type requires it.
    Uuid(Option<u8>),
    /// `pathlib.Path`
    Path,
    /// `datetime.date`
    Date,
    /// `datetime.time`
    Time,
    /// `datetime.datetime`
    DateTime,
    /// `datetime.timedelta`
    TimeDelta,
    /// `SecretStr`, `SecretBytes`, `Secret[T]`.
    Secret(Box<ValueType>),
    /// `Literal[...]`
    Literal(Vec<Json>),
    /// A class of `enum`.
    Enum(EnumRule),
    /// One of several; `None` among them for `Optional`.
    Union(Vec<ValueType>),
    /// `list[T]`, `Sequence[T]`.
    List(Box<ValueType>),
    /// `set[T]`
    Set(Box<ValueType>),
    /// `frozenset[T]`
    FrozenSet(Box<ValueType>),
    /// `tuple[A, B]`
    Tuple(Vec<ValueType>),
    /// `tuple[T, ...]`
    TupleOf(Box<ValueType>),
    /// `dict[K, V]`, `Mapping[K, V]`.
    Dict(Box<ValueType>, Box<ValueType>),
    /// `Json[T]`
    Json(Box<ValueType>),
    /// A model of pydantic, a dataclass, a `TypedDict` or a `NamedTuple`.
    Model(ModelRule),
    /// The model that many levels up, counted from 0: it is recursive.
    Enclosing(u32),
    /// One of several models, selected by a tag (`Field(discriminator=...)`).
    Tagged(TaggedRule),
    /// An address type of pydantic.
    Url(UrlRule),
    /// `EmailStr`
    Email,
    /// `NameEmail`
    NameEmail,
    /// An address, interface or network of `ipaddress`.
    Ip(IpRule),
    /// `ByteSize`
    ByteSize,
    /// `re.Pattern`
    Pattern,
    /// A type with constraints.
    Constrained(Box<Constraints>, Box<ValueType>),
    /// Values that this type rejects are rejected; only the program knows whether the others are accepted. With the reason.
    Checked(String, Box<ValueType>),
    /// Not decoded as JSON before it is validated (`NoDecode`).
    Undecoded(Box<ValueType>),
    /// An empty text is no value (`env_ignore_empty`).
    EmptyIsUnset(Box<ValueType>),
    /// That text means `None` (`env_parse_none_str`).
    NoneText(String, Box<ValueType>),
    /// A validator runs before the type's own: the type only determines whether a text is decoded as JSON. With the reason.
    Preceded(String, Box<ValueType>),
    /// Texts in unusual forms are not checked: versions of pydantic parse them differently.
    Usual(Box<ValueType>),
    /// By the rules of pydantic 1.
    First(Box<ValueType>),
    /// Other variables are merged with its value (`env_nested_delimiter`).
    Merged(Box<ValueType>),
    /// The variable contains JSON, and the value is the part at that path (`AliasPath`).
    Part(Vec<PathStep>, Box<ValueType>),
    /// A text is converted to the first type before it is validated as the second (`_coerce_env_val_strict`, with `strict`).
    Coerced(Box<ValueType>, Box<ValueType>),
    /// Only the program decides. With the reason.
    Unchecked(String),
}

/// A step of an `AliasPath`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum PathStep {
    /// The item at that index; counted from the end if it is negative.
    Index(i64),
    /// The value of that key.
    Key(String),
}

/// The members of an enum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnumRule {
    /// The type that is mixed in, which determines how a text is converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mixin: Option<EnumMixin>,
    /// The values of its members.
    pub values: Vec<Json>,
    /// Whether it may accept more: `_missing_`, or members whose value is unknown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    /// The names that are accepted for members (`env_parse_enums`), in the order of the values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_name: Vec<String>,
}

/// The type that an enum also is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EnumMixin {
    /// `IntEnum`, `class E(int, Enum)`.
    Int,
    /// `StrEnum`, `class E(str, Enum)`.
    Str,
    /// `class E(float, Enum)`
    Float,
}

/// How one of several models is selected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaggedRule {
    /// The field whose value selects it.
    pub tag: String,
    /// The models.
    pub members: Vec<ValueType>,
}

/// A model as the validator of its fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModelRule {
    /// What kind of class it is.
    #[serde(default, skip_serializing_if = "ModelForm::is_model")]
    pub form: ModelForm,
    /// Its fields.
    pub fields: Vec<ModelField>,
    /// Whether extra names are rejected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forbid_extra: bool,
    /// Whether extra names are kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_extra: bool,
    /// Whether names are case-insensitive (`_replace_field_names_case_insensitively` of pydantic-settings).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ignore_case: bool,
}

/// A field of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModelField {
    /// Its name in Python.
    pub name: String,
    /// The keys under which it is looked up, in order.
    pub keys: Vec<String>,
    /// What it accepts.
    #[serde(rename = "type")]
    pub accepts: ValueType,
    /// Whether it has no default.
    pub required: bool,
    /// Whether a key names something that contains it as a part (`AliasPath`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_part: bool,
}

/// What kind of class has the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ModelForm {
    /// A model of pydantic.
    #[default]
    Model,
    /// A dataclass of pydantic.
    PydanticDataclass,
    /// A dataclass of the standard library.
    Dataclass,
    /// A `TypedDict`.
    TypedDict,
    /// A `NamedTuple`, which can also be created from a list.
    NamedTuple,
}

impl ModelForm {
    /// Whether it is a pydantic model.
    pub fn is_model(&self) -> bool {
        *self == Self::Model
    }

    /// Whether pydantic-settings looks for nested variables of its fields (`next_field`).
    pub fn is_looked_into(self) -> bool {
        matches!(self, Self::Model | Self::PydanticDataclass)
    }
}

/// Which class of `ipaddress`, and which versions of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IpRule {
    /// What is asked for.
    pub form: IpForm,
    /// 4, 6, or either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u8>,
}

/// The form of an IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum IpForm {
    /// `IPv4Address`
    Address,
    /// `IPv4Interface`
    Interface,
    /// `IPv4Network`
    Network,
}

/// Constraints on a type. `null` and `false` mean no constraint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Constraints {
    /// Greater than.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gt: Option<Json>,
    /// Greater than or equal to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ge: Option<Json>,
    /// Less than.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lt: Option<Json>,
    /// Less than or equal to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub le: Option<Json>,
    /// A multiple of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiple_of: Option<Json>,
    /// The minimum length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    /// The maximum length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// The pattern that must be found in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The maximum number of digits of a `Decimal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_digits: Option<u64>,
    /// The maximum number of decimal places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal_places: Option<u64>,
    /// Whether infinity and not-a-number are allowed, if set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_inf_nan: Option<bool>,
    /// Whether values are not converted, if set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
    /// Whether surrounding whitespace is removed first, if set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strip_whitespace: Option<bool>,
    /// Whether numbers are converted to strings, if set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coerce_numbers: Option<bool>,
    /// Whether Python's own regex engine is used (`regex_engine`), if set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python_pattern: Option<bool>,
}

impl Constraints {
    /// Whether no conversion takes place.
    pub fn is_strict(&self) -> bool {
        self.strict == Some(true)
    }

    /// These constraints, completed by those of `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            gt: self.gt.or(other.gt),
            ge: self.ge.or(other.ge),
            lt: self.lt.or(other.lt),
            le: self.le.or(other.le),
            multiple_of: self.multiple_of.or(other.multiple_of),
            min_length: self.min_length.or(other.min_length),
            max_length: self.max_length.or(other.max_length),
            pattern: self.pattern.or(other.pattern),
            max_digits: self.max_digits.or(other.max_digits),
            decimal_places: self.decimal_places.or(other.decimal_places),
            allow_inf_nan: self.allow_inf_nan.or(other.allow_inf_nan),
            strict: self.strict.or(other.strict),
            strip_whitespace: self.strip_whitespace.or(other.strip_whitespace),
            coerce_numbers: self.coerce_numbers.or(other.coerce_numbers),
            python_pattern: self.python_pattern.or(other.python_pattern),
        }
    }

    /// Whether there are no constraints.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it constrains a number.
    pub fn bounds_number(&self) -> bool {
        self.gt.is_some() || self.ge.is_some() || self.lt.is_some() || self.le.is_some() || self.multiple_of.is_some()
    }

    /// Whether it constrains a length.
    pub fn bounds_length(&self) -> bool {
        self.min_length.is_some() || self.max_length.is_some()
    }

    /// Whether it has constraints that only `str` supports.
    pub fn bounds_text(&self) -> bool {
        self.pattern.is_some() || self.strip_whitespace.is_some() || self.coerce_numbers.is_some()
    }

    /// Whether it has constraints that only `Decimal` supports.
    pub fn bounds_digits(&self) -> bool {
        self.max_digits.is_some() || self.decimal_places.is_some()
    }
}

impl ValueType {
    /// A type that only the program can check, with the reason.
    pub fn unchecked(reason: impl Into<String>) -> Self {
        Self::Unchecked(reason.into())
    }

    /// Marks the type as preceded by code that may accept anything, with the reason: it only determines that texts are JSON.
    #[must_use]
    pub fn preceded(self, reason: impl Into<String>) -> Self {
        match self {
            Self::Unchecked(_) | Self::Preceded(..) => self,
            other if other.is_complex() || other.is_complex_union() => Self::Preceded(reason.into(), Box::new(other)),
            _ => Self::Unchecked(reason.into()),
        }
    }

    /// Marks the type as not certain to accept a value, with the reason.
    #[must_use]
    pub fn checked(self, reason: impl Into<String>) -> Self {
        match self {
            Self::Unchecked(_) | Self::Checked(..) | Self::Preceded(..) => self,
            other => Self::Checked(reason.into(), Box::new(other)),
        }
    }

    /// The type without strict mode.
    #[must_use]
    pub fn relaxed(self) -> Self {
        match self {
            Self::Constrained(of, inner) => {
                let of = Constraints { strict: None, ..*of };
                if of.is_empty() { *inner } else { Self::Constrained(Box::new(of), inner) }
            }
            other => other,
        }
    }

    /// The type inside a wrapper that only says how a text is converted, or how certain the answer is.
    pub fn inside(&self) -> Option<&Self> {
        match self {
            Self::Checked(_, inner) | Self::Undecoded(inner) | Self::EmptyIsUnset(inner) => Some(inner),
            Self::NoneText(_, inner) | Self::Coerced(_, inner) | Self::Merged(inner) | Self::Usual(inner) => Some(inner),
            Self::First(inner) => Some(inner),
            _ => None,
        }
    }

    /// Whether it consists only of types of Python and pydantic, without constraints or validators.
    pub fn is_plain(&self) -> bool {
        use ValueType as T;
        match self {
            T::Any | T::None | T::Str | T::Bytes | T::Int | T::Float | T::Bool | T::Decimal | T::Path => true,
            T::Date | T::Time | T::DateTime | T::TimeDelta | T::Email | T::NameEmail | T::ByteSize | T::Pattern => true,
            T::Uuid(version) => version.is_none(),
            T::Secret(inner) => inner.is_plain(),
            T::Url(rule) => rule.is_known(),
            T::Union(members) => members.iter().all(Self::is_plain),
            T::List(inner) | T::Set(inner) | T::FrozenSet(inner) | T::TupleOf(inner) | T::Json(inner) => inner.is_plain(),
            T::Tuple(members) => members.iter().all(Self::is_plain),
            T::Dict(key, value) => key.is_plain() && value.is_plain(),
            T::Ip(_) => true,
            _ => false,
        }
    }

    /// Whether it determines exactly what is accepted, leaving nothing to the program.
    pub fn is_decided(&self) -> bool {
        use ValueType as T;
        match self {
            T::Unchecked(_) | T::Checked(..) | T::Preceded(..) => false,
            T::Enum(rule) => !rule.open,
            T::Model(rule) => rule.fields.iter().all(|field| field.accepts.is_decided()),
            T::Union(members) | T::Tuple(members) | T::Tagged(TaggedRule { members, .. }) => {
                members.iter().all(Self::is_decided)
            }
            T::List(inner) | T::Set(inner) | T::FrozenSet(inner) | T::TupleOf(inner) | T::Json(inner) => inner.is_decided(),
            T::Secret(inner) | T::Constrained(_, inner) | T::Part(_, inner) => inner.is_decided(),
            T::Dict(key, value) | T::Coerced(key, value) => key.is_decided() && value.is_decided(),
            other => other.inside().is_none_or(Self::is_decided),
        }
    }

    /// Whether the text is decoded as JSON before it is validated (`_annotation_is_complex` of pydantic-settings).
    pub fn is_complex(&self) -> bool {
        use ValueType as T;
        match self {
            T::List(_) | T::Set(_) | T::FrozenSet(_) | T::Tuple(_) | T::TupleOf(_) | T::Dict(..) => true,
            T::Model(_) | T::Enclosing(_) => true,
            T::Constrained(_, inner) | T::Checked(_, inner) | T::Preceded(_, inner) => inner.is_complex(),
            T::Merged(inner) | T::Usual(inner) => inner.is_complex(),
            T::First(inner) => match (&**inner, inner.only_member().unwrapped()) {
                // pydantic-settings recognizes `Json` only where no other type encloses it (`EnvSettingsSource.field_is_complex`).
                (T::Union(_), T::Json(of)) => of.is_complex(),
                (_, only) => only.is_complex(),
            },
            _ => false,
        }
    }

    /// The members of a union.
    pub fn union_members(&self) -> Option<&[Self]> {
        match self {
            Self::Union(members) | Self::Tagged(TaggedRule { members, .. }) => Some(members),
            Self::Constrained(_, inner) | Self::Checked(_, inner) | Self::Preceded(_, inner) => inner.union_members(),
            Self::Merged(inner) | Self::Usual(inner) => inner.union_members(),
            Self::First(inner) => inner.only_member().union_members(),
            _ => None,
        }
    }

    /// The type to which pydantic 1 reduces a union with `None` (`ModelField._type_analysis`).
    fn only_member(&self) -> &Self {
        let Self::Union(members) = self else { return self };
        let mut some = members.iter().filter(|member| **member != Self::None);
        match (some.next(), some.next()) {
            (Some(only), None) => only,
            _ => self,
        }
    }

    /// The type without the wrapper for pydantic 1.
    fn unwrapped(&self) -> &Self {
        if let Self::First(inner) = self { inner } else { self }
    }

    /// Whether the rules of pydantic 1 apply.
    pub fn is_first(&self) -> bool {
        match self {
            Self::First(_) => true,
            Self::Constrained(_, inner) | Self::Preceded(_, inner) => inner.is_first(),
            other => other.inside().is_some_and(Self::is_first),
        }
    }

    /// Whether it is a union with a complex member: a text that is not JSON then stays unchanged (`_union_is_complex`).
    pub fn is_complex_union(&self) -> bool {
        self.union_members().is_some_and(|members| members.iter().any(|m| m.is_complex() || m.is_complex_union()))
    }

    /// Whether it contains a secret, or a URL with a password.
    pub fn holds_secret(&self) -> bool {
        use ValueType as T;
        match self {
            T::Secret(_) => true,
            T::Url(rule) => rule.name.ends_with("Dsn"),
            T::Model(rule) => rule.fields.iter().any(|field| field.accepts.holds_secret()),
            T::Union(members) | T::Tuple(members) | T::Tagged(TaggedRule { members, .. }) => {
                members.iter().any(Self::holds_secret)
            }
            T::Constrained(_, inner) | T::Checked(_, inner) | T::Undecoded(inner) | T::EmptyIsUnset(inner) => {
                inner.holds_secret()
            }
            T::NoneText(_, inner) | T::Preceded(_, inner) | T::Usual(inner) | T::Merged(inner) | T::Coerced(_, inner) => {
                inner.holds_secret()
            }
            T::List(inner) | T::Set(inner) | T::FrozenSet(inner) | T::TupleOf(inner) | T::Json(inner) => inner.holds_secret(),
            T::First(inner) => inner.holds_secret(),
            T::Dict(_, value) => value.holds_secret(),
            _ => false,
        }
    }
}
