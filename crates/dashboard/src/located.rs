//! `/projects/env/{id}` and below: the URLs that the published client (takk 0.1.40) prints, redirected to the pages.

use axum::extract::{Path, State};
use uuid::Uuid;

use super::answer::{Answer, see, segment};
use super::person::Person;
use takk_server::app::App;
use takk_server::hosted::{Refusal, compiled};

/// Redirects to the needs of an environment.
pub(crate) async fn environment(State(app): State<App>, person: Person, Path(id): Path<String>) -> Answer {
    sent_on(&app, person, &id, "resources").await
}

/// Redirects to the form for its values.
pub(crate) async fn secrets(State(app): State<App>, person: Person, Path(id): Path<String>) -> Answer {
    sent_on(&app, person, &id, "set").await
}

async fn sent_on(app: &App, person: Person, id: &str, page: &str) -> Answer {
    let id = Uuid::try_parse(id).map_err(|_| Refusal::not_found("there is no page or endpoint at this path"))?;
    let visit = app.work(move |hosted| compiled::located(hosted, person.caller, id)).await?;
    Ok(see(&format!("/projects/{}/environments/{}/{page}", segment(&visit.project), segment(&visit.environment))))
}
