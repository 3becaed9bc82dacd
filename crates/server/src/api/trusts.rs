//! `/api/v1/projects/{project}/trusts`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::address::{At, InProject, Numbered, NumberedPageQuery};
use crate::access::{Access, People};
use crate::app::App;
use crate::body::{Parameters, Sent};
use crate::hosted::trusts;
use crate::problem::Refused;
use takk_api::{NewTrust, Page, Problem, TrustInfo};

/// Programs that come in without a token of ours, such as CI jobs
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/trusts", tag = "people", security(("token" = [])),
    params(InProject, NumberedPageQuery), responses((status = 200, body = Page<TrustInfo>)),
)]
pub async fn list(
    access: Access<People>,
    State(app): State<App>,
    Parameters(page): Parameters<NumberedPageQuery>,
) -> Result<Json<Page<TrustInfo>>, Refused> {
    app.work(move |hosted| trusts::list(hosted, &access.visit, &page.into())).await.map(Json)
}

/// Let programs in for which somebody vouches, such as the jobs of a repository
#[utoipa::path(
    post, path = "/api/v1/projects/{project}/trusts", tag = "people", security(("token" = [])), params(InProject),
    request_body = NewTrust,
    responses(
        (status = 201, body = TrustInfo),
        (status = 409, description = "There is a user of that name", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn create(
    access: Access<People>,
    State(app): State<App>,
    body: Sent<NewTrust>,
) -> Result<(StatusCode, Json<TrustInfo>), Refused> {
    let issuers = app.ci_issuers().to_vec();
    let made = app.work(move |hosted| trusts::create(hosted, &access.visit, body.value, &issuers)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Let these programs in no more: every token that they have is none from now on
#[utoipa::path(
    delete, path = "/api/v1/projects/{project}/trusts/{id}", tag = "people", security(("token" = [])),
    params(InProject, Numbered), responses((status = 204, description = "The trust rule is deleted")),
)]
pub async fn remove(access: Access<People>, State(app): State<App>, At(address): At<Numbered>) -> Result<StatusCode, Refused> {
    app.work(move |hosted| trusts::remove(hosted, &access.visit, address.id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
