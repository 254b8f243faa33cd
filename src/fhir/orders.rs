//! Draft orders of an ordering hook: which medicines are ordered, and which orders the clinician has just chosen. An order that
//! cannot be read is set aside by name and never fails the request.

use crate::domain::evidence::{Excluded, ExcludedWhy};
use crate::domain::order::{DraftOrder, Naming};
use crate::json::Value;

use super::bundle::{self, Members};
use super::entries::{Entries, Kind, Source};
use super::gather::is_other_patient;
use super::medicine::{Named, medicines};
use super::wire::{Raw, items, members, text};

/// Where the orders stand in the request.
const PLACE: &str = "draftOrders";

/// What was read of the draft orders.
#[derive(Debug, Default)]
pub struct DraftOrders {
    /// Orders that name a medicine of ours, in the order in which they were sent.
    pub orders: Vec<DraftOrder>,
    /// Orders of medicines that were set aside.
    pub excluded: Vec<Excluded>,
}

members! {
    OrderMembers {
        do_not_perform: "doNotPerform",
        coded: "medicationCodeableConcept",
        referenced: "medicationReference",
        either: "medication",
    }
}

/// The orders in `bundle` for `patient` (id or `Patient/id`). `selections` are the references that order-select sends;
/// without readable ones every order counts as chosen.
#[must_use]
pub fn draft_orders(bundle: Value<'_>, selections: Option<Value<'_>>, patient: &str) -> DraftOrders {
    let entries = Entries::of([Source { place: PLACE, json: bundle }]);
    let chosen: Vec<_> = items(selections).filter_map(|one| text(Some(one))).collect();
    let mut read = DraftOrders { orders: Vec::new(), excluded: repeated(bundle) };
    let requests = entries.all.iter().enumerate().filter(|(_, entry)| entry.kind == Kind::MedicationRequest);
    for (at, entry) in requests.filter(|(_, entry)| entry.owner.is_none()) {
        let set_aside = |why| Excluded { reference: entry.reference.clone(), why };
        let Some(members) = OrderMembers::of(entry.json).filter(|members| !says_two_things(members)) else {
            read.excluded.push(set_aside(ExcludedWhy::Unreadable));
            continue;
        };
        let forbidden = members.do_not_perform.and_then(Value::boolean) == Some(true);
        if forbidden || is_withdrawn(text(entry.resource.status).as_deref()) {
            continue;
        }
        let (medicines, naming) = match medicines(&entries, at) {
            Named::Other => continue,
            Named::Medicines(medicines) => (medicines, Naming::Clear),
            Named::Ambiguous(medicines) => (medicines, Naming::Ambiguous),
        };
        if is_other_patient(&entries, at, Some(patient)) {
            read.excluded.push(set_aside(ExcludedWhy::OtherPatient));
            continue;
        }
        let selected = chosen.is_empty() || chosen.iter().any(|chosen| names(chosen, &entry.reference));
        read.orders.push(DraftOrder { reference: entry.reference.clone(), medicines, naming, selected });
    }
    read
}

/// Which of two values of one member was meant nobody knows.
fn says_two_things(members: &OrderMembers<'_>) -> bool {
    [members.coded, members.referenced, members.either].into_iter().flatten().any(Value::repeats_inside)
}

/// An order that is no draft any more.
fn is_withdrawn(status: Option<&str>) -> bool {
    matches!(status, Some("entered-in-error" | "cancelled" | "stopped" | "completed"))
}

/// Does a selection name this order? Some clients leave the type out, others send the whole address.
fn names(selection: &str, reference: &str) -> bool {
    let same =
        |selection: &str| selection == reference || reference.strip_prefix("MedicationRequest/") == Some(selection);
    let mut parts = selection.trim().rsplitn(3, '/');
    let id = parts.next().unwrap_or_default();
    let tail = parts.next().map_or_else(|| id.to_owned(), |kind| format!("{kind}/{id}"));
    same(selection.trim()) || same(&tail)
}

/// Entries in which a member stands twice at a place that decides what the entry is: they are not read at all.
fn repeated(bundle: Value<'_>) -> Vec<Excluded> {
    const IDENTITY: [&str; 4] = ["resourceType", "id", "status", "subject"];
    let entries = bundle::entries(bundle.get("entry"));
    let broken = entries.filter(|entry| {
        let twice = entry.members == Members::Repeated || entry.resource.repeats_one_of(&IDENTITY);
        twice && entry.resource.raw().contains("\"MedicationRequest\"")
    });
    let named = |entry: bundle::BundleEntry<'_>| Excluded {
        reference: format!("{PLACE}.entry[{}]", entry.position).into(),
        why: ExcludedWhy::Unreadable,
    };
    broken.map(named).collect()
}
