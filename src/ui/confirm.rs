//! Asking whether something that cannot be undone is meant.

use inquire::{Confirm, InquireError, Text};

use crate::error::{Error, Result};

/// Whether somebody says yes; no is the default.
pub fn yes(question: &str) -> Result<bool> {
    answered(Confirm::new(question).with_default(false).prompt())
}

/// Whether somebody types the name of what is to go.
pub fn typed(question: &str, name: &str) -> Result<bool> {
    answered(Text::new(question).prompt().map(|text| text.trim() == name))
}

/// Not to answer is to say no.
fn answered(answer: Result<bool, InquireError>) -> Result<bool> {
    match answer {
        Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => Ok(false),
        Err(error) => Err(Error::environment("cannot ask in this terminal").caused_by(error.to_string())),
        Ok(answer) => Ok(answer),
    }
}
