//! Specimens as a clinician would name them: `breast().ihc("2+").dual("1.90", "4.2")`.

use herald::domain::decimal::{Comparator, Decimal, Quantity};
use herald::domain::evidence::{
    ExcludedWhy, OverallWord, Reading, ResultStatus, SpecimenEvidence, TestKind, TestResult, TestValue, TextMarks,
};
use herald::domain::history::{Erbb2Mutation, History, Ras};
use herald::domain::ihc::{Ihc, MembranePattern, StainingIntensity};
use herald::domain::ish::{Count, Ish, IshMethod, Recount};
use herald::domain::specimen::{Scoring, Site, SpecimenKind};
use herald::domain::tumour::{Tumour, TumourClass};
use herald::domain::when::When;

/// A number, or a bound such as `<2.0`.
pub fn quantity(text: &str) -> Quantity {
    let (comparator, digits) = if let Some(rest) = text.strip_prefix("<=") {
        (Some(Comparator::AtMost), rest)
    } else if let Some(rest) = text.strip_prefix(">=") {
        (Some(Comparator::AtLeast), rest)
    } else if let Some(rest) = text.strip_prefix('<') {
        (Some(Comparator::Below), rest)
    } else if let Some(rest) = text.strip_prefix('>') {
        (Some(Comparator::Above), rest)
    } else {
        (None, text)
    };
    Quantity { comparator, number: Decimal::parse(digits).unwrap() }
}

/// A specimen under construction.
#[derive(Debug, Clone)]
pub struct Case {
    pub specimen: SpecimenEvidence,
    pub history: History,
}

#[allow(dead_code, reason = "a vocabulary for tests; each test target uses a part of it")]
pub fn breast() -> Case {
    of(Tumour::Breast)
}

pub fn of(tumour: Tumour) -> Case {
    Case {
        specimen: SpecimenEvidence {
            tumour,
            class: TumourClass::Applicable,
            reference: Some("Specimen/s1".into()),
            collected: None,
            kind: SpecimenKind::Biopsy,
            site: Site::Primary,
            side: None,
            scoring: None,
            invasive: None,
            results: Vec::new(),
            excluded: Vec::new(),
            superseded: Vec::new(),
        },
        history: History::default(),
    }
}

#[allow(dead_code, reason = "a vocabulary for tests; each test target uses a part of it")]
impl Case {
    pub fn result(mut self, value: TestValue) -> Self {
        let reference = format!("Observation/o{}", self.specimen.results.len() + 1);
        self.specimen.results.push(TestResult {
            readings: vec![Reading { reference: reference.into(), reads: "a result".into() }],
            status: ResultStatus::Final,
            effective: None,
            text: None,
            value,
        });
        self
    }

    fn last(&mut self) -> &mut TestResult {
        self.specimen.results.last_mut().unwrap()
    }

    fn last_ihc(&mut self) -> &mut Ihc {
        match &mut self.last().value {
            TestValue::Ihc(ihc) => ihc,
            other => panic!("the last result is no IHC: {other:?}"),
        }
    }

    fn last_ish(&mut self) -> &mut Ish {
        match &mut self.last().value {
            TestValue::Ish(ish) => ish,
            other => panic!("the last result is no ISH: {other:?}"),
        }
    }

    pub fn ihc(self, score: &str) -> Self {
        self.result(TestValue::Ihc(Ihc { score: Some(score.parse().unwrap()), ..Ihc::default() }))
    }

    pub fn ihc_word(self, word: &str) -> Self {
        self.result(TestValue::Ihc(Ihc { interpretation: Some(word.parse().unwrap()), ..Ihc::default() }))
    }

    pub fn percent(mut self, text: &str) -> Self {
        self.last_ihc().percent = Some(quantity(text));
        self
    }

    pub fn pattern(mut self, word: &str) -> Self {
        self.last_ihc().pattern = Some(word.parse::<MembranePattern>().unwrap());
        self
    }

    pub fn intensity(mut self, word: &str) -> Self {
        self.last_ihc().intensity = Some(word.parse::<StainingIntensity>().unwrap());
        self
    }

    pub fn cluster(mut self, cells: u32) -> Self {
        self.last_ihc().cluster_cells = Some(cells);
        self
    }

    #[allow(dead_code, reason = "only some of the test binaries ask for a bound")]
    pub fn cluster_bound(mut self, text: &str) -> Self {
        self.last_ihc().cluster_bound = Some(quantity(text));
        self
    }

    /// Ratio and copies of 20 cells; an empty text is a missing number.
    pub fn dual(self, ratio: &str, copies: &str) -> Self {
        let number = |text: &str| (!text.is_empty()).then(|| quantity(text));
        let count =
            Count { ratio: number(ratio), her2: number(copies), cep17: None, cells: Some(20), cells_below: None };
        self.result(TestValue::Ish(Box::new(Ish { count, ..Ish::default() })))
    }

    pub fn single(self, copies: &str) -> Self {
        let mut case = self.dual("", copies);
        case.last_ish().method = IshMethod::Single;
        case
    }

    pub fn ish_word(self, word: &str) -> Self {
        let mut case = self.dual("", "").lab_word(word);
        case.last_ish().count.cells = None;
        case
    }

    pub fn lab_word(mut self, word: &str) -> Self {
        self.last_ish().interpretation = Some(word.parse().unwrap());
        self
    }

    pub fn cep17(mut self, text: &str) -> Self {
        self.last_ish().count.cep17 = Some(quantity(text));
        self
    }

    pub fn cells(mut self, cells: Option<u32>) -> Self {
        self.last_ish().count.cells = cells;
        self
    }

    pub fn percent_cells(mut self, text: &str) -> Self {
        self.last_ish().percent_cells_ratio_ge_2 = Some(quantity(text));
        self
    }

    pub fn implausible(mut self) -> Self {
        self.last_ish().implausible = true;
        self
    }

    /// A blinded second count of 20 cells.
    pub fn recount(mut self, ratio: &str, copies: &str) -> Self {
        let number = |text: &str| (!text.is_empty()).then(|| quantity(text));
        let count =
            Count { ratio: number(ratio), her2: number(copies), cep17: None, cells: Some(20), cells_below: None };
        self.last_ish().recount = Some(Recount { count, blinded: Some(true) });
        self
    }

    pub fn recount_with(mut self, change: impl FnOnce(&mut Recount)) -> Self {
        change(self.last_ish().recount.as_mut().unwrap());
        self
    }

    pub fn overall(self, word: &str) -> Self {
        self.result(TestValue::Overall(word.parse::<OverallWord>().unwrap()))
    }

    pub fn pending(mut self, kind: TestKind) -> Self {
        self = self.result(TestValue::Pending(kind));
        self.status(ResultStatus::Pending)
    }

    pub fn status(mut self, status: ResultStatus) -> Self {
        self.last().status = status;
        self
    }

    pub fn on(mut self, day: &str) -> Self {
        self.last().effective = When::parse(day);
        self
    }

    pub fn read_from_text(mut self, negation: bool) -> Self {
        self.last().text = Some(TextMarks { negation });
        self
    }

    pub fn kind(mut self, word: &str) -> Self {
        self.specimen.kind = word.parse::<SpecimenKind>().unwrap();
        self
    }

    pub fn scoring(mut self, word: &str) -> Self {
        self.specimen.scoring = Some(word.parse::<Scoring>().unwrap());
        self
    }

    pub fn class(mut self, class: TumourClass) -> Self {
        self.specimen.class = class;
        self
    }

    pub fn invasive(mut self, invasive: Option<bool>) -> Self {
        self.specimen.invasive = invasive;
        self
    }

    pub fn excluded(mut self, why: ExcludedWhy) -> Self {
        self.specimen.excluded.push(why);
        self
    }

    pub fn ras(mut self, ras: Ras) -> Self {
        self.history.ras = Some(ras);
        self
    }

    pub fn erbb2(mut self, mutation: Erbb2Mutation) -> Self {
        self.history.erbb2_mutation = Some(mutation);
        self
    }
}
