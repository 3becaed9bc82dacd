//! TLS to a database, with or without verifying the certificate.

use std::error::Error as _;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::address_error::AddressError;

/// The cause of an error, as reported by the library that found it.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What can be wrong with the TLS of a database.
#[derive(Debug)]
pub enum Trouble {
    /// The certificate is not trusted, or the TLS versions do not match.
    Untrusted(Cause),
    /// TLS is required, and the server does not support it.
    Unencrypted,
}

/// Creates TLS connections to PostgreSQL. Verifies certificates against the authorities in the file `roots`, or else against
/// those that browsers trust.
pub(super) fn connector(is_verified: bool, roots: Option<&str>) -> Result<MakeRustlsConnect, AddressError> {
    client_config(is_verified, roots).map(MakeRustlsConnect::new)
}

/// How TLS is used. Certificates are verified against the authorities in the file `roots`, else against those that browsers know.
pub fn client_config(is_verified: bool, roots: Option<&str>) -> Result<ClientConfig, AddressError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().expect("ring has what TLS 1.2 and 1.3 need");
    Ok(if is_verified {
        builder.with_root_certificates(authorities(roots)?).with_no_client_auth()
    } else {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Unverified(provider))).with_no_client_auth()
    })
}

fn authorities(roots: Option<&str>) -> Result<RootCertStore, AddressError> {
    let Some(file) = roots else {
        return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    };
    let failed = |source| AddressError::File { path: Path::new(file).to_owned(), source };
    let text = takk_files::given(Path::new(file), takk_files::MOST_OF_KEYS).map_err(failed)?;
    let mut store = RootCertStore::empty();
    let certificates = CertificateDer::pem_slice_iter(&text).filter_map(std::result::Result::ok);
    let (added, _) = store.add_parsable_certificates(certificates);
    if added == 0 { Err(failed(std::io::Error::from(std::io::ErrorKind::InvalidData))) } else { Ok(store) }
}

/// What is wrong with TLS, if an error of the database is about that.
pub fn trouble(error: &postgres::Error) -> Option<Trouble> {
    let source = error.source()?;
    // The rustls error is inside of the connection error, but is not its `source`.
    if let Some(inner) = source.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        return inner.is::<Error>().then(|| Trouble::Untrusted(inner.to_string().into()));
    }
    source.to_string().contains("does not support TLS").then_some(Trouble::Unencrypted)
}

/// Accepts every certificate, as libpq does for `sslmode=require`: this protects against eavesdropping, but not against an active attacker.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
