//! Replies as each kind of client gets them: the cards are fitted to its screens and to its version of CDS Hooks, the
//! assessment is the same for all.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets bad data fails")]

use std::sync::LazyLock;

use herald::assessment::{Knowledge, PrintedLists, assess};
use herald::cdshooks::{
    DetailForm, EhrProfile, HookKey, OrderCodes, ReplyBody, SharedPart, Sifted, SpecVersion, TrialLine, called_service,
    cards, order_cards, parse_request, reply,
};
use herald::http::{evidence_of, order_stage};
use herald::json::Document;
use herald::pages::SAMPLES;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;

/// The day of every assessment here.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 26);

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| {
    let files = herald::rules::embedded_files();
    Knowledge {
        rulebook: herald::rules::load(&files).unwrap(),
        therapies: herald::rules::therapies(&files).unwrap(),
        order_rules: herald::rules::order_rules(&files).unwrap(),
        cohorts: herald::store::sample_trials(),
    }
});

/// What a client is set up as.
#[derive(Debug, Clone, Copy)]
struct Setting {
    name: &'static str,
    profile: EhrProfile,
    detail: DetailForm,
    spoken: SpecVersion,
}

const fn setting(name: &'static str, profile: EhrProfile, detail: DetailForm, spoken: SpecVersion) -> Setting {
    Setting { name, profile, detail, spoken }
}

const GENERIC: Setting = setting("generic", EhrProfile::Generic, DetailForm::Markdown, SpecVersion::V2);
const CERNER: Setting = setting("cerner", EhrProfile::Cerner, DetailForm::Markdown, SpecVersion::V2);

const SETTINGS: [Setting; 8] = [
    GENERIC,
    setting("athena", EhrProfile::Athena, DetailForm::Markdown, SpecVersion::V2),
    setting("epic", EhrProfile::Epic, DetailForm::Markdown, SpecVersion::V2),
    setting("epic, HTML", EhrProfile::Epic, DetailForm::Html, SpecVersion::V2),
    CERNER,
    setting("generic, 1.0", EhrProfile::Generic, DetailForm::Markdown, SpecVersion::V1),
    setting("epic, 1.0", EhrProfile::Epic, DetailForm::Markdown, SpecVersion::V1),
    setting("cerner, 1.0", EhrProfile::Cerner, DetailForm::Html, SpecVersion::V1),
];

/// The body of the reply to a request.
fn replied(request: &str, to: Setting) -> String {
    text(replied_with(request, to, &OrderCodes::default()))
}

fn text(reply: ReplyBody) -> String {
    String::from_utf8(reply.bytes).unwrap()
}

/// The same of a client with these codes of its own.
fn replied_with(request: &str, to: Setting, codes: &OrderCodes) -> ReplyBody {
    let document = Document::parse(request.as_bytes()).unwrap();
    let service = called_service(&document).unwrap();
    let request = parse_request(&document, service).unwrap();
    let patient = request.context.patient.as_str();
    let evidence = evidence_of(&request, patient);
    let assessment = assess(&KNOWLEDGE, &evidence, TODAY);
    let key = HookKey { tenant: "local".into(), service: service.id(), instance: "h1".into() };
    let shown = match order_stage(service.hook()) {
        None => cards(&assessment, &KNOWLEDGE, &key, patient, TrialLine::Shown),
        Some(stage) => order_cards(&assessment, stage, &key, patient),
    };
    let sifted = Sifted { shown, withheld: Vec::new() }.fitted(to.profile, to.detail).with_codes_of(codes);
    let lists = PrintedLists::of(&assessment);
    reply(&sifted, &assessment, &lists, to.spoken)
}

fn sample(id: &str) -> String {
    SAMPLES.iter().find(|sample| sample.id == id).unwrap().request("h1")
}

/// The assessment, byte for byte.
fn assessment(reply: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Reply<'a> {
        #[serde(borrow)]
        extension: std::collections::BTreeMap<&'a str, &'a RawValue>,
    }
    let reply: Reply<'_> = serde_json::from_str(reply).unwrap();
    reply.extension["org.herald-cds.assessment"].get().to_owned()
}

/// Whole cards of two samples with a suggestion, to create and to delete, as each client gets them. The assessment is left
/// out here and compared below.
#[test]
fn replies_share_labels_and_trials_and_where_something_speaks_against_an_order_the_labels_alone() {
    for (id, shared) in [("breast-low", SharedPart::UpToTrials), ("order-no-lvef", SharedPart::Considerations)] {
        let reply = replied_with(&sample(id), GENERIC, &OrderCodes::default());
        assert_eq!(reply.shared.map(|(part, _)| part), Some(shared), "{id}");
    }
}

#[test]
fn the_replies_of_every_profile_read_as_reviewed() {
    let mut text = String::new();
    for to in SETTINGS {
        for id in ["breast-2plus", "order-negative", "breast-3plus"] {
            let mut whole: Value = serde_json::from_str(&replied(&sample(id), to)).unwrap();
            whole["extension"]["org.herald-cds.assessment"] = "as for every client".into();
            text.push_str(&format!("# {}: {id}\n{}\n\n", to.name, serde_json::to_string_pretty(&whole).unwrap()));
        }
    }
    insta::assert_snapshot!("profiles", text);
}

#[test]
fn the_assessment_is_the_same_byte_for_byte_whoever_asks() {
    for sample in SAMPLES {
        let request = sample.request("h1");
        let first = assessment(&replied(&request, GENERIC));
        for to in SETTINGS {
            assert_eq!(assessment(&replied(&request, to)), first, "{}: {}", to.name, sample.id);
        }
    }
}

#[test]
fn an_athena_client_gets_what_any_client_gets() {
    for sample in SAMPLES {
        let request = sample.request("h1");
        assert_eq!(replied(&request, SETTINGS[1]), replied(&request, GENERIC));
    }
}

#[test]
fn a_cerner_client_is_shown_no_suggestion_no_mark_and_never_more_than_others() {
    let mut shorter = 0;
    for sample in SAMPLES {
        let request = sample.request("h1");
        let (own, any) = (cards_of(&replied(&request, CERNER)), cards_of(&replied(&request, GENERIC)));
        assert_eq!(own.len(), any.len());
        for (own, any) in own.iter().zip(&any) {
            let (detail, summary) = (own["detail"].as_str().unwrap(), own["summary"].as_str().unwrap());
            assert!(own.get("suggestions").is_none() && own.get("selectionBehavior").is_none());
            assert!(!detail.contains("**") && !detail.contains("*Basis"), "{detail}");
            assert!(detail.starts_with("What we saw: "), "{detail}");
            assert!(!summary.contains(" to check"), "{summary}");
            assert_eq!(
                any["summary"].as_str().unwrap().starts_with("UNREVIEWED: "),
                summary.starts_with("UNREVIEWED: ")
            );
            assert!(summary.len() <= any["summary"].as_str().unwrap().len());
            shorter += usize::from(detail.len() + 20 < any["detail"].as_str().unwrap().len());
        }
    }
    assert!(shorter > 5, "only {shorter} details are shorter");
}

#[test]
fn a_client_of_1_0_is_sent_nothing_that_1_0_does_not_know() {
    for sample in SAMPLES {
        for to in SETTINGS.into_iter().filter(|to| to.spoken == SpecVersion::V1) {
            for card in cards_of(&replied(&sample.request("h1"), to)) {
                for unknown in ["uuid", "overrideReasons"] {
                    assert!(card.get(unknown).is_none(), "{unknown}");
                }
                assert!(card["source"].get("topic").is_none());
                assert_ne!(card["selectionBehavior"], "any");
                let text = card["suggestions"].to_string();
                assert!(!text.contains("\"uuid\"") && !text.contains("resourceId"), "{text}");
            }
        }
    }
}

fn cards_of(reply: &str) -> Vec<Value> {
    let reply: Value = serde_json::from_str(reply).unwrap();
    reply["cards"].as_array().unwrap().clone()
}

/// HL7's invariants of a response (cds-resp-1 to 6), and what the standard asks beside them (rules 2, 33 to 39).
fn holds_the_invariants(card: &Value, spoken: SpecVersion) {
    let text = |member: &str| card[member].as_str().unwrap_or_else(|| panic!("{member} in {card}")).to_owned();
    let summary = text("summary");
    assert!(summary.chars().count() < 140 && summary.encode_utf16().count() < 140, "{summary}");
    assert!(!summary.contains('\n') && !summary.contains("**"), "{summary}");
    assert!(!text("detail").is_empty());
    assert!(matches!(&*text("indicator"), "info" | "warning" | "critical"));
    assert!(!card["source"]["label"].as_str().unwrap().is_empty());
    let none = Vec::new();
    let suggestions = card["suggestions"].as_array().unwrap_or(&none);
    // cds-resp-6, and never without suggestions
    assert_eq!(suggestions.is_empty(), card.get("selectionBehavior").is_none(), "{card}");
    // cds-resp-1
    let recommended = suggestions.iter().filter(|one| one["isRecommended"] == true).count();
    assert!(card["selectionBehavior"] != "at-most-one" || recommended <= 1);
    // cds-resp-3: a link that is not of SMART has no appContext
    for link in card["links"].as_array().unwrap_or(&none) {
        assert!(link["type"] == "smart" || link.get("appContext").is_none(), "{link}");
    }
    // cds-resp-4
    for reason in card["overrideReasons"].as_array().unwrap_or(&none) {
        assert!(reason["display"].is_string() && reason["system"].is_string(), "{reason}");
    }
    for suggestion in suggestions {
        assert!(!suggestion["label"].as_str().unwrap().is_empty());
        let actions = suggestion["actions"].as_array().unwrap();
        assert_eq!(actions.len(), 1, "one action each");
        for action in actions {
            // cds-resp-5 and cds-resp-2; in 1.0 the target of a delete is a string in `resource`
            assert!(!action["description"].as_str().unwrap().is_empty());
            match (action["type"].as_str().unwrap(), spoken) {
                ("create", _) => assert!(action["resource"]["id"].is_string()),
                ("delete", SpecVersion::V2) => {
                    assert!(action["resourceId"].is_string() && action.get("resource").is_none());
                }
                ("delete", SpecVersion::V1) => assert!(action["resource"].as_str().unwrap().contains('/')),
                (other, _) => panic!("{other}"),
            }
        }
    }
    // rule 2
    let all = card.to_string();
    for empty in [":null", ":\"\"", "[]", "{}"] {
        assert!(!all.contains(empty), "{empty} in {all}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Samples with another score, ratio, status or a foreign text in them.
    #[test]
    fn whatever_is_fitted_keeps_the_invariants_of_hl7_and_the_length_of_a_summary(
        which in 0..SAMPLES.len(),
        to in prop::sample::select(SETTINGS.to_vec()),
        score in prop::sample::select(vec!["LA11842-4", "LA11843-2", "LA11841-6", "LA11840-8", "LA6111-4", "LA6576-8"]),
        ratio in "[0-9]{1,3}\\.[0-9]{1,4}",
        foreign in "\\PC{0,40}",
    ) {
        let mut request: Value = serde_json::from_str(&SAMPLES[which].request("h1")).unwrap();
        changed(&mut request, score, &ratio, &foreign);
        let reply = replied(&request.to_string(), to);
        for card in cards_of(&reply) {
            holds_the_invariants(&card, to.spoken);
        }
        prop_assert_eq!(assessment(&reply), assessment(&replied(&request.to_string(), GENERIC)));
    }
}

/// Puts other answers, numbers and words into every Observation of a request.
fn changed(value: &mut Value, score: &str, ratio: &str, foreign: &str) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match &**name {
                    "valueCodeableConcept" => {
                        *member = serde_json::json!({"coding": [{"system": "http://loinc.org", "code": score, "display": foreign}]})
                    }
                    "value" if member.is_number() => *member = serde_json::from_str(ratio).unwrap_or(Value::from(1)),
                    "display" | "text" if member.is_string() => *member = foreign.into(),
                    _ => changed(member, score, ratio, foreign),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| changed(item, score, ratio, foreign)),
        _ => {}
    }
}

#[test]
fn every_order_that_a_card_drafts_can_have_a_code_of_the_site_in_front_of_ours() {
    let table = OrderCodes::NAMES.map(|name| (name.to_owned(), format!("urn:site|{name}")));
    let codes = OrderCodes::parse(&table.into()).unwrap();
    let mut orders = 0;
    for sample in SAMPLES {
        let request = sample.request("h1");
        let parsed = |text: String| serde_json::from_str::<Value>(&text).unwrap();
        let plain = parsed(replied(&request, GENERIC));
        let mut coded = parsed(text(replied_with(&request, GENERIC, &codes)));
        for card in coded["cards"].as_array_mut().unwrap() {
            let suggestions = card.get_mut("suggestions").and_then(Value::as_array_mut).into_iter().flatten();
            for draft in suggestions.filter_map(|suggestion| suggestion["actions"][0].get_mut("resource")) {
                if draft["resourceType"] != "ServiceRequest" {
                    continue;
                }
                orders += 1;
                let codings = draft["code"]["coding"].as_array_mut().unwrap();
                let ours = codings.remove(0);
                let bare = codings.is_empty();
                assert_eq!(ours["system"], "urn:site", "{}", sample.id);
                assert_eq!(Some(ours["code"].as_str().unwrap()), draft["id"].as_str().unwrap().strip_suffix("-1"));
                if bare {
                    draft["code"].as_object_mut().unwrap().remove("coding");
                }
            }
        }
        assert_eq!(coded, plain, "{}", sample.id);
    }
    assert!(orders > 2, "{orders}");
}
