//! LiteLLM: a virtual key for each environment, made with the master key or that of an administrator.
//! <https://docs.litellm.ai/docs/proxy/virtual_keys>

use serde_json::{Value, json};
use takk_model::error::Result;
use takk_model::percent::encoded;
use zeroize::Zeroizing;

use super::KeyService;
use super::client::{Client, PAGES, list, text};

pub(super) static SERVICE: KeyService = KeyService {
    product: "LiteLLM",
    provider: "the OpenAI-compatible server",
    noun: "key",
    version: "",
    count: |client| Ok(all(client, "")?.len()),
    find: |client, name| {
        let keys = all(client, &format!("&key_alias={}", encoded(name)))?;
        let named = keys.iter().filter(|key| text(key, "key_alias") == Some(name));
        Ok(named.filter_map(|key| text(key, "token")).map(str::to_owned).collect())
    },
    make,
    revoke: |client, _, token| client.post("/key/delete", &json!({ "keys": [token] })).map(|_| ()),
    clear: |_, _| Ok(()),
    requests: &["POST /key/generate"],
};

/// The keys as objects, of which `token` is a hash.
fn all(client: &Client, filter: &str) -> Result<Vec<Value>> {
    let mut all: Vec<Value> = Vec::new();
    for number in 1..=PAGES {
        let page = client.get(&format!("/key/list?return_full_object=true&size=100&page={number}{filter}"))?;
        all.extend(list(&page, "keys").iter().cloned());
        let pages = page.get("total_pages").and_then(Value::as_u64).unwrap_or_default();
        if u64::try_from(number).unwrap_or(u64::MAX) >= pages {
            return Ok(all);
        }
    }
    Err(client.unexpected("a list without an end"))
}

fn make(client: &Client, name: &str) -> Result<Zeroizing<String>> {
    let made = client.post("/key/generate", &json!({ "key_alias": name }))?;
    text(&made, "key").map(|key| Zeroizing::new(key.to_owned())).ok_or_else(|| client.unexpected("a response without a key"))
}
