//! Medications that orders and treatments refer to and that nobody sent: what has no name here may have one at the client's
//! FHIR server.

use super::named::{CodeableReference, MedicationMembers, Pointer};
use crate::fhir::entries::{Entries, Kind, Source};
use crate::fhir::wire::text;

/// Most that are asked for: a request is answered within half a second.
const MOST: usize = 8;

/// Ids of the Medications that orders and treatments in `sources` refer to, which are in none of them, and of which nothing
/// else tells the name: no code and no display. References below `base` count as well as relative ones.
#[must_use]
pub fn absent_medications<'a>(sources: impl IntoIterator<Item = Source<'a>>, base: &str) -> Vec<Box<str>> {
    let mut absent: Vec<Box<str>> = Vec::new();
    let entries = Entries::of(sources);
    for at in (0..entries.all.len()).filter(|at| entries.all[*at].owner.is_none()) {
        if let Some(reference) = nameless(&entries, at)
            && let Some(id) = id_below(base, &reference)
            && !absent.iter().any(|known| **known == *id)
        {
            absent.push(id.into());
            if absent.len() == MOST {
                break;
            }
        }
    }
    absent
}

/// Does the order at `at` refer to a Medication that is not among the entries, and name nothing itself?
pub(in crate::fhir) fn is_nameless(entries: &Entries<'_>, at: usize) -> bool {
    nameless(entries, at).is_some()
}

/// The reference of a resource that names its medicine by nothing else, and leads to none of the entries.
fn nameless(entries: &Entries<'_>, at: usize) -> Option<String> {
    let entry = &entries.all[at];
    let is_of_a_medicine =
        matches!(entry.kind, Kind::MedicationRequest | Kind::MedicationAdministration | Kind::MedicationStatement);
    if !is_of_a_medicine {
        return None;
    }
    let sent = MedicationMembers::of(entry.json)?;
    let either = sent.either().and_then(CodeableReference::of).unwrap_or_default();
    if sent.coded().is_some() || either.concept().is_some() {
        return None;
    }
    let pointer = Pointer::of(sent.referenced().or(either.reference())?)?;
    if text(pointer.display()).is_some_and(|display| !display.trim().is_empty()) {
        return None;
    }
    let reference = text(pointer.reference())?;
    entries.resolve(&reference, at).is_none().then(|| reference.trim().to_owned())
}

/// `id` of `Medication/id`, with or without `base` before it; only an id of FHIR's own grammar.
fn id_below<'r>(base: &str, reference: &'r str) -> Option<&'r str> {
    let relative = reference.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')).unwrap_or(reference);
    let id = relative.strip_prefix("Medication/")?;
    let id = id.split_once("/_history/").map_or(id, |(id, _)| id);
    let is_id = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    (is_id && (1..=64).contains(&id.len()) && !matches!(id, "." | "..")).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;

    const BASE: &str = "https://fhir.example.org/r4";

    fn absent(resources: &str) -> Vec<String> {
        let document = Document::parse(resources.as_bytes()).unwrap();
        let found = absent_medications([Source { place: "medRequests", json: document.root() }], BASE);
        found.into_iter().map(String::from).collect()
    }

    fn order(medication: &str) -> String {
        format!(r#"{{"resourceType":"MedicationRequest",{medication}}}"#)
    }

    #[test]
    fn what_is_referred_to_and_neither_sent_nor_named_is_absent() {
        for reference in ["Medication/m1", "https://fhir.example.org/r4/Medication/m1", "Medication/m1/_history/2"] {
            let plain = format!(r#""medicationReference":{{"reference":"{reference}"}}"#);
            assert_eq!(absent(&order(&plain)), ["m1"], "{reference}");
            let newer = format!(r#""medication":{{"reference":{{"reference":"{reference}","display":" "}}}}"#);
            assert_eq!(absent(&order(&newer)), ["m1"], "{reference}");
        }
    }

    #[test]
    fn what_has_a_name_a_place_or_no_address_below_the_base_is_not_asked_for() {
        for medication in [
            r#""medicationReference":{"reference":"Medication/m1","display":"Herceptin"}"#,
            r#""medicationReference":{"reference":"Medication/m1"},"medicationCodeableConcept":{"text":"Herceptin"}"#,
            r#""medicationReference":{"display":"Herceptin"}"#,
            r##""medicationReference":{"reference":"#m1"}"##,
            r#""medicationReference":{"reference":"https://elsewhere.example/r4/Medication/m1"}"#,
            r#""medicationReference":{"reference":"https://fhir.example.org/r4evil/Medication/m1"}"#,
            r#""medicationReference":{"reference":"Medication/.."}"#,
            r#""medicationReference":{"reference":"Medication/../Patient/p1"}"#,
            r#""medicationReference":{"reference":"Medication/a%2fb"}"#,
            r#""medicationReference":{"reference":"Patient/p1"}"#,
            r#""medicationReference":{"reference":"Medication/m1","reference":"Medication/m2"}"#,
            r#""medicationReference":7"#,
            r#""status":"active""#,
        ] {
            assert_eq!(absent(&order(medication)), [""; 0], "{medication}");
        }
        let beside = r#"{"resourceType":"Medication","id":"m1","code":{"text":"x"}}"#;
        let pair = format!("[{},{beside}]", order(r#""medicationReference":{"reference":"Medication/m1"}"#));
        assert_eq!(absent(&pair), [""; 0]);
    }

    #[test]
    fn of_many_orders_each_medication_is_asked_for_once_and_eight_at_most() {
        let orders: Vec<String> = (0..40)
            .map(|n| order(&format!(r#""medicationReference":{{"reference":"Medication/m{}"}}"#, n / 2)))
            .collect();
        let ids: Vec<String> = (0..MOST).map(|n| format!("m{n}")).collect();
        assert_eq!(absent(&format!("[{}]", orders.join(","))), ids);
    }
}
