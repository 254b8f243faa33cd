//! The review sheet of the order checks: every rule with what an order is held against, its label, its sources and its marks.

use super::order_safety;
use super::sheet_words::{line, marks};

/// What stands over the checks: how they are meant.
pub(super) const HEAD: &str = "\
# Order checks: what is held against a draft order of a HER2-directed medicine

A finding is for a professional and never stops an order; it names no dose. What is absent from a record is \
never taken as normal and is never critical. Nothing is critical while orders are chosen, nor where it is not clear which of several medicines an order names.

Marks: *unconfirmed* = not yet compared with the label of that date; *policy* = its times are ours and no number of the label, and need a clinician's consent.
";

/// The checks in Markdown; None for a text that cannot be read.
pub(super) fn body(file: &str) -> Option<String> {
    let rules = order_safety::read(file).ok()?;
    let mut text = String::new();
    for checks in rules.in_words() {
        line!(text, "\n## {}\n\n{}\n", checks.title, checks.said);
        line!(text, "| Rule | Medicine | Held against | Because | Label, sources | Mark |\n|---|---|---|---|---|---|");
        for rule in &checks.rules {
            let ground = rule.ground;
            let mark = marks(ground.unconfirmed, ground.policy);
            let (asks, sources) = (rule.asks.join("<br>"), ground.sources());
            line!(
                text,
                "| `{}` | {} | {asks} | {} | {sources} | {mark} |",
                ground.rule,
                rule.medicine,
                ground.whole_reason()
            );
        }
    }
    Some(text)
}
