//! Several results of one patient on card and text: what differs, what changed, which primary, and when new tissue is worth a
//! thought.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that meets bad data fails")]

#[allow(dead_code, reason = "a vocabulary for tests; this target uses a part of it")]
#[path = "clinical/builder.rs"]
mod builder;
#[path = "over_time/changes.rs"]
mod changes;
#[path = "over_time/comparison.rs"]
mod comparison;
#[path = "support/knowledge.rs"]
mod knowledge;
#[path = "over_time/primaries.rs"]
mod primaries;
#[path = "over_time/retest.rs"]
mod retest;

use builder::{Case, breast, of};
use herald::assessment::{as_text, assess};
use herald::cdshooks::{Card, HookKey, TrialLine, cards};
use herald::domain::evidence::{Evidence, SpecimenEvidence};
use herald::domain::history::History;
use herald::domain::specimen::{Side, Site};
use herald::domain::tumour::Tumour;
use herald::domain::when::{Collected, DateSource, When};
use knowledge::KNOWLEDGE;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 26);

fn on(case: Case, date: &str) -> SpecimenEvidence {
    let mut specimen = case.specimen;
    specimen.reference = Some(format!("Specimen/{date}").into());
    specimen.collected = When::parse(date).map(|when| Collected { when, from: DateSource::Collection });
    specimen
}

fn metastasis(specimen: SpecimenEvidence) -> SpecimenEvidence {
    SpecimenEvidence { site: Site::Metastatic, ..specimen }
}

fn on_side(side: Side, specimen: SpecimenEvidence) -> SpecimenEvidence {
    SpecimenEvidence { side: Some(side), ..specimen }
}

/// What a clinician reads: card, if there is one, and text form.
struct Answer {
    card: Option<Card>,
    text: String,
    printed: serde_json::Value,
}

impl Answer {
    fn card(&self) -> &Card {
        self.card.as_ref().unwrap()
    }

    /// The remarks of the lead.
    fn flags(&self) -> Vec<String> {
        let lead = usize::try_from(self.printed["lead"].as_u64().unwrap()).unwrap();
        let flags = self.printed["specimens"][lead]["flags"].as_array().unwrap();
        flags.iter().map(|flag| flag.as_str().unwrap().to_owned()).collect()
    }
}

fn answer(specimens: Vec<SpecimenEvidence>, history: History) -> Answer {
    let tumour = specimens.first().map_or(Tumour::Breast, |specimen| specimen.tumour);
    let evidence = Evidence { tumour, specimens, history, ..Evidence::default() };
    let assessment = assess(&KNOWLEDGE, &evidence, TODAY);
    let key = HookKey { tenant: "local".into(), service: "her2-chart-review", instance: "h1".into() };
    let card = cards(&assessment, &KNOWLEDGE, &key, "p1", TrialLine::Shown).into_iter().next();
    if let Some(card) = &card {
        let summary = card.summary.strip_prefix("UNREVIEWED: ").unwrap();
        assert!(summary.chars().count() <= 115, "{} characters: {summary}", summary.chars().count());
        let words = card.detail.split_whitespace().count();
        assert!(words <= 80 && card.detail.split("\n\n").count() <= 4, "{words} words: {}", card.detail);
        let own = card.detail.split("\n\n").filter(|block| block.starts_with("**What") || block.starts_with("**Why"));
        for sentence in own.flat_map(|block| block.split(". ")) {
            assert!(sentence.split_whitespace().count() <= 25, "a long sentence: {sentence}");
        }
    }
    Answer { card, text: as_text(&assessment), printed: serde_json::to_value(&assessment).unwrap() }
}

#[track_caller]
fn assert_says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "\"{word}\" is missing from: {text}");
    }
}
