//! Asking for the values that an environment lacks, and storing each as soon as it is there.

use std::sync::Arc;

use super::super::{Outcome, Session, push};
use super::set::checker;
use crate::ui::ask::{Answer, Asker};
use crate::ui::{confirm, json, line, paste_text, secrets_text};
use takk_model::Origin;
use takk_model::error::Result;
use takk_model::{Environment, Manifest};
use takk_plan::{EnvironmentPlan, plan};
use takk_project::ops::secrets::import::{Fate, prepare};
use takk_project::ops::secrets::missing::{Ask, missing};
use takk_project::ops::secrets::pasted::{self, Pasted, Several};
use takk_project::ops::secrets::{generate, set};
use takk_project::platform::Platform;
use takk_vault::SecretValue;

/// Asks for values: for all that are missing, or for the one that `is_named`. Where nobody can be asked, it says which there are.
pub(super) fn fill(
    asks: Vec<Ask>,
    is_named: bool,
    platform: Box<dyn Platform + '_>,
    manifest: &Manifest,
    environment: &Environment,
    session: &Session,
) -> Result<Outcome> {
    let name = &environment.name;
    if asks.is_empty() {
        session.output.note(&line!("Nothing is missing in {name}."));
        return Ok(Outcome::Clean);
    }
    if !session.output.is_interactive() {
        session.output.data(&if session.json { json::asks(name, &asks)? } else { secrets_text::lacking(name, &asks) })?;
        return Ok(Outcome::Findings);
    }
    let mut filling = Filling {
        platform,
        manifest: Arc::new(manifest.clone()),
        environment,
        session,
        of: asks.len(),
        left: asks,
        skipped: 0,
        stored: 0,
        is_named,
    };
    session.output.note(&secrets_text::filling(name, filling.of, &filling.manifest.project.name));
    filling.ask_all()?;
    if filling.stored > 0 {
        push::on_the_way(&mut *filling.platform, manifest, environment, session);
    }
    let left = filling.left.len() + filling.skipped;
    session.output.note(&secrets_text::filled(name, filling.stored, left));
    Ok(if left == 0 { Outcome::Clean } else { Outcome::Findings })
}

/// What has come of the questions so far.
struct Filling<'f> {
    platform: Box<dyn Platform + 'f>,
    manifest: Arc<Manifest>,
    environment: &'f Environment,
    session: &'f Session,
    /// How many questions there were at first.
    of: usize,
    /// Those that are still to be asked.
    left: Vec<Ask>,
    /// How many were asked in vain.
    skipped: usize,
    stored: usize,
    /// Whether one variable was named: it is asked for in any case.
    is_named: bool,
}

/// What becomes of a question.
enum Next {
    /// It has its value.
    Stored,
    /// It is asked again, because of what was wrong, if anything was.
    Again(Option<String>),
    /// It is not asked again.
    Skipped,
    /// Nothing more is asked.
    Stopped,
}

impl Filling<'_> {
    /// Asks one question after the other.
    fn ask_all(&mut self) -> Result<()> {
        let mut wrong = None;
        while let Some(ask) = self.left.first().cloned() {
            if wrong.is_none() {
                let at = self.of - self.left.len() + 1;
                self.session.output.note(&secrets_text::question(at, self.of, &ask, self.manifest.services.len()));
            }
            match self.ask(&ask, wrong.take().as_deref())? {
                Next::Stored => {
                    self.left.remove(0);
                    self.drop_given()?;
                }
                Next::Again(complaint) => wrong = complaint,
                Next::Skipped => {
                    self.left.remove(0);
                    self.skipped += 1;
                }
                Next::Stopped => break,
            }
        }
        Ok(())
    }

    fn ask(&mut self, ask: &Ask, wrong: Option<&str>) -> Result<Next> {
        let plan = self.plan()?;
        let is_block = |line: &str| pasted::is_assignment(&plan, line);
        let check = checker(&self.manifest, &ask.name);
        let asker = Asker::new(ask, &check).with_blocks(&is_block);
        let answer = asker.ask(wrong)?;
        // An answer may take hours: meanwhile the store may have got a new master key.
        self.platform.refresh();
        match answer {
            Answer::Value(value) => self.store(ask, value, Origin::Set),
            Answer::Generate => self.store(ask, generate::generate(&self.manifest, &ask.name)?, Origin::Generated),
            Answer::Skip => Ok(Next::Skipped),
            Answer::Stop => Ok(Next::Stopped),
            Answer::Block(block) => {
                let is_key = match pasted::sort(&self.manifest, &plan, &self.left, block.expose()) {
                    Pasted::Several(several) => return self.store_several(ask, &plan, several),
                    Pasted::Key => true,
                    Pasted::Unclear => false,
                };
                match asker.one_value(block, is_key)? {
                    Ok(value) => self.store(ask, value, Origin::Set),
                    Err(complaint) => Ok(Next::Again(Some(complaint))),
                }
            }
        }
    }

    fn store(&mut self, ask: &Ask, value: SecretValue, origin: Origin) -> Result<Next> {
        let stored = set::set(&mut *self.platform, &self.manifest, &self.environment.name, (&ask.name, &[]), value, origin)?;
        self.session.output.note(&secrets_text::stored(&stored));
        self.stored += 1;
        Ok(Next::Stored)
    }

    /// Stores what is right in pasted lines, and says what became of each. What has a value keeps it.
    fn store_several(&mut self, ask: &Ask, plan: &EnvironmentPlan, mut several: Several) -> Result<Next> {
        for near in std::mem::take(&mut several.near) {
            if confirm::yes(&paste_text::is_it(&near))? {
                several.accept(&near);
            }
        }
        let environment = self.environment.name.as_str();
        let kept = several.keep(plan, &self.platform.values(environment)?, &ask.name);
        let import = prepare(&self.manifest, plan, &mut *self.platform, several.reading, true, &[])?;
        let imported = if import.has_updates() { import.store(&mut *self.platform)? } else { import.withheld() };
        self.session.output.note(&paste_text::pasted(&imported, &kept, &several.unclear));
        let is_stored = |fate: &Fate| matches!(fate, Fate::Stored { .. });
        self.stored += imported.count(is_stored);
        let named: Vec<&str> =
            imported.entries.iter().filter(|entry| is_stored(&entry.fate)).filter_map(|entry| entry.name.as_deref()).collect();
        let is_answered = named.contains(&ask.name.as_str());
        self.left.retain(|other| other.name == ask.name || !named.contains(&other.name.as_str()));
        if is_answered {
            return Ok(Next::Stored);
        }
        self.drop_given()?;
        Ok(Next::Again(None))
    }

    /// Drops the questions that what was stored has answered too.
    fn drop_given(&mut self) -> Result<()> {
        if self.is_named {
            return Ok(());
        }
        let plan = self.plan()?;
        let still: Vec<String> = missing(&self.manifest, &plan).into_iter().map(|ask| ask.name).collect();
        let all = std::mem::take(&mut self.left);
        let (left, given): (Vec<Ask>, Vec<Ask>) = all.into_iter().partition(|ask| still.contains(&ask.name));
        self.left = left;
        for ask in given {
            self.session.output.note(&secrets_text::composed(&ask.name));
        }
        Ok(())
    }

    fn plan(&mut self) -> Result<EnvironmentPlan> {
        let mut held = self.platform.held(self.environment.name.as_str())?;
        held.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(plan(&self.manifest, self.environment, &held))
    }
}
