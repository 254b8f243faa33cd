//! Text of a record never becomes text of a card: whatever stands in a display, a name, a note or an id, a card holds the
//! words of its template and typed values, and the assessment is the same.

#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected stops there")]

use std::collections::BTreeSet;

use herald::assessment::{Knowledge, PrintedLists, assess};
use herald::cdshooks::{
    Card, HookKey, Service, Sifted, SpecVersion, TrialLine, cards, order_cards, parse_request, reply,
};
use herald::http::{evidence_of, order_stage};
use herald::json::Document;
use herald::pages::{SAMPLES, Sample};
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::{Value, json};

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 26);
/// How many hostile strings are placed.
const STRINGS: usize = 100_000;
const SEED: u64 = 0x4845_5241_4c44_0001;

/// What a browser, a Markdown renderer, a spreadsheet or a shell would make something of.
const PIECES: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "</div>",
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "<http://evil.example>",
    "http://evil.example/?q=",
    "www.evil.example",
    "mail@evil.example",
    "[ref]: http://evil.example",
    "# Heading",
    "\n# Heading\n",
    "\n\n---\n\n",
    "\n===\n",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "\n- item",
    "\n1. item",
    "\n> quote",
    "**bold**",
    "_x_",
    "`code`",
    "\n```\nfence\n",
    "~~gone~~",
    "\\",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{1b}[31m",
    "\r\n",
    "\t",
    "=cmd|' /C calc'!A0",
    "{{7*7}}",
    "${jndi:ldap://evil.example}",
    "'; DROP TABLE decision; --",
    "\u{1f480}",
    "e\u{301}\u{301}\u{301}",
    "zq7mark",
];

/// xorshift64*: the same strings on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % limit
    }

    fn hostile(&mut self) -> String {
        (0..=self.below(4)).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }
}

/// Puts a text into every place of `value` that is made for people and not for rules. `more` makes the texts.
fn write_into(value: &mut Value, more: &mut impl FnMut() -> Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| write_into(item, more)),
        Value::Object(members) => {
            members.values_mut().for_each(|member| write_into(member, more));
            if members.contains_key("coding") {
                members.insert("text".into(), more());
            }
            if members.contains_key("system") && members.contains_key("code") && !members.contains_key("value") {
                members.insert("display".into(), more());
            }
            if members.get("reference").is_some_and(Value::is_string) {
                members.insert("display".into(), more());
            }
            if members.contains_key("resourceType") {
                let made_for_people = [
                    ("note", json!([{ "text": more(), "authorString": more() }])),
                    ("extension", json!([{ "url": "https://example.org", "valueString": more() }])),
                    ("performer", json!([{ "display": more() }])),
                    ("bodySite", json!({ "text": more() })),
                    ("method", json!({ "text": more() })),
                ];
                for (name, text) in made_for_people {
                    members.entry(name).or_insert(text);
                }
            }
            if members.get("resourceType") == Some(&json!("Patient")) {
                members.insert("name".into(), json!([{ "family": more(), "given": [more()], "text": more() }]));
                members.insert("identifier".into(), json!([{ "value": more() }]));
                members.insert("address".into(), json!([{ "line": [more()], "text": more() }]));
            }
        }
        _ => {}
    }
}

/// The cards of a request, and its whole reply.
fn answered(knowledge: &Knowledge, sample: &Sample, request: &Value) -> (Vec<Card>, Vec<u8>) {
    let body = request.to_string();
    let document = Document::parse(body.as_bytes()).unwrap();
    let request = parse_request(&document, Service::offered(sample.service).unwrap()).unwrap();
    let patient = request.context.patient.as_str();
    let evidence = evidence_of(&request, patient);
    let assessment = assess(knowledge, &evidence, TODAY);
    let key = HookKey { tenant: "local".into(), service: sample.service, instance: "i1".into() };
    let shown = match order_stage(request.service.hook()) {
        None => cards(&assessment, knowledge, &key, patient, TrialLine::Shown),
        Some(stage) => order_cards(&assessment, stage, &key, patient),
    };
    let lists = PrintedLists::of(&assessment);
    let sifted = Sifted { shown, withheld: Vec::new() };
    let written = reply(&sifted, &assessment, &lists, SpecVersion::default()).bytes;
    (sifted.shown, written)
}

fn knowledge() -> Knowledge {
    let files = herald::rules::embedded_files();
    Knowledge {
        rulebook: herald::rules::load(&files).unwrap(),
        therapies: herald::rules::therapies(&files).unwrap(),
        order_rules: herald::rules::order_rules(&files).unwrap(),
        cohorts: herald::store::sample_trials(),
    }
}

/// What Markdown makes of a card: the kinds of its elements.
fn elements(detail: &str) -> BTreeSet<&'static str> {
    Parser::new_ext(detail, Options::all())
        .filter_map(|event| match event {
            Event::Start(Tag::Paragraph) => Some("paragraph"),
            Event::Start(Tag::Strong) => Some("strong"),
            Event::Start(Tag::Emphasis) => Some("emphasis"),
            Event::Start(Tag::List(None)) => Some("list"),
            Event::Start(Tag::Item) => Some("item"),
            Event::Start(_) => Some("something else"),
            Event::Html(_) | Event::InlineHtml(_) => Some("html"),
            Event::Code(_) | Event::Rule | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {
                Some("something else")
            }
            _ => None,
        })
        .collect()
}

const TEMPLATE: [&str; 5] = ["paragraph", "strong", "emphasis", "list", "item"];

#[track_caller]
fn assert_plain(card: &Card) {
    for element in elements(&card.detail) {
        assert!(TEMPLATE.contains(&element), "{element} in {}", card.detail);
    }
    let labels = card.suggestions.iter().map(|suggestion| &*suggestion.label);
    for text in labels.chain([&*card.summary]) {
        assert!(!text.contains(['<', '>', '\n', '\u{202e}', '`']), "{text}");
    }
}

#[test]
fn a_hundred_thousand_hostile_strings_change_no_card_and_no_assessment() {
    let knowledge = knowledge();
    let mut chance = Chance(SEED);
    let mut placed = 0;
    let plain: Vec<(Value, Vec<u8>)> = SAMPLES
        .iter()
        .map(|sample| {
            let mut request: Value = serde_json::from_str(&sample.request("i1")).unwrap();
            write_into(&mut request["prefetch"], &mut || json!("x"));
            write_into(&mut request["context"], &mut || json!("x"));
            let (cards, reply) = answered(&knowledge, sample, &request);
            cards.iter().for_each(assert_plain);
            (request, reply)
        })
        .collect();
    while placed < STRINGS {
        for (sample, (request, expected)) in SAMPLES.iter().zip(&plain) {
            let mut request = request.clone();
            let mut more = || {
                placed += 1;
                json!(chance.hostile())
            };
            write_into(&mut request["prefetch"], &mut more);
            write_into(&mut request["context"], &mut more);
            let (_, reply) = answered(&knowledge, sample, &request);
            assert!(reply == *expected, "{}: {}", sample.id, String::from_utf8_lossy(&reply));
        }
    }
}

#[test]
fn hostile_ids_references_codes_and_units_start_nothing_in_a_card() {
    let knowledge = knowledge();
    let mut chance = Chance(SEED + 1);
    for round in 0..400 {
        let sample = &SAMPLES[round % SAMPLES.len()];
        let mut request: Value = serde_json::from_str(&sample.request("i1")).unwrap();
        harm(&mut request["prefetch"], &mut chance);
        if request["context"].get("draftOrders").is_some() {
            harm(&mut request["context"]["draftOrders"], &mut chance);
        }
        let (cards, _) = answered(&knowledge, sample, &request);
        cards.iter().for_each(assert_plain);
    }
}

/// Replaces one in eight of the texts below, names of members and of resources left alone.
fn harm(value: &mut Value, chance: &mut Chance) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| harm(item, chance)),
        Value::Object(members) => {
            for (_, member) in members.iter_mut().filter(|(name, _)| *name != "resourceType") {
                harm(member, chance);
            }
        }
        Value::String(text) if chance.below(8) == 0 => match chance.below(2) {
            0 => *text = chance.hostile(),
            _ => text.push_str(&chance.hostile()),
        },
        _ => {}
    }
}
