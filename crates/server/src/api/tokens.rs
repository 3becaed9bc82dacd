//! `/api/v1/tokens`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::address::{At, Numbered, NumberedPageQuery};
use crate::access::Signed;
use crate::app::App;
use crate::body::{Parameters, Sent};
use crate::hosted::tokens;
use crate::problem::Refused;
use takk_api::{MadeToken, NewToken, Page, TokenInfo};

/// List the tokens of the caller, oldest first
#[utoipa::path(
    get, path = "/api/v1/tokens", tag = "people", security(("token" = [])), params(NumberedPageQuery),
    responses((status = 200, body = Page<TokenInfo>)),
)]
pub(crate) async fn list(
    Signed(caller): Signed,
    State(app): State<App>,
    Parameters(page): Parameters<NumberedPageQuery>,
) -> Result<Json<Page<TokenInfo>>, Refused> {
    app.work(move |hosted| tokens::list(hosted, &caller, &page.into())).await.map(Json)
}

/// Create a token with at most the permissions of the caller's token; only this response contains it
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "people", security(("token" = [])), request_body = NewToken,
    responses((status = 201, body = MadeToken)),
)]
pub(crate) async fn create(
    Signed(caller): Signed,
    State(app): State<App>,
    body: Sent<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), Refused> {
    let made = app.work(move |hosted| tokens::create(hosted, &caller, body.value)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revoke a token of the caller
#[utoipa::path(
    delete, path = "/api/v1/tokens/{id}", tag = "people", security(("token" = [])), params(Numbered),
    responses((status = 204, description = "Revoked")),
)]
pub(crate) async fn revoke(
    Signed(caller): Signed,
    State(app): State<App>,
    At(address): At<Numbered>,
) -> Result<StatusCode, Refused> {
    app.work(move |hosted| tokens::revoke(hosted, &caller, address.id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
