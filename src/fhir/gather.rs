//! From entries to readings: which Observations and reports say something about HER2, with their status, patient and place.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::domain::evidence::{Excluded, ExcludedWhy, ResultStatus};
use crate::domain::when::When;
use crate::json::Value;

use super::background::Background;
use super::codes::Test;
use super::combine::Lists;
use super::entries::{Entries, Entry, Kind, tail};
use super::observation::{self, Reading, Waiting};
use super::panels::{self, Panel};
use super::recounts::{follow_panels, set_aside_without_first};
use super::topic::{Topic, holds_her2, topic};
use super::wire::{extensions, period_start, reference, references, text};
use super::withdrawn::Withdrawn;

/// A HER2 Observation or report that was read, or set aside.
#[derive(Debug)]
pub(super) struct Gathered {
    /// Index of its entry.
    pub entry: usize,
    pub status: ResultStatus,
    pub effective: Option<When>,
    /// Only where no effective time was sent.
    pub issued: Option<When>,
    pub reading: Reading,
    /// Set aside for its status or because something replaces it, with all its values.
    pub withdrawn: Option<ExcludedWhy>,
    /// Entries that this one is derived from.
    pub derived_from: Vec<usize>,
    /// The panels of one ISH that list it.
    pub panels: Lists,
    pub from_report: FromReport,
}

/// Coded results come first; a conclusion counts only where nothing coded does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FromReport {
    No,
    Conclusion,
}

/// Entries that were replaced, each with one that replaces it.
pub(super) type Replaced = HashMap<usize, usize>;

/// Everything that was gathered.
#[derive(Debug, Default)]
pub(super) struct Harvest {
    pub results: Vec<Gathered>,
    pub excluded: Vec<Excluded>,
    pub background: Background,
    panels: Vec<Panel>,
    withdrawn: Withdrawn,
}

/// Reads every Observation and report of `entries` for the patient named, if one is.
pub(super) fn gather(entries: &Entries<'_>, patient: Option<&str>) -> Harvest {
    let mut harvest = Harvest { withdrawn: Withdrawn::of(entries, patient), ..Harvest::default() };
    for (at, entry) in entries.all.iter().enumerate() {
        match entry.kind {
            Kind::Observation => observation(entries, at, entry, patient, &mut harvest),
            Kind::DiagnosticReport => report(entries, at, entry, patient, &mut harvest),
            Kind::MedicationRequest | Kind::MedicationAdministration | Kind::MedicationStatement => {
                if is_own(entries, at, entry, patient) {
                    harvest.background.take_treatment(entries, at);
                }
            }
            Kind::Procedure => {
                if is_own(entries, at, entry, patient) {
                    harvest.background.take_procedure(entry);
                }
            }
            // diagnoses are read beside the specimens that they explain
            Kind::Condition | Kind::Specimen | Kind::Patient | Kind::Medication | Kind::Substance | Kind::Other => {}
        }
    }
    let replaced = set_aside_replaced(entries, &mut harvest);
    panels::settle(&mut harvest.panels, &mut harvest.results);
    follow_panels(&harvest.panels, &replaced, &mut harvest.results);
    set_aside_without_first(entries, &harvest.panels, &replaced, &mut harvest.results);
    harvest
}

/// A resource of its own, of this patient, that says each thing once.
fn is_own(entries: &Entries<'_>, at: usize, entry: &Entry<'_>, patient: Option<&str>) -> bool {
    entry.owner.is_none() && !entry.json.repeats_inside() && !is_other_patient(entries, at, patient)
}

fn observation(entries: &Entries<'_>, at: usize, entry: &Entry<'_>, patient: Option<&str>, harvest: &mut Harvest) {
    let resource = &entry.resource;
    let exclude = |why| Excluded { reference: entry.reference.clone(), why };
    if resource.resource_type().is_none() {
        // a member stands twice: named if it says it is a HER2 Observation
        if looks_like_her2(entry.json.raw()) {
            harvest.excluded.push(exclude(ExcludedWhy::Unreadable));
        }
        return;
    }
    let topic = topic(resource);
    let holds_her2 = matches!(topic, Topic::Foreign | Topic::Marker(_) | Topic::Refused(ExcludedWhy::NotHer2))
        && holds_her2(resource);
    if holds_her2 && !matches!(topic, Topic::Marker(_)) {
        her2_result(entries, at, entry, None, patient, harvest);
        return;
    }
    let test = match topic {
        Topic::Foreign => {
            let unclear = |code: &Value<'_>| !code.is_object() || code.repeats_inside() || code.holds_nul();
            let broken = |code: &Value<'_>| unclear(code) && looks_like_her2(code.raw());
            if resource.code().as_ref().is_some_and(broken) && !is_other_patient(entries, at, patient) {
                harvest.excluded.push(exclude(ExcludedWhy::Unreadable));
            }
            return;
        }
        Topic::Marker(marker) => {
            if is_own(entries, at, entry, patient) {
                match status_of(at, entry, &harvest.withdrawn) {
                    Status::Usable(ResultStatus::Final | ResultStatus::Appended | ResultStatus::Amended) => {
                        harvest.background.take_marker(entry, marker);
                    }
                    Status::Usable(ResultStatus::Preliminary) => harvest.background.take_preliminary(entry, marker),
                    _ => {}
                }
            }
            if holds_her2 {
                her2_result(entries, at, entry, None, patient, harvest);
            }
            return;
        }
        Topic::Refused(why) => {
            let why = if is_other_patient(entries, at, patient) { ExcludedWhy::OtherPatient } else { why };
            harvest.excluded.push(exclude(why));
            return;
        }
        Topic::Her2(test) => test,
    };
    her2_result(entries, at, entry, Some(test), patient, harvest);
}

/// One result: of a HER2 test, or where there is none, of the components of another Observation.
fn her2_result(
    entries: &Entries<'_>,
    at: usize,
    entry: &Entry<'_>,
    test: Option<Test>,
    patient: Option<&str>,
    harvest: &mut Harvest,
) {
    let resource = &entry.resource;
    let exclude = |why| Excluded { reference: entry.reference.clone(), why };
    if is_other_patient(entries, at, patient) {
        harvest.excluded.push(exclude(ExcludedWhy::OtherPatient));
        return;
    }
    if entry.json.repeats_inside() || names_hold_control_characters(entry) || entry.json.holds_nul() {
        harvest.excluded.push(exclude(ExcludedWhy::Unreadable));
        return;
    }
    let (status, withdrawn) = status_of(at, entry, &harvest.withdrawn).told();
    let of_components = test.is_none();
    let test = test.unwrap_or(Test::Overall);
    let reading = if status == ResultStatus::Pending && withdrawn.is_none() {
        // registered: whatever stands there is no result yet
        Reading { pending: Some(observation::kind_of(test)), ..Reading::default() }
    } else if test == Test::Narrative {
        narrative(resource.value_string())
    } else {
        let waiting = if status == ResultStatus::Preliminary { Waiting::Yes } else { Waiting::No };
        if of_components {
            observation::read_components(resource, waiting)
        } else {
            observation::read(resource, test, waiting)
        }
    };
    if test == Test::Panel {
        // what a withdrawn report takes back is known of each member itself
        let (_, withdrawn) = own_status(entry).told();
        let panel = Panel::of(entries, at, entry, reading.blinded);
        harvest.panels.push(Panel { status, withdrawn, ..panel });
    }
    let Some(reading) = reading_or_none(reading, test, withdrawn) else { return };
    harvest.results.push(gathered(entries, at, status, withdrawn, reading, FromReport::No));
}

/// A panel without a value of its own is no finding; a narrative that says nothing of HER2 is none either.
fn reading_or_none(reading: Reading, test: Test, withdrawn: Option<ExcludedWhy>) -> Option<Reading> {
    let silent = match test {
        Test::Panel => reading.says_nothing() && withdrawn.is_none(),
        Test::Narrative => reading.is_silent(),
        _ => false,
    };
    (!silent).then_some(reading)
}

fn report(entries: &Entries<'_>, at: usize, entry: &Entry<'_>, patient: Option<&str>, harvest: &mut Harvest) {
    let resource = &entry.resource;
    if resource.conclusion().is_none() || is_other_patient(entries, at, patient) {
        return;
    }
    let (status, withdrawn) = status_of(at, entry, &harvest.withdrawn).told();
    let reading = narrative(resource.conclusion());
    if entry.json.repeats_inside() {
        let why = ExcludedWhy::Unreadable;
        let says_her2 = !reading.is_silent();
        harvest.excluded.extend(says_her2.then(|| Excluded { reference: entry.reference.clone(), why }));
        return;
    }
    if !reading.is_silent() {
        harvest.results.push(gathered(entries, at, status, withdrawn, reading, FromReport::Conclusion));
    }
}

fn gathered(
    entries: &Entries<'_>,
    at: usize,
    status: ResultStatus,
    withdrawn: Option<ExcludedWhy>,
    reading: Reading,
    from_report: FromReport,
) -> Gathered {
    let resource = &entries.all[at].resource;
    let date = |raw| text(raw).and_then(|date| When::parse(&date));
    let effective = date(resource.effective_date_time())
        .or_else(|| date(resource.effective_instant()))
        .or_else(|| period_start(resource.effective_period()).and_then(|date| When::parse(&date)));
    let derived_from = references(resource.derived_from());
    Gathered {
        entry: at,
        status,
        issued: if effective.is_none() { date(resource.issued()) } else { None },
        effective,
        reading,
        withdrawn,
        derived_from: derived_from.iter().filter_map(|reference| entries.resolve(reference, at)).collect(),
        panels: Lists::new(),
        from_report,
    }
}

/// HER2 in the words of a conclusion.
fn narrative(raw: super::wire::Raw<'_>) -> Reading {
    text(raw).map(|sent| Reading::of_conclusion(&sent)).unwrap_or_default()
}

enum Status {
    Usable(ResultStatus),
    Withdrawn(ExcludedWhy),
}

impl Status {
    /// The status to go on with, and the reason where the result is not used.
    const fn told(self) -> (ResultStatus, Option<ExcludedWhy>) {
        match self {
            Self::Usable(status) => (status, None),
            Self::Withdrawn(why) => (ResultStatus::Final, Some(why)),
        }
    }
}

/// The status of a result, or that of the withdrawn report in which it stands.
fn status_of(at: usize, entry: &Entry<'_>, withdrawn: &Withdrawn) -> Status {
    match (own_status(entry), withdrawn.why(at)) {
        (Status::Usable(_), Some(why)) => Status::Withdrawn(why),
        (status, _) => status,
    }
}

/// An older version is superseded, whatever it says.
fn own_status(entry: &Entry<'_>) -> Status {
    if entry.outdated { Status::Withdrawn(ExcludedWhy::Superseded) } else { status(entry) }
}

fn status(entry: &Entry<'_>) -> Status {
    match text(entry.resource.status()).as_deref() {
        Some("final") => Status::Usable(ResultStatus::Final),
        Some("amended" | "corrected") => Status::Usable(ResultStatus::Amended),
        Some("appended") => Status::Usable(ResultStatus::Appended),
        Some("preliminary" | "partial") => Status::Usable(ResultStatus::Preliminary),
        Some("registered") => Status::Usable(ResultStatus::Pending),
        Some("cancelled") => Status::Withdrawn(ExcludedWhy::Cancelled),
        Some("entered-in-error") => Status::Withdrawn(ExcludedWhy::EnteredInError),
        _ => Status::Withdrawn(ExcludedWhy::UnknownStatus),
    }
}

/// Does its own status let its value be told?
pub(super) fn is_usable(entry: &Entry<'_>) -> bool {
    matches!(status(entry), Status::Usable(status) if status != ResultStatus::Pending)
}

/// A result that a usable one replaces is superseded, whatever its own status and date. Which entries were replaced, and by which.
fn set_aside_replaced(entries: &Entries<'_>, harvest: &mut Harvest) -> Replaced {
    let usable = harvest.results.iter().filter(|result| result.withdrawn.is_none()).map(|result| result.entry);
    let panels = harvest.panels.iter().filter(|panel| panel.withdrawn.is_none()).map(|panel| panel.entry);
    let replaced: Replaced = usable
        .chain(panels)
        .flat_map(|entry| {
            let targets = extensions(entries.all[entry].resource.extension(), "/observation-replaces");
            let resolve = |extension: &super::wire::Extension<'_>| {
                reference(extension.value_reference()).and_then(|target| entries.resolve(&target, entry))
            };
            targets
                .iter()
                .filter_map(resolve)
                .filter(|target| *target != entry)
                .map(|target| (target, entry))
                .collect::<Vec<_>>()
        })
        .collect();
    for result in &mut harvest.results {
        if replaced.contains_key(&result.entry) {
            result.withdrawn = Some(ExcludedWhy::Superseded);
        }
    }
    for panel in &mut harvest.panels {
        if replaced.contains_key(&panel.entry) {
            panel.withdrawn = Some(ExcludedWhy::Superseded);
        }
    }
    replaced
}

/// Is the subject someone else than the patient named? A missing subject is accepted.
pub(super) fn is_other_patient(entries: &Entries<'_>, at: usize, patient: Option<&str>) -> bool {
    let Some(patient) = patient else { return false };
    let owner = entries.all[at].owner.unwrap_or(at);
    let sent = [entries.all[owner].resource.subject(), entries.all[owner].resource.patient()];
    if sent.into_iter().flatten().any(|sent| sent.repeats_one_of(&["reference"])) {
        // two patients are named, and which of them is meant nobody knows
        return true;
    }
    match subject(entries, owner) {
        Some(subject) => subject != patient.strip_prefix("Patient/").unwrap_or(patient),
        None => false,
    }
}

/// The patient id that a resource names, `urn:uuid:` followed to its Patient; a group or a device by its whole name. The id
/// of a contained Patient is local and names nobody.
pub(super) fn subject<'e>(entries: &'e Entries<'_>, at: usize) -> Option<Cow<'e, str>> {
    let resource = &entries.all[at].resource;
    let sent = reference(resource.subject()).or_else(|| reference(resource.patient()))?;
    if let Some(target) = entries.resolve(&sent, at)
        && entries.all[target].kind == Kind::Patient
    {
        return entries.all[target].owner.is_none().then(|| patient_name(entries, target));
    }
    match sent.0 {
        Cow::Borrowed(sent) => patient_id(sent).map(Cow::Borrowed),
        Cow::Owned(sent) => patient_id(&sent).map(|id| Cow::Owned(id.to_owned())),
    }
}

/// The id of a reference to a Patient; `Group/g1` as it is.
fn patient_id(reference: &str) -> Option<&str> {
    let named = tail(reference)?;
    Some(named.strip_prefix("Patient/").unwrap_or(named))
}

/// The id of a Patient resource, else its fullUrl or place.
pub(super) fn patient_name<'e>(entries: &'e Entries<'_>, at: usize) -> Cow<'e, str> {
    let entry = &entries.all[at];
    text(entry.resource.id()).map_or(Cow::Borrowed(&*entry.reference), |id| id.0)
}

fn names_hold_control_characters(entry: &Entry<'_>) -> bool {
    let resource = &entry.resource;
    let names = [text(resource.id()), reference(resource.specimen()), reference(resource.subject())];
    names.into_iter().flatten().any(|name| name.has_control_characters())
}

/// An Observation that could not be parsed: does it say that it is about HER2?
fn looks_like_her2(raw: &str) -> bool {
    const CODES: [&str; 8] = ["85319-2", "18474-7", "48676-1", "85318-4", "31150-6", "49683-6", "74860-8", "74885-5"];
    CODES.iter().any(|code| raw.contains(code)) || super::codes::names_her2(raw)
}
