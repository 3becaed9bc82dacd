//! The format of `[server]` in a kind's file: how takk runs a server of that kind in a container.
//!
//! Texts may contain placeholders, which [`fill`](super::fill) replaces when the server is created: `{version}`, `{host}`, `{port}` (as
//! published on this machine), `{port:NAME}` (an extra port, likewise), `{name}` (an identifier made of project and environment), and the
//! credentials by name, such as `{username}`, `{password}` or `{database}`. `{username}` is `default` where a kind has no such credential. They
//! stand inside SQL, XML, JSON and other formats as they are: user names and databases must be identifiers of lower-case letters, digits and `_`, and the other credentials letters and digits.

use serde::Serialize;

/// How takk runs a server of a kind.
#[derive(Clone, Debug, Serialize)]
pub struct Server {
    /// What runs, where that is not what the kind is called: `SeaweedFS` for S3.
    pub software: Option<&'static str>,
    /// The tag of the kind's image: `{version}`, `{version}-alpine`.
    pub tag: &'static str,
    /// Images that some versions have instead of the kind's; the first row that matches wins.
    pub images: &'static [Image],
    /// Where the image keeps its data; the first row that matches wins. Without one, the server keeps nothing.
    pub volumes: &'static [Volume],
    /// Environment variables of the container, as `NAME=VALUE`. They are visible to whoever may inspect it: no secret.
    pub environment: &'static [&'static str],
    /// Files that are written into the container before it starts. Secrets go here.
    pub files: &'static [File],
    /// The command, where it is not that of the image.
    pub command: &'static [&'static str],
    /// Commands that some versions need instead; the first row that matches wins.
    pub commands: &'static [Command],
    /// Ports that are published besides the kind's.
    pub ports: &'static [ExtraPort],
    /// What the server's login consists of, by the names of parts: `username`, `password`, `database`, `access_key`, `secret_key`,
    /// `bucket`. takk generates them; the same names are placeholders. Without any, nobody logs in.
    pub credentials: &'static [&'static str],
    /// The value of each part that a variable may carry; of several rows for one part, the first that matches wins.
    pub parts: &'static [ServerPart],
    /// Parts that such a server does not have.
    pub lacks: &'static [Lack],
    /// A command that succeeds inside the container once the server accepts connections over TCP. Empty if the image has no program that can
    /// find out.
    pub health: &'static [&'static str],
}

impl Server {
    /// The credentials that anybody may see. A test keeps the others out of environment and command.
    pub const PUBLIC: [&'static str; 4] = ["username", "database", "access_key", "bucket"];
}

/// The image of some versions.
#[derive(Clone, Debug, Serialize)]
pub struct Image {
    /// Versions of the server, as a PEP 440 specifier.
    pub version: &'static str,
    /// The image without a tag.
    pub image: &'static str,
}

/// Where some versions keep their data.
#[derive(Clone, Debug, Serialize)]
pub struct Volume {
    /// Versions of the server, as a PEP 440 specifier; empty for all.
    pub version: &'static str,
    /// The directory in the container.
    pub path: &'static str,
}

/// The command of some versions.
#[derive(Clone, Debug, Serialize)]
pub struct Command {
    /// Versions of the server, as a PEP 440 specifier.
    pub version: &'static str,
    pub command: &'static [&'static str],
}

/// A file that is written into the container before it starts, readable by all of the container's users.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// Its absolute path.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// A port besides the kind's.
#[derive(Clone, Debug, Serialize)]
pub struct ExtraPort {
    /// Its name in placeholders.
    pub name: &'static str,
    /// The port inside the container.
    pub port: u16,
}

/// The value of one part.
#[derive(Clone, Debug, Serialize)]
pub struct ServerPart {
    /// The part: `dsn`, `host`, `password`.
    pub part: &'static str,
    /// The schemes of a `dsn` for which the row is; empty for all.
    pub schemes: &'static [&'static str],
    /// Packages of which the project must have one for the row to apply; empty for all.
    pub packages: &'static [&'static str],
    /// Its value. In `dsn`, `{scheme}` is the scheme that the field's type and driver ask for, and credentials are percent-encoded.
    pub value: &'static str,
}

/// A part that takk cannot give.
#[derive(Clone, Debug, Serialize)]
pub struct Lack {
    pub part: &'static str,
    /// Why, as a clause: `a server that takk runs has a user and a password`.
    pub why: &'static str,
}
