//! A name → the proposed action, and the reason.

use std::collections::{HashMap, HashSet};

use zeroize::Zeroizing;

use super::candidates::Candidate;
use super::{Action, address};
use crate::ops::secrets::set::check;
use takk_model::error::{Error, Result};
use takk_model::{Manifest, ResourcePart};
use takk_plan::{EnvironmentPlan, State};
use takk_value::{NotGenerable, Wanted, generate};
use takk_vault::{Random, SecretValue};

/// Words in the name of a plain `str` which indicate that its value is secret.
const SECRET_WORDS: &[&str] =
    &["password", "passwd", "passphrase", "pwd", "secret", "token", "key", "apikey", "credential", "credentials", "private"];

/// Parts of a resource that may be the same in all environments: a wrong one is noticed, and cannot lead to another server.
const PLAIN_PARTS: &[&str] = &["port", "ssl", "region", "username", "database"];

/// What the proposals are based on.
pub(super) struct Proposer<'p> {
    manifest: &'p Manifest,
    from: &'p str,
    to: &'p str,
    values: &'p HashMap<String, SecretValue>,
    hosts: HashSet<String>,
    random: &'p dyn Random,
}

impl<'p> Proposer<'p> {
    pub(super) fn new(
        manifest: &'p Manifest,
        plans: &'p [EnvironmentPlan; 2],
        values: &'p HashMap<String, SecretValue>,
        random: &'p dyn Random,
    ) -> Self {
        let made = plans[0].variables.iter().filter_map(|variable| variable.value.as_deref());
        let hosts = address::hosts(values.values().map(SecretValue::expose).chain(made));
        Self { manifest, from: plans[0].name.as_str(), to: plans[1].name.as_str(), values, hosts, random }
    }

    /// Decides what to do with a name. An existing value is only replaced if the user named it.
    pub(super) fn decide(&self, candidate: &Candidate<'_>, is_named: bool) -> (Action, String) {
        let keep = |reason: String| (Action::Keep, reason);
        match (candidate.from, candidate.to) {
            // Without fingerprints, values are not known to be equal.
            (Some(from), Some(to))
                if from.fingerprint == to.fingerprint && !from.fingerprint.is_empty() && !is_secret(candidate) =>
            {
                return keep(format!("{} has the same value", self.to));
            }
            (_, Some(to)) if !is_named => return keep(format!("{} has version {}", self.to, to.version)),
            (_, None) if !is_named && candidate.variable.state == State::Resolved => {
                return keep("takk composes it from what the code declares".to_owned());
            }
            (_, None) if !is_named && candidate.is_covered => {
                return keep(format!("{} has a value under another name of the field", self.to));
            }
            _ => {}
        }
        if is_secret(candidate) { self.secret(candidate) } else { self.plain(candidate) }
    }

    fn secret(&self, candidate: &Candidate<'_>) -> (Action, String) {
        let was_made = candidate.from.is_some_and(|from| from.origin == "generated");
        match made_up(self.manifest, &candidate.name, self.random) {
            Ok(Ok(_)) if was_made => (Action::Regenerate, format!("takk generated the value in {}", self.from)),
            Ok(Ok(_)) => match &candidate.variable.declared.resource {
                Some(part) => (Action::Ask, self.belongs(part)),
                None => (Action::Regenerate, "a secret of the program's own".to_owned()),
            },
            Ok(Err(why)) => (Action::Ask, why.reason.into_owned()),
            Err(_) => (Action::Ask, "cannot get random bytes".to_owned()),
        }
    }

    fn belongs(&self, part: &ResourcePart) -> String {
        format!("{} `{}` has its own value in {}", part.kind, part.name, self.to)
    }

    fn plain(&self, candidate: &Candidate<'_>) -> (Action, String) {
        let ask = |reason: String| (Action::Ask, reason);
        let Some(value) = candidate.from.and_then(|from| self.values.get(&from.name)).map(SecretValue::expose) else {
            return ask(format!("{} has no value either", self.from));
        };
        let declared = &candidate.variable.declared;
        let is_composed = declared.service.is_some() || !declared.template.is_empty();
        if is_composed || address::is_named(&candidate.name) {
            return ask(format!("an address, different in {}", self.to));
        }
        if let Some(part) = declared.resource.as_ref().filter(|part| !PLAIN_PARTS.contains(&part.part.as_str())) {
            return ask(self.belongs(part));
        }
        if address::has_credential(value) {
            return ask("it seems to contain a password or a key".to_owned());
        }
        if address::is_in(value, &self.hosts) {
            return ask(format!("it contains an address of {}", self.from));
        }
        if address::names(value, self.from) {
            return ask(format!("it contains `{}`", self.from));
        }
        if check(self.manifest, &candidate.name, value).is_err() {
            return ask(format!("the program no longer accepts the value of {}", self.from));
        }
        (Action::Copy, "a plain setting".to_owned())
    }
}

/// Whether its value is secret, judging by its type or else by its name.
fn is_secret(candidate: &Candidate<'_>) -> bool {
    let says = |word: &str| SECRET_WORDS.contains(&word.to_ascii_lowercase().as_str());
    candidate.secret || candidate.name.split(|c: char| !c.is_alphanumeric()).any(says)
}

/// Generates a value that every field with this name accepts, or says why that is not possible.
pub(super) fn made_up(manifest: &Manifest, name: &str, random: &dyn Random) -> Result<Result<Zeroizing<String>, NotGenerable>> {
    let mut failed = None;
    let mut fill = |bytes: &mut [u8]| {
        if let Err(error) = random.fill(bytes) {
            failed = Some(error);
        }
    };
    let mut why = NotGenerable::from("it is a secret that only its issuer has");
    let mut made = None;
    for setting in manifest.fields(name) {
        match generate(&Wanted { setting }, &mut fill) {
            Ok(value) if check(manifest, name, &value).is_ok() => made = made.or(Some(value)),
            Ok(_) => why = NotGenerable::from("no value is valid for all classes that read it"),
            // One field that can generate a value is enough.
            Err(reason) => {
                why = reason;
                made = None;
                break;
            }
        }
    }
    match failed {
        Some(error) => Err(Error::system("cannot generate a value").caused_by(error)),
        None => Ok(made.ok_or(why)),
    }
}
