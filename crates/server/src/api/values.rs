//! `/api/v1/projects/{project}/environments/{environment}/values`

use axum::Json;
use axum::extract::{RawQuery, State};
use utoipa::IntoParams;

use super::address::InEnvironment;
use crate::access::{ForQueue, Values};
use crate::app::App;
use crate::body::all_of;
use crate::hosted::values;
use crate::problem::Refused;
use takk_api::ValueList;
use takk_api::names::VariableName;

/// The values to return.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query, in which the parameter may come often")]
pub(crate) struct NamesQuery {
    /// A variable; omit it to get all of them.
    #[param(inline)]
    name: Option<Vec<VariableName>>,
}

/// Get values of an environment in one response: all that are set, or those that are named
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/values", tag = "secrets", security(("token" = [])),
    params(InEnvironment, NamesQuery), responses((status = 200, body = ValueList)),
)]
pub(crate) async fn read(
    write_queue: ForQueue<Values>,
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Json<ValueList>, Refused> {
    let names = all_of(query.as_deref(), "name");
    let given = write_queue.ask(&app, |visitor| values::asked(visitor, names)).await?;
    Ok(Json(values::list(given)?))
}
