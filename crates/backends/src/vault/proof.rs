//! Whether entries and their fields exist and may be read, without reading a value: `capabilities-self` for all in one request,
//! then `metadata` and `subkeys` of each.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::{Value, json};

use super::place::{EntryKey, place};
use super::{Enveloped, Vault};
use crate::backend::Proof;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::key::Key;
use crate::process::moment;
use crate::vault::session::mount_path;

#[derive(Deserialize)]
struct Versions {
    current_version: u64,
    versions: HashMap<String, Version>,
}

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    created_time: String,
    #[serde(default)]
    deletion_time: String,
    #[serde(default)]
    destroyed: bool,
}

#[derive(Deserialize)]
struct Subkeys {
    subkeys: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Names {
    keys: Vec<String>,
}

/// What is known about an entry.
#[derive(Clone)]
enum EntryProof {
    /// It exists; its fields, if they could be read.
    There {
        proof: Proof,
        fields: Option<Vec<String>>,
    },
    Not(Proof),
}

pub(super) fn prove(vault: &Vault, keys: &[Key], deadline: Deadline) -> Vec<Proof> {
    let places: Vec<_> = keys.iter().map(|key| place(key, &vault.default_key)).collect();
    let mut entries: Vec<&EntryKey> = places.iter().flatten().map(|(entry, _)| entry).collect();
    entries.sort_unstable();
    entries.dedup();
    let readable = if entries.is_empty() { Ok(HashMap::new()) } else { readable(vault, &entries, deadline) };
    let readable = match readable {
        Ok(readable) => readable,
        Err(error) => return keys.iter().map(|_| Proof::of_error(error.clone())).collect(),
    };
    let proofs = vault.for_each(&entries, |entry| proven(vault, entry, readable.get(&entry.path).copied(), deadline));
    let proof = |place: &Result<(EntryKey, String)>| {
        let (entry, field) = match place {
            Ok(place) => place,
            Err(error) => return Proof::of_error(error.clone()),
        };
        let index = entries.binary_search(&entry).expect("every place is among the entries");
        match &proofs[index] {
            Ok(EntryProof::There { proof, fields }) => of_field(vault, entry, field, proof, fields.as_deref()),
            Ok(EntryProof::Not(proof)) => proof.clone(),
            Err(error) => Proof::of_error(error.clone()),
        }
    };
    places.iter().map(proof).collect()
}

/// Which paths the token may read, asked in one request. For paths that are missing from it, that is not known.
fn readable(vault: &Vault, entries: &[&EntryKey], deadline: Deadline) -> Result<HashMap<String, bool>> {
    // The first entry determines the version of the mount, if it is not known: the paths differ.
    if vault.kv_version.load(std::sync::atomic::Ordering::Relaxed) == 0 {
        vault.turns_out_version_one(entries[0], deadline)?;
    }
    let below = if vault.is_version_one() { "" } else { "data/" };
    let path_of = |entry: &EntryKey| format!("{}/{below}{}", vault.mount, entry.path);
    let body = json!({ "paths": entries.iter().map(|entry| path_of(entry)).collect::<Vec<_>>() });
    let ask = |session: &super::Session| vault.wire.post("sys/capabilities-self", Some(&session.token), &body, deadline);
    let (answer, _) = vault.ask(deadline, ask)?;
    match answer.status {
        200 => {
            let capabilities: HashMap<String, Value> = serde_json::from_slice(&answer.body).unwrap_or_default();
            let may_read = |entry: &EntryKey| {
                let granted = capabilities.get(&path_of(entry))?.as_array()?;
                Some(granted.iter().any(|word| word == "read" || word == "root"))
            };
            Ok(entries.iter().filter_map(|entry| Some((entry.path.clone(), may_read(entry)?))).collect())
        }
        // A token without the default policy may not ask.
        403 => Ok(HashMap::new()),
        _ => {
            let what = format!("cannot ask {} what {} may read", vault.wire.place(), vault.sessions.identity());
            Err(vault.wire.other(&answer, &what, &vault.wire.problem(&answer, &[])))
        }
    }
}

fn proven(vault: &Vault, entry: &EntryKey, may_read: Option<bool>, deadline: Deadline) -> Result<EntryProof> {
    if may_read == Some(false) {
        let right = if vault.is_version_one() { "" } else { "data/" };
        let error = Error::auth(format!("{}: permission denied", vault.reading(entry)));
        let hint = format!("grant it: path \"{}/{right}{}\" {{ capabilities = [\"read\"] }}", vault.mount, entry.path);
        return Ok(EntryProof::Not(Proof::NotReadable(error.hint(hint))));
    }
    if vault.is_version_one() {
        return listed(vault, entry, deadline);
    }
    let fields = fields(vault, entry, deadline)?;
    let path = format!("{}/metadata/{}", mount_path(&vault.mount), entry.encoded());
    let (answer, _) = vault.ask(deadline, |session| vault.wire.get(&path, &session.token, deadline))?;
    match answer.status {
        200 => match serde_json::from_slice::<Enveloped<Versions>>(&answer.body) {
            Ok(Enveloped { data }) => Ok(of_versions(vault, entry, &data, fields)),
            Err(_) => Ok(EntryProof::Not(Proof::Unknown(vault.failure(entry, &answer, None)))),
        },
        403 => Ok(match fields {
            Some(fields) => EntryProof::There {
                proof: Proof::Exists { version: entry.version.map(|version| version.to_string()), changed: None },
                fields: Some(fields),
            },
            None => EntryProof::Not(Proof::Unknown(not_shown(vault, entry, "whether it exists", "metadata"))),
        }),
        _ => Ok(EntryProof::Not(Proof::of_error(vault.failure(entry, &answer, None)))),
    }
}

fn of_versions(vault: &Vault, entry: &EntryKey, data: &Versions, fields: Option<Vec<String>>) -> EntryProof {
    let number = entry.version.filter(|version| *version > 0).unwrap_or(data.current_version);
    let what = vault.reading(entry);
    let Some(version) = data.versions.get(&number.to_string()) else {
        let mut numbers: Vec<u64> = data.versions.keys().filter_map(|number| number.parse().ok()).collect();
        numbers.sort_unstable();
        let range = numbers.first().zip(numbers.last()).map_or_else(String::new, |(first, last)| format!("{first} to {last}"));
        let error = Error::not_found(format!("{what}: version {number} does not exist"));
        return EntryProof::Not(Proof::VersionMissing(error.hint(format!("its versions are: {range}"))));
    };
    if version.destroyed || !version.deletion_time.is_empty() {
        let how = if version.destroyed { "destroyed" } else { "deleted" };
        let error = Error::not_found(format!("{what}: version {number} was {how}"));
        let hint = "pin a version that exists, write a new one, or undelete this one";
        return EntryProof::Not(Proof::Destroyed(error.hint(hint)));
    }
    let proof = Proof::Exists { version: Some(number.to_string()), changed: moment(&version.created_time) };
    EntryProof::There { proof, fields }
}

/// The field names of an entry. `None` if the token may not see them, or there are none.
fn fields(vault: &Vault, entry: &EntryKey, deadline: Deadline) -> Result<Option<Vec<String>>> {
    let version = entry.version.unwrap_or(0);
    let path = format!("{}/subkeys/{}?depth=1&version={version}", mount_path(&vault.mount), entry.encoded());
    let (answer, _) = vault.ask(deadline, |session| vault.wire.get(&path, &session.token, deadline))?;
    let read = serde_json::from_slice::<Enveloped<Subkeys>>(&answer.body).ok();
    Ok(read.and_then(|read| read.data.subkeys).map(|subkeys| subkeys.into_keys().collect()))
}

/// For an entry of version 1: whether its directory lists it.
fn listed(vault: &Vault, entry: &EntryKey, deadline: Deadline) -> Result<EntryProof> {
    if entry.version.is_some() {
        let error = vault.read_version_one(entry, deadline).err();
        return Ok(EntryProof::Not(error.map_or_else(|| unreachable_version(vault, entry), Proof::of_error)));
    }
    let (directory, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
    let path = format!("{}/{}?list=true", mount_path(&vault.mount), mount_path(directory));
    let (answer, _) = vault.ask(deadline, |session| vault.wire.get(&path, &session.token, deadline))?;
    match answer.status {
        200 => {
            let names =
                serde_json::from_slice::<Enveloped<Names>>(&answer.body).map(|names| names.data.keys).unwrap_or_default();
            Ok(if names.iter().any(|known| known == name) {
                EntryProof::There { proof: Proof::Exists { version: None, changed: None }, fields: None }
            } else {
                EntryProof::Not(missing(vault, entry))
            })
        }
        404 if vault.wire.problem(&answer, &[]).text.is_empty() => Ok(EntryProof::Not(missing(vault, entry))),
        403 => Ok(EntryProof::Not(Proof::Unknown(not_shown(vault, entry, "whether it exists", "")))),
        _ => Ok(EntryProof::Not(Proof::of_error(vault.failure(entry, &answer, None)))),
    }
}

fn unreachable_version(vault: &Vault, entry: &EntryKey) -> Proof {
    Proof::Unknown(Error::config(format!("{}: this mount keeps no versions", vault.reading(entry))))
}

fn missing(vault: &Vault, entry: &EntryKey) -> Proof {
    Proof::Missing(Error::not_found(format!("{}: it does not exist", vault.reading(entry))))
}

fn not_shown(vault: &Vault, entry: &EntryKey, what: &str, right: &str) -> Error {
    let right = if right.is_empty() { String::new() } else { format!("{right}/") };
    let error = Error::auth(format!("{}: the token may not see {what}", vault.reading(entry)));
    let capability = if right.is_empty() { "list" } else { "read" };
    error.hint(format!(
        "grant it: path \"{}/{right}*\" {{ capabilities = [\"{capability}\"] }}, or read the values",
        vault.mount
    ))
}

fn of_field(vault: &Vault, entry: &EntryKey, field: &str, proof: &Proof, fields: Option<&[String]>) -> Proof {
    match fields {
        Some(fields) if fields.iter().any(|known| known == field) => proof.clone(),
        Some(fields) => Proof::Missing(vault.no_field(entry, field, fields.iter().map(String::as_str))),
        None if vault.is_version_one() => {
            let error = Error::config(format!(
                "{}: it exists, and a KV store of version 1 does not say whether it has the field `{field}`",
                vault.reading(entry)
            ));
            Proof::Unknown(error.hint("read the values to find out"))
        }
        None => Proof::Unknown(not_shown(vault, entry, &format!("whether it has the field `{field}`"), "subkeys")),
    }
}
