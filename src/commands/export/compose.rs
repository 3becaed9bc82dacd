//! `takk export compose`

use std::path::{Path, PathBuf};

use super::super::value_args::{ValueArgs, plan_of};
use super::super::{Outcome, Session, open_platform};
use crate::ui::{compose_yaml, json};
use takk_files::{MOST, Target, boundary, is_standard_output};
use takk_model::error::{Error, Result};
use takk_project::ops::env::in_use;
use takk_project::ops::export::compose_file::compose_file;

/// Write a Compose file with the servers that the program needs
///
/// Each server has the version of the plan, and listens on 127.0.0.1. The file contains no password: start it with `takk run --parts --
/// docker compose up`, which sets the logins and ports that the values of the program have.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    #[command(flatten)]
    values: ValueArgs,
    /// Write this file instead of printing
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file even if takk did not write it
    #[arg(long, requires = "output")]
    force: bool,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.values.project.read(session)?;
    let mut platform = open_platform::open_to_look_at(&project, session)?;
    let environment = in_use::chosen(&mut *platform, args.values.env.as_deref(), &project, &session.home)?;
    let plan = plan_of(&mut *platform, &project, &environment)?;
    let text = compose_yaml::render(&compose_file(&project, &environment, &plan)?);
    if let Some(path) = args.output.as_deref().filter(|path| !is_standard_output(path)) {
        let target = Target::new(path, &boundary(&project.root))?;
        if !args.force {
            check_ours(path, &target)?;
        }
        session.output.written(path, target.write(&text))?;
    } else if session.json {
        session.output.data(&json::json(&serde_json::json!({ "compose": text }))?)?;
    } else {
        session.output.data(&text)?;
    }
    Ok(Outcome::Clean)
}

/// A file that takk did not write is not overwritten.
fn check_ours(path: &Path, target: &Target) -> Result<()> {
    let failed = |error: std::io::Error| Error::system(format!("cannot read `{}`", path.display())).caused_by(error);
    match target.read(MOST).map_err(failed)? {
        Some(text) if !text.starts_with(compose_yaml::MARK.as_bytes()) => {
            Err(Error::usage(format!("`{}` already exists, and takk did not write it", path.display()))
                .hint("pass --force to overwrite it, or name another file with --output"))
        }
        _ => Ok(()),
    }
}
