//! Messages about a server: logging in, the account there, and which checkout is linked to it.

use serde::Serialize;

use super::palette::{NAME, line, paint};
use takk_api::Whoami;
use takk_model::age::until;
use takk_model::counted::counted;
use takk_model::visible::{one_line, shell_word};
use takk_model::{Role, TokenKind};
use takk_project::ops::push::Pushed;
use takk_project::platform::{Address, Link};

/// The output of `takk whoami`, for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Me {
    /// The server.
    pub server: String,
    /// Its version.
    pub version: String,
    /// The name.
    pub user: String,
    /// The email address of a person.
    pub email: Option<String>,
    /// The label of the token.
    pub token: String,
    /// Its kind: `personal` or `service`.
    pub kind: &'static str,
    /// Its maximum role.
    pub role: &'static str,
    /// The projects that it is limited to; empty for all.
    pub projects: Vec<String>,
    /// The environments that it is limited to; empty for all.
    pub environments: Vec<String>,
    /// When it expires, in milliseconds since 1970.
    pub expires_at: Option<i64>,
    /// The project on this server to which the current checkout is linked.
    pub linked: Option<String>,
}

impl Me {
    /// The response of a server, in a form that can be shown safely.
    pub fn new(server: &str, whoami: &Whoami, linked: Option<&str>) -> Self {
        let token = &whoami.token;
        let lines = |texts: &[String]| texts.iter().map(|text| one_line(text)).collect();
        Self {
            server: server.to_owned(),
            version: one_line(&whoami.version),
            user: one_line(&whoami.user.name),
            email: whoami.user.email.as_deref().map(one_line),
            token: one_line(&token.label),
            kind: match token.kind {
                TokenKind::Personal => "personal",
                TokenKind::Service => "service",
            },
            role: match token.role {
                Role::Viewer => "viewer",
                Role::Developer => "developer",
                Role::Operator => "operator",
                Role::Owner => "owner",
            },
            projects: lines(&token.projects),
            environments: lines(&token.environments),
            expires_at: token.expires_at,
            linked: linked.map(one_line),
        }
    }
}

/// The output of `takk whoami`. `source` is where the token comes from.
pub fn whoami(me: &Me, source: &str, now: i64) -> String {
    let email = me.email.as_ref().filter(|email| **email != me.user).map(|email| format!(" ({email})")).unwrap_or_default();
    let mut text = line!("{}{email} on {} (takk {})", paint(NAME, &me.user), me.server, me.version);
    let end = me.expires_at.map(|end| format!(", expires {}", until(end, now))).unwrap_or_default();
    text.push_str(&line!("  token `{}` from {source}: {}, at most {}{end}", me.token, me.kind, me.role));
    for (what, names) in [("projects", &me.projects), ("environments", &me.environments)] {
        if !names.is_empty() {
            text.push_str(&line!("  for the {what} {}", names.join(", ")));
        }
    }
    if let Some(project) = &me.linked {
        text.push_str(&line!("  this checkout uses the values of `{project}`"));
    }
    text
}

/// The result of a push.
pub fn pushed(all: &[Pushed]) -> String {
    let line = |pushed: &Pushed| match (&pushed.refused, pushed.missing) {
        (Some(why), _) => line!("{}: rejected by the server: {}", pushed.environment, one_line(why)),
        (None, Some(0)) => line!("{}: manifest sent; nothing is missing.", pushed.environment),
        (None, Some(missing)) => {
            line!("{}: manifest sent; {} missing.", pushed.environment, counted(missing, "value"))
        }
        (None, None) => line!("{}: manifest is up to date.", pushed.environment),
    };
    all.iter().map(line).collect()
}

/// How to authorize the login.
pub fn agree(url: &str, code: &str) -> String {
    let open = line!(
        "Open {} and authorize the login there if the page shows the code {}.",
        one_line(url),
        paint(NAME, &one_line(code))
    );
    open + "Waiting for authorization; press Ctrl-C to stop.\n"
}

/// The note that a checkout is linked to a server.
pub fn linked(address: &Address, project: &str, is_new: bool) -> String {
    let project = one_line(project);
    if is_new {
        line!("Created the project `{project}` on {address}; you are its owner. This checkout now stores its values there.")
    } else {
        line!("This checkout now stores its values in `{project}` on {address}.")
    }
}

/// The note that values stay in the local store.
pub fn left_behind(project: &str, values: usize) -> String {
    let word = shell_word(project);
    let them = if values == 1 { "one value".to_owned() } else { format!("{values} values") };
    let commands = "  takk link && takk secrets import dev.env --env dev && rm dev.env\n";
    line!("The local store still has {them} of this project. To move an environment to the server:")
        + &line!("  takk link --unlink --name {word} && takk secrets export --env dev --output dev.env")
        + commands
}

/// The link of a checkout.
pub fn gets(link: &Link) -> String {
    let project = one_line(link.project());
    match link.server() {
        Some(address) => line!("This checkout uses the values of `{project}` on {address}."),
        None => line!("This checkout uses the values of `{project}` in the local store."),
    }
}

/// The note that a checkout is no longer linked to a server.
pub fn unlinked(before: Option<&str>) -> String {
    match before {
        Some(server) => line!("This checkout now stores its values in the local store again, not on {server}."),
        None => "This checkout stores its values in the local store.\n".to_owned(),
    }
}
