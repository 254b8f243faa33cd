//! Discovery (rules 6 to 18).

use crate::harness::Herald;

#[test]
fn cdsh_r07_discovery_lists_each_service_with_its_templates() {
    let reply = Herald::shared().send("GET", "/cds-services", &[], b"");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let document = reply.json();
    let services = document["services"].as_array().unwrap();
    let ids: Vec<&str> = services.iter().map(|service| service["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["her2-chart-review", "her2-order-select", "her2-order-sign"]);
    let service = &services[0];
    assert_eq!(service["id"], "her2-chart-review");
    assert_eq!(service["hook"], "patient-view");
    assert_eq!(service["usageRequirements"], "FHIR R4");
    let keys: Vec<&str> = service["prefetch"].as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "patient",
        "her2",
        "pathology",
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
    assert_eq!(keys, expected);
    assert_eq!(service["prefetch"]["patient"], "Patient/{{context.patientId}}");
}

/// The keys of the ordering hooks, in the order of the guide.
#[test]
fn cdsh_r18_the_ordering_hooks_ask_for_the_heart_pregnancy_and_treatment() {
    let document = Herald::shared().send("GET", "/cds-services", &[], b"").json();
    let keys = |at: usize| -> Vec<String> {
        document["services"][at]["prefetch"].as_object().unwrap().keys().cloned().collect()
    };
    let select = [
        "patient",
        "her2",
        "pathology",
        "conditions",
        "medRequests",
        "lvef",
        "echoReports",
        "pregnancy",
        "biomarkers",
        "specimens",
    ];
    assert_eq!(keys(1), select);
    let mut sign = select.to_vec();
    sign.splice(5..5, ["medAdmins", "medStatements"]);
    assert_eq!(keys(2), sign);
    for (at, hook) in [(1, "order-select"), (2, "order-sign")] {
        assert_eq!(document["services"][at]["hook"], hook);
    }
}

/// Rule 2, and the required strings of the discovery model.
#[test]
fn cdsh_r02_nothing_in_discovery_is_null_or_empty() {
    let reply = Herald::shared().send("GET", "/cds-services", &[], b"");
    let text = String::from_utf8(reply.body).unwrap();
    for empty in [":null", ":\"\"", "[]", "{}"] {
        assert!(!text.contains(empty), "{empty}");
    }
}
