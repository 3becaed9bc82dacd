//! The arguments that say which project is read, and how.

use std::path::PathBuf;

use takk_model::error::Result;
use takk_project::config::Variables;
use takk_project::ops::project::{self, ProjectOptions, ReadProject};

/// Selects the project.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ProjectArgs {
    /// The project's directory
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// How to read it.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ReadingArgs {
    /// Count settings classes in test code too
    #[arg(long)]
    pub include_tests: bool,
    /// Resolve imports in this virtual environment
    #[arg(long, value_name = "DIR")]
    pub venv: Option<PathBuf>,
}

impl ProjectArgs {
    /// Reads the project.
    pub(super) fn read(&self) -> Result<ReadProject> {
        project::read(&self.options())
    }

    /// What to read.
    pub(super) fn options(&self) -> ProjectOptions {
        ProjectOptions {
            path: self.path.clone(),
            include_tests: self.reading.include_tests,
            venv: self.reading.venv.clone(),
            variables: Variables::of_process(),
            only_values: false,
            is_last: true,
        }
    }
}
