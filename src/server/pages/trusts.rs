//! `/projects/{project}/trusts`: programs that come in without a token of ours, such as CI jobs.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::filled::Filled;
use super::members::role;
use super::person::Inside;
use super::shell::Shell;
use crate::age::age;
use crate::ops::hosted::{Paging, Refusal, trusts};
use crate::server::access::Ownership;
use crate::server::app::App;
use crate::wire::{NewTrust, Role, TrustInfo};

#[derive(Template)]
#[template(path = "trusts.html")]
struct TrustsPage<'p> {
    shell: Shell,
    project: &'p str,
    address: String,
    trusts: Vec<TrustInfo>,
    issuers: &'p [String],
    /// What the tokens of the programs are made for.
    audience: &'p str,
    now: i64,
}

/// Shows them.
pub(in crate::server) async fn show(State(app): State<App>, Inside { person, visit, .. }: Inside<Ownership>) -> Answer {
    let asked = visit.clone();
    let paging = Paging { cursor: None, limit: Some(500) };
    let (page, now) = app.work(move |hosted| Ok((trusts::list(hosted, &asked, &paging)?, hosted.now()))).await?;
    Ok(shown(&TrustsPage {
        shell: Shell::within(&person, &visit, "members"),
        project: &visit.project,
        address: address(&visit.project),
        trusts: page.items,
        issuers: app.ci_issuers(),
        audience: app.public_url(),
        now,
    }))
}

/// Trusts more of them.
pub(in crate::server) async fn add(State(app): State<App>, Inside { visit, .. }: Inside<Ownership>, filled: Filled) -> Answer {
    let new = NewTrust {
        name: filled.text("name").trim().to_owned(),
        issuer: filled.text("issuer").to_owned(),
        claims: claims(filled.text("claims"))?,
        role: role(filled.text("role"))?,
        environments: filled
            .text("environments")
            .split([',', ' '])
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    let (address, issuers) = (address(&visit.project), app.ci_issuers().to_vec());
    app.work(move |hosted| trusts::create(hosted, &visit, new, &issuers)).await?;
    Ok(see(&address))
}

/// Trusts some of them no more.
pub(in crate::server) async fn remove(
    State(app): State<App>,
    Inside { visit, .. }: Inside<Ownership>,
    filled: Filled,
) -> Answer {
    let id = filled.text("id").parse().map_err(|_| Refusal::invalid("`id` is not a number"))?;
    let address = address(&visit.project);
    app.work(move |hosted| trusts::remove(hosted, &visit, id)).await?;
    Ok(see(&address))
}

/// Claims, one a line: `repository = acme/shop`.
fn claims(text: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let claim = |line: &str| {
        let (name, wanted) = line.split_once('=')?;
        Some((name.trim().to_owned(), wanted.trim().to_owned()))
    };
    let wrong =
        |line: &str| Refusal::invalid(format!("`{line}` is not a claim")).hint("write one a line: repository = acme/shop");
    lines.map(|line| claim(line).ok_or_else(|| wrong(line))).collect()
}

/// What a program can be.
fn roles() -> &'static [Role] {
    &Role::ALL[..3]
}

fn address(project: &str) -> String {
    format!("/projects/{}/trusts", segment(project))
}
