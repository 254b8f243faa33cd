//! Puts a card at ordering together: words, source, reasons, draft, the orders it concerns, and derived ids.

use crate::assessment::Assessment;
use crate::cdshooks::cards::compose::{mark_unreviewed, source_label};
use crate::cdshooks::identity::HookKey;
use crate::cdshooks::response::{Basis, Card, CardExtension, Source};
use crate::domain::order::OrderStage;

use super::draft::suggestion;
use super::group::{Group, groups};
use super::topic::{in_short, override_reasons, source_topic};
use super::{unread, wording};

/// Cards that are shown as a rule: what the others are about is said on these in a few words.
const SHOWN: usize = 2;

/// The cards of an ordering hook, the most urgent first: none if nothing speaks against the orders and all were read. How many of them are
/// shown is decided where it is known which are silenced. `patient` is the id of the hook context, for the
/// subject of a draft.
#[must_use]
pub fn order_cards(assessment: &Assessment<'_>, stage: OrderStage, key: &HookKey, patient: &str) -> Vec<Card> {
    let groups = groups(assessment, stage);
    let unread = unread::card(assessment, key);
    let told = groups.iter().map(|group| in_short(group.first.check)).chain(unread.iter().map(|_| unread::IN_SHORT));
    let without_card: Vec<&'static str> = told.skip(SHOWN).collect();
    groups.iter().map(|group| card(group, &without_card, key, patient)).chain(unread).collect()
}

fn card(group: &Group<'_, '_>, without_card: &[&'static str], key: &HookKey, patient: &str) -> Card {
    let rules = &group.assessment.rules;
    let (rule, evidence) = (&group.first.ground.rule, group.evidence());
    let uuid = key.card_id(rule, &evidence);
    // a card that is withheld is no finding beside itself
    let own = in_short(group.first.check);
    let others: Vec<&'static str> = without_card.iter().copied().filter(|short| *short != own).collect();
    let suggestions: Vec<_> = suggestion(group, patient, &uuid).into_iter().collect();
    Card {
        uuid,
        summary: mark_unreviewed(wording::summary(group), rules),
        indicator: group.first.severity.into(),
        detail: wording::detail(group, &others),
        source: Source { label: source_label(rules), topic: source_topic(group.first.check) },
        selection_behavior: (!suggestions.is_empty()).then_some("at-most-one"),
        suggestions,
        override_reasons: override_reasons(group.first.check),
        extension: CardExtension {
            basis: Basis { rule: rule.to_string(), evidence },
            related_resources: group.orders().into_iter().map(str::to_owned).collect(),
            detail_type: None,
        },
    }
}
