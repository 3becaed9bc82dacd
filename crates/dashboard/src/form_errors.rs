//! Errors in a submitted form, next to the field: the page is shown again with what was typed, except secrets.

use super::stopped::Stopped;
use takk_api::Code;
use takk_server::hosted::Refusal;

/// The errors of a submitted form, if there are any.
#[derive(Default)]
pub(super) struct Said(Option<(&'static str, Sentence)>);

/// A sentence for people. Code is between backticks.
pub(super) struct Sentence(String);

/// A part of a sentence.
pub(super) struct Part<'s> {
    pub text: &'s str,
    /// Whether it is code, such as a name or something to enter.
    pub is_code: bool,
}

impl Said {
    /// An error of a field, or of the whole form if the field has no name.
    pub(super) fn of(field: &'static str, text: impl Into<String>) -> Self {
        Self(Some((field, Sentence(text.into()))))
    }

    /// The error from a refusal.
    pub(super) fn of_refusal(field: &'static str, refusal: &Refusal) -> Self {
        Self(Some((field, Sentence::about(refusal))))
    }

    /// The error from a refusal, if the user can fix it in the form; otherwise the refusal replaces the page: after losing permissions, the
    /// user may no longer see it.
    pub(super) fn refused(field: &'static str, refusal: Refusal) -> Result<Self, Stopped> {
        match refusal.code {
            Code::Invalid | Code::Exists | Code::VersionConflict | Code::LastOwner => Ok(Self::of_refusal(field, &refusal)),
            _ => Err(refusal.into()),
        }
    }

    /// The error of a field.
    pub(super) fn at(&self, field: &str) -> Option<&Sentence> {
        self.0.as_ref().filter(|(about, _)| *about == field).map(|(_, sentence)| sentence)
    }
}

impl From<String> for Sentence {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Sentence {
    /// The text and hint of a refusal.
    pub(super) fn about(refusal: &Refusal) -> Self {
        let sentences = std::iter::once(&refusal.detail).chain(&refusal.hints).map(|text| capitalised(text) + ".");
        Self(sentences.collect::<Vec<_>>().join(" "))
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.0.split('`').enumerate().map(|(at, text)| Part { text, is_code: at % 2 == 1 })
    }
}

/// The text with a capital letter at its beginning.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_sentence_with_its_names_apart() {
        let refusal = Refusal::not_found("there is no user `eve`").hint("give them a role first");
        let sentence = Sentence::about(&refusal);
        let parts: Vec<_> = sentence.parts().map(|part| (part.text, part.is_code)).collect();
        assert_eq!(parts, [("There is no user ", false), ("eve", true), (". Give them a role first.", false)]);
    }

    #[test]
    fn what_nobody_can_mend_in_a_form_is_not_said_in_it() {
        assert!(
            Said::refused("name", Refusal::invalid("x")).is_ok_and(|said| said.at("name").is_some() && said.at("").is_none())
        );
        assert!(Said::refused("name", Refusal::unavailable("x")).is_err());
    }
}
