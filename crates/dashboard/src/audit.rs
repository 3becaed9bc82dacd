//! `/projects/{project}/audit`: who read and changed what, with a filter form.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::answer::{Answer, shown};
use super::form_errors::Said;
use super::person::Inside;
use super::shell::Shell;
use takk_api::AuditEntry;
use takk_model::age::{age, day, moment};
use takk_server::access::Operation;
use takk_server::app::App;
use takk_server::hosted::Paging;
use takk_server::hosted::audit::{self, AuditFilter};
use takk_vault::AuditVerified;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// The filter, and whether to verify the whole log. An empty field does not filter.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    actor: String,
    action: String,
    environment: String,
    name: String,
    since: String,
    until: String,
    cursor: Option<String>,
    verify: Option<String>,
}

impl Asked {
    /// The filter, or what is wrong with a field. Days are in UTC, and the last one is included.
    fn filter(&self) -> Result<AuditFilter, Said> {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let moment = |field: &'static str, text: &str| match text {
            "" => Ok(None),
            text => day(text).map(Some).ok_or_else(|| Said::of(field, "Write the date as `2026-01-31`.")),
        };
        Ok(AuditFilter {
            actor: text(&self.actor),
            action: text(&self.action),
            environment: text(&self.environment),
            item: text(&self.name),
            since: moment("since", &self.since)?,
            until: moment("until", &self.until)?.map(|day| day + DAY),
            ..AuditFilter::default()
        })
    }

    /// The URL of the next page.
    fn next(&self, cursor: &str) -> String {
        let mut query = Serializer::new("?".to_owned());
        for (name, text) in [
            ("actor", &self.actor),
            ("action", &self.action),
            ("environment", &self.environment),
            ("name", &self.name),
            ("since", &self.since),
            ("until", &self.until),
        ] {
            if !text.is_empty() {
                query.append_pair(name, text);
            }
        }
        query.append_pair("cursor", cursor).finish()
    }
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage<'p> {
    shell: Shell,
    project: &'p str,
    asked: &'p Asked,
    is_filtered: bool,
    said: Said,
    rows: Vec<AuditEntry>,
    next: Option<String>,
    verified: Option<AuditVerified>,
    now: i64,
}

pub(crate) async fn show(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Operation>,
    Query(asked): Query<Asked>,
) -> Answer {
    let (filter, said) = asked.filter().map_or_else(|said| (AuditFilter::default(), said), |filter| (filter, Said::default()));
    let is_filtered = filter != AuditFilter::default();
    let (place, cursor, is_verified) = (visit.clone(), asked.cursor.clone(), asked.verify.is_some());
    let walk = is_verified.then(|| app.walk()).transpose()?;
    let found = app.slowly(place.caller.user.id, move |hosted| {
        let _walk = walk;
        let page = audit::list(hosted, &place, filter, &Paging { cursor, limit: None })?;
        let verified = is_verified.then(|| audit::verify(hosted, &place)).transpose()?;
        Ok((page, verified, hosted.now()))
    });
    let (page, verified, now) = found.await?;
    Ok(shown(&AuditPage {
        shell: Shell::within(&person, &visit, "audit"),
        project: &visit.project,
        next: page.next.map(|cursor| asked.next(&cursor)),
        asked: &asked,
        is_filtered,
        said,
        rows: page.items,
        verified,
        now,
    }))
}
