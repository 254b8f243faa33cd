//! Which finding a card is about: SHA-256 over tenant, patient, rule and evidence.
//!
//! The evidence is more than what stands on the card: the tumour, every HER2 result of the record with its specimen, date and
//! status, and what was set aside. So a new, amended or withdrawn result makes another finding, also where the leading
//! specimen stays the same or a sender gives its results no ids. The order in which they were sent counts for nothing.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

/// Names one finding of one patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FindingKey(pub [u8; 32]);

/// What a record holds beside the one card: the same for all cards of one assessment.
#[derive(Debug)]
pub struct RecordFacts {
    tumour: Box<str>,
    results: Vec<[u8; 32]>,
    labels: Vec<[u8; 32]>,
}

/// What tells one card of an assessment from the other.
#[derive(Debug, Clone, Copy)]
pub struct CardFacts<'a, E> {
    /// The kind of card.
    pub topic: &'a str,
    /// Rule set and row.
    pub rule: &'a str,
    /// What the card rests on, as `reference=reads`.
    pub evidence: &'a [E],
    /// References of the draft orders it concerns. A draft has another one each time it is written, so of an order only
    /// what is ordered counts.
    pub orders: &'a [E],
    /// Whether the card is about the conditions of labels too.
    pub labels: Labels,
}

impl<'a, E: AsRef<str>> CardFacts<'a, E> {
    fn readings(&self) -> Vec<&'a str> {
        let orders: HashSet<&str> = self.orders.iter().map(AsRef::as_ref).collect();
        let of_order = |reading: &'a str| {
            let mut cuts = reading.match_indices('=');
            cuts.find_map(|(at, _)| orders.contains(&reading[..at]).then(|| &reading[at + 1..]))
        };
        let readings = self.evidence.iter().map(AsRef::as_ref);
        let mut readings: Vec<&str> = readings.map(|reading| of_order(reading).unwrap_or(reading)).collect();
        readings.sort_unstable();
        readings.dedup();
        readings
    }
}

/// Whether the verdicts on the conditions of labels belong to the finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labels {
    /// They do: the card offers "this line is not reached" as a reason, so it has to come back when a condition is answered
    /// in another way.
    Count,
    /// They do not.
    DoNotCount,
}

/// What tells one specimen from the other, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct SpecimenFacts<'a> {
    /// Its tumour.
    pub tumour: &'a str,
    /// Its reference; None if the data name none.
    pub reference: Option<&'a str>,
    /// Its date, as shown.
    pub collected: Option<&'a str>,
    /// Category, expression and next step.
    pub status: [&'a str; 3],
}

impl RecordFacts {
    /// Of a record about this tumour, with nothing added yet.
    #[must_use]
    pub fn of(tumour: &str) -> Self {
        Self { tumour: tumour.into(), results: Vec::new(), labels: Vec::new() }
    }

    /// Adds a specimen, with its remarks, and its readings as (reference, words).
    pub fn add_specimen<'a>(
        &mut self,
        specimen: SpecimenFacts<'a>,
        flags: impl Iterator<Item = &'a str>,
        readings: impl Iterator<Item = (&'a str, &'a str)>,
    ) {
        let mut readings: Vec<(&str, &str)> = readings.collect();
        readings.sort_unstable();
        readings.dedup();
        let mut hash = Words::new("specimen");
        hash.add(specimen.tumour);
        hash.add(specimen.reference.unwrap_or_default());
        hash.add(specimen.collected.unwrap_or_default());
        specimen.status.into_iter().chain(flags).for_each(|word| hash.add(word));
        for (reference, reads) in readings {
            hash.add(reference);
            hash.add(reads);
        }
        self.results.push(hash.end());
    }

    /// Adds a result that was set aside, and why.
    pub fn add_excluded(&mut self, reference: &str, why: &str) {
        let mut hash = Words::new("excluded");
        hash.add(reference);
        hash.add(why);
        self.results.push(hash.end());
    }

    /// Adds a label: its id, its region, and its conditions as (words, verdict).
    pub fn add_label<'a>(&mut self, id: &str, region: &str, conditions: impl Iterator<Item = (&'a str, &'a str)>) {
        let mut hash = Words::new("label");
        hash.add(id);
        hash.add(region);
        for (what, verdict) in conditions {
            hash.add(what);
            hash.add(verdict);
        }
        self.labels.push(hash.end());
    }

    /// The finding that `card` is about, once everything was added.
    #[must_use]
    pub fn finding(&self, tenant: &str, patient: &[u8; 32], card: CardFacts<'_, impl AsRef<str>>) -> FindingKey {
        let mut hash = Words::new("finding");
        hash.add(tenant);
        hash.0.update(patient);
        hash.add(&self.tumour);
        hash.add(card.topic);
        hash.add(card.rule);
        for reading in card.readings() {
            hash.add(reading);
        }
        hash.add_sorted(&self.results);
        if card.labels == Labels::Count {
            hash.add_sorted(&self.labels);
        }
        FindingKey(hash.end())
    }
}

/// Words, each after its length, so that no two lists of words run into each other.
struct Words(Sha256);

impl Words {
    fn new(kind: &str) -> Self {
        let mut words = Self(Sha256::new());
        words.add(kind);
        words
    }

    fn add(&mut self, word: &str) {
        self.0.update(word.len().to_be_bytes());
        self.0.update(word);
    }

    fn add_sorted(&mut self, parts: &[[u8; 32]]) {
        let mut parts = parts.to_vec();
        parts.sort_unstable();
        parts.dedup();
        parts.iter().for_each(|part| self.0.update(part));
    }

    fn end(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: CardFacts<'static, &'static str> = CardFacts {
        topic: "HER2LOW",
        rule: "breast-asco-cap-2018/IHC-1plus",
        evidence: &["Observation/o1=IHC 1+"],
        orders: &[],
        labels: Labels::Count,
    };

    type Specimen = (SpecimenFacts<'static>, &'static [&'static str], &'static [(&'static str, &'static str)]);

    const LOW: Specimen = (
        SpecimenFacts {
            tumour: "breast",
            reference: Some("Specimen/s1"),
            collected: Some("2026-10-12"),
            status: ["negative", "low", "none"],
        },
        &[],
        &[("Observation/o1", "IHC 1+")],
    );
    const OLD: Specimen = (
        SpecimenFacts { collected: Some("2023-01-02"), status: ["positive", "not_applicable", "none"], ..LOW.0 },
        &[],
        &[("Observation/o0", "IHC 3+")],
    );

    fn record(specimens: &[Specimen], excluded: &[(&str, &str)], verdict: &str) -> RecordFacts {
        let mut facts = RecordFacts::of("breast");
        for (specimen, flags, readings) in specimens {
            facts.add_specimen(*specimen, flags.iter().copied(), readings.iter().copied());
        }
        excluded.iter().for_each(|(reference, why)| facts.add_excluded(reference, why));
        facts.add_label("tdxd_low", "us", [("after chemotherapy", verdict)].into_iter());
        facts
    }

    fn key(facts: &RecordFacts) -> FindingKey {
        facts.finding("local", &[1; 32], CARD)
    }

    #[test]
    fn the_order_in_which_results_come_and_a_result_sent_twice_change_nothing() {
        let one = record(&[LOW, OLD], &[], "unknown");
        assert_eq!(key(&one), key(&record(&[OLD, LOW], &[], "unknown")));
        assert_eq!(key(&one), key(&record(&[OLD, LOW, OLD], &[], "unknown")));
    }

    #[test]
    fn a_new_an_amended_and_a_withdrawn_result_are_each_another_finding() {
        let before = key(&record(&[LOW], &[], "unknown"));
        let amended: Specimen = (LOW.0, &["amended_result"], LOW.2);
        let changed: Specimen = (LOW.0, LOW.1, &[("Observation/o1", "IHC 2+")]);
        assert_ne!(before, key(&record(&[LOW, OLD], &[], "unknown")));
        assert_ne!(before, key(&record(&[amended], &[], "unknown")));
        assert_ne!(before, key(&record(&[changed], &[], "unknown")));
        assert_ne!(before, key(&record(&[LOW], &[("Observation/o0", "entered_in_error")], "unknown")));
    }

    #[test]
    fn the_same_score_of_another_specimen_or_date_is_another_finding_also_without_ids() {
        let before = key(&record(&[LOW], &[], "unknown"));
        let of = |facts: SpecimenFacts<'static>| key(&record(&[(facts, LOW.1, LOW.2)], &[], "unknown"));
        assert_eq!(before, of(LOW.0));
        assert_ne!(before, of(SpecimenFacts { collected: Some("2026-11-20"), ..LOW.0 }));
        assert_ne!(before, of(SpecimenFacts { reference: None, ..LOW.0 }));
        assert_ne!(before, of(SpecimenFacts { tumour: "gastroesophageal", ..LOW.0 }));
    }

    #[test]
    fn no_result_in_one_tumour_is_not_no_result_in_another() {
        assert_ne!(key(&RecordFacts::of("breast")), key(&RecordFacts::of("gastroesophageal")));
    }

    #[test]
    fn a_condition_of_a_label_counts_only_where_the_card_asks_for_the_line() {
        let (open, met) = (record(&[LOW], &[], "unknown"), record(&[LOW], &[], "met"));
        assert_ne!(key(&open), key(&met));
        let without = CardFacts { labels: Labels::DoNotCount, ..CARD };
        assert_eq!(open.finding("local", &[1; 32], without), met.finding("local", &[1; 32], without));
    }

    #[test]
    fn another_draft_of_the_same_medicine_is_the_same_finding_and_another_medicine_is_not() {
        let facts = record(&[LOW], &[], "unknown");
        let of = |draft: &str, medicine: &str| {
            let evidence = [format!("{draft}=order of {medicine}"), "Observation/o1=IHC 1+".to_owned()];
            let orders = [draft.to_owned()];
            let card = CardFacts {
                topic: "HER2ORDERCONFLICT",
                rule: "order-safety/trastuzumab",
                evidence: &evidence,
                orders: &orders,
                labels: Labels::DoNotCount,
            };
            facts.finding("local", &[1; 32], card)
        };
        let first = of("MedicationRequest/draft-1", "trastuzumab");
        assert_eq!(first, of("MedicationRequest/z9", "trastuzumab"));
        assert_ne!(first, of("MedicationRequest/draft-1", "trastuzumab deruxtecan"));
    }

    #[test]
    fn tenants_patients_rules_and_kinds_of_card_never_share_a_finding() {
        let facts = record(&[LOW], &[], "unknown");
        let all = [
            key(&facts),
            facts.finding("north", &[1; 32], CARD),
            facts.finding("local", &[2; 32], CARD),
            facts.finding("local", &[1; 32], CardFacts { rule: "breast-asco-cap-2018/IHC-0", ..CARD }),
            facts.finding("local", &[1; 32], CardFacts { topic: "HER2CLARIFY", ..CARD }),
            facts.finding("local", &[1; 32], CardFacts { evidence: &["Observation/o1=IHC 1", "+"], ..CARD }),
        ];
        assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), all.len());
    }
}
