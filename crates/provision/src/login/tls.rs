//! How a login is encrypted.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use takk_database::{AddressError, client_config};

use super::NotReady;

/// TLS of a login.
#[derive(Clone, Debug)]
pub struct Tls {
    config: Arc<ClientConfig>,
    is_required: bool,
}

impl Tls {
    /// If the server offers it. Nothing is verified: whoever can keep the server from offering it needs no forged certificate.
    pub fn preferred() -> Result<Self, NotReady> {
        Self::new(false, None, false)
    }

    /// To a server that signed its own certificate, such as one that was just created: protects against eavesdropping only.
    pub fn unverified() -> Result<Self, NotReady> {
        Self::new(false, None, true)
    }

    /// To a server whose certificate one of the authorities in the file `roots` signed, else one of those that browsers trust.
    pub fn verified(roots: Option<&str>) -> Result<Self, NotReady> {
        Self::new(true, roots, true)
    }

    fn new(is_verified: bool, roots: Option<&str>, is_required: bool) -> Result<Self, NotReady> {
        let config = client_config(is_verified, roots).map_err(|error| {
            NotReady::OtherServer(match error {
                AddressError::File { source, .. } => format!("cannot use the file of its certificate authorities: {source}"),
                AddressError::Invalid { why } => why,
            })
        })?;
        Ok(Self { config: Arc::new(config), is_required })
    }

    /// Whether there is no login without it.
    pub(super) fn is_required(&self) -> bool {
        self.is_required
    }

    pub(crate) fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }
}

/// The name that a certificate has to have.
pub(super) fn name_of(host: &str) -> Result<ServerName<'static>, NotReady> {
    ServerName::try_from(host.to_owned()).map_err(|_| NotReady::OtherServer("TLS: the host is not a valid name".to_owned()))
}

/// A server without the TLS that is required.
pub(super) fn not_offered() -> NotReady {
    NotReady::OtherServer("the server does not offer TLS".to_owned())
}
