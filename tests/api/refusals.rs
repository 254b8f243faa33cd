//! One test for each row of rule 29.

use serde_json::json;

use crate::harness::{FEEDBACK, Herald, REVIEW, request};

fn post(body: impl AsRef<[u8]>) -> crate::harness::Reply {
    Herald::shared().post(REVIEW, body)
}

#[test]
fn cdsh_r29_a_body_that_is_no_json_is_refused() {
    let good = request().to_string();
    let truncated = &good[..good.len() - 1];
    for body in [
        "",
        " \n",
        truncated,
        "{\"hook\":}",
        &format!("// comment\n{good}"),
        &good.replace("\"patientId\":\"p1\"", "\"patientId\":\"p1\",/*x*/\"y\":1"),
        &good.replace("null}", "null,}"),
        &good.replace("null", "NaN"),
        &format!("{good} trailing"),
        &format!("{good}{good}"),
        &good.replace("null", "nul"),
        &good.replace("null", "01"),
        &good.replace("null", "'x'"),
    ] {
        post(body).refuses(400);
    }
    let mut not_utf8 = good.into_bytes();
    let at = not_utf8.windows(2).position(|w| w == b"p1").unwrap();
    not_utf8[at] = 0xff;
    post(not_utf8).refuses(400);
}

#[test]
fn cdsh_r29_a_body_that_is_no_object_or_nested_too_deep_is_refused() {
    for body in ["[]", "null", "true", "5", "1e400", "\"x\"", "[{}]"] {
        post(body).refuses(400);
    }
    let mut deep = request();
    deep["prefetch"]["CANARY"] = json!("PLACE");
    let nested = format!("{}{}", "[".repeat(200), "]".repeat(200));
    assert!(post(deep.to_string().replace("\"PLACE\"", &nested)).refuses(400).contains("128"));
    post("[".repeat(100_000)).refuses(400);
}

#[test]
fn cdsh_r29_required_members_that_are_missing_null_empty_or_of_another_type_are_refused_by_name() {
    for path in ["hook", "hookInstance", "context", "patientId"] {
        let is_id = path == "patientId";
        let named = if is_id { "context.patientId" } else { path };
        let mut missing = request();
        let owner = if is_id { &mut missing["context"] } else { &mut missing };
        owner.as_object_mut().unwrap().remove(path);
        assert!(post(missing.to_string()).refuses(400).contains(named));
        for value in [json!(null), json!(""), json!(" "), json!(5), json!(true), json!(["CANARY"])] {
            let mut wrong = request();
            let owner = if is_id { &mut wrong["context"] } else { &mut wrong };
            owner[path] = value;
            assert!(post(wrong.to_string()).refuses(400).contains(named));
        }
    }
    let mut empty = request();
    empty["context"] = json!({});
    assert!(post(empty.to_string()).refuses(400).contains("context.patientId"));
}

#[test]
fn cdsh_r29_a_hook_instance_that_is_too_long_or_has_control_characters_is_refused() {
    for bad in ["x".repeat(257), "a\nCANARY".to_owned(), "a\u{0}".to_owned(), "a\u{85}b".to_owned()] {
        let mut wrong = request();
        wrong["hookInstance"] = json!(bad);
        assert!(post(wrong.to_string()).refuses(400).contains("hookInstance"));
    }
    let mut longest = request();
    longest["hookInstance"] = json!("ä".repeat(256));
    post(longest.to_string()).answers();
}

#[test]
fn cdsh_r29_a_patient_id_outside_the_grammar_of_fhir_is_refused() {
    for bad in ["a b", "a/b", "Patient/", "Practitioner/1", "Patient/Patient/1", "ä", "CANARY_1", "../1", "a\t"] {
        let mut wrong = request();
        wrong["context"]["patientId"] = json!(bad);
        post(wrong.to_string()).refuses(400);
    }
    let mut long = request();
    long["context"]["patientId"] = json!("x".repeat(65));
    post(long.to_string()).refuses(400);
    long["context"]["patientId"] = json!(format!("Patient/{}", "x".repeat(64)));
    post(long.to_string()).answers();
}

#[test]
fn cdsh_r29_the_hook_of_another_service_is_refused() {
    for hook in ["order-sign", "patient-views", "Patient-View", "CANARY"] {
        let mut other = request();
        other["hook"] = json!(hook);
        assert!(post(other.to_string()).refuses(400).contains("patient-view"));
    }
}

#[test]
fn cdsh_r29_prefetch_is_an_object_or_null() {
    for value in [json!([]), json!("CANARY"), json!(5), json!(1.5), json!(false)] {
        let mut wrong = request();
        wrong["prefetch"] = value;
        assert!(post(wrong.to_string()).refuses(400).contains("prefetch"));
    }
    let mut none = request();
    none["prefetch"] = json!(null);
    post(none.to_string()).refuses(412);
}

#[test]
fn cdsh_r29_an_access_token_without_its_server_is_refused() {
    let mut wrong = request();
    wrong["fhirAuthorization"] = json!({"access_token": "CANARY", "token_type": "Bearer"});
    assert!(post(wrong.to_string()).refuses(400).contains("fhirServer"));
    wrong["fhirServer"] = json!("https://ehr.example.org/fhir/");
    post(wrong.to_string()).answers();
}

#[test]
fn cdsh_r29_a_member_that_stands_twice_is_refused_also_under_another_spelling() {
    let good = request().to_string();
    for (once, twice) in [
        ("\"hookInstance\":", "\"hookInstance\":\"CANARY\",\"hookInstance\":"),
        ("\"hookInstance\":", "\"hookInst\\u0061nce\":\"CANARY\",\"hookInstance\":"),
        ("\"hook\":", "\"unknown\":1,\"unknown\":2,\"hook\":"),
        ("\"patientId\":", "\"patientId\":\"CANARY\",\"patientId\":"),
        ("\"patientId\":", "\"unknown\":1,\"unknown\":1,\"patientId\":"),
        ("\"her2\":", "\"her2\":null,\"her2\":"),
        ("\"her2\":", "\"unknown\":null,\"unknown\":null,\"her2\":"),
        ("\"prefetch\":", "\"prefetch\":null,\"prefetch\":"),
    ] {
        assert!(post(good.replacen(once, twice, 1)).refuses(400).contains("once"), "{twice}");
    }
}

#[test]
fn cdsh_r29_nul_and_half_characters_are_refused_where_they_are_read_and_pass_where_they_are_not() {
    let good = request().to_string();
    for escape in ["\\u0000", "\\ud800", "\\udc00x"] {
        for (once, broken) in [
            ("\"p1\"", format!("\"p{escape}1\"")),
            ("Practitioner/example", format!("Practitioner/{escape}")),
            ("d1577c69", escape.to_owned()),
        ] {
            post(good.replacen(once, &broken, 1)).refuses(400);
        }
        let unread = good.replacen("null", &format!("null,\"unknown\":\"{escape}\""), 1);
        post(unread).answers();
    }
}

#[test]
fn cdsh_r29_too_many_keys_entries_or_too_long_a_string_are_refused() {
    let mut keys = request();
    for n in 0..63 {
        keys["prefetch"][format!("unknown{n}")] = json!(null);
    }
    post(keys.to_string()).answers();
    keys["prefetch"]["onemore"] = json!(null);
    assert!(post(keys.to_string()).refuses(400).contains("64"));

    let bundle = |n: usize| json!({"resourceType": "Bundle", "entry": vec![json!({}); n]});
    let mut entries = request();
    entries["prefetch"] = json!({"her2": bundle(6_000), "pathology": bundle(4_000)});
    post(entries.to_string()).answers();
    entries["prefetch"]["pathology"] = bundle(4_001);
    assert!(post(entries.to_string()).refuses(400).contains("10000"));

    let mut long = request();
    long["prefetch"]["unknown"] = json!("x".repeat((1 << 20) + 1));
    assert!(post(long.to_string()).refuses(400).contains("1 MiB"));
}

#[test]
fn cdsh_r29_unknown_services_and_paths_are_not_found() {
    let herald = Herald::shared();
    for path in [
        "/cds-services/HER2-chart-review",
        "/cds-services/unknown",
        "/cds-services/unknown/feedback",
        "/cds-services/her2-chart-review/other",
        "/cds-services/%ff",
        "/cds-services/her2-order-dispatch",
        "/nowhere",
        "//",
    ] {
        herald.post(path, request().to_string()).refuses(404);
        herald.send("GET", path, &[], b"").refuses(404);
    }
}

#[test]
fn cdsh_r29_a_body_over_the_limit_is_refused_with_and_without_its_length() {
    let herald = Herald::shared();
    let large = vec![b' '; 10 << 20];
    for path in [REVIEW, FEEDBACK] {
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
        let announced = format!("{head}Content-Length: {}\r\n\r\n", large.len());
        herald.raw(&[announced.as_bytes(), &large].concat()).refuses(413);
        let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", large.len());
        herald.raw(&[chunked.as_bytes(), &large, b"\r\n0\r\n\r\n"].concat()).refuses(413);
    }
    let mut padded = request().to_string();
    padded.push_str(&" ".repeat((4 << 20) - padded.len()));
    herald.post(REVIEW, &padded).answers();
    padded.push(' ');
    herald.post(REVIEW, &padded).refuses(413);
}

#[test]
fn cdsh_r29_only_json_media_types_are_read() {
    let herald = Herald::shared();
    let body = request().to_string();
    for read in
        ["application/json", "application/fhir+json", "APPLICATION/JSON;charset=UTF-8", "application/json ; x=y"]
    {
        herald.send("POST", REVIEW, &[("Content-Type", read)], body.as_bytes()).answers();
    }
    for other in ["text/plain", "application/xml", "application/fhir+xml", "application/jsonx", "application/*", ""] {
        herald.send("POST", REVIEW, &[("Content-Type", other)], body.as_bytes()).refuses(415);
        herald.send("POST", FEEDBACK, &[("Content-Type", other)], body.as_bytes()).refuses(415);
    }
    herald.send("POST", REVIEW, &[], body.as_bytes()).refuses(415);
}

#[test]
fn cdsh_r29_an_encoded_body_is_refused() {
    let body = request().to_string();
    for coding in ["gzip", "br", "deflate", "zstd", "GZIP", "identity, gzip"] {
        let headers = [("Content-Type", "application/json"), ("Content-Encoding", coding)];
        Herald::shared().send("POST", REVIEW, &headers, body.as_bytes()).refuses(415);
    }
}

#[test]
fn a_length_together_with_chunks_is_refused_and_the_connection_closed() {
    let head = format!("POST {REVIEW} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
    let bytes = format!("{head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    let reply = Herald::shared().raw(bytes.as_bytes());
    assert_eq!(reply.status, 400);
    assert_eq!(reply.header("connection"), Some("close"));
}

#[test]
fn cdsh_r29_older_fhir_is_answered_with_412() {
    for (path, value) in [
        ("fhirServer", json!("https://ehr.example.org/api/FHIR/DSTU2")),
        ("fhirServer", json!("https://ehr.example.org/stu3/CANARY")),
        ("extension", json!({"com.epic.cdshooks.request.fhir-version": "STU3"})),
        (
            "prefetch",
            json!({"her2": null, "medRequests": {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "MedicationOrder"}}]}}),
        ),
    ] {
        let mut older = request();
        older[path] = value;
        assert!(post(older.to_string()).refuses(412).contains("R4"));
    }
}

#[test]
fn cdsh_r30_what_is_sent_in_the_wild_is_accepted() {
    for (path, value) in [
        ("hookInstance", json!("no uuid at all")),
        ("fhirServer", json!("http://localhost:8080/fhir/")),
        ("fhirServer", json!(null)),
        ("fhirAuthorization", json!(null)),
        ("context", json!({"patientId": "Patient/123"})),
        ("context", json!({"patientId": "p1", "userId": null, "encounterId": "Encounter/1", "unknown": [[]]})),
        ("extension", json!({"com.example.x": {"y": [null]}})),
        ("extension", json!(["any", 1, "shape"])),
        ("extension", json!("any shape")),
        ("unknown", json!([{"a": []}, 1.10, null])),
    ] {
        let mut wild = request();
        wild[path] = value;
        post(wild.to_string()).answers();
    }
}
