//! Two answers that differ are told, wherever in the record they stand; what was withdrawn says nothing.

use super::*;

fn breast() -> Value {
    condition("C50.412")
}

fn answer(code: &str, value: &str) -> Value {
    json!({"code": coded("http://loinc.org", code), "valueString": value})
}

fn with_components(id: &str, loinc: &str, more: Value, components: Vec<Value>) -> Value {
    let mut one = observation(id, loinc, more);
    one["component"] = components.into();
    one
}

fn interpreted(code: &str) -> Value {
    json!([coded("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", code)])
}

fn score(answer: &str, more: Value) -> Value {
    let mut one = observation("coded", "85319-2", more);
    one["valueCodeableConcept"] = coded("http://loinc.org", answer);
    one
}

const ZERO: &str = "LA6111-4";

/// Category and step of the only specimen, which is listed and leads nothing.
fn told(resources: &[Value]) -> (String, String) {
    let printed = printed(resources);
    assert!(printed["lead"].is_null() && printed["actionable"] == false, "{printed}");
    let specimen = &printed["specimens"][0];
    (specimen["category"].as_str().unwrap().to_owned(), specimen["nextStep"].as_str().unwrap().to_owned())
}

#[test]
fn two_components_of_one_test_that_differ_are_contradictory_whatever_their_order() {
    let unclear = is("indeterminate", "lab_clarification");
    for scores in [["0", "3+"], ["3+", "0"]] {
        let components = scores.iter().map(|score| answer("85319-2", score)).collect();
        assert_eq!(told(&[breast(), with_components("o", "48676-1", json!({}), components)]), unclear, "{scores:?}");
    }
    let value = with_components("o", "85319-2", json!({"valueString": "0"}), vec![answer("85319-2", "3+")]);
    assert_eq!(told(&[breast(), value]), unclear);
    let words = ["positive", "negative"].map(|word| answer("85318-4", word)).to_vec();
    let ish = with_components("ish", "85318-4", json!({}), words);
    assert_eq!(category_and_step(&[breast(), ihc("2+"), ish]), unclear);
    let same = with_components("o", "85319-2", json!({"valueString": "3+"}), vec![answer("85319-2", "3+")]);
    assert_eq!(found(&[breast(), same]).0, "positive");
}

#[test]
fn a_result_that_contradicts_itself_is_listed_and_never_the_lead() {
    let mut both = score("LA11843-2", json!({}));
    both["valueCodeableConcept"]["text"] = json!("negative");
    assert_eq!(told(&[breast(), both]), is("indeterminate", "lab_clarification"));
}

#[test]
fn an_ish_word_against_its_own_interpretation_is_contradictory() {
    for (word, code) in [("positive", "NEG"), ("not amplified", "POS"), ("amplified", "IND")] {
        let ish = observation("ish", "85318-4", json!({"valueString": word, "interpretation": interpreted(code)}));
        let answer = category_and_step(&[breast(), ihc("2+"), ish]);
        assert_eq!(answer, is("indeterminate", "lab_clarification"), "{word} {code}");
    }
    let agreed = json!({"valueString": "amplified", "interpretation": interpreted("POS")});
    assert_eq!(found(&[breast(), ihc("2+"), observation("ish", "85318-4", agreed)]).0, "positive");
    let mut failed = observation("ish", "85318-4", json!({"valueString": "negative"}));
    failed["dataAbsentReason"] = coded("http://terminology.hl7.org/CodeSystem/data-absent-reason", "error");
    assert_eq!(found(&[breast(), ihc("2+"), failed]).0, "indeterminate");
}

#[test]
fn another_score_in_words_is_a_conflict_with_a_coded_one_and_never_dropped() {
    let in_words = || observation("words", "85319-2", json!({"valueString": "3+"}));
    let unclear = is("indeterminate", "lab_clarification");
    assert_eq!(category_and_step(&[breast(), score(ZERO, json!({})), in_words()]), unclear);
    let word = observation("coded", "85319-2", json!({"interpretation": interpreted("NEG")}));
    assert_eq!(category_and_step(&[breast(), word, in_words()]), unclear);
    // one that could not be assessed gives way to a score
    let unsure = score("LA11884-6", json!({}));
    assert_eq!(category_and_step(&[breast(), unsure, in_words()]), is("positive", "none"));
    let (_, _, _, flags) = found(&[breast(), score("LA11843-2", json!({})), in_words()]);
    assert!(flags.is_empty(), "the same in words adds nothing: {flags:?}");
}

#[test]
fn an_appended_result_takes_no_precedence_over_a_final_one() {
    let appended = observation("later", "85319-2", json!({"status": "appended", "valueString": "0"}));
    let (category, _, step, flags) = found(&[breast(), ihc("3+"), appended]);
    assert_eq!((category, step), is("indeterminate", "lab_clarification"));
    assert!(flags.contains(&"amended_result".to_owned()), "{flags:?}");
}

#[test]
fn a_range_of_percentages_is_not_its_upper_end() {
    let colon = condition("C18.9");
    let with = |percent: &str| {
        let percent = json!({"code": coded("http://loinc.org", "85328-3"), "valueString": percent});
        let system = json!({"code": coded("https://fhir.herald-cds.org/CodeSystem/her2-detail", "scoring-system"), "valueString": "HERACLES"});
        let one = with_components("o", "85319-2", json!({"valueString": "3+"}), vec![percent, system]);
        found(&[colon.clone(), one])
    };
    assert_eq!(with("60 %").0, "positive");
    for range in ["30-60 %", "30 - 60%", "30 % - 60 %"] {
        assert_eq!((with(range).0, with(range).2), is("insufficient", "obtain_percentage"), "{range}");
    }
}

#[test]
fn a_number_below_zero_in_words_is_implausible_and_no_number_above_it() {
    for sign in ["-", "\u{2212}"] {
        let number = |code: &str, value: &str| answer(code, &format!("{sign}{value}"));
        let ish = with_components("ish", "85318-4", json!({}), vec![number("49683-6", "2.5"), number("74860-8", "6")]);
        assert_eq!(found(&[breast(), ihc("2+"), ish]).2, "lab_clarification");
    }
}

#[test]
fn what_was_withdrawn_dates_no_specimen_of_which_something_is_left() {
    let on = |specimen: &str, mut one: Value, day: &str| {
        one["specimen"] = json!({"reference": format!("Specimen/{specimen}")});
        one["effectiveDateTime"] = json!(day);
        one
    };
    let withdrawn = observation("old", "85319-2", json!({"status": "entered-in-error", "valueString": "0"}));
    let negative = observation("negative", "85319-2", json!({"valueString": "1+"}));
    let printed = printed(&[
        breast(),
        on("a", withdrawn, "2020-01-10"),
        on("a", ihc("3+"), "2026-05-21"),
        on("b", negative, "2024-03-02"),
    ]);
    let lead = &printed["specimens"][usize::try_from(printed["lead"].as_u64().unwrap()).unwrap()];
    assert_eq!((&lead["category"], &lead["collected"]), (&json!("positive"), &json!("2026-05-21")), "{printed}");
}

#[test]
fn a_bound_of_the_ratio_that_the_copies_deny_is_no_group() {
    let bound = |comparator: &str, ratio: f64, her2: f64, cep17: f64| {
        let ratio = json!({"code": coded("http://loinc.org", "49683-6"), "valueQuantity": {"value": ratio, "comparator": comparator}});
        let copies =
            [component("74860-8", json!(her2)), component("74861-6", json!(cep17)), component("62361-1", json!(40))];
        let parts = std::iter::once(ratio).chain(copies).collect();
        found(&[breast(), ihc("2+"), with_components("ish", "85318-4", json!({}), parts)])
    };
    let unclear = is("indeterminate", "lab_clarification");
    let (category, _, step, flags) = bound(">=", 2.0, 4.5, 3.0);
    assert_eq!((category, step), unclear);
    assert!(flags.contains(&"ratio_copy_inconsistent".to_owned()), "{flags:?}");
    let (category, _, step, _) = bound("<", 2.0, 6.0, 2.0);
    assert_eq!((category, step), unclear);
    assert_eq!(bound(">=", 2.0, 6.0, 2.0).0, "positive");
    // a bound that decides nothing is missing, and the copies of both probes give the ratio
    let (category, _, _, flags) = bound(">", 1.8, 6.0, 2.0);
    assert!(category == "positive" && flags.contains(&"ratio_computed".to_owned()), "{category} {flags:?}");
    assert_eq!(bound(">", 1.8, 3.0, 2.0).0, "indeterminate", "the bound denies the quotient");
}

#[test]
fn a_digit_beside_the_code_of_another_score_is_contradictory() {
    for (code, digit) in [("LA11843-2", "0"), (ZERO, "3"), ("LA11842-4", "3")] {
        let mut with_text = score(code, json!({}));
        with_text["valueCodeableConcept"]["text"] = json!(digit);
        assert_eq!(told(&[breast(), with_text]), is("indeterminate", "lab_clarification"), "{code} {digit}");
        let with_string = score(code, json!({"valueString": digit}));
        assert_eq!(told(&[breast(), with_string]), is("indeterminate", "lab_clarification"), "{code} {digit}");
    }
    assert_eq!(found(&[breast(), score("LA11843-2", json!({"valueString": "3"}))]).0, "positive");
}

#[test]
fn her2_components_are_read_whatever_the_observation_around_them_is_about() {
    let receptors = |code: Value| {
        let er = json!({"code": coded("http://loinc.org", "85337-4"), "valueString": "positive"});
        let mut one = with_components("panel", "85319-2", json!({}), vec![er, answer("85319-2", "1+")]);
        one["code"] = code;
        found(&[breast(), one])
    };
    for code in [
        json!({"text": "Receptor status"}),
        coded("http://loinc.org", "10480-2"),
        json!({"coding": [{"system": "urn:lab", "code": "ERPRHER2"}], "text": "ER/PR/HER2"}),
    ] {
        let (category, expression, ..) = receptors(code.clone());
        assert_eq!((category.as_str(), expression.as_str()), ("negative", "low"), "{code}");
    }
}

#[test]
fn a_correction_that_cannot_be_used_does_not_bring_the_older_count_back() {
    let negative = || count("ish", [1.1, 3.5, 3.2], 40, json!({}));
    let error = coded("http://terminology.hl7.org/CodeSystem/data-absent-reason", "error");
    let failed = || observation("corrected", "85318-4", json!({"status": "corrected", "dataAbsentReason": error}));
    assert_eq!(found(&[breast(), ihc("2+"), negative(), failed()]).2, "repeat_assay_or_new_specimen");
    let below_zero = number("corrected", "74860-8", -2.0, later("corrected"));
    assert_eq!(found(&[breast(), ihc("2+"), negative(), below_zero]).2, "lab_clarification");
    let few = count("corrected", [2.5, 6.5, 2.6], 12, later("corrected"));
    assert_eq!(found(&[breast(), ihc("2+"), negative(), few]).2, "count_at_least_20_cells");
}

#[test]
fn a_ratio_of_two_numbers_is_no_percentage() {
    let ratio = json!({"numerator": {"value": 80}, "denominator": {"value": 100}});
    let percent = json!({"code": coded("http://loinc.org", "85328-3"), "valueRatio": ratio});
    let system = json!({"code": coded("https://fhir.herald-cds.org/CodeSystem/her2-detail", "scoring-system"), "valueString": "HERACLES"});
    let one = with_components("o", "85319-2", json!({"valueString": "3+"}), vec![percent, system]);
    assert_eq!(found(&[condition("C18.9"), one]).2, "obtain_percentage");
}

#[test]
fn a_newer_specimen_that_contradicts_itself_is_said_beside_the_lead() {
    let on = |specimen: &str, mut one: Value, day: &str| {
        one["specimen"] = json!({"reference": format!("Specimen/{specimen}")});
        one["effectiveDateTime"] = json!(day);
        one
    };
    let old = observation("old", "85319-2", json!({"valueString": "1+"}));
    let new = score("LA11843-2", json!({"valueString": "0"}));
    let (category, _, _, flags) = found(&[breast(), on("a", old, "2024-03-02"), on("b", new, "2026-05-21")]);
    assert!(
        category == "negative" && flags.contains(&"newer_specimen_not_evaluable".to_owned()),
        "{category} {flags:?}"
    );
}

#[test]
fn a_conclusion_with_the_ish_that_a_coded_two_plus_lacks_is_listed() {
    for conclusion in ["HER2 FISH: amplified, ratio 3.1", "HER2 FISH pending", "HER2 FISH could not be assessed"] {
        let report = json!({"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": coded("http://loinc.org", "60568-3"),
            "result": [{"reference": "Observation/ihc"}], "conclusion": conclusion});
        let printed = printed(&[breast(), ihc("2+"), report]);
        assert_eq!(printed["excluded"][0]["why"], "unreadable", "{conclusion}: {printed}");
        assert_eq!(printed["specimens"][0]["category"], "equivocal", "{conclusion}");
    }
}
