//! Addresses that a request or a Bundle names: none of them leads anywhere but to the registered server, below its base.

use std::sync::atomic::Ordering;

use serde_json::json;

use crate::fhir_server::{FhirServer, Trap};
use crate::harness::REVIEW;
use crate::site::{chart, herald, may_be_incomplete, request, whole_prefetch, with_next};

/// Addresses that try to lead elsewhere. `{trap}` is the port of the trap, `{port}` that of the registered server.
const ELSEWHERE: &[&str] = &[
    // another origin
    "https://localhost:{trap}/fhir/Observation?page=2",
    "https://127.0.0.1:{trap}/fhir/Observation?page=2",
    "https://127.0.0.1:{port}/fhir/Observation?page=2",
    "https://[::1]:{port}/fhir/Observation?page=2",
    "https://[::ffff:127.0.0.1]:{port}/fhir/Observation?page=2",
    "https://localhost/fhir/Observation?page=2",
    "https://localhost.:{port}/fhir/Observation?page=2",
    "https://localhost.evil.example:{port}/fhir?page=2",
    "https://evil.example/fhir/Observation?page=2",
    "https://evil.example:{port}/fhir/Observation?page=2",
    "https://2130706433:{trap}/fhir?page=2",
    "https://0x7f000001:{trap}/fhir?page=2",
    "https://0177.0.0.1:{trap}/fhir?page=2",
    "https://127.1:{trap}/fhir?page=2",
    "https://0:{trap}/fhir?page=2",
    "https://169.254.169.254/fhir?page=2",
    "https://metadata.google.internal/fhir?page=2",
    "//localhost:{trap}/fhir?page=2",
    "//evil.example/fhir?page=2",
    "https:\\\\localhost:{trap}\\fhir?page=2",
    "\\\\localhost:{trap}\\fhir?page=2",
    "https:/\\localhost:{trap}/fhir?page=2",
    // another scheme
    "http://localhost:{port}/fhir/Observation?page=2",
    "http://localhost:{trap}/fhir/Observation?page=2",
    "ftp://localhost:{trap}/fhir?page=2",
    "gopher://localhost:{trap}/_x",
    "ws://localhost:{trap}/fhir?page=2",
    "wss://localhost:{trap}/fhir?page=2",
    "file:///etc/passwd",
    "data:application/fhir+json,{}",
    "javascript:alert(1)",
    "unix:/run/docker.sock",
    "jar:https://localhost:{trap}/!/fhir",
    // a user that looks like a host
    "https://localhost:{port}@localhost:{trap}/fhir?page=2",
    "https://localhost@localhost:{trap}/fhir?page=2",
    "https://user:word@localhost:{port}/fhir?page=2",
    "https://user@localhost:{port}/fhir/Observation?page=2",
    "https://@localhost:{trap}/fhir?page=2",
    "https://localhost:{port}\\@localhost:{trap}/fhir?page=2",
    "https://localhost:{port}#@localhost:{trap}/fhir?page=2",
    "https://localhost:{trap}#@localhost:{port}/fhir?page=2",
    "https://localhost:{trap}?@localhost:{port}/fhir?page=2",
    "https://localhost:{trap}\\localhost:{port}/fhir?page=2",
    // out of the path
    "https://localhost:{port}/admin?page=2",
    "https://localhost:{port}/fhirevil/Observation?page=2",
    "https://localhost:{port}/FHIR/Observation?page=2",
    "https://localhost:{port}/fhir/../admin?page=2",
    "https://localhost:{port}/fhir/./../admin?page=2",
    "https://localhost:{port}/fhir/%2e%2e/admin?page=2",
    "https://localhost:{port}/fhir/.%2E/admin?page=2",
    "https://localhost:{port}/fhir/..%2fadmin?page=2",
    "https://localhost:{port}/fhir/%252e%252e/admin?page=2",
    "https://localhost:{port}/fhir/..;/admin?page=2",
    "https://localhost:{port}/fhir/..\\admin?page=2",
    "https://localhost:{port}/fhir\\..\\admin?page=2",
    "/admin?page=2",
    "../admin?page=2",
    "https:../admin?page=2",
    // what is no address, or two
    "https://localhost:{port}/fhir?page=2\r\nX-Evil: 1",
    "https://localhost:{port}/fhir?page=2\t",
    " https://localhost:{trap}/fhir?page=2",
    "ht\ntps://localhost:{trap}/fhir?page=2",
    "https://local\u{0}host:{trap}/fhir?page=2",
    "https://ⓛocalhost:{trap}/fhir?page=2",
    "https://localhost:{port}/fhir?page=2#x",
    "https://localhost:99999/fhir?page=2",
    "https://",
    "",
];

#[test]
fn no_next_link_and_no_fhir_server_leads_anywhere_but_below_the_registered_base() {
    assert!(ELSEWHERE.len() > 60);
    let (server, trap) = (FhirServer::with_chart(chart()), Trap::set());
    let herald = herald(&server);
    for address in ELSEWHERE {
        let address = address.replace("{trap}", &trap.port.to_string()).replace("{port}", &server.port.to_string());

        let mut paged = request(&server.base());
        paged["prefetch"] = whole_prefetch(&chart());
        paged["prefetch"]["her2"] = with_next(chart()["her2"].clone(), &address);
        let reply = herald.post(REVIEW, paged.to_string());
        assert!(may_be_incomplete(&reply), "{address}");

        let lost = herald.post(REVIEW, request(&address).to_string());
        assert!(matches!(lost.status, 400 | 412), "{} for {address}", lost.status);
        trap.assert_untouched(&address);
        assert_eq!(server.connections.load(Ordering::Relaxed), 0, "{address}");
    }
}

#[test]
fn a_link_that_is_told_twice_or_holds_two_addresses_is_not_followed() {
    let server = FhirServer::with_chart(chart());
    let herald = herald(&server);
    let next = format!("{}?page=2", server.base());
    for link in [
        json!([{"relation": "next", "url": next}, {"relation": "next", "url": next}]),
        json!([{"relation": "next"}]),
        json!([{"relation": "next", "url": [next]}]),
        json!([{"relation": ["next"], "url": next}]),
        json!({"relation": "next", "url": next}),
    ] {
        let mut paged = request(&server.base());
        paged["prefetch"] = whole_prefetch(&chart());
        paged["prefetch"]["her2"]["link"] = link.clone();
        let reply = herald.post(REVIEW, paged.to_string());
        assert!(may_be_incomplete(&reply), "{link}");
        assert_eq!(server.connections.load(Ordering::Relaxed), 0, "{link}");
    }
}

#[test]
fn a_patient_id_that_would_climb_out_of_the_base_is_never_asked_for() {
    let server = FhirServer::with_chart(chart());
    let herald = herald(&server);
    for id in ["..", ".", "Patient/.."] {
        let mut request = request(&server.base());
        request["context"]["patientId"] = json!(id);
        herald.post(REVIEW, request.to_string()).refuses(412);
    }
    assert_eq!(server.connections.load(Ordering::Relaxed), 0);
}
