//! Keys that a client publishes at an https address, fetched by the real binary from a server of the test's own. It lies on
//! this machine, so the site opens that network for the client and names the server's authority.

use std::io::{Error, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::fhir_server::{Asked, FhirServer as Server, Trap, answer, with_body};
use crate::harness::{REVIEW, Reply};
use crate::keys::{KEYS, Key, MAIN, claims, elliptic};
use crate::site::{Service, Site, fresh_request, herald};

/// What the server says at the moment.
#[derive(Clone)]
enum Says {
    Keys(Vec<serde_json::Value>),
    /// This answer, byte for byte.
    Bytes(Vec<u8>),
    /// It breaks every connection off.
    Nothing,
}

struct KeyServer {
    server: Server,
    says: Arc<Mutex<Says>>,
}

impl KeyServer {
    fn start(says: Says) -> Self {
        let says = Arc::new(Mutex::new(says));
        let now = Arc::clone(&says);
        let answering = move |_: &Asked, out: &mut dyn Write| match &*now.lock().unwrap() {
            Says::Keys(keys) => out.write_all(&answer("200 OK", "application/json", &json!({"keys": keys}))),
            Says::Bytes(bytes) => out.write_all(bytes),
            Says::Nothing => Err(Error::other("down")),
        };
        Self { server: Server::start(answering), says }
    }

    fn with(keys: &[&Key]) -> Self {
        Self::start(publishing(keys))
    }

    fn now(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    fn url(&self) -> String {
        format!("https://localhost:{}/keys.json", self.server.port)
    }

    /// A site whose main client has its keys here, with the authority of `authority`.
    fn site(&self, authority: &Server) -> Site {
        let (url, ca) = (self.url(), authority.ca());
        let opened = r#"["127.0.0.0/8", "::1/128"]"#;
        let ca = ca.display();
        Site::with_keys(&format!("jwks = \"{url}\"\njwks_ca = \"{ca}\"\njwks_addresses = {opened}"), "")
    }

    fn questions(&self) -> usize {
        self.server.asked().len()
    }
}

fn publishing(keys: &[&Key]) -> Says {
    Says::Keys(keys.iter().map(|key| key.public()).collect())
}

/// A review with a fresh token of this key.
fn review(service: &Service, key: &Key) -> Reply {
    service.post(REVIEW, &format!("Bearer {}", key.token(&claims(MAIN, REVIEW))), fresh_request())
}

/// Reviews until one is answered: a server that was down is asked again after a pause.
#[track_caller]
fn until_answered(service: &Service, key: &Key) {
    let answered = (0..600).any(|_| {
        let reply = review(service, key);
        if reply.status != 200 {
            std::thread::sleep(Duration::from_millis(50));
        }
        reply.status == 200
    });
    assert!(answered, "the keys never came");
}

#[test]
fn keys_at_an_address_are_fetched_once_and_again_for_a_key_that_is_new_but_not_for_every_key_that_somebody_invents() {
    let keys = KeyServer::with(&[&KEYS.es384]);
    let site = keys.site(&keys.server);
    let service = site.start();
    for _ in 0..20 {
        review(&service, &KEYS.es384).answers();
    }
    let asked = keys.server.asked();
    assert_eq!(asked.len(), 1, "one fetch for twenty tokens");
    assert_eq!((&*asked[0].method, &*asked[0].target), ("GET", "/keys.json"));
    assert!(asked[0].header("authorization").is_none(), "no token goes there");
    // The client rotates its key, and its first token comes before anybody looked again.
    let new = elliptic("new", "ES384");
    keys.now(publishing(&[&new]));
    review(&service, &new).answers();
    assert_eq!(keys.questions(), 2);
    review(&service, &KEYS.es384).refuses(401);
    // Keys that somebody invents, many at once.
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| review(&service, &elliptic("invented", "ES384")).refuses(401));
        }
    });
    assert_eq!(keys.questions(), 2, "looked for a moment ago");
    review(&service, &new).answers();
}

#[test]
fn while_the_server_of_the_keys_is_down_the_last_good_keys_go_on_for_a_day_also_after_a_restart() {
    let keys = KeyServer::with(&[&KEYS.es384]);
    let site = keys.site(&keys.server);
    let service = site.start_with("127.0.0.1:0", "data");
    review(&service, &KEYS.es384).answers();
    keys.now(Says::Nothing);
    review(&service, &elliptic("unknown", "ES384")).refuses(401);
    assert!(keys.questions() > 1, "it was asked, in vain");
    review(&service, &KEYS.es384).answers();
    drop(service);
    let kept =
        std::fs::File::options().append(true).open(site.folder.path().join("data/key-sets/main-ehr.json")).unwrap();
    for (hours, is_good) in [(23, true), (25, false)] {
        kept.set_modified(SystemTime::now() - Duration::from_secs(hours * 3_600)).unwrap();
        let service = site.start_with("127.0.0.1:0", "data");
        let reply = review(&service, &KEYS.es384);
        assert_eq!(reply.status, if is_good { 200 } else { 401 }, "{hours} hours after the last fetch");
    }
    let service = site.start_with("127.0.0.1:0", "data");
    keys.now(publishing(&[&KEYS.es384]));
    until_answered(&service, &KEYS.es384);
}

#[test]
fn an_answer_that_is_no_key_set_or_sends_elsewhere_gives_no_keys_and_takes_none_away() {
    let trap = Trap::set();
    let location = format!("Location: https://localhost:{}/keys.json\r\n", trap.port);
    let json = "Content-Type: application/json\r\n";
    let keys = KeyServer::with(&[&KEYS.es384]);
    let site = keys.site(&keys.server);
    let held = site.start();
    review(&held, &KEYS.es384).answers();
    for (says, told) in [
        (with_body("302 Found", &location, b""), "status 302"),
        (with_body("307 Temporary Redirect", &location, b""), "status 307"),
        (with_body("503 Service Unavailable", json, b"{}"), "status 503"),
        (with_body("200 OK", "Content-Type: text/html\r\n", b"{\"keys\":[]}"), "not application/json"),
        (with_body("200 OK", json, b"<html>"), "not a JSON object"),
        (with_body("200 OK", json, &vec![b' '; 300 << 10]), "larger than"),
    ] {
        keys.now(Says::Bytes(says));
        std::fs::write(site.log(), "").unwrap();
        let empty = site.start();
        review(&empty, &KEYS.es384).refuses(401);
        let log = std::fs::read_to_string(site.log()).unwrap();
        assert!(log.contains(told), "{told}: {log}");
    }
    review(&held, &elliptic("unknown", "ES384")).refuses(401);
    review(&held, &KEYS.es384).answers();
    trap.assert_untouched("a redirect");
}

#[test]
fn a_server_with_a_certificate_of_somebody_else_is_not_asked_for_keys() {
    let keys = KeyServer::with(&[&KEYS.es384]);
    let elsewhere = Server::start(|_, _| Ok(()));
    let site = keys.site(&elsewhere);
    let service = site.start();
    review(&service, &KEYS.es384).refuses(401);
    assert!(keys.server.connections.load(std::sync::atomic::Ordering::Relaxed) > 0, "it was called");
    assert_eq!(keys.questions(), 0, "and told nothing");
}

#[test]
fn an_authority_that_cannot_be_read_ends_the_start() {
    let keys = KeyServer::with(&[]);
    let site = keys.site(&keys.server);
    std::fs::write(keys.server.ca(), "no certificate").unwrap();
    let output = herald("serve")
        .args(["--listen", "127.0.0.1:0", "--config"])
        .arg(site.config())
        .arg("--data-dir")
        .arg(site.folder.path().join("data"))
        .env("HERALD_ALLOW_UNSIGNED_RULES", "true")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("client `main-ehr`: jwks: the file of jwks_ca"), "{said}");
}
