//! Prompts for one value in a terminal.

use std::sync::Arc;

use super::confirm;
use super::prompt::{self, Question, Reply};
use takk_model::counted::counted;
use takk_model::error::{Error, Result};
use takk_project::ops::secrets::missing::Ask;
use takk_vault::SecretValue;

/// Says what is wrong with a text, without quoting it.
pub type Check = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Whether a line assigns to other variables than the requested one: `NAME=value`.
pub type IsBlock<'b> = dyn Fn(&str) -> bool + 'b;

pub enum Answer {
    /// A valid value.
    Value(SecretValue),
    /// Several lines, or a line with the name of its variable, not checked yet.
    Block(SecretValue),
    /// A value is to be generated.
    Generate,
    Skip,
    /// The user wants to stop.
    Stop,
}

/// Asks for a secret that is no variable.
pub fn hidden(label: &str) -> Result<SecretValue> {
    let verdict = |text: &str| text.trim().is_empty().then(|| "type it, or press Ctrl-C".to_owned());
    let question = Question { label, help: "", is_hidden: true, choices: &[], wrong: None, verdict: &verdict };
    match prompt::ask(&question).map_err(cannot_ask)? {
        Reply::Line(text) => Ok(SecretValue::from(text.trim())),
        Reply::Lines(_) => Err(Error::usage("several lines were pasted, and one was asked for")),
        Reply::Skip | Reply::Stop => Err(Error::usage("nothing was stored")),
    }
}

pub struct Asker<'q> {
    ask: &'q Ask,
    check: Check,
    is_block: &'q IsBlock<'q>,
}

impl<'q> Asker<'q> {
    /// A question whose answers are checked.
    pub fn new(ask: &'q Ask, check: &Check) -> Self {
        Self { ask, check: Arc::clone(check), is_block: &|_| false }
    }

    /// The same question, where a line with the name of its variable counts as a block.
    #[must_use]
    pub fn with_blocks(self, is_block: &'q IsBlock<'q>) -> Self {
        Self { is_block, ..self }
    }

    /// Asks for a value of only this variable: several lines are one value, if the user confirms.
    pub fn ask_whole(&self) -> Result<Answer> {
        let mut wrong = None;
        loop {
            match self.ask(wrong.as_deref())? {
                Answer::Block(block) => match self.one_value(block, false)? {
                    Ok(value) => return Ok(Answer::Value(value)),
                    Err(complaint) => wrong = Some(complaint),
                },
                other => return Ok(other),
            }
        }
    }

    /// The lines as one value, if it is valid and, unless it `is_plain`, the user confirms it; otherwise what is wrong.
    pub fn one_value(&self, block: SecretValue, is_plain: bool) -> Result<Result<SecretValue, String>> {
        let count = counted(block.expose().lines().count(), "line");
        if let Some(wrong) = (self.check)(block.expose()) {
            return Ok(Err(format!("{count} pasted, not valid here: {wrong}")));
        }
        let is_meant = is_plain || confirm::yes(&format!("Store {count} as one value of {}?", self.ask.name))?;
        Ok(if is_meant { Ok(block) } else { Err(format!("{count} pasted, nothing stored")) })
    }

    /// Asks until the answer is valid, or there is none. `wrong` is what was wrong with the previous answer.
    pub fn ask(&self, wrong: Option<&str>) -> Result<Answer> {
        let verdict = |text: &str| self.verdict(text);
        let question = Question {
            label: &self.ask.name,
            help: self.help(),
            is_hidden: self.ask.secret,
            choices: &self.ask.choices,
            wrong,
            verdict: &verdict,
        };
        Ok(match prompt::ask(&question).map_err(cannot_ask)? {
            Reply::Line(text) if text.is_empty() && self.ask.generable => Answer::Generate,
            Reply::Line(text) if self.is_block(&text) => Answer::Block(SecretValue::from(text.as_str())),
            Reply::Line(text) => Answer::Value(SecretValue::from(text.as_str())),
            Reply::Lines(text) => Answer::Block(SecretValue::from(text.as_str())),
            Reply::Skip => Answer::Skip,
            Reply::Stop => Answer::Stop,
        })
    }

    fn is_block(&self, text: &str) -> bool {
        self.ask.choices.is_empty() && (self.is_block)(text)
    }

    fn verdict(&self, text: &str) -> Option<String> {
        match text {
            "" if self.ask.generable => None,
            "" => Some("type a value, or press Esc to skip it".to_owned()),
            text if self.is_block(text) => None,
            text => (self.check)(text),
        }
    }

    fn help(&self) -> &'static str {
        match (self.ask.choices.is_empty(), self.ask.secret, self.ask.generable) {
            (false, _, _) => "↑↓ to choose, type to search",
            (true, true, true) => "hidden, Ctrl-R shows it; Enter generates one",
            (true, true, false) => "hidden, Ctrl-R shows it",
            (true, false, true) => "Enter generates one",
            (true, false, false) => "",
        }
    }
}

pub(super) fn cannot_ask(error: std::io::Error) -> Error {
    Error::system("cannot ask in this terminal").caused_by(error)
}
