//! Keys of outside services, made by their APIs with an admin key: one for each environment, under a name of its own.
//!
//! Unlike a password, such a key is made up by the service, so that it cannot be stored before it exists. If takk ends between the two, the
//! service has a key that nobody knows. The next run finds it by its name, revokes it, and makes another.

mod admin;
mod client;
mod litellm;
mod openai;
mod openrouter;

use std::time::Duration;

use takk_catalog::{Server, ServerPart, catalog};

use self::admin::KeyAdmin;
use self::client::Client;
use super::ServerKind;
use crate::ledger::Entry;
use crate::login::{Accepted, NotReady};
use crate::provider::{PATIENCE, Question, Verdict, ask};
use takk_model::error::Result;
use zeroize::Zeroizing;

/// The kind of resource that these keys are for.
pub(super) const RESOURCE: &str = "llm";
/// Credentials of an entry: the key, and the URL of the API with and without its version.
pub(super) const TOKEN: &str = "token";
const BASE_API: &str = "base_api";
const BASE_URL: &str = "base_url";
/// The name of what is made at the service.
const NAME: &str = "name";
/// How long a new key may be unknown to the servers of its service, and how often that is looked at.
const SETTLES: usize = 10;
const PAUSE: Duration = Duration::from_secs(1);

/// A service that makes keys.
pub(super) struct KeyService {
    /// Its name in sentences.
    product: &'static str,
    /// The provider in the catalog whose request proves a key.
    provider: &'static str,
    /// What it has for an environment: `project`, `key`.
    noun: &'static str,
    /// The path of the version in its URL.
    version: &'static str,
    /// How many of these there are. Fails if the admin key may not ask.
    count: fn(&Client) -> Result<usize>,
    /// The IDs of the keys with a name.
    find: fn(&Client, &str) -> Result<Vec<String>>,
    make: fn(&Client, &str) -> Result<Zeroizing<String>>,
    revoke: fn(&Client, &str, &str) -> Result<()>,
    /// Removes what else has the name, once it has no keys.
    clear: fn(&Client, &str) -> Result<()>,
    /// The requests that make a key, for a preview.
    requests: &'static [&'static str],
}

/// Keys of OpenAI, each of a service account in a project of its own.
pub(super) static OPENAI: ServerKind = ServerKind {
    name: "openai",
    ledger_name: "openai-api",
    parse: |text| Ok(Box::new(KeyAdmin::parse(&openai::SERVICE, text)?)),
    log_in: |entry| log_in(entry, &openai::SERVICE),
    keeps_out: KEEPS_OUT,
    tls_remedy: TLS_REMEDY,
    address_form: "the admin key, or https://:KEY@host/path",
    parts: &[],
    settles: Duration::ZERO,
    is_experimental: false,
};

/// Keys of OpenRouter.
pub(super) static OPENROUTER: ServerKind = ServerKind {
    name: "openrouter",
    ledger_name: "openrouter-api",
    parse: |text| Ok(Box::new(KeyAdmin::parse(&openrouter::SERVICE, text)?)),
    log_in: |entry| log_in(entry, &openrouter::SERVICE),
    keeps_out: KEEPS_OUT,
    tls_remedy: TLS_REMEDY,
    address_form: "the management key, or https://:KEY@host/path",
    parts: &[],
    settles: Duration::ZERO,
    is_experimental: false,
};

/// Keys of a LiteLLM server.
pub(super) static LITELLM: ServerKind = ServerKind {
    name: "litellm",
    ledger_name: "litellm-api",
    parse: |text| Ok(Box::new(KeyAdmin::parse(&litellm::SERVICE, text)?)),
    log_in: |entry| log_in(entry, &litellm::SERVICE),
    keeps_out: KEEPS_OUT,
    tls_remedy: TLS_REMEDY,
    address_form: "https://:KEY@host",
    parts: &[],
    settles: Duration::ZERO,
    is_experimental: false,
};

const KEEPS_OUT: &str = "the service must let the new key in; run the command again in a minute";
const TLS_REMEDY: &str = "begin it with https://";

/// What the variables of such a resource hold.
pub(super) static PARTS: Server = Server {
    software: None,
    tag: "",
    images: &[],
    volumes: &[],
    environment: &[],
    files: &[],
    command: &[],
    commands: &[],
    ports: &[],
    credentials: &[],
    parts: &[
        ServerPart { part: TOKEN, schemes: &[], packages: &[], value: "{token}" },
        ServerPart { part: BASE_API, schemes: &[], packages: &[], value: "{base_api}" },
        ServerPart { part: BASE_URL, schemes: &[], packages: &[], value: "{base_url}" },
    ],
    lacks: &[],
    health: &[],
};

/// Asks the service about the key of an entry.
fn log_in(entry: &Entry, service: &KeyService) -> Result<Accepted, NotReady> {
    let credential = |name: &str| entry.credentials.get(name).map(|value| value.as_str());
    let (Some(key), Some(base)) = (credential(TOKEN), credential(BASE_API)) else {
        return Err(NotReady::Refused("there is no key yet".to_owned()));
    };
    let provider = catalog().providers().find(|provider| provider.name == service.provider);
    let (provider, probe) =
        provider.and_then(|provider| Some((provider, provider.probe.as_ref()?))).expect("it is in the catalog");
    match ask(&Question { provider, probe, base, key, is_own_host: true, patience: PATIENCE }) {
        // Without credit, the key is one that the service knows.
        Verdict::Works | Verdict::Exhausted(_) => Ok(Accepted { version: None }),
        Verdict::Refused(why) => Err(NotReady::Refused(why)),
        Verdict::NotProved(why) => Err(NotReady::NoAnswer(why)),
    }
}
