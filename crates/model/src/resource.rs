//! Databases, brokers, buckets and other things that the program connects to.

use serde::{Deserialize, Serialize};

use super::{ClassRef, Extension, Place};

/// A resource to provision: a kind and a name, with all fields that need a part of its address or credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Resource {
    /// The kind, a file name of the catalog: `postgres`, `nats`, `s3`.
    pub kind: String,
    /// The name, which distinguishes several of one kind; `default` if the code does not set one.
    pub name: String,
    /// The fields that use it.
    pub uses: Vec<ResourceUse>,
    /// A compatible server version, with the reason.
    pub version: Option<VersionAnswer>,
    /// The `*Instance` component that describes it, such as `PostgresInstance`, with its options.
    pub instance: Option<String>,
    /// Extensions of the database that the code uses, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// Where it is first declared.
    pub place: Place,
}

/// A field that needs one part of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResourceUse {
    /// The part: `dsn`, `host`, `password`, ...
    pub part: String,
    /// The environment variable that holds it (the first one that is tried).
    pub variable: String,
    /// The class that declares the field.
    pub class: ClassRef,
    /// The field.
    pub field: String,
    /// Where.
    pub place: Place,
}

/// The server version that is compatible with the client packages, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VersionAnswer {
    /// The version or range to run: `3.1.4`, `16`, `2.x`.
    pub version: String,
    /// Why, as one phrase: `mlflow 3.1.4 is locked, and client and server must be the same version`.
    pub reason: String,
    /// The rule's name in the catalog: `exact`, `same-release`, `same-major`, `range`, `declared`, `default`.
    pub rule: String,
    /// The client package that determined it, if any.
    pub package: Option<String>,
    /// The version of that package.
    pub package_version: Option<String>,
    /// Where the version is written (a line of the lock, or of the component).
    pub place: Option<Place>,
}
