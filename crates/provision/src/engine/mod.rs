//! Servers in containers, over the API that Docker and Podman share. Nothing is cached: the engine is queried every time.

mod container;
mod failure;
mod find;
mod image;
mod labels;
mod logs;
mod volume;

use std::future::Future;

use bollard::Docker;
use takk_model::error::Result;
use tokio::runtime::Runtime;

pub use self::find::{EnginePlaces, Flavour, NoEngine, find};

use self::labels::Labels;
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::ports::Ports;
use crate::provisioner::{Journal, Phase, Provisioner, Status};

/// The timeout of one request, in seconds. For the stream of an image pull, it applies to each part.
const LONGEST_ANSWER: u64 = 60;

/// A container engine.
pub struct Engine {
    docker: Docker,
    runtime: Runtime,
    flavour: Flavour,
    /// Its address, for messages.
    address: String,
}

impl Engine {
    /// The address of the engine.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

impl Provisioner for Engine {
    fn name(&self) -> &'static str {
        self.flavour.name()
    }

    fn start(&self, blueprint: &Blueprint, entry: &mut Entry, ports: &Ports, journal: &dyn Journal) -> Result<()> {
        let labels = Labels::of(blueprint, entry);
        entry.provisioner = self.name().to_owned();
        entry.place = Some(blueprint.container_name());
        let image = self.image(blueprint, journal)?;
        step(entry, "image", journal, |entry| entry.image = Some(image))?;
        journal.phase(Phase::Creating);
        self.volume(blueprint, entry, &labels)?;
        step(entry, "volume", journal, |_| ())?;
        self.run(blueprint, entry, &labels, ports, journal)
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        self.status_of(entry)
    }

    fn last_lines(&self, entry: &Entry, lines: usize) -> Vec<String> {
        self.tail(entry, lines)
    }

    fn logs(&self, entry: &Entry, follow: bool, sink: &mut dyn FnMut(&[u8]) -> bool) -> Result<()> {
        self.stream(entry, follow, sink)
    }

    fn stop(&self, entry: &Entry) -> Result<()> {
        self.stop_container(entry)
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        self.remove_container(entry)?;
        self.remove_volume(entry)
    }
}

/// Records that a step is done, unless the server is live already.
fn step(entry: &mut Entry, name: &str, journal: &dyn Journal, change: impl FnOnce(&mut Entry)) -> Result<()> {
    change(entry);
    // The ledger's entry of a live server does not change.
    if entry.state == crate::ledger::State::Live {
        return Ok(());
    }
    entry.step = Some(name.to_owned());
    journal.store(entry)
}
