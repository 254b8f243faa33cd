//! Where the public keys of a client come from: a file, or an https address. Addresses inside a network are called only where
//! the site has opened it for this client.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::fhir_access::AddressRange;
use super::outside::{NotOutside, outside};
use super::reachable::may_be_contacted;

/// Where a key set comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A file, looked at again every few minutes.
    File(PathBuf),
    /// An https address.
    Url(KeyServer),
}

/// A server that publishes a key set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyServer {
    /// The whole address.
    pub url: reqwest::Url,
    /// PEM file of the authority that signed the server's certificate; none: the authorities that the machine trusts.
    pub ca: Option<PathBuf>,
    /// Networks that are contacted although they are not public.
    pub addresses: Vec<AddressRange>,
}

/// Why a key set cannot be had. Each names the setting.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySourceFault {
    /// A key file that cannot be read.
    #[error("jwks: {path}: {cause}", path = path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::ErrorKind,
    },
    /// An address that is never fetched from.
    #[error("jwks: {0}")]
    Address(NotOutside),
    /// No network in CIDR notation.
    #[error("jwks_addresses: `{0}` is no network; write for example 10.0.0.0/8 or fd00::/8")]
    NoNetwork(String),
    /// Settings of a server where a file is named.
    #[error("{0}: only where jwks is an https address")]
    NoServer(&'static str),
}

impl KeySource {
    /// Reads the settings `jwks`, `jwks_ca` and `jwks_addresses` of a client, whose files are meant from `folder`.
    ///
    /// # Errors
    /// All faults at once.
    pub(super) fn parse(
        jwks: &str,
        ca: Option<PathBuf>,
        addresses: &[String],
        folder: &Path,
    ) -> Result<Self, Vec<KeySourceFault>> {
        let mut faults = Vec::new();
        let mut opened: Vec<AddressRange> = Vec::new();
        for network in addresses {
            match network.parse() {
                Ok(range) => opened.push(range),
                Err(_) => faults.push(KeySourceFault::NoNetwork(network.clone())),
            }
        }
        let source = if jwks.contains("://") {
            let url = server(jwks, &opened).map_err(KeySourceFault::Address);
            let ca = ca.map(|file| folder.join(file));
            url.map(|url| Self::Url(KeyServer { url, ca, addresses: opened }))
        } else {
            faults.extend(ca.map(|_| KeySourceFault::NoServer("jwks_ca")));
            faults.extend((!addresses.is_empty()).then_some(KeySourceFault::NoServer("jwks_addresses")));
            let path = folder.join(jwks);
            match std::fs::File::open(&path) {
                Ok(_) => Ok(Self::File(path)),
                Err(error) => Err(KeySourceFault::KeyFile { path, cause: error.kind() }),
            }
        };
        match source {
            Ok(source) if faults.is_empty() => Ok(source),
            Ok(_) => Err(faults),
            Err(fault) => Err(std::iter::once(fault).chain(faults).collect()),
        }
    }
}

/// A plain https address. Where networks are opened its host may be a name of the inside; what that name leads to is looked
/// at when it is fetched from.
fn server(text: &str, opened: &[AddressRange]) -> Result<reqwest::Url, NotOutside> {
    match outside(text) {
        Err(NotOutside::Private) if !opened.is_empty() => {
            let url = reqwest::Url::parse(text).map_err(|_| NotOutside::NotPlain)?;
            let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
            let is_closed = host.parse::<IpAddr>().is_ok_and(|address| !may_be_contacted(address, opened));
            if is_closed { Err(NotOutside::Private) } else { Ok(url) }
        }
        read => read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(jwks: &str, ca: Option<&str>, addresses: &[&str]) -> Vec<String> {
        let addresses: Vec<String> = addresses.iter().map(|one| (*one).to_owned()).collect();
        let read = KeySource::parse(jwks, ca.map(PathBuf::from), &addresses, Path::new("/nonexistent"));
        read.err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_key_server_inside_is_called_only_where_its_network_is_opened() {
        let told = ["jwks: names this machine or a private network"];
        for inside in ["https://10.1.2.3/keys", "https://ehr.internal/keys", "https://localhost/keys"] {
            assert_eq!(faults(inside, None, &[]), told, "{inside}");
            assert_eq!(faults(inside, None, &["10.0.0.0/8"]), [""; 0], "{inside}");
        }
        for elsewhere in ["https://192.168.1.1/keys", "https://169.254.169.254/keys", "https://[::1]/keys"] {
            assert_eq!(faults(elsewhere, None, &["10.0.0.0/8", "169.254.0.0/16"]), told, "{elsewhere}");
        }
        assert_eq!(faults("http://10.1.2.3/keys", None, &["10.0.0.0/8"]), ["jwks: must begin with https://"]);
        assert_eq!(faults("https://u@10.1.2.3/keys", None, &["10.0.0.0/8"]), ["jwks: is no plain https URL"]);
    }

    #[test]
    fn settings_of_a_server_beside_a_file_and_networks_that_are_none_are_told_at_once() {
        assert_eq!(
            faults("keys.json", Some("ca.pem"), &["10.0.0.1/8"]),
            [
                "jwks: /nonexistent/keys.json: entity not found",
                "jwks_addresses: `10.0.0.1/8` is no network; write for example 10.0.0.0/8 or fd00::/8",
                "jwks_ca: only where jwks is an https address",
                "jwks_addresses: only where jwks is an https address",
            ]
        );
        assert_eq!(
            KeySource::parse("https://ehr.example.org/keys", Some("ca.pem".into()), &[], Path::new("/etc/herald")),
            Ok(KeySource::Url(KeyServer {
                url: "https://ehr.example.org/keys".parse().unwrap(),
                ca: Some("/etc/herald/ca.pem".into()),
                addresses: Vec::new()
            }))
        );
    }
}
