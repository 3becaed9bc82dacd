//! Secrets in the KV store of Vault or OpenBao: one request per entry, regardless of how many of its fields are requested.

mod fields;
mod place;
mod proof;
mod session;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use self::place::{EntryKey, place};
use self::session::{Session, Sessions, mount_path};
use self::wire::Wire;
use super::backend::{Backend, Fetched, Proof};
use super::deadline::Deadline;
use super::error::{Error, Result, shell_word, shown};
use super::http::{Answer, CONNECTIONS, Http, IDLE};
use super::key::Key;
use super::parallel::in_parallel;
use super::process::moment;

pub use session::{Credential, SERVICE_ACCOUNT, TokenFactory, VaultLogin};

/// How long a token is assumed to be valid after the server has confirmed it.
const KNOWN: Duration = Duration::from_secs(1);

/// The version of the KV secrets engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KvVersion {
    /// Without versions of secrets.
    One,
    /// With versions of secrets.
    Two,
}

/// The settings of a [`Vault`].
#[derive(Clone)]
pub struct VaultSettings {
    /// The URL of the server: `https://vault.example:8200`.
    pub url: String,
    /// How to get a token.
    pub login: VaultLogin,
    /// The mount of the KV engine; usually `secret`.
    pub mount_point: String,
    /// The field to read if a path has no `:field`; usually `value`.
    pub default_key: String,
    /// The namespace.
    pub namespace: Option<String>,
    /// The certificate authorities that sign the server's certificate (`VAULT_CACERT`), instead of the public ones.
    pub ca_file: Option<PathBuf>,
    /// The version of the KV engine. `None`: assumes 2, and asks the server if nothing is found.
    pub kv_version: Option<KvVersion>,
    /// How long an idle connection is kept. `None`: each request opens its own.
    pub idle_timeout: Option<Duration>,
}

impl VaultSettings {
    /// The defaults of `VaultBackend`: the mount `secret`, the field `value`.
    pub fn new(url: impl Into<String>, login: VaultLogin) -> Self {
        Self {
            url: url.into(),
            login,
            mount_point: "secret".to_owned(),
            default_key: "value".to_owned(),
            namespace: None,
            ca_file: None,
            kv_version: None,
            idle_timeout: Some(IDLE),
        }
    }
}

/// A KV engine of Vault or OpenBao.
pub struct Vault {
    wire: Wire,
    sessions: Sessions,
    mount: String,
    default_key: String,
    /// 0 while not known.
    kv_version: AtomicU8,
    /// Whether the settings specify the version.
    is_version_given: bool,
}

/// An entry that was read.
struct EntryRead {
    fields: BTreeMap<String, Box<RawValue>>,
    version: Option<String>,
    changed: Option<std::time::SystemTime>,
}

#[derive(Deserialize)]
struct Enveloped<T> {
    data: T,
}

#[derive(Deserialize)]
struct VersionTwo {
    data: Option<BTreeMap<String, Box<RawValue>>>,
    metadata: Metadata,
}

/// The metadata of a version.
#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    created_time: String,
    #[serde(default)]
    destroyed: bool,
    #[serde(default)]
    version: u64,
}

#[derive(Deserialize)]
struct Mount {
    #[serde(rename = "type")]
    kind: String,
    options: Option<HashMap<String, String>>,
}

#[derive(Deserialize)]
struct Myself {
    display_name: String,
    policies: Vec<String>,
}

impl Vault {
    /// Sends no request.
    ///
    /// # Errors
    ///
    /// `Config` for an invalid URL, and for an unusable file of certificates.
    pub fn new(settings: VaultSettings) -> Result<Self> {
        let url = settings.url.trim_end_matches('/').trim_end_matches("/v1").to_owned();
        let is_address = Url::parse(&url).is_ok_and(|url| {
            ["http", "https"].contains(&url.scheme()) && url.has_host() && url.username().is_empty() && url.password().is_none()
        });
        if !is_address {
            return Err(
                Error::config("the URL of Vault is not an http or https URL").hint("VAULT_ADDR=https://vault.example:8200")
            );
        }
        let http = Http::kept(
            format!("Vault at {url}"),
            &url,
            settings.ca_file.as_deref(),
            "VAULT_CACERT=/path/to/ca.pem",
            settings.idle_timeout,
        )?;
        Ok(Self {
            wire: Wire::new(http, &url, settings.namespace),
            sessions: Sessions::new(settings.login),
            mount: settings.mount_point.trim_matches('/').to_owned(),
            default_key: settings.default_key,
            kv_version: AtomicU8::new(match settings.kv_version {
                None => 0,
                Some(KvVersion::One) => 1,
                Some(KvVersion::Two) => 2,
            }),
            is_version_given: settings.kv_version.is_some(),
        })
    }

    fn is_version_one(&self) -> bool {
        self.kv_version.load(Ordering::Relaxed) == 1
    }

    /// What is being done, for messages.
    fn reading(&self, entry: &EntryKey) -> String {
        format!(
            "cannot read {} in the mount `{}` of {} as {}",
            entry.shown(),
            self.mount,
            self.wire.place(),
            self.sessions.identity()
        )
    }

    /// Sends a request with a token, and once more with another one if the server does not know the first. A response of 403 is then for a
    /// token that it knows; the text says whose.
    fn ask(&self, deadline: Deadline, request: impl Fn(&Session) -> Result<Answer>) -> Result<(Answer, Option<String>)> {
        let mut session = self.sessions.token(&self.wire, deadline)?;
        let mut answer = request(&session)?;
        if answer.status != 403 {
            return Ok((answer, None));
        }
        let mut who = self.who(&session, deadline)?;
        if who.is_none() {
            session = self.sessions.instead_of(&session, &self.wire, deadline)?;
            answer = request(&session)?;
            if answer.status == 403 {
                who = self.who(&session, deadline)?;
            }
        }
        Ok((answer, who))
    }

    /// The identity that the server assigns to a token. `None` if it does not know the token.
    fn who(&self, session: &Session, deadline: Deadline) -> Result<Option<String>> {
        if session.known.load().as_ref().is_some_and(|known| known.elapsed() < KNOWN) {
            return Ok(Some(String::new()));
        }
        let answer = self.wire.get("auth/token/lookup-self", &session.token, deadline)?;
        match answer.status {
            200 => {
                session.known.store(Some(Arc::new(Instant::now())));
                let myself = serde_json::from_slice::<Enveloped<Myself>>(&answer.body).ok();
                let said = |Enveloped { data }: Enveloped<Myself>| {
                    shown(
                        &format!(" ({}, with the policies {})", data.display_name, data.policies.join(", ")),
                        &[session.token.expose()],
                    )
                };
                Ok(Some(myself.map(said).map_or_else(String::new, |said| format!(" {said}"))))
            }
            403 => Ok(None),
            _ => {
                let problem = self.wire.problem(&answer, &[session.token.expose()]);
                let what = format!("cannot find out whether {} knows {}", self.wire.place(), self.sessions.identity());
                Err(self.wire.other(&answer, &what, &problem))
            }
        }
    }

    /// Reads one entry.
    fn read(&self, entry: &EntryKey, deadline: Deadline) -> Result<EntryRead> {
        if self.is_version_one() {
            return self.read_version_one(entry, deadline);
        }
        let query = entry.version.map_or_else(String::new, |version| format!("?version={version}"));
        let path = format!("{}/data/{}{query}", mount_path(&self.mount), entry.encoded());
        let (answer, who) = self.ask(deadline, |session| self.wire.get(&path, &session.token, deadline))?;
        if (answer.status == 200 || answer.status == 404)
            && let Ok(Enveloped { data }) = serde_json::from_slice::<Enveloped<VersionTwo>>(&answer.body)
        {
            return self.opened(entry, data);
        }
        if [403, 404].contains(&answer.status) && self.turns_out_version_one(entry, deadline)? {
            return self.read_version_one(entry, deadline);
        }
        Err(self.failure(entry, &answer, who.as_deref()))
    }

    fn opened(&self, entry: &EntryKey, data: VersionTwo) -> Result<EntryRead> {
        let version = data.metadata.version;
        let Some(fields) = data.data else {
            let how = if data.metadata.destroyed { "destroyed" } else { "deleted" };
            let error = Error::not_found(format!("{}: version {version} was {how}", self.reading(entry)));
            return Err(error.hint("pin a version that exists, write a new one, or undelete this one"));
        };
        Ok(EntryRead { fields, version: Some(version.to_string()), changed: moment(&data.metadata.created_time) })
    }

    fn read_version_one(&self, entry: &EntryKey, deadline: Deadline) -> Result<EntryRead> {
        if entry.version.is_some() {
            let error = Error::config(format!("{}: this mount is of version 1, which keeps no versions", self.reading(entry)));
            return Err(error.hint("remove `version=`, or upgrade the mount: bao kv enable-versioning"));
        }
        let path = format!("{}/{}", mount_path(&self.mount), entry.encoded());
        let (answer, who) = self.ask(deadline, |session| self.wire.get(&path, &session.token, deadline))?;
        if answer.status == 200
            && let Ok(Enveloped { data }) = serde_json::from_slice(&answer.body)
        {
            return Ok(EntryRead { fields: data, version: None, changed: None });
        }
        Err(self.failure(entry, &answer, who.as_deref()))
    }

    /// Whether the mount turns out to be of version 1, if no setting specifies it. It is then treated as such from now on.
    fn turns_out_version_one(&self, entry: &EntryKey, deadline: Deadline) -> Result<bool> {
        if self.kv_version.load(Ordering::Relaxed) == 2 && !self.is_version_given {
            return Ok(false);
        }
        let session = self.sessions.token(&self.wire, deadline)?;
        let path = format!("sys/internal/ui/mounts/{}", mount_path(&self.mount));
        let answer = self.wire.get(&path, &session.token, deadline)?;
        // Without permission to read the metadata, only the request is known.
        let Ok(Enveloped { data }) = serde_json::from_slice::<Enveloped<Mount>>(&answer.body) else { return Ok(false) };
        if !["kv", "generic"].contains(&data.kind.as_str()) {
            let error = Error::config(format!(
                "{}: the mount is not a KV store, but `{}`",
                self.reading(entry),
                shown(&data.kind, &[])
            ));
            return Err(error.hint("set `mount_point` to a KV store"));
        }
        let is_two = data.options.is_some_and(|options| options.get("version").is_some_and(|version| version == "2"));
        if !is_two && self.is_version_given {
            let error = Error::config(format!("{}: the mount is a KV store of version 1", self.reading(entry)));
            return Err(error.hint("set `kv_version` to 1, or omit it"));
        }
        if !self.is_version_given {
            self.kv_version.store(if is_two { 2 } else { 1 }, Ordering::Relaxed);
        }
        Ok(!is_two)
    }

    /// Why an entry was not read. `who` is the identity of the token.
    fn failure(&self, entry: &EntryKey, answer: &Answer, who: Option<&str>) -> Error {
        let problem = self.wire.problem(answer, &[]);
        let what = self.reading(entry);
        match answer.status {
            403 => {
                let who = who.unwrap_or(" (which may not look itself up, and may be expired)");
                let right = if self.is_version_one() { "" } else { "data/" };
                Error::auth(format!("{what}{who}: permission denied"))
                    .hint(format!("grant it: path \"{}/{right}{}\" {{ capabilities = [\"read\"] }}", self.mount, entry.path))
            }
            404 if problem.has("no handler for route") => {
                Error::config(format!("{what}: nothing is mounted there")).hint("check `mount_point` and the namespace")
            }
            404 if problem.is_json && problem.text.is_empty() => {
                let version = if entry.version.is_some() { "it, or this version of it," } else { "it" };
                Error::not_found(format!("{what}: {version} does not exist")).hint(format!(
                    "write it: bao kv put -mount={} {}",
                    shell_word(&self.mount),
                    shell_word(&entry.path)
                ))
            }
            _ => self.wire.other(answer, &what, &problem),
        }
    }

    /// The field of an entry.
    fn field(&self, entry: &EntryKey, read: &EntryRead, field: &str) -> Result<Fetched> {
        let Some(raw) = read.fields.get(field) else {
            return Err(self.no_field(entry, field, read.fields.keys().map(String::as_str)));
        };
        Ok(Fetched { version: read.version.clone(), changed: read.changed, ..Fetched::new(fields::text_of(raw)) })
    }

    fn no_field<'f>(&self, entry: &EntryKey, field: &str, fields: impl Iterator<Item = &'f str>) -> Error {
        let mut names: Vec<&str> = fields.collect();
        names.sort_unstable();
        let names = shown(&names.join(", "), &[]);
        Error::not_found(format!("{}: it has no field `{field}`", self.reading(entry)))
            .hint(format!("its fields are: {names}"))
            .hint("name one after the path: `path:field`")
    }
}

impl Backend for Vault {
    fn name(&self) -> String {
        format!("{} (as {})", self.wire.place(), self.sessions.identity())
    }

    fn fetch(&self, key: &Key, deadline: Deadline) -> Result<Fetched> {
        let (entry, field) = place(key, &self.default_key)?;
        self.field(&entry, &self.read(&entry, deadline)?, &field)
    }

    fn fetch_many(&self, keys: &[Key], deadline: Deadline) -> Vec<Result<Fetched>> {
        let places: Vec<_> = keys.iter().map(|key| place(key, &self.default_key)).collect();
        let mut entries: Vec<&EntryKey> = places.iter().flatten().map(|(entry, _)| entry).collect();
        entries.sort_unstable();
        entries.dedup();
        let reads = self.for_each(&entries, |entry| self.read(entry, deadline));
        let read_of = |entry: &EntryKey| {
            let index = entries.binary_search(&entry).expect("every place is among the entries");
            reads[index].as_ref().map_err(Clone::clone)
        };
        let fetched = |place: &Result<(EntryKey, String)>| {
            let (entry, field) = place.as_ref().map_err(Clone::clone)?;
            self.field(entry, read_of(entry)?, field)
        };
        places.iter().map(fetched).collect()
    }

    fn prove(&self, keys: &[Key], deadline: Deadline) -> Vec<Proof> {
        proof::prove(self, keys, deadline)
    }
}

impl Vault {
    /// Applies `work` to each entry, several at once. The first one goes alone: if the server cannot be reached, no more requests are sent
    /// to it.
    fn for_each<R: Send + Sync>(&self, entries: &[&EntryKey], work: impl Fn(&EntryKey) -> Result<R> + Sync) -> Vec<Result<R>> {
        let Some((first, rest)) = entries.split_first() else { return Vec::new() };
        let head = work(first);
        let outage = head.as_ref().err().filter(|error| error.is_transient()).cloned();
        let tail = match outage {
            Some(error) => rest.iter().map(|_| Err(error.clone())).collect(),
            None => in_parallel(rest, CONNECTIONS, |entry| work(entry)),
        };
        std::iter::once(head).chain(tail).collect()
    }
}
