//! A recount never counts as a second result (clinical guide, 4.4), however the two counts were sent.

use super::*;

/// A count as a panel: the numbers are members, what it is derived from stands in the panel alone.
fn panel(id: &str, numbers: [f64; 3], cells: u32, mut more: Value) -> Vec<Value> {
    let codes = ["49683-6", "74860-8", "74861-6"];
    let mut members: Vec<Value> = codes
        .iter()
        .zip(numbers)
        .map(|(code, value)| number(&format!("{id}-{code}"), code, value, json!({})))
        .collect();
    members.push(number(&format!("{id}-cells"), "62361-1", f64::from(cells), json!({})));
    let listed: Vec<Value> = members
        .iter()
        .map(|one| json!({"reference": format!("Observation/{}", one["id"].as_str().unwrap())}))
        .collect();
    more["hasMember"] = listed.into();
    members.push(observation(id, "74885-5", more));
    members
}

fn of(first: Vec<Value>, recount: Vec<Value>) -> (String, String, String, Vec<String>) {
    found(&[vec![condition("C50.412"), ihc("2+")], first, recount].concat())
}

fn derived_from(id: &str) -> Value {
    json!({"derivedFrom": [{"reference": format!("Observation/{id}")}], "component": [detail("observer-blinded", true)]})
}

fn one(numbers: [f64; 3], of: &str) -> Vec<Value> {
    let mut again = count("again", numbers, 20, derived_from(of));
    again["component"].as_array_mut().unwrap().push(detail("observer-blinded", true));
    vec![again]
}

const GROUP_3: [f64; 3] = [1.5, 6.5, 4.33];
const GROUP_4: [f64; 3] = [1.4, 4.5, 3.21];

#[test]
fn a_recount_that_is_derived_from_a_panel_repeats_the_count_of_its_members() {
    let (_, _, step, flags) = of(panel("first", GROUP_3, 20, json!({})), one(GROUP_4, "first"));
    assert_eq!(step, "adjudicate_per_lab_procedure");
    assert!(flags.contains(&"recount_changed_group".to_owned()), "{flags:?}");
    let (category, expression, step, _) = of(panel("first", GROUP_4, 20, json!({})), one(GROUP_4, "first"));
    assert_eq!((category.as_str(), expression.as_str(), step.as_str()), ("negative", "low", "none"));
}

#[test]
fn too_few_cells_stay_too_few_whatever_a_recount_of_the_panel_counted() {
    let (category, _, step, _) = of(panel("first", GROUP_4, 19, json!({})), one(GROUP_4, "first"));
    assert_eq!((category, step), is("insufficient", "count_at_least_20_cells"));
}

#[test]
fn a_recount_that_was_sent_as_a_panel_is_a_recount_of_what_the_panel_is_derived_from() {
    let again = || panel("again", GROUP_4, 20, derived_from("first"));
    let (_, _, step, _) = of(panel("first", GROUP_3, 20, json!({})), again());
    assert_eq!(step, "adjudicate_per_lab_procedure");
    let (_, _, step, _) = of(vec![count("first", GROUP_3, 20, json!({}))], again());
    assert_eq!(step, "adjudicate_per_lab_procedure");
}

#[test]
fn a_recount_of_the_in_situ_part_is_of_the_in_situ_part() {
    let mut first = count("first", [2.5, 6.5, 2.6], 20, json!({}));
    first["component"].as_array_mut().unwrap().push(detail("component-invasive", false));
    let again = one([2.5, 6.5, 2.6], "first").remove(0);
    let printed = printed(&[condition("C50.412"), first, again]);
    assert!(printed["lead"].is_null(), "{printed}");
    assert_eq!(printed["specimens"][0]["nextStep"], "confirm_invasive_component", "{printed}");
}

#[test]
fn a_recount_that_names_no_specimen_is_of_the_specimen_that_was_counted_first() {
    let mut again = one([2.5, 6.5, 2.6], "first").remove(0);
    again.as_object_mut().unwrap().remove("specimen");
    let (category, _, step, _) = of(vec![count("first", GROUP_3, 20, json!({}))], vec![again]);
    assert_eq!((category, step), is("indeterminate", "adjudicate_per_lab_procedure"));
}

#[test]
fn two_recounts_that_differ_settle_nothing_whichever_was_sent_first() {
    let mut other = one(GROUP_4, "first").remove(0);
    other["id"] = json!("third");
    let same = one(GROUP_3, "first").remove(0);
    for pair in [[same.clone(), other.clone()], [other, same]] {
        let (category, _, step, flags) = of(vec![count("first", GROUP_3, 20, json!({}))], pair.to_vec());
        assert_eq!((category, step), is("equivocal", "blinded_recount"));
        assert!(flags.contains(&"recount_invalid".to_owned()), "{flags:?}");
    }
}

fn with_status(mut one: Value, status: &str) -> Value {
    one["status"] = json!(status);
    one
}

fn set_aside(resources: &[Value]) -> Vec<(String, String)> {
    let excluded = printed(resources)["excluded"].clone();
    let word = |one: &Value, member: &str| one[member].as_str().unwrap().to_owned();
    excluded.as_array().unwrap().iter().map(|one| (word(one, "reference"), word(one, "why"))).collect()
}

const GROUP_1: [f64; 3] = [2.5, 6.5, 2.6];

#[test]
fn a_recount_of_a_withdrawn_count_is_no_ish_of_its_own() {
    let again = || one(GROUP_1, "first").remove(0);
    let first = || with_status(count("first", GROUP_3, 20, json!({})), "entered-in-error");
    for pair in [[first(), again()], [again(), first()]] {
        let all = [vec![condition("C50.412"), ihc("2+")], pair.to_vec()].concat();
        let (category, _, step, _) = found(&all);
        assert_eq!((category, step), is("equivocal", "reflex_ish_or_new_specimen"));
        let named = |id: &str, why: &str| (format!("Observation/{id}"), why.to_owned());
        assert!(set_aside(&all).contains(&named("again", "unreadable")), "{:?}", set_aside(&all));
        assert!(set_aside(&all).contains(&named("first", "entered_in_error")));
    }
    // whether the second observer was blinded was not said
    let mut silent = count("again", GROUP_1, 20, json!({"derivedFrom": [{"reference": "Observation/first"}]}));
    let (category, ..) = of(vec![first()], vec![silent.clone()]);
    assert_eq!(category, "equivocal");
    // a recount of a recount of a withdrawn count neither
    silent["id"] = json!("third");
    silent["derivedFrom"] = json!([{"reference": "Observation/again"}]);
    let (category, ..) = of(vec![first()], vec![silent, again()]);
    assert_eq!(category, "equivocal");
}

#[test]
fn a_recount_of_a_count_that_was_never_sent_is_no_ish_of_its_own() {
    for recount in [one(GROUP_1, "absent"), panel("again", GROUP_1, 20, derived_from("absent"))] {
        let (category, _, step, _) = of(recount, vec![]);
        assert_eq!((category, step), is("equivocal", "reflex_ish_or_new_specimen"));
    }
    // what is derived from something else, a picture of the slide for one, is no recount
    let of_picture = count("ish", GROUP_1, 20, json!({"derivedFrom": [{"reference": "Media/slide"}]}));
    assert_eq!(of(vec![of_picture], vec![]).0, "positive");
}

#[test]
fn a_recount_of_a_replaced_count_is_one_of_the_count_that_replaces_it() {
    let url = "http://hl7.org/fhir/StructureDefinition/observation-replaces";
    let replaces = |of: &str| json!([{"url": url, "valueReference": {"reference": format!("Observation/{of}")}}]);
    let corrected =
        |numbers| count("second", numbers, 20, json!({"status": "corrected", "extension": replaces("first")}));
    let first = || count("first", GROUP_3, 20, json!({}));
    let (category, _, step, _) = of(vec![first(), corrected(GROUP_4)], one(GROUP_4, "first"));
    assert_eq!((category, step), is("negative", "none"));
    let (_, _, step, _) = of(vec![first(), corrected(GROUP_3)], one(GROUP_4, "first"));
    assert_eq!(step, "adjudicate_per_lab_procedure");
    // one that itself takes the place of the count is a correction, and asks for a recount like every count
    let mut instead = one(GROUP_4, "first").remove(0);
    instead["extension"] = replaces("first");
    let (category, _, step, _) = of(vec![first()], vec![instead]);
    assert_eq!((category, step), is("equivocal", "blinded_recount"));
}

#[test]
fn a_recount_of_a_recount_is_not_lost() {
    let mut third = one(GROUP_4, "again").remove(0);
    third["id"] = json!("third");
    let again = one(GROUP_3, "first").remove(0);
    for pair in [[again.clone(), third.clone()], [third, again]] {
        let (category, _, step, flags) = of(vec![count("first", GROUP_3, 20, json!({}))], pair.to_vec());
        assert_eq!((category, step), is("equivocal", "blinded_recount"));
        assert!(flags.contains(&"recount_invalid".to_owned()), "{flags:?}");
    }
    let mut same = one(GROUP_3, "again").remove(0);
    same["id"] = json!("third");
    let pair = vec![one(GROUP_3, "first").remove(0), same];
    let (category, _, step, _) = of(vec![count("first", GROUP_3, 20, json!({}))], pair);
    assert_eq!((category, step), is("positive", "none"));
}
