//! `GET /users/whoami` and `GET /users/registry`

use axum::Json;
use serde_json::{Value, json};

use crate::access::Signed;
use crate::hosted::Refusal;
use crate::problem::Refused;

/// Identifies the caller; that client prints the response.
pub(super) async fn whoami(Signed(caller): Signed) -> Json<Value> {
    Json(json!({
        "id": caller.user.id,
        "name": caller.user.name,
        "email": caller.user.email,
        "token": caller.token.label,
        "role": caller.token.role.as_str(),
        "server": concat!("takk ", env!("CARGO_PKG_VERSION")),
    }))
}

/// This server has no image registry.
pub(super) async fn registry(_: Signed) -> Refused {
    Refusal::not_found("takk serve has no image registry")
        .hint("deploy with --no-push, and push the image to your own registry with docker")
        .into()
}
