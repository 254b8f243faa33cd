//! Other results and treatment that rules and labels ask about. None always means "the record does not say".

use super::words::vocabulary;

vocabulary! {
    /// RAS (KRAS and NRAS) status of a colorectal cancer.
    Ras, "RAS status" {
        WildType = "wild_type",
        Mutant = "mutant",
    }
}

vocabulary! {
    /// ERBB2 mutation by sequencing: another biomarker than the protein, and never an ISH result.
    Erbb2Mutation, "ERBB2 mutation status" {
        /// Activating, in the kinase domain.
        KinaseDomainActivating = "tkd_activating",
        /// Activating, outside the kinase domain, or domain not known.
        Activating = "activating",
        /// Tested, none found.
        Negative = "negative",
    }
}

vocabulary! {
    /// Oestrogen and progesterone receptors taken together: positive if either is.
    HormoneReceptor, "hormone receptor status" {
        Positive = "positive",
        Negative = "negative",
    }
}

/// What the record shows beside HER2.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// RAS status.
    pub ras: Option<Ras>,
    /// ERBB2 mutation status.
    pub erbb2_mutation: Option<Erbb2Mutation>,
    /// Hormone receptor status.
    pub hormone_receptor: Option<HormoneReceptor>,
}
