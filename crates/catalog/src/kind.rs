//! The format of a kind's file: the names, tags, types, URLs and clients of one kind of resource.

use serde::Serialize;

use super::extension::Extension;
use super::provider::{Probe, Provider};
use super::server::{Command, ExtraPort, File, Image, Lack, Server, ServerPart, Volume};

/// One kind of resource, as described by its file in `kinds/`.
#[derive(Clone, Debug, Serialize)]
pub struct Kind {
    /// Its name, which is that of its file.
    pub name: &'static str,
    /// Its name in sentences and headings: `PostgreSQL`.
    pub display: &'static str,
    /// What it is, as a phrase: `a relational database`.
    pub about: &'static str,
    /// A line that declares one explicitly: `database_url: PostgresDsn`.
    pub field: &'static str,
    /// The kind that takk provides in its place.
    pub managed_as: Option<&'static str>,
    /// The port on which its server listens.
    pub port: Option<u16>,
    /// The container image of its server, without a tag.
    pub image: Option<&'static str>,
    /// The server version to use if no client decides.
    pub default_version: Option<&'static str>,
    /// The day on which that was the latest stable version, if it was looked up: `2026-11-28`.
    pub looked_up: Option<&'static str>,
    /// How a client's version determines the server's.
    pub version_rule: Option<VersionRule>,
    /// Schemes that identify a plain string as a URL of this kind. takk writes the first one.
    pub schemes: &'static [&'static str],
    /// Pydantic's types for its URLs.
    pub dsn_types: &'static [DsnType],
    /// Members of `ResourceTags`.
    pub tags: &'static [Tag],
    /// Predefined `Annotated` types of takk.
    pub shorthands: &'static [Shorthand],
    /// Its SQLAlchemy dialect, the part of a URL before the driver: `postgresql`.
    pub dialect: Option<&'static str>,
    /// Its SQLAlchemy drivers. If several are installed and nothing else decides, takk chooses the first.
    pub drivers: &'static [Driver],
    /// Its client libraries.
    pub clients: &'static [Client],
    /// How takk runs such a server; `None` if it cannot.
    pub server: Option<Server>,
    /// Extensions that not every server of the kind has. Only kinds that list some have extensions at all.
    pub extensions: &'static [Extension],
    /// The outside services whose keys it stands for.
    pub providers: &'static [Provider],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Driver {
    /// Its name in a URL, after the `+`: `asyncpg`.
    pub name: &'static str,
    /// The packages that install it, by normalized name.
    pub packages: &'static [&'static str],
    /// The engines with which it works.
    pub engines: &'static [Engine],
}

/// The SQLAlchemy engine through which a program uses a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// `create_engine`
    Sync,
    /// `create_async_engine`
    Async,
}

/// How a client's version determines the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionRule {
    /// The server has exactly the client's version.
    Exact,
    /// The server has the client's release (`4.0.1` for `4.0.1.post1`).
    SameRelease,
    /// The server has the client's major version.
    SameMajor,
    /// Each client's `versions` list the servers with which it works.
    Range,
}

/// A type of pydantic for the URL of a kind.
#[derive(Clone, Debug, Serialize)]
pub struct DsnType {
    pub name: &'static str,
    /// The schemes that it accepts, from `pydantic/networks.py`.
    pub schemes: &'static [&'static str],
}

impl DsnType {
    /// The part of the resource that such a field contains.
    pub const PART: &'static str = "dsn";
}

/// A member of `ResourceTags`.
#[derive(Clone, Debug, Serialize)]
pub struct Tag {
    /// The kind to which it belongs.
    pub kind: &'static str,
    /// The member's name: `psql_dsn`.
    pub member: &'static str,
    /// The member's value: `PostgresDsn`.
    pub value: &'static str,
    /// The part of the resource, named by the same word in every kind: `dsn`, `host`, `password`.
    pub part: &'static str,
    /// Whether the part is a credential that must stay secret.
    pub secret: bool,
    /// Whether the type of the tagged field, rather than `kind`, determines the kind.
    pub kind_from_type: bool,
}

/// A type like `S3SecretKey = Annotated[SecretStr, ResourceTags.s3_secret_key]`.
#[derive(Clone, Debug, Serialize)]
pub struct Shorthand {
    /// The kind to which it belongs.
    pub kind: &'static str,
    pub name: &'static str,
    /// The Python type inside of it: `SecretStr`.
    #[serde(rename = "type")]
    pub type_name: &'static str,
    /// The member of `ResourceTags`.
    pub tag: &'static str,
    /// Whether it is also marked `SecretTypes.opaque`.
    pub opaque: bool,
}

/// A Python library that is a client of a kind.
#[derive(Clone, Debug, Serialize)]
pub struct Client {
    /// The module to import: `MySQLdb`, `snowflake.connector`.
    pub import: &'static str,
    /// The packages that install it, by normalized name, the most common one first.
    pub packages: &'static [&'static str],
    /// A line that declares what it needs, if the clients of the kind do not share one: `openai_api_key: SecretStr`.
    pub field: Option<&'static str>,
    /// With the rule `range`, which servers each of its versions supports. Empty if that is unknown.
    pub versions: &'static [Supported],
}

/// One row of a client's compatibility table: these client versions work with these server versions.
#[derive(Clone, Debug, Serialize)]
pub struct Supported {
    /// The client versions, as a PEP 440 specifier.
    pub client: &'static str,
    /// The server versions, as a PEP 440 specifier.
    pub server: &'static str,
    /// The version to run: the newest one in the range that takk's own instances offer, or else the newest one in the range.
    pub run: &'static str,
    pub why: &'static str,
}

/// The files in `kinds/` by name, which the build script converts to Rust.
pub(super) static KINDS: &[Kind] = &include!(concat!(env!("OUT_DIR"), "/kinds.rs"));

impl VersionRule {
    /// The name of the rule, as in [`takk_model::VersionAnswer::rule`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::SameRelease => "same-release",
            Self::SameMajor => "same-major",
            Self::Range => "range",
        }
    }
}
