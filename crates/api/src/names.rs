//! Names as the OpenAPI document describes them. `hosted/names.rs` of the server enforces the same rules.

use std::ops::RangeInclusive;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use takk_model::Role;

/// A name of printable characters, not blank.
#[derive(Debug)]
pub enum ShownName {}

/// The name of a project: printable characters, and not `.` or `..`, which have a special meaning in URLs.
#[derive(Debug)]
pub enum ProjectName {}

/// The name of a variable: printable characters except `=`.
#[derive(Debug)]
pub enum VariableName {}

/// The name of an environment: `dev`, `preview/login`.
#[derive(Debug)]
pub enum EnvironmentName {}

/// The name of a program within its project: printable characters except `/`.
#[derive(Debug)]
pub enum ProgramName {}

/// The highest role of a program: it cannot manage members.
#[derive(Debug)]
pub enum ProgramRole {}

/// The email address of a person: a name, `@` and a domain.
#[derive(Debug)]
pub enum EmailAddress {}

/// Any character except these, control characters, and characters that are invisible or change the direction of the text around
/// them.
macro_rules! without {
    ($others:literal) => {
        concat!("[^", $others, r"\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
    };
}

const SHOWN: &str = concat!("^", without!(""), "*", without!(r"\s"), without!(""), "*$");
const PROJECT: &str = concat!(r"^(?!\.\.?$)", without!(""), "*", without!(r"\s"), without!(""), "*$");
const VARIABLE: &str = concat!("^", without!("="), "*", without!(r"=\s"), without!("="), "*$");
const PROGRAM: &str = concat!("^", without!("/"), "*", without!(r"/\s"), without!("/"), "*$");
const ENVIRONMENT: &str = "^([a-z0-9][a-z0-9_-]{0,62}|preview(/[a-z0-9][a-z0-9._-]{0,62})+)$";
const EMAIL: &str = concat!("^", without!(r"@\s"), "+@", without!(r"@\s"), "+$");

/// Describes a kind of names: its pattern, and how many characters a name has at least and at most.
macro_rules! described {
    ($kind:ident, $pattern:expr, $lengths:expr) => {
        impl PartialSchema for $kind {
            fn schema() -> RefOr<Schema> {
                text($pattern, $lengths)
            }
        }

        impl ToSchema for $kind {}
    };
}

described!(ShownName, SHOWN, 1..=200);
described!(ProjectName, PROJECT, 1..=200);
described!(VariableName, VARIABLE, 1..=200);
described!(EnvironmentName, ENVIRONMENT, 1..=208);
described!(ProgramName, PROGRAM, 1..=200);
described!(EmailAddress, EMAIL, 3..=200);

impl PartialSchema for ProgramRole {
    fn schema() -> RefOr<Schema> {
        let roles = Role::ALL.into_iter().filter(|role| *role != Role::Owner).map(Role::as_str);
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(roles)).into()
    }
}

impl ToSchema for ProgramRole {}

fn text(pattern: &str, lengths: RangeInclusive<usize>) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern));
    text.min_length(Some(*lengths.start())).max_length(Some(*lengths.end())).into()
}
