//! A response to a hook, by the text of CDS Hooks 2.0.1, the invariants of HL7 and what Inferno asserts of cards.

use serde_json::Value;

use super::words::Page;

const LONGEST_SUMMARY: usize = 139;

/// What is wrong with a response. Empty for a good one.
pub fn faults_of_response(response: &Value) -> Vec<String> {
    let mut page = Page::new();
    match response["cards"].as_array() {
        Some(cards) => {
            for (n, card) in cards.iter().enumerate() {
                self::card(&mut page, card, &format!("cards[{n}]"));
            }
        }
        None => page.fault("response", 31, "`cards` is required and an array"),
    }
    for (n, action) in page.list(response, "systemActions", "response", 42).iter().enumerate() {
        self::action(&mut page, action, &format!("systemActions[{n}]"));
    }
    page.faults
}

fn card(page: &mut Page, card: &Value, at: &str) {
    page.full(card, at);
    if let Some(summary) = page.required(card, "summary", at, 33) {
        let longest = summary.chars().count().max(summary.encode_utf16().count());
        page.holds(longest <= LONGEST_SUMMARY, at, 33, "`summary` has 140 characters or more");
        page.holds(!summary.contains(['\n', '\r']), at, 33, "`summary` has a line break");
    }
    page.optional(card, "uuid", at, 33);
    page.optional(card, "detail", at, 33);
    let indicator = page.required(card, "indicator", at, 34);
    page.one_of(indicator, &["info", "warning", "critical"], at, 34);
    source(page, &card["source"], &format!("{at}.source"));
    suggestions(page, card, at);
    for reason in page.list(card, "overrideReasons", at, 39) {
        for member in ["code", "system", "display"] {
            page.required(reason, member, &format!("{at}.overrideReasons"), 39);
        }
    }
    for link in page.list(card, "links", at, 40) {
        self::link(page, link, &format!("{at}.links"));
    }
    if let Some(extension) = card.get("extension") {
        page.holds(extension.is_object(), at, 44, "`extension` is an object");
    }
}

fn source(page: &mut Page, source: &Value, at: &str) {
    page.required(source, "label", at, 35);
    for address in ["url", "icon"] {
        let address = page.optional(source, address, at, 35);
        page.absolute(address, at, 35);
    }
    if let Some(topic) = source.get("topic") {
        page.required(topic, "code", at, 41);
        page.required(topic, "system", at, 41);
    }
}

fn suggestions(page: &mut Page, card: &Value, at: &str) {
    let suggestions = page.list(card, "suggestions", at, 36);
    let behavior = page.optional(card, "selectionBehavior", at, 37);
    page.one_of(behavior, &["at-most-one", "any"], at, 37);
    page.holds(suggestions.is_empty() || behavior.is_some(), at, 37, "suggestions without `selectionBehavior`");
    let recommended = suggestions.iter().filter(|suggestion| suggestion["isRecommended"] == true).count();
    page.holds(behavior != Some("at-most-one") || recommended <= 1, at, 36, "more than one is recommended");
    for (n, suggestion) in suggestions.iter().enumerate() {
        let at = format!("{at}.suggestions[{n}]");
        page.required(suggestion, "label", &at, 36);
        page.optional(suggestion, "uuid", &at, 36);
        if let Some(recommended) = suggestion.get("isRecommended") {
            page.holds(recommended.is_boolean(), &at, 36, "`isRecommended` is true or false");
        }
        for action in page.list(suggestion, "actions", &at, 36) {
            self::action(page, action, &format!("{at}.actions"));
        }
    }
}

fn action(page: &mut Page, action: &Value, at: &str) {
    page.required(action, "description", at, 38);
    let kind = page.required(action, "type", at, 38);
    page.one_of(kind, &["create", "update", "delete"], at, 38);
    let resource = action.get("resource");
    match kind {
        Some("delete") => {
            let target = page.required(action, "resourceId", at, 38);
            page.holds(target.is_none_or(is_reference), at, 38, "`resourceId` is Type/id");
            page.holds(resource.is_none(), at, 38, "a delete carries no `resource`");
        }
        _ => {
            page.required(resource.unwrap_or(&Value::Null), "resourceType", at, 38);
            page.required(resource.unwrap_or(&Value::Null), "id", at, 38);
        }
    }
}

fn link(page: &mut Page, link: &Value, at: &str) {
    page.required(link, "label", at, 40);
    let address = page.required(link, "url", at, 40);
    page.absolute(address, at, 40);
    let kind = page.required(link, "type", at, 40);
    page.one_of(kind, &["absolute", "smart"], at, 40);
    page.holds(kind == Some("smart") || link.get("appContext").is_none(), at, 40, "`appContext` without a SMART link");
}

/// `Type/id`, as the invariant `ord-1` has it.
pub fn is_reference(text: &str) -> bool {
    let word = |part: &str, more: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || more.contains(c))
    };
    text.split_once('/').is_some_and(|(kind, id)| word(kind, "") && word(id, "-."))
}
