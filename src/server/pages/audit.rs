//! `/projects/{project}/audit`: who read and changed what.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::answer::{Answer, shown};
use super::person::Inside;
use super::shell::Shell;
use crate::age::age;
use crate::ops::hosted::{Paging, audit};
use crate::secrets::AuditVerified;
use crate::server::access::Operation;
use crate::server::app::App;
use crate::wire::AuditEntry;

/// Which rows, and whether all are verified.
#[derive(Deserialize)]
pub(in crate::server) struct Asked {
    cursor: Option<String>,
    verify: Option<String>,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage<'p> {
    shell: Shell,
    project: &'p str,
    rows: Vec<AuditEntry>,
    next: Option<String>,
    verified: Option<AuditVerified>,
    now: i64,
}

/// Shows it.
pub(in crate::server) async fn show(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Operation>,
    Query(asked): Query<Asked>,
) -> Answer {
    let place = visit.clone();
    let found = app.work(move |hosted| {
        let page = audit::list(hosted, &place, audit::AuditFilter::default(), &Paging { cursor: asked.cursor, limit: None })?;
        let verified = asked.verify.map(|_| audit::verify(hosted)).transpose()?;
        Ok((page, verified, hosted.now()))
    });
    let (page, verified, now) = found.await?;
    let shell = Shell::within(&person, &visit, "audit");
    Ok(shown(&AuditPage { shell, project: &visit.project, rows: page.items, next: page.next, verified, now }))
}
