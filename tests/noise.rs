//! The sieve of cards by itself: what an answer, a silence and the budget do on each hook, and what they never do.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/knowledge.rs"]
mod knowledge;

use herald::assessment::{Assessment, assess};
use herald::cdshooks::{
    Basis, Card, CardExtension, Coding, Hook, Indicator, Sifted, Source, Viewer, WithheldWhy, sift, trial_line,
};
use herald::domain::evidence::Evidence;
use herald::noise::{Answer, CardFacts, Dismissal, Labels, Memory, RecordFacts, Silence, Silences};
use jiff::{SignedDuration, Timestamp};
use knowledge::KNOWLEDGE;
use uuid::Uuid;

const PATIENT: [u8; 32] = [1; 32];
const ANN: [u8; 32] = [2; 32];

fn now() -> Timestamp {
    "2026-11-26T10:00:00Z".parse().unwrap()
}

fn card(topic: &'static str, indicator: Indicator) -> Card {
    let code = |code| Coding { code, system: "s", display: "d" };
    Card {
        uuid: Uuid::new_v5(&Uuid::NAMESPACE_URL, topic.as_bytes()),
        summary: topic.to_owned(),
        indicator,
        detail: String::new(),
        source: Source { label: String::new(), topic: code(topic) },
        suggestions: Vec::new(),
        selection_behavior: None,
        override_reasons: vec![code("result-wrong")],
        extension: CardExtension {
            basis: Basis { rule: format!("set/{topic}"), evidence: vec!["o=1".to_owned()] },
            related_resources: Vec::new(),
            detail_type: None,
        },
    }
}

fn viewer(hook: Hook) -> Viewer<'static> {
    Viewer { tenant: "local", client: "local", hook, patient: Some(PATIENT), user: Some(ANN), now: now() }
}

/// Ann accepted a card of each of these kinds an hour ago, on a record that holds nothing else.
fn accepted(topics: &[&'static str]) -> Memory {
    let mut memory = Memory::new(90);
    for topic in topics {
        let card = card(topic, Indicator::Info);
        let basis = &card.extension.basis;
        let about =
            CardFacts { topic, rule: &basis.rule, evidence: &basis.evidence, orders: &[], labels: Labels::DoNotCount };
        memory.dismissed.learn(Dismissal {
            card: card.uuid,
            finding: RecordFacts::of("unknown").finding("local", &PATIENT, about),
            patient: PATIENT,
            user: Some(ANN),
            answer: Answer::Accepted,
            at: now() - SignedDuration::from_hours(1),
        });
    }
    memory
}

fn silenced(what: &str) -> Memory {
    let silence = Silence {
        tenant: "local".into(),
        client: "local".into(),
        what: what.parse().unwrap(),
        since: now(),
        until: None,
        by: "A. Doe".into(),
        why: "wrong".into(),
    };
    Memory { silences: Silences::of(vec![silence]), ..Memory::new(90) }
}

fn sifted(cards: Vec<Card>, hook: Hook, memory: &Memory) -> Sifted {
    let evidence = Evidence::default();
    let assessment: Assessment<'_> = assess(&KNOWLEDGE, &evidence, jiff::civil::date(2026, 11, 26));
    let viewer = viewer(hook);
    assert_eq!(trial_line(&viewer, memory), herald::cdshooks::TrialLine::Shown);
    sift(cards, &assessment, &viewer, memory)
}

fn shown(sifted: &Sifted) -> Vec<(&str, Indicator)> {
    sifted.shown.iter().map(|card| (&*card.summary, card.indicator)).collect()
}

fn why(sifted: &Sifted) -> Vec<WithheldWhy> {
    sifted.withheld.iter().map(|one| one.why).collect()
}

#[test]
fn an_answered_warning_is_silent_on_patient_view_info_when_an_order_is_chosen_and_as_before_when_it_is_signed() {
    let memory = accepted(&["A"]);
    let warning = || vec![card("A", Indicator::Warning)];
    let on_view = sifted(warning(), Hook::PatientView, &memory);
    assert_eq!((shown(&on_view), why(&on_view)), (vec![], vec![WithheldWhy::Accepted]));
    let chosen = sifted(warning(), Hook::OrderSelect, &memory);
    assert_eq!((shown(&chosen), why(&chosen)), (vec![("A", Indicator::Info)], vec![]));
    let signed = sifted(warning(), Hook::OrderSign, &memory);
    assert_eq!((shown(&signed), why(&signed)), (vec![("A", Indicator::Warning)], vec![]));
}

#[test]
fn no_answer_ever_silences_or_lowers_a_critical_card() {
    let memory = accepted(&["A"]);
    for hook in [Hook::PatientView, Hook::OrderSelect, Hook::OrderSign] {
        let sifted = sifted(vec![card("A", Indicator::Critical)], hook, &memory);
        assert_eq!((shown(&sifted), why(&sifted)), (vec![("A", Indicator::Critical)], vec![]), "{hook:?}");
    }
}

#[test]
fn one_card_on_patient_view_two_on_orders_and_a_quiet_one_makes_room_for_the_next() {
    let three = || ["A", "B", "C"].map(|topic| card(topic, Indicator::Warning)).into();
    for (hook, most) in [(Hook::PatientView, 1), (Hook::OrderSelect, 2), (Hook::OrderSign, 2)] {
        let sifted = sifted(three(), hook, &Memory::new(90));
        assert_eq!(sifted.shown.len(), most, "{hook:?}");
        assert_eq!(why(&sifted), vec![WithheldWhy::Budget; 3 - most], "{hook:?}");
    }
    let next = sifted(three(), Hook::PatientView, &accepted(&["A"]));
    assert_eq!(shown(&next), [("B", Indicator::Warning)]);
    assert_eq!(why(&next), [WithheldWhy::Accepted, WithheldWhy::Budget]);
}

#[test]
fn a_silence_of_the_site_holds_for_a_critical_card_too_because_its_rule_may_be_wrong() {
    for what in ["A", "set/A", "set"] {
        let sifted = sifted(vec![card("A", Indicator::Critical)], Hook::OrderSign, &silenced(what));
        assert_eq!((shown(&sifted), why(&sifted)), (vec![], vec![WithheldWhy::Silenced]), "{what}");
    }
    let other = sifted(vec![card("A", Indicator::Critical)], Hook::OrderSign, &silenced("B"));
    assert_eq!(other.shown.len(), 1);
}

#[test]
fn shadow_mode_tells_what_would_have_been_shown_from_what_would_not() {
    let memory = Memory { dismissed: accepted(&["A"]).dismissed, ..silenced("*") };
    let cards = ["A", "B", "C"].map(|topic| card(topic, Indicator::Warning)).into();
    let sifted = sifted(cards, Hook::PatientView, &memory);
    assert!(sifted.shown.is_empty());
    let all: Vec<(WithheldWhy, &str)> =
        sifted.withheld.iter().map(|one| (one.why, &*one.card.as_ref().unwrap().summary)).collect();
    assert_eq!(all, [(WithheldWhy::Accepted, "A"), (WithheldWhy::Budget, "C"), (WithheldWhy::Shadow, "B")]);
}
