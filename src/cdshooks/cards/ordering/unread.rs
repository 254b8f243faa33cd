//! An order whose medicine could not be read was held against nothing. Where the record is about a tumour one card says so:
//! silence would look like a check that found nothing.

use smol_str::SmolStr;

use crate::assessment::Assessment;
use crate::cdshooks::cards::compose::{mark_unreviewed, source_label};
use crate::cdshooks::cards::gaps::gaps;
use crate::cdshooks::cards::overrides::{AWARE, NOT_APPROPRIATE, RESULT_WRONG};
use crate::cdshooks::cards::suggestion::is_reference;
use crate::cdshooks::identity::HookKey;
use crate::cdshooks::response::{Basis, Card, CardExtension, Coding, Indicator, Source};
use crate::domain::tumour::Tumour;

/// Rule named by the card, which rests on no row of the rules.
const RULE: &str = "record/order-not-read";
/// The code by which EHRs filter and remember.
pub(super) const TOPIC: Coding = Coding {
    code: "HER2ORDERUNREAD",
    system: super::super::kind::TOPICS,
    display: "Order whose medicine was not read",
};
/// In a few words, where others are more urgent.
pub(super) const IN_SHORT: &str = "an order whose medicine was not read";
/// Orders that stand in the basis of the card, and in its words. The others are counted.
const LISTED: usize = 16;
const SHOWN: usize = 2;
/// Prefetch keys without their data that are named one by one.
const KEYS_SHOWN: usize = 3;

/// None where every order was read, or where the record is seen and is about no tumour: a card at every order of a hospital
/// whose orders name no medicine would be read by nobody. The assessment lists those orders all the same.
pub(super) fn card(assessment: &Assessment<'_>, key: &HookKey) -> Option<Card> {
    let orders = assessment.unread_orders;
    if orders.is_empty() || !may_concern_her2(assessment) {
        return None;
    }
    let listed: Vec<&SmolStr> = orders.iter().take(LISTED).collect();
    let mut evidence: Vec<String> = listed.iter().map(|order| format!("{order}=order without its medicine")).collect();
    evidence.sort_unstable();
    let summary = match orders.len() {
        1 => "The medicine of a draft order could not be read and was not checked: consider a look at it.".to_owned(),
        many => {
            format!("The medicines of {many} draft orders could not be read and were not checked: consider a look.")
        }
    };
    Some(Card {
        uuid: key.card_id(RULE, &evidence),
        summary: mark_unreviewed(summary, &assessment.rules),
        indicator: Indicator::Info,
        detail: detail(orders, assessment),
        source: Source { label: source_label(&assessment.rules), topic: TOPIC },
        selection_behavior: None,
        suggestions: Vec::new(),
        override_reasons: vec![AWARE, NOT_APPROPRIATE, RESULT_WRONG],
        extension: CardExtension {
            basis: Basis { rule: RULE.to_owned(), evidence },
            related_resources: listed.into_iter().map(|order| order.to_string()).collect(),
            detail_type: None,
        },
    })
}

fn may_concern_her2(assessment: &Assessment<'_>) -> bool {
    let not_seen = |key: &str| assessment.unseen.iter().any(|unseen| &**unseen == key);
    assessment.tumour != Tumour::Unknown
        || assessment.two_primaries
        || !assessment.record.findings.is_empty()
        || !assessment.safety.is_empty()
        || ["her2", "conditions"].into_iter().any(not_seen)
}

fn detail(orders: &[SmolStr], assessment: &Assessment<'_>) -> String {
    let named: Vec<&str> = orders.iter().map(SmolStr::as_str).filter(|order| is_reference(order)).take(SHOWN).collect();
    let which = match (&named[..], orders.len() - named.len()) {
        ([], _) => String::new(),
        (_, 0) => format!(" ({})", named.join(", ")),
        (_, more) => format!(" ({}, {more} more)", named.join(", ")),
    };
    let what = if orders.len() == 1 { "draft order" } else { "draft orders" };
    let mut blocks = vec![
        format!("**What we saw:** {what} without a medicine that can be read here{which}."),
        "**Why it matters:** A HER2-directed medicine would be held against the HER2 result, the heart and the label."
            .to_owned(),
    ];
    let open: Vec<String> = gaps(assessment, KEYS_SHOWN).collect();
    if !open.is_empty() {
        blocks.push(format!("**Also open:** {}.", open.join("; ")));
    }
    blocks.push("*Basis:* the draft orders as they were sent.".to_owned());
    blocks.join("\n\n")
}
