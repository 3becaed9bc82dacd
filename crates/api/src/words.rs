//! Enums of the model as the OpenAPI document describes them. The model itself does not depend on OpenAPI.

use takk_model::{Origin as ModelOrigin, Role as ModelRole, TokenKind as ModelTokenKind};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// A [`ModelRole`].
#[derive(Debug)]
pub enum Role {}

/// A [`ModelTokenKind`].
#[derive(Debug)]
pub enum TokenKind {}

/// A [`ModelOrigin`].
#[derive(Debug)]
pub enum Origin {}

/// Implements the OpenAPI schema of an enum of strings, with its description and values.
macro_rules! described {
    ($word:ident, $description:literal, $all:expr) => {
        impl PartialSchema for $word {
            fn schema() -> RefOr<Schema> {
                let words = ObjectBuilder::new().schema_type(Type::String).enum_values(Some($all));
                words.description(Some($description)).into()
            }
        }

        impl ToSchema for $word {}
    };
}

described!(
    Role,
    "A role in a project. Each role includes the permissions of those before it.",
    ModelRole::ALL.map(ModelRole::as_str)
);
described!(TokenKind, "Whether a token belongs to a person or to a program.", ModelTokenKind::ALL.map(ModelTokenKind::as_str));
described!(Origin, "Where a value came from.", ModelOrigin::ALL.map(ModelOrigin::as_str));
