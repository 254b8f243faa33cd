//! The cards at ordering: at most two, short, dated, with the order named, and free of doses and promises.

use herald::cdshooks::{Action, Card, Indicator};
use herald::domain::safety::Check;

use super::builder::breast;
use super::situation::{Situation, choosing, signing, tdxd};
use super::situations::situations;

fn all_cards() -> Vec<(&'static str, Vec<Card>)> {
    situations().into_iter().map(|(name, situation)| (name, situation.cards())).collect()
}

#[test]
fn the_situations_cover_every_order_check() {
    let situations = situations();
    for check in Check::ALL {
        let found = situations.iter().any(|(_, one)| one.assessment().safety.iter().any(|found| found.check == *check));
        assert!(found, "no situation for {check}");
    }
}

#[test]
fn at_most_two_cards_and_the_most_urgent_first() {
    for (name, cards) in all_cards() {
        assert!((1..=2).contains(&cards.len()), "{name}: {} cards", cards.len());
        assert!(cards.windows(2).all(|pair| pair[0].indicator >= pair[1].indicator), "{name}");
        assert!(cards.windows(2).all(|pair| pair[0].source.topic.code != pair[1].source.topic.code), "{name}");
    }
}

#[test]
fn nothing_unsafe_no_card() {
    assert!(tdxd().lvef("61", "2026-11-01").cards().is_empty());
    assert!(signing("taxane").result(breast().ihc("1+")).cards().is_empty());
}

#[test]
fn an_order_that_could_not_be_read_is_told_last_and_only_where_the_record_may_be_about_a_tumour() {
    let told = |situation: Situation| {
        let cards = situation.cards();
        let topics: Vec<&str> = cards.iter().map(|card| card.source.topic.code).collect();
        topics.join(" ")
    };
    assert_eq!(told(signing("taxane").unread(1)), "", "no tumour, no result, and nothing that was not visible");
    for key in ["her2", "conditions"] {
        assert_eq!(told(signing("taxane").unread(1).unseen(key)), "HER2ORDERUNREAD", "{key}");
    }
    assert_eq!(told(signing("taxane").result(breast().ihc("1+")).unread(2)), "HER2ORDERUNREAD");
    assert_eq!(told(signing("trastuzumab").unread(1).unseen("lvef")), "HER2ORDEROPEN HER2LVEFMISSING");
    let [card] = &signing("taxane").result(breast().ihc("1+")).unread(400).cards()[..] else { panic!("one card") };
    assert!(card.summary.contains("400 draft orders") && card.detail.contains("398 more"), "{card:?}");
    assert_eq!(card.extension.related_resources.len(), 16, "nobody reads more of them");
    let beside = signing("trastuzumab").unread(1).unseen("lvef").cards();
    assert!(beside[0].detail.contains("an order whose medicine was not read"), "{}", beside[0].detail);
}

#[test]
fn what_has_no_card_of_its_own_is_named_on_the_others() {
    let (_, cards) = all_cards().pop().unwrap();
    for card in &cards {
        assert!(card.detail.contains("**Also open:**"), "{}", card.detail);
        assert!(card.detail.contains("lung disease on record"), "{}", card.detail);
    }
}

#[test]
fn every_summary_is_one_short_sentence_that_says_unreviewed_first() {
    for (name, card) in all_cards().iter().flat_map(|(name, cards)| cards.iter().map(move |card| (name, card))) {
        let plain = card.summary.strip_prefix("UNREVIEWED: ").unwrap_or_else(|| panic!("{name}: {}", card.summary));
        assert!(plain.chars().count() <= 115, "{name}: {} characters: {plain}", plain.chars().count());
        assert!(plain.ends_with('.') && !plain.contains('\n') && !plain.contains(['!', '*']), "{name}: {plain}");
        assert!(plain.starts_with(char::is_uppercase), "{name}: {plain}");
        assert!(card.source.label.ends_with("(unreviewed)"), "{name}");
    }
}

#[test]
fn every_detail_is_short_and_names_the_order_and_its_rule() {
    for (name, cards) in all_cards() {
        for card in cards {
            let words = card.detail.split_whitespace().count();
            assert!(words <= 80, "{name}: {words} words\n{}", card.detail);
            assert!(card.detail.split("\n\n").count() <= 4, "{name}");
            assert!(card.detail.contains("(MedicationRequest/draft"), "{name}: {}", card.detail);
            let sentences = card.detail.split(['.', '\n']).map(|sentence| sentence.split_whitespace().count());
            assert!(sentences.max() <= Some(25), "{name}: a long sentence\n{}", card.detail);
            let rule = &card.extension.basis.rule;
            assert!(rule.starts_with("order-safety/") || rule == "record/order-not-read", "{name}: {rule}");
            assert!(!card.extension.related_resources.is_empty(), "{name}");
            let draft = |order: &String| order.starts_with("MedicationRequest/draft");
            assert!(card.extension.related_resources.iter().all(draft), "{name}");
        }
    }
}

#[test]
fn data_that_did_not_come_are_named_or_counted_and_the_card_stays_short() {
    let unseen = ["patient", "conditions", "medAdmins", "medStatements", "procedures", "echoReports"];
    for (name, situation) in situations() {
        let mut without = unseen.into_iter().fold(situation, Situation::unseen);
        without.0.partial = ["her2", "pathology", "medRequests", "specimens"].map(Into::into).into();
        for card in without.cards() {
            let told =
                "may be incomplete: HER2 results, pathology reports, medication orders and 1 more; not visible here: ";
            assert!(card.detail.contains(told), "{name}: {}", card.detail);
            assert!(card.detail.contains(" more.\n"), "{name}: {}", card.detail);
            assert!(!card.detail.contains("patient data"), "{name}: {}", card.detail);
            let words = card.detail.split_whitespace().count();
            assert!(words <= 80, "{name}: {words} words\n{}", card.detail);
        }
    }
}

/// Every card about a result states its date, in the summary or in the detail.
#[test]
fn every_result_on_a_card_has_its_date() {
    for (name, situation) in situations() {
        for (card, text) in situation.cards().iter().map(|card| (card, format!("{} {}", card.summary, card.detail))) {
            if ["IHC 1+", "IHC 2+", "IHC 3+", "IHC 0"].iter().any(|score| card.detail.contains(&format!("({score}"))) {
                assert!(text.contains("2026-10-14"), "{name}: {text}");
            }
            for value in ["LVEF 45 %", "LVEF 52 %", "LVEF 38 %", "LVEF 48 %", "pregnancy test positive"] {
                assert!(!text.contains(value) || text.contains("2026-11-"), "{name}: {text}");
            }
        }
    }
}

#[test]
fn no_card_promises_prescribes_names_a_dose_or_says_not_done() {
    let forbidden = [
        "eligible",
        "treat with",
        "start ",
        "Start ",
        "give ",
        "Give ",
        "matches",
        " mg",
        "please",
        "Status: HER2-low",
        "not done",
        "not tested",
        "!",
    ];
    for (name, cards) in all_cards() {
        for card in cards {
            let text = format!("{} {}", card.summary, card.detail);
            for word in forbidden {
                assert!(!text.contains(word), "{name}: \"{word}\" in {text}");
            }
        }
    }
}

/// "Trastuzumab" alone never stands for one of its conjugates.
#[test]
fn the_three_trastuzumab_products_are_never_confusable_on_a_card() {
    for (name, cards) in all_cards().into_iter().filter(|(name, _)| name.starts_with("trastuzumab deruxtecan")) {
        for card in cards {
            let names = card.detail.matches("trastuzumab").count();
            let whole = card.detail.matches("trastuzumab deruxtecan").count();
            let other = card.detail.matches("trastuzumab emtansine").count();
            let in_reason = card.detail.matches("Trastuzumab, trastuzumab emtansine").count();
            assert!(names == whole + other || in_reason > 0, "{name}: {}", card.detail);
            assert!(!card.summary.contains("Trastuzumab "), "{name}: {}", card.summary);
        }
    }
}

#[test]
fn every_card_can_be_overridden_for_a_wrong_result_and_has_a_topic_of_letters_and_digits() {
    for (name, cards) in all_cards() {
        for card in cards {
            assert!((3..=5).contains(&card.override_reasons.len()), "{name}");
            assert!(card.override_reasons.iter().any(|reason| reason.code == "result-wrong"), "{name}");
            assert!(card.source.topic.code.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name}");
            assert_eq!(card.suggestions.is_empty(), card.selection_behavior.is_none(), "{name}");
            assert!(card.suggestions.len() <= 1, "{name}");
        }
    }
}

#[test]
fn critical_cards_are_those_of_the_three_cases_at_signing() {
    for (name, situation) in situations() {
        let stage = situation.0.order_stage;
        for card in situation.cards().iter().filter(|card| card.indicator == Indicator::Critical) {
            assert_eq!(stage, herald::domain::order::OrderStage::Sign, "{name}");
            let topics = ["HER2ORDERCONFLICT", "HER2LVEFLOW", "HER2PREGNANCY"];
            assert!(topics.contains(&card.source.topic.code), "{name}: {}", card.source.topic.code);
        }
    }
}

#[test]
fn a_suggested_draft_is_a_draft_for_the_patient_of_the_context() {
    let mut drafts = 0;
    for (name, cards) in all_cards() {
        for suggestion in cards.iter().flat_map(|card| &card.suggestions) {
            let [Action::Create { resource, .. }] = &suggestion.actions else { continue };
            drafts += 1;
            let resource: serde_json::Value = serde_json::from_str(resource.get()).unwrap();
            assert_eq!(resource["status"], "draft", "{name}");
            assert_eq!(resource["subject"]["reference"], "Patient/p1", "{name}");
            assert!(resource["id"].is_string(), "{name}");
            assert!(!resource.to_string().contains("MedicationRequest"), "{name}: a draft is no reason for another");
        }
    }
    assert!(drafts > 8, "only {drafts} drafts");
}

#[test]
fn an_order_is_offered_for_removal_only_where_the_tumour_is_negative_beyond_doubt_and_one_order_is_meant() {
    let removed = |situation: Situation| {
        let cards = situation.cards();
        let action = cards.iter().flat_map(|card| &card.suggestions).flat_map(|suggestion| &suggestion.actions);
        action
            .filter_map(|action| match action {
                Action::Delete { resource_id, .. } => Some(resource_id.clone()),
                Action::Create { .. } => None,
            })
            .collect::<Vec<_>>()
    };
    let negative = || breast().ihc("1+");
    let healthy = |situation: Situation| situation.lvef("61", "2026-11-01");
    assert_eq!(removed(healthy(signing("trastuzumab").result(negative()))), ["MedicationRequest/draft1"]);
    assert!(removed(healthy(choosing("trastuzumab").result(negative()))).is_empty());
    assert!(removed(healthy(signing("trastuzumab").order("lapatinib").result(negative()))).is_empty());
    let doubt = signing("trastuzumab").result_on(breast().ihc("3+"), "2023-03-07").result(negative());
    assert!(removed(healthy(doubt)).is_empty());
    let mut elsewhere = healthy(signing("trastuzumab").result(negative()));
    elsewhere.0.orders[0].reference = "draftOrders.entry[0]".into();
    assert!(removed(elsewhere).is_empty());
}

#[test]
fn a_place_in_the_request_or_an_address_is_never_copied_into_the_words_of_a_card() {
    let mut situation = signing("trastuzumab").result(breast().ihc("1+"));
    situation.0.orders[0].reference = "https://ehr.example.org/CANARY <b>".into();
    for card in situation.cards() {
        assert!(!format!("{}{}", card.summary, card.detail).contains("CANARY"), "{}", card.detail);
    }
}

#[test]
fn a_very_long_number_reaches_no_summary() {
    let long = format!("45.{}", "0".repeat(60));
    for card in tdxd().lvef(&long, "2026-11-01").cards() {
        assert!(card.summary.chars().count() <= 127, "{}", card.summary);
        assert!(!card.detail.contains("000000000"), "{}", card.detail);
    }
}

/// The whole cards as a clinician reads them. A change of wording shows in the snapshot.
#[test]
fn the_cards_at_ordering_read_as_reviewed() {
    let mut text = String::new();
    for (name, cards) in all_cards() {
        text.push_str(&format!("# {name}\n{}\n\n", serde_json::to_string_pretty(&cards).unwrap()));
    }
    insta::assert_snapshot!("order_cards", text);
}
