//! The field of a nested model that has its own variable, and how the text of that variable is read.

use super::check_text;
use super::data::Data;
use super::json::{self, Broken, Dialect};
use super::part::json_wanted;
use super::verdict::{Check, refused, refused_as, unchecked};
use takk_model::ValueType;

/// A nested field, with the effect of the types around it.
pub(super) struct Leaf<'t> {
    accepts: &'t ValueType,
    required: bool,
    /// Why anything may be accepted: a validator of an enclosing model runs first.
    open: Option<&'t str>,
    /// Whether an empty text counts as not set.
    ignores_empty: bool,
    /// The text that means `None`.
    none: Option<&'t str>,
}

impl Leaf<'_> {
    /// Whether it accepts the text.
    pub(crate) fn check(&self, text: &str) -> Check {
        if self.ignores_empty && text.is_empty() {
            return if self.required { refused_as("missing", "must not be empty") } else { Ok(()) };
        }
        if let Some(reason) = self.open {
            return self.decodes(text).and_then(|()| unchecked(reason));
        }
        if self.none == Some(text) {
            return super::check_data(self.accepts, &Data::Null);
        }
        check_text(self.accepts, text, self.required)
    }

    /// Checks that the text is JSON, if it has to be.
    fn decodes(&self, text: &str) -> Check {
        match json::decode(text, Dialect::Python) {
            Err(Broken::Invalid) if self.accepts.is_complex() && self.none != Some(text) => {
                refused("json_invalid", json_wanted(self.accepts))
            }
            _ => Ok(()),
        }
    }
}

/// The field at the path.
pub(super) fn leaf_of<'t>(accepts: &'t ValueType, path: &[String]) -> Option<Leaf<'t>> {
    use ValueType as T;
    match accepts {
        T::EmptyIsUnset(inner) => Some(Leaf { ignores_empty: true, ..leaf_of(inner, path)? }),
        T::NoneText(word, inner) => Some(Leaf { none: Some(word), ..leaf_of(inner, path)? }),
        T::Preceded(reason, inner) => Some(Leaf { open: Some(reason), ..leaf_of(inner, path)? }),
        T::Constrained(_, inner) | T::Checked(_, inner) | T::Undecoded(inner) | T::Merged(inner) | T::Usual(inner) => {
            leaf_of(inner, path)
        }
        T::First(inner) => leaf_of(inner, path),
        T::Model(rule) => {
            let (first, rest) = path.split_first()?;
            let field = rule.fields.iter().find(|field| field.name == *first)?;
            if rest.is_empty() {
                let (accepts, required) = (&field.accepts, field.required);
                Some(Leaf { accepts, required, open: None, ignores_empty: false, none: None })
            } else {
                leaf_of(&field.accepts, rest)
            }
        }
        // Any of several models may be the right one; it is only known if there is just one.
        T::Union(members) => {
            let mut some = members.iter().filter(|member| **member != T::None);
            some.next().filter(|_| some.next().is_none()).and_then(|member| leaf_of(member, path))
        }
        _ => None,
    }
}
