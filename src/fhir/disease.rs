//! How far the cancer has spread, whether it came back, and lung disease: from Conditions, stages and disease status.
//!
//! A node that is affected may be a regional one (C77): it says nothing of the extent. An early stage is believed only while
//! nothing later speaks against it, since a record often keeps the stage of the first diagnosis for ever.

use jiff::ToSpan;

use crate::domain::history::{Event, Extent, StageGroup};
use crate::domain::when::When;

use super::codes::{self, System};
use super::entries::Entry;
use super::site::{is_in_doubt, is_refuted, says};
use super::squamous::squamous;
use super::stage::{is_metastatic_category, stage_group};
use super::wire::{Coding, Concept, Raw, Resource, concept, items, members, period, text};

/// A stage tells of the disease of today for as long (*policy*): a specimen that is younger by more may be of a recurrence.
const STAGE_HOLDS_DAYS: i64 = 365;

members! {
    ConditionMembers {
        stage: "stage",
        onset_date_time: "onsetDateTime",
        onset_period: "onsetPeriod",
        recorded_date: "recordedDate",
    }
}

members! {
    Stage {
        summary: "summary",
    }
}

/// What the record says of the disease, before it is weighed.
#[derive(Debug, Default)]
pub(super) struct Disease {
    stages: Vec<(StageGroup, Option<When>)>,
    /// Distant metastases, each with the first day on which it is known.
    metastases: Vec<Option<When>>,
    /// Those at a named site.
    by_site: Vec<(MetastasisSite, Option<When>)>,
    pub lung_disease: Vec<Event>,
    pub progressions: Vec<Event>,
    /// What each diagnosis of the primary that names a kind of carcinoma says: squamous or not.
    kinds: Vec<bool>,
}

impl Disease {
    /// Adds a Condition that is no primary tumour: a metastasis, or a lung disease.
    pub(super) fn add_condition(&mut self, entry: &Entry<'_>) {
        let resource = &entry.resource;
        if is_refuted(resource) {
            return;
        }
        let code = concept(resource.code());
        if !is_in_doubt(resource) && code.coding.iter().any(is_distant_metastasis) {
            let members = ConditionMembers::of(entry.json).unwrap_or_default();
            let when = onset(&members).or_else(|| recorded(&members));
            self.by_site.extend(code.coding.iter().find_map(metastasis_site).map(|site| (site, when.clone())));
            self.metastases.push(when);
        }
        if code.coding.iter().any(is_lung_disease) {
            let members = ConditionMembers::of(entry.json).unwrap_or_default();
            self.lung_disease.push(Event { when: onset(&members), reference: entry.reference.clone() });
        }
    }

    /// Adds what the diagnosis of the primary tumour says of its stage and its course.
    pub(super) fn add_primary(&mut self, entry: &Entry<'_>) {
        let members = ConditionMembers::of(entry.json).unwrap_or_default();
        let when = recorded(&members).or_else(|| onset(&members));
        self.kinds.extend(squamous(&entry.resource));
        let summaries = items(members.stage()).filter_map(Stage::of).map(|stage| concept(stage.summary()));
        self.stages.extend(summaries.filter_map(|summary| stage_group(&summary)).map(|stage| (stage, when.clone())));
        if says(&concept(entry.resource.clinical_status()), &["recurrence", "relapse"]) {
            // the onset is that of the first diagnosis
            self.progressions.push(Event { when: None, reference: entry.reference.clone() });
        }
    }

    pub(super) fn add_stage(&mut self, observation: &Resource<'_>, when: Option<When>) {
        self.stages.extend(stage_group(&value(observation)).map(|stage| (stage, when)));
    }

    pub(super) fn add_metastasis_category(&mut self, observation: &Resource<'_>, when: Option<When>) {
        if is_metastatic_category(&value(observation)) {
            self.metastases.push(when);
        }
    }

    /// Only "worsened" is progression.
    pub(super) fn add_status(&mut self, observation: &Resource<'_>, event: Event) {
        let worsened = value(observation).coding.iter().any(|coding| {
            codes::system(coding.system.as_deref()) == System::Snomed && coding.code.as_deref() == Some("271299001")
        });
        self.progressions.extend(worsened.then_some(event));
    }

    /// The stage group, if all that are stated agree.
    pub(super) fn stage(&self) -> Option<StageGroup> {
        let (first, _) = self.stages.first()?;
        self.stages.iter().all(|(stage, _)| stage == first).then_some(*first)
    }

    /// Every diagnosis that names the kind of carcinoma calls it squamous.
    pub(super) fn squamous(&self) -> bool {
        !self.kinds.is_empty() && self.kinds.iter().all(|squamous| *squamous)
    }

    fn metastatic(&self) -> impl Iterator<Item = &Option<When>> {
        let stage_four = self.stages.iter().filter(|(stage, _)| *stage == StageGroup::Four).map(|(_, when)| when);
        self.metastases.iter().chain(stage_four)
    }

    /// First day on which metastases were on record, a specimen of one among them; None where one of them has no date,
    /// since that one may be older.
    pub(super) fn metastatic_since(&self, from_metastasis: Option<Option<&When>>) -> Option<When> {
        let all = self.metastatic().map(Option::as_ref).chain(from_metastasis);
        let dated: Option<Vec<&When>> = all.collect();
        dated?.into_iter().min_by(|a, b| a.chronological(b)).cloned()
    }

    /// The newest metastasis: of each site the first day on which it is known, and of these days the last. A metastasis is
    /// coded again at every encounter, so a later entry of one site is no new metastasis; a site without a date may be old.
    pub(super) fn newest_metastasis(&self) -> Option<When> {
        let first = |site: MetastasisSite| {
            let entries = self.by_site.iter().filter(|(of, _)| *of == site).map(|(_, when)| when.as_ref());
            let dated: Option<Vec<&When>> = entries.collect();
            dated?.into_iter().min_by(|a, b| a.chronological(b))
        };
        MetastasisSite::all().filter_map(first).max_by(|a, b| a.chronological(b)).cloned()
    }

    /// The extent today. `newest`: the collection of the newest specimen. A specimen from a metastasis beside an early stage
    /// that still holds leaves it open.
    pub(super) fn extent(&self, from_metastasis: Option<Option<&When>>, newest: Option<&When>) -> Option<Extent> {
        if self.metastatic().next().is_some() {
            return Some(Extent::Metastatic);
        }
        let outdated = |stated: &Option<When>| match (stated, newest) {
            (Some(stated), Some(newest)) => {
                let holds_until = stated.first_day().checked_add(STAGE_HOLDS_DAYS.days());
                holds_until.is_ok_and(|last| newest.first_day() > last)
            }
            _ => false,
        };
        let early = self.stages.iter().any(|(_, stated)| !outdated(stated));
        match (early, from_metastasis) {
            (true, None) if self.progressions.is_empty() => Some(Extent::Early),
            (false, Some(_)) => Some(Extent::Metastatic),
            _ => None,
        }
    }
}

/// The value of an Observation as a concept, a string taken for its text.
fn value<'a>(observation: &Resource<'a>) -> Concept<'a> {
    concept(observation.value_codeable_concept().or(observation.value_string()))
}

fn recorded(members: &ConditionMembers<'_>) -> Option<When> {
    text(members.recorded_date()).and_then(|date| When::parse(&date))
}

fn onset(members: &ConditionMembers<'_>) -> Option<When> {
    let (start, _) = period(members.onset_period());
    text(members.onset_date_time()).or(start).and_then(|date| When::parse(&date))
}

pub(super) fn is_distant_metastasis(coding: &Coding<'_>) -> bool {
    let Some(code) = coding.code.as_deref().map(str::trim) else { return false };
    match codes::system(coding.system.as_deref()) {
        System::Icd10 => begins(code, &["C78", "C79"]),
        // bone, liver, lung, brain; and "metastatic malignant neoplasm" as such
        System::Snomed => matches!(code, "94222008" | "94381002" | "94391008" | "94225005" | "128462008"),
        _ => false,
    }
}

/// Where a metastasis is, as the last two digits of its ICD-10 category: `87` is C78.7, the liver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MetastasisSite(u8);

impl MetastasisSite {
    /// C78.0 to C79.9.
    fn all() -> impl Iterator<Item = Self> {
        (80..100).map(Self)
    }
}

/// The site that a code names; none where it only says that there is a metastasis (C79.9, "metastatic neoplasm").
fn metastasis_site(coding: &Coding<'_>) -> Option<MetastasisSite> {
    let code = coding.code.as_deref()?.trim();
    let digits = match codes::system(coding.system.as_deref()) {
        System::Icd10 => match code.get(..3)? {
            three if three.eq_ignore_ascii_case("C78") => 80 + tenth(code)?,
            three if three.eq_ignore_ascii_case("C79") => 90 + tenth(code)?,
            _ => return None,
        },
        System::Snomed => match code {
            "94391008" => 80,
            "94381002" => 87,
            "94225005" => 93,
            "94222008" => 95,
            _ => return None,
        },
        _ => return None,
    };
    (digits != 99).then_some(MetastasisSite(digits))
}

/// The fourth digit of an ICD-10 code, with or without the dot.
fn tenth(code: &str) -> Option<u8> {
    let digit = code.get(3..)?.trim_start_matches('.').bytes().next()?;
    digit.is_ascii_digit().then(|| digit - b'0')
}

/// Interstitial lung disease and pneumonitis: drug-induced (J70.2 to J70.4), other interstitial (J84).
fn is_lung_disease(coding: &Coding<'_>) -> bool {
    let Some(code) = coding.code.as_deref().map(str::trim) else { return false };
    match codes::system(coding.system.as_deref()) {
        System::Icd10 => begins(code, &["J70.2", "J70.3", "J70.4", "J84", "J702", "J703", "J704"]),
        // interstitial lung disease, pneumonitis, interstitial pneumonia, drug-induced (also chronic), pulmonary fibrosis
        System::Snomed => {
            matches!(code, "233703007" | "205237003" | "64667001" | "196051003" | "196053000" | "51615001")
        }
        _ => false,
    }
}

fn begins(code: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| code.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))
}
