//! `POST /projects/env/{id}/deploy`: that client asks the server to create resources. This server creates those for which the environment has
//! an admin address, tells what happens, and then whether all values are set. That client takes everything that arrives at the same time as
//! one event, so only the last one has a type.

use std::fmt::Write;

use axum::extract::{Path, State};
use axum::response::Response;
use uuid::Uuid;

use crate::access::Signed;
use crate::app::App;
use crate::events::{Format, Teller};
use crate::hosted::resources::{self, Prepared};
use crate::hosted::{Hosted, Refusal, compiled};
use crate::problem::Refused;
use takk_api::{ResourceEvent, ResourceFailure};

/// Creates what an environment lacks, and tells what is needed before the program runs there.
pub(super) async fn deploy(
    Signed(caller): Signed,
    State(app): State<App>,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Refused> {
    let id = path.ok().and_then(|Path(id)| Uuid::try_parse(&id).ok());
    let id = id.ok_or_else(|| Refusal::not_found("there is no such environment"))?;
    let person = caller.user.id;
    let prepared = app.slowly(person, move |hosted| compiled::prepared(hosted, caller, id)).await?;
    app.telling(person, Format::ServerSentEvents, move |hosted, teller| {
        created(hosted, &prepared, teller);
        let (is_ready, lines) = compiled::readiness(hosted, prepared.visit())?;
        teller.send(event(Some(if is_ready { "success" } else { "error" }), &lines));
        Ok(())
    })
}

/// A failure does not end the response: what is needed is told all the same.
fn created(hosted: &mut Hosted, prepared: &Prepared, teller: &Teller) {
    let created = resources::create(hosted, prepared, teller.is_gone(), &mut |told| {
        let lines = words(&told);
        if !lines.is_empty() {
            teller.send(event(None, &lines));
        }
    });
    if let Err(refusal) = created {
        teller.send(event(None, &all_of(None, &resources::failure(&refusal))));
    }
}

/// What an event says.
fn words(event: &ResourceEvent) -> Vec<String> {
    match event {
        ResourceEvent::Creating { resource } => vec![format!("{resource}: creating")],
        ResourceEvent::Starting { resource } => vec![format!("{resource}: starting")],
        ResourceEvent::LoggingIn { resource } => vec![format!("{resource}: waiting for a login")],
        ResourceEvent::Note { resource, text } => vec![format!("{resource}: {text}")],
        ResourceEvent::Ready { resource, server, .. } => {
            vec![format!("{resource}: ready, sets {}", server.variables.join(", "))]
        }
        ResourceEvent::Failed { resource, failure } => all_of(Some(resource), failure),
        ResourceEvent::Interrupted { resource } => vec![format!("{resource}: interrupted")],
        ResourceEvent::Removing { .. }
        | ResourceEvent::Removed { .. }
        | ResourceEvent::Stopped { .. }
        | ResourceEvent::End { .. } => Vec::new(),
    }
}

fn all_of(resource: Option<&str>, failure: &ResourceFailure) -> Vec<String> {
    let what = resource.map(|resource| format!("{resource}: ")).unwrap_or_default();
    let first = format!("{what}not created: {}", failure.detail);
    let hints = failure.hints.iter().map(|hint| format!("hint: {hint}"));
    std::iter::once(first).chain(failure.about.iter().cloned()).chain(hints).collect()
}

/// A server-sent event.
fn event(kind: Option<&str>, lines: &[String]) -> String {
    let mut text = kind.map(|kind| format!("event: {kind}\n")).unwrap_or_default();
    for line in lines {
        // A line of an event must not contain line breaks.
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        writeln!(text, "data: {line}").expect("a String takes all text");
    }
    text.push('\n');
    text
}
