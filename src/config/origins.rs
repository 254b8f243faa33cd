//! Which pages in a browser may call the service (rule 58): exact origins, compared as text.

use super::fault::Fault;
use super::transport::{Mode, host, is_of_this_machine};

/// Origins that replies name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origins {
    /// Pages of this machine, on any port: the loopback mode, so that a sandbox in a browser works at once.
    of_this_machine: bool,
    named: Vec<Box<str>>,
}

impl Origins {
    /// What is allowed in `mode` where nothing is configured.
    #[must_use]
    pub fn of(mode: Mode) -> Self {
        Self { of_this_machine: mode == Mode::Loopback, named: Vec::new() }
    }

    /// The same, and these.
    pub(super) fn and(self, named: Vec<Box<str>>) -> Self {
        Self { named, ..self }
    }

    /// May a page of this origin read the reply?
    #[must_use]
    pub fn allow(&self, origin: &str) -> bool {
        self.named.iter().any(|named| **named == *origin) || (self.of_this_machine && is_on_this_machine(origin))
    }
}

/// `text` as a browser writes it into `Origin`: scheme, host in small letters, and a port where it is not the usual one.
/// `http` is for this machine only: any other page of it could be replaced on its way.
pub(super) fn exact(text: &str) -> Result<Box<str>, Fault> {
    let rest = text.strip_prefix("https://").or_else(|| {
        let rest = text.strip_prefix("http://")?;
        is_of_this_machine(host(rest)).then_some(rest)
    });
    let is_exact = rest.is_some_and(|rest| {
        let host = host(rest);
        let is_name = !host.is_empty()
            && host
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '[' | ']' | ':'));
        let port = &rest[host.len()..];
        is_name && (port.is_empty() || is_port(port))
    });
    is_exact.then(|| text.into()).ok_or_else(|| Fault::NoOrigin(text.to_owned()))
}

/// `http://localhost` or `http://127.0.0.1`, with or without a port.
fn is_on_this_machine(origin: &str) -> bool {
    let hosts = ["http://localhost", "http://127.0.0.1"];
    hosts.iter().filter_map(|host| origin.strip_prefix(host)).any(|rest| rest.is_empty() || is_port(rest))
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK_ALIKES: [&str; 12] = [
        "null",
        "",
        "*",
        "https://localhost",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost:",
        "http://localhost:80x",
        "http://localhost:99999",
        "http://localhost:+1",
        "http://localhost@evil.example",
        "http://evil.example",
    ];

    #[test]
    fn cdsh_r58_only_pages_of_this_machine_are_named_in_the_loopback_mode_and_none_outside() {
        for good in ["http://localhost", "http://localhost:3000", "http://127.0.0.1:8080", "http://127.0.0.1"] {
            assert!(Origins::of(Mode::Loopback).allow(good), "{good}");
            assert!(!Origins::of(Mode::Clients).allow(good), "{good}");
        }
        for bad in LOOK_ALIKES {
            assert!(!Origins::of(Mode::Loopback).allow(bad), "{bad}");
        }
    }

    #[test]
    fn cdsh_r58_a_configured_origin_is_compared_byte_for_byte() {
        let origins = Origins::of(Mode::Clients).and(vec![exact("https://ehr.example.org:8443").unwrap()]);
        assert!(origins.allow("https://ehr.example.org:8443"));
        for other in
            ["https://ehr.example.org", "https://EHR.example.org:8443", "https://ehr.example.org:8443/", "null", "*"]
        {
            assert!(!origins.allow(other), "{other}");
        }
    }

    #[test]
    fn cdsh_r58_what_is_no_exact_origin_is_not_accepted_in_the_configuration() {
        for good in ["https://ehr.example.org", "https://ehr.example.org:8443", "http://localhost:4000"] {
            assert_eq!(&*exact(good).unwrap(), good);
        }
        for bad in [
            "*",
            "null",
            "",
            "https://*.example.org",
            "https://ehr.example.org/",
            "https://ehr.example.org/x",
            "https://EHR.example.org",
            "http://ehr.example.org",
            "https://ehr.example.org:",
            "https://user@ehr.example.org",
            "ehr.example.org",
        ] {
            assert!(exact(bad).is_err(), "{bad}");
        }
    }
}
