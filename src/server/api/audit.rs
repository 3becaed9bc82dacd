//! `/api/v1/projects/{project}/audit`

use axum::Json;
use axum::extract::State;

use super::address::{InProject, NumberedPageQuery};
use crate::ops::hosted::audit;
use crate::server::access::{Access, Operation};
use crate::server::app::App;
use crate::server::body::Asked;
use crate::server::problem::Refused;
use crate::wire::{AuditEntry, Page};

/// Who read and changed what in a project, the newest first
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/audit", tag = "people", security(("token" = [])), params(InProject, NumberedPageQuery),
    responses((status = 200, body = Page<AuditEntry>)),
)]
pub async fn list(
    access: Access<Operation>,
    State(app): State<App>,
    Asked(page): Asked<NumberedPageQuery>,
) -> Result<Json<Page<AuditEntry>>, Refused> {
    app.work(move |hosted| audit::list(hosted, &access.visit, &page.into())).await.map(Json)
}
