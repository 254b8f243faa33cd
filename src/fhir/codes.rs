//! What a code means. Every code here was seen in an official or licensed published source unless its line says "from
//! memory"; a code under the wrong system is not that code, and a display alone decides nothing.

use crate::domain::evidence::ExcludedWhy;
use crate::domain::ihc::IhcScore;

use super::marker_codes::{self, Marker};
use super::wire::Coding;

/// A code system, recognised through its many spellings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    Loinc,
    Snomed,
    Icd10,
    IcdO3,
    Genenames,
    CapEcc,
    Her2Detail,
    Interpretation,
    DataAbsentReason,
    SpecimenType,
    MiiObds,
    MiiGuideline,
    MiiIhcScore,
    LithuaniaIhcScore,
    LithuaniaFish,
    RxNorm,
    Atc,
    NciThesaurus,
    /// Stages of the American Joint Committee on Cancer.
    Ajcc,
    /// No system was sent.
    Missing,
    /// A local or unknown system.
    Other,
}

/// Recognises a system: blanks, case, trailing slash, http or https, the word, the OID and SNOMED versions do not matter.
pub(super) fn system(sent: Option<&str>) -> System {
    // the spellings of nearly all senders
    match sent {
        Some("http://loinc.org") => System::Loinc,
        Some("http://snomed.info/sct") => System::Snomed,
        Some("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation") => System::Interpretation,
        sent => any_spelling(sent),
    }
}

fn any_spelling(sent: Option<&str>) -> System {
    let Some(sent) = sent.map(str::trim).filter(|sent| !sent.is_empty()) else { return System::Missing };
    let bare = sent.trim_end_matches('/');
    let bare = ["https://", "http://", "urn:oid:"].iter().find_map(|prefix| strip_case(bare, prefix)).unwrap_or(bare);
    let is = |name: &str| bare.eq_ignore_ascii_case(name);
    if is("loinc.org") || is("loinc") || is("2.16.840.1.113883.6.1") {
        System::Loinc
    } else if strip_case(bare, "snomed.info/sct").is_some() || is("2.16.840.1.113883.6.96") {
        System::Snomed
    } else if is("hl7.org/fhir/sid/icd-10-cm")
        || is("hl7.org/fhir/sid/icd-10")
        || is("fhir.de/CodeSystem/bfarm/icd-10-gm")
        || is("2.16.840.1.113883.6.90")
        || is("2.16.840.1.113883.6.3")
    {
        System::Icd10
    } else if is("terminology.hl7.org/CodeSystem/icd-o-3")
        || is("2.16.840.1.113883.6.43.1")
        || is("hl7.org/fhir/sid/icd-o-3")
        || is("hl7.org/fhir/sid/icd-o-3-topo")
        || is("hl7.org/fhir/sid/icd-o-3-morph")
    {
        System::IcdO3
    } else if is("www.genenames.org") || is("www.genenames.org/geneId") {
        System::Genenames
    } else if is("cap.org/eCC") || is("capecc") {
        System::CapEcc
    } else if is("fhir.herald-cds.org/CodeSystem/her2-detail") {
        System::Her2Detail
    } else if is("terminology.hl7.org/CodeSystem/v3-ObservationInterpretation")
        || is("hl7.org/fhir/v2/0078")
        || is("terminology.hl7.org/CodeSystem/v2-0078")
    {
        System::Interpretation
    } else if is("terminology.hl7.org/CodeSystem/data-absent-reason") || is("hl7.org/fhir/data-absent-reason") {
        System::DataAbsentReason
    } else if is("terminology.hl7.org/CodeSystem/v2-0487") {
        System::SpecimenType
    } else if ends_with_case(bare, "/mii-cs-onko-mamma-her2neu-status-obds") {
        System::MiiObds
    } else if ends_with_case(bare, "/mii-cs-onko-mamma-her2neu-status-leitlinie") {
        System::MiiGuideline
    } else if ends_with_case(bare, "/mii-cs-mtb-her2-ihc-score") {
        System::MiiIhcScore
    } else if is("www.nlm.nih.gov/research/umls/rxnorm") || is("rxnorm") || is("2.16.840.1.113883.6.88") {
        System::RxNorm
    } else if is("www.whocc.no/atc")
        || is("fhir.de/CodeSystem/bfarm/atc")
        || is("fhir.de/CodeSystem/dimdi/atc")
        || is("2.16.840.1.113883.6.73")
    {
        System::Atc
    } else if is("ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl") {
        System::NciThesaurus
    } else if is("cancerstaging.org") {
        System::Ajcc
    } else if is("tx.hl7.lt/fhir/CodeSystem/her2-ihc-score") {
        System::LithuaniaIhcScore
    } else if is("tx.hl7.lt/fhir/CodeSystem/her2-fish-result") {
        System::LithuaniaFish
    } else {
        System::Other
    }
}

fn strip_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn ends_with_case(text: &str, end: &str) -> bool {
    text.len().checked_sub(end.len()).and_then(|at| text.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// What an Observation or component with this code is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Ihc,
    /// Tissue immunoassay that some sites misuse for IHC: read only where the value is a score.
    IhcOnlyWithScore,
    /// A procedure code used as a test code: read only with a score.
    IhcProcedure,
    /// A procedure code used as a test code: read only with a result.
    IshProcedure,
    /// Generic: HER2 only beside a gene component.
    GenericIhc,
    /// Generic: HER2 only beside a gene component.
    GenericIsh,
    /// Percent of stained cells, whatever the staining.
    Percent,
    /// Percent of cells with uniform intense staining, which senders use for stained cells in general. A 0 of it says nothing of
    /// faint staining: it is never a 0 % of [`Test::Percent`].
    IntensePercent,
    IshResult,
    Ratio,
    Her2Copies,
    Cep17Copies,
    Cells,
    Panel,
    Overall,
    Narrative,
    Refused(ExcludedWhy),
    Detail(Detail),
    /// Gene studied (LOINC 48018-6), as a component.
    GeneStudied,
    Marker(Marker),
}

/// Details without a LOINC code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    MembranePattern,
    StainingIntensity,
    ClusterCells,
    PercentCellsRatioGe2,
    Probe,
    ScoringSystem,
    ObserverBlinded,
    ComponentInvasive,
}

/// The meaning of one coding as a test code.
pub(super) fn test(coding: &Coding<'_>) -> Option<Test> {
    let code = coding.code.as_deref()?.trim();
    match system(coding.system.as_deref()) {
        System::Loinc | System::Missing => loinc_test(code),
        System::Snomed => match code {
            "433114000" => Some(Test::IhcProcedure),
            "434363004" => Some(Test::IshProcedure),
            // from memory
            "3550001000004108" => Some(Test::IhcProcedure),
            "1234806008" => Some(Test::GenericIhc),
            "51864006" => Some(Test::GenericIsh),
            _ => marker_codes::snomed(code).map(Test::Marker),
        },
        System::NciThesaurus => marker_codes::nci_thesaurus(code).map(Test::Marker),
        System::CapEcc => match code {
            "52399.100004300" => Some(Test::Ihc),
            "43789.100004300" | "36944.100004300" => Some(Test::Refused(ExcludedWhy::Unreadable)),
            _ => None,
        },
        System::Her2Detail => detail(code),
        _ => None,
    }
}

fn loinc_test(code: &str) -> Option<Test> {
    Some(match code {
        "18474-7" | "85319-2" => Test::Ihc,
        "85328-3" => Test::IntensePercent,
        "31150-6" | "85318-4" | "96893-3" | "48675-3" => Test::IshResult,
        "49683-6" => Test::Ratio,
        "74860-8" => Test::Her2Copies,
        "74861-6" => Test::Cep17Copies,
        "62361-1" => Test::Cells,
        "74885-5" => Test::Panel,
        "48676-1" => Test::Overall,
        "22637-3" | "60568-3" | "22638-1" => Test::Narrative,
        // serum
        "32996-1" | "42914-2" | "51981-9" => Test::Refused(ExcludedWhy::NotTissue),
        // an assay unit, never a score; and three whose meaning is not checked
        "72382-5" | "42783-1" | "104279-5" | "109336-8" => Test::Refused(ExcludedWhy::Unreadable),
        "72383-3" => Test::IhcOnlyWithScore,
        // TOP2A/CEP17, and a summary of three markers
        "63068-1" | "21924-6" => Test::Refused(ExcludedWhy::NotHer2),
        "48018-6" => Test::GeneStudied,
        _ => return marker_codes::loinc(code).map(Test::Marker),
    })
}

fn detail(code: &str) -> Option<Test> {
    Some(match code {
        "percent-stained" => Test::Percent,
        "membrane-pattern" => Test::Detail(Detail::MembranePattern),
        "staining-intensity" => Test::Detail(Detail::StainingIntensity),
        "cluster-cells" => Test::Detail(Detail::ClusterCells),
        "percent-cells-ratio-ge-2" => Test::Detail(Detail::PercentCellsRatioGe2),
        "probe" => Test::Detail(Detail::Probe),
        "scoring-system" => Test::Detail(Detail::ScoringSystem),
        "observer-blinded" => Test::Detail(Detail::ObserverBlinded),
        "component-invasive" => Test::Detail(Detail::ComponentInvasive),
        _ => return None,
    })
}

/// A word of the laboratory, before it is known which test it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    Positive,
    Negative,
    Equivocal,
    Indeterminate,
    Low,
    Ultralow,
}

/// What a coded answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Score(IhcScore),
    Word(Word),
    /// Known to be no score and no status (mixed, 4+, borderline signals): shown, not read.
    NotAScore,
    /// Present or absent antigen: neither a score nor a status.
    NoStatus,
    NotTested,
}

/// The meaning of one coding as an answer; None if the code is not known.
pub(super) fn answer(coding: &Coding<'_>) -> Option<Answer> {
    let code = coding.code.as_deref()?.trim();
    let word = |word| Some(Answer::Word(word));
    let score = |score| Some(Answer::Score(score));
    match system(coding.system.as_deref()) {
        System::Loinc | System::Missing => loinc_answer(code),
        System::Snomed => snomed_answer(code),
        System::CapEcc => match code {
            "40505.100004300" => score(IhcScore::Zero),
            "57817.100004300" => score(IhcScore::OnePlus),
            _ => None,
        },
        System::MiiObds => match code {
            "P" => word(Word::Positive),
            "N" => word(Word::Negative),
            "U" => Some(Answer::NotTested),
            _ => None,
        },
        System::MiiGuideline => match code {
            "positiv" => word(Word::Positive),
            "negativ" => word(Word::Negative),
            "equivocal" => word(Word::Equivocal),
            "low" => word(Word::Low),
            "ultralow" => word(Word::Ultralow),
            _ => None,
        },
        System::MiiIhcScore | System::LithuaniaIhcScore => plain_score(code).map(Answer::Score),
        System::LithuaniaFish => match code {
            "amplified" => word(Word::Positive),
            "negative" => word(Word::Negative),
            "not-evaluated" => Some(Answer::NotTested),
            _ => Some(Answer::NotAScore),
        },
        System::Interpretation => interpretation(code).map(Answer::Word),
        _ => None,
    }
}

fn loinc_answer(code: &str) -> Option<Answer> {
    Some(match code {
        "LA6111-4" => Answer::Score(IhcScore::Zero),
        "LA11841-6" => Answer::Score(IhcScore::OnePlus),
        "LA11842-4" => Answer::Score(IhcScore::TwoPlus),
        "LA11843-2" => Answer::Score(IhcScore::ThreePlus),
        "LA11884-6" => Answer::Score(IhcScore::Indeterminate),
        "LA11840-8" | "LA11844-0" | "LA26333-6" => Answer::NotAScore,
        "LA6576-8" => Answer::Word(Word::Positive),
        "LA6577-6" => Answer::Word(Word::Negative),
        // from memory
        "LA11885-3" => Answer::Word(Word::Equivocal),
        "LA9633-4" | "LA9634-2" => Answer::NoStatus,
        "LA13538-6" => Answer::NotTested,
        _ => return None,
    })
}

/// Codes are enumerated: through the hierarchy low and ultralow would count as amplified.
fn snomed_answer(code: &str) -> Option<Answer> {
    Some(match code {
        "10828004" | "427685000" | "878807001" => Answer::Word(Word::Positive),
        // 431396003 is HER2-negative breast carcinoma, whatever label travels with it
        "260385009" | "431396003" | "767444009" => Answer::Word(Word::Negative),
        // the second from memory
        "280414007" | "42425007" => Answer::Word(Word::Equivocal),
        // from memory
        "82334004" => Answer::Word(Word::Indeterminate),
        "52101004" | "2667000" => Answer::NoStatus,
        "416237000" => Answer::NotTested,
        // from memory
        "260347006" => Answer::Score(IhcScore::OnePlus),
        "260348001" => Answer::Score(IhcScore::TwoPlus),
        "260349009" => Answer::Score(IhcScore::ThreePlus),
        // the first from memory
        "1381317004" => Answer::Word(Word::Low),
        "1381318009" => Answer::Word(Word::Ultralow),
        "706970001" => Answer::NotAScore,
        _ => return None,
    })
}

/// Interpretation codes that carry a category; A, N, H, L, DET and ND carry none.
pub(super) fn interpretation(code: &str) -> Option<Word> {
    Some(match code {
        "POS" => Word::Positive,
        "NEG" => Word::Negative,
        "E" => Word::Equivocal,
        "IND" => Word::Indeterminate,
        _ => return None,
    })
}

/// `0` to `3`, with or without a plus.
pub(super) fn plain_score(text: &str) -> Option<IhcScore> {
    Some(match text.trim() {
        "0" => IhcScore::Zero,
        "1" | "1+" => IhcScore::OnePlus,
        "2" | "2+" => IhcScore::TwoPlus,
        "3" | "3+" => IhcScore::ThreePlus,
        _ => return None,
    })
}

/// HER2 by one of its names, in text that is compared without case.
pub(super) fn names_her2(text: &str) -> bool {
    let begins = |three: &[u8]| three.eq_ignore_ascii_case(b"her") || three.eq_ignore_ascii_case(b"erb");
    if !text.as_bytes().windows(3).any(begins) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    ["her2", "her-2", "her 2", "erbb2", "erbb-2", "cerbb2", "cerbb-2", "erb-b2"]
        .iter()
        .any(|name| stands_alone(&lower, name))
}

/// "other 2" and "her 20th week" hold the letters and are another thing; "c-erbB2", "HER2neu" and "HER2_IHC" are HER2.
fn stands_alone(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let glued = text[..at].ends_with(|c: char| c.is_alphabetic());
        let longer_number = text[at + name.len()..].starts_with(|c: char| c.is_ascii_digit());
        !glued && !longer_number
    })
}
