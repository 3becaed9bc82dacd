//! `/login/device`: a person agrees that a program which waits with a code acts for them.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::answer::{Answer, shown};
use super::filled::Filled;
use super::person::Person;
use super::said::Said;
use super::shell::Shell;
use crate::ops::hosted::login;
use crate::server::app::App;

/// The code that the program shows.
#[derive(Deserialize)]
pub(in crate::server) struct Asked {
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "device.html")]
struct DevicePage<'p> {
    shell: Shell,
    code: &'p str,
    /// What the program calls itself.
    waiting: Option<String>,
    is_done: bool,
    said: Said,
}

/// Says who asks, and for whom.
pub(in crate::server) async fn show(State(app): State<App>, person: Person, Query(Asked { code }): Query<Asked>) -> Answer {
    let asked = code.clone();
    let waiting = app.work(move |hosted| login::waiting(hosted, &asked)).await?;
    let code = code.trim().to_ascii_uppercase();
    let said = match &waiting {
        None if !code.is_empty() => Said::of("code", "No program waits with this code, or its time is over."),
        _ => Said::default(),
    };
    Ok(shown(&DevicePage { shell: Shell::new(&person, ""), code: &code, waiting, is_done: false, said }))
}

/// Lets the program in.
pub(in crate::server) async fn agree(State(app): State<App>, person: Person, filled: Filled) -> Answer {
    let (caller, code) = (person.caller.clone(), filled.text("code").to_owned());
    app.work(move |hosted| login::approve(hosted, &caller, &code)).await?;
    Ok(shown(&DevicePage { shell: Shell::new(&person, ""), code: "", waiting: None, is_done: true, said: Said::default() }))
}
