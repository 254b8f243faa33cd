//! What is known of a piece of tissue: how it was taken, from where, and by which system it was scored.

use super::words::vocabulary;

vocabulary! {
    /// How the tissue was taken; gastric scoring depends on it. Never guessed from a score.
    SpecimenKind, "kind of specimen" {
        Biopsy = "biopsy",
        Resection = "resection",
        Unknown = "unknown",
    }
}

vocabulary! {
    /// The IHC scoring system.
    Scoring, "scoring system" {
        Breast = "breast",
        Gastric = "gastric",
        /// The system of NCT01367002.
        EndometrialTrial = "endometrial_trial",
        /// Valtorta 2015, doi 10.1038/modpathol.2015.98.
        Heracles = "heracles",
        PathwayBtc = "pathway_btc",
        Unknown = "unknown",
    }
}

/// Where the tissue lay, seen from the primary tumour. Regional nodes count with the primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Site {
    /// The organ of the primary tumour, or its regional nodes.
    Primary,
    /// Outside the organ of the primary tumour.
    Metastatic,
    /// The record does not say.
    Unknown,
}

vocabulary! {
    /// Which of two breast cancers a specimen belongs to. Stated only where a record holds both sides: results of one primary
    /// say nothing of the other.
    Side, "side" {
        Left = "left",
        Right = "right",
        /// Both sides are on record, and not which of them this specimen comes from.
        NotKnown = "not_known",
    }
}
