//! A Specimen: how it was taken, when, from where, and under which accession.

use crate::domain::specimen::SpecimenKind;
use crate::domain::when::When;

use super::wire::{Collection, Concept, Raw, Resource, concept, period_start, text};

/// What is known of a Specimen resource.
#[derive(Debug)]
pub(super) struct SpecimenFacts<'a> {
    pub kind: SpecimenKind,
    pub collected: Option<When>,
    pub accession: Option<String>,
    pub body_site: Raw<'a>,
}

/// Reads a Specimen.
pub(super) fn read<'a>(specimen: &Resource<'a>) -> SpecimenFacts<'a> {
    let collection = specimen.collection().and_then(Collection::of).unwrap_or_default();
    let from_type = kind(&concept(specimen.kind()));
    let from_method = || kind(&concept(collection.method()));
    let from_procedure = || kind(&concept(collection.procedure()));
    let collected = text(collection.collected_date_time()).or_else(|| period_start(collection.collected_period()));
    SpecimenFacts {
        kind: from_type.or_else(from_method).or_else(from_procedure).unwrap_or(SpecimenKind::Unknown),
        collected: collected.and_then(|date| When::parse(&date)),
        accession: accession(specimen.accession_identifier()),
        body_site: collection.body_site(),
    }
}

/// The value of an Identifier.
pub(super) fn accession(raw: Raw<'_>) -> Option<String> {
    let identifier = raw.filter(|identifier| !identifier.repeats_one_of(&["value"]))?;
    let value = text(identifier.get("value"))?;
    let value = value.trim();
    (!value.is_empty() && !value.chars().any(char::is_control)).then(|| value.to_owned())
}

/// Codes that say how tissue was taken; "tissue" and "tumour" say nothing about it, and a code that is not listed is not
/// guessed from its display.
fn kind(concept: &Concept<'_>) -> Option<SpecimenKind> {
    concept.coding.iter().filter_map(|coding| coding.code.as_deref()).find_map(|code| match code.trim() {
        // biopsy sample; core needle biopsy; biopsy procedures
        "258415003" | "122737001" | "86273004" | "44578009" | "9911007" => Some(SpecimenKind::Biopsy),
        // mastectomy sample; excision; surgical excision sample
        "122600000" | "397078009" | "65801008" | "168139001" => Some(SpecimenKind::Resection),
        _ => None,
    })
}
