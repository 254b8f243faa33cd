//! Who is not let in learns nothing of what is served; who is, gets the refusals of the loopback mode.

use crate::harness::{FEEDBACK, REVIEW, over};
use crate::keys::{KEYS, MAIN, bearer, bearer_of_other, claims};
use crate::site::{Service, fresh_request};

const JSON: (&str, &str) = ("Content-Type", "application/json");

#[test]
fn without_a_token_everything_below_the_services_is_401_whatever_is_asked() {
    let mut first: Option<String> = None;
    for path in [
        REVIEW,
        FEEDBACK,
        "/cds-services/her2-chart-review/",
        "/cds-services/her2-chart-review?x=1",
        "/cds-services/her2-order-select",
        "/cds-services/her2-order-sign",
        "/cds-services/nothing",
        "/cds-services/nothing/feedback",
        "/cds-services/her2-chart-review/nothing",
        "/cds-services/HER2-CHART-REVIEW",
        "/%63ds-services/her2-chart-review",
        "/cds-services/%68er2-chart-review",
        "/cds-services/her2-chart-review/%66eedback",
        "/cds-services//",
        "/cds-services/%2e%2e/health",
    ] {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            for headers in [&[JSON][..], &[("Content-Type", "text/plain")], &[JSON, ("Content-Encoding", "gzip")]] {
                let body: &[u8] = if method == "POST" { b"{}" } else { b"" };
                let reply = Service::shared().send(method, path, headers, body);
                reply.refuses(401);
                let all_of_it = reply.all_but_date();
                assert_eq!(first.get_or_insert_with(|| all_of_it.clone()), &all_of_it, "{method} {path}");
            }
        }
    }
}

#[test]
fn a_large_body_without_a_token_is_not_read() {
    let body = vec![b' '; 9 << 20];
    let head = format!(
        "POST {REVIEW} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = std::net::TcpStream::connect(Service::shared().address).unwrap();
    std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
    crate::harness::Reply::read(&mut stream).refuses(401);
}

#[test]
fn with_a_token_the_refusals_are_those_of_the_loopback_mode() {
    let service = Service::shared();
    let with = |method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]| {
        let authorization = bearer(path.trim_end_matches('/'));
        service.send(method, path, &[headers, &[("Authorization", &authorization)]].concat(), body)
    };
    with("POST", "/cds-services/nothing", &[JSON], b"{}").refuses(404);
    with("POST", "/cds-services/her2-chart-review/nothing", &[JSON], b"{}").refuses(404);
    with("GET", REVIEW, &[], b"").refuses(405);
    with("DELETE", FEEDBACK, &[], b"").refuses(405);
    with("POST", REVIEW, &[("Content-Type", "text/plain")], b"{}").refuses(415);
    with("POST", REVIEW, &[JSON, ("Content-Encoding", "gzip")], b"{}").refuses(415);
    with("POST", REVIEW, &[JSON], b"{").refuses(400);
    with("POST", REVIEW, &[JSON], &vec![b' '; (4 << 20) + 1]).refuses(413);
    with("POST", "/cds-services/her2-chart-review/", &[JSON], fresh_request().as_bytes()).answers();
}

#[test]
fn the_list_of_services_is_open_and_a_token_that_is_sent_there_must_be_good() {
    let service = Service::shared();
    let path = "/cds-services";
    for method in ["GET", "HEAD"] {
        for path in [path, "/cds-services/"] {
            assert_eq!(service.send(method, path, &[], b"").status, 200);
        }
    }
    assert_eq!(service.send("GET", path, &[("Authorization", &bearer(path))], b"").status, 200);
    service.send("GET", path, &[("Authorization", "Bearer x.y.z")], b"").refuses(401);
    service.send("GET", path, &[("Authorization", &bearer(REVIEW))], b"").refuses(401);
    service.send("POST", path, &[JSON], b"{}").refuses(401);
    service.send("POST", path, &[JSON, ("Authorization", &bearer(path))], b"{}").refuses(405);
}

#[test]
fn a_browser_may_ask_before_it_sends_a_token_and_no_page_is_named_as_allowed() {
    for path in ["/cds-services", REVIEW, FEEDBACK] {
        let asked = [("Origin", "http://localhost:3000"), ("Access-Control-Request-Method", "POST")];
        let reply = Service::shared().send("OPTIONS", path, &asked, b"");
        assert_eq!(reply.status, 204, "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), None);
    }
}

#[test]
fn health_and_public_knowledge_need_no_token() {
    for path in ["/livez", "/readyz", "/health", "/rules", "/handout", "/assets/herald.css", "/assets/herald.svg"] {
        assert_eq!(Service::shared().send("GET", path, &[], b"").status, 200, "{path}");
    }
}

#[test]
fn the_start_page_shows_no_record_and_sends_nothing() {
    let service = Service::shared();
    service.review().answers();
    for path in ["/", "/?patient=breast-3plus"] {
        let page = over(service.address, "GET", path, &[], b"");
        assert_eq!(page.status, 200);
        let text = String::from_utf8(page.body.clone()).unwrap();
        assert!(text.contains("Decision support for HER2 results") && text.contains("href=\"/rules\""), "{text}");
        for word in ["<form", "<table", "her2-chart-review", "hookInstance", "breast-3plus"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    for path in ["/try", "/try/feedback"] {
        service.send("POST", path, &form, b"patient=breast-3plus&request=%7B%7D").refuses(404);
        for method in ["GET", "PUT", "OPTIONS"] {
            let reply = service.send(method, path, &[], b"");
            assert_eq!((reply.status, reply.header("allow")), (404, None), "{method} {path}");
        }
        assert_eq!(over(service.address, "HEAD", path, &[], b"").status, 404);
    }
}

#[test]
fn a_token_travels_in_its_header_and_nowhere_else() {
    let token = KEYS.es384.token(&claims(MAIN, REVIEW));
    let service = Service::shared();
    service.send("POST", &format!("{REVIEW}?access_token={token}"), &[JSON], fresh_request().as_bytes()).refuses(401);
    let cookie = format!("access_token={token}");
    service.send("POST", REVIEW, &[JSON, ("Cookie", &cookie)], fresh_request().as_bytes()).refuses(401);
    let proxy = format!("Bearer {token}");
    service.send("POST", REVIEW, &[JSON, ("Proxy-Authorization", &proxy)], fresh_request().as_bytes()).refuses(401);
}

#[test]
fn a_client_may_have_one_service_id_for_both_ordering_hooks() {
    let site = crate::site::Site::new();
    let service = site.start();
    let path = "/cds-services/her2-order-sign";
    let ids = |authorization: &str| {
        let list = service.send("GET", "/cds-services", &[("Authorization", authorization)], b"").json();
        let ids = list["services"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<String>>()
    };
    assert_eq!(ids(&bearer_of_other("/cds-services")), ["her2-chart-review", "her2-order-sign", "her2-order-sign"]);
    assert_eq!(ids(&bearer("/cds-services")), ["her2-chart-review", "her2-order-select", "her2-order-sign"]);
    let request = |hook: &str| {
        let mut request: serde_json::Value = serde_json::from_str(&fresh_request()).unwrap();
        request["hook"] = hook.into();
        request["context"]["draftOrders"] = serde_json::json!({"resourceType": "Bundle"});
        request.to_string()
    };
    for hook in ["order-select", "order-sign"] {
        service.post(path, &bearer_of_other(path), request(hook)).answers();
    }
    service.post(path, &bearer_of_other(path), request("patient-view")).refuses(400);
    service.post(path, &bearer(path), request("order-select")).refuses(400);
    let recorded = "SELECT hook || ' at ' || service_id FROM decision ORDER BY 1";
    assert_eq!(site.texts(recorded), ["order-select at her2-order-sign", "order-sign at her2-order-sign"]);
}

#[test]
fn a_client_that_speaks_1_0_is_sent_a_list_in_1_0_and_anybody_else_the_plain_one() {
    let old = "https://old.example.org";
    let site = crate::site::Site::with(&format!(
        "[[client]]\nname = \"old-ehr\"\ntenant = \"west\"\nissuer = \"{old}\"\njwks = \"other.json\"\n\
         algorithms = [\"ES384\"]\nspec = \"1.0\"\nshared_order_service_id = true\n"
    ));
    let service = site.start();
    let list = |headers: &[(&str, &str)]| service.send("GET", "/cds-services", headers, b"").json()["services"].clone();
    let token = format!("Bearer {}", KEYS.of_other.token(&claims(old, "/cds-services")));
    let of_old = list(&[("Authorization", &token)]);
    let members: Vec<&String> = of_old[1].as_object().unwrap().keys().collect();
    assert!(
        !members.iter().any(|name| matches!(&***name, "usageRequirements" | "version" | "hookVersion")),
        "{members:?}"
    );
    assert_eq!(of_old[1]["id"], "her2-order-sign");
    assert_eq!(of_old[1]["hook"], "order-select");
    for headers in [&[][..], &[("Authorization", &*bearer("/cds-services"))]] {
        let plain = list(headers);
        assert_eq!(plain[1]["id"], "her2-order-select");
        assert_eq!(plain[1]["usageRequirements"], "FHIR R4");
    }
}
