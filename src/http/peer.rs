//! The client at the other end of a TLS connection, as its certificate names it.
//!
//! The chain is verified in the handshake; here the names are taken out, once for each connection, so that what checks the
//! token can also check that the token belongs to this peer.

use std::any::Any;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustls::pki_types::CertificateDer;

/// Whose certificate was shown and verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    names: Vec<Box<str>>,
}

impl Peer {
    /// The peer of the connection that `request` came on. None: no certificate was asked for.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<&Self> {
        request.conn_data()
    }

    /// Is `host` one of the DNS names of the certificate? Letter case does not count; a wildcard names nobody.
    #[must_use]
    pub fn is(&self, host: &str) -> bool {
        self.names.iter().any(|name| name.eq_ignore_ascii_case(host))
    }

    /// One of this name, for tests.
    #[cfg(test)]
    pub(super) fn named(name: &str) -> Self {
        Self { names: vec![name.into()] }
    }

    /// A certificate that cannot be read has no names, so it is nobody's.
    fn from(certificate: &CertificateDer<'_>) -> Self {
        let names = webpki::EndEntityCert::try_from(certificate)
            .map(|certificate| certificate.valid_dns_names().map(Box::from).collect())
            .unwrap_or_default();
        Self { names }
    }
}

/// Keeps the peer of a new connection beside it.
pub(super) fn remember_peer(connection: &dyn Any, data: &mut Extensions) {
    let stream = connection.downcast_ref::<TlsStream<TcpStream>>();
    if let Some(certificate) = stream.and_then(|stream| stream.get_ref().1.peer_certificates()?.first()) {
        data.insert(Peer::from(certificate));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_who_its_certificate_names_and_nobody_else() {
        let names = vec!["ehr.example.org".to_owned(), "*.example.net".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let peer = Peer::from(made.cert.der());
        assert!(peer.is("ehr.example.org") && peer.is("EHR.example.org"));
        for other in ["example.org", "x.ehr.example.org", "a.example.net", "", "ehr.example.org.evil.example"] {
            assert!(!peer.is(other), "{other}");
        }
        assert!(!Peer::from(&CertificateDer::from(vec![1, 2, 3])).is("ehr.example.org"));
    }
}
