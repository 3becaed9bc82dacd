//! The API of the published client, takk 0.1.40 (PyPI): `login`, `whoami` and `deploy --no-push` work with this server. That client accepts
//! a server address with or without `/api/v1`, so every route is at both.

mod answer;
mod deploy;
mod login;
mod people;
mod projects;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::MethodFilter;

use super::access::guarded;
use super::app::App;

/// The routes of that client.
pub(super) fn routes() -> Router<App> {
    let below = |base: &str| {
        Router::new()
            .route(&format!("{base}/projects/{{project}}/{{environment}}"), guarded(MethodFilter::PUT, projects::update))
            .route(&format!("{base}/projects/env/{{id}}/deploy"), guarded(MethodFilter::POST, deploy::deploy))
            .route(&format!("{base}/users/whoami"), guarded(MethodFilter::GET, people::whoami))
            .route(&format!("{base}/users/registry"), guarded(MethodFilter::GET, people::registry))
            .route(&format!("{base}/users/cli-login/{{id}}"), guarded(MethodFilter::GET, login::log_in))
    };
    below("").merge(below("/api/v1")).layer(from_fn(answer::with_reason))
}
