//! Requests of the form for values while somebody types: whether a value would be accepted, and a generated value. Nothing is stored.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::answers::{made_up, verdict};
use super::form::FormBody;
use super::person::Inside;
use super::stopped::Stopped;
use takk_server::access::Values;
use takk_server::app::App;
use takk_server::hosted::manifests::needed;

/// Returns what pydantic would say of a value.
pub(crate) async fn check(
    State(app): State<App>,
    Inside { visit, .. }: Inside<Values>,
    filled: FormBody,
) -> Result<Json<Value>, Stopped> {
    let checked = app.slowly(visit.caller.user.id, move |hosted| {
        let needed = needed(hosted, &visit)?;
        Ok(match verdict(needed.as_deref(), filled.text("name"), filled.text("value")) {
            Ok(None) => json!({ "verdict": "accepted" }),
            Ok(Some(reason)) => json!({ "verdict": "unchecked", "said": reason }),
            Err(wrong) => json!({ "verdict": "refused", "said": wrong }),
        })
    });
    Ok(Json(checked.await?))
}

pub(crate) async fn generate(
    State(app): State<App>,
    Inside { visit, .. }: Inside<Values>,
    filled: FormBody,
) -> Result<Json<Value>, Stopped> {
    let made = app.slowly(visit.caller.user.id, move |hosted| {
        let needed = needed(hosted, &visit)?;
        let made = made_up(filled.text("name"), needed.as_deref())?;
        Ok(json!({ "value": made.as_str() }))
    });
    Ok(Json(made.await?))
}
