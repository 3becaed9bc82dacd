//! `/api/v1/projects/{project}/audit`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::address::InProject;
use crate::access::{Access, Operation};
use crate::app::App;
use crate::body::Parameters;
use crate::hosted::Paging;
use crate::hosted::audit::{self, AuditFilter};
use crate::problem::Refused;
use takk_api::{AuditEntry, Page};

/// Which rows, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RowQuery {
    /// `next` of the page before; left out for the first one.
    #[param(pattern = "^[0-9]{1,18}$")]
    cursor: Option<String>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// Only what this user did.
    #[param(pattern = "^[^\\x00]*$")]
    actor: Option<String>,
    /// Only what was done so: `values.read`, or `values` for all that begins so.
    #[param(pattern = "^[^\\x00]*$")]
    action: Option<String>,
    /// Only what was done in this environment.
    #[param(pattern = "^[^\\x00]*$")]
    environment: Option<String>,
    /// Only what was done to this name, in whatever version.
    #[param(pattern = "^[^\\x00]*$")]
    name: Option<String>,
    /// Only from this moment on, in milliseconds since 1970.
    since: Option<i64>,
    /// Only before this moment, in milliseconds since 1970.
    until: Option<i64>,
}

/// Who read and changed what in a project, the newest first
///
/// A token for some environments is given the rows about these, and no others.
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/audit", tag = "people", security(("token" = [])), params(InProject, RowQuery),
    responses((status = 200, body = Page<AuditEntry>)),
)]
pub async fn list(
    access: Access<Operation>,
    State(app): State<App>,
    Parameters(query): Parameters<RowQuery>,
) -> Result<Json<Page<AuditEntry>>, Refused> {
    let RowQuery { cursor, limit, actor, action, environment, name, since, until } = query;
    let filter = AuditFilter { actor, action, environment, item: name, since, until, ..AuditFilter::default() };
    let person = access.visit.caller.user.id;
    app.slowly(person, move |hosted| audit::list(hosted, &access.visit, filter, &Paging { cursor, limit })).await.map(Json)
}
