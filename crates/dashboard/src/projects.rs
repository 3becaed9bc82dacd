//! `/`: the projects of the signed-in user.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::form::FormBody;
use super::form_errors::Said;
use super::person::Person;
use super::shell::Shell;
use takk_api::{Code, ProjectInfo};
use takk_model::age::age;
use takk_server::app::App;
use takk_server::hosted::{Paging, projects};
use takk_server::problem::Refused;

#[derive(Template)]
#[template(path = "projects.html")]
struct ProjectsPage<'p> {
    shell: Shell,
    projects: Vec<ProjectInfo>,
    /// The name entered for a new project.
    typed: &'p str,
    said: Said,
    now: i64,
}

pub(crate) async fn show(State(app): State<App>, person: Person) -> Answer {
    page(&app, &person, "", Said::default()).await
}

pub(crate) async fn make(State(app): State<App>, person: Person, filled: FormBody) -> Answer {
    let (name, caller) = (filled.text("name").trim().to_owned(), person.caller.clone());
    let address = format!("/projects/{}", segment(&name));
    match app.work(move |hosted| projects::put(hosted, &caller, &name)).await {
        Ok(_) => Ok(see(&address)),
        Err(Refused(refusal)) if refusal.code == Code::Forbidden => {
            page(&app, &person, filled.text("name"), Said::of_refusal("name", &refusal)).await
        }
        Err(Refused(refusal)) => page(&app, &person, filled.text("name"), Said::refused("name", refusal)?).await,
    }
}

async fn page(app: &App, person: &Person, typed: &str, said: Said) -> Answer {
    let caller = person.caller.clone();
    let paging = Paging { cursor: None, limit: Some(500) };
    let (page, now) = app.work(move |hosted| Ok((projects::list(hosted, &caller, &paging)?, hosted.now()))).await?;
    Ok(shown(&ProjectsPage { shell: Shell::new(person, "projects"), projects: page.items, typed, said, now }))
}
