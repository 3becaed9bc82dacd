//! `takk plan`

use clap::ValueEnum;

use super::project_args::ProjectArgs;
use super::{Outcome, Session, open_platform};
use crate::ui::{findings_text, json, plan_html, plan_markdown, plan_text};
use takk_model::error::Result;
use takk_model::{Finding, Severity};
use takk_plan::{Plan, State};
use takk_project::ops::other_sources::OtherSources;
use takk_project::ops::plan;
use takk_project::ops::project::ReadProject;

/// Show what the program needs: resources, secrets, services
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    project: ProjectArgs,
    /// Only this environment; may be repeated
    #[arg(long, short, value_name = "NAME")]
    env: Vec<String>,
    /// Show long lists in full
    #[arg(long)]
    all: bool,
    /// Ask the backends of secret paths whether they exist
    #[arg(long)]
    live: bool,
    /// Exit with 1 if a value is missing
    #[arg(long)]
    detailed_exitcode: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "json")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Text,
    /// For programs; the schema is docs/schema/plan.json
    Json,
    /// For a pull request or a workflow summary
    Markdown,
    /// One self-contained page
    Html,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let mut answer = plan::plan(&mut *open_platform::open_to_look_at(&project, session)?, &project, &args.env)?;
    if args.live {
        session.output.warn_of(&plan::look(&mut answer, &project)?);
    }
    let (plan, findings) = (&answer.plan, &answer.findings);
    let format = if session.json { Format::Json } else { args.format };
    session.output.data(&match format {
        Format::Text => plan_text::render(plan, findings, args.all),
        Format::Json => json::json(plan)?,
        Format::Markdown => plan_markdown::render(plan, findings, args.all),
        Format::Html => plan_html::render(plan, findings)?,
    })?;
    let errors: Vec<Finding> = answer.findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect();
    session.output.note(&findings_text::brief(&errors));
    if matches!(format, Format::Text) {
        session.output.note(&in_files(&project, plan));
    }
    let mut variables = answer.plan.environments.iter().flat_map(|environment| &environment.variables);
    let is_missing = args.detailed_exitcode && variables.any(|variable| variable.state == State::Missing);
    Ok(if is_missing { Outcome::Findings } else { Outcome::Clean })
}

/// What the dotenv files of the checkout have of the first environment that lacks any of it.
fn in_files(project: &ReadProject, plan: &Plan) -> String {
    let beside = OtherSources::of(project, &[]);
    let mut found =
        plan.environments.iter().map(|environment| (beside.files_with(&project.manifest, environment), environment));
    let Some((files, environment)) = found.find(|(files, _)| !files.is_empty()) else { return String::new() };
    plan_text::in_files(&files.into_iter().map(|(file, names)| (project.path_of(&file), names)).collect(), environment)
}
