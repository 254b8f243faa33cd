//! The five states of a prefetch key (rules 19 to 22).

use serde_json::{Value, json};

use crate::harness::{Herald, REVIEW, Reply, request, with_her2};

fn post(her2: Value) -> Reply {
    Herald::shared().post(REVIEW, with_her2(her2))
}

fn observation() -> Value {
    json!({"resourceType": "Observation", "id": "o1", "status": "final"})
}

fn outcome() -> Value {
    json!({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception", "diagnostics": "CANARY"}]})
}

#[test]
fn cdsh_r19a_a_resource_and_a_bundle_are_data() {
    post(observation()).answers();
    post(json!({"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": observation()}]})).answers();
    post(json!({"resourceType": "Bundle", "entry": [{"resource": observation()}, 5, null, {}]})).answers();
}

#[test]
fn cdsh_r19b_null_says_that_the_ehr_knows_of_no_result() {
    post(json!(null)).answers();
}

#[test]
fn cdsh_r19c_a_bundle_without_entries_says_the_same() {
    let none = post(json!(null)).answers();
    for empty in [
        json!({"resourceType": "Bundle", "type": "searchset", "total": 0}),
        json!({"resourceType": "Bundle", "entry": []}),
        json!({"resourceType": "Bundle", "entry": null}),
    ] {
        assert_eq!(post(empty).answers(), none);
    }
}

#[test]
fn cdsh_r19d_a_required_key_that_is_absent_is_named() {
    let mut absent = request();
    absent["prefetch"] = json!({"patient": {"resourceType": "Patient", "id": "p1"}, "unknown": "CANARY"});
    let words = Herald::shared().post(REVIEW, absent.to_string()).refuses(412);
    assert!(words.contains("`her2`") && words.contains("`pathology`"), "{words}");
    absent.as_object_mut().unwrap().remove("prefetch");
    Herald::shared().post(REVIEW, absent.to_string()).refuses(412);
}

#[test]
fn cdsh_r19d_pathology_stands_in_for_her2() {
    let mut absent = request();
    absent["prefetch"] = json!({"pathology": null});
    Herald::shared().post(REVIEW, absent.to_string()).answers();
    absent["prefetch"] = json!({"pathology": null, "her2": outcome()});
    Herald::shared().post(REVIEW, absent.to_string()).answers();
}

#[test]
fn cdsh_r19e_an_operation_outcome_alone_is_a_failure() {
    post(outcome()).refuses(412);
    post(json!({"resourceType": "Bundle", "entry": [{"resource": outcome(), "search": {"mode": "outcome"}}]}))
        .refuses(412);
    let mut optional = request();
    optional["prefetch"]["lvef"] = outcome();
    Herald::shared().post(REVIEW, optional.to_string()).answers();
}

#[test]
fn cdsh_r19e_an_operation_outcome_beside_data_leaves_the_data() {
    post(json!({"resourceType": "Bundle", "entry": [{"resource": observation()}, {"resource": outcome()}]})).answers();
}

#[test]
fn cdsh_r19_a_value_of_any_other_kind_leaves_the_key_unsatisfied() {
    for other in [
        json!("CANARY"),
        json!(5),
        json!(1.5),
        json!(true),
        json!([observation()]),
        json!({}),
        json!({"fullUrl": "x", "resource": observation()}),
        json!({"resourceType": 5}),
        json!({"resourceType": ""}),
        json!({"resourceType": "Bundle", "entry": {}}),
    ] {
        post(other).refuses(412);
    }
    let twice = with_her2(json!("PLACE")).replace("\"PLACE\"", r#"{"resourceType":"Bundle","entry":[{}],"entry":[]}"#);
    Herald::shared().post(REVIEW, twice).refuses(412);
}

/// A breast cancer with these HER2 data, and the detail of the card that they get.
fn detail(her2: Value) -> String {
    let mut request = request();
    request["hookInstance"] = json!(uuid::Uuid::now_v7());
    request["prefetch"] = json!({"her2": her2, "pathology": null, "conditions": {"resourceType": "Condition",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C50.912"}]}}});
    let reply = Herald::shared().post(REVIEW, request.to_string()).answers();
    reply["cards"][0]["detail"].as_str().unwrap().to_owned()
}

#[test]
fn cdsh_r20_a_card_says_that_a_page_was_not_followed_or_that_a_fault_stood_beside_the_data() {
    let ihc = json!({"resource": {"resourceType": "Observation", "id": "o1", "status": "final", "valueString": "3+",
        "code": {"coding": [{"system": "http://loinc.org", "code": "85319-2"}]}}});
    let next = json!([{"relation": "next", "url": "https://evil.example"}]);
    let whole = json!({"resourceType": "Bundle", "entry": [ihc]});
    let paged = json!({"resourceType": "Bundle", "entry": [ihc], "link": next});
    let faulty =
        json!({"resourceType": "Bundle", "entry": [ihc, {"resource": outcome(), "search": {"mode": "outcome"}}]});
    assert!(!detail(whole).contains("incomplete"));
    for partial in [paged, faulty] {
        let words = detail(partial);
        assert!(words.contains("IHC 3+") && words.contains("may be incomplete: HER2 results"), "{words}");
    }
    let other =
        json!({"resource": {"resourceType": "Observation", "id": "o2", "status": "final", "code": {"text": "Sodium"}}});
    let nothing = detail(json!({"resourceType": "Bundle", "entry": [other], "link": next}));
    assert!(nothing.contains("no HER2 result") && nothing.contains("may be incomplete: HER2 results"), "{nothing}");
}

mod parsed {
    //! The states as the rest of the service sees them.

    use herald::cdshooks::{Completeness, HookRequest, Key, Service, Supplied, parse_request};
    use serde_json::json;

    use super::{observation, outcome};
    use crate::harness::{document, request};

    fn with(prefetch: serde_json::Value, look: impl FnOnce(HookRequest<'_>)) {
        let mut request = request();
        request["prefetch"] = prefetch;
        look(parse_request(&document(&request.to_string()), Service::ChartReview).unwrap());
    }

    #[test]
    fn what_could_not_be_had_is_listed_in_the_order_of_discovery() {
        let prefetch = json!({"lvef": outcome(), "patient": {"resourceType": "Patient"}, "her2": null, "conditions": 5,
            "pathology": {"resourceType": "Bundle"}, "pregnancy": null});
        with(prefetch, |request| {
            let unseen: Vec<&str> = request.prefetch.unseen().map(Key::name).collect();
            let expected = [
                "conditions",
                "medRequests",
                "medAdmins",
                "medStatements",
                "procedures",
                "lvef",
                "echoReports",
                "biomarkers",
                "specimens",
            ];
            assert_eq!(unseen, expected);
            assert!(matches!(request.prefetch.get(Key::Pregnancy), Supplied::Absent));
            assert_eq!(request.prefetch.resources().map(|(key, _)| key).collect::<Vec<_>>(), [Key::Patient]);
        });
    }

    #[test]
    fn cdsh_r20_an_unread_next_page_and_a_fault_beside_data_mean_that_there_may_be_more() {
        let entry = json!([{"resource": observation()}]);
        let next = json!([{"relation": "self", "url": "x"}, {"relation": "next", "url": "https://evil.example"}]);
        let prefetch = json!({
            "her2": {"resourceType": "Bundle", "entry": entry, "link": next},
            "pathology": {"resourceType": "Bundle", "entry": [{"resource": observation()}, {"resource": outcome()}]},
            "lvef": {"resourceType": "Bundle", "entry": entry, "link": [{"relation": "self"}]},
            "biomarkers": {"resourceType": "Bundle", "entry": entry, "link": []}
        });
        with(prefetch, |request| {
            assert_eq!(request.prefetch.partial().collect::<Vec<_>>(), [Key::Her2, Key::Pathology]);
            assert!(matches!(request.prefetch.get(Key::Lvef), Supplied::Data(_, Completeness::Complete)));
        });
    }

    #[test]
    fn no_patient_is_read_from_the_debug_form_of_a_request() {
        let prefetch = json!({"her2": {"resourceType": "Observation", "id": "CANARY"}});
        let mut sent = request();
        sent["prefetch"] = prefetch;
        sent["context"] = json!({"patientId": "CANARY", "userId": "Practitioner/CANARY"});
        sent["fhirServer"] = json!("https://CANARY");
        let shown = format!("{:?}", parse_request(&document(&sent.to_string()), Service::ChartReview).unwrap());
        assert!(!shown.contains("CANARY"), "{shown}");
    }

    #[test]
    fn cdsh_r29_order_hooks_need_their_draft_orders() {
        for service in [Service::OrderSelect, Service::OrderSign] {
            let mut order = request();
            order["hook"] = json!(service.hook().name());
            for bad in [json!(null), json!([]), json!("x")] {
                order["context"]["draftOrders"] = bad;
                assert!(parse_request(&document(&order.to_string()), service).is_err());
            }
            order["context"]["draftOrders"] = json!({"resourceType": "Bundle"});
            assert!(parse_request(&document(&order.to_string()), service).unwrap().context.draft_orders.is_some());
        }
    }
}
