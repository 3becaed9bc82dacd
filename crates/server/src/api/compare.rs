//! `/api/v1/projects/{project}/environments/{environment}/diff` and `.../promote`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::address::InEnvironment;
use crate::access::{Access, Names, Values};
use crate::app::App;
use crate::body::{Parameters, Sent};
use crate::hosted::{changes, compare, values};
use crate::problem::Refused;
use takk_api::names::EnvironmentName;
use takk_api::{Changed, Diff, Problem, Promotion};

/// Which other one.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WithQuery {
    /// The environment to compare with.
    #[param(value_type = EnvironmentName, example = "prod")]
    with: String,
}

/// Compare two environments by fingerprints, without reading values
///
/// Only callers who can read both values learn whether they are the same.
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/diff", tag = "secrets", security(("token" = [])),
    params(InEnvironment, WithQuery), responses((status = 200, body = Diff)),
)]
pub(crate) async fn diff(
    access: Access<Names>,
    State(app): State<App>,
    Parameters(WithQuery { with }): Parameters<WithQuery>,
) -> Result<Json<Diff>, Refused> {
    let person = access.visit.caller.user.id;
    app.slowly(person, move |hosted| compare::diff(hosted, &access.visit, &with)).await.map(Json)
}

/// Promote values from another environment, all or none
#[utoipa::path(
    post, path = "/api/v1/projects/{project}/environments/{environment}/promote", tag = "secrets", security(("token" = [])),
    params(InEnvironment), request_body = Promotion,
    responses(
        (status = 200, body = Changed, description = "The versions, in the order of the sorted names"),
        (status = 409, description = "The current version is not the expected one", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn promote(
    access: Access<Values>,
    State(app): State<App>,
    body: Sent<Promotion>,
) -> Result<Json<Changed>, Refused> {
    let (visit, wanted) = (access.visit.clone(), body.value.clone());
    let source = app.work(move |hosted| compare::source(hosted, &visit, &wanted)).await?;
    let Promotion { from, names, expected_versions } = body.value;
    let given = app.write_queue().ask(values::asked((&source).into(), names.clone())?).await?;
    let wanted = compare::changes(given, &from, &names, &expected_versions)?;
    let given = app.write_queue().ask(changes::asked((&access.visit).into(), None, &[], wanted)?).await?;
    Ok(Json(changes::done(given)?))
}
