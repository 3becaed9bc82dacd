//! OpenRouter: a key for each environment, made with a management key.
//! <https://openrouter.ai/docs/guides/overview/auth/management-api-keys>

use serde_json::json;
use takk_model::error::Result;
use takk_model::percent::encoded;
use zeroize::Zeroizing;

use super::KeyService;
use super::client::{Client, PAGES, list, text};

pub(super) static SERVICE: KeyService = KeyService {
    product: "OpenRouter",
    provider: "OpenRouter",
    noun: "key",
    version: "/v1",
    count: |client| Ok(all(client)?.len()),
    find: |client, name| {
        let keys = all(client)?.into_iter().filter(|(known, _)| known == name);
        Ok(keys.map(|(_, hash)| hash).collect())
    },
    make,
    revoke: |client, _, hash| client.delete(&format!("/keys/{}", encoded(hash))),
    clear: |_, _| Ok(()),
    requests: &["POST /keys"],
};

/// The keys: names and hashes.
fn all(client: &Client) -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for _ in 0..PAGES {
        let page = client.get(&format!("/keys?offset={}", all.len()))?;
        let rows = list(&page, "data");
        if rows.is_empty() {
            return Ok(all);
        }
        for row in rows {
            let hash = text(row, "hash").ok_or_else(|| client.unexpected("a key without a hash"))?;
            all.push((text(row, "name").unwrap_or_default().to_owned(), hash.to_owned()));
        }
    }
    Err(client.unexpected("a list without an end"))
}

fn make(client: &Client, name: &str) -> Result<Zeroizing<String>> {
    let made = client.post("/keys", &json!({ "name": name }))?;
    text(&made, "key").map(|key| Zeroizing::new(key.to_owned())).ok_or_else(|| client.unexpected("a response without a key"))
}
