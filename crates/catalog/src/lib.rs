//! takk's knowledge as data: kinds of resources with their tags, types and clients, and the components of a `Project`.
//!
//! A kind is one file in `kinds/`; no other code mentions it by name.

mod component;
mod container;
mod driver;
mod extension;
mod kind;
mod library;
mod number;
mod provider;
mod reserved;
mod server;
mod stand_in;
mod stub;
mod version;

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Serialize, Serializer};

pub use component::{Component, Instance, Role};
pub use container::{fill, placeholders};
pub use driver::{Engines, chosen_driver, driver_not_locked, example_url, named_driver};
pub use extension::{Extension, major_of};
pub use kind::{Client, Driver, DsnType, Engine, Kind, Shorthand, Supported, Tag, VersionRule};
use library::library_roots;
pub use library::{ClientVariable, Library, libraries, libraries_of, library_root};
pub use number::server_number;
pub use provider::{Probe, Provider};
pub use reserved::reserved;
pub use server::{Command, ExtraPort, File, Image, Lack, Server, ServerPart, Volume};
pub use stand_in::can_stand_in;
pub use stub::{ready_made_classes, stub_source};
pub use version::{
    ClientUse, Fit, Rejection, Standing, client_not_locked, client_without_match, clients_in_use, clients_that_reject,
    declared_version, default_version, server_version,
};

/// The whole catalog, with its lookups. Serialized as `{"kinds": [...], "components": [...]}`.
#[derive(Debug)]
pub struct Catalog {
    kinds: &'static [Kind],
    tags: FxHashMap<&'static str, Position>,
    tag_values: FxHashMap<&'static str, Position>,
    shorthands: FxHashMap<&'static str, Position>,
    dsn_types: FxHashMap<&'static str, Position>,
    schemes: FxHashMap<&'static str, usize>,
    imports: FxHashMap<&'static str, Position>,
    /// The namespaces of imports that contain a dot: everything before the last one.
    namespaces: FxHashSet<&'static str>,
    /// The top-level modules of all imports and libraries, to reject the imports of a file that are something else, which most
    /// are.
    roots: FxHashSet<&'static str>,
    packages: FxHashMap<&'static str, Position>,
}

/// The position of an entry: the index of its kind, and its index in that kind's list.
type Position = (usize, usize);

/// The catalog. The first call builds its lookup tables.
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::of(kind::KINDS))
}

impl Catalog {
    fn of(kinds: &'static [Kind]) -> Self {
        let tags = positions(kinds, |kind| kind.tags.iter().map(|tag| tag.member).enumerate());
        let tag_values = positions(kinds, |kind| kind.tags.iter().map(|tag| tag.value).enumerate());
        let shorthands = positions(kinds, |kind| kind.shorthands.iter().map(|shorthand| shorthand.name).enumerate());
        let dsn_types = positions(kinds, |kind| kind.dsn_types.iter().map(|dsn| dsn.name).enumerate());
        let imports = positions(kinds, |kind| kind.clients.iter().map(|client| client.import).enumerate());
        let packages = positions(kinds, |kind| {
            let clients = kind.clients.iter().enumerate();
            clients.flat_map(|(at, client)| client.packages.iter().map(move |package| (at, *package)))
        });
        let schemes =
            kinds.iter().enumerate().flat_map(|(at, kind)| kind.schemes.iter().map(move |scheme| (*scheme, at))).collect();
        let namespaces = imports.keys().filter_map(|name| name.rsplit_once('.')).map(|(before, _)| before).collect();
        let extensions = kinds.iter().flat_map(|kind| kind.extensions).flat_map(|extension| extension.imports);
        let roots = imports
            .keys()
            .filter_map(|name| name.split('.').next())
            .chain(library_roots())
            .chain(extensions.copied())
            .collect();
        Self { kinds, tags, tag_values, shorthands, dsn_types, schemes, imports, namespaces, roots, packages }
    }

    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.iter()
    }

    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    /// All outside services, by kind.
    pub fn providers(&self) -> impl Iterator<Item = &'static Provider> {
        self.kinds.iter().flat_map(|kind| kind.providers)
    }

    /// The outside service whose key a variable holds by its name, and what precedes the usual name: `APP_` of `APP_OPENAI_API_KEY`.
    pub fn provider_of<'n>(&self, variable: &'n str) -> Option<(&'static Provider, &'n str)> {
        let named = self.providers().filter_map(|provider| Some((provider, provider.prefix_of(variable)?)));
        named.min_by_key(|(_, prefix)| prefix.len())
    }

    /// All members of `ResourceTags`, grouped by kind.
    pub fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.kinds.iter().flat_map(|kind| kind.tags)
    }

    /// The tag for the member `member` of `ResourceTags` (`psql_dsn`).
    pub fn tag(&self, member: &str) -> Option<&Tag> {
        self.tags.get(member).map(|&(kind, at)| &self.kinds[kind].tags[at])
    }

    /// The tag whose string value is `value` (`PostgresDsn`).
    pub fn tag_by_value(&self, value: &str) -> Option<&Tag> {
        self.tag_values.get(value).map(|&(kind, at)| &self.kinds[kind].tags[at])
    }

    /// All shorthand types, grouped by kind.
    pub fn shorthands(&self) -> impl Iterator<Item = &Shorthand> {
        self.kinds.iter().flat_map(|kind| kind.shorthands)
    }

    /// The shorthand type of that name (`S3SecretKey`).
    pub fn shorthand(&self, name: &str) -> Option<&Shorthand> {
        self.shorthands.get(name).map(|&(kind, at)| &self.kinds[kind].shorthands[at])
    }

    /// The kind whose URLs have pydantic's type `name` (`PostgresDsn`), and the details of that type.
    pub fn dsn_type(&self, name: &str) -> Option<(&Kind, &DsnType)> {
        self.dsn_types.get(name).map(|&(kind, at)| (&self.kinds[kind], &self.kinds[kind].dsn_types[at]))
    }

    /// All pydantic types for URLs of a kind, for suggestions.
    pub fn dsn_types(&self) -> impl Iterator<Item = &DsnType> {
        self.kinds.iter().flat_map(|kind| kind.dsn_types)
    }

    /// The kind to which a URL with that scheme clearly belongs. A driver after `+` is ignored (`postgresql+asyncpg`).
    pub fn scheme(&self, scheme: &str) -> Option<&Kind> {
        let scheme = scheme.to_ascii_lowercase();
        let base = scheme.split('+').next().unwrap_or_default();
        self.schemes.get(scheme.as_str()).or_else(|| self.schemes.get(base)).map(|&kind| &self.kinds[kind])
    }

    /// The client library to which the dotted module name `module` belongs (`psycopg.rows`).
    pub fn client_import(&self, module: &str) -> Option<(&Kind, &Client)> {
        let mut name = module;
        loop {
            if let Some(&(kind, at)) = self.imports.get(name) {
                return Some((&self.kinds[kind], &self.kinds[kind].clients[at]));
            }
            name = name.rsplit_once('.')?.0;
        }
    }

    /// The import under which a file that imports `module` is listed: that of a client library, or the top-level module of a
    /// library that reads the environment. For a namespace of several clients (`snowflake`), the first one.
    pub fn wanted_import(&self, module: &str) -> Option<&'static str> {
        if !self.roots.contains(module.split('.').next().unwrap_or_default()) {
            return None;
        }
        let below =
            || self.imports.keys().filter(|name| name.strip_prefix(module).is_some_and(|rest| rest.starts_with('.'))).min();
        self.client_import(module)
            .map(|(_, client)| client.import)
            .or_else(|| library_root(module))
            .or_else(|| self.extension_import(module))
            .or_else(|| if self.namespaces.contains(module) { below().copied() } else { None })
    }

    /// The top-level module of `module`, if it stands for an extension of a database.
    fn extension_import(&self, module: &str) -> Option<&'static str> {
        let top = module.split('.').next().unwrap_or_default();
        let mut imports = self.kinds.iter().flat_map(|kind| kind.extensions).flat_map(|extension| extension.imports);
        imports.find(|import| **import == top).copied()
    }

    /// The client library that the package `name` (normalized: `opensearch-py`) installs.
    pub fn client_package(&self, name: &str) -> Option<(&Kind, &Client)> {
        self.packages.get(name).map(|&(kind, at)| (&self.kinds[kind], &self.kinds[kind].clients[at]))
    }

    /// All components and their helpers, in the order of the file.
    pub fn components(&self) -> &'static [Component] {
        component::COMPONENTS
    }

    /// The component with that class name (`FastAPIApp`, `PostgresInstance`, or `PubSub.subscriber` for the method).
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components().iter().find(|component| component.name == name)
    }
}

impl Serialize for Catalog {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Everything<'c> {
            kinds: &'c [Kind],
            components: &'c [Component],
        }
        Everything { kinds: self.kinds, components: self.components() }.serialize(serializer)
    }
}

/// The positions of all names. `names` returns the names in one list of a kind, each with the index of its entry.
fn positions<N: Iterator<Item = (usize, &'static str)>>(
    kinds: &'static [Kind],
    names: impl Fn(&'static Kind) -> N,
) -> FxHashMap<&'static str, Position> {
    let kinds = kinds.iter().enumerate();
    kinds.flat_map(|(kind, of)| names(of).map(move |(at, name)| (name, (kind, at)))).collect()
}

#[cfg(test)]
mod tests;
