//! What Herald promises beyond the standard (the conformance guide's "Herald:" decisions), for every reply of ours.

use serde_json::Value;
use uuid::Uuid;

use super::card::faults_of_response;
use super::words::Page;

const LONGEST_TOPIC: usize = 100;
const LONGEST_SUMMARY: usize = 115;
const ASSESSMENT: &str = "org.herald-cds.assessment";

/// What is wrong with a reply of Herald to a hook. Empty for a good one.
pub fn faults_of_our_reply(reply: &Value) -> Vec<String> {
    let mut page = Page::new();
    let members: Vec<&str> = reply.as_object().into_iter().flat_map(|reply| reply.keys()).map(String::as_str).collect();
    page.holds(members.iter().all(|name| ["cards", "extension"].contains(name)), "reply", 31, "an unknown member");
    let extension = reply["extension"].as_object();
    let known = extension.is_some_and(|members| members.keys().all(|name| name.starts_with("org.herald-cds.")));
    page.holds(known, "reply", 44, "`extension` with keys of ours only");
    page.holds(reply["extension"][ASSESSMENT].is_object(), "reply", 31, "the assessment is there");
    let mut without_assessment = reply["extension"].clone();
    if let Some(members) = without_assessment.as_object_mut() {
        members.remove(ASSESSMENT);
        if !members.is_empty() {
            page.full(&without_assessment, "extension");
        }
    }
    let cards = reply["cards"].as_array().map(Vec::as_slice).unwrap_or_default();
    page.holds(cards.len() <= 2, "cards", 33, "more than two cards");
    for (n, card) in cards.iter().enumerate() {
        self::card(&mut page, card, &format!("cards[{n}]"));
    }
    let mut faults = faults_of_response(reply);
    faults.append(&mut page.faults);
    faults
}

fn card(page: &mut Page, card: &Value, at: &str) {
    page.holds(is_uuid(&card["uuid"]), at, 33, "a card has a UUID");
    let summary = card["summary"].as_str().unwrap_or_default();
    // the mark goes once the rules are signed, and is no reason to say less
    let summary = summary.strip_prefix("UNREVIEWED: ").unwrap_or(summary);
    page.holds(summary.chars().count() <= LONGEST_SUMMARY, at, 33, "`summary` is longer than we allow ourselves");
    let topic = card["source"]["topic"]["code"].as_str().unwrap_or_default();
    let plain = !topic.is_empty() && topic.len() <= LONGEST_TOPIC && topic.bytes().all(|b| b.is_ascii_alphanumeric());
    page.holds(plain, at, 35, "a topic of letters and digits");
    let suggestions = card["suggestions"].as_array().map(Vec::as_slice).unwrap_or_default();
    page.holds(
        suggestions.is_empty() == card.get("selectionBehavior").is_none(),
        at,
        37,
        "`selectionBehavior` stands with suggestions and never without",
    );
    for suggestion in suggestions {
        page.holds(is_uuid(&suggestion["uuid"]), at, 36, "a suggestion has a UUID");
        for action in suggestion["actions"].as_array().into_iter().flatten().filter(|action| action["type"] == "create")
        {
            let resource = &action["resource"];
            // a message has no draft state that an EHR would show; it is in preparation
            let waits = ["draft", "preparation"].contains(&resource["status"].as_str().unwrap_or_default());
            page.holds(waits, at, 38, "what is suggested is a draft");
            page.holds(resource["subject"]["reference"].is_string(), at, 38, "a draft names its patient");
        }
    }
    for link in card["links"].as_array().into_iter().flatten() {
        page.holds(link["url"].as_str().is_some_and(|url| url.starts_with("https://")), at, 40, "links are https");
        page.holds(link.get("autolaunchable").is_none(), at, 40, "no link launches by itself");
    }
    let basis = &card["extension"]["org.herald-cds.basis"];
    page.holds(basis["rule"].is_string(), at, 44, "a card names its rule");
}

fn is_uuid(value: &Value) -> bool {
    value.as_str().is_some_and(|text| Uuid::parse_str(text).is_ok())
}
