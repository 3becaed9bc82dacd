//! The dashboard of `takk serve`: one file per page, which renders it and handles its forms. [`routes`] lists every page; [`person`]
//! decides who may see one; [`form`] rejects forms that no page of this browser has shown; a page contains a value only if a form requested
//! it. The work is done by the verbs of [`takk_server::hosted`], as it is for the API.

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
mod guarded;
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
mod routes;
mod secret;
mod service_tokens;
mod set;
mod shell;
mod sign_in;
mod stopped;
mod tokens;
mod trusts;
mod url_parts;
mod value_field;

use axum::response::IntoResponse;

use self::stopped::Stopped;
use takk_server::Dashboard;

/// What [`takk_server::serve`] shows to browsers.
pub fn dashboard() -> Dashboard {
    Dashboard { routes: routes::pages(), refused: |refusal| Stopped::Refused(refusal).into_response() }
}
