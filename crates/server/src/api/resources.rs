//! `/api/v1/projects/{project}/environments/{environment}/resources` and `.../provision`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::address::{At, InEnvironment, InResource};
use crate::access::{Access, Names, Operation, Ownership, Values};
use crate::app::App;
use crate::body::{Parameters, Sent};
use crate::events::Format;
use crate::hosted::resources;
use crate::problem::Refused;
use takk_api::{
    MigrationValues, ProvisionPreview, ProvisionPreviewRequest, ProvisionRequest, ResourceEvent, ResourceList, Unprotected,
};

/// Whether to look at the resources.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LookQuery {
    /// Whether the server logs in to each of them, and says whether that succeeds.
    check: Option<bool>,
}

/// List the resources of an environment that takk has created, without their credentials
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/resources", tag = "resources", security(("token" = [])),
    params(InEnvironment, LookQuery), responses((status = 200, body = ResourceList)),
)]
pub(crate) async fn list(
    access: Access<Names>,
    State(app): State<App>,
    Parameters(query): Parameters<LookQuery>,
) -> Result<Json<ResourceList>, Refused> {
    let (person, looks) = (access.visit.caller.user.id, query.check.unwrap_or_default());
    let list = move |hosted: &mut _| resources::list(hosted, &access.visit, looks);
    if looks { app.provisioning(person, list).await.map(Json) } else { app.slowly(person, list).await.map(Json) }
}

/// Create the resources that an environment lacks, on servers that have an admin address
///
/// What the code needs is what was pushed last. The response tells what happens, one object a line (`application/x-ndjson`), and ends with
/// `end`. What was created before the request was aborted stays, and the same request continues. At the level `full`, and with `adopt`,
/// this requires the role operator.
#[utoipa::path(
    post, path = "/api/v1/projects/{project}/environments/{environment}/provision", tag = "resources", security(("token" = [])),
    params(InEnvironment), request_body = ProvisionRequest,
    responses((status = 200, body = ResourceEvent, content_type = "application/x-ndjson")),
)]
pub(crate) async fn provision(
    access: Access<Values>,
    State(app): State<App>,
    body: Sent<ProvisionRequest>,
) -> Result<Response, Refused> {
    let person = access.visit.caller.user.id;
    let prepared = app.slowly(person, move |hosted| resources::prepare(hosted, access.visit, body.value)).await?;
    app.telling(person, Format::Lines, move |hosted, teller| {
        resources::create(hosted, &prepared, teller.is_gone(), &mut |event| teller.tell(&event))
    })
}

/// Show the statements that would create them, without passwords; runs none of them
///
/// The body may have a manifest, as `PUT .../manifest`: it counts for this request, and is not stored.
#[utoipa::path(
    post, path = "/api/v1/projects/{project}/environments/{environment}/provision/preview", tag = "resources",
    security(("token" = [])), params(InEnvironment), request_body = ProvisionPreviewRequest,
    responses((status = 200, body = ProvisionPreview)),
)]
pub(crate) async fn preview(
    access: Access<Values>,
    State(app): State<App>,
    body: Sent<ProvisionPreviewRequest>,
) -> Result<Json<ProvisionPreview>, Refused> {
    let person = access.visit.caller.user.id;
    let preview = app.provisioning(person, move |hosted| {
        let prepared = resources::prepare_preview(hosted, access.visit, body.value)?;
        resources::preview(hosted, &prepared)
    });
    preview.await.map(Json)
}

/// Get the variables of databases at the level `full`, with the login that may change the schema
///
/// Nothing of it is stored. The list is empty where no database has such a login.
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/migrations", tag = "resources", security(("token" = [])),
    params(InEnvironment), responses((status = 200, body = MigrationValues)),
)]
pub(crate) async fn migrations(access: Access<Operation>, State(app): State<App>) -> Result<Json<MigrationValues>, Refused> {
    let person = access.visit.caller.user.id;
    app.slowly(person, move |hosted| resources::migrations(hosted, &access.visit)).await.map(Json)
}

/// Remove a resource from its server, with its data and its credentials
///
/// What is protected is only an owner's to remove, and not before its protection was lifted. The response tells what happens, one object a
/// line (`application/x-ndjson`), and ends with `end`.
#[utoipa::path(
    delete, path = "/api/v1/projects/{project}/environments/{environment}/resources/{resource}", tag = "resources",
    security(("token" = [])), params(InEnvironment, InResource),
    responses((status = 200, body = ResourceEvent, content_type = "application/x-ndjson")),
)]
pub(crate) async fn remove(
    access: Access<Values>,
    State(app): State<App>,
    At(address): At<InResource>,
) -> Result<Response, Refused> {
    let person = access.visit.caller.user.id;
    let prepare = move |hosted: &mut _| resources::prepare_removal(hosted, access.visit, address.resource);
    let prepared = app.slowly(person, prepare).await?;
    app.telling(person, Format::Lines, move |hosted, teller| {
        resources::remove(hosted, &prepared, &mut |event| teller.tell(&event))
    })
}

/// Lift the protection of a resource for an hour, so that it can be removed
#[utoipa::path(
    post, path = "/api/v1/projects/{project}/environments/{environment}/resources/{resource}/unprotect", tag = "resources",
    security(("token" = [])), params(InEnvironment, InResource), responses((status = 200, body = Unprotected)),
)]
pub(crate) async fn unprotect(
    access: Access<Ownership>,
    State(app): State<App>,
    At(address): At<InResource>,
) -> Result<Json<Unprotected>, Refused> {
    let person = access.visit.caller.user.id;
    app.slowly(person, move |hosted| resources::unprotect(hosted, &access.visit, address.resource)).await.map(Json)
}
