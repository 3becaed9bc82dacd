//! The dashboard: one file per page, each with what shows it and what its forms do. [`person`] decides who may look; [`filled`] takes
//! no form that a page of this browser did not show; values stand in a page only where a form asked for one.

mod account;
mod answer;
mod answers;
mod assets;
mod audit;
mod compare;
mod cookie;
mod delete;
mod device;
mod environments;
mod form;
mod form_errors;
mod graph;
mod invitation;
mod live_validation;
mod located;
mod matrix;
mod members;
mod oidc_sign_in;
mod person;
mod projects;
mod resources;
pub(super) mod routes;
mod secret;
mod service_tokens;
mod set;
mod shell;
mod sign_in;
mod tokens;
mod trusts;
mod url_parts;
mod value_field;

pub(super) use answer::Stopped;
