//! What creating a resource would mean, before anybody asks for it: the level of its credentials, and the server that it would be on.

use super::authorize::AuthorizedAccess;
use super::described::Described;
use super::own_platform::{Behalf, OwnPlatform};
use super::{Hosted, Result};
use takk_project::config::Level;
use takk_project::ops::provision::admin;
use takk_provision::server::KINDS;

/// How a resource would be created.
pub struct Offer {
    /// The level of the environment: `low-privilege`.
    pub level: Level,
    /// Whether the pushed settings name it; otherwise, the name of the environment decides.
    pub is_declared: bool,
    /// The servers on which takk could create it, one of each kind of server.
    pub places: Vec<Place>,
    /// The kinds of servers that could have an admin address for it.
    pub kinds: Vec<&'static str>,
}

/// A server with an admin address.
pub struct Place {
    /// The kind of server: `postgres`.
    pub kind: &'static str,
    /// `db.example.org:5432`
    pub server: String,
    /// The environment whose admin address it is: this one, or one that it is based on.
    pub environment: String,
    /// Whether the level requires TLS, and the address does not.
    pub lacks_tls: bool,
}

/// What creating a resource of a kind would mean.
pub fn offer(hosted: &mut Hosted, visit: &AuthorizedAccess, resource: &str) -> Result<Offer> {
    let described = Described::read(hosted, &visit.project, &visit.environment)?;
    let level = described.level();
    let mut offer = Offer { level, is_declared: described.has_level, places: Vec::new(), kinds: Vec::new() };
    let mut platform = OwnPlatform::new(hosted, &visit.project, Behalf::Caller(visit));
    for kind in KINDS.iter().filter(|kind| kind.creates(resource)) {
        offer.kinds.push(kind.name);
        let found = admin::nearest(&mut platform, &described.project, &described.environment.name, kind);
        let Some((environment, admin)) = found.map_err(|error| platform.refusal(error))? else { continue };
        let address = admin.address();
        let host = if address.host.contains(':') { format!("[{}]", address.host) } else { address.host.to_owned() };
        offer.places.push(Place {
            kind: kind.name,
            server: format!("{host}:{}", address.port),
            environment: environment.to_string(),
            lacks_tls: level == Level::Full && !address.requires_tls,
        });
    }
    Ok(offer)
}
