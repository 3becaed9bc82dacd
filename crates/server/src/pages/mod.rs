//! The dashboard: one file per page, which renders it and handles its forms. [`person`] decides who may see a page; [`form`] rejects
//! forms that no page of this browser has shown; a page contains a value only if a form requested it.

mod account;
mod address_parts;
mod admin_addresses;
mod answer;
mod answers;
mod assets;
mod audit;
mod compare;
mod cookie;
mod delete;
mod device;
mod environments;
mod existing_address;
mod form;
mod form_errors;
mod graph;
mod invitation;
mod live_validation;
mod located;
mod matrix;
mod members;
mod oidc_sign_in;
mod overview;
mod person;
mod projects;
mod resource;
mod resource_state;
mod resource_ways;
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
