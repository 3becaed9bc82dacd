//! The format of `[server]` in a kind's file: how takk runs a server of that kind in a container.
//!
//! Texts may contain placeholders, which are replaced when the server is created: `{version}`, `{host}`, `{port}` (as published on this
//! machine), `{port:NAME}` (an extra port, likewise), `{name}` (an identifier made of project and environment), and the credentials by name,
//! such as `{username}`, `{password}` or `{database}`.

use serde::Serialize;

/// How takk runs a server of a kind.
#[derive(Clone, Debug, Serialize)]
pub struct Server {
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
    /// Ports that are published besides the kind's.
    pub ports: &'static [ExtraPort],
    /// What the server's login consists of, by the names of parts: `username`, `password`, `database`, `access_key`, `secret_key`,
    /// `bucket`. takk generates them; the same names are placeholders.
    pub credentials: &'static [&'static str],
    /// The value of each part that a variable may carry.
    pub parts: &'static [ServerPart],
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
    /// Its value. In `dsn`, `{scheme}` is the scheme that the field's type and driver ask for, and credentials are percent-encoded.
    pub value: &'static str,
}
