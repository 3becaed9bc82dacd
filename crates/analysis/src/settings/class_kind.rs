//! The bases of a class, as far as they make it a settings class.

use std::rc::Rc;

use super::models::Models;
use super::runtime_names::is_runtime;
use takk_model::{Api, ClassKind};
use takk_python::{Class, Evaluator, Value};

/// The pydantic (or secret) base that a class reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// `pydantic_settings.BaseSettings`
    Settings,
    /// `pydantic.BaseSettings` of pydantic 1, or of `pydantic.v1`.
    SettingsV1,
    /// `SecretModel` of `takk.runtime` or vaultly.
    SecretModel,
    /// `pydantic.BaseModel`
    Model,
    /// `pydantic.v1.BaseModel`
    ModelV1,
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

/// The base that cannot be followed, if the class is a settings class all the same as far as its own body and the base's name say:
/// it is configured by `SettingsConfigDict`, the base of another package is named like settings, or the base is of the project itself and
/// has the name of a settings class in it, which `is_known` says.
pub fn unresolved_base<'a>(
    evaluator: &Evaluator<'a>,
    class: &Rc<Class<'a>>,
    is_known: &dyn Fn(&str) -> bool,
) -> Option<UnresolvedBase> {
    let order = evaluator.resolution_order(class)?;
    let base = order.iter().find_map(|base| match base {
        Value::Unknown(unknown) => {
            let name = unknown.expression.rsplit('.').next().unwrap_or_default().to_owned();
            Some(UnresolvedBase { name, within: within(evaluator, unknown.import.as_deref()), import: unknown.import.clone() })
        }
        Value::External(path) if is_foreign(path) => {
            let name = path.rsplit('.').next().unwrap_or(path).to_owned();
            Some(UnresolvedBase { name, within: within(evaluator, Some(path)), import: Some(path.to_string()) })
        }
        _ => None,
    })?;
    let configured = || {
        let members = evaluator.class_members(class);
        members.iter().any(|member| {
            let source = member.value_source(evaluator);
            let annotation =
                member.annotation.as_ref().map(|annotation| evaluator.annotation_source(annotation)).unwrap_or_default();
            (&*member.name == "model_config" && source.contains(CONFIGURATION))
                || OF_FIELDS.iter().any(|sign| source.contains(sign) || annotation.contains(sign))
        })
    };
    let is_own = || !base.within.is_empty() && is_known(&base.name);
    (is_named_like_settings(&base.name) || is_own() || configured()).then_some(base)
}

/// Whether a class of this text, with these names in its parentheses, can be what [`unresolved_base`] is about.
pub fn may_be_unresolved<'n>(mut bases: impl Iterator<Item = &'n str>, source: &str) -> bool {
    bases.any(is_named_like_settings) || source.contains(CONFIGURATION) || OF_FIELDS.iter().any(|sign| source.contains(sign))
}

/// What configures settings in a class body.
const CONFIGURATION: &str = "SettingsConfigDict";

/// What only fields of settings have.
const OF_FIELDS: [&str; 2] = ["AliasChoices(", "env="];

fn is_named_like_settings(base: &str) -> bool {
    base.ends_with("Settings")
}

/// A base that leads out of what is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnresolvedBase {
    pub name: String,
    pub import: Option<String>,
    /// The directories of the project that hold a module or package of that name.
    pub within: Vec<String>,
}

/// Where the project has a module or package of the name that an import begins with. A relative import is of the project.
fn within(evaluator: &Evaluator<'_>, import: Option<&str>) -> Vec<String> {
    let Some(import) = import else { return Vec::new() };
    let top = import.split('.').find(|part| !part.is_empty()).unwrap_or_default();
    let mut places = evaluator.modules().places_of(top);
    if places.is_empty() && import.starts_with('.') {
        places.push(String::new());
    }
    places
}

/// Whether a path belongs to a package that would have to be installed to be read, and whose settings are pydantic's.
fn is_foreign(path: &str) -> bool {
    const OTHERS: [&str; 12] = [
        "pydantic",
        "pydantic_settings",
        "typing",
        "typing_extensions",
        "builtins",
        "enum",
        "abc",
        "vaultly",
        "scrapy",
        "django",
        "takk",
        "dynaconf",
    ];
    let top = path.split('.').next().unwrap_or(path);
    !OTHERS.contains(&top) && !takk_python::is_standard(top)
}

/// What `class` derives from. `pydantic_v1`: the project pins pydantic 1, so that `pydantic.BaseModel` is version 1's.
pub(super) fn base_of<'a>(evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>, pydantic_v1: bool) -> Base {
    let mut found = Base::Plain;
    for path in evaluator.external_bases(class).iter() {
        let (package, name) = path.rsplit_once('.').unwrap_or(("", path));
        let v1 = package.starts_with("pydantic.v1");
        let base = match name {
            "BaseSettings" if package.starts_with("pydantic_settings") => Base::Settings,
            "BaseSettings" if package.starts_with("pydantic") => Base::SettingsV1,
            "SecretModel" if is_runtime(path, "SecretModel") => Base::SecretModel,
            "BaseModel" | "RootModel" | "GenericModel" if package.starts_with("pydantic") && (v1 || pydantic_v1) => {
                Base::ModelV1
            }
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

/// The base that is not read, which may change anything.
pub(super) fn foreign_base<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> Option<String> {
    let Some(order) = models.evaluator.resolution_order(class) else { return Some("its base classes are unknown".to_owned()) };
    let foreign = |base: &Value<'a>| match base {
        Value::External(path) => !is_harmless_base(path),
        Value::Subscript(generic) => matches!(&generic.0, Value::External(path) if !is_harmless_base(path)),
        Value::Class(_) => false,
        _ => true,
    };
    order.iter().any(foreign).then(|| "takk does not read a base class".to_owned())
}

fn is_harmless_base(path: &str) -> bool {
    matches!(
        path.split('.').next(),
        Some("pydantic" | "pydantic_settings" | "typing" | "typing_extensions" | "abc" | "builtins")
    )
}
