//! The medicines that HER2 decisions turn on: those that are directed at HER2, and the partners that labels name.
//!
//! Trastuzumab, trastuzumab emtansine and trastuzumab deruxtecan are three medicines: nothing here may take one for another.

use super::words::vocabulary;

vocabulary! {
    /// One medicine, or one class where labels ask for no more than the class.
    Medicine, "medicine" {
        /// With its biosimilars and its subcutaneous form.
        Trastuzumab = "trastuzumab",
        Pertuzumab = "pertuzumab",
        /// T-DM1.
        TrastuzumabEmtansine = "trastuzumab_emtansine",
        /// T-DXd.
        TrastuzumabDeruxtecan = "trastuzumab_deruxtecan",
        Margetuximab = "margetuximab",
        Lapatinib = "lapatinib",
        Neratinib = "neratinib",
        Tucatinib = "tucatinib",
        Zanidatamab = "zanidatamab",
        Zongertinib = "zongertinib",
        Sevabertinib = "sevabertinib",
        Pembrolizumab = "pembrolizumab",
        /// Docetaxel, paclitaxel, its albumin-bound form.
        Taxane = "taxane",
        Anthracycline = "anthracycline",
        /// Fluorouracil, capecitabine, tegafur combinations.
        Fluoropyrimidine = "fluoropyrimidine",
        Oxaliplatin = "oxaliplatin",
        Irinotecan = "irinotecan",
        /// Cisplatin, carboplatin.
        OtherPlatinum = "other_platinum",
        OtherChemotherapy = "other_chemotherapy",
        /// Antioestrogens and aromatase inhibitors. Ovarian suppression has other uses too, so it is not counted.
        EndocrineTherapy = "endocrine_therapy",
    }
}

impl Medicine {
    /// The international name, or the class, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trastuzumab => "trastuzumab",
            Self::Pertuzumab => "pertuzumab",
            Self::TrastuzumabEmtansine => "trastuzumab emtansine",
            Self::TrastuzumabDeruxtecan => "trastuzumab deruxtecan",
            Self::Margetuximab => "margetuximab",
            Self::Lapatinib => "lapatinib",
            Self::Neratinib => "neratinib",
            Self::Tucatinib => "tucatinib",
            Self::Zanidatamab => "zanidatamab",
            Self::Zongertinib => "zongertinib",
            Self::Sevabertinib => "sevabertinib",
            Self::Pembrolizumab => "pembrolizumab",
            Self::Taxane => "taxane",
            Self::Anthracycline => "anthracycline",
            Self::Fluoropyrimidine => "fluoropyrimidine",
            Self::Oxaliplatin => "oxaliplatin",
            Self::Irinotecan => "irinotecan",
            Self::OtherPlatinum => "other platinum",
            Self::OtherChemotherapy => "other chemotherapy",
            Self::EndocrineTherapy => "endocrine therapy",
        }
    }

    /// Is HER2 (the protein, or the mutated kinase) its target?
    #[must_use]
    pub const fn is_her2_directed(self) -> bool {
        match self {
            Self::Trastuzumab
            | Self::Pertuzumab
            | Self::TrastuzumabEmtansine
            | Self::TrastuzumabDeruxtecan
            | Self::Margetuximab
            | Self::Lapatinib
            | Self::Neratinib
            | Self::Tucatinib
            | Self::Zanidatamab
            | Self::Zongertinib
            | Self::Sevabertinib => true,
            Self::Pembrolizumab
            | Self::Taxane
            | Self::Anthracycline
            | Self::Fluoropyrimidine
            | Self::Oxaliplatin
            | Self::Irinotecan
            | Self::OtherPlatinum
            | Self::OtherChemotherapy
            | Self::EndocrineTherapy => false,
        }
    }

    /// Cytotoxic chemotherapy. A conjugate is counted by its target, not by its payload.
    #[must_use]
    pub const fn is_chemotherapy(self) -> bool {
        matches!(
            self,
            Self::Taxane
                | Self::Anthracycline
                | Self::Fluoropyrimidine
                | Self::Oxaliplatin
                | Self::Irinotecan
                | Self::OtherPlatinum
                | Self::OtherChemotherapy
        )
    }

    /// Systemic treatment as labels of later lines mean it: endocrine therapy alone is not counted.
    #[must_use]
    pub const fn is_systemic(self) -> bool {
        !matches!(self, Self::EndocrineTherapy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn those(is: impl Fn(Medicine) -> bool) -> Vec<&'static str> {
        Medicine::ALL.iter().filter(|medicine| is(**medicine)).map(|medicine| medicine.as_str()).collect()
    }

    #[test]
    fn medicines_directed_at_her2_are_antibodies_conjugates_and_kinase_inhibitors_of_her2() {
        assert_eq!(
            those(Medicine::is_her2_directed),
            [
                "trastuzumab",
                "pertuzumab",
                "trastuzumab_emtansine",
                "trastuzumab_deruxtecan",
                "margetuximab",
                "lapatinib",
                "neratinib",
                "tucatinib",
                "zanidatamab",
                "zongertinib",
                "sevabertinib",
            ]
        );
    }

    #[test]
    fn a_conjugate_pembrolizumab_and_endocrine_therapy_are_no_chemotherapy() {
        assert_eq!(
            those(Medicine::is_chemotherapy),
            [
                "taxane",
                "anthracycline",
                "fluoropyrimidine",
                "oxaliplatin",
                "irinotecan",
                "other_platinum",
                "other_chemotherapy",
            ]
        );
    }

    #[test]
    fn endocrine_therapy_alone_is_no_systemic_treatment_of_a_later_line() {
        assert_eq!(those(|medicine| !medicine.is_systemic()), ["endocrine_therapy"]);
    }

    #[test]
    fn the_three_medicines_with_trastuzumab_in_their_name_are_named_apart() {
        let named = |word: &str| {
            let medicine: Medicine = word.parse().unwrap();
            medicine.name()
        };
        assert_eq!(named("trastuzumab"), "trastuzumab");
        assert_eq!(named("trastuzumab_emtansine"), "trastuzumab emtansine");
        assert_eq!(named("trastuzumab_deruxtecan"), "trastuzumab deruxtecan");
        assert!(Medicine::ALL.iter().all(|medicine| medicine.name() == medicine.as_str().replace('_', " ")));
    }
}
