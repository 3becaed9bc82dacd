//! Asking for one value in a terminal.

use std::sync::Arc;

use inquire::validator::Validation;
use inquire::{InquireError, Password, PasswordDisplayMode, Select, Text};

use crate::error::{Error, Result};
use crate::ops::secrets::missing::Ask;
use crate::secrets::SecretValue;

/// Says what is wrong with a text, without the text.
pub type Check = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What somebody answered.
pub enum Answer {
    /// A value that the check accepts.
    Value(SecretValue),
    /// Not now.
    Skip,
    /// Nothing more is to be asked.
    Stop,
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
            Ok(text) => Ok(Answer::Value(SecretValue::new(text))),
            Err(InquireError::OperationCanceled) => Ok(Answer::Skip),
            Err(InquireError::OperationInterrupted) => Ok(Answer::Stop),
            Err(error) => Err(Error::environment("cannot ask in this terminal").caused_by(error.to_string())),
        }
    }

    fn choice(&self) -> Result<String, InquireError> {
        Select::new(&self.ask.name, self.ask.choices.clone()).with_help_message("↑↓ to choose, type to search").prompt()
    }

    fn hidden(&self) -> Result<String, InquireError> {
        Password::new(&self.ask.name)
            .with_display_mode(PasswordDisplayMode::Masked)
            .with_display_toggle_enabled()
            .without_confirmation()
            .with_help_message("hidden, Ctrl-R shows it")
            .with_validator(self.validator())
            .prompt()
    }

    fn shown(&self) -> Result<String, InquireError> {
        Text::new(&self.ask.name).with_validator(self.validator()).prompt()
    }

    fn validator(&self) -> impl inquire::validator::StringValidator + 'static {
        let check = Arc::clone(&self.check);
        move |text: &str| {
            let wrong = if text.is_empty() { Some("type a value, or press Esc to skip it".to_owned()) } else { check(text) };
            Ok(wrong.map_or(Validation::Valid, |wrong| Validation::Invalid(wrong.into())))
        }
    }
}
