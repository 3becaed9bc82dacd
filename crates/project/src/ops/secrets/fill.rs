//! Filling an environment: which values to prompt for, and where each answer goes. Each answer is stored immediately.

use super::import::{Fate, Imported, prepare};
use super::missing::{Ask, missing};
use super::pasted::{self, Pasted, Several};
use super::set::{Stored, set};
use crate::platform::Platform;
use takk_model::error::{Error, Result};
use takk_model::{Environment, Manifest, Origin};
use takk_plan::{EnvironmentPlan, plan};
use takk_vault::SecretValue;

/// The state of the dialogue.
pub struct Filling<'f> {
    pub platform: Box<dyn Platform + 'f>,
    manifest: &'f Manifest,
    environment: &'f Environment,
    /// How many questions there were initially.
    of: usize,
    /// The questions that remain.
    left: Vec<Ask>,
    /// How many were skipped.
    skipped: usize,
    stored: usize,
    /// Whether the user named one variable, which is then always asked for.
    is_named: bool,
}

/// A value that was stored.
pub struct Answered {
    pub stored: Stored,
    /// The names that no longer need an answer, because this value provides theirs.
    pub given: Vec<String>,
}

/// The result of pasting several lines.
pub struct AnsweredSeveral {
    pub imported: Imported,
    /// The names that keep the different value that they already have.
    pub kept: Vec<String>,
    /// The lines that could not be assigned.
    pub unclear: Vec<u32>,
    /// The names that no longer need an answer, because the stored values provide theirs.
    pub given: Vec<String>,
}

impl<'f> Filling<'f> {
    /// Asks for all missing values, or for the one variable if `is_named`.
    pub fn new(
        asks: Vec<Ask>,
        is_named: bool,
        platform: Box<dyn Platform + 'f>,
        manifest: &'f Manifest,
        environment: &'f Environment,
    ) -> Self {
        Self { platform, manifest, environment, of: asks.len(), left: asks, skipped: 0, stored: 0, is_named }
    }

    /// The next question.
    pub fn ask(&self) -> Option<&Ask> {
        self.left.first()
    }

    /// Its number, and the total.
    pub fn number(&self) -> (usize, usize) {
        (self.of - self.left.len() + 1, self.of)
    }

    /// How many values were stored.
    pub fn stored(&self) -> usize {
        self.stored
    }

    /// How many values the environment still lacks.
    pub fn lacking(&self) -> usize {
        self.left.len() + self.skipped
    }

    /// The plan of the environment, updated.
    pub fn plan(&mut self) -> Result<EnvironmentPlan> {
        let mut held = self.platform.held(self.environment.name.as_str())?;
        held.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(plan(self.manifest, self.environment, &held))
    }

    /// Interprets a text of several lines.
    pub fn sort(&self, plan: &EnvironmentPlan, block: &str) -> Pasted {
        pasted::sort(self.manifest, plan, &self.left, block)
    }

    /// Skips the question.
    pub fn skip(&mut self) {
        self.left.remove(0);
        self.skipped += 1;
    }

    /// Stores the answer to the question.
    pub fn store(&mut self, value: SecretValue, origin: Origin) -> Result<Answered> {
        let name = self.ask().ok_or_else(|| Error::internal("an answer without a question"))?.name.clone();
        let stored = set(&mut *self.platform, self.manifest, &self.environment.name, (&name, &[]), value, origin)?;
        self.left.remove(0);
        self.stored += 1;
        Ok(Answered { stored, given: self.drop_given()? })
    }

    /// Stores the valid ones of the pasted lines. Names that have a value keep it, except the one that was asked for.
    pub fn store_several(&mut self, plan: &EnvironmentPlan, mut several: Several) -> Result<AnsweredSeveral> {
        let asked = self.ask().map(|ask| ask.name.clone()).unwrap_or_default();
        let held = self.platform.values(self.environment.name.as_str())?;
        let kept = several.keep(plan, &held, &asked);
        let unclear = std::mem::take(&mut several.unclear);
        let import = prepare(self.manifest, plan, &mut *self.platform, several.reading, true, &[])?;
        let imported = if import.has_updates() { import.store(&mut *self.platform)? } else { import.withheld() };
        let is_stored = |fate: &Fate| matches!(fate, Fate::Stored { .. });
        self.stored += imported.count(is_stored);
        let stored = imported.entries.iter().filter(|entry| is_stored(&entry.fate));
        let stored: Vec<&str> = stored.filter_map(|entry| entry.name.as_deref()).collect();
        self.left.retain(|ask| !stored.contains(&ask.name.as_str()));
        Ok(AnsweredSeveral { kept, unclear, given: self.drop_given()?, imported })
    }

    /// Removes the questions that the stored values have answered too, and returns their names.
    fn drop_given(&mut self) -> Result<Vec<String>> {
        if self.is_named {
            return Ok(Vec::new());
        }
        let plan = self.plan()?;
        let still: Vec<String> = missing(self.manifest, &plan).into_iter().map(|ask| ask.name).collect();
        let all = std::mem::take(&mut self.left);
        let (left, given): (Vec<Ask>, Vec<Ask>) = all.into_iter().partition(|ask| still.contains(&ask.name));
        self.left = left;
        Ok(given.into_iter().map(|ask| ask.name).collect())
    }
}
