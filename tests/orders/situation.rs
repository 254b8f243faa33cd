//! An ordering situation as a clinician would tell it: `signing("trastuzumab").result(breast().ihc("1+"))`.

use herald::assessment::{Assessment, assess};
use herald::cdshooks::{Card, Hook, HookKey, Viewer, order_cards, sift};
use herald::domain::evidence::{Evidence, SpecimenEvidence, TestValue};
use herald::domain::history::{
    EjectionFraction, Erbb2Mutation, Event, Extent, PregnancyTest, Ras, StageGroup, Treatment, TreatmentSource,
};
use herald::domain::medicine::Medicine;
use herald::domain::order::{DraftOrder, Naming, OrderStage};
use herald::domain::tumour::Tumour;
use herald::domain::when::{Collected, DateSource, When};
use herald::noise::Memory;

use super::builder::{Case, breast, quantity};
pub use super::knowledge::KNOWLEDGE;

/// The day of every assessment here.
pub const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 26);

/// Nobody has answered a card yet.
const NOBODY: Viewer<'static> = Viewer {
    tenant: "local",
    client: "local",
    hook: Hook::OrderSign,
    patient: None,
    user: None,
    now: jiff::Timestamp::UNIX_EPOCH,
};

#[derive(Debug, Clone)]
pub struct Situation(pub Evidence);

/// One order of `medicines` (words of the vocabulary) that is about to be signed, for a patient whose last pregnancy test was
/// negative.
pub fn signing(medicines: &str) -> Situation {
    let situation = Situation(Evidence { order_stage: OrderStage::Sign, ..Evidence::default() });
    situation.order(medicines).pregnancy_test(false, "2026-01-15")
}

/// One order that was just chosen, for such a patient.
pub fn choosing(medicines: &str) -> Situation {
    Situation(Evidence::default()).order(medicines).pregnancy_test(false, "2026-01-15")
}

/// A trastuzumab deruxtecan order to sign, for HER2-positive metastatic breast cancer.
pub fn tdxd() -> Situation {
    signing("trastuzumab_deruxtecan").result(breast().ihc("3+"))
}

fn date(text: &str) -> Option<When> {
    (!text.is_empty()).then(|| When::parse(text).unwrap())
}

impl Situation {
    pub fn order(mut self, medicines: &str) -> Self {
        let reference = format!("MedicationRequest/draft{}", self.0.orders.len() + 1).into();
        let medicines = medicines.split(", ").map(|word| word.parse().unwrap()).collect();
        self.0.orders.push(DraftOrder { reference, medicines, naming: Naming::Clear, selected: true });
        self
    }

    /// Beside the others, so many orders whose medicine could not be read.
    pub fn unread(mut self, orders: usize) -> Self {
        self.0.unread_orders = (1..=orders).map(|nth| format!("MedicationRequest/draft-u{nth}").into()).collect();
        self
    }

    /// The last order says two different things.
    pub fn ambiguous(mut self) -> Self {
        self.0.orders.last_mut().unwrap().naming = Naming::Ambiguous;
        self
    }

    /// The last order stands among the drafts and was not chosen now.
    pub fn not_chosen(mut self) -> Self {
        self.0.orders.last_mut().unwrap().selected = false;
        self
    }

    /// A result of the tumour of the record, collected on 2026-10-14.
    pub fn result(self, case: Case) -> Self {
        let tumour = case.specimen.tumour;
        self.result_on(case, "2026-10-14").tumour(tumour)
    }

    pub fn result_on(mut self, case: Case, day: &str) -> Self {
        let nth = self.0.specimens.len() + 1;
        let mut specimen: SpecimenEvidence = case.specimen;
        specimen.reference = Some(format!("Specimen/s{nth}").into());
        specimen.collected = date(day).map(|when| Collected { when, from: DateSource::Collection });
        for result in &mut specimen.results {
            let score = if let TestValue::Ihc(ihc) = &result.value { ihc.score } else { None };
            for reading in &mut result.readings {
                reading.reference = format!("Observation/o{nth}").into();
                if let Some(score) = score {
                    reading.reads = format!("IHC {score}").into();
                }
            }
        }
        self.0.specimens.push(specimen);
        if case.history.erbb2_mutation.is_some() {
            self.0.history.erbb2_mutation = case.history.erbb2_mutation;
        }
        self
    }

    pub fn tumour(mut self, tumour: Tumour) -> Self {
        self.0.tumour = tumour;
        self
    }

    pub fn lvef(mut self, percent: &str, day: &str) -> Self {
        let reference = format!("Observation/lvef{}", self.0.history.ejection_fractions.len() + 1).into();
        let fraction = EjectionFraction { percent: quantity(percent), when: date(day), reference };
        self.0.history.ejection_fractions.push(fraction);
        self
    }

    /// An LVEF on file that could not be used.
    pub fn unread_lvef(mut self, day: &str) -> Self {
        let event = Event { when: date(day), reference: "Observation/unread1".into() };
        self.0.history.unread_ejection_fractions.push(event);
        self
    }

    pub fn pregnancy_test(mut self, positive: bool, day: &str) -> Self {
        let reference = format!("Observation/hcg{}", self.0.history.pregnancy_tests.len() + 1).into();
        let test = PregnancyTest { positive, preliminary: false, when: date(day), reference };
        self.0.history.pregnancy_tests.push(test);
        self
    }

    /// Nothing is known of a pregnancy.
    pub fn without_pregnancy_test(mut self) -> Self {
        self.0.history.pregnancy_tests.clear();
        self
    }

    /// A pregnancy test on file that could not be used.
    pub fn unread_pregnancy_test(mut self, day: &str) -> Self {
        let event = Event { when: date(day), reference: "Observation/hcg-unread".into() };
        self.0.history.unread_pregnancy_tests.push(event);
        self
    }

    /// The record calls the patient male.
    pub fn male(mut self) -> Self {
        self.0.history.recorded_male = true;
        self
    }

    /// The last pregnancy test is not final yet.
    pub fn preliminary(mut self) -> Self {
        self.0.history.pregnancy_tests.last_mut().unwrap().preliminary = true;
        self
    }

    pub fn lung_disease(mut self, day: &str) -> Self {
        self.0.history.lung_disease.push(Event { when: date(day), reference: "Condition/ild1".into() });
        self
    }

    pub fn given(self, medicine: &str, day: &str) -> Self {
        self.treated(medicine, day, TreatmentSource::Given)
    }

    pub fn treated(mut self, medicine: &str, day: &str, source: TreatmentSource) -> Self {
        let reference = format!("MedicationAdministration/m{}", self.0.history.treatments.len() + 1).into();
        let medicine: Medicine = medicine.parse().unwrap();
        self.0.history.treatments.push(Treatment {
            medicine,
            source,
            from: date(day),
            until: date(day),
            ended: false,
            reference,
        });
        self
    }

    pub fn extent(mut self, extent: Extent) -> Self {
        self.0.history.extent = Some(extent);
        self
    }

    pub fn stage(mut self, stage: StageGroup) -> Self {
        self.0.history.stage = Some(stage);
        self
    }

    pub fn variant(mut self, mutation: Erbb2Mutation) -> Self {
        self.0.history.erbb2_mutation = Some(mutation);
        self
    }

    pub fn ras(mut self, ras: Ras) -> Self {
        self.0.history.ras = Some(ras);
        self
    }

    /// Something on RAS is on file that settles nothing.
    pub fn ras_open(mut self) -> Self {
        self.0.history.ras_open = true;
        self
    }

    pub fn cps(mut self, cps: &str) -> Self {
        self.0.history.pd_l1_cps = Some(quantity(cps));
        self
    }

    pub fn unseen(mut self, key: &str) -> Self {
        self.0.unseen.push(key.into());
        self
    }

    pub fn assessment(&self) -> Assessment<'_> {
        assess(&KNOWLEDGE, &self.0, TODAY)
    }

    /// `critical her2_negative trastuzumab MedicationRequest/draft1`, one for each finding.
    pub fn findings(&self) -> Vec<String> {
        let of_one = |finding: &herald::domain::safety::SafetyFinding<'_>| {
            format!("{} {} {} {}", finding.severity, finding.check, finding.agent, finding.order)
        };
        self.assessment().safety.iter().map(of_one).collect()
    }

    /// The findings without agent and order, those about the heart left out.
    pub fn beside_the_heart(&self) -> Vec<String> {
        let short = |line: String| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        self.findings().into_iter().map(short).filter(|line| !line.contains("lvef")).collect()
    }

    /// The findings about the heart only, without agent and order.
    pub fn of_the_heart(&self) -> Vec<String> {
        let short = |line: String| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        self.findings().into_iter().map(short).filter(|line| line.contains("lvef")).collect()
    }

    pub fn cards(&self) -> Vec<Card> {
        let key = HookKey { tenant: "local".into(), service: "her2-order-sign", instance: "h1".into() };
        let assessment = self.assessment();
        let cards = order_cards(&assessment, self.0.order_stage, &key, "p1");
        sift(cards, &assessment, &NOBODY, &Memory::new(90)).shown
    }
}
