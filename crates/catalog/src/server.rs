//! The format of `[server]` in a kind's file: how takk runs a server of that kind in a container.
//!
//! Texts may contain placeholders, which [`fill`](super::fill) replaces when the server is created: `{version}`, `{host}`,
//! `{port}` (as published on this machine), `{port:NAME}` (an extra port, likewise), `{name}` (an identifier made of project
//! and environment), and the credentials by name, such as `{username}`, `{password}` or `{database}`. `{username}` is `default`
//! if a kind has no such credential. They are inserted into SQL, XML, JSON and other formats without escaping: user names and
//! databases must be identifiers of lower-case letters, digits and `_`, and the other credentials letters and digits.

use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct Server {
    /// The name of the server software, if it differs from that of the kind: `SeaweedFS` for S3.
    pub software: Option<&'static str>,
    /// The tag of the kind's image: `{version}`, `{version}-alpine`.
    pub tag: &'static str,
    /// Images that some versions use instead of the kind's; the first matching row applies.
    pub images: &'static [Image],
    /// Where the image stores its data; the first matching row applies. Without one, the server stores nothing.
    pub volumes: &'static [Volume],
    /// Environment variables of the container, as `NAME=VALUE`. Everyone who can inspect the container sees them, so they must
    /// not be secret.
    pub environment: &'static [&'static str],
    /// Files to write into the container before it starts. Secrets belong here.
    pub files: &'static [File],
    /// The command, if it differs from the image's.
    pub command: &'static [&'static str],
    /// Commands that some versions need instead; the first matching row applies.
    pub commands: &'static [Command],
    /// Ports to publish in addition to the kind's.
    pub ports: &'static [ExtraPort],
    /// The parts of the server's login: `username`, `password`, `database`, `access_key`, `secret_key`, `bucket`. takk
    /// generates them; their names are also placeholders. Without any, the server has no login.
    pub credentials: &'static [&'static str],
    /// The value of each part that a variable may contain. Of several rows for one part, the first that matches applies.
    pub parts: &'static [ServerPart],
    /// Parts that such a server does not have.
    pub lacks: &'static [Lack],
    /// A command that succeeds inside the container once the server accepts connections over TCP. Empty if the image has no
    /// program that can check this.
    pub health: &'static [&'static str],
}

impl Server {
    /// The credentials that everyone may see. A test ensures that the others are not in the environment or the command.
    pub const PUBLIC: [&'static str; 4] = ["username", "database", "access_key", "bucket"];
}

/// The image for some versions.
#[derive(Clone, Debug, Serialize)]
pub struct Image {
    /// The server versions, as a PEP 440 specifier.
    pub version: &'static str,
    /// The image without a tag.
    pub image: &'static str,
}

/// The data directory for some versions.
#[derive(Clone, Debug, Serialize)]
pub struct Volume {
    /// The server versions, as a PEP 440 specifier; empty for all.
    pub version: &'static str,
    /// The directory in the container.
    pub path: &'static str,
}

/// The command for some versions.
#[derive(Clone, Debug, Serialize)]
pub struct Command {
    /// The server versions, as a PEP 440 specifier.
    pub version: &'static str,
    pub command: &'static [&'static str],
}

/// A file to write into the container before it starts. All users in the container can read it.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// Its absolute path.
    pub path: &'static str,
    pub text: &'static str,
}

/// A port in addition to the kind's.
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
    /// The schemes of a `dsn` to which the row applies; empty for all.
    pub schemes: &'static [&'static str],
    /// The row only applies if the project has one of these packages; empty for all projects.
    pub packages: &'static [&'static str],
    /// Its value. In `dsn`, `{scheme}` is the scheme that the field's type and driver require, and credentials are
    /// percent-encoded.
    pub value: &'static str,
}

/// A part that takk cannot provide.
#[derive(Clone, Debug, Serialize)]
pub struct Lack {
    pub part: &'static str,
    /// Why, as a clause: `a server that takk runs has a user and a password`.
    pub why: &'static str,
}
