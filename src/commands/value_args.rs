//! The arguments that select the project and environment of a command that works on values.

use std::path::PathBuf;

use super::Session;
use super::open_platform;
use super::project_args::{ProjectArgs, ReadingArgs};
use takk_model::error::Result;
use takk_model::{Environment, EnvironmentName};
use takk_plan::{EnvironmentPlan, plan};
use takk_project::ops::env::in_use;
use takk_project::ops::project::{self, ProjectOptions, ReadProject};
use takk_project::platform::{Platform, holdings};

/// Selects an environment of a project.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ValueArgs {
    /// The environment [default: the one in use, else dev, else the first one of the project]
    #[arg(long, short, value_name = "NAME")]
    pub env: Option<String>,
    #[command(flatten)]
    pub project: InProject,
}

/// Selects the project.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct InProject {
    /// The project's directory [default: the project that the current directory is in]
    #[arg(long, short = 'C', value_name = "DIR")]
    pub project: Option<PathBuf>,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

impl InProject {
    /// Reads the project.
    pub(super) fn read(&self, session: &Session) -> Result<ReadProject> {
        self.args().read(session)
    }

    /// Reads only what is needed for values, without running rules. `is_last`: and then nothing else.
    pub(super) fn read_for_values(&self, session: &Session, is_last: bool) -> Result<ReadProject> {
        project::read(&ProjectOptions { only_values: true, is_last, ..self.args().options(session)? })
    }

    fn args(&self) -> ProjectArgs {
        ProjectArgs { path: None, project: self.project.clone(), reading: self.reading.clone() }
    }
}

/// An environment of a project, with the platform that has its values.
pub(super) struct Target<'s> {
    pub project: ReadProject,
    pub environment: Environment,
    pub platform: Box<dyn Platform + 's>,
}

impl ValueArgs {
    /// Reads the project, and finds its environment.
    pub(super) fn read<'s>(&self, session: &'s Session) -> Result<Target<'s>> {
        let project = self.project.read_for_values(session, true)?;
        let mut platform = open_platform::open_platform(&project, session)?;
        let environment = in_use::chosen(&mut *platform, self.env.as_deref(), &project, &session.home)?;
        Ok(Target { project, environment, platform })
    }
}

/// The plan of one environment with its stored values.
pub(super) fn plan_of(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &Environment,
) -> Result<EnvironmentPlan> {
    let held = holdings(platform, std::slice::from_ref(environment))?;
    Ok(plan(&project.manifest, environment, held.of(&environment.name)))
}

/// The names of environments.
pub(super) fn names(environments: &[Environment]) -> Vec<EnvironmentName> {
    environments.iter().map(|environment| environment.name.clone()).collect()
}
