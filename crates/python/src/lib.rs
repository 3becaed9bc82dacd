//! Parses Python, evaluates it without running it, and resolves names across modules. The only crate that uses the parser.
//! Nothing here fails: syntax errors become findings, and a value that the source does not decide is unknown, with the reason.

mod body;
pub mod clients;
mod encoding;
mod eval;
mod file;
mod modules;
pub mod scan;
mod stdlib;
pub mod strings;

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
