//! Panels of an ISH: which counts are members of which, and what becomes of the members of a panel that was corrected, replaced or
//! withdrawn. A panel says nothing itself, so what is said of it is said of its members.

use std::collections::HashSet;

use crate::domain::evidence::{ExcludedWhy, ResultStatus};
use crate::json::Text;

use super::entries::{Entries, Entry};
use super::gather::Gathered;
use super::wire::references;

/// A panel of HER2 results.
#[derive(Debug)]
pub(super) struct Panel {
    pub entry: usize,
    pub members: Vec<usize>,
    pub derived_from: Vec<usize>,
    pub blinded: Option<bool>,
    pub status: ResultStatus,
    /// Set aside for its status or because something replaces it.
    pub withdrawn: Option<ExcludedWhy>,
}

/// More members than this are no panel of one count.
const MOST_MEMBERS: usize = 64;

impl Panel {
    pub(super) fn of(entries: &Entries<'_>, at: usize, entry: &Entry<'_>, blinded: Option<bool>) -> Self {
        let resource = &entry.resource;
        let all = |sent: Vec<Text<'_>>| sent.iter().filter_map(|one| entries.resolve(one, at)).collect();
        let members = references(resource.has_member());
        let members = if members.len() > MOST_MEMBERS { Vec::new() } else { all(members) };
        Self {
            entry: at,
            members,
            derived_from: all(references(resource.derived_from())),
            blinded,
            status: ResultStatus::Final,
            withdrawn: None,
        }
    }
}

/// Gives members the fate of their panel: set aside with it, unless another panel lists them too, and corrected with it. Then each count
/// is told its panels. What is left are the panels that stand.
pub(super) fn settle(panels: &mut Vec<Panel>, results: &mut [Gathered]) {
    if panels.iter().any(|panel| panel.withdrawn.is_some()) {
        let standing = panels.iter().filter(|panel| panel.withdrawn.is_none());
        let kept: HashSet<usize> = standing.flat_map(|panel| panel.members.iter().copied()).collect();
        for panel in panels.iter().filter(|panel| panel.withdrawn.is_some()) {
            for member in panel.members.iter().filter(|member| !kept.contains(member)) {
                if let Some(result) = result_of(*member, results) {
                    result.withdrawn = result.withdrawn.or(panel.withdrawn);
                }
            }
        }
        panels.retain(|panel| panel.withdrawn.is_none());
    }
    for panel in panels.iter() {
        for at in panel.members.iter().chain([&panel.entry]) {
            let Some(result) = result_of(*at, results) else { continue };
            result.panels.push(panel.entry);
            let is_final = matches!(result.status, ResultStatus::Final | ResultStatus::Appended);
            if panel.status == ResultStatus::Amended && is_final && result.reading.ish.is_some() {
                result.status = ResultStatus::Amended;
            }
        }
    }
}

/// Results stand in the order of their entries.
fn result_of(entry: usize, results: &mut [Gathered]) -> Option<&mut Gathered> {
    let at = results.binary_search_by_key(&entry, |result| result.entry).ok()?;
    results.get_mut(at)
}
