//! One token, one request.

use std::sync::Barrier;

use serde_json::json;

use crate::harness::{FEEDBACK, REVIEW, Reply, replayed};
use crate::keys::{KEYS, MAIN, OTHER, bearer, claims, new_id};
use crate::site::{Service, Site, fresh_request, request_of};

/// Sends this token with 16 different requests at once, spread over the services.
fn at_once(services: &[Service], token: &str) -> Vec<Reply> {
    let start = Barrier::new(16);
    std::thread::scope(|scope| {
        let sent: Vec<_> = (0..16)
            .map(|n| {
                let (service, start) = (&services[n % services.len()], &start);
                scope.spawn(move || {
                    let request = fresh_request();
                    start.wait();
                    service.post(REVIEW, token, request)
                })
            })
            .collect();
        sent.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

#[test]
fn of_sixteen_requests_with_one_token_at_three_processes_exactly_one_is_answered() {
    let site = Site::new();
    let services = [site.start(), site.start(), site.start()];
    for round in 1..=8 {
        let replies = at_once(&services, &bearer(REVIEW));
        let answered = replies.iter().filter(|reply| reply.status == 200).count();
        let refused = replies.iter().filter(|reply| reply.status == 401).count();
        assert_eq!((answered, refused), (1, 15), "round {round}");
        assert_eq!(site.number("SELECT count(*) FROM decision"), round);
    }
    assert_eq!(site.number("SELECT count(*) FROM seen_token"), 8);
    assert_eq!(site.number("SELECT count(*) FROM decision_conflict"), 0);
}

#[test]
fn of_sixteen_requests_with_one_token_at_one_process_exactly_one_is_answered() {
    let site = Site::new();
    let services = [site.start()];
    let replies = at_once(&services, &bearer(REVIEW));
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.status == 401).count(), 15);
}

#[test]
fn a_client_that_repeats_itself_gets_the_stored_reply_at_any_process() {
    let site = Site::new();
    let services = [site.start(), site.start()];
    let (token, request) = (bearer(REVIEW), fresh_request());
    let first = services[0].post(REVIEW, &token, &request);
    first.answers();
    assert_eq!(first.header("idempotent-replay"), None);
    for service in &services {
        let again = replayed(|| service.post(REVIEW, &token, &request));
        again.answers();
        assert_eq!(again.body, first.body);
    }
    assert_eq!(site.number("SELECT count(*) FROM decision"), 1);
}

#[test]
fn a_repeat_at_the_same_moment_at_two_processes_is_no_theft() {
    let site = Site::new();
    let services = [site.start(), site.start()];
    for _ in 0..8 {
        let (token, request, start) = (bearer(REVIEW), fresh_request(), Barrier::new(2));
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let send = |service| {
                let (token, request, start) = (&token, &request, &start);
                scope.spawn(move || {
                    start.wait();
                    Service::post(service, REVIEW, token, request)
                })
            };
            services.iter().map(send).collect::<Vec<_>>().into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(replies.iter().all(|reply| reply.status == 200));
        assert_eq!(replies[0].body, replies[1].body);
    }
    assert_eq!(site.number("SELECT count(*) FROM decision"), 8);
}

#[test]
fn a_token_that_was_used_opens_nothing_else_also_after_a_restart() {
    let site = Site::new();
    let service = site.start();
    let instance = new_id();
    // One that is good at several addresses: an agreed audience.
    let mut claims = claims(MAIN, REVIEW);
    claims["aud"] = "herald-production".into();
    let token = format!("Bearer {}", KEYS.es384.token(&claims));
    service.post(REVIEW, &token, request_of(&instance)).answers();
    let elsewhere = |service: &Service| {
        service.post(REVIEW, &token, fresh_request()).refuses(401);
        let other_content = request_of(&instance).replace("\"p1\"", "\"p2\"");
        service.post(REVIEW, &token, other_content).refuses(401);
        service.post(FEEDBACK, &token, feedback("a")).refuses(401);
    };
    elsewhere(&service);
    drop(service);
    let service = site.start();
    elsewhere(&service);
    replayed(|| service.post(REVIEW, &token, request_of(&instance)));
    assert_eq!(site.number("SELECT count(*) FROM decision"), 1);
    assert_eq!(site.number("SELECT count(*) FROM feedback"), 0);
}

#[test]
fn a_request_that_could_not_be_read_does_not_use_up_its_token() {
    let token = bearer(REVIEW);
    Service::shared().post(REVIEW, &token, "{").refuses(400);
    Service::shared().post(REVIEW, &token, fresh_request()).answers();
}

#[test]
fn feedback_with_one_token_is_taken_once_and_repeated_at_will() {
    let site = Site::new();
    let services = [site.start(), site.start()];
    let token = bearer(FEEDBACK);
    for service in &services {
        assert_eq!(service.post(FEEDBACK, &token, feedback("a")).status, 200);
    }
    for service in &services {
        service.post(FEEDBACK, &token, feedback("b")).refuses(401);
    }
    assert_eq!(site.texts("SELECT card FROM feedback"), ["a"]);
}

#[test]
fn feedback_is_kept_while_the_database_is_away_and_its_token_is_good_for_nothing_else_here() {
    let mut site = Site::new();
    site.url = "postgres://herald@127.0.0.1:9/herald".to_owned();
    let service = site.start();
    let token = bearer(FEEDBACK);
    for _ in 0..2 {
        assert_eq!(service.post(FEEDBACK, &token, feedback("a")).status, 200);
    }
    service.post(FEEDBACK, &token, feedback("b")).refuses(401);
}

#[test]
fn the_same_jti_of_two_clients_is_no_replay() {
    let id = new_id();
    for (key, issuer) in [(&KEYS.es384, MAIN), (&KEYS.of_other, OTHER)] {
        let mut claims = claims(issuer, REVIEW);
        claims["jti"] = json!(id);
        let token = format!("Bearer {}", key.token(&claims));
        Service::shared().post(REVIEW, &token, fresh_request()).answers();
    }
}

#[test]
fn of_a_token_only_hashes_are_kept() {
    let site = Site::new();
    let service = site.start();
    let mut claims = claims(MAIN, REVIEW);
    claims["jti"] = "CANARY".into();
    let token = format!("Bearer {}", KEYS.es384.token(&claims));
    service.post(REVIEW, &token, fresh_request()).answers();
    let rows = site.texts("SELECT seen_token::text FROM seen_token");
    assert_eq!(rows.len(), 1);
    let readable = rows[0].contains("CANARY") || rows[0].contains("43414e415259") || rows[0].contains("eyJ");
    assert!(!readable && rows[0].contains("main-ehr"), "{rows:?}");
}

#[test]
fn tokens_are_forgotten_an_hour_after_their_end_and_not_before() {
    let site = Site::new();
    let insert = |id: u8, ago: &str| {
        crate::harness::on_a_runtime(async {
            let database = crate::support::Database::at(&site.owner).await;
            let sql = "INSERT INTO seen_token VALUES ('north', 'main-ehr', $1, $1, now() - $2::text::interval)";
            let row = sqlx::query(sql).bind(vec![id; 32]).bind(ago.to_owned());
            row.execute(&mut database.connection().await).await.unwrap();
        });
    };
    insert(1, "61 minutes");
    insert(2, "59 minutes");
    let forgotten = crate::harness::on_a_runtime(async {
        crate::support::Database::at(&site.owner).await.store.forget_tokens().await.unwrap()
    });
    assert_eq!((forgotten, site.number("SELECT count(*) FROM seen_token")), (1, 1));
}

fn feedback(card: &str) -> String {
    json!({"feedback": [{"card": card, "outcome": "accepted", "outcomeTimestamp": "2026-11-24T10:00:00Z"}]}).to_string()
}
