//! Which addresses may be contacted: public ones, and those of networks that the site has named.

use std::net::IpAddr;

use super::fhir_access::AddressRange;
use super::outside::is_public;

/// Never contacted, whatever a site opens: nobody's, everybody's, IPv4 in disguise, and what hands out the keys of a
/// machine in a cloud.
const NEVER: [AddressRange; 9] = [
    AddressRange::v4([0, 0, 0, 0], 32),
    AddressRange::v4([224, 0, 0, 0], 3),
    AddressRange::v4([169, 254, 169, 254], 32),
    AddressRange::v4([100, 100, 100, 200], 32),
    AddressRange::v4([168, 63, 129, 16], 32),
    AddressRange::v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96),
    AddressRange::v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128),
    AddressRange::v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8),
    AddressRange::v6([0, 0, 0, 0, 0, 0, 0, 0], 128),
];

/// May `address` be contacted by a client whose site opened the networks `opened`?
#[must_use]
pub fn may_be_contacted(address: IpAddr, opened: &[AddressRange]) -> bool {
    let lies_in = |ranges: &[AddressRange]| ranges.iter().any(|range| range.contains(address));
    !lies_in(&NEVER) && (is_public(address) || lies_in(opened))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contacted(address: &str, opened: &[&str]) -> bool {
        let opened: Vec<AddressRange> = opened.iter().map(|network| network.parse().unwrap()).collect();
        may_be_contacted(address.parse().unwrap(), &opened)
    }

    const INSIDE: [&str; 34] = [
        "0.0.0.1",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.1.2.3",
        "169.254.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "::1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:10::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
    ];

    #[test]
    fn addresses_inside_a_network_are_refused_until_the_site_opens_it() {
        for address in INSIDE {
            assert!(!contacted(address, &[]), "{address}");
        }
        for public in ["1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "9.9.9.9", "2600::1", "2a00:1450::1"] {
            assert!(contacted(public, &[]), "{public}");
        }
        assert!(contacted("10.1.2.3", &["10.0.0.0/8"]) && !contacted("192.168.1.1", &["10.0.0.0/8"]));
        assert!(contacted("fd12::1", &["10.0.0.0/8", "fd00::/8"]));
    }

    #[test]
    fn what_hands_out_the_keys_of_a_cloud_and_what_is_nobodys_is_refused_whatever_is_opened() {
        for address in [
            "0.0.0.0",
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:8.8.8.8",
            "fd00:ec2::254",
            "ff02::1",
        ] {
            assert!(!contacted(address, &["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"]), "{address}");
        }
    }
}
