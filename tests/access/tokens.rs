//! The matrix of tokens against the binary as a site runs it: all addresses of the machine, TLS, clients with their keys, a
//! role of the database that owns nothing. `make tokens` runs it on the release and prints the table.

use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::good;
use crate::harness::{REVIEW, Reply, bytes};
use crate::hostile::{self, Trap};
use crate::site::{Service, Site, binary, fresh_request};

/// The name in the certificate of the service.
const HOST: &str = "cds.example.org";

/// The service on all addresses of this machine, and the client's side of TLS.
struct Outside {
    site: Site,
    service: Service,
    tls: Arc<ClientConfig>,
}

impl Outside {
    fn start() -> Self {
        let site = Site::with("[tls]\ncertificate = \"tls.pem\"\nkey = \"tls.key\"\n");
        let made = rcgen::generate_simple_self_signed([HOST.to_owned()]).unwrap();
        let key = site.folder.path().join("tls.key");
        std::fs::write(site.folder.path().join("tls.pem"), made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        let service = site.start_with("0.0.0.0:0", "data");
        assert!(service.url.starts_with("https://0.0.0.0:"), "{}", service.url);
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(made.cert.pem().as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        Self { site, service, tls: Arc::new(tls.with_root_certificates(roots).with_no_client_auth()) }
    }

    /// A review with these lines of `Authorization`, over a connection of its own.
    fn review(&self, authorization: &[String]) -> Reply {
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(authorization.iter().map(|line| ("Authorization", &**line)));
        let connection = ClientConnection::new(Arc::clone(&self.tls), ServerName::try_from(HOST).unwrap()).unwrap();
        let mut stream = StreamOwned::new(connection, TcpStream::connect(self.service.address).unwrap());
        stream.write_all(&bytes("POST", REVIEW, &headers, fresh_request().as_bytes())).unwrap();
        Reply::read(&mut stream)
    }
}

/// What is wrong with a reply to somebody who does not belong here; `first` is the reply that all have to be.
fn fault_of_a_refusal(reply: &Reply, first: &mut Option<String>) -> Option<&'static str> {
    let challenges: Vec<&str> =
        reply.headers().iter().filter(|(name, _)| name == "www-authenticate").map(|(_, value)| &**value).collect();
    let whole = reply.all_but_date();
    if reply.status != 401 {
        Some("not a 401")
    } else if challenges != ["Bearer error=\"invalid_token\""] {
        Some("another challenge than the one")
    } else if *first.get_or_insert_with(|| whole.clone()) != whole {
        Some("a reply of its own, which tells the cause")
    } else {
        None
    }
}

#[test]
fn the_binary_as_a_site_runs_it_gives_every_hostile_token_the_same_401_and_answers_every_good_one() {
    let (outside, trap) = (Outside::start(), Trap::new());
    let (hostile, good) = (hostile::all(&trap), good::all());
    let mut faults = Vec::new();
    let mut row = |reply: &Reply, expected: u16, what: &str, fault: Option<&str>| {
        println!(
            "{:>3} {expected:>3}  {}  {what}",
            reply.status,
            if fault.is_none() { "as it should" } else { "WRONG       " }
        );
        faults.extend(fault.map(|fault| format!("{what}: {fault}")));
    };
    println!("tokens against {}\ngot due", binary().display());
    let mut first = None;
    for (what, lines) in &hostile {
        let reply = outside.review(lines);
        let fault = fault_of_a_refusal(&reply, &mut first);
        row(&reply, 401, what, fault);
    }
    for (what, authorization) in &good {
        let reply = outside.review(std::slice::from_ref(authorization));
        let is_durable = reply.status == 200 && reply.header("x-decision-record") == Some("durable");
        row(&reply, 200, what, (!is_durable).then_some("not answered, or not recorded"));
    }
    for (what, authorization) in &good {
        let reply = outside.review(std::slice::from_ref(authorization));
        let fault = fault_of_a_refusal(&reply, &mut first);
        row(&reply, 401, &format!("used for another request: {what}"), fault);
    }
    println!("{} hostile, {} good, {} used a second time", hostile.len(), good.len(), good.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(hostile.len() >= 60 && good.len() >= 15, "{} and {}", hostile.len(), good.len());
    assert_eq!(outside.site.number("SELECT count(*) FROM decision"), i64::try_from(good.len()).unwrap());
    assert_eq!(trap.visits(), 0, "nothing is fetched because a token says so");
    let log = std::fs::read_to_string(outside.site.log()).unwrap();
    assert!(log.contains("\"cause\":\"") && !log.contains("eyJ"), "the log says causes and holds no token");
}
