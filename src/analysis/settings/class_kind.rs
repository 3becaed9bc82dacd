//! What a class derives from, as far as it makes it a settings class.

use std::rc::Rc;

use crate::model::{Api, ClassKind};
use crate::python::{Class, Evaluator};

/// The pydantic (or vaultly) base that a class reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// `pydantic_settings.BaseSettings`
    Settings,
    /// `pydantic.BaseSettings` of pydantic 1, or of `pydantic.v1`.
    SettingsV1,
    /// vaultly's `SecretModel`.
    SecretModel,
    /// `pydantic.BaseModel`
    Model,
    /// `pydantic.v1.BaseModel`
    ModelV1,
    /// Nothing of pydantic.
    Plain,
}

impl Base {
    /// The kind that such a class has in the manifest, if it is a settings class by itself.
    pub fn kind(self) -> Option<ClassKind> {
        match self {
            Self::Settings | Self::SettingsV1 => Some(ClassKind::Settings),
            Self::SecretModel => Some(ClassKind::SecretModel),
            Self::Model | Self::ModelV1 | Self::Plain => None,
        }
    }

    /// Whose rules its fields follow.
    pub fn api(self) -> Api {
        if matches!(self, Self::SettingsV1 | Self::ModelV1) { Api::V1 } else { Api::V2 }
    }

    /// Whether pydantic collects its fields.
    pub fn is_model(self) -> bool {
        self != Self::Plain
    }
}

/// What `class` derives from. `pydantic_v1`: the project pins pydantic 1, so that `pydantic.BaseModel` is version 1's.
pub fn base_of<'a>(evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>, pydantic_v1: bool) -> Base {
    let mut found = Base::Plain;
    for path in evaluator.external_bases(class).iter() {
        let (package, name) = path.rsplit_once('.').unwrap_or(("", path));
        let v1 = package.starts_with("pydantic.v1");
        let base = match name {
            "BaseSettings" if package.starts_with("pydantic_settings") => Base::Settings,
            "BaseSettings" if package.starts_with("pydantic") => Base::SettingsV1,
            "SecretModel" if package.starts_with("vaultly") => Base::SecretModel,
            "BaseModel" | "RootModel" | "GenericModel" if package.starts_with("pydantic") && (v1 || pydantic_v1) => Base::ModelV1,
            "BaseModel" | "RootModel" if package.starts_with("pydantic") => Base::Model,
            _ => continue,
        };
        if matches!(base, Base::Settings | Base::SettingsV1 | Base::SecretModel) {
            return base;
        }
        found = base;
    }
    found
}
