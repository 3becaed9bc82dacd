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

/// The filter and the page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RowQuery {
    /// `next` of the previous page; omit it for the first page.
    #[param(pattern = "^[0-9]{1,18}$")]
    cursor: Option<String>,
    /// The maximum number of items.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// Only entries of this user.
    #[param(pattern = "^[^\\x00]*$")]
    actor: Option<String>,
    /// Only this action: `values.read`, or `values` for all actions that start with it.
    #[param(pattern = "^[^\\x00]*$")]
    action: Option<String>,
    /// Only entries about this environment.
    #[param(pattern = "^[^\\x00]*$")]
    environment: Option<String>,
    /// Only entries about this name, in any version.
    #[param(pattern = "^[^\\x00]*$")]
    name: Option<String>,
    /// Only entries from this time on, in milliseconds since 1970.
    since: Option<i64>,
    /// Only entries before this time, in milliseconds since 1970.
    until: Option<i64>,
}

/// List who read and changed what in a project, newest first
///
/// A token that is limited to some environments sees only the entries about these.
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/audit", tag = "people", security(("token" = [])), params(InProject, RowQuery),
    responses((status = 200, body = Page<AuditEntry>)),
)]
pub(crate) async fn list(
    access: Access<Operation>,
    State(app): State<App>,
    Parameters(query): Parameters<RowQuery>,
) -> Result<Json<Page<AuditEntry>>, Refused> {
    let RowQuery { cursor, limit, actor, action, environment, name, since, until } = query;
    let filter = AuditFilter { actor, action, environment, item: name, since, until, ..AuditFilter::default() };
    let person = access.visit.caller.user.id;
    app.slowly(person, move |hosted| audit::list(hosted, &access.visit, filter, &Paging { cursor, limit })).await.map(Json)
}
