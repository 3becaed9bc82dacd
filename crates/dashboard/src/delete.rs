//! `/projects/{project}/environments/{environment}/delete`: deletes an environment after confirmation.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::form::FormBody;
use super::form_errors::Said;
use super::person::{Inside, Person};
use super::shell::Shell;
use takk_server::access::Ownership;
use takk_server::app::App;
use takk_server::hosted::authorize::AuthorizedAccess;
use takk_server::hosted::environments;

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage<'p> {
    shell: Shell,
    project: &'p str,
    environment: &'p str,
    /// How many values it has.
    values: usize,
    action: String,
    back: String,
    said: Said,
}

pub(crate) async fn ask(State(app): State<App>, Inside { person, visit, .. }: Inside<Ownership>) -> Answer {
    page(&app, &person, &visit, Said::default()).await
}

/// Deletes the environment, if the user entered its name.
pub(crate) async fn delete(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Ownership>,
    filled: FormBody,
) -> Answer {
    if filled.text("name").trim() != visit.environment {
        let said = Said::of("name", format!("The name does not match `{}`. Nothing was deleted.", visit.environment));
        return page(&app, &person, &visit, said).await;
    }
    app.write_queue().ask(environments::end((&visit).into())).await?;
    Ok(see(&back(&visit)))
}

async fn page(app: &App, person: &Person, visit: &AuthorizedAccess, said: Said) -> Answer {
    let place = visit.clone();
    let (info, _) = app.work(move |hosted| environments::one(hosted, &place)).await?;
    Ok(shown(&DeletePage {
        shell: Shell::within(person, visit, "environments"),
        project: &visit.project,
        environment: &visit.environment,
        values: info.values,
        action: format!("{}/{}/delete", back(visit), segment(&visit.environment)),
        back: back(visit),
        said,
    }))
}

fn back(visit: &AuthorizedAccess) -> String {
    format!("/projects/{}/environments", segment(&visit.project))
}
