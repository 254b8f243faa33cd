//! A recount and the count that it repeats, where either was sent as a panel: the numbers stand in the members, `derivedFrom` and the
//! blinding in the panel (clinical guide, 4.4).

use std::collections::{HashMap, HashSet};

use super::gather::Gathered;
use super::panels::Panel;

/// Tells members what their panel is derived from, and whoever is derived from a panel the members of it. A recount of a count of the
/// in situ part is of the in situ part.
pub(super) fn follow_panels(panels: &[Panel], results: &mut [Gathered]) {
    let derived = panels.iter().any(|panel| !panel.derived_from.is_empty())
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
