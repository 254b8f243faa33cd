//! The whole core in ten lines: every specimen classified, all of them compared, labels and trials weighed for the lead.

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::domain::classify::classify_with_flips;
use crate::domain::consideration::{Consideration, TherapyRule, consider, consider_sequencing};
use crate::domain::evidence::{Evidence, Excluded};
use crate::domain::history::{Erbb2Mutation, Extent, HormoneReceptor, Treatment};
use crate::domain::medicine::Medicine;
use crate::domain::over_time::{Record, compare};
use crate::domain::retest::Retest;
use crate::domain::rulebook::Rulebook;
use crate::domain::safety::{OrderRules, SafetyFinding, check_orders};
use crate::domain::tumour::{Tumour, TumourClass};
use crate::trials::{Cohort, Prompt, prompts};

/// Everything that is known beside the patient: immutable, swapped whole.
#[derive(Debug)]
pub struct Knowledge {
    /// Classification tables.
    pub rulebook: Rulebook,
    /// Labels.
    pub therapies: Vec<TherapyRule>,
    /// Limits that draft orders are held against.
    pub order_rules: OrderRules,
    /// Curated trial cohorts.
    pub cohorts: Vec<Cohort>,
}

/// Which rules spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RulesIdentity<'k> {
    /// `2026.11`
    pub edition: &'k str,
    /// `sha256:…` over every loaded rule file.
    pub digest: &'k str,
    /// All rule files are signed by a clinician.
    pub signed_off: bool,
}

/// What Herald makes of one record. Printed, recorded, and part of every reply.
#[derive(Debug)]
pub struct Assessment<'k> {
    /// The tumour of the lead, else of the record.
    pub tumour: Tumour,
    /// What the diagnoses of the record say beyond the organ.
    pub class: TumourClass,
    /// Findings, lead and comparison.
    pub record: Record,
    /// Results that were set aside.
    pub excluded: &'k [Excluded],
    /// Extent of the disease, as far as the record shows it. The contract has no member for it: cards ask.
    pub extent: Option<Extent>,
    /// The diagnoses or the specimens name two primary tumours. The contract has no member for it: cards and text say it.
    pub two_primaries: bool,
    /// ERBB2 mutation by sequencing. The contract has no member for it: cards say it.
    pub erbb2_mutation: Option<Erbb2Mutation>,
    /// Hormone receptors. The contract has no member for them: a card asks no question that they have answered.
    pub hormone_receptor: Option<HormoneReceptor>,
    /// Trastuzumab deruxtecan is on record as given: a card does not tell of it as something new.
    pub deruxtecan_used: bool,
    /// Why new tissue could be considered although the lead has its answer. Cards and text say it.
    pub retest: Option<Retest>,
    /// Labels whose HER2 condition the lead meets.
    pub considerations: Vec<Consideration<'k>>,
    /// What speaks against the draft orders, or is open, the most urgent first.
    pub safety: Vec<SafetyFinding<'k>>,
    /// Trial cohorts that the lead and the stage leave possible.
    pub trials: Vec<Prompt<'k>>,
    /// Prefetch keys that could not be had.
    pub unseen: &'k [Box<str>],
    /// Prefetch keys of which only a part may have come. The contract has no member for them: cards and text say it.
    pub partial: &'k [Box<str>],
    /// Draft orders whose medicine could not be read: nothing was checked for them. The contract has no member for them but
    /// `excluded`; a card says it.
    pub unread_orders: &'k [SmolStr],
    /// Which rules spoke.
    pub rules: RulesIdentity<'k>,
    /// The day of the assessment: how old a result is depends on it.
    pub today: Date,
}

impl Assessment<'_> {
    /// What the text of considerations and trials depends on, under one knowledge: which labels, each of their verdicts, and
    /// which cohorts.
    #[must_use]
    pub fn lists_key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(256);
        for one in &self.considerations {
            key.extend(one.place.0.to_be_bytes());
            key.extend(one.place.1.to_be_bytes());
            key.extend(one.conditions().map(|(_, verdict)| verdict as u8));
        }
        // no place of a label begins with this byte, and no name holds it
        for name in self.trials.iter().flat_map(|prompt| [&prompt.cohort.nct, &prompt.cohort.cohort]) {
            key.push(u8::MAX);
            key.extend(name.as_bytes());
        }
        key
    }
}

/// The assessment that `knowledge` gives to `evidence` on the day `today`. It cannot fail: every state of a record has an answer.
#[must_use]
pub fn assess<'k>(knowledge: &'k Knowledge, evidence: &'k Evidence, today: Date) -> Assessment<'k> {
    let rulebook = &knowledge.rulebook;
    let finding = |specimen| classify_with_flips(rulebook, specimen, &evidence.history);
    let record = compare(evidence.specimens.iter().map(finding).collect());
    // a label for a mutation needs no specimen, and one tumour to which the mutation belongs
    let by_sequencing = evidence.class == TumourClass::Applicable && !evidence.history.tumours_differ;
    let has_begun = |one: &&Treatment| one.medicine == Medicine::TrastuzumabDeruxtecan && one.was_used();
    let deruxtecan = evidence.history.treatments.iter().filter(has_begun).any(|one| one.has_begun(today));
    Assessment {
        tumour: record.lead_finding().map_or(evidence.tumour, |lead| lead.tumour),
        class: evidence.class,
        extent: evidence.history.extent,
        two_primaries: evidence.history.tumours_differ,
        erbb2_mutation: evidence.history.erbb2_mutation,
        hormone_receptor: evidence.history.hormone_receptor,
        deruxtecan_used: deruxtecan && !evidence.history.tumours_differ,
        retest: Retest::of(&record, &evidence.history, today),
        considerations: match record.lead {
            None if by_sequencing => {
                consider_sequencing(&knowledge.therapies, evidence.tumour, &evidence.history, today)
            }
            _ => consider(&knowledge.therapies, &record, &evidence.history, today),
        },
        safety: check_orders(&knowledge.order_rules, &record, evidence, today),
        trials: prompts(&knowledge.cohorts, &record, &evidence.history),
        excluded: &evidence.excluded,
        unseen: &evidence.unseen,
        partial: &evidence.partial,
        unread_orders: &evidence.unread_orders,
        rules: RulesIdentity {
            edition: rulebook.edition(),
            digest: rulebook.digest(),
            signed_off: rulebook.signed_off(today),
        },
        record,
        today,
    }
}
