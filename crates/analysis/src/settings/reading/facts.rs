//! What is reported about a type: its structure, and facts besides what it accepts. Nothing is reported about the inside of a model.

use std::rc::Rc;

use serde_json::Value as Json;

use super::{ModelIn, Reader};
use crate::settings::constraint;
use takk_model::{Annotation, ClassRef, ClassType, LibraryType};
use takk_python::{Class, Unknown, Value};

impl<'a> Reader<'_, 'a> {
    /// How many types have been recorded: the later ones become parts of the next one.
    pub(super) fn told_so_far(&self) -> usize {
        self.said.told.len()
    }

    /// Records a type without parts.
    pub(super) fn tell(&mut self, annotation: impl FnOnce() -> Annotation) {
        if self.telling {
            self.said.told.push(annotation());
        }
    }

    /// Records a type whose parts are those recorded since `from`.
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

    /// Records `None` in `Optional[...]`, whose inner type was recorded since `from`.
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

    /// Records a type of Python or a library, whose arguments were recorded since `from`.
    pub(super) fn tell_external(&mut self, path: &str, from: usize) {
        self.tell_of(from, |of| match path.rsplit('.').next() {
            Some("NoneType") => Annotation::None,
            _ => Annotation::Library(LibraryType::new(path, of)),
        });
    }

    /// Records the facts that the name of a type of Python or a library implies.
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
        } else if path.starts_with("pydantic.") && !path.starts_with("pydantic.v1") && looks_like_url(name) {
            said.unknown_names.push(name.to_owned());
            // The intended type is clear enough to continue with.
            let known = takk_catalog::catalog().dsn_types().map(|dsn| dsn.name);
            if let Some(meant) = takk_model::nearest::nearest(name, known) {
                said.secret = true;
                said.addresses.push(meant.to_owned());
            }
        }
    }

    /// Records a class of the project, whose arguments were recorded since `from`.
    pub(super) fn tell_class(&mut self, class: &Class<'a>, from: usize) {
        self.tell_of(from, |of| {
            let class = ClassRef { module: class.module.to_string(), qualname: class.qualname.to_string() };
            Annotation::Class(ClassType { class, of })
        });
    }

    /// Records the facts that the bases and the name of a class of the project imply, except for enums.
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

    /// Records the values of a `Literal`.
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

    /// Records the value of an enum member.
    pub(super) fn tell_member(&mut self, value: &Json) {
        self.said.choices.push(choice(value));
    }
}

/// A value as a variable would hold it.
fn choice(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_secret_name(name: &str) -> bool {
    matches!(name, "SecretStr" | "SecretBytes" | "Secret") || name.ends_with("Dsn")
}

/// Whether a pydantic type is a URL with credentials: its name ends in `Dsn`.
pub fn is_credential_url(name: &str) -> bool {
    name.ends_with("Dsn") && takk_catalog::catalog().dsn_type(name).is_some()
}

/// Whether an unknown pydantic name is probably meant as a URL type: `PostgresDns`, `NatsDSN`.
fn looks_like_url(name: &str) -> bool {
    let ends = |ending: &str| {
        let start = name.len().checked_sub(ending.len());
        start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    (ends("dsn") || ends("dns")) && !matches!(name, "Dsn" | "MultiHostDsn")
}
