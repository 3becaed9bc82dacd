//! Python text → facts, and a name → its definition in another module. The only crate that names the parser. Nothing here fails:
//! what cannot be read is kept as a finding, what is not decided is a value that says why.

mod body;
pub mod clients;
mod encoding;
mod eval;
mod file;
mod modules;
pub mod scan;
mod stdlib;

pub use encoding::Undecodable;
pub use eval::{Alias, Call, Class, Function, FunctionKind, Member, Method, Unknown, Value};
pub use eval::{
    Annotation, Assumptions, Choice, ClassMember, ClassNames, ClassUse, Condition, Evaluator, FOLLOWS, FunctionKey, Given, How,
    SETTINGS_DEFAULTS, Scope, Sought, Uses, fold,
};
pub use file::{Origin, SourceFile, SyntaxError, is_identifier};
pub use modules::{FileId, Found, Loader, Modules};
pub use scan::{engines, reads};
pub use stdlib::is_standard;
