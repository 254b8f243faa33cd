//! Which numbers are of one count: those of one panel, and never those of two (fhir/guide.md D13).

use super::*;

/// The members of a panel and the panel itself, which alone may be dated.
fn panel(id: &str, numbers: &[(&str, f64)], of_members: &Value, of_panel: Value) -> Vec<Value> {
    let name = |code: &str| format!("{id}-{code}");
    let mut all: Vec<Value> =
        numbers.iter().map(|(code, value)| number(&name(code), code, *value, of_members.clone())).collect();
    let listed: Vec<Value> =
        numbers.iter().map(|(code, _)| json!({"reference": format!("Observation/{}", name(code))})).collect();
    let mut panel = observation(id, "74885-5", of_panel);
    panel["hasMember"] = listed.into();
    all.push(panel);
    all
}

const RATIO: (&str, f64) = ("49683-6", 2.4);
const COPIES: (&str, f64) = ("74860-8", 5.1);
const CELLS: (&str, f64) = ("62361-1", 40.0);
/// Negative beside 2+.
const OTHER: [(&str, f64); 3] = [("49683-6", 1.2), ("74860-8", 2.6), ("62361-1", 40.0)];
const WHOLE: [(&str, f64); 3] = [RATIO, COPIES, CELLS];

fn with_2plus(parts: &[Vec<Value>]) -> Vec<Value> {
    [vec![condition("C50.412"), ihc("2+")], parts.concat()].concat()
}

fn undated() -> Value {
    json!({"effectiveDateTime": null})
}

#[test]
fn the_ratio_of_one_panel_and_the_copies_of_another_are_no_count() {
    for of_members in [json!({}), undated()] {
        for second in [json!({}), json!({"effectiveDateTime": "2026-09-20"})] {
            let two =
                [panel("p1", &[RATIO, CELLS], &of_members, json!({})), panel("p2", &[COPIES], &of_members, second)];
            let (category, _, step, _) = found(&with_2plus(&two));
            assert_eq!((category.as_str(), step.as_str()), ("insufficient", "obtain_copy_number"));
            let turned = [two[1].clone(), two[0].clone()];
            assert_eq!(found(&with_2plus(&turned)).0, "insufficient");
        }
    }
    let one = [panel("p1", &[RATIO, COPIES, CELLS], &json!({}), json!({}))];
    assert_eq!(found(&with_2plus(&one)).0, "positive");
}

#[test]
fn two_panels_with_numbers_of_their_own_are_no_count_either() {
    let alone = |id: &str, code: &str, value: f64| {
        vec![observation(id, "74885-5", json!({"component": [component(code, json!(value))]}))]
    };
    let (category, ..) = found(&with_2plus(&[alone("p1", RATIO.0, RATIO.1), alone("p2", COPIES.0, COPIES.1)]));
    assert_eq!(category, "insufficient");
}

#[test]
fn numbers_of_two_reports_are_of_two_tests_and_those_of_one_report_of_one() {
    let report = |id: &str, results: &[&str]| {
        let results: Vec<Value> = results.iter().map(|of| json!({"reference": format!("Observation/{of}")})).collect();
        json!({"resourceType": "DiagnosticReport", "id": id, "status": "final", "result": results})
    };
    let numbers = || vec![number("r", RATIO.0, RATIO.1, json!({})), number("c", COPIES.0, COPIES.1, json!({}))];
    let of = |reports: Vec<Value>| found(&with_2plus(&[numbers(), reports])).0;
    assert_eq!(of(vec![report("a", &["r"]), report("b", &["c"])]), "insufficient");
    assert_eq!(of(vec![report("a", &["r", "c"])]), "positive");
    assert_eq!(of(vec![report("a", &["r", "c"]), report("b", &["c"])]), "positive");
    assert_eq!(of(vec![report("a", &["ihc"]), report("b", &["r", "c"])]), "positive");
    assert_eq!(of(vec![]), "positive", "one by one, of one specimen and one day");
}

#[test]
fn two_whole_panels_of_one_day_are_two_counts() {
    let two = |second: &[(&str, f64)]| {
        found(&with_2plus(&[panel("p1", &WHOLE, &json!({}), json!({})), panel("p2", second, &json!({}), json!({}))]))
    };
    let (category, _, step, _) = two(&[("49683-6", 2.5), ("74860-8", 5.4), CELLS]);
    assert_eq!((category.as_str(), step.as_str()), ("positive", "none"));
    let (category, _, step, flags) = two(&OTHER);
    assert_eq!((category.as_str(), step.as_str()), ("indeterminate", "lab_clarification"));
    assert!(flags.contains(&"conflicting_results".to_owned()), "{flags:?}");
}

#[test]
fn a_panel_that_was_counted_across_midnight_is_one_count() {
    let at = |time: &str| json!({"effectiveDateTime": time});
    let split = |later: &str| {
        let mut parts = panel("p1", &WHOLE, &at("2026-09-02T23:50:00Z"), json!({}));
        parts[1]["effectiveDateTime"] = json!(later);
        found(&with_2plus(&[parts])).0
    };
    assert_eq!(split("2026-09-03T00:10:00Z"), "positive");
    assert_eq!(split("2026-09-20T00:10:00Z"), "insufficient");
    // a report may tell of two counts
    let mut of_report = vec![number("r", RATIO.0, RATIO.1, json!({})), number("c", COPIES.0, COPIES.1, json!({}))];
    of_report[1]["effectiveDateTime"] = json!("2026-09-03");
    let listed = json!([{"reference": "Observation/r"}, {"reference": "Observation/c"}]);
    of_report.push(json!({"resourceType": "DiagnosticReport", "id": "a", "status": "final", "result": listed}));
    assert_eq!(found(&with_2plus(&[of_report])).0, "insufficient");
}

#[test]
fn copies_that_are_derived_from_a_ratio_are_of_the_same_count() {
    let ratio = panel("p1", &[RATIO, CELLS], &json!({}), json!({}));
    let mut copies = panel("p2", &[COPIES], &json!({}), json!({}));
    copies[0]["derivedFrom"] = json!([{"reference": "Observation/p1-49683-6"}]);
    assert_eq!(found(&with_2plus(&[ratio, copies])).0, "positive");
}

#[test]
fn a_corrected_panel_counts_and_not_the_final_one_that_it_corrects() {
    let with = |status: &str, more: Value| {
        let mut of_panel = json!({"status": status});
        for (key, value) in more.as_object().unwrap() {
            of_panel[key] = value.clone();
        }
        let first = panel("p1", &WHOLE, &json!({}), json!({}));
        found(&with_2plus(&[first, panel("p2", &OTHER, &json!({}), of_panel)]))
    };
    let (category, expression, step, flags) = with("corrected", json!({}));
    assert_eq!((category.as_str(), expression.as_str(), step.as_str()), ("negative", "low", "none"));
    assert!(flags.contains(&"amended_result".to_owned()), "{flags:?}");
    let url = "http://hl7.org/fhir/StructureDefinition/observation-replaces";
    let replaces = json!({"extension": [{"url": url, "valueReference": {"reference": "Observation/p1"}}]});
    let (category, _, step, _) = with("final", replaces);
    assert_eq!((category.as_str(), step.as_str()), ("negative", "none"));
}

#[test]
fn members_of_a_replaced_or_withdrawn_panel_are_set_aside_by_name() {
    let withdrawn = panel("p1", &[RATIO, COPIES], &json!({}), json!({"status": "entered-in-error"}));
    let excluded = printed(&with_2plus(&[withdrawn]))["excluded"].clone();
    let gone = |id: &str| json!({"reference": format!("Observation/{id}"), "why": "entered_in_error"});
    assert_eq!(excluded, json!([gone("p1-49683-6"), gone("p1-74860-8"), gone("p1")]));
    // one that another panel lists again still counts
    let mut kept = panel("p1", &[RATIO, COPIES], &json!({}), json!({"status": "cancelled"}));
    let mut again = kept.last().unwrap().clone();
    again["id"] = json!("p2");
    again["status"] = json!("final");
    kept.push(again);
    assert_eq!(found(&with_2plus(&[kept])).0, "positive");
}
