//! The one cryptographic library of the process.

/// Makes aws-lc the provider of tokens and of TLS. Called first of all: with two libraries in a build, each of them would
/// otherwise end the process at its first use. Calling it again changes nothing.
pub fn install_crypto() {
    // An error means that one is installed already, and this is the only place that installs any.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
