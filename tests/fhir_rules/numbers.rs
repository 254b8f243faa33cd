//! Rules D6 to D8: numbers, bounds and ratios.

use super::*;

fn ratio(json: &str) -> Vec<String> {
    let document =
        r#"{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"code":"49683-6"}]},VALUE}"#;
    read(&of_text(&document.replace("VALUE", json)))
}

#[test]
fn a_number_is_the_text_that_was_sent() {
    assert_eq!(ratio(r#""valueQuantity":{"value":2.40,"unit":"{ratio}"}"#), ["ish 2.40/-/-/-"]);
    assert_eq!(ratio(r#""valueQuantity":{"value":"1.9999999999999999999"}"#), ["ish 1.9999999999999999999/-/-/-"]);
    assert_eq!(ratio(r#""valueString":"2,4""#), ["ish 2.4/-/-/-"]);
    assert_eq!(ratio(r#""valueQuantity":{"value":1e90}"#), ["ish 1e90/-/-/-"]);
}

#[test]
fn what_is_no_laboratory_number_is_unreadable() {
    let digits = format!(r#""valueQuantity":{{"value":{}}}"#, "9".repeat(5000));
    for value in [
        digits.as_str(),
        r#""valueQuantity":{"value":1e400}"#,
        r#""valueQuantity":{"value":"NaN"}"#,
        r#""valueQuantity":{"value":2.4,"unit":"mg"}"#,
        r#""valueQuantity":{"value":2.4,"comparator":"~"}"#,
        r#""valueString":"1,234""#,
        r#""valueString":"1.8-2.2""#,
        r#""valueString":"ratio 1.8-2.2""#,
    ] {
        assert_eq!(ratio(value), ["Observation/o1: unreadable"], "{}", &value[..value.len().min(60)]);
    }
}

#[test]
fn a_ratio_of_zero_or_less_marks_the_ish_as_implausible() {
    for value in ["0", "-2.4"] {
        assert_eq!(ratio(&format!(r#""valueQuantity":{{"value":{value}}}"#)), ["ish -/-/-/- implausible"]);
    }
}

#[test]
fn a_comparator_makes_a_bound_and_a_bound_is_never_a_score() {
    assert_eq!(ratio(r#""valueQuantity":{"value":2.0,"comparator":"<"}"#), ["ish <2.0/-/-/-"]);
    assert_read(&[text_value("85318-4", "greater than 2.2")], &["ish >2.2/-/-/-"]);
    for text in ["<3+", "≥ 2+", "> 2"] {
        assert_read(&[text_value("85319-2", text)], &["Observation/o1: unreadable"]);
    }
}

#[test]
fn a_value_ratio_is_divided_exactly_or_not_at_all() {
    let divided =
        |over: &str, under: &str| ratio(&format!(r#""valueRatio":{{"numerator":{over},"denominator":{under}}}"#));
    assert_eq!(divided(r#"{"value":246}"#, r#"{"value":120}"#), ["ish 2.05/-/-/-"]);
    assert_eq!(divided(r#"{"value":24}"#, r#"{"value":0}"#), ["Observation/o1: unreadable"]);
    assert_eq!(divided(r#"{"value":24}"#, "{}"), ["Observation/o1: unreadable"]);
    let bound = r#"{"value":1,"comparator":">="}"#;
    assert_eq!(divided(bound, bound), ["Observation/o1: unreadable"]);
}

#[test]
fn the_same_component_twice_with_different_values_is_not_read() {
    let copies = |value: u32| json!({"code": coded(LOINC, "74860-8"), "valueQuantity": {"value": value}});
    let one = observation(
        "o1",
        "49683-6",
        json!({"valueQuantity": {"value": 2}, "component": [copies(4), copies(6), copies(4)]}),
    );
    assert_read(&[one], &["ish 2/-/-/-"]);
}

#[test]
fn a_number_is_a_score_on_an_ihc_code_only() {
    assert_read(&[observation("o1", "85319-2", json!({"valueInteger": 3}))], &["ihc 3+"]);
    assert_read(&[observation("o1", "85319-2", json!({"valueQuantity": {"value": 2}}))], &["ihc 2+"]);
    for (code, value) in [("85319-2", json!(4)), ("48676-1", json!(3)), ("85318-4", json!(3))] {
        let one = observation("o1", code, json!({"valueInteger": value}));
        assert_read(&[one], &["Observation/o1: unreadable"]);
    }
}

#[test]
fn an_ihc_code_misused_for_signals_gives_no_score() {
    let misused = json!({"code": coded(LOINC, "85319-2"), "valueQuantity": {"value": 2}});
    let one = observation("o1", "49683-6", json!({"valueQuantity": {"value": 1.7}, "component": [misused]}));
    assert_read(&[one], &["ish 1.7/-/-/-"]);
}
