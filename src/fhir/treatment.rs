//! Medicines in the past or present of the patient: what was ordered, given, or stated as taken. Drafts, plans that came to
//! nothing and what was not taken are none.

use crate::domain::history::{Treatment, TreatmentSource};
use crate::domain::when::When;

use super::entries::{Entries, Entry, Kind};
use super::medicine::{Named, medicines};
use super::wire::{Raw, concept, members, period, text};

members! {
    /// What a MedicationRequest, MedicationAdministration or MedicationStatement says beside its medicine.
    TreatmentMembers {
        intent: "intent",
        do_not_perform: "doNotPerform",
        authored_on: "authoredOn",
        // R5
        occurence_date_time: "occurenceDateTime",
        occurence_period: "occurencePeriod",
        adherence: "adherence",
        // STU3
        taken: "taken",
    }
}

members! {
    Adherence {
        code: "code",
    }
}

/// The treatments that the resource at `at` shows: one for each of its medicines. A medicine that is named ambiguously is
/// none: it would support a label that asks for the other one.
pub(super) fn treatments(entries: &Entries<'_>, at: usize) -> Vec<Treatment> {
    let entry = &entries.all[at];
    let Some(members) = TreatmentMembers::of(entry.json) else { return Vec::new() };
    let Some(source) = source(entry, &members) else { return Vec::new() };
    let Named::Medicines(found) = medicines(entries, at) else { return Vec::new() };
    let (from, until) = when(entry, &members);
    let ended = entry.kind == Kind::MedicationStatement && is_ended(entry, &members);
    let one = |medicine| Treatment {
        medicine,
        source,
        from: from.clone(),
        until: until.clone(),
        ended,
        reference: entry.reference.clone(),
    };
    found.into_iter().map(one).collect()
}

/// None if nothing was ordered, given or taken as far as the resource says.
fn source(entry: &Entry<'_>, members: &TreatmentMembers<'_>) -> Option<TreatmentSource> {
    let status = text(entry.resource.status())?;
    match (entry.kind, &*status) {
        (Kind::MedicationRequest, _) if !is_order(members) => None,
        (Kind::MedicationRequest, "active" | "on-hold" | "stopped") => Some(TreatmentSource::Ordered),
        (Kind::MedicationRequest, "completed") => Some(TreatmentSource::Fulfilled),
        (Kind::MedicationAdministration, "in-progress" | "on-hold" | "completed" | "stopped") => {
            Some(TreatmentSource::Given)
        }
        (Kind::MedicationStatement, _) if is_not_taken(members) => None,
        (Kind::MedicationStatement, "active" | "on-hold" | "completed" | "stopped" | "recorded") => {
            Some(TreatmentSource::Stated)
        }
        _ => None,
    }
}

/// A proposal and an option are ideas, and "do not give" is the contrary of an order.
fn is_order(members: &TreatmentMembers<'_>) -> bool {
    let idea = matches!(text(members.intent()).as_deref(), Some("proposal" | "option"));
    let forbids = members.do_not_perform().is_some_and(|sent| sent.boolean() != Some(false));
    !idea && !forbids
}

fn is_not_taken(members: &TreatmentMembers<'_>) -> bool {
    let adherence = concept(members.adherence().and_then(Adherence::of).and_then(|adherence| adherence.code()));
    let codes = adherence.coding.iter().filter_map(|coding| coding.code.as_deref());
    let mut denied = codes.filter(|code| code.starts_with("not-taking") || *code == "unknown");
    denied.next().is_some() || text(members.taken()).is_some_and(|taken| &*taken != "y")
}

/// A statement about a treatment that is over.
fn is_ended(entry: &Entry<'_>, members: &TreatmentMembers<'_>) -> bool {
    let by_status = matches!(text(entry.resource.status()).as_deref(), Some("completed" | "stopped"));
    let adherence = concept(members.adherence().and_then(Adherence::of).and_then(|adherence| adherence.code()));
    let mut codes = adherence.coding.iter().filter_map(|coding| coding.code.as_deref());
    by_status || codes.any(|code| matches!(code, "stopped" | "completed"))
}

/// First and last day that are known. A dose at one time begins and ends with it.
fn when(entry: &Entry<'_>, members: &TreatmentMembers<'_>) -> (Option<When>, Option<When>) {
    let resource = &entry.resource;
    let (start, end) = period(resource.effective_period().or(members.occurence_period()));
    let (start, end) = (start.and_then(|date| When::parse(&date)), end.and_then(|date| When::parse(&date)));
    if start.is_some() || end.is_some() {
        return (start, end);
    }
    let sent = resource.effective_date_time().or(members.occurence_date_time());
    let single = date(sent).or_else(|| date(members.authored_on()).filter(|_| entry.kind == Kind::MedicationRequest));
    let until = single.clone().filter(|_| entry.kind == Kind::MedicationAdministration);
    (single, until)
}

fn date(raw: Raw<'_>) -> Option<When> {
    text(raw).and_then(|date| When::parse(&date))
}
