//! Raw FHIR in, evidence out. It cannot fail: what is not read is set aside by name, and one broken entry never takes the
//! others with it.
//!
//! The tumour comes from Conditions only, linked by `focus` where a record holds two primaries. A LOINC code that speaks of
//! a "breast cancer specimen" does not set it: many laboratories send that code for every tissue, and the rules of another
//! tumour would apply in silence.

use std::collections::{HashMap, HashSet};

use crate::domain::evidence::{
    Evidence, Excluded, ExcludedWhy, Reading as Shown, SpecimenEvidence, TestKind, TestResult, TestValue,
};
use crate::domain::history::History;
use crate::domain::ihc::IhcScore;
use crate::domain::order::OrderStage;
use crate::domain::specimen::{Site as Where, SpecimenKind};
use crate::domain::tumour::Tumour;
use crate::domain::when::{Collected, DateSource, When};

use super::background::{Background, Seen};
use super::combine::{IshPart, Lists, combine};
use super::diagnoses::{Diagnoses, Link};
use super::entries::{Entries, Kind, Source};
use super::gather::{FromReport, Gathered, Harvest, gather, is_usable, patient_name, subject};
use super::join::{Group, Listed, focus, groups};
use super::observation::Reading;
use super::percent;
use super::shown;
use super::wire::{Raw, members, text};

members! {
    PatientMembers {
        gender: "gender",
    }
}

/// The evidence that `sources` hold on `patient` (id or `Patient/id`), or on everyone if no patient is named.
#[must_use]
pub fn extract<'a>(sources: impl IntoIterator<Item = Source<'a>>, patient: Option<&str>) -> Evidence {
    let entries = Entries::of(sources);
    let mut harvest = gather(&entries, patient);
    let diagnoses = Diagnoses::of(&entries, patient);
    let listed = Listed::of(&entries);
    let groups = groups(&entries, &harvest.results, &listed);
    name_unused_conclusions(&entries, &groups, &mut harvest);
    let (mut specimens, links): (Vec<SpecimenEvidence>, Vec<Link>) =
        groups.iter().filter_map(|group| specimen(group, &entries, &listed, &mut harvest, &diagnoses)).unzip();
    for (specimen, side) in specimens.iter_mut().zip(diagnoses.sides(&links)) {
        specimen.side = side;
    }
    let record = diagnoses.of_record();
    let mut excluded = std::mem::take(&mut harvest.excluded);
    if excluded.len() > 1 {
        // of entries that share a reference the first counts
        let places: HashMap<&str, usize> =
            entries.all.iter().enumerate().rev().map(|(at, entry)| (&*entry.reference, at)).collect();
        excluded.sort_by_key(|one| places.get(&*one.reference).copied());
    }
    excluded.dedup();
    Evidence {
        tumour: record.tumour,
        class: record.class,
        history: history(harvest.background, &entries, &diagnoses, &specimens, is_male(&entries, patient)),
        specimens,
        orders: Vec::new(),
        unread_orders: Vec::new(),
        order_stage: OrderStage::default(),
        unseen: Vec::new(),
        partial: Vec::new(),
        excluded,
    }
}

/// A conclusion that coded results outrank may tell of the ISH that they lack: beside a coded 2+ nobody should read that none was found.
fn name_unused_conclusions(entries: &Entries<'_>, groups: &[Group<'_>], harvest: &mut Harvest) {
    let results = &harvest.results;
    let coded = || results.iter().filter(|one| one.from_report == FromReport::No && one.withdrawn.is_none());
    let two_plus =
        |one: &Gathered| one.reading.ihc.as_ref().is_some_and(|(ihc, _)| ihc.score == Some(IhcScore::TwoPlus));
    let of_ish = |reading: &Reading| {
        let kinds = [reading.pending, reading.contradictory];
        reading.ish.is_some() || kinds.contains(&Some(TestKind::Ish))
    };
    if !coded().any(two_plus) || coded().any(|one| of_ish(&one.reading)) {
        return;
    }
    let counting = groups.iter().filter(|group| !is_coded(group, results));
    let used: HashSet<usize> = counting.flat_map(|group| group.results.iter().copied()).collect();
    let conclusions = results.iter().enumerate().filter(|(_, one)| one.from_report == FromReport::Conclusion);
    let unused =
        conclusions.filter(|(at, one)| (of_ish(&one.reading) || one.reading.excluded.is_some()) && !used.contains(at));
    let named: Vec<Excluded> = unused
        .map(|(_, one)| Excluded { reference: entries.all[one.entry].reference.clone(), why: ExcludedWhy::Unreadable })
        .collect();
    harvest.excluded.extend(named);
}

/// Something coded is told of the specimen.
fn is_coded(group: &Group<'_>, results: &[Gathered]) -> bool {
    group.results.iter().any(|&at| {
        let result = &results[at];
        result.from_report == FromReport::No && result.withdrawn.is_none() && !result.reading.says_nothing()
    })
}

/// What the record shows beside HER2, the disease seen through its diagnoses and its specimens.
fn history(
    mut background: Background,
    entries: &Entries<'_>,
    diagnoses: &Diagnoses,
    specimens: &[SpecimenEvidence],
    recorded_male: bool,
) -> History {
    let read_as_sent = |at: &usize| {
        let entry = &entries.all[*at];
        (entry.owner.is_none() && !entry.json.repeats_inside()).then_some(entry)
    };
    diagnoses
        .all
        .iter()
        .filter_map(|primary| read_as_sent(&primary.entry))
        .for_each(|entry| background.take_primary(entry));
    diagnoses.others.iter().filter_map(read_as_sent).for_each(|entry| background.take_condition(entry));
    // stage and metastases of a second tumour, past or present, would be taken for those of the first
    let tumour = diagnoses.of_record().tumour;
    let two_sides = diagnoses.diagnosed_sides().are_two() || specimens.iter().any(|specimen| specimen.side.is_some());
    let agree = diagnoses.name_one_tumour() && !two_sides;
    let metastases =
        specimens.iter().filter(|specimen| specimen.site == Where::Metastatic && !specimen.results.is_empty());
    background.into_history(Seen {
        one_tumour: tumour != Tumour::Unknown && agree,
        tumours_differ: !agree,
        from_metastasis: metastases.map(collection).min_by(|a, b| first_of_two(*a, *b)),
        newest: specimens.iter().filter_map(collection).max_by(|a, b| a.chronological(b)),
        recorded_male,
    })
}

/// Does every Patient resource of this patient say "male"? Nothing else of it is read.
fn is_male(entries: &Entries<'_>, patient: Option<&str>) -> bool {
    let named = patient.map(|patient| patient.strip_prefix("Patient/").unwrap_or(patient));
    let own = |at: &usize| {
        let entry = &entries.all[*at];
        entry.kind == Kind::Patient
            && entry.owner.is_none()
            && named.is_none_or(|named| patient_name(entries, *at) == named)
    };
    let says_male = |at: usize| {
        PatientMembers::of(entries.all[at].json).and_then(|patient| text(patient.gender())).as_deref() == Some("male")
    };
    let mut own = (0..entries.all.len()).filter(own).peekable();
    own.peek().is_some() && own.all(says_male)
}

fn collection(specimen: &SpecimenEvidence) -> Option<&When> {
    specimen.collected.as_ref().map(|collected| &collected.when)
}

/// One without a date may be the older one.
fn first_of_two(a: Option<&When>, b: Option<&When>) -> std::cmp::Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.chronological(b),
        _ => a.is_some().cmp(&b.is_some()),
    }
}

/// One specimen with its results; None where nothing of it may be listed.
fn specimen(
    group: &Group<'_>,
    entries: &Entries<'_>,
    listed: &Listed,
    harvest: &mut Harvest,
    diagnoses: &Diagnoses,
) -> Option<(SpecimenEvidence, Link)> {
    let coded = is_coded(group, &harvest.results);
    let mut results: Vec<TestResult> = Vec::new();
    let mut parts: Vec<IshPart> = Vec::new();
    let mut set_aside: Vec<ExcludedWhy> = Vec::new();
    let mut superseded: Vec<Shown> = Vec::new();
    let mut percents: Vec<usize> = Vec::new();
    let beside_invasive = in_situ_beside_invasive(group, harvest);
    for &at in &group.results {
        let result = &mut harvest.results[at];
        let reference = entries.all[result.entry].reference.clone();
        if result.from_report == FromReport::Conclusion && coded && result.withdrawn.is_none() {
            continue;
        }
        let why = result.withdrawn.or(result.reading.excluded);
        let why = why.or_else(|| result.reading.contradictory.map(|_| ExcludedWhy::Contradictory));
        if let Some(why) = why {
            harvest.excluded.push(Excluded { reference: reference.clone(), why });
        }
        if let (None, Some(why)) = (why, result.reading.part_unread) {
            harvest.excluded.push(Excluded { reference: reference.clone(), why });
        }
        if why.is_none() && beside_invasive.contains(&at) {
            harvest.excluded.push(Excluded { reference, why: ExcludedWhy::Unreadable });
            continue;
        }
        if let Some(why) = result.withdrawn {
            set_aside.push(why);
            if why == ExcludedWhy::Superseded && is_usable(&entries.all[result.entry]) {
                superseded.extend(readings(result, &reference));
            }
            continue;
        }
        read_one(result, &reference, &mut results, &mut parts);
        if result.reading.percent.is_some() {
            percents.push(at);
        }
    }
    if parts.len() > 1 && !are_of_one_panel(&parts) {
        parts.iter_mut().for_each(|part| part.listed_by = listed.that_tell_apart(part.entry));
    }
    results.extend(combine(parts));
    let of_ihc = percents.iter().map(|at| &harvest.results[*at]);
    let set_aside_percents = percent::give(of_ihc.collect(), &mut results, entries);
    harvest.excluded.extend(set_aside_percents);
    let listed_when_empty = set_aside
        .iter()
        .any(|why| matches!(why, ExcludedWhy::EnteredInError | ExcludedWhy::Cancelled | ExcludedWhy::UnknownStatus));
    if results.is_empty() && !listed_when_empty {
        return None;
    }
    let own = group.results.iter().filter(|at| !beside_invasive.contains(at)).map(|&at| &harvest.results[at]);
    let (mut own, withdrawn): (Vec<&Gathered>, Vec<&Gathered>) = own.partition(|result| result.withdrawn.is_none());
    if own.is_empty() {
        // what was withdrawn says when and where only of a specimen of which nothing else is left
        own = withdrawn;
    }
    let (specimen, link) = describe(group, entries, &own, diagnoses);
    Some((SpecimenEvidence { results, excluded: set_aside, superseded, ..specimen }, link))
}

/// Nothing else has to be asked about the members of one panel.
fn are_of_one_panel(parts: &[IshPart]) -> bool {
    let Some(panel) = parts.first().and_then(|part| part.panels.first()) else { return false };
    parts.iter().all(|part| part.panels.contains(panel))
}

/// Results of the in situ part, where the specimen has a score of another part: only the invasive one counts (guide 1.8). An ISH
/// that does not say on which part it was done is no such score, since it follows the IHC.
fn in_situ_beside_invasive(group: &Group<'_>, harvest: &Harvest) -> Vec<usize> {
    let reading = |at: usize| &harvest.results[at].reading;
    let in_situ =
        |at: &usize| reading(*at).invasive == Some(false) && harvest.results[*at].from_report == FromReport::No;
    let usable = || group.results.iter().copied().filter(|at| harvest.results[*at].withdrawn.is_none());
    let scored = || usable().filter(|at| reading(*at).ihc.is_some());
    let counted = || usable().filter(|at| reading(*at).ish.is_some());
    let other_part =
        if scored().next().is_some() { scored().any(|at| !in_situ(&at)) } else { counted().any(|at| !in_situ(&at)) };
    if other_part { scored().chain(counted()).filter(in_situ).collect() } else { Vec::new() }
}

/// What one result reads, in words.
fn readings(result: &mut Gathered, reference: &str) -> Vec<Shown> {
    let (mut results, mut parts) = (Vec::new(), Vec::new());
    read_one(result, reference, &mut results, &mut parts);
    let of_results = results.into_iter().flat_map(|result| result.readings);
    of_results.chain(parts.into_iter().map(|part| part.reading)).collect()
}

/// The results that one Observation gives, ISH parts kept for joining. Scores and counts are taken out of it: each Observation
/// belongs to one specimen.
fn read_one(result: &mut Gathered, reference: &str, results: &mut Vec<TestResult>, parts: &mut Vec<IshPart>) {
    let reading = &mut result.reading;
    let mut push = |text, value, reads: String| {
        results.push(TestResult {
            readings: vec![Shown { reference: reference.into(), reads: reads.into() }],
            status: result.status,
            effective: result.effective.clone(),
            text,
            value,
        });
    };
    if let Some((ihc, text)) = reading.ihc.take() {
        let reads = shown::ihc(&ihc);
        push(text, TestValue::Ihc(ihc), reads);
    }
    if let Some(word) = reading.overall {
        push(None, TestValue::Overall(word), format!("overall {word}"));
    }
    if let Some(kind) = reading.pending {
        push(None, TestValue::Pending(kind), format!("{} pending", shown::kind(kind)));
    }
    if let Some(kind) = reading.contradictory {
        push(None, TestValue::Contradictory(kind), format!("{} contradictory", shown::kind(kind)));
    }
    if reading.ambiguous {
        push(Some(Default::default()), TestValue::AmbiguousText, "two scores in one text".to_owned());
    }
    if reading.word_in_text {
        push(Some(Default::default()), TestValue::WordInText, "a status word in a text".to_owned());
    }
    if let Some((ish, text)) = reading.ish.take() {
        parts.push(IshPart {
            reading: Shown { reference: reference.into(), reads: shown::ish(&ish).into() },
            ish,
            blinded: reading.blinded,
            text,
            status: result.status,
            effective: result.effective.clone(),
            entry: result.entry,
            derived_from: result.derived_from.clone(),
            panels: result.panels.clone(),
            listed_by: Lists::new(),
        });
    }
}

/// A specimen without its results, and the primary that it comes from.
fn describe(
    group: &Group<'_>,
    entries: &Entries<'_>,
    own: &[&Gathered],
    diagnoses: &Diagnoses,
) -> (SpecimenEvidence, Link) {
    let linked: Vec<usize> =
        own.iter().flat_map(|result| focus(entries, &entries.all[result.entry].resource, result.entry)).collect();
    let link = diagnoses.link(&linked, &body_sites(group, entries, own), entries);
    let specimen = SpecimenEvidence {
        tumour: link.site.tumour,
        class: link.site.class,
        reference: group.reference.clone(),
        collected: collected(group, own),
        kind: group.facts.as_ref().map_or(SpecimenKind::Unknown, |facts| facts.kind),
        site: link.lies,
        side: None,
        scoring: own.iter().find_map(|result| result.reading.scoring),
        invasive: invasive(own),
        results: Vec::new(),
        excluded: Vec::new(),
        superseded: Vec::new(),
    };
    (specimen, link)
}

/// Where the tissue lay: by the specimen, then by each of its results.
fn body_sites<'a>(group: &Group<'a>, entries: &Entries<'a>, own: &[&Gathered]) -> Vec<Raw<'a>> {
    let by_specimen = group.facts.as_ref().map(|facts| facts.body_site);
    by_specimen.into_iter().chain(own.iter().map(|result| entries.all[result.entry].resource.body_site())).collect()
}

/// Collection of the specimen, else effective, else issued: the earliest of its results.
fn collected(group: &Group<'_>, own: &[&Gathered]) -> Option<Collected> {
    if let Some(when) = group.facts.as_ref().and_then(|facts| facts.collected.clone()) {
        return Some(Collected { when, from: DateSource::Collection });
    }
    let earliest = |dates: Vec<&When>| dates.into_iter().min_by(|a, b| a.chronological(b)).cloned();
    let effective = earliest(own.iter().filter_map(|result| result.effective.as_ref()).collect());
    if let Some(when) = effective {
        return Some(Collected { when, from: DateSource::Effective });
    }
    let issued = earliest(own.iter().filter_map(|result| result.issued.as_ref()).collect());
    issued.map(|when| Collected { when, from: DateSource::Issued })
}

/// In situ only if somebody said so and nobody said invasive. What a conclusion says of the tissue holds for nothing that another
/// report or a coded result tells.
fn invasive(own: &[&Gathered]) -> Option<bool> {
    let by_conclusions =
        own.iter().all(|one| one.from_report == FromReport::Conclusion && one.reading.invasive.is_some());
    let counts = |result: &&&Gathered| by_conclusions || result.from_report == FromReport::No;
    let said: Vec<bool> = own.iter().filter(counts).filter_map(|result| result.reading.invasive).collect();
    if said.contains(&true) { Some(true) } else { said.contains(&false).then_some(false) }
}

/// The distinct patients of a document, in order: those that are sent, and those that a resource names.
#[must_use]
pub fn patients<'a>(sources: impl IntoIterator<Item = Source<'a>>) -> Vec<String> {
    let entries = Entries::of(sources);
    let mut found: Vec<String> = Vec::new();
    for (at, entry) in entries.all.iter().enumerate().filter(|(_, entry)| entry.owner.is_none()) {
        let named = if entry.kind == Kind::Patient { Some(patient_name(&entries, at)) } else { subject(&entries, at) };
        found.extend(named.filter(|named| !found.iter().any(|known| known == named)).map(String::from));
    }
    found
}
