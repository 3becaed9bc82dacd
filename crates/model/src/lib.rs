//! Plain data types that all other crates use: no I/O, no parsing of foreign formats, no policy.

#![warn(missing_docs)]

pub mod age;
mod annotation;
mod bounds;
pub mod counted;
mod declaration;
mod driver;
mod environment;
pub mod error;
mod extension;
mod field_names;
mod finding;
mod held;
mod library;
mod manifest;
pub mod nearest;
mod nested_names;
mod older_type;
mod origin;
mod package;
mod path_template;
mod per_environment;
pub mod percent;
mod place;
mod plain_type;
mod problem;
mod refused;
mod resource;
mod role;
mod rule_doc;
mod service;
mod settings;
mod sources;
mod this_machine;
mod url_rule;
mod usage;
mod value_type;
pub mod visible;

pub use annotation::{Annotation, ClassType, LibraryType, NewType, SourceType};
pub use declaration::{Declaration, Surroundings, Unreadable};
pub use driver::{DriverAnswer, DriverRule};
pub use environment::{Environment, EnvironmentName, InvalidEnvironmentName, is_production_by_name};
pub use extension::Extension;
pub use field_names::FieldNames;
pub use finding::{Code, Finding, Severity};
pub use held::{Held, Holdings};
pub use library::{LibraryChoice, LibraryVariable};
pub use manifest::{EnvironmentRead, Manifest, ProjectInfo, SCHEMA_VERSION, Suggestion};
pub use nested_names::{Inside, NestedField, NestedNames, NestedRules, Step, TypeAt, has_inside, peeled};
pub use older_type::older_annotation;
pub use origin::Origin;
pub use package::{OtherVersion, Package, PackageSource, Packages};
pub use path_template::{PathFault, PathPiece, path_env_name, path_pieces, path_variables};
pub use per_environment::PerEnvironment;
pub use place::Place;
pub use plain_type::{generic_type, plain_type};
pub use problem::{Problem, ProblemKind};
pub use refused::Refused;
pub use resource::{Resource, ResourceUse, VersionAnswer};
pub use role::{Role, TokenKind};
pub use rule_doc::RuleDoc;
pub use service::{Service, ServiceKind, ServiceUrlRef, UrlKind};
pub use settings::{
    Api, CastRule, ClassKind, ClassRef, DefaultValue, NestedLeaf, ResourcePart, SecretPath, Setting, SettingsClass,
    SettingsConfig, TemplatePart,
};
pub use sources::{Given, Source, Sources};
pub use this_machine::is_this_machine;
pub use url_rule::UrlRule;
pub use usage::{Making, PartOf, Usage, UsageKind};
pub use value_type::{
    Constraints, EnumMixin, EnumRule, IpForm, IpRule, ModelField, ModelForm, ModelRule, PathStep, TaggedRule, ValueType,
};
