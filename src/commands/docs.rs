//! `takk docs`

use super::project_args::ProjectArgs;
use super::{Outcome, Session};
use crate::ui::{docs_markdown, json};
use takk_model::error::Result;
use takk_project::config::Home;
use takk_project::ops::plan;
use takk_project::platform::Embedded;

/// Print the environment reference in Markdown
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    project: ProjectArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let answer = plan::plan(&mut Embedded::nothing(&Home::none()), &project, &[])?;
    let text = docs_markdown::render(&project.manifest, &answer.plan);
    if session.json {
        session.output.data(&json::json(&serde_json::json!({ "markdown": text }))?)?;
    } else {
        session.output.data(&text)?;
    }
    Ok(Outcome::Clean)
}
