//! What the form of values asks while somebody types: whether a value would be accepted, and a value that is made up. Nothing is kept.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::answer::Stopped;
use super::answers::{made_up, verdict};
use super::filled::Filled;
use super::person::Inside;
use crate::ops::hosted::entry::Visit;
use crate::ops::hosted::manifests::{Needed, needed};
use crate::server::access::Values;
use crate::server::app::App;
use crate::server::problem::Refused;

/// Says what pydantic would say of a value.
pub(in crate::server) async fn check(
    State(app): State<App>,
    Inside { visit, .. }: Inside<Values>,
    filled: Filled,
) -> Result<Json<Value>, Stopped> {
    let needed = of(&app, visit).await?;
    Ok(Json(match verdict(needed.as_ref(), filled.text("name"), filled.text("value")) {
        Ok(None) => json!({ "verdict": "accepted" }),
        Ok(Some(reason)) => json!({ "verdict": "unchecked", "said": reason }),
        Err(wrong) => json!({ "verdict": "refused", "said": wrong }),
    }))
}

/// Makes a value up.
pub(in crate::server) async fn generate(
    State(app): State<App>,
    Inside { visit, .. }: Inside<Values>,
    filled: Filled,
) -> Result<Json<Value>, Stopped> {
    let needed = of(&app, visit).await?;
    let made = made_up(filled.text("name"), needed.as_ref())?;
    Ok(Json(json!({ "value": made.as_str() })))
}

async fn of(app: &App, visit: Visit) -> Result<Option<Needed>, Refused> {
    app.work(move |hosted| needed(hosted, &visit)).await
}
