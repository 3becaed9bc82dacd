//! TLS to servers that exist: their certificates are verified against the authorities in a file, else against those that browsers know.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use takk_model::error::{Error, Result};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// The certificates in a PEM file.
pub(super) fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>> {
    let message = format!("cannot use the certificates in `{file}`");
    let hint = "`cacertfile` names a file: -----BEGIN CERTIFICATE-----";
    let text = takk_files::given(Path::new(file), takk_files::MOST_OF_KEYS)
        .map_err(|error| Error::usage(message.clone()).caused_by(error).hint(hint))?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&text).filter_map(std::result::Result::ok).collect();
    if found.is_empty() { Err(Error::usage(format!("{message}: there are none")).hint(hint)) } else { Ok(found) }
}

/// For requests over HTTPS.
pub(super) fn of_http(roots: Option<&str>) -> Result<TlsConfig> {
    let Some(file) = roots else { return Ok(TlsConfig::default()) };
    let found = certificates(file)?.iter().map(|one| Certificate::from_der(one).to_owned()).collect();
    Ok(TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(found))).build())
}

/// What is wrong with TLS, if that is what a failed connection is about.
pub(super) fn trouble(error: &io::Error) -> Option<String> {
    let mut source: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|inner| inner as _);
    while let Some(inner) = source {
        if let Some(error) = inner.downcast_ref::<rustls::Error>() {
            return Some(error.to_string());
        }
        source = inner.source();
    }
    None
}
