//! The FHIR server of a client: where missing prefetch may be fetched from, and which of its addresses are let through.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A registered FHIR server. Nothing but what lies below its base is ever asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FhirAccess {
    base: Box<str>,
    ca: Option<Box<Path>>,
    addresses: Box<[AddressRange]>,
}

/// Why a FHIR server cannot be registered. Each names the setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FhirAccessFault {
    /// Tokens and health data in the clear.
    #[error("fhir_base: must begin with https://")]
    NotHttps,
    /// A password in a file of settings, or a host that only looks like one.
    #[error("fhir_base: must name no user; the access token of each request is used")]
    UserInfo,
    /// The rest of an address is made by the service.
    #[error("fhir_base: must end with the path of the FHIR server, without `?` and `#`")]
    QueryOrFragment,
    /// An address that two programs could read in two ways.
    #[error("fhir_base: write https://host[:port]/path with letters, digits, `-`, `.`, `_` and `~` only")]
    NotPlain,
    /// No network in CIDR notation.
    #[error("fhir_addresses: `{0}` is no network; write for example 10.0.0.0/8 or fd00::/8")]
    NoNetwork(String),
}

impl FhirAccess {
    /// Reads the settings `fhir_base`, `fhir_ca` and `fhir_addresses` of a client.
    ///
    /// # Errors
    /// All faults at once.
    pub fn parse(base: &str, ca: Option<PathBuf>, addresses: &[String]) -> Result<Self, Vec<FhirAccessFault>> {
        let mut faults = Vec::new();
        faults.extend(check_base(base).err());
        let mut ranges = Vec::new();
        for network in addresses {
            match network.parse() {
                Ok(range) => ranges.push(range),
                Err(fault) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            base: without_slash(base).into(),
            ca: ca.map(PathBuf::into_boxed_path),
            addresses: ranges.into_boxed_slice(),
        })
    }

    /// `https://host[:port]/path`, without a slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// PEM file of the authority that signed the server's certificate; none: the authorities that the machine trusts.
    #[must_use]
    pub fn ca(&self) -> Option<&Path> {
        self.ca.as_deref()
    }

    /// Networks that are contacted although they are not public.
    #[must_use]
    pub fn addresses(&self) -> &[AddressRange] {
        &self.addresses
    }

    /// Is this the registered server? Compared as text, but for a slash at the end (rule 30).
    #[must_use]
    pub fn is_base(&self, sent: &str) -> bool {
        without_slash(sent) == &*self.base
    }
}

fn without_slash(base: &str) -> &str {
    base.strip_suffix('/').unwrap_or(base)
}

fn check_base(base: &str) -> Result<(), FhirAccessFault> {
    let rest = base.strip_prefix("https://").ok_or(FhirAccessFault::NotHttps)?;
    if rest.contains('@') {
        return Err(FhirAccessFault::UserInfo);
    }
    if rest.contains(['?', '#']) {
        return Err(FhirAccessFault::QueryOrFragment);
    }
    let mut segments = without_slash(rest).split('/');
    let authority = segments.next().unwrap_or_default();
    let is_plain = |segment: &str| {
        let spelt = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        !matches!(segment, "" | "." | "..") && segment.bytes().all(spelt)
    };
    if is_authority(authority) && segments.all(is_plain) { Ok(()) } else { Err(FhirAccessFault::NotPlain) }
}

/// A host in lower case or an IP address, with or without a port.
fn is_authority(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host.parse::<Ipv6Addr>().is_ok(), port),
        None => {
            let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            (is_host(host), port)
        }
    };
    host && (port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok_and(|p| p > 0)))
}

/// What looks like a number is an address in four parts: `2130706433` and `0x7f.1` are loopback to some programs.
fn is_host(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let numeric = last.starts_with(|first: char| first.is_ascii_digit());
    let spelt = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    let is_name = host.bytes().all(spelt) && host.split('.').all(|label| !label.is_empty());
    if numeric { host.parse::<Ipv4Addr>().is_ok() } else { is_name }
}

/// Addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    network: IpAddr,
    bits: u8,
}

impl AddressRange {
    /// The IPv4 addresses that share the first `bits` bits of `network`.
    #[must_use]
    pub const fn v4(network: [u8; 4], bits: u8) -> Self {
        let [a, b, c, d] = network;
        Self { network: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), bits }
    }

    /// The IPv6 addresses that share the first `bits` bits of `network`.
    #[must_use]
    pub const fn v6(network: [u16; 8], bits: u8) -> Self {
        let [a, b, c, d, e, f, g, h] = network;
        Self { network: IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h)), bits }
    }

    /// Is `address` one of them? An IPv4 address is never in a range of IPv6, nor the other way round.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let rest = 32_u32.saturating_sub(self.bits.into());
                (network.to_bits() ^ address.to_bits()).checked_shr(rest).unwrap_or_default() == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let rest = 128_u32.saturating_sub(self.bits.into());
                (network.to_bits() ^ address.to_bits()).checked_shr(rest).unwrap_or_default() == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// `network/bits`. The bits behind the network are zero, and `/0` would be no list.
impl FromStr for AddressRange {
    type Err = FhirAccessFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || FhirAccessFault::NoNetwork(text.to_owned());
        let (network, bits) = text.split_once('/').ok_or_else(fault)?;
        let network: IpAddr = network.parse().map_err(|_| fault())?;
        let bits: u8 = bits.parse().map_err(|_| fault())?;
        let fits = match network {
            IpAddr::V4(v4) => (1..=32).contains(&bits) && v4.to_bits().trailing_zeros() >= 32 - u32::from(bits),
            IpAddr::V6(v6) => (1..=128).contains(&bits) && v6.to_bits().trailing_zeros() >= 128 - u32::from(bits),
        };
        if fits { Ok(Self { network, bits }) } else { Err(fault()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(base: &str) -> Option<FhirAccessFault> {
        FhirAccess::parse(base, None, &[]).err().and_then(|mut faults| faults.pop())
    }

    #[test]
    fn a_fhir_base_is_a_plain_https_address() {
        for base in [
            "https://fhir.example.org",
            "https://fhir.example.org/r4/",
            "https://fhir.example.org:8443/api/FHIR/R4",
            "https://10.1.2.3/fhir",
            "https://[fd00::1]:8443/fhir",
        ] {
            assert_eq!(fault(base), None, "{base}");
        }
        for (base, expected) in [
            ("http://fhir.example.org", FhirAccessFault::NotHttps),
            ("HTTPS://fhir.example.org", FhirAccessFault::NotHttps),
            ("fhir.example.org", FhirAccessFault::NotHttps),
            ("https://user:word@fhir.example.org", FhirAccessFault::UserInfo),
            ("https://fhir.example.org/r4?x=1", FhirAccessFault::QueryOrFragment),
            ("https://fhir.example.org/r4#x", FhirAccessFault::QueryOrFragment),
            ("https://", FhirAccessFault::NotPlain),
            ("https:///r4", FhirAccessFault::NotPlain),
            ("https://fhir.example.org/a/../b", FhirAccessFault::NotPlain),
            ("https://fhir.example.org/%2e%2e", FhirAccessFault::NotPlain),
            ("https://fhir.example.org\\r4", FhirAccessFault::NotPlain),
            ("https://fhir.example.org:0", FhirAccessFault::NotPlain),
            ("https://fhir.example.org:99999", FhirAccessFault::NotPlain),
            ("https://2130706433/r4", FhirAccessFault::NotPlain),
            ("https://0x7f.1/r4", FhirAccessFault::NotPlain),
            ("https://127.1/r4", FhirAccessFault::NotPlain),
            ("https://fhir..example.org", FhirAccessFault::NotPlain),
            ("https://FHIR.example.org", FhirAccessFault::NotPlain),
            ("https://fhir.example.org/r4 ", FhirAccessFault::NotPlain),
        ] {
            assert_eq!(fault(base), Some(expected), "{base}");
        }
    }

    #[test]
    fn the_server_of_a_request_is_the_registered_one_letter_for_letter_but_for_a_slash() {
        let access = FhirAccess::parse("https://fhir.example.org/r4/", None, &[]).unwrap();
        assert!(access.is_base("https://fhir.example.org/r4") && access.is_base("https://fhir.example.org/r4/"));
        for other in [
            "https://fhir.example.org/R4",
            "https://fhir.example.org/r4//",
            "https://fhir.example.org:443/r4",
            "http://fhir.example.org/r4",
            "https://fhir.example.org",
            " https://fhir.example.org/r4",
            "",
        ] {
            assert!(!access.is_base(other), "{other}");
        }
    }

    #[test]
    fn a_network_is_told_with_the_bits_that_count_and_no_others() {
        let range: AddressRange = "10.0.0.0/8".parse().unwrap();
        assert!(range.contains("10.255.1.2".parse().unwrap()) && !range.contains("11.0.0.0".parse().unwrap()));
        assert!(!range.contains("::ffff:10.0.0.1".parse().unwrap()));
        let range: AddressRange = "fd00::/8".parse().unwrap();
        assert!(range.contains("fdff::1".parse().unwrap()) && !range.contains("fe00::1".parse().unwrap()));
        let one: AddressRange = "192.168.7.9/32".parse().unwrap();
        assert!(one.contains("192.168.7.9".parse().unwrap()) && !one.contains("192.168.7.8".parse().unwrap()));
        for text in ["10.0.0.0", "10.0.0.1/8", "0.0.0.0/0", "::/0", "10.0.0.0/33", "10.0.0.0/-1", "x/8", "", "10/8"] {
            assert_eq!(text.parse::<AddressRange>(), Err(FhirAccessFault::NoNetwork(text.to_owned())));
        }
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let faults = FhirAccess::parse("http://x", None, &["a".to_owned(), "b".to_owned()]).unwrap_err();
        assert_eq!(faults.len(), 3);
    }
}
