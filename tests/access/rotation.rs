//! Keys of a client change while the service runs.

use crate::harness::REVIEW;
use crate::keys::{KEYS, MAIN, claims, elliptic};
use crate::site::{Site, fresh_request};

#[test]
fn a_new_key_is_found_at_its_first_token_and_a_key_that_vanished_is_refused() {
    let site = Site::new();
    let service = site.start();
    service.review().answers();
    let new = elliptic("new", "ES384");
    site.write("main.json", &[new.public()]);
    let with = |key: &crate::keys::Key| {
        service.post(REVIEW, &format!("Bearer {}", key.token(&claims(MAIN, REVIEW))), fresh_request())
    };
    with(&new).answers();
    with(&KEYS.es384).refuses(401);
}

#[test]
fn a_key_file_that_became_unreadable_leaves_the_old_keys() {
    let site = Site::new();
    let service = site.start();
    std::fs::write(site.folder.path().join("main.json"), "{").unwrap();
    let unknown = elliptic("unknown", "ES384");
    let token = format!("Bearer {}", unknown.token(&claims(MAIN, REVIEW)));
    service.post(REVIEW, &token, fresh_request()).refuses(401);
    service.review().answers();
    let log = std::fs::read_to_string(site.log()).unwrap();
    assert!(log.contains("the key set of this client was not fetched"), "{log}");
}
