//! Draft orders of medicines, as an ordering hook shows them. Other orders are no evidence about HER2 and are not kept.

use super::medicine::Medicine;

/// A draft order that names at least one medicine of [`Medicine`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftOrder {
    /// `MedicationRequest/id`, else the fullUrl, else the place (`draftOrders.entry[0]`).
    pub reference: Box<str>,
    /// What is ordered; several for a fixed combination.
    pub medicines: Vec<Medicine>,
    /// Just chosen by the clinician (`selections` of order-select). Always true at order-sign.
    pub selected: bool,
}
