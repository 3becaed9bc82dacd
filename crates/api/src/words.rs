//! Words of the model as the OpenAPI document describes them: what a field holds is the model's, and its description is here, so that only
//! this crate knows of OpenAPI. A test compares the two.

use serde::Serialize;
use utoipa::ToSchema;

/// What somebody may do in a project. Each role may do what those before it may.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// See names and states, no value.
    Viewer,
    /// Read and write the values of environments that are not production.
    Developer,
    /// Those of production too.
    Operator,
    /// Members, tokens, and the deletion of environments.
    Owner,
}

/// Whose a token is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// A person's.
    Personal,
    /// A program's, such as that of a CI job.
    Service,
}

/// How a value came to be.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Somebody typed it.
    Set,
    /// It was made at random.
    Generated,
    /// It was read from a file.
    Imported,
    /// It was taken from another environment.
    Promoted,
    /// It is an earlier version again.
    RolledBack,
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;

    /// The words of a description.
    fn described<T: PartialSchema>() -> serde_json::Value {
        let schema = serde_json::to_value(T::schema()).expect("a schema is JSON");
        schema["enum"].clone()
    }

    #[test]
    fn what_is_described_is_what_is_sent() {
        use takk_model::{Origin, Role, TokenKind};
        let words = |words: &[&str]| serde_json::json!(words);
        assert_eq!(described::<super::Role>(), words(&Role::ALL.map(Role::as_str)));
        assert_eq!(described::<super::TokenKind>(), words(&[TokenKind::Personal, TokenKind::Service].map(TokenKind::as_str)));
        let origins = [Origin::Set, Origin::Generated, Origin::Imported, Origin::Promoted, Origin::RolledBack];
        assert_eq!(described::<super::Origin>(), words(&origins.map(Origin::as_str)));
    }
}
