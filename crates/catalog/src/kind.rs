//! The format of a kind's file: names, tags, types, addresses and clients of one kind of resource.

use serde::Serialize;

use super::provider::{Probe, Provider};
use super::server::{Command, ExtraPort, File, Image, Lack, Server, ServerPart, Volume};

/// One kind of resource, as its file in `kinds/` describes it.
#[derive(Clone, Debug, Serialize)]
pub struct Kind {
    /// Its name: that of its file.
    pub name: &'static str,
    /// Its name in sentences and headings: `PostgreSQL`.
    pub display: &'static str,
    /// What it is, as a phrase: `a relational database`.
    pub about: &'static str,
    /// The line that declares one explicitly: `database_url: PostgresDsn`.
    pub field: &'static str,
    /// The kind that is provided in its place.
    pub managed_as: Option<&'static str>,
    /// The port its server listens on.
    pub port: Option<u16>,
    /// The container image of its server, without a tag.
    pub image: Option<&'static str>,
    /// The server version where no client decides.
    pub default_version: Option<&'static str>,
    /// The day on which that was the current stable one, where it was looked up: `2026-11-28`.
    pub looked_up: Option<&'static str>,
    /// How a client's version decides the server's.
    pub version_rule: Option<VersionRule>,
    /// Schemes by which a plain string is clearly the address of one. The first is the one that takk writes.
    pub schemes: &'static [&'static str],
    /// Pydantic's types for its address.
    pub dsn_types: &'static [DsnType],
    /// Members of `ResourceTags`.
    pub tags: &'static [Tag],
    /// `Annotated` types ready-made by takk.
    pub shorthands: &'static [Shorthand],
    /// SQLAlchemy's name for it, the part of a URL before the driver: `postgresql`.
    pub dialect: Option<&'static str>,
    /// SQLAlchemy's drivers for it. Where several are installed and nothing else decides, the first of them is taken.
    pub drivers: &'static [Driver],
    /// Libraries that speak to it.
    pub clients: &'static [Client],
    /// How takk runs a server of its own; `None` if it cannot.
    pub server: Option<Server>,
    /// The outside services whose keys it stands for.
    pub providers: &'static [Provider],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Driver {
    /// Its name in a URL, behind the `+`: `asyncpg`.
    pub name: &'static str,
    /// The packages that install it, by normalised name.
    pub packages: &'static [&'static str],
    /// The engines that it works with.
    pub engines: &'static [Engine],
}

/// What a program talks to a database through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// `create_engine`
    Sync,
    /// `create_async_engine`
    Async,
}

/// How a client's version decides the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionRule {
    /// The server has the client's version, to the letter.
    Exact,
    /// The server has the client's release (`4.0.1` for `4.0.1.post1`).
    SameRelease,
    /// The server has the client's major version.
    SameMajor,
    /// Each client's `versions` say which servers it works with.
    Range,
}

/// A type of pydantic that means the address of a kind.
#[derive(Clone, Debug, Serialize)]
pub struct DsnType {
    pub name: &'static str,
    /// The schemes that it allows, from `pydantic/networks.py`.
    pub schemes: &'static [&'static str],
}

impl DsnType {
    /// The part of the resource that such a field carries.
    pub const PART: &'static str = "dsn";
}

/// A member of `ResourceTags`.
#[derive(Clone, Debug, Serialize)]
pub struct Tag {
    /// The kind it belongs to.
    pub kind: &'static str,
    /// The member's name: `psql_dsn`.
    pub member: &'static str,
    /// The member's value: `PostgresDsn`.
    pub value: &'static str,
    /// The part of the resource, by the same word in every kind: `dsn`, `host`, `password`.
    pub part: &'static str,
    /// Whether the part is a credential that must be kept secret.
    pub secret: bool,
    /// Whether the type of the tagged field, rather than `kind`, says which kind it is.
    pub kind_from_type: bool,
}

/// A type like `S3SecretKey = Annotated[SecretStr, ResourceTags.s3_secret_key]`.
#[derive(Clone, Debug, Serialize)]
pub struct Shorthand {
    /// The kind it belongs to.
    pub kind: &'static str,
    pub name: &'static str,
    /// The Python type inside: `SecretStr`.
    #[serde(rename = "type")]
    pub type_name: &'static str,
    /// The member of `ResourceTags`.
    pub tag: &'static str,
    /// Whether it is also marked `SecretTypes.opaque`.
    pub opaque: bool,
}

/// A Python library that speaks to a kind.
#[derive(Clone, Debug, Serialize)]
pub struct Client {
    /// What is imported: `MySQLdb`, `snowflake.connector`.
    pub import: &'static str,
    /// The packages that install it, by normalised name; the usual one first.
    pub packages: &'static [&'static str],
    /// The line that declares what it needs, where the clients of a kind do not share one: `openai_api_key: SecretStr`.
    pub field: Option<&'static str>,
    /// Under the rule `range`, which servers fit which of its versions. Empty where that is not known.
    pub versions: &'static [Supported],
}

/// One row of a client's table: these versions of the client work with those of the server.
#[derive(Clone, Debug, Serialize)]
pub struct Supported {
    /// Versions of the client, as a PEP 440 specifier.
    pub client: &'static str,
    /// Versions of the server, as a PEP 440 specifier.
    pub server: &'static str,
    /// The server to run: the newest in the range that takk's own instances offer, else the newest in the range.
    pub run: &'static str,
    pub why: &'static str,
}

/// The files of `kinds/` by name, as the build script turned them into Rust.
pub(super) static KINDS: &[Kind] = &include!(concat!(env!("OUT_DIR"), "/kinds.rs"));

impl VersionRule {
    /// The rule's name, as [`takk_model::VersionAnswer::rule`] has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::SameRelease => "same-release",
            Self::SameMajor => "same-major",
            Self::Range => "range",
        }
    }
}
