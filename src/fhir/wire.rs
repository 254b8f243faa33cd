//! The members of a resource that are looked at, each left raw: a wrong type, a null or an empty array never loses the rest.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::Text;

use super::bundle::BundleEntries;

/// Whatever stands under a member, or nothing. `null` is nothing.
pub(super) type Raw<'a> = Option<&'a RawValue>;

/// Every member of every resource type that is read. One pass over the text, nothing allocated.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Resource<'a> {
    #[serde(borrow)]
    pub resource_type: Raw<'a>,
    pub id: Raw<'a>,
    pub status: Raw<'a>,
    pub code: Raw<'a>,
    pub subject: Raw<'a>,
    pub patient: Raw<'a>,
    pub contained: Raw<'a>,
    pub extension: Raw<'a>,
    // Bundle
    pub entry: BundleEntries<'a>,
    // Observation
    pub effective_date_time: Raw<'a>,
    pub effective_instant: Raw<'a>,
    pub effective_period: Raw<'a>,
    pub issued: Raw<'a>,
    pub value_codeable_concept: Raw<'a>,
    pub value_string: Raw<'a>,
    pub value_quantity: Raw<'a>,
    pub value_ratio: Raw<'a>,
    pub value_integer: Raw<'a>,
    pub value_boolean: Raw<'a>,
    pub value_range: Raw<'a>,
    pub value_date_time: Raw<'a>,
    pub data_absent_reason: Raw<'a>,
    pub interpretation: Raw<'a>,
    pub method: Raw<'a>,
    pub body_site: Raw<'a>,
    pub specimen: Raw<'a>,
    pub focus: Raw<'a>,
    pub component: Raw<'a>,
    pub has_member: Raw<'a>,
    pub derived_from: Raw<'a>,
    pub part_of: Raw<'a>,
    // DiagnosticReport
    pub result: Raw<'a>,
    pub conclusion: Raw<'a>,
    // Condition
    pub clinical_status: Raw<'a>,
    pub verification_status: Raw<'a>,
    // Specimen
    #[serde(rename = "type")]
    pub kind: Raw<'a>,
    pub collection: Raw<'a>,
    pub accession_identifier: Raw<'a>,
}

/// A member of `component`: the same value members as an Observation, under its own code.
pub(super) type Component<'a> = Resource<'a>;

/// Reads one object; None if it is none, or if one of the members above stands twice.
pub(super) fn resource(raw: &RawValue) -> Option<Resource<'_>> {
    resource_in(raw.get())
}

/// Reads the object that `text` is.
pub(super) fn resource_in(text: &str) -> Option<Resource<'_>> {
    object_in(text)
}

/// An object only: serde would fill the members of a struct from an array too, by their order.
fn object<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Option<T> {
    object_in(raw.get())
}

fn object_in<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    text.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
}

/// A JSON string.
pub(super) fn text<'a>(raw: Raw<'a>) -> Option<Text<'a>> {
    let raw = raw?.get();
    if raw.starts_with('"') { serde_json::from_str(raw).ok() } else { None }
}

/// The items of an array without its nulls, or the one value that stands in place of an array.
pub(super) fn items<'a>(raw: Raw<'a>) -> Vec<&'a RawValue> {
    let Some(raw) = raw else { return Vec::new() };
    if raw.get().starts_with('[') {
        let items: Vec<Option<&'a RawValue>> = serde_json::from_str(raw.get()).unwrap_or_default();
        return items.into_iter().flatten().collect();
    }
    vec![raw]
}

/// A Coding as sent.
#[derive(Debug, Default)]
pub(super) struct Coding<'a> {
    pub system: Option<Text<'a>>,
    pub code: Option<Text<'a>>,
    pub display: Option<Text<'a>>,
}

/// A CodeableConcept as sent.
#[derive(Debug, Default)]
pub(super) struct Concept<'a> {
    pub coding: Vec<Coding<'a>>,
    pub text: Option<Text<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConceptMembers<'a> {
    #[serde(borrow)]
    coding: Raw<'a>,
    text: Raw<'a>,
    /// R5 CodeableReference.
    concept: Raw<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CodingMembers<'a> {
    #[serde(borrow)]
    system: Raw<'a>,
    code: Raw<'a>,
    display: Raw<'a>,
}

/// Reads a CodeableConcept, or the concept of an R5 CodeableReference; a bare string is its text.
pub(super) fn concept<'a>(raw: Raw<'a>) -> Concept<'a> {
    let Some(value) = raw else { return Concept::default() };
    if let Some(text) = text(raw) {
        return Concept { coding: Vec::new(), text: Some(text) };
    }
    let members: ConceptMembers<'a> = object(value).unwrap_or_default();
    if members.concept.is_some() {
        return concept(members.concept);
    }
    let coding = items(members.coding).into_iter().map(coding).collect();
    Concept { coding, text: text(members.text) }
}

fn coding<'a>(raw: &'a RawValue) -> Coding<'a> {
    let members: CodingMembers<'a> = object(raw).unwrap_or_default();
    Coding { system: text(members.system), code: text(members.code), display: text(members.display) }
}

/// Concepts of a member that is an array in R4 and was an object in STU3 (interpretation, category).
pub(super) fn concepts<'a>(raw: Raw<'a>) -> Vec<Concept<'a>> {
    items(raw).into_iter().map(|one| concept(Some(one))).collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ReferenceMembers<'a> {
    #[serde(borrow)]
    reference: Raw<'a>,
}

/// The `reference` of a Reference.
pub(super) fn reference<'a>(raw: Raw<'a>) -> Option<Text<'a>> {
    let members: ReferenceMembers<'a> = object(raw?)?;
    text(members.reference)
}

/// The references of a member that holds one or many.
pub(super) fn references<'a>(raw: Raw<'a>) -> Vec<Text<'a>> {
    items(raw).into_iter().filter_map(|one| reference(Some(one))).collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Extension<'a> {
    #[serde(borrow)]
    url: Raw<'a>,
    #[serde(rename = "valueReference")]
    pub value_reference: Raw<'a>,
    #[serde(rename = "valueCodeableConcept")]
    pub value_codeable_concept: Raw<'a>,
}

/// The extensions whose address ends with `name`.
pub(super) fn extensions<'a>(raw: Raw<'a>, name: &str) -> Vec<Extension<'a>> {
    let parse = |one: &'a RawValue| object::<Extension<'a>>(one);
    let named = |extension: &Extension<'a>| text(extension.url).is_some_and(|url| url.ends_with(name));
    items(raw).into_iter().filter_map(parse).filter(named).collect()
}

/// Members of `collection` and periods.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Collection<'a> {
    #[serde(borrow)]
    pub collected_date_time: Raw<'a>,
    pub collected_period: Raw<'a>,
    pub method: Raw<'a>,
    pub body_site: Raw<'a>,
    pub procedure: Raw<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PeriodMembers<'a> {
    #[serde(borrow)]
    start: Raw<'a>,
    end: Raw<'a>,
}

/// The start of a Period, else its end.
pub(super) fn period_start<'a>(raw: Raw<'a>) -> Option<Text<'a>> {
    let members: PeriodMembers<'a> = object(raw?)?;
    text(members.start).or_else(|| text(members.end))
}

/// Reads the object under `raw` into a struct of members; the default if it is no such object.
pub(super) fn members<'a, T: Deserialize<'a> + Default>(raw: Raw<'a>) -> T {
    raw.and_then(object).unwrap_or_default()
}
