//! `takk link`

use super::value_args::InProject;
use super::{Outcome, Session, open_platform, push};
use crate::ui::{json, server_text};
use takk_client::account;
use takk_model::error::{Error, Result};
use takk_project::ops::project::ReadProject;
use takk_project::platform::{Address, ByToken, Decision, Link, link, stored_under};

/// Link this checkout to a project, on a server or on this machine
///
/// takk records the link in its data directory, and writes nothing to the checkout; from then on, the name in its code no longer
/// matters. Without a URL, takk uses the `server` of [tool.takk], or with --name the place where the values are now. If the server
/// does not have the project yet, takk creates it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The URL of the server
    #[arg(value_name = "URL", conflicts_with = "unlink")]
    server: Option<String>,
    /// The name of the project [default: the name in the code]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Go back to the store of this machine; nothing is deleted from the server
    #[arg(long)]
    unlink: bool,
    #[command(flatten)]
    project: InProject,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let checkout = open_platform::checkout(&project);
    if args.unlink {
        let before = link::unlink(&session.home, &checkout)?;
        session.output.note(&server_text::unlinked(before.as_deref()));
        let Some(name) = &args.name else { return said(None, session) };
        return to_own_store(name, &project, session);
    }
    // A user who has chosen the local store and names a project means a local one.
    let keeps = args.name.is_some() && link::has_declined(&session.home, &project.root)?;
    let proposed = checkout.proposed.as_deref().filter(|_| !keeps);
    let server = match args.server.as_deref().or(proposed) {
        Some(url) => Some(Address::parse(url, session.home.server.allow_http)?),
        None => link::server_of(&session.home, &project.root)?,
    };
    match (&args.name, server) {
        (name, Some(address)) if args.server.is_some() || proposed.is_some() || name.is_some() => {
            to_server(&address, name.as_deref().unwrap_or(&checkout.name), &project, session)
        }
        (Some(name), _) => to_own_store(name, &project, session),
        (None, _) => show(&project, session),
    }
}

fn to_server(address: &Address, name: &str, project: &ReadProject, session: &Session) -> Result<Outcome> {
    let connection = account::connect(&session.home, address, Some(name))?;
    let is_new = account::make_project(&connection, name)?;
    let linked = link::link(&session.home, &open_platform::checkout(project), Some(address.clone()), name)?;
    session.output.note(&server_text::linked(address, name, is_new));
    tell(project, session);
    let own = &project.manifest.project.name;
    let held: usize = stored_under(&session.home, own)?.iter().map(|environment| environment.values).sum();
    if is_new && held > 0 {
        session.output.note(&server_text::left_behind(own, held));
    }
    said(Some(&linked), session)
}

fn to_own_store(name: &str, project: &ReadProject, session: &Session) -> Result<Outcome> {
    let linked = link::link(&session.home, &open_platform::checkout(project), None, name)?;
    session.output.note(&server_text::gets(&linked));
    said(Some(&linked), session)
}

/// Sends the manifest to the server. If that fails, the link is still valid.
fn tell(project: &ReadProject, session: &Session) {
    let pushed =
        open_platform::open_platform(project, session).and_then(|mut platform| push::all(&mut *platform, project, session));
    match pushed {
        Ok(pushed) => session.output.note(&server_text::pushed(&pushed)),
        Err(error) => session.output.warn(&format!(
            "linked, but the server does not have this project's manifest yet; run `takk push` to send it: {}",
            error.message
        )),
    }
}

/// Shows the link; asks the user if it is undecided.
fn show(project: &ReadProject, session: &Session) -> Result<Outcome> {
    let linked = match link::decide(&session.home, &open_platform::checkout(project))? {
        Decision::Linked(linked) => linked,
        Decision::Asked(question) => open_platform::ask(question, session)?,
        Decision::ByToken(open) => by_token(open, session)?,
        Decision::New(_) | Decision::Proposed(_) => {
            return Err(Error::usage("this checkout is not linked to a server, and no values are stored for it")
                .hint("link it: takk link https://takk.example.org")
                .hint("for the whole team: `server = \"https://takk.example.org\"` in [tool.takk] of pyproject.toml"));
        }
    };
    session.output.note(&server_text::gets(&linked));
    said(Some(&linked), session)
}

/// The project that the token of this CI job is for.
fn by_token(open: ByToken, session: &Session) -> Result<Link> {
    let connection = account::connect(&session.home, &open.address, None)?;
    Ok(Link::Server(open_platform::of_token(open, &connection)?))
}

fn said(link: Option<&Link>, session: &Session) -> Result<Outcome> {
    if session.json {
        let server = link.and_then(Link::server).map(Address::as_str);
        let project = link.map(Link::project);
        session.output.data(&json::json(&serde_json::json!({ "server": server, "project": project }))?)?;
    }
    Ok(Outcome::Clean)
}
