//! Eight recruiting trials with HER2 criteria, so that a first card has trials to name.
//!
//! Facts of the public register ClinicalTrials.gov as posted in January 2026: status, which HER2 result and which
//! setting the posted criteria ask for, and what else they ask for that Herald does not evaluate. A sample, curated by one person and not
//! reviewed by a clinician; other criteria exist in each trial.

use crate::domain::tumour::Tumour;
use crate::trials::{Cohort, Her2Criterion, Need, RecruitmentStatus, SettingCriterion};

/// Where the sample comes from, to be said wherever it is shown.
pub const SAMPLE_SOURCE: &str = "ClinicalTrials.gov, as posted in January 2026";
const READ_IN: &str = "2026-01";

const QUESTION: u8 = 1;
const LABORATORY: u8 = 2;
const IMAGING: u8 = 3;
const STORED_TISSUE: u8 = 4;
const ADVANCED: Option<SettingCriterion> = Some(SettingCriterion::Advanced);

struct Sample {
    nct: &'static str,
    cohort: &'static str,
    title: &'static str,
    tumours: &'static [Tumour],
    her2: Her2Criterion,
    setting: Option<SettingCriterion>,
    needs: &'static [(&'static str, u8)],
}

/// The cohorts of the sample.
#[must_use]
pub fn sample_trials() -> Vec<Cohort> {
    SAMPLE
        .iter()
        .map(|sample| Cohort {
            nct: sample.nct.into(),
            cohort: sample.cohort.into(),
            title: sample.title.into(),
            tumours: sample.tumours.to_vec(),
            her2: sample.her2,
            setting: sample.setting,
            status: RecruitmentStatus::Recruiting,
            verified: READ_IN.into(),
            needs: sample.needs.iter().map(|(what, cost)| Need { what: (*what).into(), cost: *cost }).collect(),
        })
        .collect()
}

use Tumour::{Biliary, Breast, Colorectal, Endometrial, Gastroesophageal, Pancreatic, Salivary};

const SAMPLE: &[Sample] = &[
    // Amplification without expression is accepted too; the criterion used here is the narrower one.
    Sample {
        nct: "NCT04704661",
        cohort: "all",
        title: "Trastuzumab deruxtecan with ceralasertib in advanced solid tumours with HER2 expression (DASH)",
        tumours: &[Breast, Gastroesophageal, Colorectal, Endometrial, Biliary, Salivary],
        her2: Her2Criterion::Ihc1OrMore,
        setting: ADVANCED,
        needs: &[
            ("advanced disease with at least one prior line of chemotherapy", QUESTION),
            ("ECOG performance status 0 or 1", QUESTION),
            ("LVEF 50 % or more within 28 days", IMAGING),
        ],
    },
    Sample {
        nct: "NCT05253651",
        cohort: "all",
        title: "Tucatinib, trastuzumab and mFOLFOX6 as first line in HER2-positive metastatic colorectal cancer",
        tumours: &[Colorectal],
        her2: Her2Criterion::Positive,
        setting: ADVANCED,
        needs: &[
            ("no prior systemic therapy for advanced disease, no prior HER2-directed therapy", QUESTION),
            ("ECOG performance status 0 or 1", QUESTION),
            ("RAS wild type", STORED_TISSUE),
            ("HER2 confirmed by the central laboratory", STORED_TISSUE),
        ],
    },
    // Stage I to IV.
    Sample {
        nct: "NCT05256225",
        cohort: "all",
        title: "Paclitaxel and carboplatin with trastuzumab, or with pertuzumab and trastuzumab, in HER2-positive endometrial cancer",
        tumours: &[Endometrial],
        her2: Her2Criterion::Positive,
        setting: None,
        needs: &[
            ("no prior chemotherapy, within 8 weeks of surgery or biopsy", QUESTION),
            ("ECOG performance status 0 to 2", QUESTION),
            ("mismatch repair not deficient", LABORATORY),
        ],
    },
    Sample {
        nct: "NCT05274048",
        cohort: "gastroesophageal",
        title: "Neratinib with trastuzumab deruxtecan in advanced gastric and oesophageal cancer",
        tumours: &[Gastroesophageal],
        her2: Her2Criterion::Positive,
        setting: ADVANCED,
        needs: &[
            ("at least one prior line of HER2-directed therapy", QUESTION),
            ("ECOG performance status 0 to 2", QUESTION),
            ("LVEF 45 % or more", IMAGING),
        ],
    },
    Sample {
        nct: "NCT05274048",
        cohort: "other-gastrointestinal",
        title: "Neratinib with trastuzumab deruxtecan in other advanced gastrointestinal cancer",
        tumours: &[Colorectal, Biliary, Pancreatic],
        her2: Her2Criterion::Ihc3,
        setting: ADVANCED,
        needs: &[("ECOG performance status 0 to 2", QUESTION), ("LVEF 45 % or more", IMAGING)],
    },
    Sample {
        nct: "NCT05748834",
        cohort: "all",
        title: "Tucatinib with liposomal doxorubicin in HER2-positive metastatic breast cancer",
        tumours: &[Breast],
        her2: Her2Criterion::Positive,
        setting: ADVANCED,
        needs: &[
            ("at least one prior line of HER2-directed therapy for advanced disease, no prior anthracycline", QUESTION),
            ("ECOG performance status 0 or 1", QUESTION),
            ("LVEF 50 % or more", IMAGING),
        ],
    },
    // HER2 IHC 0 is accepted as well.
    Sample {
        nct: "NCT05950945",
        cohort: "her2-low",
        title: "Trastuzumab deruxtecan in HER2-low or IHC 0 unresectable or metastatic breast cancer (DESTINY-Breast15)",
        tumours: &[Breast],
        her2: Her2Criterion::LowOrUltralow,
        setting: ADVANCED,
        needs: &[
            ("one or two prior lines for metastatic disease", QUESTION),
            ("never HER2-positive before", QUESTION),
            ("LVEF 50 % or more within 28 days", IMAGING),
        ],
    },
    Sample {
        nct: "NCT06263543",
        cohort: "all",
        title: "Sacituzumab govitecan after trastuzumab deruxtecan in hormone-receptor-positive HER2-low or ultralow breast cancer (SERIES)",
        tumours: &[Breast],
        her2: Her2Criterion::LowOrUltralow,
        setting: ADVANCED,
        needs: &[
            ("prior trastuzumab deruxtecan, one to four prior chemotherapies", QUESTION),
            ("hormone receptor positive", QUESTION),
            ("ECOG performance status 0 to 2", QUESTION),
        ],
    },
    Sample {
        nct: "NCT06686394",
        cohort: "all",
        title: "Patritumab deruxtecan in HER2-positive advanced or metastatic breast cancer (HERTHENA-Breast-01)",
        tumours: &[Breast],
        her2: Her2Criterion::Positive,
        setting: ADVANCED,
        needs: &[
            ("two to five prior lines of HER2-directed therapy", QUESTION),
            ("progression on trastuzumab deruxtecan", QUESTION),
            ("ECOG performance status 0 or 1", QUESTION),
        ],
    },
];
