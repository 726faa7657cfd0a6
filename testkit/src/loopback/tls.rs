//! A certificate authority of one test: a self-signed certificate for 127.0.0.1, because `az`
//! speaks nothing but HTTPS and checks the name.

use std::sync::Arc;

use anyhow::{Context, Result};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// A self-signed certificate with the subject alternative names 127.0.0.1 and localhost.
#[derive(Debug)]
pub struct Certificate {
    pem: String,
    der: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Certificate {
    /// Makes a fresh one.
    pub fn new() -> Result<Self> {
        let made = rcgen::generate_simple_self_signed(vec![
            "127.0.0.1".to_owned(),
            "localhost".to_owned(),
        ])
        .context("cannot make a self-signed certificate")?;
        Ok(Self {
            pem: made.cert.pem(),
            der: made.cert.der().clone(),
            key: made.signing_key.serialize_der(),
        })
    }

    /// The certificate in PEM, to be named in `REQUESTS_CA_BUNDLE`.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The configuration of a server that shows this certificate.
    pub(crate) fn server(&self) -> Result<Arc<rustls::ServerConfig>> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()));
        let mut config = rustls::ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .context("no TLS version")?
            .with_no_client_auth()
            .with_single_cert(vec![self.der.clone()], key)
            .context("the certificate does not fit its key")?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// The configuration of a client that trusts this certificate and no other.
    pub(crate) fn client(&self) -> Result<Arc<rustls::ClientConfig>> {
        let mut roots = rustls::RootCertStore::empty();
        roots
            .add(self.der.clone())
            .context("the certificate is no trust anchor")?;
        Ok(Arc::new(
            rustls::ClientConfig::builder_with_provider(provider())
                .with_safe_default_protocol_versions()
                .context("no TLS version")?
                .with_root_certificates(roots)
                .with_no_client_auth(),
        ))
    }
}

/// The provider is named at each use, so that no process-wide default has to be installed.
fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
