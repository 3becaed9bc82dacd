//! The container for a server of a kind in one version: its image, data directory, command, and the values that the program
//! gets.

use super::number::{server_number, specifiers};
use super::{Kind, Server, ServerPart, major_of};

impl Kind {
    /// The image and tag for a server version, as an engine pulls it: `postgres:17`. `None` if takk cannot run a server of this
    /// kind.
    pub fn container_image(&self, version: &str) -> Option<String> {
        let server = self.server.as_ref()?;
        let row = server.images.iter().find(|row| suits(row.version, version));
        let image = row.map_or(self.image?, |row| row.image);
        // The plan's version `2.x` is the tag `2`, the newest image of a major version.
        Some(format!("{image}:{}", server.tag.replace("{version}", version.trim_end_matches(".x"))))
    }

    /// The same for a server with extensions, and the form of the tag. If no image is known that has all of them, the first that has
    /// one.
    pub fn container_image_with<'e>(
        &self,
        version: &str,
        extensions: impl IntoIterator<Item = &'e str>,
    ) -> Option<(String, &'static str)> {
        let own = self.container_image(version)?;
        let wanted = extensions.into_iter().filter_map(|name| self.extensions.iter().find(|extension| extension.name == name));
        let images = wanted.filter_map(|extension| extension.images.iter().find(|row| suits(row.version, version)));
        let Some(image) = images.map(|row| row.image).next() else { return Some((own, self.server.as_ref()?.tag)) };
        let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
        Some((image.replace("{major}", major_of(version)), tag))
    }
}

impl Server {
    /// The data directory of a server version; `None` if the server stores nothing.
    pub fn volume(&self, version: &str) -> Option<&'static str> {
        self.volumes.iter().find(|row| suits(row.version, version)).map(|row| row.path)
    }

    /// The command for a server version; empty for the image's own.
    pub fn command_of(&self, version: &str) -> &'static [&'static str] {
        self.commands.iter().find(|row| suits(row.version, version)).map_or(self.command, |row| row.command)
    }

    /// The row for a part, given the scheme that the field requires and the packages of the project.
    pub fn part(&self, part: &str, scheme: Option<&str>, has_package: &dyn Fn(&str) -> bool) -> Option<&'static ServerPart> {
        self.parts.iter().find(|row| {
            row.part == part
                && (row.schemes.is_empty() || scheme.is_some_and(|scheme| row.schemes.contains(&scheme)))
                && (row.packages.is_empty() || row.packages.iter().any(|package| has_package(package)))
        })
    }
}

/// Whether a row applies to a version. A version that is not a number (`latest`) counts as the newest.
fn suits(row: &str, version: &str) -> bool {
    let newest = || "9999".parse().expect("a number is a version");
    row.is_empty() || specifiers(row).contains(&server_number(version).unwrap_or_else(newest))
}

/// Replaces the placeholders in a text by what `value` returns for their names (`port:http`). Unknown ones and other braces
/// stay.
pub fn fill(text: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        let name = placeholder(from);
        let replaced = name.and_then(value);
        let end = name.filter(|_| replaced.is_some()).map_or(1, |name| name.len() + 2);
        filled.push_str(replaced.as_deref().unwrap_or("{"));
        rest = &from[end..];
    }
    filled.push_str(rest);
    filled
}

/// The names of the placeholders in a text, in order.
pub fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('{').filter_map(|(at, _)| placeholder(&text[at..]))
}

/// The name of the placeholder at the start of a text.
fn placeholder(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    name.split(':').all(plain).then_some(name)
}

#[cfg(test)]
mod tests;
