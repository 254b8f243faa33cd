//! The tumour from the diagnoses: ICD-10 by longest prefix, ICD-O-3 topography, SNOMED CT by exact code. Secondary and
//! history codes never set it, and an organ without histology is an organ, not a tumour type.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::tumour::{Tumour, TumourClass};

use super::codes::{self, System};
use super::disease::is_distant_metastasis;
use super::wire::{Coding, Concept, Resource, concept, concepts, extensions};

/// Public tables of codes with the class of tumour that each stands for.
const TABLE: &str = include_str!("tumour_sites.tsv");

/// No code of ICD-10 or ICD-O-3 is longer without its dot.
const LONGEST_CODE: usize = 8;

static SITES: LazyLock<Sites> = LazyLock::new(Sites::read);

#[derive(Default)]
struct Sites {
    icd10: HashMap<&'static str, Site>,
    icd_o3: HashMap<&'static str, Site>,
    snomed: HashMap<&'static str, Site>,
}

/// What a code says of the tumour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Site {
    pub tumour: Tumour,
    pub class: TumourClass,
}

impl Sites {
    fn read() -> Self {
        let mut sites = Self::default();
        for line in TABLE.lines().skip(1) {
            let mut cells = line.split('\t');
            let (Some(tumour), Some(system), Some(code), Some(invasive)) =
                (cells.next(), cells.next(), cells.next(), cells.next())
            else {
                continue;
            };
            let Ok(tumour) = tumour.parse() else { continue };
            let class = match invasive {
                "yes" => TumourClass::Applicable,
                // no kind of these has a rule of its own: the tumour-agnostic rule asks for a solid tumour and no more
                "needs_morphology" if tumour == Tumour::OtherSolid => TumourClass::Applicable,
                "needs_morphology" => TumourClass::NeedsHistology,
                _ if is_in_situ(system, code) => TumourClass::InSituOnly,
                _ => TumourClass::NotCovered,
            };
            let site = Site { tumour, class };
            match system {
                "icd-10" => sites.icd10.insert(undotted(code), site),
                "icd-o-3" => sites.icd_o3.insert(undotted(code), site),
                _ => sites.snomed.insert(code, site),
            };
        }
        sites
    }
}

/// In situ neoplasms have a chapter of their own in ICD-10; the table marks other `no` rows as another class of tumour.
fn is_in_situ(system: &str, code: &str) -> bool {
    system == "icd-10" && code.starts_with("D0")
}

/// Codes of the table hold one dot at most; the maps are keyed without it.
fn undotted(code: &'static str) -> &'static str {
    match code.find('.') {
        None => code,
        Some(_) => Box::leak(code.replace('.', "").into_boxed_str()),
    }
}

/// The tumour of a Condition, unless the diagnosis was refuted or entered in error.
pub(super) fn of_condition(condition: &Resource<'_>) -> Option<Site> {
    if is_refuted(condition) {
        return None;
    }
    let code = concept(condition.code());
    let histologies = histologies(condition, &code);
    let body_site: Vec<Concept<'_>> = concepts(condition.body_site());
    let is_topography = |coding: &&Coding<'_>| codes::system(coding.system.as_deref()) == System::IcdO3;
    let by_topography = || body_site.iter().flat_map(|concept| &concept.coding).filter(is_topography);
    let named_place = by_topography().next().is_some() || code.coding.iter().any(|coding| is_topography(&coding));
    let elsewhere = named_place && is_of_a_metastasis(&code, &histologies);
    let sites = code.coding.iter().chain(by_topography()).filter(|coding| !(elsewhere && is_topography(coding)));
    let site = sites.filter_map(of_coding).max_by_key(|site| certainty(*site))?;
    Some(with_histology(site, &histologies))
}

/// A topography says where the tissue lay, which is not where a metastasis, or a tumour of the past, comes from.
fn is_of_a_metastasis(code: &Concept<'_>, histologies: &[String]) -> bool {
    let elsewhere = |coding: &Coding<'_>| {
        let icd10 = codes::system(coding.system.as_deref()) == System::Icd10;
        is_distant_metastasis(coding) || (icd10 && coding.code.as_deref().is_some_and(|code| is_no_origin(code.trim())))
    };
    code.coding.iter().any(elsewhere) || histologies.iter().any(|code| is_morphology(code) && code.ends_with("/6"))
}

/// Secondary tumours and those of the past.
fn is_no_origin(icd10: &str) -> bool {
    let starts_with = |start: &str| icd10.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start));
    ["C77", "C78", "C79", "Z85"].into_iter().any(starts_with)
}

/// A code that settles the class beats one that leaves it open.
const fn certainty(site: Site) -> u8 {
    match site.class {
        TumourClass::NeedsHistology => 0,
        TumourClass::Applicable | TumourClass::NotCovered | TumourClass::InSituOnly => 1,
    }
}

fn of_coding(coding: &Coding<'_>) -> Option<Site> {
    let code = coding.code.as_deref()?.trim();
    match codes::system(coding.system.as_deref()) {
        System::Icd10 => by_prefix(&SITES.icd10, code),
        System::IcdO3 => by_prefix(&SITES.icd_o3, code),
        System::Snomed => SITES.snomed.get(code).copied(),
        _ => None,
    }
}

/// Upper case, without the dot, longest prefix first. Secondary, unspecified and history codes are in no table.
fn by_prefix(table: &HashMap<&'static str, Site>, code: &str) -> Option<Site> {
    let plain: String = code.chars().filter(|c| *c != '.').map(|c| c.to_ascii_uppercase()).collect();
    if !plain.is_ascii() || plain.starts_with("C80") || is_no_origin(&plain) {
        return None;
    }
    (3..=plain.len().min(LONGEST_CODE)).rev().find_map(|length| table.get(&plain[..length])).copied()
}

/// The diagnosis was refuted or entered in error.
pub(super) fn is_refuted(condition: &Resource<'_>) -> bool {
    says(&concept(condition.verification_status()), &["refuted", "entered-in-error"])
}

/// The diagnosis is not made yet.
pub(super) fn is_in_doubt(condition: &Resource<'_>) -> bool {
    says(&concept(condition.verification_status()), &["unconfirmed", "provisional", "differential"])
}

/// Inactive and resolved diagnoses give way to active ones; a remission is still the tumour that was tested.
pub(super) fn is_over(condition: &Resource<'_>) -> bool {
    says(&concept(condition.clinical_status()), &["inactive", "resolved"])
}

/// Does a code of `concept`, or the bare word that STU3 sent in its place, stand among `words`?
pub(super) fn says(concept: &Concept<'_>, words: &[&str]) -> bool {
    let codes = concept.coding.iter().filter_map(|coding| coding.code.as_deref());
    codes.chain(concept.text.as_deref()).any(|said| words.iter().any(|word| said.trim().eq_ignore_ascii_case(word)))
}

/// ICD-O-3 morphologies (`8500/3`) of the Condition: the mCODE extension on resource or code, or a coding beside the others.
pub(super) fn histologies(condition: &Resource<'_>, code: &Concept<'_>) -> Vec<String> {
    const EXTENSION: &str = "mcode-histology-morphology-behavior";
    let own = code.coding.iter().filter_map(|coding| coding.code.as_deref()).filter(|code| is_morphology(code));
    let mut found: Vec<String> = own.map(str::to_owned).collect();
    for extension in extensions(condition.extension(), EXTENSION) {
        let concept = concept(extension.value_codeable_concept());
        found.extend(concept.coding.iter().filter_map(|coding| coding.code.as_deref()).map(str::to_owned));
    }
    found
}

fn is_morphology(code: &str) -> bool {
    let bytes = code.as_bytes();
    bytes.len() == 6 && bytes[4] == b'/' && bytes[..4].iter().all(u8::is_ascii_digit)
}

/// Lets a morphology settle what the site leaves open: behaviour in situ or invasive, and the class of tumour.
fn with_histology(site: Site, histologies: &[String]) -> Site {
    let Some(morphology) = histologies.iter().find(|code| is_morphology(code)) else {
        let known = histologies.iter().find_map(|code| snomed_histology(code));
        return match (site.class, known) {
            (TumourClass::NeedsHistology, Some(class)) => Site { class, ..site },
            _ => site,
        };
    };
    let class = match (&morphology[..4], &morphology[5..]) {
        (_, "2") => TumourClass::InSituOnly,
        (kind, _) if is_no_carcinoma(kind) || is_other_carcinoma(kind, site.tumour) => TumourClass::NotCovered,
        ("8070", _) if matches!(site.tumour, Tumour::Gastroesophageal) => TumourClass::NotCovered,
        ("8140" | "8144" | "8145" | "8490" | "8500" | "8520", "3" | "6") => TumourClass::Applicable,
        ("8070", "3" | "6") => TumourClass::Applicable,
        _ => site.class,
    };
    Site { class, ..site }
}

/// Sarcomas, melanomas, lymphomas, germ cell and stromal tumours of the organ: no rule of an organ speaks of them, whatever its
/// code (guide 5 and 6 speak of carcinomas). ICD-O-3 numbers epithelial tumours up to 8579; what lies behind and is a carcinoma
/// is listed: carcinosarcoma, mixed Muellerian and mesonephric tumours, carcinoma in an adenofibroma.
fn is_no_carcinoma(kind: &str) -> bool {
    kind >= "8580"
        && !matches!(kind, "8940" | "8941" | "8950" | "8951" | "8980" | "8981" | "8982" | "9014" | "9015" | "9110")
}

/// Small cell and neuroendocrine carcinomas and islet cell tumours; hepatocellular carcinoma is none of the bile ducts.
fn is_other_carcinoma(kind: &str, tumour: Tumour) -> bool {
    let neuroendocrine = ["8013"..="8013", "8041"..="8045", "8150"..="8156", "8240"..="8249"];
    let hepatocellular = tumour == Tumour::Biliary && ("8170"..="8175").contains(&kind);
    hepatocellular || neuroendocrine.iter().any(|kinds| kinds.contains(&kind))
}

/// Adenocarcinoma and its common kinds as SNOMED morphologies, as mCODE sends them.
fn snomed_histology(code: &str) -> Option<TumourClass> {
    match code {
        "35917007" | "82711006" | "89740008" | "1187332001" => Some(TumourClass::Applicable),
        _ => None,
    }
}

/// Does any item of `body_site` lie outside the organ of the primary, inside it, or is it not known?
pub(super) fn lies(body_site: &[Concept<'_>], tumour: Tumour) -> crate::domain::specimen::Site {
    use crate::domain::specimen::Site as Where;
    let mut result = Where::Unknown;
    for coding in body_site.iter().flat_map(|concept| &concept.coding) {
        let Some(code) = coding.code.as_deref() else { continue };
        match organ(code) {
            Some(organ) if organ.is_organ_of(tumour) => return Where::Primary,
            Some(_) => result = Where::Metastatic,
            None => {}
        }
    }
    result
}

/// The tumour in whose organ tissue lay, as far as that names a primary: the breast with its axilla, the stomach, or a
/// topography of ICD-O-3. Lungs, ovaries, liver, bones and brain are where other cancers go, so they name none (*policy*).
pub(super) fn organ_of_primary(body_site: &[Concept<'_>]) -> Option<Tumour> {
    let named = |coding: &Coding<'_>| match organ(coding.code.as_deref()?) {
        Some(Organ::Breast | Organ::AxillaryNode) => Some(Tumour::Breast),
        Some(Organ::Stomach) => Some(Tumour::Gastroesophageal),
        Some(_) => None,
        None if codes::system(coding.system.as_deref()) == System::IcdO3 => {
            let tumour = of_coding(coding)?.tumour;
            let takes_metastases = matches!(tumour, Tumour::Lung | Tumour::Ovarian | Tumour::OtherSolid);
            (!takes_metastases).then_some(tumour)
        }
        None => None,
    };
    body_site.iter().flat_map(|concept| &concept.coding).find_map(named)
}

/// The first organ that a body site names.
pub(super) fn organ_of(body_site: &[Concept<'_>]) -> Option<Organ> {
    body_site.iter().flat_map(|concept| &concept.coding).find_map(|coding| organ(coding.code.as_deref()?))
}

/// Organs of specimens that decide between primary and metastasis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Organ {
    Breast,
    AxillaryNode,
    Liver,
    Bone,
    Lung,
    Brain,
    Skin,
    Stomach,
    Ovary,
    Peritoneum,
}

fn organ(code: &str) -> Option<Organ> {
    Some(match code {
        "76752008" | "80248007" | "73056007" | "63762007" => Organ::Breast,
        "68171009" | "245269009" => Organ::AxillaryNode,
        "10200004" => Organ::Liver,
        "272673000" => Organ::Bone,
        "39607008" | "3341006" | "44029006" => Organ::Lung,
        "12738006" => Organ::Brain,
        "39937001" => Organ::Skin,
        "69695003" => Organ::Stomach,
        "15497006" | "43981004" | "20837000" => Organ::Ovary,
        "15425007" => Organ::Peritoneum,
        _ => return None,
    })
}

impl Organ {
    /// The organ of the primary, or its regional nodes.
    const fn is_organ_of(self, tumour: Tumour) -> bool {
        matches!(
            (self, tumour),
            (Self::Breast | Self::AxillaryNode, Tumour::Breast)
                | (Self::Stomach, Tumour::Gastroesophageal)
                | (Self::Lung, Tumour::Lung)
                | (Self::Ovary, Tumour::Ovarian)
        )
    }
}

/// The tumours of several Conditions taken together: one primary, or unknown where two differ.
pub(super) fn together(sites: &[Site]) -> Site {
    let none = Site { tumour: Tumour::Unknown, class: TumourClass::Applicable };
    let Some(first) = sites.first() else { return none };
    let known: Vec<&Site> = sites.iter().filter(|site| site.tumour != Tumour::Unknown).collect();
    if known.iter().any(|site| site.tumour != known[0].tumour) {
        return none;
    }
    // an invasive diagnosis beside an in situ one is what counts
    let best = |class| known.iter().find(|site| site.class == class).map(|site| **site);
    best(TumourClass::Applicable)
        .or_else(|| best(TumourClass::NotCovered))
        .or_else(|| best(TumourClass::NeedsHistology))
        .or_else(|| best(TumourClass::InSituOnly))
        .unwrap_or(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_of_the_table_is_longer_than_what_is_compared() {
        assert!(SITES.icd10.keys().chain(SITES.icd_o3.keys()).all(|code| code.len() <= LONGEST_CODE));
    }
}
