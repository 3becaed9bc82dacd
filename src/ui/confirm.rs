//! Asks for confirmation. No answer means no.

use super::ask::cannot_ask;
use super::prompt::{self, Question, Reply};
use takk_model::error::Result;

/// Asks a yes/no question; the default is no.
pub fn yes(question: &str) -> Result<bool> {
    let verdict = |text: &str| match text.trim().to_lowercase().as_str() {
        "" | "y" | "yes" | "n" | "no" => None,
        _ => Some("answer y or n".to_owned()),
    };
    let answer = answer(&format!("{question} [y/N]"), &verdict)?;
    Ok(answer.is_some_and(|answer| answer.to_lowercase().starts_with('y')))
}

/// Asks the user to type the name of what will be deleted.
pub fn typed(question: &str, name: &str) -> Result<bool> {
    Ok(answer(question, &|_| None)?.is_some_and(|answer| answer == name))
}

fn answer(label: &str, verdict: &prompt::Verdict<'_>) -> Result<Option<String>> {
    let question = Question { label, help: "", is_hidden: false, choices: &[], wrong: None, verdict };
    Ok(match prompt::ask(&question).map_err(cannot_ask)? {
        Reply::Line(text) => Some(text.trim().to_owned()),
        Reply::Lines(_) | Reply::Skip | Reply::Stop => None,
    })
}
