//! The second count: in breast it confirms or changes the group, in stomach it settles what was open.

use super::columns::{IhcColumn, IshColumn, RecountColumn};
use super::decimal::Quantity;
use super::finding::Flag;
use super::ish::{Ish, Recount};
use super::ish_reading::{IshReading, Point, computed_ratio, is_implausible};
use super::rulebook::{IshRules, LabWord, SecondCount};

/// The recount column of a breast table, where the first count lies in a group that needs one.
pub(super) fn confirm(rules: &IshRules, ihc: IhcColumn, ish: IshColumn, sent: Option<&Ish>) -> RecountColumn {
    let SecondCount::Confirms { ihc: scores, ish: groups, fewest_cells } = &rules.second_count else {
        return RecountColumn::Missing;
    };
    let Some((first, recount)) = sent.and_then(|first| Some((first, first.recount.as_ref()?))) else {
        return RecountColumn::Missing;
    };
    if !scores.contains(&ihc) || !groups.contains(&ish) {
        return RecountColumn::Missing;
    }
    if recount.blinded != Some(true) || !counted_enough(recount, *fewest_cells) {
        return RecountColumn::Invalid;
    }
    let computed = computed_ratio(&recount.count).map(Quantity::exact);
    let ratio = recount.count.ratio.as_ref().or(computed.as_ref());
    let (Some(ratio), Some(copies)) = (ratio, recount.count.her2.as_ref()) else {
        return RecountColumn::Invalid;
    };
    let second = rules.band(first.method, Point { ratio: Some(ratio), copies: Some(copies), percent_cells: None });
    match second.and_then(|(band, _)| band.column.group()) {
        None => RecountColumn::Invalid,
        Some(group) if Some(group) == ish.group() => RecountColumn::SameGroup,
        Some(_) => RecountColumn::OtherGroup,
    }
}

/// Further cells settle an open gastric result; a further count that cannot be used leaves it open.
pub(super) fn settle(rules: &IshRules, ish: &Ish, reading: IshReading) -> IshReading {
    let SecondCount::Settles { ish: open, fewest_cells, ratio: outcomes } = &rules.second_count else {
        return reading;
    };
    let (true, Some(further)) = (reading.column == *open, &ish.recount) else {
        return reading;
    };
    let computed = computed_ratio(&further.count).map(Quantity::exact);
    let settled = further
        .count
        .ratio
        .as_ref()
        .or(computed.as_ref())
        .filter(|_| counted_enough(further, *fewest_cells))
        .and_then(|ratio| outcomes.iter().find(|(range, _)| range.holds(ratio) == Some(true)));
    match settled {
        Some((_, column)) => {
            let lab_word = rules
                .bands
                .iter()
                .find(|band| band.column == *column)
                .map_or(LabWord::NotCompared, |band| band.lab_word);
            IshReading { column: *column, lab_word, ..reading }
        }
        None => {
            let mut reading = reading;
            reading.flags.insert(Flag::RecountInvalid);
            reading
        }
    }
}

fn counted_enough(recount: &Recount, fewest_cells: u32) -> bool {
    let numbers = [&recount.count.ratio, &recount.count.her2, &recount.count.cep17];
    recount.count.cells.is_some_and(|cells| cells >= fewest_cells) && !numbers.into_iter().flatten().any(is_implausible)
}
