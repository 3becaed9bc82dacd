//! The threads that create resources, and the one that records their progress.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use takk_model::error::{Error, Result};
use takk_model::{Environment, Extension};
use takk_provision::copy::Source;
use takk_provision::{Blueprint, Entry, Journal, Owner, Phase, Ports, Provisioner, State, Status, check, create};
use takk_vault::SecretValue;

use super::lease::{Holder, is_held, lease};
use super::ledger::{Kept, ledger, write};
use super::need::Need;
use super::publish::published;
use super::{Event, Machine, Outcome, Wanted};
use crate::config;
use crate::ops::project::ReadProject;
use crate::platform::{Platform, now};

/// How often to check a lease that another process holds.
const PAUSE: Duration = Duration::from_millis(200);

/// A message from a worker.
pub(super) enum Message {
    Phase {
        key: String,
        phase: Phase,
    },
    Note {
        key: String,
        text: String,
    },
    /// A step is done. It is stored before the next one begins.
    Store {
        key: String,
        entry: Box<Entry>,
        answer: Sender<Result<()>>,
    },
    Done {
        key: String,
        entry: Box<Entry>,
        /// Whether anything had to be done.
        result: Result<bool>,
        /// What it lacks, although the program can log in.
        lack: Option<Error>,
        begun: Instant,
    },
}

/// Creates one resource.
pub(super) struct Worker<'m> {
    pub key: String,
    pub blueprint: Blueprint,
    pub kept: Kept,
    /// The data that it begins with.
    pub source: Option<Source>,
    pub provisioner: &'m dyn Provisioner,
    pub begun: Instant,
}

impl Worker<'_> {
    pub(super) fn work(self, sender: &Sender<Message>, ports: &Ports, cancelled: &AtomicBool) {
        let mut entry = self.kept.entry.clone();
        let journal = Told { key: &self.key, sender, cancelled, lack: RefCell::new(None) };
        // Ctrl-C also ends the programs that prepare data, so their output is of no use.
        let result = self
            .bring_up(&mut entry, ports, &journal)
            .map_err(|error| if journal.is_cancelled() { interrupted(&self.key) } else { error });
        let lack = journal.lack.take();
        let _ = sender.send(Message::Done { key: self.key, entry: Box::new(entry), result, lack, begun: self.begun });
    }

    /// Whether anything had to be done.
    fn bring_up(&self, entry: &mut Entry, ports: &Ports, journal: &dyn Journal) -> Result<bool> {
        let is_same = is_as_described(entry, &self.blueprint);
        if entry.state == State::Live && is_same && self.provisioner.status(entry)? == Status::Running && check(entry).is_ok() {
            return Ok(false);
        }
        entry.version = Some(self.blueprint.version.clone()).filter(|version| !version.is_empty());
        entry.extensions = self.blueprint.extension_names();
        create(self.provisioner, &self.blueprint, entry, self.source.as_ref(), ports, journal)?;
        Ok(true)
    }
}

/// Whether an entry was created from the same description.
pub(super) fn is_as_described(entry: &Entry, blueprint: &Blueprint) -> bool {
    entry.version.as_deref().unwrap_or_default() == blueprint.version && entry.extensions == blueprint.extension_names()
}

fn interrupted(key: &str) -> Error {
    Error::usage(format!("{key} was interrupted"))
}

/// A journal that forwards everything.
struct Told<'t> {
    key: &'t str,
    sender: &'t Sender<Message>,
    cancelled: &'t AtomicBool,
    /// What the resource lacks.
    lack: RefCell<Option<Error>>,
}

impl Journal for Told<'_> {
    fn phase(&self, phase: Phase) {
        let _ = self.sender.send(Message::Phase { key: self.key.to_owned(), phase });
    }

    fn note(&self, text: String) {
        let _ = self.sender.send(Message::Note { key: self.key.to_owned(), text });
    }

    fn lacks(&self, what: Error) {
        self.lack.replace(Some(what));
    }

    fn store(&self, entry: &Entry) -> Result<()> {
        let (answer, answered): (_, Receiver<Result<()>>) = channel();
        let sent = self.sender.send(Message::Store { key: self.key.to_owned(), entry: Box::new(entry.clone()), answer });
        let ended = || Error::internal("the thread that writes the ledger has ended");
        sent.map_err(|_| ended())?;
        answered.recv().map_err(|_| ended())??;
        if self.is_cancelled() { Err(interrupted(self.key)) } else { Ok(()) }
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// One run of `takk up`, on the thread that has the store.
pub(super) struct Run<'r, 'p> {
    platform: &'r mut dyn Platform,
    pub project: &'p ReadProject,
    environment: String,
    pub wanted: &'r Wanted<'r>,
    pub machine: &'p Machine,
    /// The owner of the servers.
    owner: Owner,
    /// Identifies this run.
    holder: Holder,
    /// The entries that it works on, as stored in the ledger.
    kept: HashMap<String, Kept>,
    ends_at: Option<i64>,
}

impl<'r, 'p> Run<'r, 'p> {
    pub(super) fn new(
        platform: &'r mut dyn Platform,
        project: &'p ReadProject,
        environment: &Environment,
        wanted: &'r Wanted<'r>,
        machine: &'p Machine,
    ) -> Result<Self> {
        let name = environment.name.to_string();
        let (store, owner) = platform.owner()?;
        let owner = Owner { store, project: owner, environment: name.clone() };
        let ends_at = platform.environments()?.into_iter().find(|known| known.name == name).and_then(|known| known.expires_at);
        let holder = Holder::new()?;
        Ok(Self { platform, project, environment: name, wanted, machine, owner, holder, kept: HashMap::new(), ends_at })
    }

    /// The server that a resource needs.
    pub(super) fn blueprint(&self, need: &Need<'_>) -> Result<Blueprint> {
        let (kind, server) = need.server().ok_or_else(|| Error::internal("a kind without a server"))?;
        let answer = need.resource.version.clone();
        let version = answer.as_ref().map(|answer| answer.version.clone()).or(kind.default_version.map(str::to_owned));
        Ok(Blueprint {
            owner: self.owner.clone(),
            kind,
            server,
            name: need.resource.name.clone(),
            version: version.unwrap_or_default(),
            accepts: Box::new(move |found| takk_catalog::can_stand_in(kind, answer.as_ref(), found)),
            level: self.project.config.policy(&self.environment).level.as_str().to_owned(),
            // What was pushed to a server may be anything.
            extensions: need.resource.extensions.iter().filter(|one| Extension::is_name(&one.name)).cloned().collect(),
        })
    }

    /// When the environment ends.
    pub(super) fn ends_at(&self) -> Option<i64> {
        self.ends_at
    }

    pub(super) fn has_package(&self, name: &str) -> bool {
        self.project.manifest.packages.find(name).is_some()
    }

    /// Takes the lease of an entry, waiting for whoever holds it. A new entry is stored with its credentials, so that they cannot get lost.
    /// A live entry stays unchanged, and is leased when there is something to do.
    pub(super) fn take(&mut self, kept: Kept, report: &mut dyn FnMut(Event<'_>)) -> Result<Kept> {
        let key = kept.entry.key();
        let mut kept = kept;
        loop {
            kept = self.after_others(kept, report)?;
            if kept.entry.state == State::Live {
                break;
            }
            kept.entry.lease = Some(lease(self.holder.name(), &self.wanted.home.author, now()));
            let action = (kept.version == 0).then_some("resource.reserve");
            match write(self.platform, &self.environment, &kept, Vec::new(), action) {
                Ok((version, _)) => {
                    kept.version = version;
                    config::after_step(&format!("{key}:reserved"));
                    break;
                }
                // Another process wrote it at the same moment, so its version counts.
                Err(error) => match self.find(&key)?.filter(|found| found.version != kept.version) {
                    Some(found) => kept = found,
                    None => return Err(error),
                },
            }
        }
        self.kept.insert(key, kept.clone());
        Ok(kept)
    }

    /// The entry of a resource in another environment.
    pub(super) fn entry_of(&mut self, environment: &str, key: &str) -> Result<Option<Entry>> {
        let all = ledger(self.platform, environment)?;
        Ok(all.into_iter().find(|(known, _)| known == key).map(|(_, kept)| kept.entry))
    }

    /// The current entry in the ledger.
    fn find(&mut self, key: &str) -> Result<Option<Kept>> {
        self.platform.refresh();
        let all = ledger(self.platform, &self.environment)?;
        Ok(all.into_iter().find(|(known, _)| known == key).map(|(_, kept)| kept))
    }

    /// The entry, once no other process works on the resource.
    fn after_others(&mut self, mut kept: Kept, report: &mut dyn FnMut(Event<'_>)) -> Result<Kept> {
        let key = kept.entry.key();
        let mut is_told = false;
        while let Some(other) = kept.entry.lease.as_ref().filter(|other| is_held(other, self.holder.name(), now())) {
            if self.wanted.cancelled.load(Ordering::Relaxed) {
                return Err(interrupted(&key));
            }
            if !is_told {
                let since = takk_model::age::age(other.since, now());
                let text = format!(
                    "waiting for takk of {} (process {} on {}), which started {since}",
                    other.user, other.process, other.machine
                );
                report(Event::Note { key: &key, text: &text });
                is_told = true;
            }
            std::thread::sleep(PAUSE);
            let found = self.find(&key)?;
            let removed = || Error::usage(format!("{key} was removed in the meantime")).hint("run `takk up` again");
            kept = found.ok_or_else(removed)?;
        }
        Ok(kept)
    }

    /// Handles a message of a worker.
    pub(super) fn handle(
        &mut self,
        message: Message,
        needs: &HashMap<String, &Need<'_>>,
        report: &mut dyn FnMut(Event<'_>),
        outcome: &mut Outcome,
    ) {
        match message {
            Message::Phase { key, phase } => report(Event::Phase { key: &key, phase }),
            Message::Note { key, text } => report(Event::Note { key: &key, text: &text }),
            Message::Store { key, entry, answer } => {
                let _ = answer.send(self.store(&key, *entry));
            }
            Message::Done { key, entry, result, lack, begun } => {
                let done = result.and_then(|changed| Ok((changed, self.publish(&key, *entry, needs.get(&key).copied())?)));
                match done {
                    Ok(_) if let Some(lack) = lack => self.fail(key, lack, report, outcome),
                    Ok((changed, ())) => {
                        let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                        if let Some(kept) = self.kept.get(&key) {
                            report(Event::Ready { key: &key, entry: &kept.entry, milliseconds });
                        }
                        outcome.live.push((key, changed));
                    }
                    Err(error) => self.fail(key, error, report, outcome),
                }
            }
        }
    }

    /// Stores a step that is done.
    fn store(&mut self, key: &str, mut entry: Entry) -> Result<()> {
        let step = entry.step.clone().unwrap_or_default();
        config::after_step(&format!("{key}:{step}"));
        entry.lease = Some(lease(self.holder.name(), &self.wanted.home.author, now()));
        self.write(key, entry, Vec::new(), None)?;
        config::after_step(&format!("{key}:{step}:stored"));
        Ok(())
    }

    /// Marks the resource as live, and sets its variables in the same transaction.
    fn publish(&mut self, key: &str, mut entry: Entry, need: Option<&Need<'_>>) -> Result<()> {
        let was_live = self.kept.get(key).is_some_and(|kept| kept.entry.state == State::Live);
        let stored = self.stored()?;
        let published = need.map(|need| published(need, &entry, &stored, &|package| self.has_package(package)));
        let Some(published) = published else { return Ok(()) };
        let before = self.kept.get(key).map(|kept| serde_json::to_value(&kept.entry).unwrap_or_default());
        entry.state = State::Live;
        entry.lease = None;
        entry.live_at = entry.live_at.or_else(|| Some(now()));
        entry.published = published.unchanged.into_iter().collect();
        if published.updates.is_empty() && before == serde_json::to_value(&entry).ok() {
            return Ok(());
        }
        // The versions that the values will have: each update adds one.
        for update in &published.updates {
            entry.published.insert(update.name.clone(), update.expected.unwrap_or_default() + 1);
        }
        let action = if was_live { "resource.change" } else { "resource.create" };
        self.write(key, entry, published.updates, Some(action))?;
        config::after_step(&format!("{key}:live"));
        Ok(())
    }

    fn write(&mut self, key: &str, entry: Entry, values: Vec<takk_vault::Update>, action: Option<&str>) -> Result<()> {
        let version = self.kept.get(key).map(|kept| kept.version).unwrap_or_default();
        let mut kept = Kept { entry, version };
        kept.version = write(self.platform, &self.environment, &kept, values, action)?.0;
        self.kept.insert(key.to_owned(), kept);
        Ok(())
    }

    /// Every name with its version, and its value if it is set. If a value changes after this, the transaction fails.
    fn stored(&mut self) -> Result<HashMap<String, (Option<SecretValue>, i64)>> {
        let versions = self.platform.versions(&self.environment)?;
        let mut values: HashMap<String, SecretValue> = self.platform.values(&self.environment)?.into_iter().collect();
        Ok(versions.into_iter().map(|(name, version)| (name.clone(), (values.remove(&name), version))).collect())
    }

    /// A resource failed. Ends its lease, so that the next run need not wait.
    pub(super) fn fail(&mut self, key: String, error: Error, report: &mut dyn FnMut(Event<'_>), outcome: &mut Outcome) {
        if let Some(kept) = self.kept.get(&key).cloned()
            && kept.entry.lease.is_some()
        {
            // If that cannot be stored, the lease ends with this process.
            let _ = self.write(&key, Entry { lease: None, ..kept.entry }, Vec::new(), None);
        }
        report(if self.wanted.cancelled.load(Ordering::Relaxed) {
            Event::Interrupted { key: &key }
        } else {
            Event::Failed { key: &key, error: &error }
        });
        outcome.failed.push((key, error));
    }

    /// Creates a resource that is part of another server, such as a second bucket.
    pub(super) fn move_in(&mut self, need: &Need<'_>, kept: Option<Kept>, host: &str) -> Result<()> {
        let key = need.key();
        let host = self.kept.get(host).filter(|kept| kept.entry.state == State::Live);
        let host =
            host.ok_or_else(|| Error::usage(format!("{key}: the server that it is a part of is not live")))?.entry.clone();
        let mut entry = Entry {
            name: need.resource.name.clone(),
            published: HashMap::new().into_iter().collect(),
            place: None,
            volume: None,
            ..host
        };
        if let Some(bucket) = entry.credentials.get_mut("bucket") {
            *bucket =
                format!("{}-{}", self.owner.host_name(), self.owner.container(&key).rsplit('-').next().unwrap_or_default())
                    .into();
        }
        let was = kept.unwrap_or(Kept { entry: entry.clone(), version: 0 });
        entry.live_at = Some(was.entry.live_at.filter(|_| was.version > 0).unwrap_or_else(now));
        entry.reserved_at = if was.version > 0 { was.entry.reserved_at } else { now() };
        entry.published.clone_from(&was.entry.published);
        takk_provision::prepare(&entry).map_err(|reason| Error::system(format!("{key}: {reason}")))?;
        self.kept.insert(key.clone(), was);
        self.publish(&key, entry, Some(need))
    }

    pub(super) fn moved_in(&self, key: &str, report: &mut dyn FnMut(Event<'_>), outcome: &mut Outcome) {
        if let Some(kept) = self.kept.get(key) {
            report(Event::Ready { key, entry: &kept.entry, milliseconds: 0 });
        }
        outcome.live.push((key.to_owned(), false));
    }
}
