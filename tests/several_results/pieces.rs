//! Pieces of one case: what belongs to one specimen, and which part of it counts.

use super::*;

/// A Specimen of case S26-100.
fn specimen(id: &str, more: Value) -> Value {
    let mut one =
        json!({"resourceType": "Specimen", "id": id, "accessionIdentifier": {"system": "urn:lab", "value": "S26-100"}});
    for (key, value) in more.as_object().unwrap() {
        one[key] = value.clone();
    }
    one
}

fn of(specimen: &str, mut observation: Value) -> Value {
    observation["specimen"] = json!({"reference": format!("Specimen/{specimen}")});
    observation
}

fn site(snomed: &str) -> Value {
    json!({"collection": {"bodySite": coded("http://snomed.info/sct", snomed)}})
}

/// How many specimens are listed where an IHC 2+ is on the one and an amplified ISH on the other, and what the lead is.
fn pair(ihc_on: Value, ish_on: Value) -> (usize, String) {
    let amplified = count("ish", [2.5, 6.0, 2.4], 40, json!({}));
    let all =
        [condition("C50.919"), specimen("a", ihc_on), specimen("b", ish_on), of("a", ihc("2+")), of("b", amplified)];
    let printed = printed(&all);
    let lead = usize::try_from(printed["lead"].as_u64().unwrap()).unwrap();
    let specimens = printed["specimens"].as_array().unwrap();
    (specimens.len(), specimens[lead]["ihc"]["score"].as_str().unwrap_or("none").to_owned())
}

#[test]
fn one_accession_is_one_specimen_unless_both_pieces_say_what_tells_them_apart() {
    let (liver, left, right, breast) = ("10200004", "80248007", "73056007", "76752008");
    let one = |a: Value, b: Value| assert_eq!(pair(a, b).0, 1);
    let two = |a: Value, b: Value| assert_eq!(pair(a, b).0, 2);
    one(json!({}), json!({}));
    one(site(breast), json!({}));
    one(site(breast), site(left));
    two(site(liver), site(left));
    two(site(left), site(right));
    let collected = |day: &str| json!({"collection": {"collectedDateTime": day}});
    one(collected("2026-09"), collected("2026-09-01"));
    one(collected("2026-09-01T23:30:00Z"), collected("2026-09-02T01:30:00+02:00"));
    two(collected("2025-01-01"), collected("2026-09-01"));
    two(collected("2026-08-30"), collected("2026-09-01"));
    let kind = |snomed: &str| json!({"type": coded("http://snomed.info/sct", snomed)});
    two(kind("258415003"), kind("122600000"));
    let block = |name: &str| json!({"container": [{"identifier": [{"value": name}]}]});
    one(block("A1"), block("A1"));
    two(block("A1"), block("B1"));
    one(block("S26-100-A1-3"), block("S26-100-A1-7"));
    one(block("A1"), json!({"container": [{"identifier": [{"value": "slide 9"}, {"value": "A1"}]}]}));
    let laboratory = |system: &str| json!({"accessionIdentifier": {"system": system, "value": "S26-100"}});
    two(laboratory("urn:lab-a"), laboratory("urn:lab-b"));
    one(laboratory("http://lab.example.org/acc"), laboratory("http://lab.example.org/acc/"));
    one(laboratory("urn:lab-a"), json!({"accessionIdentifier": {"value": "S26-100"}}));
}

#[test]
fn an_ish_of_another_piece_of_the_case_never_settles_a_2plus() {
    let (specimens, _) = pair(site("80248007"), site("73056007"));
    assert_eq!(specimens, 2);
    let all = [
        condition("C50.919"),
        specimen("liver", site("10200004")),
        specimen("breast", site("80248007")),
        of("liver", ihc("2+")),
        of("breast", count("ish", [2.5, 6.0, 2.4], 40, json!({}))),
    ];
    let (category, _, step, flags) = found(&all);
    assert_eq!((category.as_str(), step.as_str()), ("equivocal", "reflex_ish_or_new_specimen"));
    assert!(flags.contains(&"ish_other_specimen_ignored".to_owned()), "{flags:?}");
}

#[test]
fn a_piece_of_a_case_that_was_sent_twice_is_one_specimen() {
    let all = [
        condition("C50.919"),
        specimen("other", site("73056007")),
        specimen("a", site("80248007")),
        specimen("again", site("80248007")),
        of("other", ihc("0")),
        of("a", ihc("2+")),
        of("again", count("ish", [2.5, 6.0, 2.4], 40, json!({}))),
    ];
    assert_eq!(printed(&all)["specimens"].as_array().unwrap().len(), 2);
    assert_eq!(found(&all).0, "positive");
}

#[test]
fn more_pieces_under_one_number_than_a_case_has_stand_each_for_itself() {
    let mut all = vec![condition("C50.919")];
    for at in 0..65 {
        all.push(specimen(&format!("s{at}"), json!({})));
        let mut one = of(&format!("s{at}"), ihc("2+"));
        one["id"] = json!(format!("o{at}"));
        all.push(one);
    }
    assert_eq!(printed(&all)["specimens"].as_array().unwrap().len(), 65);
}

#[test]
fn the_score_of_the_in_situ_part_does_not_count_beside_that_of_the_invasive_part() {
    let part = |id: &str, score: &str, invasive: Option<bool>| {
        let mut one = observation(id, "85319-2", json!({"valueString": score}));
        if let Some(invasive) = invasive {
            one["component"] = json!([detail("component-invasive", invasive)]);
        }
        one
    };
    for invasive in [Some(true), None] {
        let both = [condition("C50.919"), part("in-situ", "3+", Some(false)), part("invasive", "1+", invasive)];
        let (category, expression, _, flags) = found(&both);
        assert_eq!((category.as_str(), expression.as_str()), ("negative", "low"), "{invasive:?}");
        assert!(!flags.contains(&"not_invasive".to_owned()), "{flags:?}");
        let excluded = &printed(&both)["excluded"];
        assert_eq!(*excluded, json!([{"reference": "Observation/in-situ", "why": "unreadable"}]));
    }
    // an ISH of the in situ part settles no invasive 2+, and one that does not say its part follows the IHC
    let mut ish = count("ish", [4.2, 9.0, 2.1], 40, json!({}));
    ish["component"].as_array_mut().unwrap().push(detail("component-invasive", false));
    let (category, _, step, _) = found(&[condition("C50.919"), part("invasive", "2+", None), ish]);
    assert_eq!((category.as_str(), step.as_str()), ("equivocal", "reflex_ish_or_new_specimen"));
    let unmarked = count("ish", [4.2, 9.0, 2.1], 40, json!({}));
    let followed = printed(&[condition("C50.919"), part("in-situ", "3+", Some(false)), unmarked]);
    assert_eq!(followed["specimens"][0]["nextStep"], "confirm_invasive_component");
    let alone = printed(&[condition("C50.919"), part("in-situ", "3+", Some(false))]);
    assert_eq!(alone["specimens"][0]["nextStep"], "confirm_invasive_component");
}
