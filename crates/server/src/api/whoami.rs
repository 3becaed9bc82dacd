//! `/api/v1/whoami`

use axum::Json;

use crate::access::Signed;
use takk_api::Whoami;

/// Get the caller and their token
#[utoipa::path(get, path = "/api/v1/whoami", tag = "people", security(("token" = [])), responses((status = 200, body = Whoami)))]
pub(crate) async fn whoami(Signed(caller): Signed) -> Json<Whoami> {
    Json(Whoami { user: caller.user, token: caller.token, version: env!("CARGO_PKG_VERSION").to_owned() })
}
