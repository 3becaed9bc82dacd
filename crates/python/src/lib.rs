//! Python text → facts, and a name → its definition in another module. The only room that names the parser. Nothing here fails:
//! what cannot be read is kept as a finding, what is not decided is a value that says why.

mod body;
pub mod clients;
mod encoding;
pub mod engines;
mod eval;
mod file;
pub mod fold;
mod modules;
pub mod reads;
pub mod scan;
mod stdlib;
mod value;

pub use encoding::Undecodable;
pub use eval::{
    Annotation, Assumptions, Choice, ClassMember, ClassNames, ClassUse, Condition, Evaluator, FOLLOWS, FunctionKey, Given, How,
    Quotations, SETTINGS_DEFAULTS, Scope, Sought, Uses,
};
pub use file::{Origin, SourceFile, SyntaxError};
pub use modules::{FileId, Found, Loader, Modules};
pub use stdlib::is_standard;
pub use value::{Alias, Call, Class, Function, FunctionKind, Member, Method, Unknown, Value};
