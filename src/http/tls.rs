//! TLS where the service ends it itself: rustls with the aws-lc provider, TLS 1.2 and 1.3, certificates from PEM files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};

use super::certificate;
use crate::config::TlsFiles;
use crate::secret::{self, SecretFileError};

/// What the listener needs for its handshakes.
#[derive(Debug, Clone)]
pub struct Tls(ServerConfig);

/// Why TLS cannot be served. Each names its setting.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// No certificate could be read.
    #[error("tls.{setting}: {path} holds no PEM certificate that can be read", path = path.display())]
    Certificate {
        /// The setting that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// Others can read the key, or nobody can.
    #[error("tls.key: {0}")]
    KeyFile(#[from] SecretFileError),
    /// The file holds no key.
    #[error("tls.key: {path} holds no PEM private key", path = .0.display())]
    Key(PathBuf),
    /// Key and certificate are of two pairs, or of a kind that is not served.
    #[error("tls: certificate and key cannot be used together: {0}")]
    Pair(rustls::Error),
    /// The roots cannot be used to verify clients.
    #[error("tls.client_ca: {path} holds no root that clients can be verified with", path = .0.display())]
    Roots(PathBuf),
}

impl Tls {
    /// Reads the files and makes sure that they fit together.
    ///
    /// # Errors
    /// See [`TlsError`].
    pub fn load(files: &TlsFiles) -> Result<Self, TlsError> {
        let chain = certificates("certificate", &files.certificate)?;
        let key = secret::read(&files.key)?;
        let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| TlsError::Key(files.key.clone()))?;
        let building = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(TlsError::Pair)?;
        let building = match &files.client_ca {
            None => building.with_no_client_auth(),
            Some(path) => building.with_client_cert_verifier(verifier(path)?),
        };
        Ok(Self(building.with_single_cert(chain, key).map_err(TlsError::Pair)?))
    }

    pub(super) fn into_config(self) -> ServerConfig {
        self.0
    }
}

/// Clients must show a certificate of one of these roots.
fn verifier(path: &Path) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for root in certificates("client_ca", path)? {
        roots.add(root).map_err(|_| TlsError::Roots(path.to_owned()))?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(aws_lc_rs::default_provider()))
        .build()
        .map_err(|_| TlsError::Roots(path.to_owned()))
}

/// Until when the certificate of the service may be used; none if that cannot be read.
#[must_use]
pub fn certificate_end(files: &TlsFiles) -> Option<Timestamp> {
    let chain = certificates("certificate", &files.certificate).ok()?;
    certificate::end(chain.first()?)
}

fn certificates(setting: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unreadable = || TlsError::Certificate { setting, path: path.to_owned() };
    let found = CertificateDer::pem_file_iter(path).map_err(|_| unreadable())?;
    let found: Vec<_> = found.collect::<Result<_, _>>().map_err(|_| unreadable())?;
    if found.is_empty() { Err(unreadable()) } else { Ok(found) }
}
