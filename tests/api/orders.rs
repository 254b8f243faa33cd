//! The ordering hooks, from the request to the cards.

use std::sync::LazyLock;

use herald::clock::Clock;
use herald::http::Limits;
use herald::pages::Sample;
use serde_json::{Value, json};

use crate::harness::{Herald, replayed};

const SIGN: &str = "/cds-services/her2-order-sign";
const SELECT: &str = "/cds-services/her2-order-select";
const INSTANCE: &str = "0d9f3c1e-6a55-4d0b-9b43-0d3a2f6c7e21";

/// A server on one day: the age of an LVEF decides here.
static HERALD: LazyLock<Herald> =
    LazyLock::new(|| Herald::at(Clock::Fixed("2026-11-26T12:00:00Z".parse().unwrap()), Limits::default()));

/// A firing of its own, so that no test meets the decision of another.
fn sample(id: &str, instance: &str) -> Value {
    serde_json::from_str(&Sample::of(id).unwrap().request(instance)).unwrap()
}

fn order(id: &str, medicine: &str) -> Value {
    json!({"resource": {
        "resourceType": "MedicationRequest",
        "id": id,
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": {"text": medicine},
        "subject": {"reference": "Patient/sample-order-negative"}
    }})
}

/// Trastuzumab at HER2-negative breast cancer, with these entries as draft orders.
fn drafts(instance: &str, entries: Value) -> Value {
    let mut request = sample("order-negative", instance);
    request["context"]["draftOrders"] = json!({"resourceType": "Bundle", "entry": entries});
    request
}

/// The `safety` of the assessment in a reply, as `indicator id order`.
fn safety(reply: &Value) -> Vec<String> {
    let findings = reply["extension"]["org.herald-cds.assessment"]["safety"].as_array().unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let of_one = |one: &Value| format!("{} {} {}", word(&one["indicator"]), word(&one["id"]), word(&one["order"]));
    findings.iter().map(of_one).collect()
}

fn post(path: &str, request: &Value) -> Value {
    HERALD.post(path, request.to_string()).answers()
}

/// A draft order that refers to a Medication and names nothing itself.
fn referring(id: &str, medication: &str) -> Value {
    let mut order = order(id, "");
    let resource = order["resource"].as_object_mut().unwrap();
    resource.remove("medicationCodeableConcept");
    resource.insert("medicationReference".to_owned(), json!({"reference": medication}));
    order
}

#[test]
fn the_medication_of_an_order_is_found_in_the_bundle_of_the_orders_and_in_the_prefetch() {
    let medication = json!({"resource": {"resourceType": "Medication", "id": "m1", "code": {"text": "trastuzumab"}}});
    let another = json!({"resource": {"resourceType": "Medication", "id": "m1", "code": {"text": "paracetamol"}}});
    let coded = safety(&post(SIGN, &drafts("order-coded", json!([order("o1", "trastuzumab")]))));
    assert!(coded.iter().any(|finding| finding.starts_with("critical")), "{coded:?}");

    let in_bundle = drafts("order-in-bundle", json!([referring("o1", "Medication/m1"), medication]));
    assert_eq!(safety(&post(SIGN, &in_bundle)), coded);

    let mut in_prefetch = drafts("order-in-prefetch", json!([referring("o1", "Medication/m1")]));
    in_prefetch["prefetch"]["medRequests"] =
        json!({"resourceType": "Bundle", "type": "searchset", "entry": [medication]});
    assert_eq!(safety(&post(SIGN, &in_prefetch)), coded);

    // What stands in the Bundle of the orders is meant, whatever else has its name.
    in_prefetch["hookInstance"] = "order-in-both".into();
    in_prefetch["context"]["draftOrders"]["entry"] = json!([referring("o1", "Medication/m1"), another]);
    assert_eq!(safety(&post(SIGN, &in_prefetch)), [""; 0]);
}

#[test]
fn cdsh_r21_an_order_that_refers_to_a_medication_which_nobody_names_is_told_and_not_passed_over() {
    let reply = post(SIGN, &drafts("order-nameless", json!([referring("o1", "Medication/absent")])));
    assert_eq!(safety(&reply), [""; 0]);
    let excluded = &reply["extension"]["org.herald-cds.assessment"]["excluded"];
    assert_eq!(*excluded, json!([{"reference": "MedicationRequest/o1", "why": "unreadable"}]));
    let cards = reply["cards"].as_array().unwrap();
    assert_eq!((cards.len(), &cards[0]["indicator"]), (1, &json!("info")), "{reply}");
    let summary = cards[0]["summary"].as_str().unwrap();
    let told = "The medicine of a draft order could not be read and was not checked: consider a look at it.";
    assert_eq!(summary.trim_start_matches("UNREVIEWED: "), told);
    assert!(cards[0]["detail"].as_str().unwrap().contains("MedicationRequest/o1"), "{reply}");
    assert_eq!(cards[0]["extension"]["org.herald-cds.relatedResources"], json!(["MedicationRequest/o1"]));
}

#[test]
fn an_order_is_called_unread_where_it_is_meant_and_nothing_tells_its_medicine() {
    let kinds = |path: &str, request: &Value| -> Vec<String> {
        let reply = post(path, request);
        let cards = reply["cards"].as_array().unwrap();
        cards.iter().map(|card| card["source"]["topic"]["code"].as_str().unwrap().to_owned()).collect()
    };
    let sign = |instance: &str, order: Value| kinds(SIGN, &drafts(instance, json!([order])));
    let unread = ["HER2ORDERUNREAD"];
    assert_eq!(sign("unread-contained", referring("o1", "#not-there")), unread);
    let mut twice = drafts("unread-twice", json!(["TWICE"])).to_string();
    twice = twice.replace("\"TWICE\"", r#"{"resource": {"resourceType": "MedicationRequest", "id": "c", "id": "d"}}"#);
    assert_eq!(kinds(SIGN, &serde_json::from_str(&twice).unwrap()), [""; 0], "the copy has lost its second id");
    let raw = HERALD.post(SIGN, twice).answers();
    assert_eq!(raw["cards"][0]["source"]["topic"]["code"], unread[0]);
    let mut named = referring("o1", "Medication/absent");
    named["resource"]["medicationReference"]["display"] = json!("paracetamol");
    assert_eq!(sign("unread-named", named), [""; 0]);
    for (member, value) in
        [("status", json!("cancelled")), ("doNotPerform", json!(true)), ("subject", json!({"reference": "Patient/x"}))]
    {
        let mut no_order = referring("o1", "Medication/absent");
        no_order["resource"][member] = value;
        assert_eq!(sign(&format!("unread-{member}"), no_order), [""; 0], "{member}");
    }
    let mut choosing = drafts("unread-chosen", json!([referring("o1", "Medication/absent"), order("o2", "docetaxel")]));
    choosing["hook"] = json!("order-select");
    for (selected, expected) in [("o1", &unread[..]), ("o2", &[])] {
        choosing["hookInstance"] = json!(format!("unread-chosen-{selected}"));
        choosing["context"]["selections"] = json!([format!("MedicationRequest/{selected}")]);
        assert_eq!(kinds(SELECT, &choosing), expected, "{selected}");
    }
}

#[test]
fn signing_trastuzumab_for_a_her2_negative_tumour_is_critical() {
    let reply = post(SIGN, &sample("order-negative", INSTANCE));
    let cards = reply["cards"].as_array().unwrap();
    assert_eq!(cards.len(), 1);
    assert_eq!(cards[0]["indicator"], "critical");
    assert_eq!(cards[0]["suggestions"][0]["actions"][0]["type"], "delete");
    assert_eq!(cards[0]["suggestions"][0]["actions"][0]["resourceId"], "MedicationRequest/draft-1");
    assert!(cards[0]["suggestions"][0]["actions"][0].get("resource").is_none());
    assert_eq!(cards[0]["extension"]["org.herald-cds.relatedResources"], json!(["MedicationRequest/draft-1"]));
}

#[test]
fn signing_trastuzumab_deruxtecan_without_lvef_is_a_warning_with_the_draft_of_an_echocardiogram() {
    let reply = post(SIGN, &sample("order-no-lvef", INSTANCE));
    let cards = reply["cards"].as_array().unwrap();
    assert_eq!(cards.len(), 1);
    assert_eq!(cards[0]["indicator"], "warning");
    let action = &cards[0]["suggestions"][0]["actions"][0];
    assert_eq!(action["type"], "create");
    assert_eq!(action["resource"]["resourceType"], "ServiceRequest");
    assert_eq!(action["resource"]["code"]["coding"][0]["code"], "40701008");
    assert_eq!(action["resource"]["subject"]["reference"], "Patient/sample-order-no-lvef");
}

/// The body as it goes out. The digest changes with every rule, and labels are told in tests of their own.
#[test]
fn the_whole_replies_at_signing_read_as_reviewed() {
    for id in ["order-negative", "order-no-lvef"] {
        let mut reply = post(SIGN, &sample(id, "5a1f9d8e-2b7c-4a13-8f36-c2d9a4e0b517"));
        let assessment = &mut reply["extension"]["org.herald-cds.assessment"];
        assessment["rules"]["digest"] = json!("[digest]");
        assessment["considerations"] = json!("[considerations]");
        insta::assert_snapshot!(format!("reply_{id}"), serde_json::to_string_pretty(&reply).unwrap());
    }
}

#[test]
fn choosing_is_never_critical_and_looks_at_the_chosen_orders_only() {
    let mut request = drafts("select-1", json!([order("a", "trastuzumab"), order("b", "trastuzumab deruxtecan")]));
    request["hook"] = json!("order-select");
    for (nth, selections) in [
        json!(["MedicationRequest/b"]),
        json!(["b"]),
        json!(["https://fhir.example.org/r4/MedicationRequest/b"]),
        json!(["ServiceRequest/x", "MedicationRequest/b"]),
    ]
    .into_iter()
    .enumerate()
    {
        request["hookInstance"] = json!(format!("select-1-{nth}"));
        request["context"]["selections"] = selections;
        assert_eq!(safety(&post(SELECT, &request)), ["warning products_together MedicationRequest/b"]);
    }
    request["hookInstance"] = json!("select-1-none");
    request["context"]["selections"] = json!(["ServiceRequest/x"]);
    let reply = post(SELECT, &request);
    assert!(safety(&reply).is_empty());
    assert_eq!(reply["cards"], json!([]));
    // without a selection that can be read, or with one that fits no order, every order counts
    let unreadable = [
        json!(null),
        json!([]),
        json!([7, null]),
        json!(["MedicationRequest/z"]),
        json!(["urn:uuid:z"]),
        json!(["#a"]),
    ];
    for (nth, unreadable) in unreadable.into_iter().enumerate() {
        request["hookInstance"] = json!(format!("select-2-{nth}"));
        request["context"]["selections"] = unreadable;
        let found = safety(&post(SELECT, &request));
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.iter().all(|line| line.starts_with("warning")), "{found:?}");
    }
}

#[test]
fn a_selection_may_name_an_order_by_its_full_url_or_one_of_its_versions() {
    let mut second = order("b", "trastuzumab deruxtecan");
    second["fullUrl"] = json!("urn:uuid:0f6a8e0c-54d5-4b0a-9f8e-2d1f7c3b9a11");
    let mut request = drafts("select-3", json!([order("a", "trastuzumab"), second]));
    request["hook"] = json!("order-select");
    let named = ["urn:uuid:0f6a8e0c-54d5-4b0a-9f8e-2d1f7c3b9a11", "MedicationRequest/b/_history/1"];
    for (nth, selection) in named.into_iter().enumerate() {
        request["hookInstance"] = json!(format!("select-3-{nth}"));
        request["context"]["selections"] = json!([selection]);
        assert_eq!(safety(&post(SELECT, &request)), ["warning products_together MedicationRequest/b"], "{selection}");
    }
}

#[test]
fn a_bundle_of_drafts_that_does_not_say_what_it_is_is_read_all_the_same() {
    let whole = drafts("bundle-0", json!([order("a", "trastuzumab")]));
    let expected = safety(&post(SIGN, &whole));
    assert_eq!(expected.len(), 1, "{expected:?}");
    let resource = whole["context"]["draftOrders"]["entry"][0]["resource"].clone();
    let shapes = [
        json!({"entry": [{"resource": resource}]}),
        json!({"resourceType": "bundle", "entry": [{"resource": resource}]}),
        json!({"resourceType": "Bundle", "entry": [resource]}),
        json!({"resourceType": "Bundle", "entry": {"resource": resource}}),
        resource,
    ];
    for (nth, shape) in shapes.into_iter().enumerate() {
        let mut request = whole.clone();
        request["hookInstance"] = json!(format!("bundle-{}", nth + 1));
        request["context"]["draftOrders"] = shape;
        assert_eq!(safety(&post(SIGN, &request)), expected, "{}", request["context"]["draftOrders"]);
    }
}

#[test]
fn orders_without_a_medicine_of_ours_get_no_card_and_still_an_assessment() {
    let others = [
        json!([]),
        json!([null, {}, {"resource": null}, 7]),
        json!([{"resource": {"resourceType": "ServiceRequest", "id": "x", "code": {"text": "trastuzumab level"}}}]),
        json!([order("a", "paracetamol")]),
        json!([order("a", "trastuzumab duocarmazine")]),
    ];
    for (nth, entries) in others.into_iter().enumerate() {
        let reply = post(SIGN, &drafts(&format!("none-{nth}"), entries));
        assert_eq!(reply["cards"], json!([]));
        assert!(safety(&reply).is_empty());
        assert_eq!(reply["extension"]["org.herald-cds.assessment"]["specimens"][0]["category"], "negative");
    }
    let mut bare = sample("order-negative", "none-bare");
    bare["context"]["draftOrders"] = json!({"resourceType": "Bundle"});
    assert_eq!(post(SIGN, &bare)["cards"], json!([]));
}

#[test]
fn an_order_that_cannot_be_read_is_named_and_never_takes_the_others_with_it() {
    let broken = r#"{"resource": {"resourceType": "MedicationRequest", "id": "b", "status": "draft",
        "medicationCodeableConcept": {"text": "trastuzumab"}, "medicationCodeableConcept": {"text": "lapatinib"}}}"#;
    let twice = r#"{"resource": {"resourceType": "MedicationRequest", "id": "c", "id": "d"}}"#;
    let request = drafts("broken-1", json!([order("a", "trastuzumab"), "BROKEN", "TWICE"])).to_string();
    let request = request.replace("\"BROKEN\"", broken).replace("\"TWICE\"", twice);
    let reply = HERALD.post(SIGN, request).answers();
    assert_eq!(safety(&reply), ["critical her2_negative MedicationRequest/a"]);
    let excluded = &reply["extension"]["org.herald-cds.assessment"]["excluded"];
    assert_eq!(
        *excluded,
        json!([
            {"reference": "draftOrders.entry[2]", "why": "unreadable"},
            {"reference": "MedicationRequest/b", "why": "unreadable"},
        ])
    );
}

#[test]
fn an_order_of_another_patient_a_prohibition_and_a_withdrawn_order_are_no_orders() {
    let changed = |member: &str, value: Value| {
        let mut order = order("a", "trastuzumab");
        order["resource"][member] = value;
        json!([order])
    };
    let other_patient = changed("subject", json!({"reference": "Patient/someone-else"}));
    let reply = post(SIGN, &drafts("other-patient", other_patient));
    assert!(safety(&reply).is_empty());
    let excluded = &reply["extension"]["org.herald-cds.assessment"]["excluded"];
    assert_eq!(*excluded, json!([{"reference": "MedicationRequest/a", "why": "other_patient"}]));
    for (nth, entries) in [
        changed("doNotPerform", json!(true)),
        changed("status", json!("entered-in-error")),
        changed("status", json!("cancelled")),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(safety(&post(SIGN, &drafts(&format!("no-order-{nth}"), entries))).is_empty());
    }
    let active = changed("status", json!("active"));
    assert_eq!(safety(&post(SIGN, &drafts("active", active))), ["critical her2_negative MedicationRequest/a"]);
}

/// Pitfall 19: by code, by name, by a contained Medication; never one for the other.
#[test]
fn the_three_trastuzumab_products_are_told_apart_however_they_are_sent() {
    let coded = |system: &str, code: &str| {
        let mut order = order("a", "");
        order["resource"]["medicationCodeableConcept"] = json!({"coding": [{"system": system, "code": code}]});
        json!([order])
    };
    let mut contained = order("a", "");
    contained["resource"]["medicationCodeableConcept"] = json!(null);
    contained["resource"]["contained"] =
        json!([{"resourceType": "Medication", "id": "m", "code": {"text": "Kadcyla 100 mg"}}]);
    contained["resource"]["medicationReference"] = json!({"reference": "#m"});
    let negative = "critical her2_negative MedicationRequest/a";
    let table = [
        (json!([order("a", "Herceptin")]), "trastuzumab", vec![negative]),
        (json!([order("a", "trastuzumab-dkst")]), "trastuzumab", vec![negative]),
        (json!([order("a", "ado-trastuzumab emtansine")]), "trastuzumab_emtansine", vec![negative]),
        (json!([contained]), "trastuzumab_emtansine", vec![negative]),
        (coded("http://www.whocc.no/atc", "L01FD01"), "trastuzumab", vec![negative]),
        (coded("http://www.whocc.no/atc", "L01FD03"), "trastuzumab_emtansine", vec![negative]),
        // HER2-low: the third product has a label here
        (json!([order("a", "Enhertu")]), "", vec![]),
        (json!([order("a", "fam-trastuzumab deruxtecan-nxki")]), "", vec![]),
        (coded("http://www.whocc.no/atc", "L01FD04"), "", vec![]),
    ];
    for (nth, (entries, agent, expected)) in table.into_iter().enumerate() {
        let reply = post(SIGN, &drafts(&format!("product-{nth}"), entries.clone()));
        assert_eq!(safety(&reply), expected, "{entries}");
        if !agent.is_empty() {
            assert_eq!(reply["extension"]["org.herald-cds.assessment"]["safety"][0]["agent"], agent, "{entries}");
        }
    }
}

#[test]
fn a_code_and_a_name_that_mean_different_products_are_told_and_nothing_is_critical() {
    let mut unclear = order("a", "trastuzumab emtansine");
    unclear["resource"]["medicationCodeableConcept"]["coding"] =
        json!([{"system": "http://www.whocc.no/atc", "code": "L01FD01"}]);
    let found = safety(&post(SIGN, &drafts("unclear", json!([unclear]))));
    assert!(found.contains(&"warning product_unclear MedicationRequest/a".to_owned()), "{found:?}");
    assert!(found.iter().all(|line| !line.starts_with("critical")), "{found:?}");
}

#[test]
fn a_withdrawn_result_never_supports_an_order() {
    let mut request = sample("order-no-lvef", "withdrawn");
    request["prefetch"]["her2"]["entry"][0]["resource"]["status"] = json!("entered-in-error");
    let reply = post(SIGN, &request);
    assert!(safety(&reply).contains(&"warning her2_unknown MedicationRequest/draft-1".to_owned()), "{reply}");
    let card = &reply["cards"][0];
    assert!(card["detail"].as_str().unwrap().contains("Withdrawn, not used: Observation/o1."), "{card}");
}

#[test]
fn the_record_of_the_heart_is_read_and_a_key_that_failed_is_not_called_empty() {
    let lvef = |value: &str| {
        let mut request = sample("order-no-lvef", &format!("lvef-{value}"));
        request["prefetch"]["lvef"] = json!({"resourceType": "Observation", "id": "e1", "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "10230-1"}]},
            "subject": {"reference": "Patient/sample-order-no-lvef"}, "effectiveDateTime": "2026-11-20",
            "valueQuantity": {"value": 61, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}});
        let text = request.to_string().replace("\"value\":61", &format!("\"value\":{value}"));
        safety(&HERALD.post(SIGN, text).answers())
    };
    assert!(lvef("61").is_empty());
    assert!(lvef("50.0").is_empty());
    assert_eq!(lvef("49.9"), ["warning lvef_not_studied MedicationRequest/draft-1"]);
    assert_eq!(lvef("39.9"), ["critical lvef_low MedicationRequest/draft-1"]);
    let mut failed = sample("order-no-lvef", "lvef-failed");
    failed["prefetch"]["lvef"] = json!({"resourceType": "OperationOutcome"});
    assert_eq!(safety(&post(SIGN, &failed)), ["warning lvef_not_visible MedicationRequest/draft-1"]);
}

#[test]
fn cdsh_r29_an_ordering_hook_without_draft_orders_is_refused() {
    for (path, hook) in [(SIGN, "order-sign"), (SELECT, "order-select")] {
        let mut request = sample("order-negative", "refused");
        request["hook"] = json!(hook);
        for bad in [json!(null), json!([]), json!("CANARY")] {
            request["context"]["draftOrders"] = bad;
            let words = HERALD.post(path, request.to_string()).refuses(400);
            assert!(words.contains("context.draftOrders"), "{words}");
        }
    }
    let mut request = sample("order-negative", "refused");
    request["hook"] = json!("patient-view");
    assert!(HERALD.post(SIGN, request.to_string()).refuses(400).contains("order-sign"));
    let mut request = sample("order-negative", "refused");
    request["prefetch"] = json!({});
    assert!(HERALD.post(SIGN, request.to_string()).refuses(412).contains("her2"));
}

/// Two baskets under one hookInstance are two decisions; the same basket again is the same one.
#[test]
fn draft_orders_are_part_of_what_makes_a_request_the_same_one() {
    let post = |request: &Value| HERALD.post(SIGN, request.to_string());
    let first = drafts("same-or-not", json!([order("a", "trastuzumab")]));
    let reply = post(&first);
    reply.answers();
    assert_eq!(replayed(|| post(&first)).body, reply.body);
    let other = post(&drafts("same-or-not", json!([order("a", "trastuzumab deruxtecan")])));
    assert_eq!(other.header("idempotent-replay"), None);
    assert_eq!(other.answers()["cards"], json!([]));
}

#[test]
fn cdsh_r46_feedback_on_a_card_at_ordering_is_taken() {
    let reply = post(SIGN, &sample("order-negative", "feedback-1"));
    let card = &reply["cards"][0];
    let feedback = json!({"feedback": [{
        "card": card["uuid"],
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": card["suggestions"][0]["uuid"]}],
        "outcomeTimestamp": "2026-11-26T10:00:00Z"
    }]});
    let answered = HERALD.post(&format!("{SIGN}/feedback"), feedback.to_string());
    assert_eq!((answered.status, &*answered.body), (200, &b"{}"[..]));
}

/// Rules 33 to 41 for every card of these hooks: typed members, none of them empty.
#[test]
fn cdsh_r02_nothing_in_a_card_at_ordering_is_null_or_empty() {
    for id in ["order-negative", "order-no-lvef"] {
        let cards = post(SIGN, &sample(id, "never-empty"))["cards"].to_string();
        for empty in [":null", ":\"\"", ":[]", "{}"] {
            assert!(!cards.contains(empty), "{id}: {empty} in {cards}");
        }
    }
}

#[test]
fn a_medication_that_several_orders_share_is_told_for_each_of_them() {
    let of = |id: &str| {
        let mut one = order(id, "");
        one["resource"]["medicationCodeableConcept"].take();
        one["resource"]["medicationReference"] = json!({"reference": "Medication/m"});
        one
    };
    let shared = json!({"resource": {"resourceType": "Medication", "id": "m",
        "ingredient": [{"itemCodeableConcept": {"text": "trastuzumab"}}]}});
    let found = safety(&post(SIGN, &drafts("shared", json!([of("a"), of("b"), shared]))));
    let negative = |id: &str| format!("critical her2_negative MedicationRequest/{id}");
    assert_eq!(found[..2], [negative("a"), negative("b")]);
}

#[test]
fn an_order_whose_name_holds_half_a_character_is_set_aside_and_not_passed_over() {
    let request = drafts("half", json!([order("a", "HALF")])).to_string();
    let reply = HERALD.post(SIGN, request.replace("HALF", r"trastuzumab \ud800")).answers();
    let excluded = &reply["extension"]["org.herald-cds.assessment"]["excluded"];
    assert_eq!(*excluded, json!([{"reference": "MedicationRequest/a", "why": "unreadable"}]));
}
