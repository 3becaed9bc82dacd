//! What is reported about a type: its text, and facts besides what it accepts. Nothing is reported about the inside of a model.

use std::rc::Rc;

use serde_json::Value as Json;

use super::{ModelIn, Only, Reader};
use crate::settings::constraint;
use takk_python::{Class, Unknown, Value};

impl<'a> Reader<'_, 'a> {
    /// Where the text ends so far.
    pub(super) fn place(&self) -> usize {
        self.said.text.len()
    }

    pub(super) fn tell(&mut self, text: &str) {
        if self.telling {
            self.said.text.push_str(text);
        }
    }

    pub(super) fn tell_none(&mut self, outer: bool) {
        self.tell("None");
        self.said.optional |= outer && self.telling;
    }

    /// `None` behind `Optional[...]`, whose inner type begins there.
    pub(super) fn tell_or_none(&mut self, start: usize, outer: bool) {
        if self.telling {
            self.said.optional |= outer;
            if !self.said.text[start..].ends_with("None") {
                self.said.text.push_str(" | None");
            }
        }
    }

    /// Marks the text from there as a type of its own: with that name, if it is one of Python or a library.
    pub(super) fn stands(&mut self, start: usize, name_end: usize, outer: bool, is_external: bool) {
        if self.telling && outer {
            self.said.only = match self.said.only {
                Only::Nothing => Only::One { start, name_end, end: self.place(), is_external },
                Only::One { .. } | Only::Several => Only::Several,
            };
        }
    }

    /// Takes a member of a union back that is written as one before it. `only` is what stood beside `None` before it.
    pub(super) fn tell_once(&mut self, texts: &mut Vec<(usize, usize)>, before: usize, start: usize, only: Only) {
        if !self.telling {
            return;
        }
        let text = &self.said.text;
        if texts.iter().any(|(from, to)| text[*from..*to] == text[start..]) {
            self.said.text.truncate(before);
            self.said.only = only;
        } else {
            texts.push((start, text.len()));
        }
    }

    pub(super) fn tell_unresolved(&mut self, unknown: &Rc<Unknown>) {
        if self.telling {
            self.said.unresolved.push(Rc::clone(unknown));
        }
    }

    pub(super) fn tell_metadata(&mut self, metadata: &[Value<'a>]) {
        if !self.telling {
            return;
        }
        for item in metadata {
            constraint::add_said(item, &mut self.said.constraints);
        }
        self.said.metadata.extend_from_slice(metadata);
    }

    pub(super) fn tell_external(&mut self, path: &str, outer: bool) {
        if !self.telling {
            return;
        }
        let said = &mut self.said;
        let name = path.rsplit('.').next().unwrap_or(path);
        said.optional |= outer && name == "NoneType";
        said.anything |= outer && matches!(name, "Any" | "object");
        said.secret |= is_secret_name(name);
        if is_credential_url(name) {
            said.addresses.push(name.to_owned());
        } else if path.starts_with("pydantic.") && !path.starts_with("pydantic.v1") && looks_like_address(name) {
            said.unknown_names.push(name.to_owned());
            // What was meant is plain enough to go on with.
            let known = takk_catalog::catalog().dsn_types().map(|dsn| dsn.name);
            if let Some(meant) = takk_model::nearest::nearest(name, known) {
                said.secret = true;
                said.addresses.push(meant.to_owned());
            }
        }
        said.text.push_str(match name {
            "List" | "Dict" | "Set" | "FrozenSet" | "Tuple" | "Type" if path.starts_with("typing") => in_lower_case(name),
            _ => name,
        });
    }

    /// A class of the project, an enum aside.
    pub(super) fn tell_class(&mut self, class: &Rc<Class<'a>>, whole: &Value<'a>, outer: bool) {
        if !self.telling {
            return;
        }
        let external = self.models.evaluator.external_bases(class);
        let mut names = external.iter().map(|base| base.rsplit('.').next().unwrap_or(base));
        let address = names.clone().find(|name| is_credential_url(name));
        let is_secret = names.any(is_secret_name);
        let said = &mut self.said;
        said.secret |= is_secret || address.is_some() || class.name.ends_with("Dsn");
        match address {
            Some(address) => said.addresses.push(address.to_owned()),
            None if is_secret => {}
            None => said.models.push(ModelIn { model: whole.clone(), is_whole: outer }),
        }
        said.text.push_str(&class.name);
    }

    /// One value of a `Literal`.
    pub(super) fn tell_literal(&mut self, value: &Json, outer: bool, is_first: bool) {
        if !self.telling {
            return;
        }
        let said = &mut self.said;
        match value {
            Json::Null => said.literal_none |= outer,
            value if outer => said.choices.push(choice(value)),
            _ => {}
        }
        said.text.push_str(if is_first { "" } else { ", " });
        push_literal(&mut said.text, value);
    }

    /// The value of a member of an enum.
    pub(super) fn tell_member(&mut self, value: &Json) {
        self.said.choices.push(choice(value));
    }
}

/// A value as it stands in the environment.
fn choice(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Writes a value as Python does.
fn push_literal(text: &mut String, value: &Json) {
    match value {
        Json::Null => text.push_str("None"),
        Json::Bool(true) => text.push_str("True"),
        Json::Bool(false) => text.push_str("False"),
        Json::String(value) => {
            text.push('\'');
            for c in value.chars() {
                if matches!(c, '\\' | '\'') {
                    text.push('\\');
                }
                text.push(c);
            }
            text.push('\'');
        }
        other => text.push_str(&other.to_string()),
    }
}

/// The type that a name of `typing` stands for.
fn in_lower_case(name: &str) -> &'static str {
    match name {
        "List" => "list",
        "Dict" => "dict",
        "Set" => "set",
        "FrozenSet" => "frozenset",
        "Tuple" => "tuple",
        _ => "type",
    }
}

fn is_secret_name(name: &str) -> bool {
    matches!(name, "SecretStr" | "SecretBytes" | "Secret") || name.ends_with("Dsn")
}

/// Whether a type of pydantic is an address that carries credentials: its name ends in `Dsn`.
pub fn is_credential_url(name: &str) -> bool {
    name.ends_with("Dsn") && takk_catalog::catalog().dsn_type(name).is_some()
}

/// Whether a name that pydantic does not have is meant to be one of its address types: `PostgresDns`, `NatsDSN`.
fn looks_like_address(name: &str) -> bool {
    let ends = |ending: &str| {
        let start = name.len().checked_sub(ending.len());
        start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    (ends("dsn") || ends("dns")) && !matches!(name, "Dsn" | "MultiHostDsn")
}
