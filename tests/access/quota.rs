//! A client that calls too often is told when to come back; the others do not notice.

use crate::harness::REVIEW;
use crate::keys::{KEYS, bearer, claims};
use crate::site::{Site, fresh_request};

const SLOW: &str = "https://slow.example.org";

#[test]
fn a_client_over_its_quota_gets_429_with_the_time_to_wait_and_the_others_are_answered() {
    let site = Site::with(&format!(
        "[[client]]\nname = \"slow-ehr\"\ntenant = \"west\"\nissuer = \"{SLOW}\"\njwks = \"main.json\"\n\
         algorithms = [\"ES384\"]\nrate_per_second = 2\n"
    ));
    let service = site.start();
    let of_slow = || format!("Bearer {}", KEYS.es384.token(&claims(SLOW, REVIEW)));
    let replies: Vec<_> = (0..10).map(|_| service.post(REVIEW, &of_slow(), fresh_request())).collect();
    let answered = replies.iter().filter(|reply| reply.status == 200).count();
    assert!((2..8).contains(&answered), "{answered}");
    for refused in replies.iter().filter(|reply| reply.status != 200) {
        refused.refuses(429);
        assert_eq!(refused.json()["issue"][0]["code"], "throttled");
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
    for _ in 0..10 {
        service.post(REVIEW, &bearer(REVIEW), fresh_request()).answers();
    }
}

#[test]
fn strangers_cannot_use_up_the_quota_of_a_client() {
    let site = Site::with(&format!(
        "[[client]]\nname = \"slow-ehr\"\ntenant = \"west\"\nissuer = \"{SLOW}\"\njwks = \"main.json\"\n\
         algorithms = [\"ES384\"]\nrate_per_second = 2\n"
    ));
    let service = site.start();
    for _ in 0..20 {
        let forged = KEYS.stranger.token(&claims(SLOW, REVIEW));
        service.post(REVIEW, &format!("Bearer {forged}"), fresh_request()).refuses(401);
    }
    service.post(REVIEW, &format!("Bearer {}", KEYS.es384.token(&claims(SLOW, REVIEW))), fresh_request()).answers();
}
