//! Which addresses the service may fetch something from: public ones, over https.
//!
//! A configuration that names an address inside the house would make Herald knock there for whoever wrote the file, and a
//! name server may turn a public name into such an address later. So both are looked at: the text here, the address at
//! every fetch.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not fetched from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOutside {
    /// No URL, or one with a user, a password or a fragment in it.
    #[error("is no plain https URL")]
    NotPlain,
    /// Another scheme.
    #[error("must begin with https://")]
    NotHttps,
    /// It names this machine or a private network.
    #[error("names this machine or a private network")]
    Private,
}

/// Reads an https URL that does not itself name a place inside. Its host may still resolve to one: see [`is_public`].
///
/// # Errors
/// [`NotOutside`].
pub fn outside(text: &str) -> Result<reqwest::Url, NotOutside> {
    let url = reqwest::Url::parse(text).map_err(|_| NotOutside::NotPlain)?;
    if url.scheme() != "https" {
        return Err(NotOutside::NotHttps);
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(NotOutside::NotPlain);
    }
    let host = url.host_str().ok_or(NotOutside::NotPlain)?;
    // Brackets stand around an IPv6 address; `0x7f.1` and the like were made plain when the URL was read.
    let is_inside = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => !is_public(address),
        Err(_) => is_name_of_the_inside(host),
    };
    if is_inside { Err(NotOutside::Private) } else { Ok(url) }
}

fn is_name_of_the_inside(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    !host.contains('.')
        || [".localhost", ".local", ".internal", ".home.arpa"].iter().any(|inside| host.ends_with(inside))
}

/// Is this an address of the public network? Loopback, private, link-local (cloud metadata among them), carrier-grade NAT,
/// unique-local, documentation, benchmark, multicast and reserved ranges are not, nor is anything that wraps one of them.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_inside = address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !is_inside
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Of the whole space only 2000::/3 is in public use; what lies outside it is loopback, mapped, local or multicast.
    let is_global = segments[0] & 0xe000 == 0x2000;
    let is_wrapping_or_reserved = matches!(segments, [0x2001, 0x0000..=0x01ff, ..] | [0x2001, 0x0db8, ..])
        || segments[0] == 0x2002
        || matches!(segments, [0x3fff, 0x0000..=0x0fff, ..]);
    is_global && !is_wrapping_or_reserved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_set_is_never_fetched_from_this_machine_or_a_private_network_however_its_address_is_written() {
        for url in [
            "https://127.0.0.1/keys",
            "https://127.1/keys",
            "https://2130706433/keys",
            "https://0x7f000001/keys",
            "https://0177.0.0.1/keys",
            "https://10.1.2.3/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://198.18.0.1/",
            "https://192.0.0.192/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fc00::1]/",
            "https://[fd12:3456::1]/",
            "https://[fe80::1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:db8::1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[ff02::1]/",
            "https://localhost/",
            "https://localhost./",
            "https://LOCALHOST/",
            "https://ehr.localhost/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://intranet/",
        ] {
            assert_eq!(outside(url).err(), Some(NotOutside::Private), "{url}");
        }
    }

    #[test]
    fn only_plain_https_is_fetched() {
        for url in ["http://ehr.example.org/", "ftp://ehr.example.org/", "file:///etc/passwd", "gopher://x.example/"] {
            assert_eq!(outside(url).err(), Some(NotOutside::NotHttps), "{url}");
        }
        for url in [
            "",
            "ehr.example.org",
            "https://",
            "https://user@ehr.example.org/",
            "https://a:b@x.example/",
            "https://x.example/#a",
        ] {
            assert_eq!(outside(url).err(), Some(NotOutside::NotPlain), "{url}");
        }
        for url in [
            "https://ehr.example.org/keys.json",
            "https://ehr.example.org:8443/",
            "https://8.8.8.8/",
            "https://[2600::1]/",
        ] {
            assert!(outside(url).is_ok(), "{url}");
        }
    }
}
