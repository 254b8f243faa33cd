//! Eight recruiting trials with HER2 criteria, so that a first card has trials to name.
//!
//! Facts of the public register ClinicalTrials.gov as posted in January 2026: title, phase, status and which HER2
//! result the posted criteria ask for. Criteria by NGS have no condition here, since Herald does not read NGS results.

use jiff::civil::Date;

use crate::domain::tumour::Tumour;
use crate::trials::{Her2Condition, ListedTrial};

const SOURCE: &str = "ClinicalTrials.gov, as posted in January 2026";
const READ_IN: Date = Date::constant(2026, 1, 1);

struct Sample {
    nct: &'static str,
    phase: &'static str,
    title: &'static str,
    her2: &'static [(Tumour, &'static [Her2Condition])],
}

/// The rows of the sample, one for each trial and tumour.
#[must_use]
pub fn sample_trials() -> Vec<ListedTrial> {
    SAMPLE
        .iter()
        .flat_map(|sample| {
            sample.her2.iter().map(|(tumour, her2)| ListedTrial {
                nct: sample.nct.to_owned(),
                title: sample.title.to_owned(),
                phase: sample.phase.to_owned(),
                status: "RECRUITING".to_owned(),
                verified: READ_IN,
                source: SOURCE.to_owned(),
                tumour: *tumour,
                her2: her2.to_vec(),
            })
        })
        .collect()
}

use Her2Condition::{Ihc0, Ihc1, Ihc2, Ihc2IshPositive, Ihc3, IshPositive, Low, Positive, Ultralow};
use Tumour::{Biliary, Breast, Colorectal, Endometrial, Gastroesophageal, Pancreatic, Salivary};

/// Any expression (IHC 1+ to 3+) or amplification.
const EXPRESSING: &[Her2Condition] = &[Ihc1, Ihc2, Ihc3, IshPositive];

const SAMPLE: &[Sample] = &[
    Sample {
        nct: "NCT04704661",
        phase: "Phase 1",
        title: "Trastuzumab deruxtecan with ceralasertib in advanced solid tumours with HER2 expression (DASH)",
        her2: &[
            (Breast, EXPRESSING),
            (Gastroesophageal, EXPRESSING),
            (Colorectal, EXPRESSING),
            (Endometrial, EXPRESSING),
            (Biliary, EXPRESSING),
            (Salivary, EXPRESSING),
        ],
    },
    Sample {
        nct: "NCT05253651",
        phase: "Phase 3",
        title: "Tucatinib with trastuzumab and mFOLFOX6, first line, HER2-positive metastatic colorectal cancer",
        her2: &[(Colorectal, &[Positive])],
    },
    Sample {
        nct: "NCT05256225",
        phase: "Phase 3",
        title: "Paclitaxel and carboplatin with trastuzumab, or pertuzumab and trastuzumab, HER2-positive endometrial cancer",
        her2: &[(Endometrial, &[Ihc3, Ihc2IshPositive])],
    },
    Sample {
        nct: "NCT05274048",
        phase: "Phase 1",
        title: "Neratinib with trastuzumab deruxtecan in advanced gastric, oesophageal and other gastrointestinal cancer",
        her2: &[
            (Gastroesophageal, &[Ihc3, Ihc2IshPositive]),
            (Colorectal, &[Ihc3]),
            (Biliary, &[Ihc3]),
            (Pancreatic, &[Ihc3]),
        ],
    },
    Sample {
        nct: "NCT05748834",
        phase: "Phase 2",
        title: "Tucatinib with liposomal doxorubicin in HER2-positive metastatic breast cancer",
        her2: &[(Breast, &[Ihc3, IshPositive])],
    },
    Sample {
        nct: "NCT05950945",
        phase: "Phase 3",
        title: "Trastuzumab deruxtecan in HER2-low or IHC 0 unresectable or metastatic breast cancer (DESTINY-Breast15)",
        her2: &[(Breast, &[Low, Ihc0])],
    },
    Sample {
        nct: "NCT06263543",
        phase: "Phase 2",
        title: "Sacituzumab govitecan after trastuzumab deruxtecan, ER-positive HER2-low or ultralow breast cancer (SERIES)",
        her2: &[(Breast, &[Low, Ultralow])],
    },
    Sample {
        nct: "NCT06686394",
        phase: "Phase 1/Phase 2",
        title: "Patritumab deruxtecan in HER2-positive advanced or metastatic breast cancer (HERTHENA-Breast-01)",
        her2: &[(Breast, &[Positive])],
    },
];
