//! Codes of the results beside HER2 that rules and labels ask about. Each was seen in a published source unless its line says
//! otherwise.

/// Results beside HER2 that rules and labels ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    ReceptorEr,
    ReceptorPr,
    /// KRAS and NRAS together.
    Ras,
    /// KRAS alone: a mutation settles RAS, its absence leaves NRAS open.
    Kras,
    Variant,
    /// PD-L1 by immunohistochemistry; its combined positive score may stand in a component.
    PdL1,
    CombinedPositiveScore,
    EjectionFraction,
    PregnancyTest,
    StageGroup,
    MetastasisCategory,
    /// Trend of the disease: better, stable, worse.
    DiseaseStatus,
}

pub(super) fn loinc(code: &str) -> Option<Marker> {
    Some(match code {
        "16112-5" | "85337-4" | "40556-3" => Marker::ReceptorEr,
        "16113-3" | "85339-0" | "40557-1" => Marker::ReceptorPr,
        "81420-2" => Marker::Ras,
        "21702-6" | "85509-8" | "53620-1" | "75974-6" | "82535-6" => Marker::Kras,
        "69548-6" | "81252-9" => Marker::Variant,
        "83052-1" => Marker::PdL1,
        // seen in one comment only
        "105305-7" => Marker::CombinedPositiveScore,
        "10230-1" | "18043-0" | "8806-2" | "8807-0" | "18047-1" | "18046-3" | "79991-6" | "77892-8" | "79990-8"
        | "18045-5" | "8811-2" | "8812-0" | "8810-4" | "8808-8" => Marker::EjectionFraction,
        // the last three from memory
        "2110-5" | "2112-1" | "2106-3" | "2118-8" | "82810-3" => Marker::PregnancyTest,
        "21908-9" | "21902-2" | "21914-7" => Marker::StageGroup,
        "21907-1" | "21901-4" | "21913-9" => Marker::MetastasisCategory,
        "97509-4" => Marker::DiseaseStatus,
        _ => return None,
    })
}

pub(super) fn snomed(code: &str) -> Option<Marker> {
    Some(match code {
        "399390009" | "399537006" | "399588009" => Marker::StageGroup,
        "277208005" | "399387003" | "371497001" => Marker::MetastasisCategory,
        _ => return None,
    })
}

pub(super) fn nci_thesaurus(code: &str) -> Option<Marker> {
    (code == "C176582").then_some(Marker::CombinedPositiveScore)
}
