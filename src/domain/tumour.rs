//! The tumour a HER2 test belongs to. Every rule is chosen by it, and there is no default rule.

use super::words::vocabulary;

vocabulary! {
    /// Primary tumour, in the words of the contract.
    #[derive(Default)]
    Tumour, "tumour" {
        Breast = "breast",
        /// Adenocarcinoma of stomach, junction and oesophagus.
        Gastroesophageal = "gastroesophageal",
        Ovarian = "ovarian",
        Endometrial = "endometrial",
        Colorectal = "colorectal",
        Biliary = "biliary",
        Lung = "lung",
        Urothelial = "urothelial",
        Cervical = "cervical",
        Pancreatic = "pancreatic",
        Salivary = "salivary",
        OtherSolid = "other_solid",
        /// The record does not say, or says two things.
        #[default]
        Unknown = "unknown",
    }
}

/// What the diagnosis says about the kind of tumour in that organ, beyond the organ itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TumourClass {
    /// A malignant tumour of a kind to which the HER2 rules of the site apply.
    #[default]
    Applicable,
    /// The organ is known, the kind is not (a topography code, oesophagus or lung without histology): the tumour type
    /// has to be obtained before a rule can be chosen.
    NeedsHistology,
    /// Another kind of tumour of that organ (neuroendocrine, small cell, squamous of the oesophagus): no HER2 rule.
    NotCovered,
    /// Only in situ disease is coded.
    InSituOnly,
}
