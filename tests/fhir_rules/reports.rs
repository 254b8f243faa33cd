//! A report and the results that it lists: whoever withdraws the one withdraws the other (rule D3, clinical guide 8.1).

use super::*;

fn report(id: &str, status: &str, results: &[&str]) -> Value {
    let results: Vec<Value> = results.iter().map(|of| json!({"reference": of})).collect();
    json!({"resourceType": "DiagnosticReport", "id": id, "status": status, "subject": {"reference": "Patient/p1"},
        "code": coded(LOINC, "60568-3"), "result": results})
}

fn three_plus() -> Value {
    observation("o1", "85319-2", json!({"valueString": "3+"}))
}

#[test]
fn results_of_a_withdrawn_report_are_set_aside_though_each_still_says_final() {
    for (status, why) in [("entered-in-error", "entered_in_error"), ("cancelled", "cancelled")] {
        let withdrawn = [three_plus(), report("r1", status, &["Observation/o1"])];
        assert_read(&withdrawn, &[&format!("Observation/o1: {why}")]);
        let excluded = &evidence(&withdrawn).specimens[0].excluded;
        assert_eq!(excluded.iter().map(|why| why.as_str()).collect::<Vec<_>>(), [why]);
    }
    for status in ["final", "amended", "preliminary", "registered", "unknown"] {
        assert_read(&[three_plus(), report("r1", status, &["Observation/o1"])], &["ihc 3+"]);
    }
}

#[test]
fn a_result_that_another_report_lists_as_well_outlives_the_withdrawn_one() {
    let withdrawn = || report("r1", "entered-in-error", &["Observation/o1", "Observation/o2"]);
    let again = report("r2", "corrected", &["Observation/o1"]);
    let other = observation("o2", "85319-2", json!({"valueString": "1+"}));
    for reports in [[withdrawn(), again.clone()], [again, withdrawn()]] {
        let all = [vec![three_plus(), other.clone()], reports.to_vec()].concat();
        assert_read(&all, &["ihc 3+", "Observation/o2: entered_in_error"]);
    }
}

#[test]
fn the_members_of_a_panel_go_with_the_report_that_lists_the_panel() {
    let panel = observation(
        "p",
        "74885-5",
        json!({"hasMember": [{"reference": "Observation/r"}, {"reference": "Observation/p"}]}),
    );
    let ratio = observation("r", "49683-6", json!({"valueQuantity": {"value": 2.4}}));
    let withdrawn = report("r1", "cancelled", &["Observation/p"]);
    assert_read(&[panel, ratio, withdrawn], &["Observation/p: cancelled", "Observation/r: cancelled"]);
}

#[test]
fn a_member_that_another_report_lists_outlives_the_report_of_its_panel() {
    let panel = observation("p", "74885-5", json!({"hasMember": [{"reference": "Observation/r"}]}));
    let ratio = observation("r", "49683-6", json!({"valueQuantity": {"value": 2.4}}));
    let reports = [report("r1", "cancelled", &["Observation/p"]), report("r2", "final", &["Observation/r"])];
    assert_read(&[vec![panel, ratio], reports.to_vec()].concat(), &["ish 2.4/-/-/-", "Observation/p: cancelled"]);
}

#[test]
fn a_result_that_is_contained_in_a_withdrawn_report_goes_with_it() {
    let mut withdrawn = report("r1", "entered-in-error", &["#o1"]);
    withdrawn["contained"] = json!([three_plus()]);
    assert_read(&[withdrawn], &["DiagnosticReport/r1#o1: entered_in_error"]);
}

#[test]
fn an_ish_that_was_ordered_in_a_cancelled_report_is_awaited_no_more() {
    let ordered = observation("ish", "31150-6", json!({"status": "registered"}));
    let two_plus = observation("o1", "85319-2", json!({"valueString": "2+"}));
    let cancelled = report("r1", "cancelled", &["Observation/ish"]);
    assert_read(&[two_plus, ordered, cancelled], &["ihc 2+", "Observation/ish: cancelled"]);
}

#[test]
fn the_conclusion_of_a_withdrawn_report_is_named_and_not_read() {
    for (status, why) in
        [("entered-in-error", "entered_in_error"), ("cancelled", "cancelled"), ("unknown", "unknown_status")]
    {
        let mut one = report("r1", status, &[]);
        one["conclusion"] = json!("HER2 3+");
        assert_read(&[one.clone()], &[&format!("DiagnosticReport/r1: {why}")]);
        one["conclusion"] = json!("Tubular adenoma.");
        assert_read(&[one], &[]);
    }
}

#[test]
fn the_receptors_of_a_withdrawn_report_are_not_read_either() {
    let receptor = observation("er", "16112-5", json!({"valueCodeableConcept": coded(SNOMED, "10828004")}));
    let told = |reports: &[Value]| {
        let found = evidence(&[&[three_plus(), receptor.clone()], reports].concat());
        found.history.hormone_receptor.is_some()
    };
    assert!(told(&[report("r1", "final", &["Observation/er"])]));
    assert!(!told(&[report("r1", "entered-in-error", &["Observation/er"])]));
}

#[test]
fn a_report_on_another_patient_withdraws_nothing_of_this_one() {
    let mut other = report("r1", "entered-in-error", &["Observation/o1"]);
    other["subject"] = json!({"reference": "Patient/p2"});
    assert_read(&[three_plus(), other], &["ihc 3+"]);
}
