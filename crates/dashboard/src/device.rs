//! `/login/device`: a person authorizes a program that waits with a device code to act for them.

use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{Answer, shown};
use super::form::FormBody;
use super::form_errors::Said;
use super::person::Person;
use super::shell::Shell;
use takk_server::app::App;
use takk_server::hosted::login;
use takk_server::problem::Refused;

/// How often to look again for a login that does not exist yet, and the interval.
const LATE: u32 = 10;
const PAUSE: Duration = Duration::from_millis(300);

/// The code that the program shows.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "device.html")]
struct DevicePage<'p> {
    shell: Shell,
    code: &'p str,
    /// The program's own name.
    waiting: Option<String>,
    /// Whether the program shows the code: takk 0.1.40 does not.
    is_code_shown: bool,
    /// The user's decision.
    decision: Option<Decision>,
    said: Said,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    Authorized,
    Denied,
}

/// Shows which program asks, and for which user.
pub(crate) async fn show(State(app): State<App>, person: Person, Query(Asked { code }): Query<Asked>) -> Answer {
    let code = code.trim().to_ascii_uppercase();
    let is_code_shown = Uuid::try_parse(&code).is_err();
    let mut waiting = who_waits(&app, &code).await?;
    // takk 0.1.40 opens this page before it starts the login.
    for _ in 0..LATE {
        if waiting.is_some() || is_code_shown {
            break;
        }
        tokio::time::sleep(PAUSE).await;
        waiting = who_waits(&app, &code).await?;
    }
    let said = match &waiting {
        None if !code.is_empty() && is_code_shown => Said::of("code", "This code is unknown or has expired."),
        None if !code.is_empty() => {
            Said::of("code", "This code is unknown or has expired. If you have just run `takk login`, reload this page.")
        }
        _ => Said::default(),
    };
    Ok(shown(&DevicePage { shell: Shell::new(&person, ""), code: &code, waiting, is_code_shown, decision: None, said }))
}

pub(crate) async fn agree(State(app): State<App>, person: Person, filled: FormBody) -> Answer {
    let (caller, code) = (person.caller.clone(), filled.text("code").to_owned());
    let decision = if filled.text("decision") == "deny" { Decision::Denied } else { Decision::Authorized };
    let decide = if decision == Decision::Denied { login::deny } else { login::approve };
    app.work(move |hosted| decide(hosted, &caller, &code)).await?;
    let shell = Shell::new(&person, "");
    Ok(shown(&DevicePage {
        shell,
        code: "",
        waiting: None,
        is_code_shown: true,
        decision: Some(decision),
        said: Said::default(),
    }))
}

/// The name of the program with this code, if its login is pending.
async fn who_waits(app: &App, code: &str) -> Result<Option<String>, Refused> {
    let asked = code.to_owned();
    app.work(move |hosted| login::waiting(hosted, &asked)).await
}
