//! The worked examples of the clinical reference: reading them, and comparing a finding with what they expect.

use herald::domain::evidence::TestValue;
use herald::domain::evidence::{ExcludedWhy, ResultStatus};
use herald::domain::finding::Finding;
use herald::domain::history::{Erbb2Mutation, Ras};
use herald::domain::ihc::Ihc;
use herald::domain::ish::{Count, Ish, Recount};
use serde::Deserialize;

use super::builder::{Case, of, quantity};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vector {
    pub id: String,
    tumour: String,
    kind: String,
    scoring: String,
    ihc: Option<IhcInput>,
    ish: Option<IshInput>,
    overall: Option<String>,
    #[serde(default)]
    context: Context,
    observations: Option<Vec<ObservationInput>>,
    pub text: Option<String>,
    pub expected: Expected,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Context {
    ras: Option<String>,
    erbb2_mutation: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct IhcInput {
    score: Option<String>,
    percent: Option<String>,
    pattern: Option<String>,
    intensity: Option<String>,
    cluster_cells: Option<u32>,
    interpretation: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct IshInput {
    method: String,
    ratio: Option<String>,
    her2: Option<String>,
    cep17: Option<String>,
    cells: Option<u32>,
    recount: Option<RecountInput>,
    interpretation: Option<String>,
    percent_cells_ratio_ge2: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct RecountInput {
    ratio: Option<String>,
    her2: Option<String>,
    cep17: Option<String>,
    cells: Option<u32>,
    blinded: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
struct ObservationInput {
    specimen: String,
    kind: String,
    effective: Option<String>,
    test: String,
    value: serde_json::Value,
    status: String,
    invasive: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Expected {
    category: String,
    expression: String,
    ish_group: Option<u8>,
    next_step: String,
    flags: Vec<String>,
    comment: Option<String>,
    provisional: Option<String>,
}

/// Every worked example.
pub fn all() -> Vec<Vector> {
    include_str!("vectors.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

impl Vector {
    /// The specimen, where the example is about exactly one and gives values, not text.
    pub fn case(&self) -> Option<Case> {
        if self.text.is_some() {
            return None;
        }
        let mut case = of(self.tumour.parse().unwrap()).kind(&self.kind).scoring(&self.scoring);
        case.history.ras = self.context.ras.as_deref().and_then(|word| word.parse::<Ras>().ok());
        case.history.erbb2_mutation =
            self.context.erbb2_mutation.as_deref().and_then(|word| word.parse::<Erbb2Mutation>().ok());
        if let Some(ihc) = &self.ihc {
            case = case.result(TestValue::Ihc(ihc.read()));
        }
        if let Some(ish) = &self.ish {
            case = case.result(TestValue::Ish(Box::new(ish.read())));
        }
        if let Some(word) = &self.overall {
            case = case.overall(word);
        }
        for observation in self.observations.iter().flatten() {
            if observation.specimen != self.observations.as_ref()?[0].specimen {
                return None;
            }
            case = observation.add_to(case);
        }
        Some(case)
    }
}

impl IhcInput {
    fn read(&self) -> Ihc {
        Ihc {
            score: self.score.as_deref().map(|word| word.parse().unwrap()),
            percent: self.percent.as_deref().map(quantity),
            pattern: self.pattern.as_deref().map(|word| word.parse().unwrap()),
            intensity: self.intensity.as_deref().map(|word| word.parse().unwrap()),
            cluster_cells: self.cluster_cells,
            cluster_bound: None,
            interpretation: self.interpretation.as_deref().map(|word| word.parse().unwrap()),
        }
    }
}

impl IshInput {
    fn read(&self) -> Ish {
        let number = |text: &Option<String>| text.as_deref().map(quantity);
        Ish {
            method: self.method.parse().unwrap(),
            count: Count {
                ratio: number(&self.ratio),
                her2: number(&self.her2),
                cep17: number(&self.cep17),
                cells: self.cells,
                cells_below: None,
            },
            percent_cells_ratio_ge_2: number(&self.percent_cells_ratio_ge2),
            interpretation: self.interpretation.as_deref().map(|word| word.parse().unwrap()),
            implausible: false,
            recount: self.recount.as_ref().map(|recount| Recount {
                count: Count {
                    ratio: number(&recount.ratio),
                    her2: number(&recount.her2),
                    cep17: number(&recount.cep17),
                    cells: recount.cells,
                    cells_below: None,
                },
                blinded: recount.blinded,
            }),
        }
    }
}

impl ObservationInput {
    fn add_to(&self, case: Case) -> Case {
        let case = case.kind(&self.kind).invasive(self.invasive);
        let status = match self.status.as_str() {
            "final" => ResultStatus::Final,
            "amended" | "corrected" | "appended" => ResultStatus::Amended,
            "preliminary" | "partial" => ResultStatus::Preliminary,
            "entered-in-error" => return case.excluded(ExcludedWhy::EnteredInError),
            "cancelled" => return case.excluded(ExcludedWhy::Cancelled),
            _ => return case.excluded(ExcludedWhy::UnknownStatus),
        };
        let value = match self.test.as_str() {
            "ihc" => TestValue::Ihc(serde_json::from_value::<IhcInput>(self.value.clone()).unwrap().read()),
            "ish" => TestValue::Ish(Box::new(serde_json::from_value::<IshInput>(self.value.clone()).unwrap().read())),
            other => panic!("unknown test {other}"),
        };
        let case = case.result(value).status(status);
        match &self.effective {
            Some(day) => case.on(day),
            None => case,
        }
    }
}

/// Everything in which a finding differs from what is expected. `expected.flags` is a minimum.
pub fn differences(expected: &Expected, found: &Finding) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |what: &str, expected: Option<&str>, found: Option<&str>| {
        if expected != found {
            differences.push(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    };
    compare("category", Some(&expected.category), Some(found.category.as_str()));
    compare("expression", Some(&expected.expression), Some(found.expression.as_str()));
    compare("next step", Some(&expected.next_step), Some(found.next_step.as_str()));
    compare("comment", expected.comment.as_deref(), found.comment.map(|comment| comment.as_str()));
    compare("provisional", expected.provisional.as_deref(), found.provisional.map(|status| status.as_str()));
    let group = found.ish.as_ref().and_then(|ish| ish.group);
    compare(
        "ISH group",
        expected.ish_group.map(|group| group.to_string()).as_deref(),
        group.map(|group| group.to_string()).as_deref(),
    );
    for flag in &expected.flags {
        if !found.flags.iter().any(|found| found.as_str() == flag) {
            differences.push(format!("flag {flag} is missing"));
        }
    }
    differences
}
