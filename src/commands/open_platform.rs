//! Whose values a checkout gets, and where they are: in the store of this machine, or on a server. Only this code chooses, and prompts if
//! it is undecided.

use super::Session;
use crate::ui::{confirm, link_text};
use takk_client::{Connection, Remote, account};
use takk_model::error::{Error, Result};
use takk_project::ops::project::ReadProject;
use takk_project::platform::{
    ByToken, Checkout, Decision, Embedded, Link, NewProject, Platform, Question, ServerProject, link,
};

/// The platform with the checkout's values. Asks the user about the link if it is undecided.
pub(super) fn open_platform<'s>(project: &ReadProject, session: &'s Session) -> Result<Box<dyn Platform + 's>> {
    match link::decide(&session.home, &checkout(project))? {
        Decision::Linked(link) => Ok(linked(link, session)),
        Decision::New(new) => Ok(of_new(new, session)),
        Decision::ByToken(open) => by_token(open, session),
        Decision::Proposed(url) => Err(link::undecided(&url)),
        Decision::Asked(question) => Ok(linked(ask(question, session)?, session)),
    }
}

/// The same for commands that only show what the code needs: if the link is undecided, they say so and show no values.
pub(super) fn open_to_look_at<'s>(project: &ReadProject, session: &'s Session) -> Result<Box<dyn Platform + 's>> {
    let mut checkout = checkout(project);
    let mut decision = link::decide(&session.home, &checkout)?;
    if let Decision::Proposed(url) = &decision {
        session.output.warn(&format!(
            "the project settings name the server {url}, but this checkout is not linked to it: run `takk link` to link it"
        ));
        checkout.proposed = None;
        decision = link::decide(&session.home, &checkout)?;
    }
    let unseen = |why: &str| session.output.warn(&format!("takk does not read any values: {why}"));
    match decision {
        Decision::Linked(link) => return Ok(linked(link, session)),
        Decision::New(_) => {}
        Decision::ByToken(open) => match by_token(open, session) {
            Ok(platform) => return Ok(platform),
            Err(error) => unseen(&error.message),
        },
        Decision::Proposed(url) => unseen(&link::undecided(&url).message),
        Decision::Asked(question) => unseen(&format!("{}; run `takk link` to link it", question.doubt())),
    }
    Ok(Box::new(Embedded::nothing(&session.home)))
}

/// The checkout from which a project was read.
pub(super) fn checkout(project: &ReadProject) -> Checkout {
    let (root, name) = (project.root.clone(), project.manifest.project.name.clone());
    Checkout { root, name, proposed: project.config.server.clone() }
}

/// Notes that a command uses the local store although the checkout's values are elsewhere.
pub(super) fn mind_the_server(session: &Session) -> Result<()> {
    if let Some(address) = link::server_of(&session.home, session.root()?)? {
        session.output.warn(&format!(
            "this command uses the local store. The values of this checkout are on {address}; whoever operates that server backs \
             it up and verifies it there"
        ));
    }
    Ok(())
}

/// Asks once whether the checkout may have the values. In CI, and without a terminal, that is an error.
pub(super) fn ask(mut question: Question, session: &Session) -> Result<Link> {
    if !session.output.is_interactive() || session.json || session.home.is_build {
        return Err(question.refusal());
    }
    if let Some(address) = &question.server {
        let connection = account::connect(&session.home, address, Some(&question.project))?;
        question.kept = account::kept(&connection, &question.project)?;
    }
    session.output.before_question(&link_text::question(&question));
    if confirm::yes(&link_text::may_it(&question))? {
        return question.agreed(&session.home);
    }
    Err(Error::usage("this checkout is not authorized to use the values").hint(link_text::apart()))
}

/// The project that the token of a connection is limited to, if it is a single one.
pub(super) fn of_token(open: ByToken, connection: &Connection) -> Result<ServerProject> {
    let projects = account::whoami(connection)?.token.projects;
    match projects.as_slice() {
        [project] => Ok(open.is_for(project)),
        _ => Err(open.refusal()),
    }
}

fn by_token<'s>(open: ByToken, session: &'s Session) -> Result<Box<dyn Platform + 's>> {
    let connection = account::connect(&session.home, &open.address, None)?;
    let project = of_token(open, &connection)?;
    Ok(Box::new(Remote::over(&session.home, project, connection)))
}

fn linked<'s>(link: Link, session: &'s Session) -> Box<dyn Platform + 's> {
    match link {
        Link::Server(project) => Box::new(Remote::new(&session.home, project)),
        Link::OwnStore(project) => Box::new(Embedded::new(&session.home, project, |notice: &str| session.output.warn(notice))),
    }
}

fn of_new<'s>(new: NewProject, session: &'s Session) -> Box<dyn Platform + 's> {
    Box::new(Embedded::of_new(&session.home, new, |notice: &str| session.output.warn(notice)))
}
