//! An admin key, and what is made with it.

use std::collections::BTreeMap;
use std::thread;

use takk_catalog::catalog;
use takk_model::error::{Error, Result};
use takk_model::is_this_machine;
use url::Url;
use zeroize::Zeroizing;

use super::super::{Admin, AdminAddress, Facts};
use super::client::Client;
use super::{BASE_API, BASE_URL, KeyService, NAME, PAUSE, SETTLES, TOKEN, log_in};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::login::NotReady;
use crate::provisioner::{Journal, MakesText, Status};

/// An admin key of a service.
pub(super) struct KeyAdmin {
    service: &'static KeyService,
    client: Client,
    host: String,
    port: u16,
    shown: String,
    is_encrypted: bool,
}

impl KeyAdmin {
    /// Reads a key, or a URL with the key as its password. No error contains a part of it.
    pub(super) fn parse(service: &'static KeyService, text: &str) -> Result<Self> {
        let product = service.product;
        let form = format!("write it as https://:KEY@host for the {product} at that host");
        let wrong = |why: &str| Error::usage(format!("the admin key of {product} cannot be used: {why}")).hint(form.clone());
        let own = catalog().providers().find(|provider| provider.name == service.provider).and_then(|provider| provider.base);
        let (key, url) = if text.contains("://") {
            let mut url = Url::parse(text).map_err(|_| wrong("it is not a URL"))?;
            let key = url
                .password()
                .filter(|key| !key.is_empty() && !key.contains('%'))
                .ok_or_else(|| wrong("the URL has no key"))?;
            let key = Zeroizing::new(key.to_owned());
            if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
                return Err(wrong("the URL has more than a key, a host and a path"));
            }
            url.set_password(None).map_err(|()| wrong("it is not a URL of a server"))?;
            (key, url)
        } else {
            let base = own.ok_or_else(|| wrong("its URL is missing"))?;
            (Zeroizing::new(text.to_owned()), Url::parse(base).map_err(|_| wrong("it is not a URL"))?)
        };
        let is_encrypted = url.scheme() == "https";
        let is_local = url.scheme() == "http" && url.host_str().is_some_and(is_this_machine);
        if !is_encrypted && !is_local {
            return Err(wrong("the URL is not encrypted").hint("use https://"));
        }
        let host = url.host_str().ok_or_else(|| wrong("it names no host"))?.to_owned();
        let port = url.port_or_known_default().unwrap_or(443);
        let base = url.as_str().trim_end_matches('/').to_owned();
        let shown = format!("{product} at {base}");
        Ok(Self { service, client: Client { product, base, key }, host, port, shown, is_encrypted })
    }

    fn revoke_all(&self, name: &str) -> Result<usize> {
        let ids = (self.service.find)(&self.client, name)?;
        for id in &ids {
            (self.service.revoke)(&self.client, name, id)?;
        }
        Ok(ids.len())
    }

    /// The URL for programs, without its version.
    fn root(&self) -> &str {
        self.client.base.strip_suffix(self.service.version).unwrap_or(&self.client.base)
    }
}

fn name_of(entry: &Entry) -> Result<&str> {
    let name = entry.credentials.get(NAME).map(|name| name.as_str());
    name.ok_or_else(|| Error::internal(format!("{} has no name at its service", entry.key())))
}

impl Admin for KeyAdmin {
    fn address(&self) -> AdminAddress<'_> {
        AdminAddress {
            host: &self.host,
            port: self.port,
            shown: &self.shown,
            requires_tls: self.is_encrypted,
            ssl_mode: None,
            ssl_roots: None,
        }
    }

    fn facts(&self) -> Result<Facts> {
        let count = (self.service.count)(&self.client)?;
        Ok(Facts {
            product: self.service.product,
            version: "API".to_owned(),
            user: "an administrator".to_owned(),
            too_wide: None,
            is_encrypted: self.is_encrypted,
            noun: self.service.noun,
            holdings: BTreeMap::from([(String::new(), count)]),
            open_to_all: Vec::new(),
            open_hint: "",
            lacks: Vec::new(),
        })
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, _: &mut MakesText<'_>, _: bool) -> Result<()> {
        // Unique for the store, so that the keys of another one are never taken for left-overs.
        let name = blueprint.owner.container(&blueprint.key());
        let mut set = |key: &str, value: String| entry.credentials.insert(key.to_owned(), value.into());
        set(NAME, name.clone());
        set(BASE_API, format!("{}/v1", self.root()));
        set(BASE_URL, self.root().to_owned());
        entry.place = Some(format!("{} {name}", self.service.noun));
        (self.service.count)(&self.client).map(|_| ())
    }

    fn preview(&self, entry: &Entry, _: bool) -> Result<Vec<String>> {
        let name = name_of(entry)?;
        let base = &self.client.base;
        let request =
            |request: &&str| request.split_once(' ').map(|(method, path)| format!("{method} {base}{path} (name: {name})"));
        Ok(self.service.requests.iter().filter_map(request).collect())
    }

    fn create(&self, _: &Blueprint, entry: &mut Entry, journal: &dyn Journal, _: bool) -> Result<()> {
        let name = name_of(entry)?.to_owned();
        if entry.credentials.contains_key(TOKEN) && !matches!(log_in(entry, self.service), Err(NotReady::Refused(_))) {
            return Ok(());
        }
        let is_new = !entry.credentials.contains_key(TOKEN);
        let revoked = self.revoke_all(&name)?;
        if is_new && revoked > 0 {
            journal.note("revoked a key that an interrupted run had made and not stored".to_owned());
        }
        entry.step = Some("revoked".to_owned());
        journal.store(entry)?;
        entry.credentials.insert(TOKEN.to_owned(), (self.service.make)(&self.client, &name)?);
        entry.generation += u32::from(!is_new);
        entry.step = Some("key".to_owned());
        journal.store(entry)?;
        for _ in 0..SETTLES {
            if !matches!(log_in(entry, self.service), Err(NotReady::Refused(_))) || journal.is_cancelled() {
                break;
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        Ok(if entry.credentials.contains_key(TOKEN) { Status::Running } else { Status::Missing })
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        let name = name_of(entry)?;
        self.revoke_all(name)?;
        (self.service.clear)(&self.client, name)
    }
}
