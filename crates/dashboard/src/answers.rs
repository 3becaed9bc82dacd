//! A submitted form of values, validated as pydantic would: what is stored, what is rejected, and what may be shown again.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::form::FormBody;
use super::url_parts::composed;
use takk_api::{Change, Plain};
use takk_model::Origin;
use takk_project::ops::secrets::accepted::{Accepted, accepted};
use takk_project::ops::secrets::generate::generate;
use takk_server::hosted::manifests::Needed;
use takk_server::hosted::{Refusal, Result};

#[derive(Default)]
pub(super) struct Answers {
    /// The requested changes.
    pub changes: Vec<Change>,
    /// What is wrong with each value, by name, without quoting it.
    pub wrong: BTreeMap<String, String>,
    /// What was entered in fields that are not secret.
    pub kept: BTreeMap<String, String>,
}

/// Reads the form. Empty fields request no change.
pub(super) fn read(filled: &FormBody, needed: Option<&Needed>) -> Result<Answers> {
    let mut answers = Answers::default();
    for (name, text) in filled.beginning("value:") {
        let expected = filled.text(&format!("version:{name}")).parse().ok();
        let is_open = filled.optional(&format!("open:{name}")).is_some();
        if !text.is_empty() {
            if is_open {
                answers.kept.insert(name.to_owned(), text.to_owned());
            }
            answers.take(name, text, expected, Origin::Set, needed);
        } else if let Some(text) = composed(filled, name) {
            answers.take(name, &text, expected, Origin::Set, needed);
        } else if filled.optional(&format!("generate:{name}")).is_some() {
            let made = made_up(name, needed)?;
            answers.take(name, &made, expected, Origin::Generated, needed);
        }
    }
    let named =
        filled.all("name").zip(filled.all("value")).filter(|(name, value)| !name.trim().is_empty() || !value.is_empty());
    for (name, value) in named {
        answers.take(name.trim(), value, None, Origin::Set, needed);
    }
    Ok(answers)
}

/// The maximum size of a value that is validated, in bytes; longer ones are stored without.
const LONGEST_CHECKED: usize = 64 * 1024;

/// What is wrong with a value for a name, or why that is not known; `Ok` without a reason if it is valid.
pub(super) fn verdict(needed: Option<&Needed>, name: &str, text: &str) -> Result<Option<String>, String> {
    let Some(needed) = needed else { return Ok(None) };
    if text.len() > LONGEST_CHECKED {
        return Ok(Some("the value is too long to check here".to_owned()));
    }
    match accepted(&needed.manifest, name, text) {
        Accepted::Yes => Ok(None),
        Accepted::Unchecked(reason) => Ok(Some(reason)),
        Accepted::No(refused) => Err(refused.sentence()),
    }
}

/// Generates a value for a name.
pub(super) fn made_up(name: &str, needed: Option<&Needed>) -> Result<Zeroizing<String>> {
    let unknown = || Refusal::invalid("no manifest has been pushed for this environment");
    let made = generate(&needed.ok_or_else(unknown)?.manifest, name).map_err(|error| Refusal::invalid(error.message))?;
    Ok(Zeroizing::new(made.expose().to_owned()))
}

impl Answers {
    fn take(&mut self, name: &str, text: &str, expected_version: Option<i64>, origin: Origin, needed: Option<&Needed>) {
        let text = Zeroizing::new(text.replace("\r\n", "\n"));
        if let Err(wrong) = verdict(needed, name, &text) {
            self.wrong.insert(name.to_owned(), wrong);
        }
        self.changes.push(Change {
            name: name.to_owned(),
            value: Some(Plain::new((*text).clone())),
            expected_version,
            origin: Some(origin),
        });
    }
}
