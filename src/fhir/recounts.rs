//! A recount and the count that it repeats, where either was sent as a panel: the numbers stand in the members, `derivedFrom` and the
//! blinding in the panel (clinical guide, 4.4).

use std::collections::{HashMap, HashSet};

use super::entries::Entries;
use super::gather::{Gathered, Replaced};
use super::panels::Panel;
use super::wire::items;
use crate::domain::evidence::ExcludedWhy;

/// Tells members what their panel is derived from, and whoever is derived from a panel the members of it. A recount of a count of the
/// in situ part is of the in situ part, and one of a count that was replaced is of the count that replaces it.
pub(super) fn follow_panels(panels: &[Panel], replaced: &Replaced, results: &mut [Gathered]) {
    let derived = panels.iter().any(|panel| panel.blinded.is_some() || !panel.derived_from.is_empty())
        || results.iter().any(|result| !result.derived_from.is_empty());
    if !derived {
        return;
    }
    let of_entry: HashMap<usize, &Panel> = panels.iter().map(|panel| (panel.entry, panel)).collect();
    let mut of_member: HashMap<usize, &Panel> = HashMap::new();
    for panel in panels {
        // a count belongs to one panel, the first that lists it
        for member in &panel.members {
            of_member.entry(*member).or_insert(panel);
        }
    }
    for result in &mut *results {
        if let Some(panel) = of_member.get(&result.entry) {
            result.derived_from.extend(&panel.derived_from);
            result.reading.blinded = result.reading.blinded.or(panel.blinded);
        }
        let instead = result.derived_from.iter().filter_map(|origin| replaced.get(origin)).copied();
        let instead: Vec<usize> = instead.filter(|by| *by != result.entry).collect();
        result.derived_from.extend(instead);
        let of_panels = result.derived_from.iter().filter_map(|origin| of_entry.get(origin));
        let members: Vec<usize> = of_panels.flat_map(|panel| panel.members.iter().copied()).collect();
        // the count itself may be a member of the panel that it is derived from
        result.derived_from.extend(members.into_iter().filter(|member| *member != result.entry));
    }
    let in_situ = |result: &&Gathered| result.reading.invasive == Some(false);
    let of_in_situ: HashSet<usize> = results.iter().filter(in_situ).map(|result| result.entry).collect();
    for result in results.iter_mut().filter(|result| result.reading.invasive.is_none()) {
        if result.derived_from.iter().any(|origin| of_in_situ.contains(origin)) {
            result.reading.invasive = Some(false);
        }
    }
}

/// Sets aside what counts again a count that is not in force: it was withdrawn, or never sent. A recount never stands for the count that
/// it repeats (clinical guide, 4.4). Where the blinding is stated it is a recount whatever it is derived from; else only where a
/// withdrawn count is named. One that itself replaces the count is a correction.
pub(super) fn set_aside_without_first(
    entries: &Entries<'_>,
    panels: &[Panel],
    replaced: &Replaced,
    results: &mut [Gathered],
) {
    const DEEPEST: usize = 8;
    let is_count = |result: &Gathered| result.reading.ish.is_some();
    let may_repeat = |result: &Gathered| {
        let derived = result.reading.blinded.is_some() || !result.derived_from.is_empty();
        derived && result.withdrawn.is_none() && is_count(result)
    };
    if !results.iter().any(may_repeat) {
        return;
    }
    let derives = |entry: usize| items(entries.all[entry].resource.derived_from()).next().is_some();
    let derived_panels: HashSet<usize> =
        panels.iter().map(|panel| panel.entry).filter(|panel| derives(*panel)).collect();
    // one that was set aside may have been counted again as well
    for _ in 0..DEEPEST {
        let chosen = |wanted: fn(&Gathered) -> bool| -> HashSet<usize> {
            results.iter().filter(|result| wanted(result)).map(|result| result.entry).collect()
        };
        let usable = chosen(|result| result.withdrawn.is_none() && result.reading.holds_a_value());
        let gone = chosen(|result| result.withdrawn.is_some() && result.reading.ish.is_some());
        let lacks_first = |result: &Gathered| {
            let mut origins = result.derived_from.iter().filter(|origin| **origin != result.entry);
            let corrects = result.derived_from.iter().any(|origin| replaced.get(origin) == Some(&result.entry));
            let listed = || result.panels.iter().any(|panel| derived_panels.contains(panel));
            let is_recount = if result.reading.blinded.is_some() {
                derives(result.entry) || listed()
            } else {
                origins.clone().any(|origin| gone.contains(origin))
            };
            may_repeat(result) && is_recount && !corrects && !origins.any(|origin| usable.contains(origin))
        };
        let orphans: Vec<usize> = (0..results.len()).filter(|at| lacks_first(&results[*at])).collect();
        if orphans.is_empty() {
            return;
        }
        for at in orphans {
            results[at].withdrawn = Some(ExcludedWhy::Unreadable);
        }
    }
}
