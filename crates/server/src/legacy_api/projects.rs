//! `PUT /projects/{project}/{environment}`: a compiled project.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use serde::de::IgnoredAny;

use crate::access::Signed;
use crate::app::App;
use crate::body::Sent;
use crate::hosted::compiled::{self, Updated};
use crate::hosted::{Refusal, names};
use crate::problem::Refused;

/// `UpdateProjectResponse`
#[derive(Serialize)]
pub(super) struct Answer {
    project_id: String,
    project_env_id: String,
    docker_tag: Option<String>,
    missing_secrets_count: usize,
}

/// Stores what the code needs, and returns how much of it is missing.
pub(super) async fn update(
    Signed(caller): Signed,
    State(app): State<App>,
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
    body: Sent<IgnoredAny>,
) -> Result<Json<Answer>, Refused> {
    let Path((project, environment)) = path.map_err(|_| Refusal::invalid("the path is not valid UTF-8"))?;
    names::project(&project)?;
    names::environment(&environment)?;
    let person = caller.user.id;
    let declaration = app.slowly(person, move |_| compiled::read(&body.bytes)).await?;
    let visit = app.work(move |hosted| compiled::update(hosted, caller, &project, &environment, &declaration)).await?;
    let updated = app.slowly(person, move |hosted| compiled::updated(hosted, &visit)).await?;
    let Updated { project, environment, missing } = updated;
    Ok(Json(Answer {
        project_id: project.to_string(),
        project_env_id: environment.to_string(),
        docker_tag: None,
        missing_secrets_count: missing,
    }))
}
