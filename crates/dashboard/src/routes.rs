//! Every route of the dashboard, on one page.

use axum::Router;
use axum::routing::{get, post};

use super::{
    account, admin_addresses, assets, audit, compare, delete, device, environments, existing_address, invitation,
    live_validation, located, matrix, members, oidc_sign_in, overview, projects, resource, resources, secret, service_tokens,
    set, sign_in, tokens, trusts,
};
use takk_server::app::App;

/// The pages and the targets of their forms.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/assets/{file}", get(assets::asset))
        .route("/login", get(sign_in::show).post(sign_in::sign_in))
        .route("/invitations/{secret}", get(invitation::show).post(invitation::accept))
        .route("/logout", post(sign_in::sign_out))
        .route("/login/device", get(device::show).post(device::agree))
        .route("/login/oidc", get(oidc_sign_in::leave))
        .route("/login/oidc/callback", get(oidc_sign_in::back))
        .route("/account/bind", post(oidc_sign_in::bind))
        .route("/account", get(account::show).post(account::set_password))
        .route("/account/sign-out-everywhere", post(account::sign_out_everywhere))
        .route("/tokens", get(tokens::show).post(tokens::make))
        .route("/tokens/revoke", post(tokens::revoke))
        .route("/", get(projects::show))
        .route("/projects", post(projects::make))
        .route("/projects/env/{id}", get(located::environment))
        .route("/projects/env/{id}/secrets", get(located::secrets))
        .route("/projects/{project}", get(overview::show))
        .route("/projects/{project}/secrets", get(matrix::show))
        .route("/projects/{project}/set", get(set::choose))
        .route("/projects/{project}/audit", get(audit::show))
        .route("/projects/{project}/members", get(members::show).post(members::put))
        .route("/projects/{project}/members/remove", post(members::remove))
        .route("/projects/{project}/invitations", post(members::invite))
        .route("/projects/{project}/invitations/revoke", post(members::revoke_invitation))
        .route("/projects/{project}/service-tokens", get(service_tokens::show).post(service_tokens::make))
        .route("/projects/{project}/service-tokens/revoke", post(service_tokens::revoke))
        .route("/projects/{project}/trusts", get(trusts::show).post(trusts::add))
        .route("/projects/{project}/trusts/remove", post(trusts::remove))
        .route("/projects/{project}/compare", get(compare::show))
        .route("/projects/{project}/promote", post(compare::promote))
        .route("/projects/{project}/secrets/{name}", get(secret::show))
        .route("/projects/{project}/environments", get(environments::show))
        .route("/projects/{project}/production", post(environments::name_production))
        .route("/projects/{project}/environments/{environment}/delete", get(delete::ask).post(delete::delete))
        .route("/projects/{project}/environments/{environment}/set", get(set::show).post(set::store))
        .route(
            "/projects/{project}/environments/{environment}/admin-addresses",
            get(admin_addresses::show).post(admin_addresses::set),
        )
        .route("/projects/{project}/environments/{environment}/admin-addresses/unset", post(admin_addresses::unset))
        .route("/projects/{project}/environments/{environment}/resources", get(resources::show))
        .route("/projects/{project}/environments/{environment}/resources/{resource}/test", post(existing_address::test))
        .route("/projects/{project}/environments/{environment}/resources/{resource}/use", post(existing_address::use_it))
        .route("/projects/{project}/environments/{environment}/resources/{resource}", get(resource::show))
        .route("/projects/{project}/environments/{environment}/resources/{resource}/create", post(resource::create))
        .route("/projects/{project}/environments/{environment}/resources/{resource}/remove", post(resource::remove))
        .route("/projects/{project}/environments/{environment}/resources/{resource}/unprotect", post(resource::unprotect))
        .route("/projects/{project}/environments/{environment}/check", post(live_validation::check))
        .route("/projects/{project}/environments/{environment}/generate", post(live_validation::generate))
        .route("/projects/{project}/environments/{environment}/secrets/{name}/reveal", post(secret::reveal))
        .route("/projects/{project}/environments/{environment}/secrets/{name}/rollback", post(secret::roll_back))
        .route("/projects/{project}/environments/{environment}/secrets/{name}/unset", post(secret::unset))
}
