//! Which of the computed cards are shown, and why the others are not: the noise budget.
//!
//! Every card is computed and recorded; one that is kept back stands in the reply beside the assessment, under
//! `org.herald-cds.withheld`, so that the record says what would have been shown.

use jiff::Timestamp;
use serde::Serialize;

use super::cards::{is_about_trials, names_trials, offers_line_not_reached};
use super::response::{Card, Indicator};
use super::service::Hook;
use crate::assessment::Assessment;
use crate::domain::words::vocabulary;
use crate::noise::{CardFacts, Labels, Memory, Quiet, QuietWhy, RecordFacts, SpecimenFacts};

/// Most cards on patient-view and on the hooks of orders.
const ON_PATIENT_VIEW: usize = 1;
const ON_ORDERS: usize = 2;

/// Who looks, at what, and when.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    /// Whose data.
    pub tenant: &'a str,
    /// Which client of theirs.
    pub client: &'a str,
    /// Where in the workflow.
    pub hook: Hook,
    /// Keyed hash of the patient's id.
    pub patient: Option<[u8; 32]>,
    /// Keyed hash of the user's id.
    pub user: Option<[u8; 32]>,
    /// Now.
    pub now: Timestamp,
}

/// Whether a card may close with the number of trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialLine {
    /// It may.
    Shown,
    /// No trial is wanted or possible for this patient.
    Silent,
}

vocabulary! {
    /// Why a card is not shown.
    WithheldWhy, "reason to keep a card back" {
        /// Accepted for this patient on the same evidence.
        Accepted = "accepted",
        /// Overridden by this user for a reason on the same evidence.
        Overridden = "overridden",
        /// No trial is wanted or possible for this patient. Without a card: only the trial line was left out.
        NoTrial = "no_trial",
        /// The site silenced this kind of card or its rule.
        Silenced = "silenced",
        /// Others were more urgent, and no more are shown at once.
        Budget = "budget",
        /// This client is in shadow mode.
        Shadow = "shadow",
    }
}

impl Serialize for WithheldWhy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What was computed and is not shown.
#[derive(Debug, Serialize)]
pub struct Withheld {
    /// Why.
    pub why: WithheldWhy,
    /// From when on it would be shown, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The card as it would have been shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
}

/// All cards of a reply.
#[derive(Debug, Default)]
pub struct Sifted {
    /// Those that are shown.
    pub shown: Vec<Card>,
    /// Those that are not.
    pub withheld: Vec<Withheld>,
}

impl Sifted {
    fn withhold(&mut self, why: WithheldWhy, until: Option<Timestamp>, card: Option<Card>) {
        self.withheld.push(Withheld { why, until: until.map(|until| until.to_string()), card });
    }
}

/// Whether cards for this viewer may name trials.
#[must_use]
pub fn trial_line(viewer: &Viewer<'_>, memory: &Memory) -> TrialLine {
    if no_trial(viewer, memory).is_some() { TrialLine::Silent } else { TrialLine::Shown }
}

fn no_trial(viewer: &Viewer<'_>, memory: &Memory) -> Option<Quiet> {
    memory.dismissed.trials(viewer.patient.as_ref()?, viewer.now, memory.quiet_for)
}

/// Sifts `cards`, given in the order of their urgency.
#[must_use]
pub fn sift(cards: Vec<Card>, assessment: &Assessment<'_>, viewer: &Viewer<'_>, memory: &Memory) -> Sifted {
    let mut sifted = Sifted::default();
    if memory.is_empty() {
        sifted.shown = cards;
    } else {
        Sieve::new(assessment, viewer, memory).sift(cards, &mut sifted);
    }
    for card in sifted.shown.split_off(most(viewer.hook).min(sifted.shown.len())) {
        sifted.withhold(WithheldWhy::Budget, None, Some(card));
    }
    // Last, so that the record of a client in shadow mode tells what would have been shown from what would not.
    if let Some(shadow) = memory.silences.shadow(viewer.tenant, viewer.client, viewer.now) {
        for card in std::mem::take(&mut sifted.shown) {
            sifted.withhold(WithheldWhy::Shadow, shadow.until, Some(card));
        }
    }
    sifted
}

const fn most(hook: Hook) -> usize {
    match hook {
        Hook::PatientView => ON_PATIENT_VIEW,
        Hook::OrderSelect | Hook::OrderSign => ON_ORDERS,
    }
}

/// What becomes of one card.
enum Fate {
    Shown,
    /// Known already, but an order is being chosen: said again, in a low voice.
    ShownAsInfo,
    Withheld(WithheldWhy, Option<Timestamp>),
}

struct Sieve<'s, 'k> {
    assessment: &'s Assessment<'k>,
    viewer: &'s Viewer<'s>,
    memory: &'s Memory,
    facts: RecordFacts,
    no_trial: Option<Quiet>,
}

impl<'s, 'k> Sieve<'s, 'k> {
    fn new(assessment: &'s Assessment<'k>, viewer: &'s Viewer<'s>, memory: &'s Memory) -> Self {
        Self { assessment, viewer, memory, facts: facts(assessment), no_trial: no_trial(viewer, memory) }
    }

    fn sift(&self, cards: Vec<Card>, sifted: &mut Sifted) {
        for mut card in cards {
            match self.fate(&card) {
                Fate::Shown => sifted.shown.push(card),
                Fate::ShownAsInfo => {
                    card.indicator = Indicator::Info;
                    sifted.shown.push(card);
                }
                Fate::Withheld(why, until) => sifted.withhold(why, until, Some(card)),
            }
        }
        let names_trials = |card: &Card| names_trials(card.source.topic.code, self.assessment);
        if let Some(quiet) = self.no_trial.filter(|_| sifted.shown.iter().any(names_trials)) {
            sifted.withhold(WithheldWhy::NoTrial, Some(quiet.until), None);
        }
    }

    /// A silence of the site holds for every card: it is the switch for a rule that is wrong. An answer never holds for a
    /// critical one.
    fn fate(&self, card: &Card) -> Fate {
        let Viewer { tenant, client, now, hook, .. } = *self.viewer;
        let (topic, rule) = (card.source.topic.code, &*card.extension.basis.rule);
        if let Some(silence) = self.memory.silences.card(tenant, client, topic, rule, now) {
            return Fate::Withheld(WithheldWhy::Silenced, silence.until);
        }
        if card.indicator == Indicator::Critical {
            return Fate::Shown;
        }
        if let Some(quiet) = self.no_trial.filter(|_| is_about_trials(topic, self.assessment)) {
            return Fate::Withheld(WithheldWhy::NoTrial, Some(quiet.until));
        }
        match (self.answered(card), hook) {
            (Some(quiet), Hook::PatientView) => {
                let why = match quiet.why {
                    QuietWhy::Accepted => WithheldWhy::Accepted,
                    QuietWhy::Overridden => WithheldWhy::Overridden,
                    QuietWhy::NoTrial => WithheldWhy::NoTrial,
                };
                Fate::Withheld(why, Some(quiet.until))
            }
            (Some(_), Hook::OrderSelect) => Fate::ShownAsInfo,
            (Some(_), Hook::OrderSign) | (None, _) => Fate::Shown,
        }
    }

    fn answered(&self, card: &Card) -> Option<Quiet> {
        let Viewer { tenant, patient, user, now, .. } = self.viewer;
        let labels = if offers_line_not_reached(card) { Labels::Count } else { Labels::DoNotCount };
        let basis = &card.extension.basis;
        let about = CardFacts {
            topic: card.source.topic.code,
            rule: &basis.rule,
            evidence: &basis.evidence,
            orders: &card.extension.related_resources,
            labels,
        };
        let finding = self.facts.finding(tenant, patient.as_ref()?, about);
        self.memory.dismissed.finding(&finding, user.as_ref(), *now, self.memory.quiet_for)
    }
}

/// What the assessment says of the record. Everything here stands in the reply as well, so that the record room finds the
/// same key there.
fn facts(assessment: &Assessment<'_>) -> RecordFacts {
    let mut facts = RecordFacts::of(assessment.tumour.as_str());
    for finding in &assessment.record.findings {
        facts.add_specimen(
            SpecimenFacts {
                tumour: finding.tumour.as_str(),
                reference: finding.specimen.as_deref(),
                collected: finding.collected.as_ref().map(|collected| collected.when.shown()),
                status: [finding.category.as_str(), finding.expression.as_str(), finding.next_step.as_str()],
            },
            finding.flags.iter().map(|flag| flag.as_str()),
            finding.evidence.iter().map(|reading| (&*reading.reference, &*reading.reads)),
        );
    }
    for excluded in assessment.excluded {
        facts.add_excluded(&excluded.reference, excluded.why.as_str());
    }
    for one in &assessment.considerations {
        let conditions = one.conditions().map(|(what, verdict)| (what, verdict.as_str()));
        facts.add_label(&one.rule.id, one.label.region.as_str(), conditions);
    }
    facts
}
