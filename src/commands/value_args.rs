//! The arguments that say which environment of which project a command on values is about.

use std::mem::ManuallyDrop;
use std::path::PathBuf;

use super::Session;
use super::project_args::{ProjectArgs, ReadingArgs};
use crate::error::Result;
use crate::model::{Environment, EnvironmentName};
use crate::ops::env::in_use;
use crate::ops::platform::{Platform, holdings};
use crate::ops::project::ReadProject;
use crate::plan::{EnvironmentPlan, plan};

/// Which environment of which project.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ValueArgs {
    /// The environment [default: the one in use, else dev, else the first of the project]
    #[arg(long, short, value_name = "NAME")]
    pub env: Option<String>,
    #[command(flatten)]
    pub project: InProject,
}

/// Which project.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct InProject {
    /// The project's directory
    #[arg(long, short = 'C', value_name = "DIR", default_value = ".")]
    pub project: PathBuf,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

impl InProject {
    /// Reads the project.
    pub fn read(&self) -> Result<ManuallyDrop<ReadProject>> {
        ProjectArgs { path: self.project.clone(), reading: self.reading.clone() }.read()
    }
}

impl ValueArgs {
    /// Reads the project, and finds the environment in it.
    pub fn read(&self, session: &Session) -> Result<(ManuallyDrop<ReadProject>, Environment)> {
        let project = self.project.read()?;
        let environment = in_use::chosen(self.env.as_deref(), &project, &session.home)?;
        Ok((project, environment))
    }
}

/// The plan of one environment with what the store holds of it.
pub(super) fn plan_of(project: &ReadProject, environment: &Environment, session: &Session) -> Result<EnvironmentPlan> {
    let held = holdings(&session.home, project_name(project), std::slice::from_ref(environment))?;
    Ok(plan(&project.manifest, environment, held.of(&environment.name)))
}

/// The store, made if there is none; says what its user should know.
pub(super) fn open(project: &ReadProject, session: &Session) -> Result<Platform> {
    let platform = Platform::open(&session.home, project_name(project))?;
    for notice in &platform.notices {
        session.output.warn(notice);
    }
    Ok(platform)
}

/// The store, if it knows the project.
pub(super) fn existing(project: &ReadProject, session: &Session) -> Result<Option<Platform>> {
    Platform::existing(&session.home, project_name(project))
}

/// Under which name the store keeps the project.
fn project_name(project: &ReadProject) -> &str {
    &project.manifest.project.name
}

/// The names of environments.
pub(super) fn names(environments: &[Environment]) -> Vec<EnvironmentName> {
    environments.iter().map(|environment| environment.name.clone()).collect()
}
