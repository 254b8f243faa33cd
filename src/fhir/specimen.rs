//! A Specimen: how it was taken, when, from where, and under which accession.
//!
//! Laboratories give one accession to every piece of a case as well as to one piece sent twice. So two Specimens with the same
//! accession are one unless something that both say tells them apart.

use crate::domain::specimen::{Side, SpecimenKind};
use crate::domain::when::When;
use crate::json::Value;

use super::laterality;
use super::site::{self, Organ};
use super::wire::{Collection, Concept, Container, Raw, Resource, concept, concepts, items, period_start, text};

/// What is known of a Specimen resource.
#[derive(Debug, Clone)]
pub(super) struct SpecimenFacts<'a> {
    pub kind: SpecimenKind,
    pub collected: Option<When>,
    pub accession: Option<Accession>,
    pub body_site: Raw<'a>,
    blocks: Vec<String>,
    organ: Option<Organ>,
    side: Option<Side>,
}

/// The number of a case, or of a piece of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Accession {
    pub value: String,
    /// Which laboratory gives such numbers.
    system: Option<String>,
}

impl SpecimenFacts<'_> {
    /// Does something that both say differ, so that they are two pieces although their accession is the same?
    pub(super) fn is_another_than(&self, other: &Self) -> bool {
        fn differ<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
            matches!((a, b), (Some(a), Some(b)) if a != b)
        }
        let kind = |facts: &Self| Some(facts.kind).filter(|kind| *kind != SpecimenKind::Unknown);
        let days = match (&self.collected, &other.collected) {
            (Some(a), Some(b)) => on_other_days(a, b) || on_other_days(b, a),
            _ => false,
        };
        let blocks = !self.blocks.is_empty()
            && !other.blocks.is_empty()
            && !self.blocks.iter().any(|one| other.blocks.contains(one));
        let system = |facts: &Self| facts.accession.as_ref().and_then(|accession| accession.system.clone());
        days || blocks
            || differ(kind(self), kind(other))
            || differ(self.organ, other.organ)
            || differ(self.side, other.side)
            || differ(system(self), system(other))
    }

    /// Do both say the same of what tells pieces apart?
    pub(super) fn says_the_same_as(&self, other: &Self) -> bool {
        (self.kind, self.organ, self.side) == (other.kind, other.organ, other.side)
            && self.accession == other.accession
            && self.collected == other.collected
            && self.blocks == other.blocks
    }
}

/// More than a day later: the same hour has two dates in two time zones.
pub(super) fn on_other_days(later: &When, earlier: &When) -> bool {
    earlier.last_day().tomorrow().is_ok_and(|next| later.first_day() > next)
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
        blocks: items(specimen.container()).flat_map(blocks).collect(),
        organ: site::organ_of(&concepts(collection.body_site())),
        side: laterality::of_body_site(collection.body_site()).only(),
    }
}

/// What an Identifier says.
pub(super) fn accession(raw: Raw<'_>) -> Option<Accession> {
    let identifier = raw?;
    let said = |member| {
        let once = Some(identifier).filter(|identifier| !identifier.repeats_one_of(&[member]))?;
        text(once.get(member)).and_then(|said| plain(&said))
    };
    let system = said("system").map(|system| system.trim_end_matches('/').to_owned());
    Some(Accession { value: said("value")?, system })
}

/// The names of a container that may be those of a block (`A1`). Longer ones are mostly those of slides, of which one block has
/// many.
fn blocks(container: Value<'_>) -> Vec<String> {
    const LONGEST: usize = 4;
    let identifiers = Container::of(container).and_then(|container| container.identifier());
    let names = items(identifiers).filter_map(|one| text(one.get("value")).and_then(|said| plain(&said)));
    names.filter(|name| name.len() <= LONGEST).collect()
}

fn plain(said: &str) -> Option<String> {
    let said = said.trim();
    (!said.is_empty() && !said.chars().any(char::is_control)).then(|| said.to_owned())
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
