//! Asking for one value in a terminal.

use std::sync::Arc;

use inquire::ui::{RenderConfig, Styled};
use inquire::validator::Validation;
use inquire::{Confirm, InquireError, Password, PasswordDisplayMode, Select, Text};

use crate::error::{Error, Result};
use crate::ops::secrets::missing::Ask;
use crate::secrets::SecretValue;

const HIDDEN: &str = "hidden, Ctrl-R shows it";
const GENERABLE: &str = "hidden, Ctrl-R shows it; Enter makes one up";

/// Says what is wrong with a text, without the text.
pub type Check = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What somebody answered.
pub enum Answer {
    /// A value that the check accepts.
    Value(SecretValue),
    /// One is to be made up.
    Generate,
    /// Not now.
    Skip,
    /// Nothing more is to be asked.
    Stop,
}

/// Whether somebody agrees; to say nothing is no.
pub fn confirm(question: &str) -> Result<bool> {
    match Confirm::new(question).with_default(false).with_render_config(style()).prompt_skippable() {
        Ok(answer) => Ok(answer.unwrap_or(false)),
        Err(InquireError::OperationInterrupted) => Ok(false),
        Err(error) => Err(cannot_ask(&error)),
    }
}

/// One question.
pub struct Asker<'q> {
    ask: &'q Ask,
    check: Check,
}

impl<'q> Asker<'q> {
    /// A question whose answers are checked.
    pub fn new(ask: &'q Ask, check: &Check) -> Self {
        Self { ask, check: Arc::clone(check) }
    }

    /// Asks until the answer is accepted, or there is none.
    pub fn ask(&self) -> Result<Answer> {
        let answer = if !self.ask.choices.is_empty() {
            self.choice()
        } else if self.ask.secret {
            self.hidden()
        } else {
            self.shown()
        };
        match answer {
            Ok(text) if text.is_empty() && self.ask.generable => Ok(Answer::Generate),
            Ok(text) => Ok(Answer::Value(SecretValue::new(text))),
            Err(InquireError::OperationCanceled) => Ok(Answer::Skip),
            Err(InquireError::OperationInterrupted) => Ok(Answer::Stop),
            Err(error) => Err(cannot_ask(&error)),
        }
    }

    fn choice(&self) -> Result<String, InquireError> {
        Select::new(&self.ask.name, self.ask.choices.clone())
            .with_help_message("↑↓ to choose, type to search")
            .with_render_config(style())
            .prompt()
    }

    fn hidden(&self) -> Result<String, InquireError> {
        Password::new(&self.ask.name)
            .with_display_mode(PasswordDisplayMode::Masked)
            .with_display_toggle_enabled()
            .without_confirmation()
            .with_help_message(if self.ask.generable { GENERABLE } else { HIDDEN })
            .with_render_config(style())
            .with_validator(self.validator())
            .prompt()
    }

    fn shown(&self) -> Result<String, InquireError> {
        let question = Text::new(&self.ask.name).with_render_config(style()).with_validator(self.validator());
        if self.ask.generable { question.with_help_message("Enter makes one up").prompt() } else { question.prompt() }
    }

    fn validator(&self) -> impl inquire::validator::StringValidator + 'static {
        let check = Arc::clone(&self.check);
        let generable = self.ask.generable;
        move |text: &str| {
            let wrong = match text {
                "" if generable => None,
                "" => Some("type a value, or press Esc to skip it".to_owned()),
                text => check(text),
            };
            Ok(wrong.map_or(Validation::Valid, |wrong| Validation::Invalid(wrong.into())))
        }
    }
}

/// What a question that was skipped is marked with.
fn style() -> RenderConfig<'static> {
    // The default respects NO_COLOR.
    RenderConfig::default().with_canceled_prompt_indicator(Styled::new("skipped"))
}

fn cannot_ask(error: &InquireError) -> Error {
    Error::environment("cannot ask in this terminal").caused_by(error.to_string())
}
