//! What is reported about a type: its structure, and facts besides what it accepts. Nothing is reported about the inside of a model.

use std::rc::Rc;

use serde_json::Value as Json;

use super::{ModelIn, Reader};
use crate::settings::constraint;
use takk_model::{Annotation, ClassRef, ClassType, LibraryType};
use takk_python::{Class, Unknown, Value};

impl<'a> Reader<'_, 'a> {
    /// How many types are told so far: those from there on are the parts of the next one.
    pub(super) fn told_so_far(&self) -> usize {
        self.said.told.len()
    }

    /// A type of its own.
    pub(super) fn tell(&mut self, annotation: impl FnOnce() -> Annotation) {
        if self.telling {
            self.said.told.push(annotation());
        }
    }

    /// A type that those told from there on are the parts of.
    pub(super) fn tell_of(&mut self, from: usize, annotation: impl FnOnce(Vec<Annotation>) -> Annotation) {
        if self.telling {
            let parts = self.said.told.split_off(from);
            self.said.told.push(annotation(parts));
        }
    }

    pub(super) fn tell_none(&mut self, outer: bool) {
        self.tell(|| Annotation::None);
        self.said.optional |= outer && self.telling;
    }

    /// `None` behind `Optional[...]`, whose inner type is told from there on.
    pub(super) fn tell_or_none(&mut self, from: usize, outer: bool) {
        self.tell_of(from, |inner| Annotation::union(inner).or_none());
        self.said.optional |= outer && self.telling;
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

    /// A type of Python or a library, whose arguments are told from there on.
    pub(super) fn tell_external(&mut self, path: &str, from: usize) {
        self.tell_of(from, |of| match path.rsplit('.').next() {
            Some("NoneType") => Annotation::None,
            _ => Annotation::Library(LibraryType::new(path, of)),
        });
    }

    /// What the name of a type of Python or a library says.
    pub(super) fn note_external(&mut self, path: &str, outer: bool) {
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
    }

    /// A class of the project, whose arguments are told from there on.
    pub(super) fn tell_class(&mut self, class: &Class<'a>, from: usize) {
        self.tell_of(from, |of| {
            let class = ClassRef { module: class.module.to_string(), qualname: class.qualname.to_string() };
            Annotation::Class(ClassType { class, of })
        });
    }

    /// What the bases and the name of a class of the project say, an enum aside.
    pub(super) fn note_class(&mut self, class: &Rc<Class<'a>>, whole: &Value<'a>, outer: bool) {
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
    }

    /// The values of a `Literal`.
    pub(super) fn tell_literal(&mut self, values: Vec<Json>, outer: bool) {
        if !self.telling {
            return;
        }
        let said = &mut self.said;
        for value in values.iter().filter(|_| outer) {
            match value {
                Json::Null => said.literal_none = true,
                value => said.choices.push(choice(value)),
            }
        }
        said.told.push(Annotation::Literal(values));
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
