//! Draft orders of medicines, as an ordering hook shows them. Other orders are no evidence about HER2 and are not kept.

use smol_str::SmolStr;

use super::medicine::Medicine;
use super::words::vocabulary;

vocabulary! {
    /// Does everything that a draft order says of its medicine agree?
    Naming, "naming of a medicine" {
        Clear = "clear",
        /// A code and a name mean different medicines. Which one is meant nobody knows.
        Ambiguous = "ambiguous",
    }
}

/// A draft order that names at least one medicine of [`Medicine`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftOrder {
    /// `MedicationRequest/id`, else the fullUrl, else the place (`draftOrders.entry[0]`).
    pub reference: SmolStr,
    /// What is ordered; several for a fixed combination. Where the naming is ambiguous, everything that one of its codes and
    /// names means.
    pub medicines: Vec<Medicine>,
    /// Whether its codes and names agree.
    pub naming: Naming,
    /// Just chosen by the clinician (`selections` of order-select). Always true at order-sign.
    pub selected: bool,
}

/// How far the clinician is with the draft orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OrderStage {
    /// Choosing: orders are incomplete.
    #[default]
    Select,
    /// About to sign.
    Sign,
}
