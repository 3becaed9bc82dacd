//! OpenAI: a project for each environment, with a service account that has one key.
//! <https://platform.openai.com/docs/api-reference/projects>,
//! <https://platform.openai.com/docs/api-reference/project-service-accounts>

use serde_json::{Value, json};
use takk_model::error::Result;
use takk_model::percent::encoded;
use zeroize::Zeroizing;

use super::KeyService;
use super::client::{Client, PAGES, list, text};

pub(super) static SERVICE: KeyService = KeyService {
    product: "OpenAI",
    provider: "OpenAI",
    noun: "project",
    version: "/v1",
    count: |client| Ok(all(client, PROJECTS)?.len()),
    find,
    make,
    revoke,
    clear,
    requests: &["POST /organization/projects", "POST /organization/projects/{id}/service_accounts"],
};

const PROJECTS: &str = "/organization/projects";

/// All entries of a list, page by page.
fn all(client: &Client, path: &str) -> Result<Vec<Value>> {
    let mut all: Vec<Value> = Vec::new();
    let mut after = String::new();
    for _ in 0..PAGES {
        let page = client.get(&format!("{path}?limit=100{after}"))?;
        all.extend(list(&page, "data").iter().cloned());
        let last = all.last().and_then(|last| text(last, "id"));
        let (Some(true), Some(last)) = (page.get("has_more").and_then(Value::as_bool), last) else { return Ok(all) };
        after = format!("&after={}", encoded(last));
    }
    Err(client.unexpected("a list without an end"))
}

/// The project with a name. An archived one is not listed.
fn project(client: &Client, name: &str) -> Result<Option<String>> {
    let projects = all(client, PROJECTS)?;
    let is_it = |project: &&Value| text(project, "name") == Some(name) && text(project, "status") != Some("archived");
    Ok(projects.iter().find(is_it).and_then(|project| text(project, "id")).map(str::to_owned))
}

fn accounts(project: &str) -> String {
    format!("{PROJECTS}/{}/service_accounts", encoded(project))
}

fn find(client: &Client, name: &str) -> Result<Vec<String>> {
    let Some(project) = project(client, name)? else { return Ok(Vec::new()) };
    let accounts = all(client, &accounts(&project))?;
    let named = accounts.iter().filter(|account| text(account, "name") == Some(name));
    Ok(named.filter_map(|account| text(account, "id")).map(str::to_owned).collect())
}

fn make(client: &Client, name: &str) -> Result<Zeroizing<String>> {
    let body = json!({ "name": name });
    let project = if let Some(known) = project(client, name)? {
        known
    } else {
        let made = client.post(PROJECTS, &body)?;
        text(&made, "id").ok_or_else(|| client.unexpected("a project without an ID"))?.to_owned()
    };
    let made = client.post(&accounts(&project), &body)?;
    let key = made.get("api_key").and_then(|key| text(key, "value"));
    key.map(|key| Zeroizing::new(key.to_owned())).ok_or_else(|| client.unexpected("a service account without a key"))
}

fn revoke(client: &Client, name: &str, id: &str) -> Result<()> {
    let Some(project) = project(client, name)? else { return Ok(()) };
    client.delete(&format!("{}/{}", accounts(&project), encoded(id)))
}

/// A project cannot be deleted.
fn clear(client: &Client, name: &str) -> Result<()> {
    let Some(project) = project(client, name)? else { return Ok(()) };
    client.post(&format!("{PROJECTS}/{}/archive", encoded(&project)), &json!({})).map(|_| ())
}
