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
    /// Its kind in the manifest, if classes with this base are settings classes.
    pub fn kind(self) -> Option<ClassKind> {
        match self {
            Self::Settings | Self::SettingsV1 => Some(ClassKind::Settings),
            Self::SecretModel => Some(ClassKind::SecretModel),
            Self::Model | Self::ModelV1 | Self::Plain => None,
        }
    }

    /// The version of pydantic whose rules apply to its fields.
    pub fn api(self) -> Api {
        if matches!(self, Self::SettingsV1 | Self::ModelV1) { Api::V1 } else { Api::V2 }
    }

    /// Whether pydantic collects its fields.
    pub fn is_model(self) -> bool {
        self != Self::Plain
    }
}

/// The base that cannot be resolved, if the class still looks like a settings class: it has a `SettingsConfigDict`, the base of another
/// package has a name like that of a settings class, or the base is in the project itself and has the name of a settings class, according
/// to `is_known`.
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

/// Whether a class with this source text and these bases can be a case for [`unresolved_base`].
pub fn may_be_unresolved<'n>(mut bases: impl Iterator<Item = &'n str>, source: &str) -> bool {
    bases.any(is_named_like_settings) || source.contains(CONFIGURATION) || OF_FIELDS.iter().any(|sign| source.contains(sign))
}

/// The name that configures settings in a class body.
const CONFIGURATION: &str = "SettingsConfigDict";

/// Texts that only occur in fields of settings.
const OF_FIELDS: [&str; 2] = ["AliasChoices(", "env="];

fn is_named_like_settings(base: &str) -> bool {
    base.ends_with("Settings")
}

/// A base outside of the code that takk reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnresolvedBase {
    pub name: String,
    pub import: Option<String>,
    /// The directories of the project that contain a module or package of that name.
    pub within: Vec<String>,
}

/// The directories where the project has a module or package with the first name of an import. A relative import is always in the project.
fn within(evaluator: &Evaluator<'_>, import: Option<&str>) -> Vec<String> {
    let Some(import) = import else { return Vec::new() };
    let top = import.split('.').find(|part| !part.is_empty()).unwrap_or_default();
    let mut places = evaluator.modules().places_of(top);
    if places.is_empty() && import.starts_with('.') {
        places.push(String::new());
    }
    places
}

/// Whether a path belongs to a package that is not installed, and whose settings use pydantic.
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

/// The base of a class. `pydantic_v1`: the project pins pydantic 1, so that `pydantic.BaseModel` is that of version 1.
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

/// The base that takk cannot read, and which may change anything.
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
