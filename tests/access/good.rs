//! Tokens as good clients send them.

use serde_json::{Value, json};

use crate::harness::REVIEW;
use crate::keys::{BASE, JKU, KEYS, MAIN, OTHER, claims, now};
use crate::site::{Service, fresh_request};

/// The header and the claims of the main client's token, changed.
fn token(key: &crate::keys::Key, change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let (mut header, mut claims) = (key.header(), claims(MAIN, REVIEW));
    change(&mut header, &mut claims);
    format!("Bearer {}", key.token_of(&header.to_string(), &claims.to_string()))
}

/// What a good client may send as `Authorization`, and what is special about it.
pub fn all() -> Vec<(&'static str, String)> {
    let (keys, now) = (&*KEYS, now());
    let plain = |_: &mut Value, _: &mut Value| {};
    let with_claim = |name: &'static str, value: Value| token(&keys.es384, move |_, claims| claims[name] = value);
    let with_header = |name: &'static str, value: Value| token(&keys.es384, move |header, _| header[name] = value);
    let here = format!("{BASE}{REVIEW}");
    vec![
        ("ES384", token(&keys.es384, plain)),
        ("ES256", token(&keys.es256, plain)),
        ("RS384, as its key says", token(&keys.rs384, plain)),
        ("RS256 of a key that names no algorithm", token(&keys.rs256, plain)),
        ("a key beside a symmetric one of the same id", token(&keys.mixed, plain)),
        ("the scheme in small letters", token(&keys.es384, plain).replacen("Bearer", "bearer", 1)),
        ("the scheme in capitals", token(&keys.es384, plain).replacen("Bearer", "BEARER", 1)),
        ("typ in small letters", with_header("typ", json!("jwt"))),
        ("no typ", token(&keys.es384, |header, _| drop(header.as_object_mut().unwrap().remove("typ")))),
        ("the jku that was agreed", with_header("jku", json!(JKU))),
        ("members of the header that nobody knows", with_header("x", json!({"y": [1]}))),
        ("aud as a list of one", with_claim("aud", json!([here]))),
        ("aud as a list of ours", with_claim("aud", json!([here, format!("{here}/feedback"), "herald-production"]))),
        ("the audience that the site agreed on", with_claim("aud", json!("herald-production"))),
        ("nbf in the past", with_claim("nbf", json!(now - 60))),
        (
            "a clock that is 20 s ahead",
            token(&keys.es384, |_, claims| {
                claims["iat"] = json!(now + 20);
                claims["exp"] = json!(now + 260);
            }),
        ),
        (
            "a clock that is 20 s behind",
            token(&keys.es384, |_, claims| {
                claims["iat"] = json!(now - 200);
                claims["exp"] = json!(now - 20);
            }),
        ),
        ("the longest life", with_claim("exp", json!(now + 300))),
        ("the longest jti", with_claim("jti", json!("j".repeat(128)))),
        ("claims that nobody knows", with_claim("sub", json!("somebody"))),
        ("a tenant that is configured", with_claim("tenant", json!("clinic"))),
        ("another client with a key of the same id", format!("Bearer {}", keys.of_other.token(&claims(OTHER, REVIEW)))),
    ]
}

#[test]
fn a_good_token_is_accepted_in_every_form_that_the_specification_allows() {
    let good = all();
    for (what, authorization) in &good {
        let reply = Service::shared().post(REVIEW, authorization, fresh_request());
        assert_eq!(reply.status, 200, "{what}: {}", String::from_utf8_lossy(&reply.body));
        reply.answers();
    }
    assert!(good.len() >= 15, "{}", good.len());
}
