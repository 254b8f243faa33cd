//! Draft orders of an ordering hook: which medicines are ordered, and which orders the clinician has just chosen. An order that
//! cannot be read is set aside by name and never fails the request.

use std::collections::HashSet;

use smol_str::SmolStr;

use crate::domain::evidence::{Excluded, ExcludedWhy};
use crate::domain::order::{DraftOrder, Naming};
use crate::json::Value;

use super::bundle::{self, Members};
use super::entries::{Entries, Kind, Source, tail};
use super::gather::is_other_patient;
use super::medicine::{Named, is_nameless, medicines};
use super::wire::{Raw, items, members, text};

/// Where the orders stand in the request.
const PLACE: &str = "draftOrders";

/// What was read of the draft orders.
#[derive(Debug, Default)]
pub struct DraftOrders {
    /// Orders that name a medicine of ours, in the order in which they were sent.
    pub orders: Vec<DraftOrder>,
    /// Those of the chosen orders, or to be signed, of which nobody can tell what is ordered. They are among the excluded too.
    pub unread: Vec<SmolStr>,
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
/// without readable ones every order counts as chosen. Where an order refers to a Medication that is not in the Bundle it is
/// looked for in `others`.
#[must_use]
pub fn draft_orders<'a>(
    bundle: Value<'a>,
    selections: Option<Value<'_>>,
    patient: &str,
    others: impl IntoIterator<Item = Value<'a>>,
) -> DraftOrders {
    let orders = Source { place: PLACE, json: bundle };
    let mut entries = Entries::of_orders(orders, []);
    if (0..entries.all.len()).any(|at| is_nameless(&entries, at)) {
        let others = others.into_iter().flat_map(medications_in).map(|json| Source { place: "prefetch", json });
        entries = Entries::of_orders(orders, others);
    }
    let chosen = Chosen::among(&entries, selections);
    let excluded = repeated(bundle);
    // which of them was chosen cannot be told either
    let unread = excluded.iter().filter(|_| matches!(chosen, Chosen::Every)).map(|order| order.reference.clone());
    let mut read = DraftOrders { orders: Vec::new(), unread: unread.collect(), excluded };
    let requests = entries.all.iter().enumerate().filter(|(_, entry)| entry.kind == Kind::MedicationRequest);
    for (at, entry) in requests.filter(|(_, entry)| entry.owner.is_none()) {
        let set_aside = |why| Excluded { reference: entry.reference.clone(), why };
        let withdrawn = is_withdrawn(text(entry.resource.status()).as_deref());
        let is_meant = || chosen.holds(at) && !withdrawn && !is_other_patient(&entries, at, Some(patient));
        let Some(members) = OrderMembers::of(entry.json).filter(|members| !is_unclear(members)) else {
            read.unread.extend(is_meant().then(|| entry.reference.clone()));
            read.excluded.push(set_aside(ExcludedWhy::Unreadable));
            continue;
        };
        let forbidden = members.do_not_perform().and_then(Value::boolean) == Some(true);
        if forbidden || withdrawn {
            continue;
        }
        let (medicines, naming) = match medicines(&entries, at) {
            // What is ordered nobody can tell: said, since it may be one of ours.
            Named::Other if is_nameless(&entries, at) => {
                read.unread.extend(is_meant().then(|| entry.reference.clone()));
                read.excluded.push(set_aside(ExcludedWhy::Unreadable));
                continue;
            }
            Named::Other => continue,
            Named::Medicines(medicines) => (medicines, Naming::Clear),
            Named::Ambiguous(medicines) => (medicines, Naming::Ambiguous),
        };
        if is_other_patient(&entries, at, Some(patient)) {
            read.excluded.push(set_aside(ExcludedWhy::OtherPatient));
            continue;
        }
        let selected = chosen.holds(at);
        read.orders.push(DraftOrder { reference: entry.reference.clone(), medicines, naming, selected });
    }
    read
}

/// The Medications of a prefetch value. Those in the Bundle of the orders come first, so that these never take their place.
fn medications_in(value: Value<'_>) -> impl Iterator<Item = Value<'_>> {
    let resources = bundle::entries(value.get("entry")).map(|entry| entry.resource);
    let is_medication =
        |resource: &Value<'_>| text(resource.get("resourceType")).is_some_and(|kind| &*kind == "Medication");
    std::iter::once(value).chain(resources).filter(is_medication)
}

/// Which of two values of one member was meant nobody knows, and what a broken text said neither.
fn is_unclear(members: &OrderMembers<'_>) -> bool {
    let medicine = [members.coded(), members.referenced(), members.either()];
    medicine.into_iter().flatten().any(|sent| sent.repeats_inside() || holds_broken_text(sent))
}

/// Half a character (a lone surrogate). Only an escape can write one.
fn holds_broken_text(sent: Value<'_>) -> bool {
    let broken = |value: Value<'_>| value.is_string() && value.text().is_none();
    sent.raw().contains("\\u")
        && (broken(sent)
            || sent.elements().any(holds_broken_text)
            || sent.members().any(|(_, value)| holds_broken_text(value)))
}

/// An order that is no draft any more.
fn is_withdrawn(status: Option<&str>) -> bool {
    matches!(status, Some("entered-in-error" | "cancelled" | "stopped" | "completed"))
}

/// Which orders were just chosen.
enum Chosen {
    /// Nothing readable was sent, or a selection that may mean any of them: no check is switched off by a name that fits none.
    Every,
    /// These entries.
    These(HashSet<usize>),
}

impl Chosen {
    /// Selections name an order by `Type/id`, by the id alone, by its whole address or by its fullUrl.
    fn among(entries: &Entries<'_>, selections: Option<Value<'_>>) -> Self {
        const KIND: &str = "MedicationRequest/";
        let mut these = HashSet::new();
        let mut any = false;
        for selection in items(selections).filter_map(|one| text(Some(one))) {
            let selection = selection.trim();
            any = true;
            let by_id = || entries.resolve(&[KIND, selection].concat(), 0);
            // a contained resource is no order
            let found = if selection.starts_with('#') { None } else { entries.resolve(selection, 0).or_else(by_id) };
            match found {
                Some(at) => {
                    these.insert(at);
                }
                // an order of another kind, which is not read here
                None if tail(selection).is_some_and(|named| !named.starts_with(KIND)) => {}
                None => return Self::Every,
            }
        }
        if any { Self::These(these) } else { Self::Every }
    }

    fn holds(&self, at: usize) -> bool {
        match self {
            Self::Every => true,
            Self::These(these) => these.contains(&at),
        }
    }
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
