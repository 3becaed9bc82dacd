//! Settings classes: which classes are settings, their configuration, their fields, and the variables each field is read from.

mod accepts;
mod annotated;
mod class_kind;
mod config;
mod config_rules;
mod constraint;
mod default;
mod environment;
mod field;
mod fields;
mod fields_v1;
mod first;
mod generics;
mod models;
mod nested;
mod older;
mod own_url;
mod python_value;
mod reading;
mod refused;
mod respelling;
mod rules_version;
mod runtime_names;
mod secret_model;
mod setting;
mod shapes;
mod sources;
mod updated;
mod validators;
mod variables;
mod vocabulary;

pub use class_kind::{Base, may_be_unresolved, unresolved_base};
pub use models::Models;
pub use reading::is_credential_url;
pub use rules_version::RulesVersion;
pub use setting::{init_names, read_class, read_class_made};
pub use vocabulary::{resource_tag, service_url};

pub(super) use field::FieldFacts;
