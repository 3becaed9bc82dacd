//! The value of an expression, as far as the source decides it.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use ruff_python_ast::{Parameters, Stmt, StmtClassDef};

use super::{ClassMember, Scope};
use crate::modules::{FileId, Namespace};
use takk_model::Place;

/// A value. Cheap to clone.
#[derive(Clone)]
pub enum Value<'a> {
    None,
    Ellipsis,
    Bool(bool),
    /// An integer that fits 64 bits.
    Int(i64),
    Float(f64),
    Str(Rc<str>),
    Bytes(Rc<[u8]>),
    List(Rc<Vec<Value<'a>>>),
    Tuple(Rc<Vec<Value<'a>>>),
    /// A set or frozen set, in the order written.
    Set(Rc<Vec<Value<'a>>>),
    /// A dictionary in insertion order.
    Dict(Rc<Vec<(Value<'a>, Value<'a>)>>),
    /// An object in a module whose source is not read, by its dotted path: `pydantic.SecretStr`.
    External(Rc<str>),
    /// A module with a file.
    Module(FileId),
    /// A namespace package.
    Namespace(&'a Namespace),
    /// A class whose source is read, or that a call creates.
    Class(Rc<Class<'a>>),
    /// A function whose source is read, or a lambda.
    Function(Rc<Function<'a>>),
    /// A function bound to an instance or class, or a method of a built-in value.
    Method(Rc<Method<'a>>),
    /// The result of calling a class or an external function, represented by the call.
    Call(Rc<Call<'a>>),
    /// An attribute of a value that is represented by a call, or the `__file__` of a module.
    Attribute(Rc<(Value<'a>, Box<str>)>),
    /// `List[int]`, `Annotated[str, x]`: a type with arguments.
    Subscript(Rc<(Value<'a>, Vec<Value<'a>>)>),
    /// `int | None`
    Union(Rc<Vec<Value<'a>>>),
    /// A member of an enum.
    Member(Rc<Member<'a>>),
    /// A type variable, by its name.
    TypeVar(Rc<str>),
    /// `type X = ...`, `TypeAliasType("X", ...)`.
    Alias(Rc<Alias<'a>>),
    /// A quoted annotation, with the scope in which it is evaluated.
    Quoted(Rc<(Box<str>, Scope<'a>)>),
    /// Undecided by the source.
    Unknown(Rc<Unknown>),
}

/// Why a value is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    pub expression: String,
    pub reason: String,
    pub place: Place,
    /// The import that could not be resolved, if that is the reason.
    pub import: Option<String>,
}

pub struct Class<'a> {
    pub name: Rc<str>,
    pub qualname: Rc<str>,
    /// Its `__module__`.
    pub module: Rc<str>,
    pub file: FileId,
    pub place: Place,
    pub bases: Vec<Value<'a>>,
    /// The keyword arguments of the class statement.
    pub keywords: Vec<(Rc<str>, Value<'a>)>,
    /// The values of its decorators, without the calls around them.
    pub decorators: Vec<Value<'a>>,
    /// The class statement, unless a call creates the class.
    pub(super) definition: Option<&'a StmtClassDef>,
    /// The scope of its body.
    pub(super) scope: Option<Scope<'a>>,
    /// Attributes that a call (`create_model`, `type`) or an assignment after the class statement sets.
    pub(super) attributes: RefCell<Vec<(Rc<str>, Value<'a>)>>,
    /// Fields that a call declares.
    pub made_fields: Vec<MadeField<'a>>,
    pub(super) found: RefCell<ClassCache<'a>>,
}

/// Cached results about a class.
#[derive(Default)]
pub(super) struct ClassCache<'a> {
    pub order: OnceCell<Option<Rc<Vec<Value<'a>>>>>,
    pub external: Option<Rc<[Rc<str>]>>,
    pub members: Option<Rc<[ClassMember<'a>]>>,
    pub enum_members: Option<Rc<[Rc<Member<'a>>]>>,
}

/// A field of a class that a call creates.
#[derive(Clone)]
pub struct MadeField<'a> {
    pub name: Rc<str>,
    pub annotation: Value<'a>,
    /// Its default; `None` if it is required.
    pub default: Option<Value<'a>>,
    pub place: Place,
}

pub struct Function<'a> {
    pub name: Rc<str>,
    pub file: FileId,
    pub place: Place,
    /// Whether a decorator changes the result of a call. Such a function is not evaluated.
    pub decorated: bool,
    pub kind: FunctionKind,
    pub(super) parameters: Option<&'a Parameters>,
    pub(super) code: Code<'a>,
    pub(super) scope: Scope<'a>,
    pub(super) is_async: bool,
    pub(super) docstring: Option<Rc<str>>,
}

/// How a function in a class is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    Plain,
    ClassMethod,
    StaticMethod,
    Property,
}

#[derive(Clone, Copy)]
pub(super) enum Code<'a> {
    Statements(&'a [Stmt]),
    Expression(&'a ruff_python_ast::Expr),
}

pub struct Method<'a> {
    /// The object to which it is bound.
    pub receiver: Value<'a>,
    pub name: Rc<str>,
    pub(super) function: Option<Rc<Function<'a>>>,
    /// The class whose body defines it: `super()` in it continues after that class.
    pub(super) owner: Option<Rc<Class<'a>>>,
}

/// A call that represents its result.
pub struct Call<'a> {
    pub callee: Value<'a>,
    pub positional: Vec<Value<'a>>,
    pub keywords: Vec<(Rc<str>, Value<'a>)>,
    /// Whether a `*` or `**` argument could not be expanded.
    pub partial: bool,
    pub source: Rc<str>,
    pub place: Place,
}

impl<'a> Class<'a> {
    /// Whether a `class` statement defines it, rather than a call.
    pub fn is_defined(&self) -> bool {
        self.definition.is_some()
    }

    /// This class under the name of the class that a decorator replaced with it.
    pub(super) fn renamed(&self, replaced: &Class<'a>) -> Self {
        Self {
            name: Rc::clone(&replaced.name),
            qualname: Rc::clone(&replaced.qualname),
            module: Rc::clone(&replaced.module),
            file: replaced.file,
            place: replaced.place.clone(),
            bases: self.bases.clone(),
            keywords: self.keywords.clone(),
            decorators: self.decorators.clone(),
            definition: self.definition,
            scope: self.scope.clone(),
            attributes: self.attributes.clone(),
            made_fields: self.made_fields.clone(),
            found: RefCell::default(),
        }
    }

    /// Whether a statement after its definition sets that attribute.
    pub fn is_changed(&self, attribute: &str) -> bool {
        self.is_defined() && self.attributes.borrow().iter().any(|(name, _)| &**name == attribute)
    }

    /// The names of the type parameters that `class Name[T]` declares.
    pub fn type_parameters(&self) -> Vec<Rc<str>> {
        let declared = self.definition.and_then(|def| def.type_params.as_ref());
        declared.iter().flat_map(|params| params.type_params.iter()).map(|param| Rc::from(param.name().as_str())).collect()
    }
}

impl<'a> Call<'a> {
    /// The argument with that keyword.
    pub fn keyword(&self, name: &str) -> Option<&Value<'a>> {
        self.keywords.iter().rev().find(|(key, _)| &**key == name).map(|(_, value)| value)
    }

    /// The argument at that position or with that keyword.
    pub fn argument(&self, position: usize, name: &str) -> Option<&Value<'a>> {
        self.positional.get(position).or_else(|| self.keyword(name))
    }
}

/// A member of an enum.
pub struct Member<'a> {
    pub class: Rc<Class<'a>>,
    pub name: Rc<str>,
    pub value: Value<'a>,
}

pub struct Alias<'a> {
    pub name: Rc<str>,
    /// The names of its type parameters.
    pub parameters: Vec<Rc<str>>,
    pub(super) target: AliasTarget<'a>,
}

/// The type to which a named alias refers.
pub(super) enum AliasTarget<'a> {
    Lazy(&'a ruff_python_ast::Expr, Scope<'a>),
    Known(Value<'a>),
}

impl<'a> Value<'a> {
    pub fn str(text: impl AsRef<str>) -> Self {
        Self::Str(Rc::from(text.as_ref()))
    }

    /// An object of a module that is not read, by its dotted path.
    pub fn external(path: impl AsRef<str>) -> Self {
        Self::External(Rc::from(path.as_ref()))
    }

    /// The text of a string, or of a member of a string enum.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            Self::Member(member) => member.value.as_str(),
            _ => None,
        }
    }

    /// The elements of a list, tuple or set.
    pub fn elements(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => Some(items),
            _ => None,
        }
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// The dotted path of the external function or class that is called, and the call.
    pub fn call_of(&self) -> Option<(&str, &Call<'a>)> {
        let Self::Call(call) = self else { return None };
        match &call.callee {
            Self::External(path) => Some((path, call)),
            _ => None,
        }
    }

    /// The value at a string key.
    pub fn item(&self, key: &str) -> Option<&Self> {
        let Self::Dict(items) = self else { return None };
        items.iter().rev().find(|(k, _)| k.as_str() == Some(key)).map(|(_, value)| value)
    }

    /// Python's truth value, if it is decided.
    pub fn truth(&self) -> Option<bool> {
        Some(match self {
            Self::None => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Str(text) => !text.is_empty(),
            Self::Bytes(bytes) => !bytes.is_empty(),
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => !items.is_empty(),
            Self::Dict(items) => !items.is_empty(),
            Self::Module(_) | Self::Namespace(_) | Self::Class(_) | Self::Function(_) | Self::Method(_) | Self::Ellipsis => {
                true
            }
            Self::Subscript(_) | Self::Union(_) | Self::TypeVar(_) | Self::Alias(_) | Self::Member(_) => true,
            // Instances are true, unless a class whose source is read says otherwise. A function that reads the environment may
            // return anything.
            Self::Call(call) => matches!(&call.callee, Self::External(path) if !path.contains("env")).then_some(true)?,
            Self::External(_) | Self::Attribute(_) | Self::Quoted(_) | Self::Unknown(_) => return None,
        })
    }

    /// Whether two values are equal, if that is decided.
    pub fn equals(&self, other: &Self) -> Option<bool> {
        use Value as V;
        Some(match (self, other) {
            (V::None, V::None) | (V::Ellipsis, V::Ellipsis) => true,
            (V::Bool(a), V::Bool(b)) => a == b,
            (V::Int(a), V::Int(b)) => a == b,
            (V::Bool(a), V::Int(b)) | (V::Int(b), V::Bool(a)) => i64::from(*a) == *b,
            (V::Float(a), V::Float(b)) => a.total_cmp(b).is_eq(),
            (V::Str(a), V::Str(b)) => a == b,
            (V::Bytes(a), V::Bytes(b)) => a == b,
            (V::Class(a), V::Class(b)) => Rc::ptr_eq(a, b),
            (V::Function(a), V::Function(b)) => Rc::ptr_eq(a, b),
            (V::Module(a), V::Module(b)) => a == b,
            (V::External(a), V::External(b)) if a == b => true,
            (V::External(_), V::External(_)) => return None,
            (V::Member(a), V::Member(b)) => Rc::ptr_eq(&a.class, &b.class) && a.name == b.name,
            (V::Member(a), V::Str(_)) => return a.value.equals(other),
            (V::Str(_), V::Member(b)) => return self.equals(&b.value),
            (V::List(a), V::List(b)) | (V::Tuple(a), V::Tuple(b)) => {
                if a.len() != b.len() {
                    return Some(false);
                }
                for (x, y) in a.iter().zip(b.iter()) {
                    if !x.equals(y)? {
                        return Some(false);
                    }
                }
                true
            }
            (V::Unknown(_) | V::Call(_) | V::Attribute(_) | V::External(_) | V::Quoted(_), _)
            | (_, V::Unknown(_) | V::Call(_) | V::Attribute(_) | V::External(_) | V::Quoted(_)) => return None,
            _ => false,
        })
    }
}
