//! Tokens as nobody who belongs here sends them: each gets the same bytes.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::harness::{FEEDBACK, REVIEW};
use crate::keys::{BASE, JKU, KEYS, Key, MAIN, OTHER, base64url, claims, hs256, now, signed};
use crate::site::{Service, Site, fresh_request};

/// What is sent as `Authorization`, in lines.
pub type Hostile = (String, Vec<String>);

/// Listens where a token says that its keys are, and counts who comes.
pub struct Trap {
    url: String,
    visits: Arc<AtomicUsize>,
}

impl Trap {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}/keys", listener.local_addr().unwrap());
        let visits = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&visits);
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { url, visits }
    }

    /// How many came.
    pub fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

/// One token that is changed in one place.
struct Changed<'k>(&'k Key);

impl Changed<'_> {
    fn header(&self, name: &str, value: Value) -> String {
        let mut header = self.0.header();
        header[name] = value;
        self.0.token_of(&header.to_string(), &claims(MAIN, REVIEW).to_string())
    }

    fn header_without(&self, name: &str) -> String {
        let mut header = self.0.header();
        header.as_object_mut().unwrap().remove(name);
        self.0.token_of(&header.to_string(), &claims(MAIN, REVIEW).to_string())
    }

    fn header_text(&self, text: &str) -> String {
        self.0.token_of(text, &claims(MAIN, REVIEW).to_string())
    }

    fn claim(&self, name: &str, value: Value) -> String {
        let mut claims = claims(MAIN, REVIEW);
        claims[name] = value;
        self.0.token(&claims)
    }

    fn claims_without(&self, name: &str) -> String {
        let mut claims = claims(MAIN, REVIEW);
        claims.as_object_mut().unwrap().remove(name);
        self.0.token(&claims)
    }

    /// The claims as text, in which `of` becomes `to`.
    fn claims_text(&self, of: &str, to: &str) -> String {
        let text = claims(MAIN, REVIEW).to_string();
        assert!(text.contains(of), "{text}");
        self.0.token_of(&self.0.header().to_string(), &text.replacen(of, to, 1))
    }

    fn plain(&self) -> String {
        self.0.token(&claims(MAIN, REVIEW))
    }
}

/// A good token whose signature has a letter in which the two alphabets of base64 differ: one in sixty has none.
fn with_both_alphabets(good: &Changed<'_>) -> String {
    loop {
        let token = good.plain();
        let (_, signature) = token.rsplit_once('.').unwrap();
        if signature != other_alphabet(signature) {
            return token;
        }
    }
}

fn other_alphabet(text: &str) -> String {
    text.replace('-', "+").replace('_', "/")
}

fn envelopes(good: &Changed<'_>) -> Vec<(&'static str, Vec<String>)> {
    let token = with_both_alphabets(good);
    let bearer = |text: &str| vec![format!("Bearer {text}")];
    let parts: Vec<&str> = token.split('.').collect();
    vec![
        ("no Authorization", vec![]),
        ("an empty Authorization", vec![String::new()]),
        ("the scheme alone", vec!["Bearer".to_owned()]),
        ("no token", vec!["Bearer ".to_owned()]),
        ("no scheme", vec![token.clone()]),
        ("Basic", vec![format!("Basic {token}")]),
        ("scheme JWT", vec![format!("JWT {token}")]),
        ("two good tokens", vec![format!("Bearer {}", good.plain()), format!("Bearer {}", good.plain())]),
        ("two tokens in one line", bearer(&format!("{}, Bearer {}", good.plain(), good.plain()))),
        ("two parts", bearer(&parts[..2].join("."))),
        ("four parts", bearer(&format!("{token}.{}", parts[2]))),
        (
            "five parts, as an encrypted token has",
            bearer(&format!("{}..{}.{}.{}", parts[0], parts[1], parts[2], parts[2])),
        ),
        ("no signature", bearer(&format!("{}.{}.", parts[0], parts[1]))),
        ("no header", bearer(&format!(".{}.{}", parts[1], parts[2]))),
        ("padding", bearer(&format!("{token}=="))),
        ("the other alphabet", bearer(&format!("{}.{}.{}", parts[0], parts[1], other_alphabet(parts[2])))),
        ("a blank inside", bearer(&format!("{} .{}.{}", parts[0], parts[1], parts[2]))),
        ("no base64", bearer("!!!.???.***")),
        ("longer than 8 KiB", bearer(&good.claim("pad", "x".repeat(9_000).into()))),
        ("a header that is no JSON", bearer(&good.header_text("ES384"))),
        ("a header that is a list", bearer(&good.header_text(r#"["ES384"]"#))),
        ("claims that are a list", bearer(&good.0.token_of(&good.0.header().to_string(), "[]"))),
        ("claims that are no JSON", bearer(&good.0.token_of(&good.0.header().to_string(), "claims"))),
        (
            "claims that are not UTF-8 in JSON",
            bearer(&format!("{}.{}.{}", parts[0], base64url(b"{\"iss\":\"\xff\"}"), parts[2])),
        ),
    ]
}

fn algorithms(good: &Changed<'_>, keys: &crate::keys::Keys) -> Vec<(&'static str, String)> {
    let header = |alg: &str, kid: &str| json!({"alg": alg, "kid": kid, "typ": "JWT"}).to_string();
    let claims = || claims(MAIN, REVIEW).to_string();
    let public = keys.es384.public();
    let secret = public["x"].as_str().unwrap().to_owned();
    let modulus = keys.rs256.public()["n"].as_str().unwrap().to_owned();
    let none = |alg: &str| signed(&header(alg, "es384"), &claims(), |_| vec![0]);
    vec![
        ("alg none", none("none")),
        ("alg None", none("None")),
        ("alg nOnE", none("nOnE")),
        ("alg empty", none("")),
        (
            "HS256 with the public key as secret",
            signed(&header("HS256", "es384"), &claims(), |m| hs256(secret.as_bytes(), m)),
        ),
        (
            "HS256 with the modulus as secret",
            signed(&header("HS256", "rs256"), &claims(), |m| hs256(modulus.as_bytes(), m)),
        ),
        (
            "HS256 with the symmetric key of the set",
            signed(&header("HS256", "symmetric"), &claims(), |m| hs256(b"secret-secret-secret-secret-secret", m)),
        ),
        ("EdDSA", good.header("alg", "EdDSA".into())),
        ("PS256 of an RSA key", signed(&header("PS256", "rs256"), &claims(), |m| keys.rs256.sign_in_another_form(m))),
        (
            "RS256 with another padding",
            signed(&header("RS256", "rs256"), &claims(), |m| keys.rs256.sign_in_another_form(m)),
        ),
        ("RS256 of a key for RS384", keys.rs384.token_of(&header("RS256", "rs384"), &claims())),
        ("ES256 of a key on P-384", good.header("alg", "ES256".into())),
        ("RS384 of an elliptic key", good.header("alg", "RS384".into())),
        ("alg in small letters", good.header("alg", "es384".into())),
        ("alg as a list", good.header("alg", json!(["ES384"]))),
        ("no alg", good.header_without("alg")),
    ]
}

fn headers(good: &Changed<'_>, keys: &crate::keys::Keys, trap: &Trap) -> Vec<(&'static str, String)> {
    let stranger = Changed(&keys.stranger);
    let of = |key: &Key| key.token(&claims(MAIN, REVIEW));
    vec![
        ("crit that nobody knows", good.header("crit", json!(["exp"]))),
        ("an empty crit", good.header("crit", json!([]))),
        ("b64 false", good.header("b64", json!(false))),
        ("another typ", good.header("typ", "at+jwt".into())),
        ("typ null", good.header("typ", Value::Null)),
        ("no kid", good.header_without("kid")),
        ("an empty kid", good.header("kid", "".into())),
        ("kid as a number", good.header("kid", json!(5))),
        ("a kid of 257 characters", good.header("kid", "k".repeat(257).into())),
        ("a kid of nobody", good.header("kid", "nobody".into())),
        ("a kid that is a path", good.header("kid", "../../../../dev/null".into())),
        ("a kid that is SQL", good.header("kid", "' UNION SELECT 'x".into())),
        ("two kids", good.header_text(r#"{"alg":"ES384","kid":"es384","kid":"es384"}"#)),
        ("two algs", good.header_text(r#"{"alg":"none","alg":"ES384","kid":"es384"}"#)),
        ("a revoked key", of(&keys.revoked)),
        ("one of two keys of one id", of(&keys.twin)),
        ("a key for encryption", of(&keys.encrypting)),
        ("a key that may not verify", of(&keys.signing_only)),
        ("a key of another algorithm", of(&keys.other_algorithm)),
        (
            "an RSA key of 1,024 bits",
            keys.rs256
                .token_of(&json!({"alg": "RS256", "kid": "short-rsa"}).to_string(), &claims(MAIN, REVIEW).to_string()),
        ),
        ("a jku of the sender", stranger.header("jku", (&*trap.url).into())),
        ("a good token with a foreign jku", good.header("jku", (&*trap.url).into())),
        ("a jku that is nearly the right one", good.header("jku", format!("{JKU}/").into())),
        ("a jku that is a list", good.header("jku", json!([JKU]))),
        ("a jku of a client without one", {
            let mut header = keys.of_other.header();
            header["jku"] = JKU.into();
            keys.of_other.token_of(&header.to_string(), &claims(OTHER, REVIEW).to_string())
        }),
        ("an x5u of the sender", stranger.header("x5u", (&*trap.url).into())),
        ("the sender's key in the header", stranger.header("jwk", keys.stranger.public())),
        ("a certificate in the header", stranger.header("x5c", json!(["MIIB"]))),
    ]
}

fn signatures(good: &Changed<'_>, keys: &crate::keys::Keys) -> Vec<(&'static str, String)> {
    let token = good.plain();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let flipped =
        if let Some(rest) = signature.strip_prefix('A') { format!("B{rest}") } else { format!("A{}", &signature[1..]) };
    let header = keys.es384.header().to_string();
    let body = claims(MAIN, REVIEW).to_string();
    let of_claims = |claims: &Value| {
        format!("{}.{}.{signature}", message.split('.').next().unwrap(), base64url(claims.to_string().as_bytes()))
    };
    vec![
        ("a signature of another key of the client", keys.mixed.token_of(&header, &body)),
        ("a signature of a stranger", keys.stranger.token_of(&header, &body)),
        ("a signature with one letter changed", format!("{message}.{flipped}")),
        ("a signature that is cut", format!("{message}.{}", &signature[..signature.len() - 4])),
        ("a signature of zeros", signed(&header, &body, |_| vec![0; 96])),
        ("a signature in the form of X.509", signed(&header, &body, |m| keys.es384.sign_in_another_form(m))),
        ("claims that were changed afterwards", of_claims(&claims(MAIN, REVIEW))),
        (
            "a header that was changed afterwards",
            format!(
                "{}.{}",
                base64url(br#"{"alg":"ES384","kid":"es384"}"#),
                message.split('.').nth(1).map(|c| format!("{c}.{signature}")).unwrap()
            ),
        ),
    ]
}

fn wrong_claims(good: &Changed<'_>, keys: &crate::keys::Keys) -> Vec<(&'static str, String)> {
    let now = now();
    let here = format!("{BASE}{REVIEW}");
    let mut cases: Vec<(&'static str, String)> =
        ["iss", "aud", "exp", "iat", "jti"].iter().map(|name| ("a missing claim", good.claims_without(name))).collect();
    cases.extend([
        ("iss as a list", good.claim("iss", json!([MAIN]))),
        ("iss null", good.claim("iss", Value::Null)),
        ("an iss of nobody", good.claim("iss", "https://nobody.example".into())),
        ("the iss of another client", good.claim("iss", OTHER.into())),
        ("another client with the iss of this one", keys.of_other.token(&claims(MAIN, REVIEW))),
        ("iss with a slash", good.claim("iss", format!("{MAIN}/").into())),
        ("iss in capitals", good.claim("iss", MAIN.to_uppercase().into())),
        ("two iss", good.claims_text(r#""iss":"#, &format!(r#""iss":"{MAIN}","iss":"#))),
        ("aud of another service", good.claim("aud", format!("{BASE}/cds-services/her2-order-sign").into())),
        ("aud of feedback", good.claim("aud", format!("{BASE}{FEEDBACK}").into())),
        ("aud of discovery", good.claim("aud", format!("{BASE}/cds-services").into())),
        ("aud as the Host says", good.claim("aud", format!("http://localhost{REVIEW}").into())),
        ("aud with http", good.claim("aud", here.replace("https", "http").into())),
        ("aud of the base", good.claim("aud", BASE.into())),
        ("aud with a slash", good.claim("aud", format!("{here}/").into())),
        ("aud with a foreign one", good.claim("aud", json!([here, "https://elsewhere.example"]))),
        ("an empty list of aud", good.claim("aud", json!([]))),
        ("aud as a number", good.claim("aud", json!(5))),
        ("aud as an object", good.claim("aud", json!({"0": here}))),
        ("exp a minute ago", good.0.token(&json!({"iss": MAIN, "aud": here, "iat": now - 200, "exp": now - 60, "jti": crate::keys::new_id()}))),
        ("exp an hour ago", good.0.token(&json!({"iss": MAIN, "aud": here, "iat": now - 3_800, "exp": now - 3_600, "jti": crate::keys::new_id()}))),
        ("exp as text", good.claim("exp", (now + 240).to_string().into())),
        ("exp with a point", good.claims_text(r#""exp":"#, r#""exp":0.5,"x":"#)),
        ("exp 1e18", good.claim("exp", json!(1e18))),
        ("exp in a hundred years", good.claim("exp", json!(now + 3_155_760_000_i64))),
        ("exp before iat", good.claim("exp", json!(now - 10))),
        ("exp negative", good.claim("exp", json!(-1))),
        ("a life of more than five minutes", good.claim("exp", json!(now + 320))),
        ("iat in two minutes", good.0.token(&json!({"iss": MAIN, "aud": here, "iat": now + 120, "exp": now + 240, "jti": crate::keys::new_id()}))),
        ("iat 0", good.claim("iat", json!(0))),
        ("iat as a float", good.claim("iat", json!(1e9))),
        ("iat null", good.claim("iat", Value::Null)),
        ("nbf in two minutes", good.claim("nbf", json!(now + 120))),
        ("nbf as text", good.claim("nbf", "0".into())),
        ("an empty jti", good.claim("jti", "".into())),
        ("a jti of 129 characters", good.claim("jti", "j".repeat(129).into())),
        ("jti as a number", good.claim("jti", json!(7))),
        ("jti with a blank", good.claim("jti", "a b".into())),
        ("jti that is not ASCII", good.claim("jti", "é".into())),
        ("a tenant of nobody", good.claim("tenant", "north".into())),
        ("a tenant as a number", good.claim("tenant", json!(1))),
        ("a tenant of a client without tenants", {
            let mut claims = claims(OTHER, REVIEW);
            claims["tenant"] = "clinic".into();
            keys.of_other.token(&claims)
        }),
        ("two exp", good.claims_text(r#""exp":"#, r#""exp":1,"exp":"#)),
        ("a member twice that nobody reads", good.claims_text(r#""iss":"#, r#""a":1,"a":2,"iss":"#)),
    ]);
    cases
}

/// Every one of them.
pub fn all(trap: &Trap) -> Vec<Hostile> {
    let keys = &*KEYS;
    let good = Changed(&keys.es384);
    let tokens =
        [algorithms(&good, keys), headers(&good, keys, trap), signatures(&good, keys), wrong_claims(&good, keys)];
    let tokens = tokens.into_iter().flatten().map(|(what, token)| (what.to_owned(), vec![format!("Bearer {token}")]));
    let envelopes = envelopes(&good).into_iter().map(|(what, lines)| (what.to_owned(), lines));
    envelopes.chain(tokens).collect()
}

#[test]
fn every_hostile_token_gets_the_same_bare_401_byte_for_byte() {
    let trap = Trap::new();
    let hostile = all(&trap);
    assert!(hostile.len() >= 60, "{}", hostile.len());
    let mut first: Option<String> = None;
    for (what, lines) in &hostile {
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(lines.iter().map(|line| ("Authorization", &**line)));
        let reply = Service::shared().send("POST", REVIEW, &headers, fresh_request().as_bytes());
        assert_eq!(reply.status, 401, "{what}");
        reply.refuses(401);
        assert_eq!(reply.header("www-authenticate"), Some("Bearer error=\"invalid_token\""), "{what}");
        let all_of_it = reply.all_but_date();
        assert_eq!(first.get_or_insert_with(|| all_of_it.clone()), &all_of_it, "{what}");
    }
    assert_eq!(trap.visits(), 0, "nothing is fetched because a token says so");
}

#[test]
fn a_good_token_with_a_foreign_x5u_is_accepted_and_nobody_goes_there() {
    let trap = Trap::new();
    let token = Changed(&KEYS.es384).header("x5u", (&*trap.url).into());
    Service::shared().post(REVIEW, &format!("Bearer {token}"), fresh_request()).answers();
    assert_eq!(trap.visits(), 0);
}

#[test]
fn a_client_may_call_its_own_services_only() {
    let select = "/cds-services/her2-order-select";
    let token = KEYS.of_other.token(&claims(OTHER, select));
    Service::shared().post(select, &format!("Bearer {token}"), "{}").refuses(401);
    let token = KEYS.es384.token(&claims(MAIN, select));
    Service::shared().post(select, &format!("Bearer {token}"), "{}").refuses(400);
    // The same service by the name of its hook, for EHRs that read no discovery.
    let by_hook = "/cds-services/order-select";
    let token = KEYS.of_other.token(&claims(OTHER, by_hook));
    Service::shared().post(by_hook, &format!("Bearer {token}"), "{}").refuses(401);
    let token = KEYS.es384.token(&claims(MAIN, by_hook));
    Service::shared().post(by_hook, &format!("Bearer {token}"), "{}").refuses(400);
    let token = KEYS.es384.token(&claims(MAIN, select));
    Service::shared().post(by_hook, &format!("Bearer {token}"), "{}").refuses(401);
}

#[test]
fn the_log_says_the_cause_in_a_word_and_never_the_token() {
    let site = Site::new();
    let service = site.start();
    let old = Changed(&KEYS.es384).claim("iat", json!(0));
    service.post(REVIEW, &format!("Bearer {old}"), fresh_request()).refuses(401);
    service.post(REVIEW, "Bearer CANARY.CANARY.CANARY", fresh_request()).refuses(401);
    service.review().answers();
    drop(service);
    let log = std::fs::read_to_string(site.log()).unwrap();
    assert!(log.contains("\"cause\":\"time\"") && log.contains("\"client\":\"main-ehr\""), "{log}");
    assert!(!log.contains("CANARY") && !log.contains("eyJ"), "{log}");
}
