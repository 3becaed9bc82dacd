//! `/projects/{project}/trusts`: programs that authenticate without a takk token, such as CI jobs.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::form::FormBody;
use super::form_errors::Said;
use super::members::role;
use super::person::{Inside, Person};
use super::shell::Shell;
use takk_api::{Code, NewTrust, TrustInfo};
use takk_model::Role;
use takk_model::age::age;
use takk_server::access::People;
use takk_server::app::App;
use takk_server::hosted::authorize::AuthorizedAccess;
use takk_server::hosted::{Paging, Refusal, names, trusts};
use takk_server::problem::Refused;

#[derive(Template)]
#[template(path = "trusts.html")]
struct TrustsPage<'p> {
    shell: Shell,
    project: &'p str,
    address: String,
    trusts: Vec<TrustInfo>,
    issuers: &'p [String],
    /// The audience of the programs' tokens.
    audience: &'p str,
    typed: Typed<'p>,
    said: Said,
    now: i64,
}

/// The form as submitted.
struct Typed<'p> {
    name: &'p str,
    issuer: &'p str,
    claims: &'p str,
    role: &'p str,
    environments: &'p str,
}

pub(crate) async fn show(State(app): State<App>, Inside { person, visit, .. }: Inside<People>) -> Answer {
    let typed = Typed { name: "", issuer: "", claims: "repository = \nref = refs/heads/main", role: "", environments: "" };
    page(&app, &person, &visit, typed, Said::default()).await
}

pub(crate) async fn add(State(app): State<App>, Inside { person, visit, .. }: Inside<People>, filled: FormBody) -> Answer {
    let typed = Typed {
        name: filled.text("name").trim(),
        issuer: filled.text("issuer"),
        claims: filled.text("claims"),
        role: filled.text("role"),
        environments: filled.text("environments"),
    };
    let refused = match typed.read() {
        Ok(new) => {
            let (place, issuers) = (visit.clone(), app.ci_issuers().to_vec());
            match app.work(move |hosted| trusts::create(hosted, &place, new, &issuers)).await {
                Ok(_) => return Ok(see(&address(&visit.project))),
                Err(Refused(refusal)) if refusal.code == Code::Exists => ("name", refusal),
                Err(Refused(refusal)) => ("claims", refusal),
            }
        }
        Err(refused) => refused,
    };
    page(&app, &person, &visit, typed, Said::refused(refused.0, refused.1)?).await
}

/// Deletes a trust.
pub(crate) async fn remove(State(app): State<App>, Inside { visit, .. }: Inside<People>, filled: FormBody) -> Answer {
    let id = filled.number("id")?;
    let address = address(&visit.project);
    app.work(move |hosted| trusts::remove(hosted, &visit, id)).await?;
    Ok(see(&address))
}

async fn page(app: &App, person: &Person, visit: &AuthorizedAccess, typed: Typed<'_>, said: Said) -> Answer {
    let asked = visit.clone();
    let paging = Paging { cursor: None, limit: Some(500) };
    let (page, now) = app.work(move |hosted| Ok((trusts::list(hosted, &asked, &paging)?, hosted.now()))).await?;
    Ok(shown(&TrustsPage {
        shell: Shell::within(person, visit, "members"),
        project: &visit.project,
        address: address(&visit.project),
        trusts: page.items,
        issuers: app.ci_issuers(),
        audience: app.public_url(),
        typed,
        said,
        now,
    }))
}

impl Typed<'_> {
    /// The requested trust, or the field with an error, and why.
    fn read(&self) -> Result<NewTrust, (&'static str, Refusal)> {
        names::plain("a program", self.name).map_err(|refusal| ("name", refusal))?;
        let environments: Vec<&str> = self.environments.split([',', ' ']).filter(|name| !name.is_empty()).collect();
        let named: Result<Vec<&str>, Refusal> = environments.into_iter().map(names::environment).collect();
        Ok(NewTrust {
            name: self.name.to_owned(),
            issuer: self.issuer.to_owned(),
            claims: claims(self.claims).map_err(|refusal| ("claims", refusal))?,
            role: role(self.role).map_err(|refusal| ("role", refusal))?,
            environments: named.map_err(|refusal| ("environments", refusal))?.into_iter().map(str::to_owned).collect(),
        })
    }
}

/// Parses claims, one per line: `repository = acme/shop`.
fn claims(text: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let claim = |line: &str| {
        let (name, wanted) = line.split_once('=')?;
        Some((name.trim().to_owned(), wanted.trim().to_owned()))
    };
    let wrong =
        |line: &str| Refusal::invalid(format!("`{line}` is not a claim")).hint("write one per line: repository = acme/shop");
    lines.map(|line| claim(line).ok_or_else(|| wrong(line))).collect()
}

/// The roles that a program may have.
fn roles() -> &'static [Role] {
    &Role::ALL[..3]
}

fn address(project: &str) -> String {
    format!("/projects/{}/trusts", segment(project))
}
