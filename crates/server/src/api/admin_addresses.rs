//! `/api/v1/projects/{project}/environments/{environment}/admin-addresses`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::address::{At, InEnvironment, OfKind};
use crate::access::{Access, Operation};
use crate::app::App;
use crate::body::Sent;
use crate::hosted::admin_addresses;
use crate::problem::Refused;
use takk_api::{AdminAddressList, CheckedAdminAddress, NewAdminAddress};

/// List the admin addresses of an environment, without their passwords
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/admin-addresses", tag = "resources",
    security(("token" = [])), params(InEnvironment), responses((status = 200, body = AdminAddressList)),
)]
pub(crate) async fn list(access: Access<Operation>, State(app): State<App>) -> Result<Json<AdminAddressList>, Refused> {
    let person = access.visit.caller.user.id;
    app.slowly(person, move |hosted| admin_addresses::list(hosted, &access.visit)).await.map(Json)
}

/// Store the address of an administrator, after the server has checked it by a login
#[utoipa::path(
    put, path = "/api/v1/projects/{project}/environments/{environment}/admin-addresses/{kind}", tag = "resources",
    security(("token" = [])), params(InEnvironment, OfKind), request_body = NewAdminAddress,
    responses((status = 200, body = CheckedAdminAddress)),
)]
pub(crate) async fn set(
    access: Access<Operation>,
    State(app): State<App>,
    At(address): At<OfKind>,
    body: Sent<NewAdminAddress>,
) -> Result<Json<CheckedAdminAddress>, Refused> {
    let person = access.visit.caller.user.id;
    let set = move |hosted: &mut _| admin_addresses::set(hosted, &access.visit, &address.kind, &body.value);
    app.provisioning(person, set).await.map(Json)
}

/// Forget an admin address; what was created with it stays
#[utoipa::path(
    delete, path = "/api/v1/projects/{project}/environments/{environment}/admin-addresses/{kind}", tag = "resources",
    security(("token" = [])), params(InEnvironment, OfKind), responses((status = 204, description = "The address is forgotten")),
)]
pub(crate) async fn unset(
    access: Access<Operation>,
    State(app): State<App>,
    At(address): At<OfKind>,
) -> Result<StatusCode, Refused> {
    let person = access.visit.caller.user.id;
    app.slowly(person, move |hosted| admin_addresses::unset(hosted, &access.visit, &address.kind)).await?;
    Ok(StatusCode::NO_CONTENT)
}
