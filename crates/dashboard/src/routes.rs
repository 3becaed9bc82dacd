//! Every route of the dashboard, on one page.

use axum::Router;

use super::guarded::Routes;
use super::{
    account, admin_addresses, assets, audit, compare, delete, device, environments, existing_address, invitation,
    live_validation, located, matrix, members, oidc_sign_in, overview, projects, resource, resources, secret, service_tokens,
    set, sign_in, tokens, trusts,
};
use takk_server::app::App;

/// The pages and the targets of their forms.
pub(crate) fn pages() -> Router<App> {
    Routes::default()
        .open_page("/assets/{file}", assets::asset)
        .open_page("/login", sign_in::show)
        .open_form("/login", sign_in::sign_in)
        .open_page("/invitations/{secret}", invitation::show)
        .open_form("/invitations/{secret}", invitation::accept)
        .form("/logout", sign_in::sign_out)
        .page("/login/device", device::show)
        .form("/login/device", device::agree)
        .open_page("/login/oidc", oidc_sign_in::leave)
        .open_page("/login/oidc/callback", oidc_sign_in::back)
        .form("/account/bind", oidc_sign_in::bind)
        .page("/account", account::show)
        .form("/account", account::set_password)
        .form("/account/sign-out-everywhere", account::sign_out_everywhere)
        .page("/tokens", tokens::show)
        .form("/tokens", tokens::make)
        .form("/tokens/revoke", tokens::revoke)
        .page("/", projects::show)
        .form("/projects", projects::make)
        .page("/projects/env/{id}", located::environment)
        .page("/projects/env/{id}/secrets", located::secrets)
        .page("/projects/{project}", overview::show)
        .page("/projects/{project}/secrets", matrix::show)
        .page("/projects/{project}/set", set::choose)
        .page("/projects/{project}/audit", audit::show)
        .page("/projects/{project}/members", members::show)
        .form("/projects/{project}/members", members::put)
        .form("/projects/{project}/members/remove", members::remove)
        .form("/projects/{project}/invitations", members::invite)
        .form("/projects/{project}/invitations/revoke", members::revoke_invitation)
        .page("/projects/{project}/service-tokens", service_tokens::show)
        .form("/projects/{project}/service-tokens", service_tokens::make)
        .form("/projects/{project}/service-tokens/revoke", service_tokens::revoke)
        .page("/projects/{project}/trusts", trusts::show)
        .form("/projects/{project}/trusts", trusts::add)
        .form("/projects/{project}/trusts/remove", trusts::remove)
        .page("/projects/{project}/compare", compare::show)
        .form("/projects/{project}/promote", compare::promote)
        .page("/projects/{project}/secrets/{name}", secret::show)
        .page("/projects/{project}/environments", environments::show)
        .form("/projects/{project}/production", environments::name_production)
        .page("/projects/{project}/environments/{environment}/delete", delete::ask)
        .form("/projects/{project}/environments/{environment}/delete", delete::delete)
        .page("/projects/{project}/environments/{environment}/set", set::show)
        .form("/projects/{project}/environments/{environment}/set", set::store)
        .page("/projects/{project}/environments/{environment}/admin-addresses", admin_addresses::show)
        .form("/projects/{project}/environments/{environment}/admin-addresses", admin_addresses::set)
        .form("/projects/{project}/environments/{environment}/admin-addresses/unset", admin_addresses::unset)
        .page("/projects/{project}/environments/{environment}/resources", resources::show)
        .form("/projects/{project}/environments/{environment}/resources/{resource}/test", existing_address::test)
        .form("/projects/{project}/environments/{environment}/resources/{resource}/use", existing_address::use_it)
        .page("/projects/{project}/environments/{environment}/resources/{resource}", resource::show)
        .form("/projects/{project}/environments/{environment}/resources/{resource}/create", resource::create)
        .form("/projects/{project}/environments/{environment}/resources/{resource}/remove", resource::remove)
        .form("/projects/{project}/environments/{environment}/resources/{resource}/unprotect", resource::unprotect)
        .form("/projects/{project}/environments/{environment}/check", live_validation::check)
        .form("/projects/{project}/environments/{environment}/generate", live_validation::generate)
        .form("/projects/{project}/environments/{environment}/secrets/{name}/reveal", secret::reveal)
        .form("/projects/{project}/environments/{environment}/secrets/{name}/rollback", secret::roll_back)
        .form("/projects/{project}/environments/{environment}/secrets/{name}/unset", secret::unset)
        .finish()
}
