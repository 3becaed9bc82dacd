//! `POST /projects/env/{id}/deploy`: that client asks the server to create resources. This server creates none; it reports what is needed
//! and whether its values are set, in one server-sent event, because that client treats everything that arrives together as one.

use std::fmt::Write;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::access::Signed;
use crate::app::App;
use crate::hosted::Refusal;
use crate::hosted::compiled;
use crate::problem::Refused;

/// Reports what an environment needs before the program runs there.
pub(super) async fn deploy(
    Signed(caller): Signed,
    State(app): State<App>,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Refused> {
    let id = path.ok().and_then(|Path(id)| Uuid::try_parse(&id).ok());
    let id = id.ok_or_else(|| Refusal::not_found("there is no such environment"))?;
    let found = app.slowly(caller.user.id, move |hosted| {
        let visit = compiled::located(hosted, caller, id)?;
        compiled::readiness(hosted, &visit)
    });
    let (is_ready, lines) = found.await?;
    Ok(([(CONTENT_TYPE, "text/event-stream")], event(is_ready, &lines)).into_response())
}

fn event(is_ready: bool, lines: &[String]) -> String {
    let mut text = format!("event: {}\n", if is_ready { "success" } else { "error" });
    let first = "takk serve stores values and does not create resources; the code needs:";
    for line in std::iter::once(first).chain(lines.iter().map(String::as_str)) {
        // A line of an event must not contain line breaks.
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        writeln!(text, "data: {line}").expect("a String takes all text");
    }
    text.push('\n');
    text
}
