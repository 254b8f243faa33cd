//! Cards of every worked example: short, dated, honest about what is missing, and free of promises.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets bad data fails")]

#[path = "clinical/builder.rs"]
mod builder;
#[allow(dead_code, reason = "the expectations are for the clinical tests")]
#[path = "clinical/vectors.rs"]
mod vectors;

use herald::assessment::{Knowledge, assess};
use herald::cdshooks::{Card, HookKey, Indicator, cards, reply};
use herald::domain::evidence::Evidence;
use herald::domain::when::{Collected, DateSource, When};

fn knowledge() -> Knowledge {
    let files = herald::rules::embedded_files();
    Knowledge {
        rulebook: herald::rules::load(&files).unwrap(),
        therapies: herald::rules::therapies(&files).unwrap(),
        cohorts: herald::store::sample_trials(),
    }
}

fn key() -> HookKey {
    HookKey { tenant: "local".into(), service: "her2-chart-review", instance: "h1".into() }
}

/// Every card of the worked examples, with the id of its example and the body of the reply.
fn all_cards() -> Vec<(String, Vec<Card>, String)> {
    let knowledge = knowledge();
    vectors::all()
        .into_iter()
        .filter_map(|vector| Some((vector.id.clone(), vector.case()?)))
        .map(|(id, case)| {
            let mut specimen = case.specimen;
            specimen.reference = Some("Specimen/s1".into());
            specimen.collected = When::parse("2026-10-12").map(|when| Collected { when, from: DateSource::Collection });
            let evidence = Evidence {
                tumour: specimen.tumour,
                specimens: vec![specimen],
                history: case.history,
                unseen: vec!["lvef".into(), "medRequests".into()],
                ..Evidence::default()
            };
            let assessment = assess(&knowledge, &evidence);
            let cards = cards(&assessment, &knowledge, &key(), "p1");
            let body = String::from_utf8(reply(&cards, &assessment)).unwrap();
            (id, cards, body)
        })
        .collect()
}

#[test]
fn every_summary_is_one_short_sentence_that_says_unreviewed_first() {
    let mut shown = 0;
    for (id, cards, _) in all_cards() {
        assert!(cards.len() <= 1, "{id}: at most one card on patient-view");
        for card in cards {
            shown += 1;
            let plain = card.summary.strip_prefix("UNREVIEWED: ").unwrap_or_else(|| panic!("{id}: {}", card.summary));
            assert!(plain.chars().count() <= 115, "{id}: {} characters: {plain}", plain.chars().count());
            assert!(plain.ends_with(['.', '?']) && !plain.contains('\n') && !plain.contains('!'), "{id}: {plain}");
        }
    }
    assert!(shown > 80, "only {shown} cards");
}

#[test]
fn every_detail_has_at_most_80_words_in_4_blocks_and_names_the_date() {
    for (id, cards, _) in all_cards() {
        for card in cards {
            let words = card.detail.split_whitespace().count();
            assert!(words <= 80, "{id}: {words} words\n{}", card.detail);
            assert!(card.detail.split("\n\n").count() <= 4, "{id}");
            assert!(card.detail.contains("2026-10-12"), "{id}: {}", card.detail);
        }
    }
}

#[test]
fn no_card_promises_prescribes_or_calls_a_patient_eligible() {
    let forbidden = ["eligible", "treat with", "start ", "give ", "matches", " mg", "please", "Status: HER2-low"];
    for (id, cards, _) in all_cards() {
        for card in cards {
            let text = format!("{} {}", card.summary, card.detail);
            for word in forbidden {
                assert!(!text.contains(word), "{id}: \"{word}\" in {text}");
            }
        }
    }
}

#[test]
fn every_card_can_be_overridden_for_a_wrong_result_and_is_never_critical() {
    for (id, cards, body) in all_cards() {
        for card in cards {
            assert!((3..=5).contains(&card.override_reasons.len()), "{id}");
            assert!(card.override_reasons.iter().any(|reason| reason.code == "result-wrong"), "{id}");
            assert!(matches!(card.indicator, Indicator::Info | Indicator::Warning), "{id}");
            assert_eq!(card.suggestions.is_empty(), card.selection_behavior.is_none(), "{id}");
        }
        assert!(!body.contains("\"critical\""), "{id}");
    }
}

#[test]
fn an_equivocal_result_opens_no_therapy_line() {
    for (id, cards, body) in all_cards() {
        let reply: serde_json::Value = serde_json::from_str(&body).unwrap();
        let assessment = &reply["extension"]["org.herald-cds.assessment"];
        if assessment["specimens"][0]["category"] == "equivocal" {
            assert_eq!(assessment["considerations"], serde_json::json!([]), "{id}");
            for card in cards {
                assert!(!card.summary.contains("therapy") && !card.summary.contains("T-DXd"), "{id}: {}", card.summary);
            }
        }
    }
}

#[test]
fn a_draft_is_a_draft_for_the_patient_of_the_context() {
    let mut drafts = 0;
    for (id, cards, _) in all_cards() {
        for suggestion in cards.iter().flat_map(|card| &card.suggestions) {
            drafts += 1;
            for action in &suggestion.actions {
                let resource: serde_json::Value = serde_json::from_str(action.resource.get()).unwrap();
                assert_eq!(resource["status"], "draft", "{id}");
                assert_eq!(resource["subject"]["reference"], "Patient/p1", "{id}");
                assert!(resource["id"].is_string(), "{id}");
            }
        }
    }
    assert!(drafts > 20, "only {drafts} drafts");
}
