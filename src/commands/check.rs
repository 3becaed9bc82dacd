//! `takk check`

use std::collections::HashSet;

use clap::ValueEnum;

use super::project_args::ProjectArgs;
use super::{Outcome, Session, open_platform};
use crate::ui::report::{self, Item};
use crate::ui::{comparison_text, confirm, findings_text, github, json, junit, sarif};
use takk_model::Finding;
use takk_model::error::Result;
use takk_model::visible::one_line;
use takk_project::config::workspace_of_process;
use takk_project::ops::check::live::{self, Live, UnknownHost};
use takk_project::ops::check::{self, Selection};
use takk_project::ops::compare::{self, Comparison};
use takk_project::ops::paths::Look;
use takk_project::ops::project::{self, ReadProject};
use takk_project::ops::{environments, rules};
use takk_project::platform::holdings;

/// Report mistakes in the settings, or with --base what a branch changes
///
/// With --env it also checks the stored values: missing, no longer valid, placeholders, reused; and whether secret paths exist in their
/// backend and may be read, without reading their values. With --live it also proves stored credentials: it asks outside services whether
/// keys work, and logs in to databases and brokers. Proposals do not make the check fail. With --base it fails if a variable that the branch
/// newly needs has no value.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(super) struct Args {
    #[command(flatten)]
    project: ProjectArgs,
    /// Report only findings with these codes or prefixes of codes
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not report findings with these codes or prefixes of codes
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Report which variables were added, removed or renamed since this commit
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    /// Check the values of this environment; may be repeated
    #[arg(long, short, value_name = "NAME")]
    env: Vec<String>,
    /// Also read the values of secret paths, and check whether each fits its field
    #[arg(long, requires = "env", conflicts_with = "offline")]
    values: bool,
    /// Ask no backend about secret paths
    #[arg(long)]
    offline: bool,
    /// Find out whether stored credentials work: keys at their services, logins at databases and brokers
    #[arg(long, requires = "env", conflicts_with_all = ["offline", "base"])]
    live: bool,
    /// Send keys and passwords to this host too, which takk does not know; may be repeated
    #[arg(long, value_name = "HOST", requires = "live")]
    allow_host: Vec<String>,
    /// Send a test message to the channel of each webhook
    #[arg(long, requires = "live")]
    send_test: bool,
    /// Show all proposals, even if there are many
    #[arg(long)]
    all: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "json")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading, with source lines
    Text,
    /// For programs
    Json,
    /// GitHub Actions annotations
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// The XML of `JUnit`, for test reports
    Junit,
}

pub(super) fn run(args: Args, session: &Session) -> Result<Outcome> {
    let project = args.project.read(session)?;
    let format = if session.json { Format::Json } else { args.format };
    let environments = environments::choose(&args.env, &project)?;
    if let Some(base) = &args.base {
        let holdings = holdings(&mut *open_platform::open_platform(&project, session)?, &environments)?;
        let before = project::read_commit(&args.project.options(session)?, base)?;
        let comparison = compare::compare(base, &before.manifest, &project.manifest, &environments, &holdings);
        return show_comparison(&comparison, &project, format, session);
    }
    let look = match (args.offline, args.values) {
        (true, _) => None,
        (false, false) => Some(Look::Prove),
        (false, true) => Some(Look::Read),
    };
    let selection = Selection { select: args.select, ignore: args.ignore };
    if args.env.is_empty() {
        let findings = check::check(&project, &selection, rules::RULES)?;
        return show_findings(&findings, &project, format, args.all, session);
    }
    let mut platform = open_platform::open_platform(&project, session)?;
    let mut confirm = |asked: &UnknownHost<'_>| confirm_host(asked, &project, session);
    let mut hosts = live::confirmed(&session.home, &project.root)?;
    hosts.extend(args.allow_host);
    let allow_http = session.home.server.allow_http;
    let mut live = Live { hosts, confirm: &mut confirm, sends_messages: args.send_test, allow_http, refused: HashSet::new() };
    let (at, live) = ((environments.as_slice(), look), args.live.then_some(&mut live));
    let (findings, proofs) = check::check_live(&mut *platform, &project, &selection, rules::RULES, at, live)?;
    if format == Format::Text {
        session.output.note(&findings_text::working(&proofs));
    }
    show_findings(&findings, &project, format, args.all, session)
}

/// Asks whether credentials may be sent to a host that takk does not know, and records the agreement. Without a terminal, they may not.
fn confirm_host(asked: &UnknownHost<'_>, project: &ReadProject, session: &Session) -> Result<bool> {
    if !session.output.is_interactive() || session.json || session.home.is_build {
        return Ok(false);
    }
    let UnknownHost { host, variable, environment } = asked;
    let question = format!("Send `{variable}` of `{environment}` to `{}`, to find out whether it works?", one_line(host));
    if !confirm::yes(&question)? {
        return Ok(false);
    }
    live::remember(&session.home, &project.root, host)?;
    Ok(true)
}

fn show_findings(findings: &[Finding], project: &ReadProject, format: Format, all: bool, session: &Session) -> Result<Outcome> {
    let items = || report::of_findings(findings, rules::RULES);
    let text = match format {
        Format::Text => findings_text::render(findings, &project.sources, all),
        Format::Json => json::findings(findings)?,
        Format::Github => github::render(&of_repository(items(), project)),
        Format::Sarif => sarif::render(&items())?,
        Format::Junit => junit::render(&items()),
    };
    show(&text, format, session)?;
    if format == Format::Text {
        session.output.note(&findings_text::summary(findings));
    }
    Ok(if check::is_failure(findings) { Outcome::Findings } else { Outcome::Clean })
}

fn show_comparison(comparison: &Comparison, project: &ReadProject, format: Format, session: &Session) -> Result<Outcome> {
    let items = || report::of_changes(comparison);
    let text = match format {
        Format::Text => comparison_text::render(comparison),
        Format::Json => json::comparison(comparison)?,
        Format::Github => github::render(&of_repository(items(), project)),
        Format::Sarif => sarif::render(&items())?,
        Format::Junit => junit::render(&items()),
    };
    show(&text, format, session)?;
    if format == Format::Text {
        session.output.note(&comparison_text::summary(comparison));
    }
    Ok(if comparison.is_failure() { Outcome::Findings } else { Outcome::Clean })
}

/// Items with paths relative to the repository's root, as GitHub expects them; the project may be in a subdirectory.
fn of_repository(items: Vec<Item>, project: &ReadProject) -> Vec<Item> {
    let workspace = workspace_of_process().and_then(|directory| directory.canonicalize().ok());
    let root = project.root.canonicalize().ok();
    let below = workspace.zip(root).and_then(|(workspace, root)| Some(root.strip_prefix(workspace).ok()?.to_str()?.to_owned()));
    match below {
        Some(below) if !below.is_empty() => report::from_above(items, &below),
        _ => items,
    }
}

fn show(text: &str, format: Format, session: &Session) -> Result<()> {
    if format == Format::Github { session.output.commands(text) } else { session.output.data(text) }
}
