//! Does a label of any region cover the tumour that the order is for?
//!
//! An order outside every label can be right: it is told as information, never as a warning.

use crate::domain::medicine::Medicine;
use crate::domain::order::DraftOrder;
use crate::domain::tumour::Tumour;

use super::check::{Situation, finding};
use super::finding::{Check, SafetyFinding, Severity};

/// None if a label covers the tumour, if the tumour is not known, or if the order may be for another tumour on record that a
/// label covers.
pub(super) fn check<'k>(
    situation: &Situation<'k>,
    order: &'k DraftOrder,
    agent: Medicine,
) -> Option<SafetyFinding<'k>> {
    let rule = situation.rules.tumours.iter().find(|rule| rule.agent == agent)?;
    let covered = |tumour: &Tumour| rule.labelled.contains(tumour);
    if situation.tumour == Tumour::Unknown || covered(&situation.tumour) || situation.tested.iter().any(covered) {
        return None;
    }
    Some(finding(Check::TumourNotLabelled, Severity::Info, agent, order, &rule.ground, []))
}
