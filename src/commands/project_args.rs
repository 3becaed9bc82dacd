//! The arguments that say which project is read, and how.

use std::path::{Path, PathBuf};

use super::Session;
use crate::ui::link_text;
use takk_model::error::Result;
use takk_project::config::Variables;
use takk_project::ops::project::{self, ProjectOptions, ReadProject};
use takk_project::ops::root::root_from;

/// Selects the project.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ProjectArgs {
    /// The project's directory [default: the project that the current directory is in]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// The same, as other commands call it
    #[arg(long, short = 'C', value_name = "DIR", hide = true, conflicts_with = "path")]
    pub project: Option<PathBuf>,
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
    pub(super) fn read(&self, session: &Session) -> Result<ReadProject> {
        project::read(&self.options(session)?)
    }

    /// What to read.
    pub(super) fn options(&self, session: &Session) -> Result<ProjectOptions> {
        let path = match self.path.as_ref().or(self.project.as_ref()) {
            Some(path) => session.named(path)?,
            None => session.root()?.to_owned(),
        };
        Ok(ProjectOptions {
            path,
            include_tests: self.reading.include_tests,
            venv: self.reading.venv.clone(),
            variables: Variables::of_process(),
            only_values: false,
            is_last: true,
        })
    }
}

impl Session {
    /// A project that an argument names. Remembers it if the current directory is in another one.
    fn named(&self, path: &Path) -> Result<PathBuf> {
        let of_here = Path::new(".").canonicalize().ok().map(|current| root_from(&self.home, &current)).transpose()?;
        if path.canonicalize().ok() != of_here {
            let _ = self.elsewhere.set(path.to_owned());
        }
        Ok(path.to_owned())
    }

    /// The root of the project that the current directory is in. Says once which one it is, if it is another directory.
    pub(super) fn root(&self) -> Result<&Path> {
        if let Some(root) = self.root.get() {
            return Ok(root);
        }
        let here = Path::new(".");
        let Ok(current) = here.canonicalize() else { return Ok(here) };
        let root = root_from(&self.home, &current)?;
        if root == current {
            return Ok(self.root.get_or_init(|| root));
        }
        self.output.note(&link_text::root(&root));
        Ok(self.root.get_or_init(|| root))
    }
}
