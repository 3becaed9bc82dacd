//! TLS of a check: encrypted without authentication, as to a server that signed its own certificate when it started, or verified against the
//! public certificate authorities.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::NotReady;

/// Accepts every certificate: no authority signs that of a server that was just created. An attacker who could present a forged one would
/// have to listen on its port, and would learn the password from every other check as well.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// How a check uses TLS, where the address says so.
#[derive(Clone)]
pub(super) struct Security {
    pub config: Arc<ClientConfig>,
    pub name: ServerName<'static>,
    /// Whether it ends if the server has no TLS.
    pub is_required: bool,
}

/// The server has no TLS, and its address requires it.
pub(super) fn not_offered() -> NotReady {
    NotReady::Refused("it does not offer TLS, which the address requires".to_owned())
}

/// Verifies certificates.
pub(super) fn verified() -> Result<Arc<ClientConfig>, NotReady> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| NotReady::OtherServer(error.to_string()))?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// Accepts every certificate.
pub(super) fn config() -> Result<Arc<ClientConfig>, NotReady> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| NotReady::OtherServer(error.to_string()))?;
    let config = config.dangerous().with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)));
    Ok(Arc::new(config.with_no_client_auth()))
}

pub(super) fn name_of(host: &str) -> Result<ServerName<'static>, NotReady> {
    ServerName::try_from(host.to_owned()).map_err(|_| NotReady::NoAnswer("the host is no name".to_owned()))
}
