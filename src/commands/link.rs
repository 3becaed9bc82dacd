//! `takk link`

use super::value_args::InProject;
use super::{Outcome, Session, door, push};
use crate::client::{Address, Link, Linked, account, link};
use crate::error::{Error, Result};
use crate::ops::project::ReadProject;
use crate::platform::{Embedded, Platform};
use crate::ui::{json, line, server_text};

/// Keep the values of this checkout on a server
///
/// The data directory of takk remembers it; nothing is written into the checkout. Without an address it is the server that
/// `server` in [tool.takk] names. A project that the server does not have yet is made there.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The address of the server
    #[arg(value_name = "URL", conflicts_with = "unlink")]
    server: Option<String>,
    /// The name of the project on the server, if it is another one than here
    #[arg(long, value_name = "NAME", conflicts_with = "unlink")]
    name: Option<String>,
    /// Go back to the store of this machine; nothing is removed from the server
    #[arg(long)]
    unlink: bool,
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read()?;
    let proposed = project.config.server.as_deref();
    if args.unlink {
        let before = link::forget(&session.home, &project.root, proposed)?;
        session.output.note(&server_text::unlinked(before.as_deref()));
        return said(None, session);
    }
    let Some(url) = args.server.as_deref().or(proposed) else { return show(&project, session) };
    let address = Address::parse(url, session.home.server.allow_http)?;
    let name = args.name.as_deref().unwrap_or(&project.manifest.project.name);
    let connection = account::connect(&session.home, &address, Some(name))?;
    let is_new = account::make_project(&connection, name)?;
    link::remember(&session.home, &project.root, &address, args.name.as_deref())?;
    session.output.note(&server_text::linked(&address, name, is_new));
    tell(&project, session);
    let held: usize = own_values(&project, session)?;
    if is_new && held > 0 {
        session.output.note(&server_text::left_behind(held));
    }
    said(Some(&Link { address, project: name.to_owned() }), session)
}

/// Tells the server what the code needs. The link holds without it.
fn tell(project: &ReadProject, session: &Session) {
    let pushed = door::platform(project, session).and_then(|mut platform| push::all(&mut *platform, project, session));
    match pushed {
        Ok(pushed) => session.output.note(&server_text::pushed(&pushed)),
        Err(error) => session
            .output
            .warn(&format!("the server does not know yet what the code needs, `takk push` tells it: {}", error.message)),
    }
}

/// How many values of the project are in the store of this machine.
fn own_values(project: &ReadProject, session: &Session) -> Result<usize> {
    let mut own = Embedded::new(&session.home, &project.manifest.project.name, |_| ());
    Ok(own.environments()?.iter().map(|environment| environment.values).sum())
}

/// Says which server it is.
fn show(project: &ReadProject, session: &Session) -> Result<Outcome> {
    match door::linked(project, session)? {
        Linked::Server(link) => {
            session.output.note(&line!("The values of this checkout are those of `{}` on {}.", link.project, link.address));
            said(Some(&link), session)
        }
        Linked::OwnStore | Linked::Proposed(_) => Err(Error::usage("this checkout is linked to no server")
            .hint("name one: takk link https://takk.example.org")
            .hint("for the whole team: `server = \"https://takk.example.org\"` in [tool.takk] of pyproject.toml")),
    }
}

fn said(link: Option<&Link>, session: &Session) -> Result<Outcome> {
    if session.json {
        let server = link.map(|link| link.address.as_str());
        let project = link.map(|link| link.project.as_str());
        session.output.data(&json::json(&serde_json::json!({ "server": server, "project": project }))?)?;
    }
    Ok(Outcome::Clean)
}
